"""Many runs of one optimizer advanced together, of which finished ones can be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizers import Optimizer
from optimizers.loss import SurfaceFunction
from optimizers.step import BoundUpdate

REST_STEPS = 32  # steps in a row without a move after which a run is at rest: a simplex can shrink for a few steps
ROUNDING = 1e-12  # relative to the coordinate, at least to 1: a shorter move is a rounding error


class BatchRun:
    """Runs of an optimizer that allows batches.

    Parameters
    ----------
    optimizer : Optimizer
        Its ``batched`` must be true.
    surface : callable
        (x, y) -> loss, (grad_x, grad_y) for arrays.
    hyperparameters : mapping of str to float or ndarray
        Arrays have the shape of ``x``; modifiers are included.
    x, y : ndarray, shape (n,)
        The starts.

    Attributes
    ----------
    x, y, loss : ndarray, shape (n,)
        Position and loss after ``t`` steps.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        surface: SurfaceFunction,
        hyperparameters: Mapping[str, Any],
        x: np.ndarray,
        y: np.ndarray,
    ) -> None:
        self.update = BoundUpdate(optimizer, surface, hyperparameters)
        self.surface, self.t = surface, 0
        self.position = np.array([x, y])
        self.loss, self.gradient = surface(x, y)
        self.state = self.y_state = tuple(optimizer.state.values())
        is_plane = self.update.unpenalized_loss.dimension == 2
        self.is_joint = optimizer.separable and self.update.is_unmodified and is_plane
        self.is_coupled = not optimizer.separable
        self.modifier_states: Mapping[str, tuple[Any, ...]] = {}

    @property
    def x(self) -> np.ndarray:
        """The first coordinates."""
        first: np.ndarray = self.position[0]
        return first

    @property
    def y(self) -> np.ndarray:
        """The second coordinates."""
        second: np.ndarray = self.position[1]
        return second

    def advance(self) -> None:
        """Make one step of all runs; the caller handles floating-point warnings."""
        self.t += 1
        if self.is_joint:
            self._advance_jointly()
        else:
            self._advance_modified()
        self.loss, self.gradient = self.surface(self.x, self.y)

    def _advance_jointly(self) -> None:
        """Update both coordinates in one call: for arrays of this size, half of the time is that of the calls."""
        gradient = np.empty_like(self.position)
        gradient[0], gradient[1] = self.gradient
        result = self.update.update_rule(self.position, gradient, self.t, *self.state)
        self.position, *state = result if isinstance(result, tuple) else (result,)
        self.state = tuple(state)

    def _advance_modified(self) -> None:
        one = (self.position if self.is_coupled else self.x, *self.state)
        other = () if self.is_coupled else (self.y, *self.y_state)
        one, other, self.modifier_states = self.update(self.t, one, other, self.gradient, self.modifier_states)
        self.state, self.y_state = tuple(one[1:]), tuple(other[1:])
        self.position = one[0] if self.is_coupled else np.array([one[0], other[0]])

    def keep(self, indices: np.ndarray) -> None:
        """Leave out all runs but those with these indices."""
        size = self.x.size

        def select(value: Any) -> Any:
            is_batch = isinstance(value, np.ndarray) and value.ndim and value.shape[-1] == size
            return value[..., indices] if is_batch else value

        self.position, self.loss = select(self.position), select(self.loss)
        self.gradient = (select(self.gradient[0]), select(self.gradient[1]))
        self.state, self.y_state = tuple(map(select, self.state)), tuple(map(select, self.y_state))
        self.modifier_states = {name: tuple(map(select, state)) for name, state in self.modifier_states.items()}
        modifier_settings = [settings for stage in self.update.stages.values() for *_, settings in stage]
        for settings in (self.update.settings, *modifier_settings):
            for name, value in settings.items():
                settings[name] = select(value)
        self.update.learning_rate = select(self.update.learning_rate)  # before schedules


class SequentialRun:
    """Runs of an optimizer that handles one run at a time, with the interface of ``BatchRun``."""

    def __init__(
        self,
        optimizer: Optimizer,
        surface: SurfaceFunction,
        hyperparameters: Mapping[str, Any],
        x: np.ndarray,
        y: np.ndarray,
    ) -> None:
        self.surface, self.t = surface, 0
        self.x, self.y, self.loss = x.copy(), y.copy(), np.full(x.size, np.nan)
        self.still = np.zeros(x.size, np.int32)  # steps in a row without a move
        self.updates: list[BoundUpdate] = []
        self.states: list[Any] = []
        state = tuple(optimizer.state.values())
        for k in range(x.size):
            settings = {name: float(value[k]) if np.ndim(value) else value for name, value in hyperparameters.items()}
            self.updates.append(BoundUpdate(optimizer, surface, settings))
            start = float(x[k]), float(y[k])
            one, other = (
                ((start[0], *state), (start[1], *state)) if optimizer.separable else ((np.array(start), *state), ())
            )
            gradient = self._evaluate(k, *start)
            self.states.append((one, other, gradient, {}))
        self.can_rest = all(update.is_unmodified for update in self.updates)  # noise or a schedule can move it again

    def _evaluate(self, k: int, x: float, y: float) -> tuple[Any, Any]:
        """Set position and loss of a run, nan where there is none, and return the gradient."""
        self.x[k], self.y[k], self.loss[k] = x, y, np.nan
        try:
            self.loss[k], (grad_x, grad_y) = self.surface(x, y)
        except (ArithmeticError, ValueError):
            return np.nan, np.nan
        return grad_x, grad_y

    def advance(self) -> None:
        """Make one step of all runs that have neither diverged nor come to rest."""
        self.t += 1
        self.x, self.y, self.loss = self.x.copy(), self.y.copy(), self.loss.copy()  # callers keep the old ones
        moving = np.isfinite(self.loss) & np.isfinite(self.x) & np.isfinite(self.y) & (self.still < REST_STEPS)
        for k in np.flatnonzero(moving).tolist():
            one, other, gradient, modifier_states = self.states[k]
            try:
                one, other, modifier_states = self.updates[k](self.t, one, other, gradient, modifier_states)
            except (ArithmeticError, ValueError):
                self.loss[k] = np.nan
                continue
            x, y = map(float, (one[0], other[0]) if other else one[0])
            is_still = self.can_rest and _is_same(x, self.x[k]) and _is_same(y, self.y[k])
            self.still[k] = self.still[k] + 1 if is_still else 0
            self.states[k] = (one, other, self._evaluate(k, x, y), modifier_states)

    def keep(self, indices: np.ndarray) -> None:
        """Leave out all runs but those with these indices."""
        self.x, self.y, self.loss = self.x[indices], self.y[indices], self.loss[indices]
        self.still = self.still[indices]
        self.updates = [self.updates[k] for k in indices]
        self.states = [self.states[k] for k in indices]


def _is_same(value: float, previous: float) -> bool:
    return abs(value - previous) <= ROUNDING * max(1.0, abs(value))
