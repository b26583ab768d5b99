"""What a race can be taken home as. A new format is a function here in a file of its own, listed in EXPORTS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.experiment import ExperimentError
from app.export.picture import picture
from app.export.table import table
from app.race import Race


@dataclass(frozen=True)
class Export:
    """A format: its file suffix, its name in a file dialog, and what writes it to a path."""

    suffix: str
    name: str
    write: Callable[..., None]


EXPORTS = {export.suffix: export for export in (Export(".png", "PNG picture", picture), Export(".csv", "CSV table", table))}


def export(race: Race, path: str | Path, **options: Any) -> None:
    """Write the race in the format of the path's suffix. ExperimentError, in one sentence, where that cannot be done."""
    path = Path(path)
    if path.suffix.lower() not in EXPORTS:
        raise ExperimentError(f"{path.name!r} has no suffix that is known; choose from {', '.join(EXPORTS)}")
    EXPORTS[path.suffix.lower()].write(race, path, **options)


__all__ = ["EXPORTS", "Export", "export"]
