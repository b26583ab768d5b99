"""What the loss surfaces made from points have in common: checks, means over the points, and the search for the minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.surface import STEP, Function, hessian

LARGEST = 1e100  # its square, and the square of that beside other numbers, can still be written
MOST = (
    2_000  # points of a model without a closed form: a contour picture goes through all of them at each of its places
)
BLOCK = 50_000  # elements at a time: the arrays of a larger block leave the processor's cache


def rounded(value: float) -> float:
    """To three significant digits, for a start that people read."""
    return float(f"{value:.3g}")


def checked(x: Any, y: Any, most: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """x and y as two float arrays of one length; ValueError with a sentence where they are no points of a curve."""
    xs, ys = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    if xs.size != ys.size:
        raise DataError("x and y must be equally long, not {x} and {y}", x=xs.size, y=ys.size)
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise DataError("x and y must be finite numbers")
    if max(np.abs(xs).max(initial=0), np.abs(ys).max(initial=0)) > LARGEST:
        raise DataError("x and y must not be larger than {most:g}", most=LARGEST)
    if xs.size < 2 or np.ptp(xs) < 1 / LARGEST:
        raise DataError("a line needs at least two points with different x")
    if most is not None and xs.size > most:
        raise DataError("this model takes at most {most} points, not {count}", most=most, count=xs.size)
    return xs, ys


def units(x: np.ndarray) -> np.ndarray:
    """Steps (a, b) of like effect on a x + b, as columns (2, 2): a turn about the middle of x, and a shift."""
    middle, spread = float(x.mean()), float(x.std())
    return np.array([[1 / spread, 0.0], [-middle / spread, 1.0]])


Each = Callable[[Any, Any, np.ndarray, np.ndarray], Any]


def averaged(each: Each, x: np.ndarray, y: np.ndarray) -> Function:
    """The surface whose height and slopes are the means of ``each(a, b, x, y)`` -> height, slope_a, slope_b per point."""
    share = np.full(x.size, 1 / x.size)  # a product with it takes the mean, in a third of the time of numpy's own

    def function(a: Any, b: Any) -> Any:
        if a.__class__ is float and b.__class__ is float:
            with np.errstate(all="ignore"):  # a run that leaves for infinity must not warn on its way
                height, slope_a, slope_b = [float(value @ share) for value in each(a, b, x, y)]
            return height, (slope_a, slope_b)
        a, b = np.broadcast_arrays(a, b)
        means = np.empty((3, a.size), np.result_type(a, b, float))
        rows = max(1, BLOCK // x.size)
        for low in range(0, a.size, rows):
            part = slice(low, low + rows)
            for row, value in zip(means, each(a.reshape(-1, 1)[part], b.reshape(-1, 1)[part], x, y), strict=True):
                row[part] = value @ share
        height, slope_a, slope_b = means.reshape(3, *a.shape)
        return height, (slope_a, slope_b)

    return function


def batched(each: Each, x: np.ndarray, y: np.ndarray) -> Callable[[Any, Any, np.ndarray], tuple[Any, Any]]:
    """The slopes of the mean of ``each`` over some of the points only: see ``batch`` of Surface."""
    return lambda a, b, rows: averaged(each, x[rows], y[rows])(a, b)[1]


def gauss_newton(predict: Callable[[Any, Any, Any], Any], x: np.ndarray) -> Callable[[float, float], np.ndarray]:
    """J'J of the mean of squared errors of a model: 2/n times the sum of the outer products of its slopes, (2, 2)."""

    def table(a: float, b: float) -> np.ndarray:
        with np.errstate(all="ignore"):
            slopes = np.array([predict(complex(a, STEP), b, x).imag, predict(a, complex(b, STEP), x).imag]) / STEP
            return 2 / x.size * slopes @ slopes.T

    return table


def minimum(function: Function, a: float, b: float, steps: np.ndarray) -> tuple[float, float] | None:
    """The local minimum downhill from (a, b), to rounding; None where the way down leads to no point.

    steps: a matrix (2, 2) whose columns are steps (a, b) of like effect, in which lengths and curvatures are measured.
    Newton's method on the absolute values of the curvatures, which leaves saddles (Dauphin et al. 2014, arXiv:1406.2572),
    with steps halved until they lead down.
    """
    here = np.linalg.solve(steps, [a, b])
    height, slope = function(a, b)
    for _ in range(60):
        table = steps.T @ hessian(function, *steps @ here) @ steps
        if not np.isfinite(table).all():
            return None
        curvature, axes = np.linalg.eigh(table)
        bent = np.abs(curvature)
        step = axes @ (axes.T @ steps.T @ slope / np.maximum(bent, 1e-9 * bent.max() or 1.0))
        if np.abs(step).max() <= 1e-12 * max(1.0, np.abs(here).max()):
            here = here - step  # after a Newton step as short as this only rounding is left
            break
        for _ in range(40):
            there = here - step
            new_height, new_slope = function(*(steps @ there).tolist())
            if new_height <= height * (1 + 1e-14):
                break
            step = step / 2
        else:
            return None
        here, height, slope = there, new_height, new_slope
    a, b = (steps @ here).tolist()
    return (a, b) if curvature[0] > 1e-9 * max(curvature[1], height) else None
