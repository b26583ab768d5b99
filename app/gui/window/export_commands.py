"""What the export and copy commands do: ask for options and a path, or put something on the clipboard.

The formats and dialogs import matplotlib; ``ExportController`` imports this module when a command needs it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PyQt6.QtCore import QByteArray, QMimeData
from PyQt6.QtGui import QClipboard, QGuiApplication, QImage

from app.export.code import numpy_script
from app.export.command_line import build_command_line
from app.export.formats import EXPORT_FORMATS, export_note, format_for_path, iter_export
from app.export.image import write_image
from app.export.options import ANIMATION_DPI, ANIMATION_SIZE, DEFAULT_DPI, DEFAULT_SIZE, Options
from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.dialogs.export_form import ExportForm
from app.gui.dialogs.modal import run_modal
from app.gui.window.export_source import ExportSource
from app.utils.i18n import in_english, tr
from app.utils.validation import ExperimentError
from app.views import MAP_VIEWS, VIEWS

# The path of a file, the generator that writes it and yields the completed fraction, and a note, often empty.
Export = tuple[Path, Generator[float, None, None], str]

# Files


def ask_figure(source: ExportSource) -> Export | None:
    """Ask what to draw, at which size, and where to save it; None if canceled."""
    options = Options(**source.displayed_options(), size=DEFAULT_SIZE, dpi=DEFAULT_DPI)
    return _ask_with_dialog(source, "picture", tr("Export Figure"), options)


def ask_animation(source: ExportSource) -> Export | None:
    """Ask how to animate the steps from the start to the displayed one, and where to save it; None if canceled."""
    options = Options(**source.displayed_options(), size=ANIMATION_SIZE, dpi=ANIMATION_DPI)
    return _ask_with_dialog(source, "film", tr("Export Animation"), options)


def ask_data(source: ExportSource) -> Export | None:
    """Ask where to save the trajectories; None if canceled."""
    return _ask_path(source, tr("Export Data"), _suffixes("data"), source.default_name, Options())


def ask_code(source: ExportSource) -> Export | None:
    """Ask where to save a script that runs the experiment; None if canceled."""
    return _ask_path(source, tr("Export Code"), _suffixes("code"), source.default_name, Options())


def _suffixes(kind: str) -> list[str]:
    return [each.suffix for each in EXPORT_FORMATS.values() if each.kind == kind]


def _ask_with_dialog(source: ExportSource, kind: str, title: str, base_options: Options) -> Export | None:
    race, scene = source.race_snapshot, source.view_area.current_scene()
    views = {
        name: VIEWS[name].title
        for name in source.view_area.canvases
        if VIEWS[name].applies_to(scene) and (name not in MAP_VIEWS or source.view_area.map_store.has_map(name))
    }
    formats = {each.suffix: each.name for each in EXPORT_FORMATS.values() if each.kind == kind}
    form = ExportForm(formats, views, base_options, source.appearance.theme, race.step, source.settings)

    def render_png(options: Options) -> bytes:
        file = BytesIO()
        write_image(race, file, "png", options)
        return file.getvalue()

    dialog = ExportDialog(source.window, title, form, render_png)
    with source.paused_playback():
        accepted = run_modal(dialog)
    suffix, options = form.format_combo.currentData(), form.options() if accepted else base_options
    dialog.deleteLater()
    if not accepted:
        return None
    name = source.default_name if options.view == "all" else f"{source.default_name}-{options.view}"
    suffixes = sorted(formats, key=lambda each: each != suffix)  # the file dialog may still choose another format
    return _ask_path(source, title, suffixes, name, options)


def _ask_path(source: ExportSource, title: str, suffixes: list[str], name: str, options: Options) -> Export | None:
    name_filters = ";;".join(f"{tr(EXPORT_FORMATS[suffix].name)} (*{suffix})" for suffix in suffixes)
    race = source.race_snapshot
    with source.paused_playback():
        path = source.documents.ask_path(title, name_filters, suffixes[0].lstrip("."), name)
    if path is None:
        return None
    if format_for_path(path).suffix not in suffixes:
        raise ExperimentError(
            tr(
                "the file name must end in {suffixes}, not {name!r}",
                suffixes=", ".join(suffixes),
                name=path.suffix or path.name,
            )
        )
    return path, iter_export(race, path, options), export_note(race, path)


# The clipboard: each function returns the message for the status bar


def copy_figure(source: ExportSource) -> str:
    """Copy the figure of all views as an image, and as a PNG file that contains the experiment."""
    file, race = BytesIO(), source.race_snapshot
    race.compute_pending()
    write_image(race, file, "png", Options(**source.displayed_options(), size=DEFAULT_SIZE, dpi=DEFAULT_DPI))
    data = QMimeData()
    data.setData("image/png", QByteArray(file.getvalue()))
    data.setImageData(QImage.fromData(file.getvalue()))
    _clipboard().setMimeData(data)
    note = export_note(race, Path("clipboard.png"))
    return tr("Figure copied.") + (f" ({note})" if note else "")


def copy_code(source: ExportSource) -> str:
    """Copy a NumPy script that runs the experiment."""
    race = source.race_snapshot
    race.compute_pending()
    with in_english():
        script = numpy_script(race)
    _clipboard().setText(script)
    return tr("Copied as a NumPy script.")


def copy_command(source: ExportSource) -> str:
    """Copy the shell command that exports the displayed figure."""
    race = source.race_snapshot
    experiment = replace(race.experiment, steps=race.step)
    _clipboard().setText(
        build_command_line(
            experiment,
            Options(**source.displayed_options()),
            source.documents.document_state.path,
            f"{race.experiment.surface_id}.png",
        )
    )
    return tr("Command copied.")


def _clipboard() -> QClipboard:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard
