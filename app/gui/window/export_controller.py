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
    from app.engine.trajectory import Track
    from app.export.options import Options
    from app.gui.dialogs.export_job import Job
    from app.gui.window.main_window import MainWindow


class Exporting:
    """``jobs`` are the files that are being written. The race may go on meanwhile: what is exported is the past of now."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.jobs: list[Job] = []

    @property
    def race(self) -> Race:
        """The race of now, which keeps its step; what is late in it goes on by itself, whatever is turned meanwhile."""
        race = copy(self.window.session.race)
        late = [track for track, _ in (*race.late, *race.late_branches, *race.late_replicas)]

        def own(tracks: list[Track]) -> list[Track]:
            return [_apart(track) if track in late else track for track in tracks]

        race.tracks = own(race.tracks)
        race.branches, race.bundles = list(map(own, race.branches)), list(map(own, race.bundles))
        return race

    def options(self, **changes: Any) -> Options:
        """How the window shows it."""
        from app.export.options import Options

        window = self.window
        return Options(
            theme=window.theme,
            shown=dict(window.options),
            camera=window.canvases["relief"].view.camera,
            window=window.canvases["contour"].view.window,
            **changes,
        )

    @property
    def name(self) -> str:
        """What a file is called that nobody has named yet."""
        path = self.window.files.origins.path
        return path.stem if path else self.window.session.experiment.surface

    # Files

    @contextmanager
    def still(self) -> Iterator[None]:
        """The race waits while something is asked, and then goes on."""
        clock = self.window.session.clock
        playing = clock.running
        clock.pause()
        yield
        if playing:
            clock.play()

    def picture(self) -> None:
        """Ask what and how fine, then where."""
        from app.export.options import DPI, SIZE

        self._illustrated("picture", tr("Export Picture"), self.options(size=SIZE, dpi=DPI))

    def film(self) -> None:
        """The same of a film, which begins at the start and ends at the step that is shown."""
        from app.export.options import FILM_DPI, FILM_SIZE

        self._illustrated("film", tr("Export Film"), self.options(size=FILM_SIZE, dpi=FILM_DPI))

    def data(self) -> None:
        self._written("data", tr("Export Data"))

    def code(self) -> None:
        self._written("code", tr("Export Code"))

    def _illustrated(self, kind: str, title: str, base: Options) -> None:
        from app.export.formats import EXPORTS
        from app.export.image import draw
        from app.gui.dialogs.export_dialog import ExportDialog
        from app.gui.dialogs.export_form import Form
        from app.views import VIEWS

        window, race, scene = self.window, self.race, self.window.scene()
        views = {name: VIEWS[name].title for name in window.canvases if VIEWS[name].applies(scene)}
        kinds = {each.suffix: each.name for each in EXPORTS.values() if each.kind == kind}
        form = Form(kinds, views, base, window.theme, race.step, window.settings)

        def png(options: Options) -> bytes:
            file = BytesIO()
            draw(race, file, "png", options)
            return file.getvalue()

        dialog = ExportDialog(window, title, form, png)
        with self.still():
            accepted = dialog.exec()
        suffix, options = form.format.currentData(), form.options() if accepted else base
        dialog.deleteLater()
        if accepted:  # another format of the kind may still be named
            name = self.name if options.view == "all" else f"{self.name}-{options.view}"
            self._ask(title, sorted(kinds, key=lambda each: each != suffix), name, options)

    def _written(self, kind: str, title: str) -> None:
        from app.export.formats import EXPORTS
        from app.export.options import Options

        suffixes = [each.suffix for each in EXPORTS.values() if each.kind == kind]
        self._ask(title, suffixes, self.name, Options())

    def _ask(self, title: str, suffixes: list[str], name: str, options: Options) -> None:
        """Ask where to, and begin to write."""
        from app.export.formats import EXPORTS, export_slowly, format_of

        kinds = ";;".join(f"{tr(EXPORTS[suffix].name)} (*{suffix})" for suffix in suffixes)
        race = self.race
        with self.still():
            path = self.window.files.ask(title, kinds, suffixes[0].lstrip("."), name)
        if path is None:
            return
        if format_of(path).suffix not in suffixes:
            raise ExperimentError(
                tr(
                    "the name must end in one of {suffixes} for this, not in {name!r}",
                    suffixes=", ".join(suffixes),
                    name=path.suffix or path.name,
                )
            )
        self.start(path, export_slowly(race, path, options))

    def start(self, path: Path, work: Any) -> Job:
        """Write a file beside all else."""
        from app.gui.dialogs.export_job import Job

        job = Job(self.window, path, work)
        self.jobs.append(job)
        job.ended.connect(self.window.say)
        job.failed.connect(self.window.complain)
        for signal in (job.ended, job.failed):
            signal.connect(lambda _: self.jobs.remove(job))
        job.start()
        return job

    def cancel(self) -> None:
        """End all that is being written; no half of a file is left."""
        for job in list(self.jobs):
            job.cancel()

    # The clipboard

    def copy_picture(self) -> None:
        """The whole figure as an image, and as a PNG that carries its experiment."""
        from app.export.image import draw
        from app.export.options import DPI, SIZE

        file, race = BytesIO(), self.race
        race.complete()
        draw(race, file, "png", self.options(size=SIZE, dpi=DPI))
        data = QMimeData()
        data.setData("image/png", QByteArray(file.getvalue()))
        data.setImageData(QImage.fromData(file.getvalue()))
        self._put(data, tr("Copied the picture."))

    def copy_table(self) -> None:
        self.window.foot.standings.copy("tsv")

    def copy_code(self) -> None:
        """The race as a script for NumPy."""
        from app.export.code import numpy_script

        race = self.race
        race.complete()
        with in_english():
            script = numpy_script(race)
        self._put(script, tr("Copied the race as a NumPy script."))

    def copy_command(self) -> None:
        """The line for a shell that makes the picture of now."""
        from app.export.command_line import command_line

        race = self.race
        steps = replace(race.experiment, steps=race.step)
        self._put(
            command_line(steps, self.options(), self.window.files.origins.path, f"{race.experiment.surface}.png"),
            tr("Copied the command."),
        )

    def _put(self, what: QMimeData | str, words: str) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        if isinstance(what, str):
            clipboard.setText(what)
        else:
            clipboard.setMimeData(what)
        self.window.say(words)


def _apart(track: Track) -> Track:
    """A track of its own with the same past, budget included."""
    made = track.fork(track.reach)
    made.grant(track.budget)
    return made
