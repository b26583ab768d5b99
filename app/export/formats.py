"""Registry of export formats.

To add a format, write its function in a module of this package and add its row to ``EXPORT_FORMATS``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.engine.race import Race
from app.export.animation import check_animation, export_animation
from app.export.code import export_keras_script, export_numpy_script, export_plot_script, export_torch_script
from app.export.csv_table import export_csv
from app.export.figure import figure_text
from app.export.figure_map import compute_map
from app.export.image import check_text_fits, export_image, missing_experiment_message
from app.export.json_document import export_experiment, export_json
from app.export.npz_arrays import export_npz
from app.export.options import ANIMATION_OPTIONS, FIGURE_OPTIONS, Options
from app.export.run_records import iter_catch_up
from app.model.experiment import Experiment
from app.plotting import fonts
from app.utils.i18n import tr
from app.utils.progress_generators import scaled
from app.utils.validation import ExperimentError


@dataclass(frozen=True)
class ExportFormat:
    """An export format: one row of the registry.

    Attributes
    ----------
    suffix : str
        File name extension, in lower case with the leading dot. It may have two parts, as in ".torch.py".
    name : str
        Name in file dialogs, in English; it is translated when it is shown.
    kind : {"picture", "film", "data", "experiment", "code"}
        Decides which options apply and which dialog offers the format.
    write : callable
        ``write(race, path, options)`` writes the file. It either writes it at once and returns None, or returns an
        iterator that writes one piece per iteration and yields the fraction done, from 0 to 1. An iterator that is
        closed before its end must leave no file behind, and an existing file unchanged.
    options : frozenset of str
        Names of the fields of `Options` that the format uses.
    check : callable
        ``check(suffix, steps, options)`` raises ExperimentError with one sentence if a race of ``steps`` steps cannot
        be written with these options on this machine. It is called before the race is simulated; by default
        everything is accepted. It returns a remark, such as that the size will be another one, or an empty string.
    """

    suffix: str
    name: str
    kind: str
    write: Callable[[Race, Path, Options], Iterator[float] | None]
    options: frozenset[str] = frozenset()
    check: Callable[[str, int, Options], str] = lambda suffix, steps, options: ""


IMAGE_OPTIONS = FIGURE_OPTIONS | {"transparent"}
EXPORT_FORMATS = {
    export_format.suffix: export_format
    for export_format in (
        ExportFormat(".png", "PNG image", "picture", export_image, IMAGE_OPTIONS),
        ExportFormat(".svg", "SVG vector image", "picture", export_image, IMAGE_OPTIONS, check_text_fits),
        ExportFormat(".pdf", "PDF document", "picture", export_image, IMAGE_OPTIONS, check_text_fits),
        ExportFormat(".gif", "GIF animation", "film", export_animation, ANIMATION_OPTIONS | {"loop"}, check_animation),
        ExportFormat(".mp4", "MP4 video", "film", export_animation, ANIMATION_OPTIONS, check_animation),
        ExportFormat(".csv", "CSV table", "data", export_csv),
        ExportFormat(".data.json", "JSON data", "data", export_json),
        ExportFormat(".npz", "NumPy arrays (NPZ)", "data", export_npz),
        ExportFormat(".json", "Experiment", "experiment", export_experiment),
        ExportFormat(".py", "NumPy script", "code", export_numpy_script),
        ExportFormat(".torch.py", "PyTorch script", "code", export_torch_script),
        ExportFormat(".keras.py", "Keras script", "code", export_keras_script),
        ExportFormat(".plot.py", "Matplotlib script", "code", export_plot_script),
    )
}


def format_for_path(path: Path) -> ExportFormat:
    """Return the format for the suffix of a path.

    Parameters
    ----------
    path : Path
        A path whose file name ends in a suffix of ``EXPORT_FORMATS``, in upper or lower case. The longest suffix
        that matches decides: "a.torch.py" is a PyTorch script.

    Returns
    -------
    ExportFormat

    Raises
    ------
    ExperimentError
        If the suffix is unknown, or if the file name is nothing but a suffix.
    """
    name = path.name.lower()
    suffixes = [suffix for suffix in EXPORT_FORMATS if name.endswith(suffix) and name != suffix]
    if not suffixes and os.path.isdir(path):
        raise ExperimentError(tr("{name!r} is a folder; add a file name such as figure.png", name=str(path)))
    if not suffixes:
        raise ExperimentError(
            tr(
                "{name!r} has no supported file extension; use one of {exports}",
                name=str(path),
                exports=", ".join(EXPORT_FORMATS),
            )
        )
    return EXPORT_FORMATS[max(suffixes, key=len)]


def missing_glyphs_message(experiment: Experiment, path: Path) -> str:
    """Return a sentence if the file shows boxes because no installed font has some characters, otherwise ""."""
    export_format = format_for_path(path)
    draws_text = export_format.kind in ("picture", "film") and export_format.suffix != ".svg"
    return fonts.missing_glyphs_message(figure_text(experiment)) if draws_text else ""


def export_note(race: Race, path: Path) -> str:
    """Return what a complete file lacks, as a sentence; "" if nothing."""
    notes = [missing_glyphs_message(race.experiment, path)]
    if format_for_path(path).suffix in (".png", ".svg"):
        notes.append(missing_experiment_message(race))
    return "; ".join(filter(None, notes))


DEFAULT_OPTIONS = Options()
MAP_SHARE = 0.8  # of the progress of a figure whose map has to be computed


def iter_export(race: Race, path: str | Path, options: Options = DEFAULT_OPTIONS) -> Generator[float, None, None]:
    """Write a race to a file piece by piece, so that the export can show its progress and be canceled.

    Parameters
    ----------
    race : Race
        The race, exported up to its displayed step. Pending runs, branches and replicas are computed first.
    path : str or Path
        The file; its suffix selects the format.
    options : Options
        Options of the export; each format uses those that apply to it.

    Yields
    ------
    float
        The fraction done, from 0 to 1, never decreasing. Some formats yield nothing.

    Raises
    ------
    ExperimentError
        With one sentence, if the race cannot be exported in this format or with these options.
    WriteError
        A subclass of ExperimentError: the file could not be written, e.g. because the disk is full.

    Notes
    -----
    The file is complete or absent: an existing file is replaced when the export has ended. If the generator is closed
    before its end, no file is left behind.
    """
    path = Path(path)
    export_format = format_for_path(path)
    yield from iter_catch_up(race)
    first = 0.0
    if export_format.kind in ("picture", "film"):
        with_map = yield from scaled(compute_map(race, options), 0.0, MAP_SHARE)
        first, options = (0.0 if with_map is options else MAP_SHARE), with_map
    for fraction in export_format.write(race, path, options) or ():
        yield first + (1 - first) * fraction


def export(race: Race, path: str | Path, options: Options = DEFAULT_OPTIONS) -> None:
    """Write a race to a file at once; parameters and errors as for `iter_export`."""
    for _ in iter_export(race, path, options):
        pass
