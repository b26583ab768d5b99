"""What the File menu does: open and save. Asks the system's file dialogs and remembers the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QFileDialog

from app import files

if TYPE_CHECKING:
    from app.window import MainWindow


class Documents(QObject):
    """The window's files. Whatever goes wrong is raised as ExperimentError and shown by the window in one sentence.

    A file that is dropped on the window is opened, whatever it is.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QDropEvent):  # a drag that enters is one, too
            return False
        data = event.mimeData()
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data is not None else []
        if len(paths) == 1:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.window.attempt(lambda: self.take(paths[0]))
        return True

    def take(self, path: Path) -> None:
        """Open an experiment, or the current one with the data of a data file."""
        self.window.session.open(files.load(path, self.window.session.experiment))

    def ask(self, title: str, kinds: str, suffix: str | None = None, name: str = "") -> Path | None:
        """A path from the native dialog: to open, or, with a suffix, to save. None if the person thought better of it."""
        settings = self.window.settings
        dialog = QFileDialog(self.window, title, str(settings.folder()), kinds)
        if suffix:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(suffix)
            dialog.selectFile(f"{name}.{suffix}")
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        if not chosen:
            return None
        path = Path(chosen[0])
        settings.keep("folder", str(path.parent))
        return path

    def open(self) -> None:
        path = self.ask("Open Experiment", "Experiments and exported pictures (*.json *.png);;All files (*)")
        if path:
            self.take(path)

    def open_data(self) -> None:
        """Make the surface from a file of two columns."""
        path = self.ask("Open Data", f"Two columns of numbers ({' '.join(f'*{end}' for end in files.DATA)});;All files (*)")
        if path:
            self.window.session.open(files.load_data(path, self.window.session.experiment))

    def save(self) -> None:
        path = self.ask("Save Experiment", "Experiments (*.json)", "json", self.window.session.experiment.surface)
        if path:
            files.save(self.window.session.experiment, path)
            self.window.say(f"Saved {path}")
