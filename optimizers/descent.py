"""Step-by-step computation of a single run; each position and loss is appended to columns.

A single run is fastest with Python floats, coordinate by coordinate; arrays of two elements take four times as long.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping
from itertools import repeat
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from optimizers.loss import SurfaceFunction
from optimizers.optimizer import Optimizer
from optimizers.step import BoundUpdate, ModifierStates

NO_MODIFIER_STATES: ModifierStates = MappingProxyType({})
# Per step: the number of gradient evaluations, and of evaluations of the loss alone
EvaluationCounts = tuple["array[int]", "array[int]"]


class Point(NamedTuple):
    """State of a run after ``t`` steps: everything that is needed to continue it.

    A separable rule stores (coordinate, *state) in ``x`` and in ``y``, one tuple per coordinate; a coupled rule stores
    (position, *state) in ``x`` and leaves ``y`` empty. ``modifier_states`` maps the id of a modifier to its state.
    """

    t: int
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    loss: float
    gradient: tuple[float, float]
    diverged: bool = False
    modifier_states: ModifierStates = NO_MODIFIER_STATES

    @property
    def position(self) -> tuple[float, float]:
        """Both coordinates as Python floats."""
        return (self.x[0], self.y[0]) if self.y else (float(self.x[0][0]), float(self.x[0][1]))


def initial_point(optimizer: Optimizer, surface: SurfaceFunction, start: tuple[float, float]) -> Point:
    """Return the point before the first step; it counts as diverged if the loss there is not finite."""
    x, y = float(start[0]), float(start[1])
    state = tuple(optimizer.state.values())
    x_state, y_state = ((x, *state), (y, *state)) if optimizer.separable else ((np.array([x, y]), *state), ())
    try:
        with np.errstate(all="ignore"):
            loss, gradient = surface(x, y)
        return Point(0, x_state, y_state, loss, gradient, diverged=not math.isfinite(loss))
    except (ArithmeticError, ValueError):
        return Point(0, x_state, y_state, math.nan, (math.nan, math.nan), diverged=True)


def evaluated_on(surface: SurfaceFunction, point: Point) -> Point:
    """Return a point with the loss and the gradient of another surface; diverged if that loss is not finite."""
    try:
        with np.errstate(all="ignore"):
            loss, gradient = surface(*point.position)
    except (ArithmeticError, ValueError):
        return point._replace(diverged=True)
    return point._replace(loss=loss, gradient=gradient, diverged=not math.isfinite(loss))


def descend(
    optimizer: Optimizer,
    surface: SurfaceFunction,
    point: Point,
    hyperparameters: Mapping[str, Any],
    step_count: int,
    xs: array[float],
    ys: array[float],
    losses: array[float],
    evaluation_counts: EvaluationCounts | None = None,
) -> Point:
    """Compute ``step_count`` steps from ``point`` and return the last point.

    Each position and loss is appended to ``xs``, ``ys`` and ``losses``. A hyperparameter may be a function of t.

    If the arithmetic of a step fails, or its position or loss is not finite, that step is not appended and the point
    before it is returned, marked as diverged.

    ``evaluation_counts`` receives the evaluations that each step requested itself. The evaluation at the end of a step
    provides the gradient for the next one; if the next step does not use it, it is not counted, because only the
    recording of the loss required it.
    """
    update = BoundUpdate(optimizer, surface, hyperparameters)
    with np.errstate(all="ignore"):
        if optimizer.separable and update.is_unmodified:
            end = _descend_separable(update, getattr(surface, "function", surface), point, step_count, xs, ys, losses)
            if evaluation_counts:
                evaluation_counts[0].extend(repeat(1, end.t - point.t))
                evaluation_counts[1].extend(repeat(0, end.t - point.t))
            return end
        return _descend_general(update, surface, point, step_count, xs, ys, losses, evaluation_counts)


def _descend_separable(
    update: BoundUpdate,
    surface: SurfaceFunction,
    point: Point,
    step_count: int,
    xs: array[float],
    ys: array[float],
    losses: array[float],
) -> Point:
    update_rule, update_y = update.update_rule, update.update_y
    if not update.optimizer.state:
        update_rule, update_y = _as_tuple(update_rule), _as_tuple(update_y)

    t, x, y, loss, gradient = point[:5]
    add_x, add_y, add_loss = xs.append, ys.append, losses.append
    grad_x, grad_y = gradient
    try:
        for t in range(point.t + 1, point.t + step_count + 1):
            new_x, new_y = update_rule(x[0], grad_x, t, *x[1:]), update_y(y[0], grad_y, t, *y[1:])
            new_loss, gradient = surface(new_x[0], new_y[0])
            if new_loss - new_loss != 0.0:  # inf or nan
                raise ArithmeticError
            x, y, loss = new_x, new_y, new_loss
            grad_x, grad_y = gradient
            add_x(x[0])
            add_y(y[0])
            add_loss(loss)
    except (ArithmeticError, ValueError):
        t, diverged = t - 1, True
    else:
        diverged = False
    steps_done = t - point.t
    # The loss may be finite at a position that is not: then repeat the steps up to the first such position
    if steps_done and not (math.isfinite(x[0]) and math.isfinite(y[0])):
        first_infinite = next(k for k in range(-steps_done, 0) if not (math.isfinite(xs[k]) and math.isfinite(ys[k])))
        del xs[-steps_done:], ys[-steps_done:], losses[-steps_done:]
        return _descend_separable(update, surface, point, steps_done + first_infinite, xs, ys, losses)._replace(
            diverged=True
        )
    return Point(t, x, y, loss, (grad_x, grad_y), diverged)


def _as_tuple(stateless_rule: Callable[..., Any]) -> Callable[..., tuple[Any]]:
    """Return a rule that returns the coordinate as the only element of a tuple."""

    def update_rule(x: Any, grad: Any, t: int) -> tuple[Any]:
        return (stateless_rule(x, grad, t),)

    return update_rule


def _descend_general(
    update: BoundUpdate,
    surface: SurfaceFunction,
    point: Point,
    step_count: int,
    xs: array[float],
    ys: array[float],
    losses: array[float],
    evaluation_counts: EvaluationCounts | None,
) -> Point:
    for t in range(point.t + 1, point.t + step_count + 1):
        gradient_count, value_count = update.unpenalized_loss.gradient_count, update.unpenalized_loss.value_count
        try:
            x, y, modifier_states = update(t, point.x, point.y, point.gradient, point.modifier_states)
            next_point = Point(t, x, y, point.loss, point.gradient, False, modifier_states)
            loss, gradient = surface(*next_point.position)
            if not (math.isfinite(loss) and all(map(math.isfinite, next_point.position))):
                raise ArithmeticError
        except (ArithmeticError, ValueError):
            return point._replace(diverged=True)
        point = next_point._replace(loss=loss, gradient=gradient)
        for column, value in zip((xs, ys, losses), (*point.position, loss), strict=True):
            column.append(value)
        if evaluation_counts:
            evaluation_counts[0].append(update.unpenalized_loss.gradient_count - gradient_count)
            evaluation_counts[1].append(update.unpenalized_loss.value_count - value_count)
    return point
