"""What the File menu does: open and save. Asks before unsaved work is lost, and remembers the folder and the last files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from app.gui.dialogs.message_boxes import ask_about_unsaved
from app.io import experiment_files
from app.model.experiment import Experiment
from app.session.document_state import Origins
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, printable

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow


class Documents(QObject):
    """The window's files. Whatever goes wrong is raised as ExperimentError and shown by the window in one sentence.

    A file that is dropped on the window is opened, whatever it is.
    """

    def __init__(self, window: MainWindow, source: Path | None = None) -> None:
        super().__init__(window)
        self.window = window
        self.origins = Origins(window.session.store, experiment_files.home(source) if source else None)
        if source:
            self._remember(source)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QDropEvent):  # a drag that enters is one, too
            return False
        data = event.mimeData()
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data is not None else []
        if paths:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:  # whoever dragged is let go before anything is asked
                QTimer.singleShot(0, lambda: self.window.attempt(lambda: self._take_dropped(paths)))
        return True

    def _take_dropped(self, paths: list[Path]) -> None:
        if len(paths) > 1:
            raise ExperimentError(tr("one file can be opened at a time: drop one of these"))
        self.take(paths[0])

    # Open

    def take(self, path: Path) -> None:
        """Open an experiment, or the current one with the data of a data file. What cannot be opened is said, not asked about."""
        experiment = experiment_files.load(path, self.window.session.experiment)
        if experiment_files.is_example(path):
            experiment = replace(experiment, title=tr(experiment.title))
        if self.may_leave():
            if path.absolute() == self.origins.path:  # it may just have been saved
                experiment = experiment_files.load(path)
            self._show(experiment, experiment_files.home(path))
            self._remember(path)

    def _show(self, experiment: Experiment, home: Path | None) -> None:
        self.window.session.open(experiment)
        self.origins.open(experiment, home)

    def _remember(self, path: Path) -> None:
        if not experiment_files.is_example(path):
            self.window.settings.keep_recent(path.absolute())

    def open(self) -> None:
        path = self.ask(
            tr("Open Experiment"), tr("Experiments and exported pictures (*.json *.png *.svg);;All files (*)")
        )
        if path:
            self.take(path)

    def open_recent(self, path: Path) -> None:
        if not os.path.exists(path):
            self.window.settings.forget_recent(path)
            raise ExperimentError(tr("{path} is not there any more", path=printable(str(path))))
        self.take(path)

    def open_data(self) -> None:
        """Make the surface from a file of two columns."""
        path = self.ask(
            tr("Open Data"),
            tr(
                "Two columns of numbers ({join});;All files (*)",
                join=" ".join(f"*{end}" for end in experiment_files.DATA),
            ),
        )
        if path:
            experiment = experiment_files.load_data(path, self.window.session.experiment)
            if self.may_leave():
                self._show(experiment, None)
                if (
                    path.suffix.lower() in experiment_files.DATA
                ):  # of another name it could not be opened again as what it is
                    self._remember(path)

    # Save

    def save(self) -> bool:
        """Save to the file that the experiment has, or ask for one; whether that was done."""
        return self._save(self.origins.path) if self.origins.path else self.save_as()

    def save_as(self) -> bool:
        now = self.origins.path
        name = now.stem if now else f"{self.window.session.experiment.surface}.thalweg"  # by this the desktop knows it
        path = self.ask(tr("Save Experiment"), tr("Experiments (*.json)"), "json", name)
        if path is None:
            return False
        if path.suffix.lower() != ".json":
            raise ExperimentError(
                tr(
                    "the name must end in .json, not in {value!r}; pictures are exported",
                    value=path.suffix or path.name,
                )
            )
        return self._save(path)

    def _save(self, path: Path) -> bool:
        """Write what is shown, at the step at which it is shown."""
        session = self.window.session
        experiment_files.save(replace(session.experiment, shown=session.race.step), path)
        self.origins.save(path.absolute())
        self._remember(path)
        self.window.say(tr("Saved {path}", path=printable(str(path))))
        return True

    # Leave

    def may_leave(self) -> bool:
        """Whether the experiment that is shown may be replaced or closed; asks where something of it is not saved."""
        if not self.origins.unsaved:
            return True
        self.window.session.clock.pause()
        answer = self.ask_about_unsaved()
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        if answer == QMessageBox.StandardButton.Discard:
            self.origins.waive()
        return not self.origins.unsaved  # a signal that ends the program has waived it, too

    def ask_about_unsaved(self) -> QMessageBox.StandardButton:
        return ask_about_unsaved(self.window, self.name)

    @property
    def name(self) -> str:
        """What the experiment is called: its file's name, or its title, or its surface."""
        experiment = self.window.session.experiment
        return printable(self.origins.path.name) if self.origins.path else experiment.title or experiment.land.name

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
        kind = dialog.selectedNameFilter()
        dialog.deleteLater()
        if not chosen:
            return None
        path = as_filtered(Path(chosen[0]), f".{suffix}", kind) if suffix else Path(chosen[0])
        if path != Path(chosen[0]) and path.exists():  # the dialog has asked about the other name
            raise ExperimentError(
                tr("{name} is there already: choose another name, or this one in the dialog", name=printable(path.name))
            )
        settings.keep("folder", str(path.parent))
        return path


def as_filtered(path: Path, suffix: str, kind: str) -> Path:
    """The path with the suffix of the chosen kind, as in "PyTorch script (*.torch.py)", where it has the one that was offered."""
    wanted = kind.rpartition("*")[2].rstrip(")")
    if wanted.startswith(".") and path.name.endswith(suffix) and not path.name.endswith(wanted):
        return path.with_name(path.name.removesuffix(suffix) + wanted)
    return path
