"""What a race can be taken home as. A new format is a function here in a file of its own, listed in EXPORTS."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.checks import ExperimentError
from app.export.code import keras_code, numpy_code, plot_code, torch_code
from app.export.options import Options
from app.export.picture import picture
from app.export.table import table
from app.race import Race


@dataclass(frozen=True)
class Export:
    """A format: its file suffix, its name in a file dialog, its kind ("picture", "film", "data" or "code"), and what writes it.

    ``write(race, path, options)`` may give an iterator: then it writes a piece with every turn, yields the share that is done,
    and leaves nothing behind when the iterator is closed before its end.
    """

    suffix: str
    name: str
    kind: str
    write: Callable[[Race, Path, Options], Iterator[float] | None]


EXPORTS = {made.suffix: made for made in (
    Export(".png", "PNG picture", "picture", picture),
    Export(".csv", "CSV table", "data", table),
    Export(".py", "NumPy script", "code", numpy_code),
    Export(".torch.py", "PyTorch script", "code", torch_code),
    Export(".keras.py", "Keras script", "code", keras_code),
    Export(".plot.py", "Matplotlib script", "code", plot_code),
)}


def formats(kind: str) -> tuple[str, list[str]]:
    """The formats of a kind, as a file dialog's filter and as suffixes."""
    made = [export for export in EXPORTS.values() if export.kind == kind]
    return ";;".join(f"{export.name} (*{export.suffix})" for export in made), [export.suffix for export in made]


def format_of(path: Path) -> Export:
    """The format that a path's suffix names; ExperimentError where there is none. Of ".torch.py" and ".py" the longer counts."""
    name = path.name.lower()
    known = max((suffix for suffix in EXPORTS if name.endswith(suffix) and name != suffix), key=len, default=None)
    if known is None:
        raise ExperimentError(f"{path.name!r} has no suffix that is known; choose from {', '.join(EXPORTS)}")
    return EXPORTS[known]


def export_slowly(race: Race, path: str | Path, options: Options = Options()) -> Generator[float, None, None]:  # noqa: B008
    """Write the race in the format of the path's suffix, a piece with every turn; yields the share that is done.

    ExperimentError, in one sentence, where that cannot be done. Whoever closes it before its end finds no file.
    """
    path = Path(path)
    yield from format_of(path).write(race, path, options) or ()


def export(race: Race, path: str | Path, options: Options = Options()) -> None:  # noqa: B008
    """The same at once."""
    for _ in export_slowly(race, path, options):
        pass


__all__ = ["EXPORTS", "Export", "Options", "export", "export_slowly", "format_of", "formats"]
