"""What a race can be taken home as. A new format is a function here in a file of its own, listed in EXPORTS."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.engine.race import Race
from app.export.animation import export_animation, plan_animation
from app.export.code import export_keras_script, export_numpy_script, export_plot_script, export_torch_script
from app.export.csv_table import export_csv
from app.export.image import check_text_fits, export_image
from app.export.json_document import export_experiment, export_json
from app.export.npz_arrays import export_npz
from app.export.options import Options
from app.export.run_records import iter_catch_up
from app.utils.i18n import tr
from app.utils.validation import ExperimentError


@dataclass(frozen=True)
class ExportFormat:
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


EXPORT_FORMATS = {
    made.suffix: made
    for made in (
        ExportFormat(".png", "PNG picture", "picture", export_image),
        ExportFormat(".svg", "SVG vector picture", "picture", export_image, check_text_fits),
        ExportFormat(".pdf", "PDF vector picture", "picture", export_image, check_text_fits),
        ExportFormat(".gif", "GIF film", "film", export_animation, plan_animation),
        ExportFormat(".mp4", "MP4 film", "film", export_animation, plan_animation),
        ExportFormat(".csv", "CSV table", "data", export_csv),
        ExportFormat(".data.json", "JSON data", "data", export_json),
        ExportFormat(".npz", "numpy arrays", "data", export_npz),
        ExportFormat(".json", "Experiment", "experiment", export_experiment),
        ExportFormat(".py", "NumPy script", "code", export_numpy_script),
        ExportFormat(".torch.py", "PyTorch script", "code", export_torch_script),
        ExportFormat(".keras.py", "Keras script", "code", export_keras_script),
        ExportFormat(".plot.py", "Matplotlib script", "code", export_plot_script),
    )
}


def format_for_path(path: Path) -> ExportFormat:
    """The format that a path's suffix names; ExperimentError where there is none. Of ".torch.py" and ".py" the longer counts."""
    name = path.name.lower()
    suffix_found = max(
        (suffix for suffix in EXPORT_FORMATS if name.endswith(suffix) and name != suffix), key=len, default=None
    )
    if suffix_found is None:
        raise ExperimentError(
            tr(
                "{name!r} has no suffix that is known; choose from {exports}",
                name=path.name,
                exports=", ".join(EXPORT_FORMATS),
            )
        )
    return EXPORT_FORMATS[suffix_found]


def iter_export(race: Race, path: str | Path, options: Options = Options()) -> Generator[float, None, None]:  # noqa: B008
    """Write the race in the format of the path's suffix, a piece with every turn; yields the share that is done.

    ExperimentError, in one sentence, where that cannot be done. Whoever closes it before its end finds no file.
    """
    path = Path(path)
    export_format = format_for_path(path)
    yield from iter_catch_up(race)
    yield from export_format.write(race, path, options) or ()


def export(race: Race, path: str | Path, options: Options = Options()) -> None:  # noqa: B008
    """The same at once."""
    for _ in iter_export(race, path, options):
        pass
