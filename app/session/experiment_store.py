"""The experiment with undo and redo; every change of it goes through here."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from app.model.edit_names import name_edit
from app.model.experiment import Experiment
from app.session.undo_memory import unshared_bytes

MAX_UNDO_STEPS = 200
MAX_UNDO_BYTES = 100 << 20  # memory of the experiments in the undo stack


@dataclass(frozen=True)
class ExperimentHistory:
    """An experiment with its undo and redo stacks; names and sizes as in ``ExperimentStore``."""

    experiment: Experiment
    undo_stack: tuple[Experiment, ...] = ()
    undo_bytes: tuple[int, ...] = ()
    undo_names: tuple[str, ...] = ()
    redo_stack: tuple[Experiment, ...] = ()
    redo_names: tuple[str, ...] = ()


class ExperimentStore(QObject):
    """The experiment and its undo and redo stacks.

    ``changed(before, after)`` is emitted after every change, including undo and redo.
    """

    changed = pyqtSignal(object, object)
    interaction_finished = pyqtSignal()

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.undo_stack: list[Experiment] = []
        self._undo_bytes: list[int] = []  # of each experiment in the stack, without what it shares with the next one
        self._undo_names: list[str] = []  # of the edit of each experiment in the stack
        self.redo_stack: list[Experiment] = []
        self._redo_names: list[str] = []
        self.interaction_active = False
        self.restoring = False
        self._merge_key: str | None = None

    @property
    def undo_name(self) -> str:
        """What undo will undo, a translatable text; empty if there is nothing."""
        return self._undo_names[len(self.undo_stack) - 1] if self.undo_stack else ""

    @property
    def redo_name(self) -> str:
        """What redo will redo, a translatable text; empty if there is nothing."""
        return self._redo_names[len(self.redo_stack) - 1] if self.redo_stack else ""

    @property
    def history(self) -> ExperimentHistory:
        """The experiment with everything that undo and redo can restore."""
        return ExperimentHistory(
            self.experiment,
            tuple(self.undo_stack),
            tuple(self._undo_bytes),
            tuple(self._undo_names),
            tuple(self.redo_stack),
            tuple(self._redo_names),
        )

    def set_history(self, history: ExperimentHistory) -> None:
        """Replace the experiment and both stacks. ``changed`` is not emitted, because this is not an edit."""
        self.experiment = history.experiment
        self.undo_stack, self.redo_stack = list(history.undo_stack), list(history.redo_stack)
        self._undo_bytes, self._undo_names = list(history.undo_bytes), list(history.undo_names)
        self._redo_names = list(history.redo_names)
        self._merge_key = None

    def set(self, experiment: Experiment, merge_key: str | None = None, name: str = "") -> None:
        """Set the experiment; consecutive changes with the same ``merge_key`` are one undo step.

        ``name`` is what undo and redo call the edit; without it they name what has changed.
        """
        if experiment == self.experiment:
            return
        before = self.experiment
        if merge_key is None or merge_key != self._merge_key:
            self._push_undo(before, experiment, name or name_edit(before, experiment))
        self._merge_key = merge_key
        self.redo_stack = []
        self.experiment = experiment
        self.changed.emit(before, experiment)

    def _push_undo(self, before: Experiment, after: Experiment, name: str) -> None:
        """Add an experiment to the undo stack and drop the oldest ones that exceed its limits."""
        count = len(self.undo_stack)  # undo has taken the others
        self._undo_bytes[count:], self._undo_names[count:] = [unshared_bytes(before, after)], [name]
        self.undo_stack.append(before)
        while len(self.undo_stack) > MAX_UNDO_STEPS or (
            len(self.undo_stack) > 1 and sum(self._undo_bytes) > MAX_UNDO_BYTES
        ):
            del self.undo_stack[0], self._undo_bytes[0], self._undo_names[0]

    def begin_interaction(self) -> None:
        """Begin a drag: its first change begins an undo step, which includes later ones with the same ``merge_key``."""
        self.interaction_active = True
        self._merge_key = None

    def end_interaction(self) -> None:
        """End a drag."""
        self.interaction_active = False
        self._merge_key = None
        self.interaction_finished.emit()

    def abandon_interaction(self) -> None:
        """End the current drag, if any, after an error in it."""
        if self.interaction_active:
            self.end_interaction()

    def undo(self) -> None:
        """Restore the experiment before the last change, if there is one."""
        self._restore(self.undo_stack, self.redo_stack)

    def redo(self) -> None:
        """Restore the experiment before the last undo, if there is one."""
        self._restore(self.redo_stack, self.undo_stack)

    def _restore(self, source: list[Experiment], target: list[Experiment]) -> None:
        if not source:
            return
        name = self.undo_name if source is self.undo_stack else self.redo_name
        before, self.experiment = self.experiment, source.pop()
        if target is self.undo_stack:
            self._push_undo(before, self.experiment, name)
        else:
            self._redo_names[len(target) :] = [name]
            target.append(before)
        self._merge_key = None
        self.restoring = True
        self.changed.emit(before, self.experiment)
        self.restoring = False
