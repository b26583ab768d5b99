"""A file that is written beside all else: a piece at a time, with a bar, the time that is left, and a way to cancel."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from time import perf_counter

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QProgressBar, QPushButton, QWidget

from app.utils.i18n import tr
from app.utils.validation import ExperimentError

SLICE = 0.02  # seconds that a piece of work may hold the window
PATIENCE = 0.4  # seconds after which the bar is shown
LONGEST = 30  # letters of a name that are shown
WORDS = 0.5  # seconds between two writings of the time that is left


def left(seconds: float) -> str:
    """Some time in words that can be trusted."""
    if seconds < 1.5:
        return tr("a moment left")
    if seconds < 90:
        return tr("about {seconds:.0f} s left", seconds=seconds)
    return tr("about {minutes:.0f} min left", minutes=seconds / 60)


class Progress(QWidget):
    """A line at the foot of the window. ``cancelled``: the person has had enough."""

    cancelled = pyqtSignal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.bar, self.words = QProgressBar(maximum=1000, textVisible=False), QLabel("", objectName="quiet")
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(tr("Writing {name}", name=name))
        cancel = QPushButton(tr("Cancel"))
        cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space to the race
        cancel.clicked.connect(self.cancelled)
        title = QLabel(title_of(name), toolTip=name)
        title.setTextFormat(Qt.TextFormat.PlainText)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        for part in (title, self.bar, self.words, cancel):
            line.addWidget(part)


def title_of(name: str) -> str:
    """A file's name as far as there is room for it."""
    return tr("Writing {name}", name=name if len(name) <= LONGEST else f"{name[: LONGEST - 12]}…{name[-11:]}")


class Job(QObject):
    """Writes in slices while the window lives. ``ended(words)``: it is written, or was cancelled; ``failed(words)``: why not."""

    ended = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, parent: QMainWindow, path: Path, work: Generator[float, None, None]) -> None:
        super().__init__(parent)
        self.bar, self.path, self.work = parent.statusBar(), path, work
        self.shown: Progress | None = None
        self.began = self.spoken = perf_counter()
        self.timer = QTimer(self, interval=0)
        self.timer.timeout.connect(self._slice)

    def start(self) -> None:
        self.timer.start()

    @property
    def running(self) -> bool:
        return self.timer.isActive()

    def cancel(self) -> None:
        """Leave no file."""
        if self.running:
            self.work.close()
            self._close()
            self.ended.emit(tr("Cancelled: {name} was not written.", name=self.path.name))

    def _slice(self) -> None:
        until = perf_counter() + SLICE
        try:
            while True:
                share = next(self.work)
                if perf_counter() >= until:
                    break
        except StopIteration:
            self._close()
            self.ended.emit(tr("Saved {path}", path=self.path))
        except ExperimentError as error:
            self._close()
            self.failed.emit(str(error))
        except Exception:  # whatever it was, nothing was written; the reporter shows it
            self._close()
            self.failed.emit(tr("{name} was not written: something went wrong inside Thalweg", name=self.path.name))
            raise
        else:
            self._tell(share)

    def _tell(self, share: float) -> None:
        now = perf_counter()
        if self.shown is None and now - self.began > PATIENCE and self.bar is not None:
            self.shown = Progress(self.path.name)
            self.shown.cancelled.connect(self.cancel)
            self.bar.addPermanentWidget(self.shown)
        if self.shown is not None:
            self.shown.bar.setValue(round(1000 * share))
            if share and now - self.spoken > WORDS:
                self.spoken = now
                self.shown.words.setText(left((now - self.began) * (1 - share) / share))

    def _close(self) -> None:
        self.timer.stop()
        if self.shown is not None and self.bar is not None:
            self.bar.removeWidget(self.shown)
            self.shown.setParent(
                None
            )  # at once: when it goes later, the bar shows the others again, below words of the moment
            self.shown.deleteLater()
        self.deleteLater()
