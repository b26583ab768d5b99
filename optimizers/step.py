"""One update of a rule together with its parts, on floats or on arrays of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from optimizers.loss import Loss, Surface
from optimizers.optimizer import Optimizer, Part

Memory = Mapping[str, tuple[Any, ...]]


def is_on(name: str, hyperparameters: Mapping[str, Any]) -> bool:
    """Whether a part works: its first hyperparameter is given and not 0."""
    value = hyperparameters.get(name, 0.0)
    return callable(value) or bool(np.any(value))


class PartedLoss(Loss):
    """The loss as a rule sees it through the gradient stages; a penalty on the position counts as part of the loss.

    What is evaluated, and counted, is the bare loss. Where a part looks at the surface itself, the height that a rule wants
    with its gradient is an evaluation of its own.
    """

    def __init__(self, surface: Surface, step: Step) -> None:
        super().__init__(surface)
        self.step, self.t = step, 1

    def both(self, point: Any) -> tuple[Any, np.ndarray]:
        bare, step = self.step.bare, self.step
        height, grad = (bare.value(point), None) if step.looks else bare.both(point)
        return self._penalised(point, height), step.shape(point, grad, self.t)

    def value(self, point: Any) -> Any:
        return self._penalised(point, self.step.bare.value(point))

    def gradient(self, point: Any) -> np.ndarray:
        return self.step.shape(point, None if self.step.looks else self.step.bare.gradient(point), self.t)

    def _penalised(self, point: Any, height: Any) -> Any:
        if not self.step.penalties:
            return height
        return height + sum(s[n] for n, s in self.step.penalties) * (point * point).sum(axis=0) / 2

    def hessian(self, point: Any) -> np.ndarray:
        return self.step.bare.hessian(point) + self._ridge(point)

    def gauss_newton(self, point: Any) -> np.ndarray:
        return self.step.bare.gauss_newton(point) + self._ridge(point)

    def _ridge(self, point: Any) -> Any:
        eye = np.eye(2).reshape(2, 2, *(1,) * (np.ndim(point) - 1))
        return sum(s[n] for n, s in self.step.penalties) * eye


class Seen(Loss):
    """The loss whose gradient is what a part makes of it in update ``t``: the rule sees that, and so does a part after it."""

    def __init__(self, loss: Loss, part: Callable[..., Any], t: int) -> None:
        super().__init__(loss.surface)
        self.loss, self.part, self.t = loss, part, t

    def gradient(self, point: Any) -> np.ndarray:
        return self.part(point, self.loss, self.t)


class Step:
    """A rule bound to hyperparameters, and the parts that these switch on.

    Hyperparameters: numbers, arrays of the batch's shape, or functions of t that give either; ``cut`` brings what such a
    function gives into the form that the rule gets.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        surface: Surface,
        hyperparameters: Mapping[str, Any],
        cut: Callable[[Any], Any] = float,
    ) -> None:
        own = {name: value for name, value in hyperparameters.items() if name in optimizer.hyperparameters}
        parts = optimizer.parts if len(own) < len(hyperparameters) else {}
        self.optimizer, self.cut = optimizer, cut
        self.rule, self.settings = optimizer.bind(own)
        self.stages: dict[str, list[tuple[Part, Callable[..., Any], dict[str, Any]]]] = {
            "rate": [],
            "loss": [],
            "gradient": [],
            "position": [],
            "result": [],
        }
        self.penalties: list[tuple[str, dict[str, Any]]] = []
        self.schedules = [(self.settings, name, value) for name, value in own.items() if callable(value)]
        for name, part in parts.items():
            if is_on(name, hyperparameters):
                bound, settings = part.bind(
                    {n: hyperparameters[n] for n in part.hyperparameters if n in hyperparameters}
                )
                self.stages[part.stage].append((part, bound, settings))
                self.schedules += [(settings, n, value) for n, value in settings.items() if callable(value)]
                if part.penalty:
                    self.penalties.append((name, settings))
        self.rate = self.settings.get("lr")
        self.bare = Loss(surface)
        self.loss = PartedLoss(surface, self) if self.stages["loss"] or self.stages["gradient"] else self.bare

    @property
    def plain(self) -> bool:
        """Whether there is nothing but the rule and constant hyperparameters."""
        return not self.schedules and not any(self.stages.values())

    @property
    def unit_cost(self) -> bool:
        """Whether every update costs exactly one evaluation of the gradient, and none of the loss alone."""
        return not self.optimizer.takes_loss and not self.stages["loss"]

    @property
    def looks(self) -> bool:
        """Whether a part asks for gradients itself, so that it has no use for the one at hand."""
        return any(True for _ in self.working("loss"))

    def working(self, stage: str) -> Iterator[tuple[Part, Callable[..., Any]]]:
        """The parts of a stage that a schedule has not brought to 0."""
        for part, bound, settings in self.stages[stage]:
            strength = settings[part.id]
            if not isinstance(strength, (int, float)) or strength:
                yield part, bound

    def turn(self, t: int) -> None:
        """Let every schedule say its value for update ``t``."""
        for settings, name, schedule in self.schedules:
            settings[name] = self.cut(schedule(t))
        if self.stages["rate"]:
            lr = self.settings["lr"] if callable(self.rate) else self.rate
            for _, bound in self.working("rate"):
                lr = bound(lr, t)
            self.settings["lr"] = lr

    def shape(self, point: Any, grad: Any, t: int) -> Any:
        """The gradient at a point as the rule gets it, from the one at hand."""
        loss = self.bare
        for _, bound in self.working("loss"):
            loss = Seen(loss, bound, t)
        if loss is not self.bare:
            grad = loss.gradient(point)
        for _, bound in self.working("gradient"):
            grad = bound(point, grad, t)
        return grad

    def __call__(
        self, t: int, x: tuple[Any, ...], y: tuple[Any, ...], slope: tuple[Any, Any], memory: Memory
    ) -> tuple[tuple[Any, ...], tuple[Any, ...], Memory]:
        """Update ``t``: position and state, once per coordinate or, for a coupled rule, whole in ``x``; the parts' states."""
        self.turn(t)
        rule, coupled = self.rule, not y
        before = point = x[0] if coupled else np.array([x[0], y[0]])
        for _, bound in self.working("position"):
            point = bound(point, self.settings["lr"] if self.optimizer.has_rate else 1.0, t)
        if self.optimizer.takes_loss:
            if isinstance(self.loss, PartedLoss):
                self.loss.t = t
            grad: Any = self.loss
        else:
            asked = self.bare.gradients
            grad = self.shape(before, np.array(slope), t)
            if self.bare.gradients == asked:
                self.bare.gradients += 1  # no part asked for one of its own: the one at hand was used
        if coupled:
            new = rule(point, grad, t, *x[1:])
            x = new if isinstance(new, tuple) else (new,)
            moved = x[0]
        else:
            single = point.ndim == 1
            (px, py), (gx, gy) = (point.tolist(), grad.tolist()) if single else (point, grad)
            new_x, new_y = rule(px, gx, t, *x[1:]), rule(py, gy, t, *y[1:])
            x, y = (new_x, new_y) if isinstance(new_x, tuple) else ((new_x,), (new_y,))
            moved = np.array([x[0], y[0]]) if self.stages["result"] else None
        kept, memory = (
            memory,
            {},
        )  # the state of a part that is off is forgotten: it would be stale when the part comes back
        if self.stages["result"]:
            for part, bound in self.working("result"):
                moved, *state = bound(moved, before, t, *kept.get(part.id, part.state.values()))
                memory[part.id] = tuple(state)
            if coupled:
                x = (moved, *x[1:])
            else:
                mx, my = moved.tolist() if moved.ndim == 1 else moved
                x, y = (mx, *x[1:]), (my, *y[1:])
        return x, y, memory
