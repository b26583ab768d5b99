"""The float road: one run, one update after another, its past written into columns.

A single run is fastest on Python floats, coordinate by coordinate; arrays of two elements cost four times as much.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .optimizer import Loss, Optimizer

Surface = Callable[[Any, Any], Any]


class Point(NamedTuple):
    """Where a run stands after ``t`` updates, and all it needs to go on.

    A separable rule keeps (position, *state) once per coordinate in ``x`` and ``y``; a coupled one keeps
    (point, *state) in ``x`` and leaves ``y`` empty.
    """

    t: int
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    loss: float
    slope: tuple[float, float]
    diverged: bool = False

    @property
    def position(self) -> tuple[float, float]:
        return (self.x[0], self.y[0]) if self.y else (float(self.x[0][0]), float(self.x[0][1]))


def begin(optimizer: Optimizer, surface: Surface, start: tuple[float, float]) -> Point:
    """The point before the first update; it counts as diverged where the surface has no finite height."""
    x, y = float(start[0]), float(start[1])
    state = tuple(optimizer.state.values())
    first, second = ((x, *state), (y, *state)) if optimizer.separable else ((np.array([x, y]), *state), ())
    try:
        loss, slope = surface(x, y)
        return Point(0, first, second, loss, slope, diverged=not math.isfinite(loss))
    except (ArithmeticError, ValueError):
        return Point(0, first, second, math.nan, (math.nan, math.nan), diverged=True)


def descend(optimizer: Optimizer, surface: Surface, here: Point, hyperparameters: Mapping[str, Any], count: int,
            xs: array[float], ys: array[float], losses: array[float]) -> Point:
    """Make ``count`` updates from ``here``; append each position and loss to the columns; return the last point.

    A hyperparameter may be a function of t. The update whose arithmetic fails or whose loss is not finite is not
    appended: the point returned is the one before it, marked as diverged.
    """
    walk = _separable if optimizer.separable else _coupled
    if not any(map(callable, hyperparameters.values())):
        return walk(optimizer, surface, here, hyperparameters, count, xs, ys, losses)
    for t in range(here.t + 1, here.t + count + 1):
        settings = {name: float(value(t)) if callable(value) else value for name, value in hyperparameters.items()}
        here = walk(optimizer, surface, here, settings, 1, xs, ys, losses)
        if here.diverged:
            break
    return here


def _separable(optimizer: Optimizer, surface: Surface, here: Point, hyperparameters: Mapping[str, Any], count: int,
               xs: array[float], ys: array[float], losses: array[float]) -> Point:
    rule, _ = optimizer.bind(hyperparameters)
    if not optimizer.state:
        plain = rule
        rule = lambda x, grad, t: (plain(x, grad, t),)  # noqa: E731
    t, x, y, loss, slope, _ = here
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
        return Point(t - 1, x, y, loss, (grad_x, grad_y), diverged=True)
    return Point(t, x, y, loss, (grad_x, grad_y))


def _coupled(optimizer: Optimizer, surface: Surface, here: Point, hyperparameters: Mapping[str, Any], count: int,
             xs: array[float], ys: array[float], losses: array[float]) -> Point:
    rule, _ = optimizer.bind(hyperparameters)
    of_loss = Loss(surface)
    t, (point, *state), _, loss, slope, _ = here
    try:
        for t in range(here.t + 1, here.t + count + 1):
            with np.errstate(all="ignore"):
                answer = rule(point, of_loss if optimizer.takes_loss else np.array(slope), t, *state)
            new, *new_state = answer if optimizer.state else (answer,)
            new_loss, new_slope = surface(float(new[0]), float(new[1]))
            if not math.isfinite(new_loss):
                raise ArithmeticError
            point, state, loss, slope = new, new_state, new_loss, new_slope
            xs.append(float(point[0]))
            ys.append(float(point[1]))
            losses.append(loss)
    except (ArithmeticError, ValueError):
        return Point(t - 1, (point, *state), (), loss, slope, diverged=True)
    return Point(t, (point, *state), (), loss, slope)
