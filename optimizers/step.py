"""One step of an optimizer together with its modifiers, for a single run or for a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from optimizers.loss import Loss, SurfaceFunction
from optimizers.optimizer import Modifier, Optimizer

ModifierStates = Mapping[str, tuple[Any, ...]]


def is_active(name: str, hyperparameters: Mapping[str, Any]) -> bool:
    """Return whether a modifier is on: its first hyperparameter is given and not 0."""
    value = hyperparameters.get(name, 0.0)
    return callable(value) or bool(np.any(value))


def keep_coordinate(y: Any, grad: Any, t: int, *state: Any) -> Any:
    """Return y and its state as they are: the rule for y on a loss over x alone."""
    return (y, *state) if state else y


class ModifiedLoss(Loss):
    """The loss after the stages "loss" and "gradient", including a penalty on the position.

    Evaluations are made and counted by the loss without modifiers. If a modifier evaluates gradients itself, the loss
    that a rule requests together with its gradient is a separate evaluation.
    """

    def __init__(self, surface: SurfaceFunction, update: BoundUpdate) -> None:
        super().__init__(surface)
        self.update, self.t = update, 1

    def value_and_gradient(self, position: Any) -> tuple[Any, np.ndarray]:
        """Return the loss with its penalty and the modified gradient."""
        unpenalized_loss, update = self.update.unpenalized_loss, self.update
        value, grad = (
            (unpenalized_loss.value(position), None)
            if update.has_loss_modifier
            else unpenalized_loss.value_and_gradient(position)
        )
        return self._add_penalty(position, value), update.modify_gradient(position, grad, self.t)

    def value(self, position: Any) -> Any:
        """Return the loss with its penalty."""
        return self._add_penalty(position, self.update.unpenalized_loss.value(position))

    def gradient(self, position: Any) -> np.ndarray:
        """Return the modified gradient."""
        grad = None if self.update.has_loss_modifier else self.update.unpenalized_loss.gradient(position)
        return self.update.modify_gradient(position, grad, self.t)

    def _add_penalty(self, position: Any, value: Any) -> Any:
        if not self.update.penalties:
            return value
        return (
            value
            + sum(settings[name] for name, settings in self.update.penalties) * (position * position).sum(axis=0) / 2
        )

    def hessian(self, position: Any) -> np.ndarray:
        """Return the Hessian of the loss with its penalty."""
        matrix: np.ndarray = self.update.unpenalized_loss.hessian(position) + self._penalty_hessian(position)
        return matrix

    def gauss_newton(self, position: Any) -> np.ndarray:
        """Return the Gauss-Newton matrix plus the Hessian of the penalty."""
        matrix: np.ndarray = self.update.unpenalized_loss.gauss_newton(position) + self._penalty_hessian(position)
        return matrix

    def _penalty_hessian(self, position: Any) -> Any:
        identity = np.eye(len(position)).reshape(len(position), -1, *(1,) * (np.ndim(position) - 1))
        return sum(settings[name] for name, settings in self.update.penalties) * identity


class WrappedLoss(Loss):
    """A loss whose gradient at step ``t`` is computed by a modifier of the stage "loss".

    Nested for several modifiers: each one gets the gradients of the one before it.
    """

    def __init__(self, loss: Loss, function: Callable[[Any, Loss, int], np.ndarray], t: int) -> None:
        super().__init__(loss.surface)
        self.loss, self.function, self.t = loss, function, t

    def gradient(self, position: Any) -> np.ndarray:
        """Return the gradient computed by the modifier."""
        return self.function(position, self.loss, self.t)


class BoundUpdate:
    """An update rule bound to hyperparameters, with the modifiers that these switch on.

    ``surface`` may also be a ``Loss``: a ``VectorLoss`` updates a whole parameter vector. Hyperparameters are numbers,
    arrays with the shape of the batch, or functions of t that return either; ``convert`` turns the result of such a
    function into what the rule gets.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        surface: SurfaceFunction | Loss,
        hyperparameters: Mapping[str, Any],
        convert: Callable[[Any], Any] = float,
    ) -> None:
        own = {name: value for name, value in hyperparameters.items() if name in optimizer.hyperparameters}
        modifiers = optimizer.modifiers if len(own) < len(hyperparameters) else {}
        self.optimizer, self.convert = optimizer, convert
        self.update_rule, self.settings = optimizer.bind(own)
        self.unpenalized_loss = surface if isinstance(surface, Loss) else Loss(surface)
        self.update_y = self.update_rule if self.unpenalized_loss.dimension == 2 else keep_coordinate
        self.stages: dict[str, list[tuple[Modifier, Callable[..., Any], dict[str, Any]]]] = {
            "rate": [],
            "loss": [],
            "gradient": [],
            "position": [],
            "result": [],
        }
        self.penalties: list[tuple[str, dict[str, Any]]] = []
        self.schedules = [(self.settings, name, value) for name, value in own.items() if callable(value)]
        for name, modifier in modifiers.items():
            if is_active(name, hyperparameters):
                bound, settings = modifier.bind(
                    {n: hyperparameters[n] for n in modifier.hyperparameters if n in hyperparameters}
                )
                self.stages[modifier.stage].append((modifier, bound, settings))
                self.schedules += [(settings, n, value) for n, value in settings.items() if callable(value)]
                if modifier.penalty:
                    self.penalties.append((name, settings))
        self.learning_rate = self.settings.get("lr")
        self.loss = (
            ModifiedLoss(self.unpenalized_loss.surface, self)
            if self.stages["loss"] or self.stages["gradient"]
            else self.unpenalized_loss
        )

    @property
    def is_unmodified(self) -> bool:
        """Whether there are neither modifiers nor hyperparameters that depend on t."""
        return not self.schedules and not any(self.stages.values())

    @property
    def unit_cost(self) -> bool:
        """Whether every step costs exactly one gradient evaluation and no evaluation of the loss alone."""
        return not self.optimizer.takes_loss and not self.stages["loss"]

    @property
    def has_loss_modifier(self) -> bool:
        """Whether a modifier of the stage "loss" is on: it evaluates gradients itself, so that none has to be given."""
        return any(True for _ in self.active_modifiers("loss"))

    def active_modifiers(self, stage: str) -> Iterator[tuple[Modifier, Callable[..., Any]]]:
        """Yield the modifiers of a stage whose strength is not 0 at this step, each with its bound function."""
        for modifier, bound, settings in self.stages[stage]:
            strength = settings[modifier.id]
            if not isinstance(strength, (int, float)) or strength:
                yield modifier, bound

    def set_step(self, t: int) -> None:
        """Set all hyperparameters that depend on t, and the learning rate, to their values at step ``t``."""
        for settings, name, schedule in self.schedules:
            settings[name] = self.convert(schedule(t))
        if self.stages["rate"]:
            lr = self.settings["lr"] if callable(self.learning_rate) else self.learning_rate
            for _, bound in self.active_modifiers("rate"):
                lr = bound(lr, t)
            self.settings["lr"] = lr

    def modify_gradient(self, position: Any, grad: np.ndarray | None, t: int) -> np.ndarray:
        """Apply the stages "loss" and "gradient" to the gradient at a position.

        ``grad`` may be None if a modifier evaluates gradients itself (``has_loss_modifier``).
        """
        loss = self.unpenalized_loss
        for _, bound in self.active_modifiers("loss"):
            loss = WrappedLoss(loss, bound, t)
        if loss is not self.unpenalized_loss:
            grad = loss.gradient(position)
        assert grad is not None
        for _, bound in self.active_modifiers("gradient"):
            grad = bound(position, grad, t)
            if loss.dimension == 1:
                grad = np.array([grad[0], np.zeros_like(grad[1])])  # noise has no second component
        return grad

    def __call__(
        self,
        t: int,
        x: tuple[Any, ...],
        y: tuple[Any, ...],
        gradient: tuple[Any, Any] | np.ndarray,
        modifier_states: ModifierStates,
    ) -> tuple[tuple[Any, ...], tuple[Any, ...], ModifierStates]:
        """Compute step ``t``; return the new ``x``, ``y`` and states of the modifiers.

        ``x`` and ``y`` are (coordinate, *state); for a coupled rule, and for any rule that updates a whole vector,
        ``x`` is (position, *state) and ``y`` is empty.
        """
        self.set_step(t)
        update_rule, coupled = self.update_rule, not y
        old_position = position = x[0] if coupled else np.array([x[0], y[0]])
        for _, bound in self.active_modifiers("position"):
            position = bound(position, self.settings["lr"] if self.optimizer.has_learning_rate else 1.0, t)
        if self.optimizer.takes_loss:
            if isinstance(self.loss, ModifiedLoss):
                self.loss.t = t
            grad: Any = self.loss
        else:
            gradient_count = self.unpenalized_loss.gradient_count
            grad = self.modify_gradient(old_position, np.array(gradient), t)
            if self.unpenalized_loss.gradient_count == gradient_count:
                self.unpenalized_loss.gradient_count += 1  # no modifier evaluated one: the given gradient was used
        if coupled:
            result = update_rule(position, grad, t, *x[1:])
            x = result if isinstance(result, tuple) else (result,)
            new_position = x[0]
        else:
            is_single = position.ndim == 1
            (px, py), (gx, gy) = (position.tolist(), grad.tolist()) if is_single else (position, grad)
            new_x, new_y = update_rule(px, gx, t, *x[1:]), self.update_y(py, gy, t, *y[1:])
            x, y = (new_x, new_y) if isinstance(new_x, tuple) else ((new_x,), (new_y,))
            new_position = np.array([x[0], y[0]]) if self.stages["result"] else None
        if not self.stages["result"]:
            return x, y, {}
        new_position, modifier_states = self._modify_result(new_position, old_position, t, modifier_states)
        if coupled:
            return (new_position, *x[1:]), y, modifier_states
        new_px, new_py = new_position.tolist() if new_position.ndim == 1 else new_position
        return (new_px, *x[1:]), (new_py, *y[1:]), modifier_states

    def _modify_result(
        self, new_position: Any, old_position: Any, t: int, old_states: ModifierStates
    ) -> tuple[Any, ModifierStates]:
        """Apply the stage "result"; return the new position and the states of the modifiers that are on.

        The state of a modifier that is off is dropped: it would be outdated when the modifier is on again.
        """
        new_states = {}
        for modifier, bound in self.active_modifiers("result"):
            state = old_states.get(modifier.id, tuple(modifier.state.values()))
            new_position, *new_state = bound(new_position, old_position, t, *state)
            new_states[modifier.id] = tuple(new_state)
        return new_position, new_states
