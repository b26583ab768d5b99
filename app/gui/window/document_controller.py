"""The files of the window: open, save, drop, and the question about unsaved changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QDialog, QMessageBox, QWidget

from app.engine.opened_experiment import open_experiment
from app.engine.safe_rate import with_safe_rates
from app.gui.dialogs.message_boxes import ask_about_overwriting, ask_about_unsaved
from app.gui.dialogs.modal import run_modal
from app.gui.dialogs.path_dialog import ask_path
from app.io import experiment_files
from app.io.data_suffixes import DATA_SUFFIXES
from app.model.experiment import Experiment
from app.session.document_state import DocumentState
from app.session.session import Session
from app.session.settings import Settings
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, make_printable

OPEN_FILTER = gettext_noop(
    "Experiments, lessons, exported figures, and landscapes (*.json *.png *.svg *.npz *.npy *.h5);;All files (*)"
)


class DocumentController(QObject):
    """Opens and saves experiments; errors are raised as ``ExperimentError``.

    A file that is dropped on the window is opened, with ``run_guarded``, which shows such errors. ``notify`` shows a
    message in the status bar. ``source`` is the file of the experiment that the session starts with.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        settings: Settings,
        run_guarded: Callable[[Callable[[], object]], object],
        notify: Callable[[str], None],
        source: Path | None = None,
    ) -> None:
        super().__init__(window)
        self.window, self.session, self.settings = window, session, settings
        self.run_guarded, self.notify = run_guarded, notify
        self.document_state = DocumentState(session.store, experiment_files.save_path_for(source) if source else None)
        self.known_versions: dict[Path, tuple[int, int] | None] = {}  # by path: as read or written here last
        if source:
            self.known_versions[source.absolute()] = experiment_files.file_version(source)
            self._add_recent(source)
        self.before_replacing: Callable[[], object] = lambda: None  # before the current experiment is replaced
        self.open_lesson: Callable[[Path], bool] = lambda path: False  # return whether the file is that of a lesson
        self.document_state.changed.connect(self.update_title)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Open files that are dropped on the window."""
        if not isinstance(event, QDropEvent):  # drag-enter events are drop events, too
            return False
        mime_data = event.mimeData()
        paths = (
            [Path(url.toLocalFile()) for url in mime_data.urls() if url.isLocalFile()] if mime_data is not None else []
        )
        if paths:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:  # release the drag source before a dialog opens
                QTimer.singleShot(0, lambda: self.run_guarded(lambda: self._open_dropped(paths)))
        return True

    def _open_dropped(self, paths: list[Path]) -> None:
        if len(paths) > 1:
            raise ExperimentError(tr("drop one file at a time"))
        self.open_path(paths[0])

    # Open

    def open_path(self, path: Path) -> None:
        """Open an experiment or lesson file, or the current experiment with the data of a data file.

        The file is read before the question about unsaved changes, so that an unreadable file causes no question.
        """
        if self.open_lesson(path):
            return
        version = experiment_files.file_version(path)
        if path.suffix.lower() in DATA_SUFFIXES:
            self._open_data_path(path)
            return
        experiment = open_experiment(path, self.session.experiment)
        if self.confirm_discard():
            if path.absolute() == self.document_state.path:  # confirm_discard may have saved it
                version = experiment_files.file_version(path)
                experiment = open_experiment(path)
            self.known_versions[path.absolute()] = version
            self._show_experiment(experiment, experiment_files.save_path_for(path))
            self._add_recent(path)

    def _show_experiment(self, experiment: Experiment, save_path: Path | None) -> None:
        self.session.load_experiment(experiment)
        self.document_state.add_entry(experiment, save_path)

    def _add_recent(self, path: Path) -> None:
        if not experiment_files.is_example(path):
            self.settings.add_recent_file(path.absolute())

    def open(self) -> None:
        """Ask for an experiment file and open it."""
        path = self.ask_path(
            tr("Open Experiment"),
            tr(OPEN_FILTER),
        )
        if path:
            self.open_path(path)

    def open_recent(self, path: Path) -> None:
        """Open a recent file; if it no longer exists, remove it from the list."""
        if not os.path.exists(path):
            self.settings.remove_recent_files(path)
            raise ExperimentError(tr("{path} no longer exists", path=make_printable(str(path))))
        self.open_path(path)

    def open_data(self) -> None:
        """Ask for a data file and make the surface from two of its columns."""
        path = self.ask_path(
            tr("Open Data"),
            tr(
                "Data files ({join});;All files (*)",
                join=" ".join(f"*{suffix}" for suffix in DATA_SUFFIXES),
            ),
        )
        if path:
            self._open_data_path(path)

    def _open_data_path(self, path: Path) -> None:
        experiment = self._choose_data(path)
        if experiment is not None and self.confirm_discard():
            self._show_experiment(experiment, None)
            if path.suffix.lower() in DATA_SUFFIXES:  # others would not be recognized as data
                self._add_recent(path)

    def _choose_data(self, path: Path) -> Experiment | None:
        """Return the experiment with the data of a file; ask if they are not simply two columns; None if canceled.

        Without a screen the suggested choice is taken.
        """
        from app.gui.dialogs.data_dialog import DataDialog  # only for a data file
        from app.io.data_files import read_table_file

        dialog = DataDialog(self.window, path, read_table_file(path), self.session.experiment)
        accepted = not dialog.is_needed or run_modal(dialog, QDialog.DialogCode.Accepted.value)
        experiment, error = dialog.experiment, dialog.error
        dialog.deleteLater()
        if accepted and error is not None:
            raise error
        return with_safe_rates(experiment) if accepted and experiment is not None else None

    # Save

    def save(self) -> bool:
        """Save to the file of the experiment, or ask for one; return whether it was saved.

        If the file was changed or removed meanwhile, for example by another window, ask first.
        """
        path = self.document_state.path
        if path is None:
            return self.save_as()
        version = experiment_files.file_version(path)
        if version != self.known_versions[path] and not ask_about_overwriting(
            self.window, make_printable(path.name), exists=version is not None
        ):
            return False
        return self._save_to(path)

    def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it was saved."""
        current_path = self.document_state.path
        # The desktop recognizes the file type by .thalweg.json.
        name = current_path.stem if current_path else f"{self.session.experiment.surface_id}.thalweg"
        path = self.ask_path(tr("Save Experiment"), tr("Experiments (*.json)"), "json", name)
        if path is None:
            return False
        if path.suffix.lower() != ".json":
            raise ExperimentError(
                tr(
                    "the file name must end in .json, not {value!r}; to save a figure, use File > Export Figure",
                    value=path.suffix or path.name,
                )
            )
        return self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        """Write the experiment with its displayed step."""
        experiment = replace(self.session.experiment, displayed_step=self.session.race.step)
        experiment_files.save(experiment, path)
        self.known_versions[path.absolute()] = experiment_files.file_version(path)
        self.document_state.mark_saved(path.absolute())
        self._add_recent(path)
        self.notify(tr("Saved {path}", path=make_printable(str(path))))
        return True

    # Unsaved changes

    def confirm_discard(self) -> bool:
        """Return whether the experiment may be replaced or closed; ask if it has unsaved changes.

        A lesson in use is left before, without a question.
        """
        self.before_replacing()
        if not self.document_state.unsaved:
            return True
        self.session.clock.pause()
        answer = self.ask_about_unsaved()
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        if answer == QMessageBox.StandardButton.Discard:
            self.document_state.mark_discarded()
        return not self.document_state.unsaved  # a termination signal discards while the dialog is open

    def ask_about_unsaved(self) -> QMessageBox.StandardButton:
        """Ask whether to save, to discard or to cancel."""
        return ask_about_unsaved(self.window, self.name)

    @property
    def name(self) -> str:
        """The name of the experiment: its file name, title or surface."""
        experiment = self.session.experiment
        return (
            make_printable(self.document_state.path.name)
            if self.document_state.path
            else experiment_files.display_name(experiment)
        )

    def update_title(self) -> None:
        """Show in the window title which experiment is open and whether it has unsaved changes."""
        path = self.document_state.path
        name = self.name.replace("[*]", "[*][*]")  # Qt replaces a single [*] by the modification mark
        self.window.setWindowTitle(f"{name}[*] – Thalweg")
        self.window.setWindowFilePath(str(path) if path else "")
        self.window.setWindowModified(self.document_state.modified)

    def ask_path(
        self, title: str, name_filters: str, default_suffix: str | None = None, default_name: str = ""
    ) -> Path | None:
        """Ask for a path to open, or with ``default_suffix`` for one to save to; None if canceled."""
        return ask_path(self.window, self.settings, title, name_filters, default_suffix, default_name)
