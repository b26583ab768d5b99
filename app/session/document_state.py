"""The file of the experiment and whether the experiment has unsaved changes, also across undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from app.model.experiment import Experiment
from app.session.experiment_store import ExperimentStore


@dataclass(frozen=True)
class DocumentEntry:
    """One opened experiment: as it was ``opened``, as it was last ``saved``, and as it was ``discarded`` unsaved.

    ``path`` is None if there is no file to which it can be saved without a dialog.
    """

    opened: Experiment
    path: Path | None
    saved: Experiment
    discarded: Experiment | None = None


class DocumentState(QObject):
    """The opened experiments in order; ``index`` is the current one, which undo and redo can change."""

    changed = pyqtSignal()

    def __init__(self, store: ExperimentStore, path: Path | None) -> None:
        super().__init__()
        self.store = store
        self.entries = [DocumentEntry(store.experiment, path, store.experiment)]
        self.index = 0
        store.changed.connect(self._on_store_changed)

    @property
    def path(self) -> Path | None:
        """The file of the experiment, or None."""
        return self.entries[self.index].path

    @property
    def modified(self) -> bool:
        """Whether the experiment differs from the one that was opened or saved last."""
        return self.store.experiment != self.entries[self.index].saved

    @property
    def unsaved(self) -> bool:
        """Whether there are changes that are neither saved nor discarded."""
        return self.modified and self.store.experiment != self.entries[self.index].discarded

    def add_entry(self, experiment: Experiment, path: Path | None) -> None:
        """Add an entry for an experiment that was opened.

        The store keeps its own object when it is given an equal experiment. That is no undo step, so the current entry
        is updated instead.
        """
        displayed = self.store.experiment
        if displayed is experiment:
            self.entries = [*self.entries[: self.index + 1], DocumentEntry(displayed, path, displayed)]
            self._move_index(1)
        else:
            self._set_entry(replace(self.entries[self.index], path=path, saved=displayed))

    def mark_saved(self, path: Path) -> None:
        """Record that the experiment was saved to a file."""
        self._set_entry(replace(self.entries[self.index], path=path, saved=self.store.experiment))

    def mark_discarded(self) -> None:
        """Record that the unsaved changes may be lost."""
        self._set_entry(replace(self.entries[self.index], discarded=self.store.experiment))

    def _set_entry(self, entry: DocumentEntry) -> None:
        self.entries[self.index] = entry
        self.changed.emit()

    def _drop_unreachable(self) -> None:
        """Drop the entries to which neither undo nor redo leads any more."""
        undoable = set(map(id, self.store.undo_stack[1:])) | {id(self.store.experiment)}
        first = next((k for k in range(self.index, 0, -1) if id(self.entries[k].opened) not in undoable), 0)
        self.entries = self.entries[first : self.index + 1]
        self.index -= first

    def _move_index(self, offset: int) -> None:
        self.index += offset
        self.changed.emit()

    def _on_store_changed(self, before: Experiment, after: Experiment) -> None:
        """Follow undo and redo across an opening, so that saving does not overwrite another experiment's file."""
        if not self.store.restoring:
            self._drop_unreachable()
            return
        undone = bool(self.store.redo_stack) and self.store.redo_stack[-1] is before
        if undone and self.index and before is self.entries[self.index].opened:
            self._move_index(-1)
        elif not undone and after is next((entry.opened for entry in self.entries[self.index + 1 :]), None):
            self._move_index(1)
