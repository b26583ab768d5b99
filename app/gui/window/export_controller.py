"""What the window exports and copies. Whatever goes wrong is raised as ExperimentError, which the window says in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QByteArray, QMimeData
from PyQt6.QtGui import QGuiApplication, QImage

from app.utils.i18n import in_english, tr
from app.utils.validation import ExperimentError

if TYPE_CHECKING:
    from app.engine.race import Race
    from app.engine.trajectory import Trajectory
    from app.export.options import Options
    from app.gui.dialogs.export_job import ExportJob
    from app.gui.window.main_window import MainWindow


class ExportController:
    """``jobs`` are the files that are being written. The race may go on meanwhile: what is exported is the past of now."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.jobs: list[ExportJob] = []

    @property
    def race_snapshot(self) -> Race:
        """The race of now, which keeps its step; what is late in it goes on by itself, whatever is turned meanwhile."""
        race = copy(self.window.session.race)
        pending = [trajectory for trajectory, _ in (*race.pending_runs, *race.pending_branches, *race.pending_replicas)]

        def detached(trajectories: list[Trajectory]) -> list[Trajectory]:
            return [
                _independent_copy(trajectory) if trajectory in pending else trajectory for trajectory in trajectories
            ]

        race.trajectories = detached(race.trajectories)
        race.branch_trajectories, race.replica_trajectories = (
            list(map(detached, race.branch_trajectories)),
            list(map(detached, race.replica_trajectories)),
        )
        return race

    def export_options(self, **changes: Any) -> Options:
        """How the window shows it."""
        from app.export.options import Options

        window = self.window
        return Options(
            theme=window.theme,
            view_options=dict(window.view_options),
            camera=window.canvases["relief"].view.camera,
            viewport=window.canvases["contour"].view.viewport,
            **changes,
        )

    @property
    def default_name(self) -> str:
        """What a file is called that nobody has named yet."""
        path = self.window.documents.document_state.path
        return path.stem if path else self.window.session.experiment.surface_id

    # Files

    @contextmanager
    def paused_playback(self) -> Iterator[None]:
        """The race waits while something is asked, and then goes on."""
        clock = self.window.session.clock
        was_playing = clock.running
        clock.pause()
        yield
        if was_playing:
            clock.play()

    def export_figure(self) -> None:
        """Ask what and how fine, then where."""
        from app.export.options import DEFAULT_DPI, DEFAULT_SIZE

        self._export_with_dialog(
            "picture", tr("Export Picture"), self.export_options(size=DEFAULT_SIZE, dpi=DEFAULT_DPI)
        )

    def export_animation(self) -> None:
        """The same of a film, which begins at the start and ends at the step that is shown."""
        from app.export.options import ANIMATION_DPI, ANIMATION_SIZE

        self._export_with_dialog("film", tr("Export Film"), self.export_options(size=ANIMATION_SIZE, dpi=ANIMATION_DPI))

    def export_data(self) -> None:
        self._export_directly("data", tr("Export Data"))

    def export_code(self) -> None:
        self._export_directly("code", tr("Export Code"))

    def _export_with_dialog(self, kind: str, title: str, base_options: Options) -> None:
        from app.export.formats import EXPORT_FORMATS
        from app.export.image import write_image
        from app.gui.dialogs.export_dialog import ExportDialog
        from app.gui.dialogs.export_form import ExportForm
        from app.views import VIEWS

        window, race, scene = self.window, self.race_snapshot, self.window.current_scene()
        views = {name: VIEWS[name].title for name in window.canvases if VIEWS[name].applies_to(scene)}
        formats = {each.suffix: each.name for each in EXPORT_FORMATS.values() if each.kind == kind}
        form = ExportForm(formats, views, base_options, window.theme, race.step, window.settings)

        def render_png(options: Options) -> bytes:
            file = BytesIO()
            write_image(race, file, "png", options)
            return file.getvalue()

        dialog = ExportDialog(window, title, form, render_png)
        with self.paused_playback():
            accepted = dialog.exec()
        suffix, options = form.format_combo.currentData(), form.options() if accepted else base_options
        dialog.deleteLater()
        if accepted:  # another format of the kind may still be named
            name = self.default_name if options.view == "all" else f"{self.default_name}-{options.view}"
            self._ask_path_and_export(title, sorted(formats, key=lambda each: each != suffix), name, options)

    def _export_directly(self, kind: str, title: str) -> None:
        from app.export.formats import EXPORT_FORMATS
        from app.export.options import Options

        suffixes = [each.suffix for each in EXPORT_FORMATS.values() if each.kind == kind]
        self._ask_path_and_export(title, suffixes, self.default_name, Options())

    def _ask_path_and_export(self, title: str, suffixes: list[str], name: str, options: Options) -> None:
        """Ask where to, and begin to write."""
        from app.export.formats import EXPORT_FORMATS, format_for_path, iter_export

        name_filters = ";;".join(f"{tr(EXPORT_FORMATS[suffix].name)} (*{suffix})" for suffix in suffixes)
        race = self.race_snapshot
        with self.paused_playback():
            path = self.window.documents.ask_path(title, name_filters, suffixes[0].lstrip("."), name)
        if path is None:
            return
        if format_for_path(path).suffix not in suffixes:
            raise ExperimentError(
                tr(
                    "the name must end in one of {suffixes} for this, not in {name!r}",
                    suffixes=", ".join(suffixes),
                    name=path.suffix or path.name,
                )
            )
        self.start_job(path, iter_export(race, path, options))

    def start_job(self, path: Path, generator: Any) -> ExportJob:
        """Write a file beside all else."""
        from app.gui.dialogs.export_job import ExportJob

        job = ExportJob(self.window, path, generator)
        self.jobs.append(job)
        job.finished.connect(self.window.show_message)
        job.failed.connect(self.window.show_error)
        for signal in (job.finished, job.failed):
            signal.connect(lambda _: self.jobs.remove(job))
        job.start()
        return job

    def cancel_all(self) -> None:
        """End all that is being written; no half of a file is left."""
        for job in list(self.jobs):
            job.cancel()

    # The clipboard

    def copy_figure(self) -> None:
        """The whole figure as an image, and as a PNG that carries its experiment."""
        from app.export.image import write_image
        from app.export.options import DEFAULT_DPI, DEFAULT_SIZE

        file, race = BytesIO(), self.race_snapshot
        race.compute_pending()
        write_image(race, file, "png", self.export_options(size=DEFAULT_SIZE, dpi=DEFAULT_DPI))
        data = QMimeData()
        data.setData("image/png", QByteArray(file.getvalue()))
        data.setImageData(QImage.fromData(file.getvalue()))
        self._set_clipboard(data, tr("Copied the picture."))

    def copy_table(self) -> None:
        self.window.results_tabs.results_page.copy("tsv")

    def copy_code(self) -> None:
        """The race as a script for NumPy."""
        from app.export.code import numpy_script

        race = self.race_snapshot
        race.compute_pending()
        with in_english():
            script = numpy_script(race)
        self._set_clipboard(script, tr("Copied the race as a NumPy script."))

    def copy_command(self) -> None:
        """The line for a shell that makes the picture of now."""
        from app.export.command_line import build_command_line

        race = self.race_snapshot
        experiment = replace(race.experiment, steps=race.step)
        self._set_clipboard(
            build_command_line(
                experiment,
                self.export_options(),
                self.window.documents.document_state.path,
                f"{race.experiment.surface_id}.png",
            ),
            tr("Copied the command."),
        )

    def _set_clipboard(self, content: QMimeData | str, message: str) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        if isinstance(content, str):
            clipboard.setText(content)
        else:
            clipboard.setMimeData(content)
        self.window.show_message(message)


def _independent_copy(trajectory: Trajectory) -> Trajectory:
    """A track of its own with the same past, budget included."""
    result = trajectory.copy_until(trajectory.last_known_step)
    result.set_budget(trajectory.budget)
    return result
