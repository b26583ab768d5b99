"""The marks of maps: the current setting, optima, minima and the lines of theory."""

from __future__ import annotations

from typing import Any

from matplotlib import patheffects

from app.theming.theme import Theme


def _white_marker(marker: str, size: float) -> dict[str, Any]:
    return {
        "marker": marker,
        "markersize": size,
        "linestyle": "none",
        "color": "#ffffff",
        "markeredgecolor": "#000000",
    }


CROSS, OPTIMUM, MINIMUM = _white_marker("P", 9), _white_marker("*", 13), _white_marker("*", 11)


def limit_line(theme: Theme) -> dict[str, Any]:
    """Return the style of the stability limit in a settings map: dashes with a halo."""
    halo = [patheffects.withStroke(linewidth=3.6, foreground=theme.figure_background)]
    return {"color": theme.text, "linewidth": 1.6, "linestyle": (0, (4, 2)), "path_effects": halo}


def damping_line(theme: Theme) -> dict[str, Any]:
    """Return the style of critical damping in a settings map: dots with a halo."""
    return {**limit_line(theme), "linestyle": (0, (1, 1.5))}
