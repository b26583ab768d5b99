"""The export and copy commands of the window."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from app.engine.race import Race
from app.gui.dialogs.export_job import ExportJob
from app.gui.window.export_source import ExportSource


class ExportController:
    """Starts exports and holds the files that are being written, ``jobs``.

    Playback may continue meanwhile: an export has its own snapshot of the race. A command raises ``ExperimentError``
    if it cannot be carried out. The modules that draw are imported when a command needs them.
    """

    def __init__(self, source: ExportSource, notify: Callable[[str], None], show_error: Callable[[str], None]) -> None:
        self.source, self.notify, self.show_error = source, notify, show_error
        self.jobs: list[ExportJob] = []

    @property
    def race_snapshot(self) -> Race:
        """A copy of the race, as exports use it."""
        return self.source.race_snapshot

    # Files

    def export_figure(self) -> None:
        """Export a figure of the displayed step."""
        from app.gui.window.export_commands import ask_figure

        self._start(ask_figure(self.source))

    def export_animation(self) -> None:
        """Export an animation from the start to the displayed step."""
        from app.gui.window.export_commands import ask_animation

        self._start(ask_animation(self.source))

    def export_data(self) -> None:
        """Export the trajectories as numbers."""
        from app.gui.window.export_commands import ask_data

        self._start(ask_data(self.source))

    def export_code(self) -> None:
        """Export a script that runs the experiment."""
        from app.gui.window.export_commands import ask_code

        self._start(ask_code(self.source))

    def _start(self, export: tuple[Path, Generator[float, None, None], str] | None) -> None:
        if export is not None:
            self.start_job(*export)

    def start_job(self, path: Path, generator: Generator[float, None, None], note: str = "") -> ExportJob:
        """Write a file in slices, without blocking the window; the note is shown when it is complete."""
        job = ExportJob(self.source.window, path, generator, note)
        self.jobs.append(job)
        job.finished.connect(self.notify)
        job.failed.connect(self.show_error)
        for signal in (job.finished, job.failed):
            signal.connect(lambda _: self.jobs.remove(job))
        job.start()
        return job

    def cancel_all(self) -> None:
        """Cancel all exports; incomplete files are removed."""
        for job in list(self.jobs):
            job.cancel()

    # The clipboard

    def copy_figure(self) -> None:
        """Copy the figure."""
        from app.gui.window.export_commands import copy_figure

        self.notify(copy_figure(self.source))

    def copy_code(self) -> None:
        """Copy a NumPy script."""
        from app.gui.window.export_commands import copy_code

        self.notify(copy_code(self.source))

    def copy_command(self) -> None:
        """Copy the command that exports the figure."""
        from app.gui.window.export_commands import copy_command

        self.notify(copy_command(self.source))
