"""Store: the one place where the experiment changes; undo and redo."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from app.model.experiment import Experiment

DEPTH = 200


class Store(QObject):
    """Holds the experiment. ``changed(before, after)`` follows every change, whoever made it."""

    changed = pyqtSignal(object, object)
    released = pyqtSignal()

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.past: list[Experiment] = []
        self.future: list[Experiment] = []
        self.holding = False
        self.travelling = False
        self._merging: str | None = None

    def set(self, experiment: Experiment, merge: str | None = None) -> None:
        """Make this the experiment. Changes in a row with the same ``merge`` key are one undo step."""
        if experiment == self.experiment:
            return
        before = self.experiment
        if merge is None or merge != self._merging:
            self.past = [*self.past[-DEPTH + 1 :], before]
        self._merging = merge
        self.future = []
        self.experiment = experiment
        self.changed.emit(before, experiment)

    def hold(self) -> None:
        """A drag begins: what it changes is one undo step."""
        self.holding = True
        self._merging = None

    def release(self) -> None:
        """The drag is over."""
        self.holding = False
        self._merging = None
        self.released.emit()

    def undo(self) -> None:
        self._travel(self.past, self.future)

    def redo(self) -> None:
        self._travel(self.future, self.past)

    def _travel(self, source: list[Experiment], target: list[Experiment]) -> None:
        if not source:
            return
        before, self.experiment = self.experiment, source.pop()
        target.append(before)
        self._merging = None
        self.travelling = True
        self.changed.emit(before, self.experiment)
        self.travelling = False
