"""What a race can be taken home as. A new format is a function here in a file of its own, listed in EXPORTS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.checks import ExperimentError
from app.export.picture import picture
from app.export.table import table
from app.race import Race


@dataclass(frozen=True)
class Export:
    """A format: its file suffix, its name in a file dialog, "picture" or "data", and what writes it to a path."""

    suffix: str
    name: str
    kind: str
    write: Callable[..., None]


EXPORTS = {made.suffix: made for made in (
    Export(".png", "PNG picture", "picture", picture),
    Export(".csv", "CSV table", "data", table),
)}


def formats(kind: str) -> tuple[str, list[str]]:
    """The formats of a kind, as a file dialog's filter and as suffixes."""
    made = [export for export in EXPORTS.values() if export.kind == kind]
    return ";;".join(f"{export.name} (*{export.suffix})" for export in made), [export.suffix for export in made]


def export(race: Race, path: str | Path, **options: Any) -> None:
    """Write the race in the format of the path's suffix. ExperimentError, in one sentence, where that cannot be done."""
    path = Path(path)
    if path.suffix.lower() not in EXPORTS:
        raise ExperimentError(f"{path.name!r} has no suffix that is known; choose from {', '.join(EXPORTS)}")
    EXPORTS[path.suffix.lower()].write(race, path, **options)


__all__ = ["EXPORTS", "Export", "export", "formats"]
