"""What a race can be taken home as. A new format is a function here in a file of its own, listed in EXPORTS."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.engine.race import Race
from app.export.animation import film, plan
from app.export.code import keras_code, numpy_code, plot_code, torch_code
from app.export.csv_table import table
from app.export.image import check_words, picture
from app.export.json_document import document, experiment
from app.export.npz_arrays import arrays
from app.export.options import Options
from app.export.run_records import completing
from app.utils.i18n import tr
from app.utils.validation import ExperimentError


@dataclass(frozen=True)
class Export:
    """A format: its file suffix, its name in a file dialog, its kind ("picture", "film", "data" or "code"), and what writes it.

    ``write(race, path, options)`` may give an iterator: then it writes a piece with every turn, yields the share that is done,
    and leaves nothing behind when the iterator is closed before its end. ``check(suffix, steps, options)`` raises ExperimentError,
    in one sentence, where a race of so many steps cannot be written so, here and now.
    """

    suffix: str
    name: str
    kind: str
    write: Callable[[Race, Path, Options], Iterator[float] | None]
    check: Callable[[str, int, Options], object] = lambda suffix, steps, options: None


EXPORTS = {
    made.suffix: made
    for made in (
        Export(".png", "PNG picture", "picture", picture),
        Export(".svg", "SVG vector picture", "picture", picture, check_words),
        Export(".pdf", "PDF vector picture", "picture", picture, check_words),
        Export(".gif", "GIF film", "film", film, plan),
        Export(".mp4", "MP4 film", "film", film, plan),
        Export(".csv", "CSV table", "data", table),
        Export(".data.json", "JSON data", "data", document),
        Export(".npz", "numpy arrays", "data", arrays),
        Export(".json", "Experiment", "experiment", experiment),
        Export(".py", "NumPy script", "code", numpy_code),
        Export(".torch.py", "PyTorch script", "code", torch_code),
        Export(".keras.py", "Keras script", "code", keras_code),
        Export(".plot.py", "Matplotlib script", "code", plot_code),
    )
}


def format_of(path: Path) -> Export:
    """The format that a path's suffix names; ExperimentError where there is none. Of ".torch.py" and ".py" the longer counts."""
    name = path.name.lower()
    known = max((suffix for suffix in EXPORTS if name.endswith(suffix) and name != suffix), key=len, default=None)
    if known is None:
        raise ExperimentError(
            tr(
                "{name!r} has no suffix that is known; choose from {exports}",
                name=path.name,
                exports=", ".join(EXPORTS),
            )
        )
    return EXPORTS[known]


def export_slowly(race: Race, path: str | Path, options: Options = Options()) -> Generator[float, None, None]:  # noqa: B008
    """Write the race in the format of the path's suffix, a piece with every turn; yields the share that is done.

    ExperimentError, in one sentence, where that cannot be done. Whoever closes it before its end finds no file.
    """
    path = Path(path)
    made = format_of(path)
    yield from completing(race)
    yield from made.write(race, path, options) or ()


def export(race: Race, path: str | Path, options: Options = Options()) -> None:  # noqa: B008
    """The same at once."""
    for _ in export_slowly(race, path, options):
        pass
