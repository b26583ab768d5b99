"""RecordedUpdate: one step with its modifiers, in which every function is replaced by its recorded twin."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.analysis.step_explanation.recorder import Recorder, Statement
from optimizers.declaration import DeclaredFunction
from optimizers.loss import Loss, SurfaceFunction
from optimizers.optimizer import Optimizer
from optimizers.step import BoundUpdate


@dataclass(frozen=True)
class RecordedCall:
    """A call of a rule or of a modifier within a step.

    Attributes
    ----------
    stage : str
        The stage of the modifier, or "rule".
    declared : Optimizer or Modifier
        The declaration of the function that was called.
    arguments : tuple
        Its positional arguments.
    settings : mapping of str to object
        Its hyperparameters.
    result : object
        What it returned.
    statements : list of Statement
        What it executed.
    """

    stage: str
    declared: DeclaredFunction
    arguments: tuple[Any, ...]
    settings: Mapping[str, Any]
    result: Any
    statements: list[Statement]

    @property
    def first_result(self) -> Any:
        """What it returned, without its new state."""
        return self.result[0] if isinstance(self.result, tuple) else self.result


class RecordedUpdate(BoundUpdate):
    """A ``BoundUpdate`` that keeps what its last call did.

    Attributes
    ----------
    calls : list of RecordedCall
        The calls in the order in which they ended. A rule that acts on each coordinate is called twice.
    evaluated : list of tuple of float
        The positions at which the loss or its gradient was evaluated.
    """

    def __init__(self, optimizer: Optimizer, surface: SurfaceFunction, hyperparameters: Mapping[str, Any]) -> None:
        self.calls: list[RecordedCall] = []
        self.evaluated: list[tuple[float, float]] = []
        super().__init__(optimizer, surface, hyperparameters)
        plain_loss, self.unpenalized_loss = self.unpenalized_loss, _ObservedLoss(surface, self.evaluated)
        if self.loss is plain_loss:
            self.loss = self.unpenalized_loss
        self.update_rule = self.update_y = self._recorded("rule", optimizer, self.update_rule, self.settings)
        for stage, entries in self.stages.items():
            self.stages[stage] = [
                (modifier, self._recorded(stage, modifier, bound, settings), settings)
                for modifier, bound, settings in entries
            ]

    def _recorded(
        self, stage: str, declared: DeclaredFunction, bound: Callable[..., Any], settings: dict[str, Any]
    ) -> Callable[..., Any]:
        assert isinstance(bound, types.FunctionType)
        function = bound

        def call(*arguments: Any) -> Any:
            recorder = Recorder(function, settings)  # a modifier may be called again before its first call ends
            result = recorder(*arguments)
            self.calls.append(RecordedCall(stage, declared, arguments, dict(settings), result, recorder.statements))
            return result

        return call

    def __call__(self, *arguments: Any) -> Any:
        """Compute a step, see ``BoundUpdate``."""
        self.calls.clear()
        self.evaluated.clear()
        return super().__call__(*arguments)


class _ObservedLoss(Loss):
    """A loss that keeps the positions at which it is evaluated."""

    def __init__(self, surface: SurfaceFunction, evaluated: list[tuple[float, float]]) -> None:
        super().__init__(surface)
        self.evaluated = evaluated

    def value_and_gradient(self, position: Any) -> tuple[Any, np.ndarray]:
        """Return loss and gradient."""
        self.evaluated.append((float(position[0]), float(position[1])))
        return super().value_and_gradient(position)

    def value(self, position: Any) -> Any:
        """Return the loss."""
        self.evaluated.append((float(position[0]), float(position[1])))
        return super().value(position)

    def sampled_gradient(self, position: Any, indices: np.ndarray) -> np.ndarray:
        """Return the gradient of selected data points."""
        self.evaluated.append((float(position[0]), float(position[1])))
        return super().sampled_gradient(position, indices)
