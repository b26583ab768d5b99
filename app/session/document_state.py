"""Where the experiment came from, where it is saved, and whether anything of it is not, also where undo goes beyond an opening."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from app.model.experiment import Experiment
from app.session.experiment_store import Store


@dataclass(frozen=True)
class Origin:
    """``opened``: the experiment as it was opened. ``saved``: as it can be had again. ``waived``: as nobody wants to save it.

    ``path`` is None where there is no file that it can be saved to without asking.
    """

    opened: Experiment
    path: Path | None
    saved: Experiment
    waived: Experiment | None = None


class Origins(QObject):
    """The origins of the experiments that were opened, in order; that of the one that is shown is the current one."""

    changed = pyqtSignal()

    def __init__(self, store: Store, path: Path | None) -> None:
        super().__init__()
        self.store = store
        self.known = [Origin(store.experiment, path, store.experiment)]
        self.place = 0
        store.changed.connect(self._follow)

    @property
    def path(self) -> Path | None:
        return self.known[self.place].path

    @property
    def modified(self) -> bool:
        """Whether another experiment would be written than was opened or saved last."""
        return self.store.experiment != self.known[self.place].saved

    @property
    def unsaved(self) -> bool:
        """Whether there is work to ask about: nobody has said yet that it need not be saved."""
        return self.modified and self.store.experiment != self.known[self.place].waived

    def open(self, experiment: Experiment, path: Path | None) -> None:
        """An experiment was opened; where it is what was shown already, that is no step of undo."""
        shown = self.store.experiment
        if shown is experiment:
            self.known = [*self.known[: self.place + 1], Origin(shown, path, shown)]
            self._go(1)
        else:
            self._change(path=path, saved=shown)

    def save(self, path: Path) -> None:
        self._change(path=path, saved=self.store.experiment)

    def waive(self) -> None:
        self._change(waived=self.store.experiment)

    def _change(self, **changes: object) -> None:
        self.known[self.place] = replace(self.known[self.place], **changes)  # type: ignore[arg-type]
        self.changed.emit()

    def _go(self, way: int) -> None:
        self.place += way
        self.changed.emit()

    def _follow(self, before: Experiment, after: Experiment) -> None:
        """Undo went back beyond an opening, or redo opened it again: saving must not hit the other's file."""
        if not self.store.travelling:
            return
        undone = bool(self.store.future) and self.store.future[-1] is before
        if undone and self.place and before is self.known[self.place].opened:
            self._go(-1)
        elif not undone and after is next((origin.opened for origin in self.known[self.place + 1 :]), None):
            self._go(1)
