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
from app.session.document_state import DocumentState
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, make_printable

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow


class DocumentController(QObject):
    """The window's files. Whatever goes wrong is raised as ExperimentError and shown by the window in one sentence.

    A file that is dropped on the window is opened, whatever it is.
    """

    def __init__(self, window: MainWindow, source: Path | None = None) -> None:
        super().__init__(window)
        self.window = window
        self.document_state = DocumentState(
            window.session.store, experiment_files.save_path_for(source) if source else None
        )
        if source:
            self._add_recent(source)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QDropEvent):  # a drag that enters is one, too
            return False
        mime_data = event.mimeData()
        paths = (
            [Path(url.toLocalFile()) for url in mime_data.urls() if url.isLocalFile()] if mime_data is not None else []
        )
        if paths:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:  # whoever dragged is let go before anything is asked
                QTimer.singleShot(0, lambda: self.window.run_guarded(lambda: self._open_dropped(paths)))
        return True

    def _open_dropped(self, paths: list[Path]) -> None:
        if len(paths) > 1:
            raise ExperimentError(tr("one file can be opened at a time: drop one of these"))
        self.open_path(paths[0])

    # Open

    def open_path(self, path: Path) -> None:
        """Open an experiment, or the current one with the data of a data file. What cannot be opened is said, not asked about."""
        experiment = experiment_files.load(path, self.window.session.experiment)
        if experiment_files.is_example(path):
            experiment = replace(experiment, title=tr(experiment.title))
        if self.confirm_discard():
            if path.absolute() == self.document_state.path:  # it may just have been saved
                experiment = experiment_files.load(path)
            self._show_experiment(experiment, experiment_files.save_path_for(path))
            self._add_recent(path)

    def _show_experiment(self, experiment: Experiment, save_path: Path | None) -> None:
        self.window.session.load_experiment(experiment)
        self.document_state.add_entry(experiment, save_path)

    def _add_recent(self, path: Path) -> None:
        if not experiment_files.is_example(path):
            self.window.settings.add_recent_file(path.absolute())

    def open(self) -> None:
        path = self.ask_path(
            tr("Open Experiment"), tr("Experiments and exported pictures (*.json *.png *.svg);;All files (*)")
        )
        if path:
            self.open_path(path)

    def open_recent(self, path: Path) -> None:
        if not os.path.exists(path):
            self.window.settings.remove_recent_files(path)
            raise ExperimentError(tr("{path} is not there any more", path=make_printable(str(path))))
        self.open_path(path)

    def open_data(self) -> None:
        """Make the surface from a file of two columns."""
        path = self.ask_path(
            tr("Open Data"),
            tr(
                "Two columns of numbers ({join});;All files (*)",
                join=" ".join(f"*{suffix}" for suffix in experiment_files.DATA_SUFFIXES),
            ),
        )
        if path:
            experiment = experiment_files.load_data(path, self.window.session.experiment)
            if self.confirm_discard():
                self._show_experiment(experiment, None)
                if (
                    path.suffix.lower() in experiment_files.DATA_SUFFIXES
                ):  # of another name it could not be opened again as what it is
                    self._add_recent(path)

    # Save

    def save(self) -> bool:
        """Save to the file that the experiment has, or ask for one; whether that was done."""
        return self._save_to(self.document_state.path) if self.document_state.path else self.save_as()

    def save_as(self) -> bool:
        current_path = self.document_state.path
        name = (
            current_path.stem if current_path else f"{self.window.session.experiment.surface_id}.thalweg"
        )  # by this the desktop knows it
        path = self.ask_path(tr("Save Experiment"), tr("Experiments (*.json)"), "json", name)
        if path is None:
            return False
        if path.suffix.lower() != ".json":
            raise ExperimentError(
                tr(
                    "the name must end in .json, not in {value!r}; pictures are exported",
                    value=path.suffix or path.name,
                )
            )
        return self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        """Write what is shown, at the step at which it is shown."""
        session = self.window.session
        experiment_files.save(replace(session.experiment, displayed_step=session.race.step), path)
        self.document_state.mark_saved(path.absolute())
        self._add_recent(path)
        self.window.show_message(tr("Saved {path}", path=make_printable(str(path))))
        return True

    # Leave

    def confirm_discard(self) -> bool:
        """Whether the experiment that is shown may be replaced or closed; asks where something of it is not saved."""
        if not self.document_state.unsaved:
            return True
        self.window.session.clock.pause()
        answer = self.ask_about_unsaved()
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        if answer == QMessageBox.StandardButton.Discard:
            self.document_state.mark_discarded()
        return not self.document_state.unsaved  # a signal that ends the program has waived it, too

    def ask_about_unsaved(self) -> QMessageBox.StandardButton:
        return ask_about_unsaved(self.window, self.name)

    @property
    def name(self) -> str:
        """What the experiment is called: its file's name, or its title, or its surface."""
        experiment = self.window.session.experiment
        return (
            make_printable(self.document_state.path.name)
            if self.document_state.path
            else experiment.title or experiment.surface.name
        )

    def ask_path(
        self, title: str, name_filters: str, default_suffix: str | None = None, default_name: str = ""
    ) -> Path | None:
        """A path from the native dialog: to open, or, with a suffix, to save. None if the person thought better of it."""
        settings = self.window.settings
        dialog = QFileDialog(self.window, title, str(settings.last_folder()), name_filters)
        if default_suffix:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(default_suffix)
            dialog.selectFile(f"{default_name}.{default_suffix}")
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        selected_files = dialog.selectedFiles() if dialog.exec() else []
        selected_filter = dialog.selectedNameFilter()
        dialog.deleteLater()
        if not selected_files:
            return None
        path = (
            with_filter_suffix(Path(selected_files[0]), f".{default_suffix}", selected_filter)
            if default_suffix
            else Path(selected_files[0])
        )
        if path != Path(selected_files[0]) and path.exists():  # the dialog has asked about the other name
            raise ExperimentError(
                tr(
                    "{name} is there already: choose another name, or this one in the dialog",
                    name=make_printable(path.name),
                )
            )
        settings.set_value("folder", str(path.parent))
        return path


def with_filter_suffix(path: Path, suffix: str, name_filter: str) -> Path:
    """The path with the suffix of the chosen kind, as in "PyTorch script (*.torch.py)", where it has the one that was offered."""
    filter_suffix = name_filter.rpartition("*")[2].rstrip(")")
    if filter_suffix.startswith(".") and path.name.endswith(suffix) and not path.name.endswith(filter_suffix):
        return path.with_name(path.name.removesuffix(suffix) + filter_suffix)
    return path
