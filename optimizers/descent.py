"""The float road: one run, one update after another, its past written into columns.

A single run is fastest on Python floats, coordinate by coordinate; arrays of two elements cost four times as much.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from itertools import repeat
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from optimizers.loss import Surface
from optimizers.optimizer import Optimizer
from optimizers.step import Memory, Step

NOTHING: Memory = MappingProxyType({})
Spent = tuple["array[int]", "array[int]"]  # evaluations of the gradient, and of the loss alone, of each update


class Point(NamedTuple):
    """Where a run stands after ``t`` updates, and all it needs to go on.

    A separable rule keeps (position, *state) once per coordinate in ``x`` and ``y``; a coupled one keeps
    (point, *state) in ``x`` and leaves ``y`` empty. ``parts`` holds the states of the parts it is combined with.
    """

    t: int
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    loss: float
    slope: tuple[float, float]
    diverged: bool = False
    parts: Memory = NOTHING

    @property
    def position(self) -> tuple[float, float]:
        return (self.x[0], self.y[0]) if self.y else (float(self.x[0][0]), float(self.x[0][1]))


def begin(optimizer: Optimizer, surface: Surface, start: tuple[float, float]) -> Point:
    """The point before the first update; it counts as diverged where the surface has no finite height."""
    x, y = float(start[0]), float(start[1])
    state = tuple(optimizer.state.values())
    first, second = ((x, *state), (y, *state)) if optimizer.separable else ((np.array([x, y]), *state), ())
    try:
        with np.errstate(all="ignore"):
            loss, slope = surface(x, y)
        return Point(0, first, second, loss, slope, diverged=not math.isfinite(loss))
    except (ArithmeticError, ValueError):
        return Point(0, first, second, math.nan, (math.nan, math.nan), diverged=True)


def descend(
    optimizer: Optimizer,
    surface: Surface,
    here: Point,
    hyperparameters: Mapping[str, Any],
    count: int,
    xs: array[float],
    ys: array[float],
    losses: array[float],
    spent: Spent | None = None,
) -> Point:
    """Make ``count`` updates from ``here``; append each position and loss to the columns; return the last point.

    A hyperparameter may be a function of t. The update whose arithmetic fails or whose position or loss is not finite is not
    appended: the point returned is the one before it, marked as diverged. ``spent`` gets how many evaluations of the gradient,
    and how many of the loss alone, each update took for itself: the one at its end is the gradient of the next, and where the
    next has no use for it, it was made for the record only and counts nowhere.
    """
    step = Step(optimizer, surface, hyperparameters)
    with np.errstate(all="ignore"):
        if optimizer.separable and step.plain:
            end = _fast(step, getattr(surface, "function", surface), here, count, xs, ys, losses)
            if spent:
                spent[0].extend(repeat(1, end.t - here.t))
                spent[1].extend(repeat(0, end.t - here.t))
            return end
        return _whole(step, surface, here, count, xs, ys, losses, spent)


def _fast(
    step: Step, surface: Surface, here: Point, count: int, xs: array[float], ys: array[float], losses: array[float]
) -> Point:
    rule = step.rule
    if not step.optimizer.state:
        plain = rule
        rule = lambda x, grad, t: (plain(x, grad, t),)
    t, x, y, loss, slope = here[:5]
    add_x, add_y, add_loss = xs.append, ys.append, losses.append
    grad_x, grad_y = slope
    try:
        for t in range(here.t + 1, here.t + count + 1):
            new_x, new_y = rule(x[0], grad_x, t, *x[1:]), rule(y[0], grad_y, t, *y[1:])
            new_loss, slope = surface(new_x[0], new_y[0])
            if new_loss - new_loss != 0.0:  # inf or nan
                raise ArithmeticError
            x, y, loss = new_x, new_y, new_loss
            grad_x, grad_y = slope
            add_x(x[0])
            add_y(y[0])
            add_loss(loss)
    except (ArithmeticError, ValueError):
        t, diverged = t - 1, True
    else:
        diverged = False
    made = t - here.t
    if made and not (
        math.isfinite(x[0]) and math.isfinite(y[0])
    ):  # at a place without end the loss may still be finite
        lost = next(k for k in range(-made, 0) if not (math.isfinite(xs[k]) and math.isfinite(ys[k])))
        del xs[-made:], ys[-made:], losses[-made:]
        return _fast(step, surface, here, made + lost, xs, ys, losses)._replace(diverged=True)
    return Point(t, x, y, loss, (grad_x, grad_y), diverged)


def _whole(
    step: Step,
    surface: Surface,
    here: Point,
    count: int,
    xs: array[float],
    ys: array[float],
    losses: array[float],
    spent: Spent | None,
) -> Point:
    for t in range(here.t + 1, here.t + count + 1):
        gradients, values = step.bare.gradients, step.bare.values
        try:
            x, y, parts = step(t, here.x, here.y, here.slope, here.parts)
            moved = Point(t, x, y, here.loss, here.slope, False, parts)
            loss, slope = surface(*moved.position)
            if not (math.isfinite(loss) and all(map(math.isfinite, moved.position))):
                raise ArithmeticError
        except (ArithmeticError, ValueError):
            return here._replace(diverged=True)
        here = moved._replace(loss=loss, slope=slope)
        for column, value in zip((xs, ys, losses), (*here.position, loss), strict=True):
            column.append(value)
        if spent:
            spent[0].append(step.bare.gradients - gradients)
            spent[1].append(step.bare.values - values)
    return here
