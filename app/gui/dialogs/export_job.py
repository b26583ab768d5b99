"""An export that is written in slices, with a progress bar, the remaining time and a Cancel button."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from time import perf_counter

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QMainWindow

from app.gui.widgets.progress_widget import ProgressWidget, format_time_left
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

SLICE_SECONDS = 0.02  # seconds of work between two returns to the event loop
PROGRESS_DELAY = 0.4  # seconds after which the progress bar is shown
MAX_NAME_LENGTH = 30  # characters of the file name that are shown
TIME_LEFT_INTERVAL = 0.5  # seconds between two updates of the remaining time


def format_title(name: str) -> str:
    """Return the label of the progress bar, with a long file name shortened in the middle."""
    return tr(
        "Exporting {name}",
        name=name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 12]}…{name[-11:]}",
    )


class ExportJob(QObject):
    """Runs an export generator in slices of the event loop.

    ``finished`` is emitted with a message when the file is complete or the export was canceled, ``failed`` with an
    error message. ``note`` is a sentence that is added to the message of a complete file.
    """

    finished = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(
        self, parent: QMainWindow, path: Path, generator: Generator[float, None, None], note: str = ""
    ) -> None:
        super().__init__(parent)
        self.status_bar, self.path, self.generator, self.note = parent.statusBar(), path, generator, note
        self.progress_widget: ProgressWidget | None = None
        self.start_time = self.last_announced = perf_counter()
        self.slice_timer = QTimer(self, interval=0)
        self.slice_timer.timeout.connect(self._run_slice)

    def start(self) -> None:
        """Start writing."""
        self.slice_timer.start()

    @property
    def is_running(self) -> bool:
        """Whether the file is still being written."""
        return self.slice_timer.isActive()

    def cancel(self) -> None:
        """Stop writing and remove the incomplete file."""
        if self.is_running:
            self.generator.close()
            self._clean_up()
            self.finished.emit(tr("Export canceled: {name} was not saved.", name=self.path.name))

    def _run_slice(self) -> None:
        deadline = perf_counter() + SLICE_SECONDS
        try:
            while True:
                fraction = next(self.generator)
                if perf_counter() >= deadline:
                    break
        except StopIteration:
            self._clean_up()
            saved = tr("Saved {path}", path=self.path)
            self.finished.emit(f"{saved}; {self.note}" if self.note else saved)
        except ExperimentError as error:
            self._clean_up()
            self.failed.emit(str(error))
        except Exception:  # a bug; ErrorReporter shows it
            self._clean_up()
            self.failed.emit(tr("Could not export {name}: an internal error occurred in Thalweg", name=self.path.name))
            raise
        else:
            self._update_progress(fraction)

    def _update_progress(self, fraction: float) -> None:
        now = perf_counter()
        if self.progress_widget is None and now - self.start_time > PROGRESS_DELAY and self.status_bar is not None:
            name = self.path.name
            self.progress_widget = ProgressWidget(format_title(name), tr("Exporting {name}", name=name))
            self.progress_widget.cancel_requested.connect(self.cancel)
            self.status_bar.addPermanentWidget(self.progress_widget)
        if self.progress_widget is not None:
            self.progress_widget.progress_bar.setValue(round(1000 * fraction))
            if fraction and now - self.last_announced > TIME_LEFT_INTERVAL:
                self.last_announced = now
                self.progress_widget.time_left_label.setText(
                    format_time_left((now - self.start_time) * (1 - fraction) / fraction)
                )

    def _clean_up(self) -> None:
        self.slice_timer.stop()
        if self.progress_widget is not None and self.status_bar is not None:
            self.progress_widget.remove_from(self.status_bar)
        self.deleteLater()
