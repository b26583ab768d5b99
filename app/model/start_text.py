"""The start of runs as text."""

from __future__ import annotations

from app.utils.i18n import tr


def start_text(start: tuple[float, float], dimension: int) -> str:
    """Return "start (-1.2, 2)", or "start x = -1.2" on a line."""
    if dimension == 1:
        return tr("start x = {x:.4g}", x=start[0])
    return tr("start ({x:.4g}, {y:.4g})", x=start[0], y=start[1])
