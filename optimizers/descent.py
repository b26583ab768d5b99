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
    schedules = [(name, value) for name, value in hyperparameters.items() if callable(value)]
    rule, settings = optimizer.bind(hyperparameters)
    loss_of = Loss(surface) if optimizer.takes_loss else None
    t, x, y, loss, (gx, gy) = here.t, here.x, here.y, here.loss, here.slope
    add_x, add_y, add_loss = xs.append, ys.append, losses.append
    separable = optimizer.separable
    stateless = not optimizer.state
    try:
        for t in range(here.t + 1, here.t + count + 1):
            for name, schedule in schedules:
                settings[name] = schedule(t)
            if separable and not stateless:
                new_x, new_y = rule(x[0], gx, t, *x[1:]), rule(y[0], gy, t, *y[1:])
                px, py = new_x[0], new_y[0]
            elif separable:
                px, py = rule(x[0], gx, t), rule(y[0], gy, t)
                new_x, new_y = (px,), (py,)
            else:
                new_x = rule(x[0], loss_of or np.array([gx, gy]), t, *x[1:])
                new_x, new_y = (new_x,) if stateless else new_x, ()
                px, py = float(new_x[0][0]), float(new_x[0][1])
            new_loss, slope = surface(px, py)
            if new_loss - new_loss != 0.0:  # inf or nan
                raise ArithmeticError
            x, y, loss, (gx, gy) = new_x, new_y, new_loss, slope
            add_x(px)
            add_y(py)
            add_loss(loss)
    except (ArithmeticError, ValueError):
        return Point(t - 1, x, y, loss, (gx, gy), diverged=True)
    return Point(t, x, y, loss, (gx, gy))
