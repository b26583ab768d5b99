"""Where the experiment came from, where it is saved, and whether anything of it is not, also where undo goes beyond an opening."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from app.model.experiment import Experiment
from app.session.experiment_store import ExperimentStore


@dataclass(frozen=True)
class DocumentEntry:
    """``opened``: the experiment as it was opened. ``saved``: as it can be had again. ``waived``: as nobody wants to save it.

    ``path`` is None where there is no file that it can be saved to without asking.
    """

    opened: Experiment
    path: Path | None
    saved: Experiment
    discarded: Experiment | None = None


class DocumentState(QObject):
    """The origins of the experiments that were opened, in order; that of the one that is shown is the current one."""

    changed = pyqtSignal()

    def __init__(self, store: ExperimentStore, path: Path | None) -> None:
        super().__init__()
        self.store = store
        self.entries = [DocumentEntry(store.experiment, path, store.experiment)]
        self.index = 0
        store.changed.connect(self._on_store_changed)

    @property
    def path(self) -> Path | None:
        return self.entries[self.index].path

    @property
    def modified(self) -> bool:
        """Whether another experiment would be written than was opened or saved last."""
        return self.store.experiment != self.entries[self.index].saved

    @property
    def unsaved(self) -> bool:
        """Whether there is work to ask about: nobody has said yet that it need not be saved."""
        return self.modified and self.store.experiment != self.entries[self.index].discarded

    def add_entry(self, experiment: Experiment, path: Path | None) -> None:
        """An experiment was opened; where it is what was shown already, that is no step of undo."""
        displayed = self.store.experiment
        if displayed is experiment:
            self.entries = [*self.entries[: self.index + 1], DocumentEntry(displayed, path, displayed)]
            self._move_index(1)
        else:
            self._update_entry(path=path, saved=displayed)

    def mark_saved(self, path: Path) -> None:
        self._update_entry(path=path, saved=self.store.experiment)

    def mark_discarded(self) -> None:
        self._update_entry(discarded=self.store.experiment)

    def _update_entry(self, **changes: object) -> None:
        self.entries[self.index] = replace(self.entries[self.index], **changes)  # type: ignore[arg-type]
        self.changed.emit()

    def _move_index(self, offset: int) -> None:
        self.index += offset
        self.changed.emit()

    def _on_store_changed(self, before: Experiment, after: Experiment) -> None:
        """Undo went back beyond an opening, or redo opened it again: saving must not hit the other's file."""
        if not self.store.restoring:
            return
        undone = bool(self.store.redo_stack) and self.store.redo_stack[-1] is before
        if undone and self.index and before is self.entries[self.index].opened:
            self._move_index(-1)
        elif not undone and after is next((entry.opened for entry in self.entries[self.index + 1 :]), None):
            self._move_index(1)
