"""Common parts of loss surfaces made from data: checks, means over the data points, and the search for the minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.surface import COMPLEX_STEP, SurfaceFunction, hessian

MAX_VALUE = 1e100  # its square, and products of the square with other numbers, do not overflow
# Data points of a model without a closed form: a contour plot evaluates all of them at every position of its grid
MAX_SAMPLES = 2_000
BLOCK_SIZE = 50_000  # elements at a time: the arrays of a larger block exceed the processor's cache


def round_significant(value: float) -> float:
    """Round to three significant digits, so that a start is readable."""
    return float(f"{value:.3g}")


def check_samples(x: Any, y: Any, max_samples: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y as float arrays of one length; raise DataError if no model can be fitted to them."""
    xs, ys = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    if xs.size != ys.size:
        raise DataError("x and y must have the same length, not {x} and {y}", x=xs.size, y=ys.size)
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise DataError("x and y must be finite numbers")
    if max(np.abs(xs).max(initial=0), np.abs(ys).max(initial=0)) > MAX_VALUE:
        raise DataError("x and y must not exceed {most:g} in absolute value", most=MAX_VALUE)
    if xs.size < 2 or np.ptp(xs) < 1 / MAX_VALUE:
        raise DataError("fitting a line requires at least two points with different x values")
    if max_samples is not None and xs.size > max_samples:
        raise DataError("this model supports at most {most} data points, not {count}", most=max_samples, count=xs.size)
    return xs, ys


def standardization(values: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation, with which values are standardized; the deviation of constant values is 1."""
    mean = float(values.mean())
    largest = float(np.abs(values - mean).max())
    if not 0 < largest < np.inf:
        return mean, 1.0
    return mean, largest * float(np.sqrt((((values - mean) / largest) ** 2).mean()))  # the squares do not overflow


def parameter_scales(x: np.ndarray) -> np.ndarray:
    """Return two steps (a, b) with comparable effect on the line a x + b as columns, shape (2, 2).

    They are a rotation about the mean of x and a shift.
    """
    mean, std = float(x.mean()), float(x.std())
    return np.array([[1 / std, 0.0], [-mean / std, 1.0]])


SampleLoss = Callable[[Any, Any, np.ndarray, np.ndarray], Any]


def make_mean_loss(sample_loss: SampleLoss, x: np.ndarray, y: np.ndarray) -> SurfaceFunction:
    """Return the surface function whose loss and gradient are means over the data points.

    ``sample_loss(a, b, x, y)`` returns loss, grad_a and grad_b of each point.
    """
    weights = np.full(x.size, 1 / x.size)  # a product with it is the mean, in a third of the time of np.mean

    def function(a: Any, b: Any) -> Any:
        if a.__class__ is float and b.__class__ is float:
            with np.errstate(all="ignore"):  # a diverging run must not warn
                loss, grad_a, grad_b = [float(value @ weights) for value in sample_loss(a, b, x, y)]
            return loss, (grad_a, grad_b)
        a, b = np.broadcast_arrays(a, b)
        means = np.empty((3, a.size), np.result_type(a, b, float))
        rows = max(1, BLOCK_SIZE // x.size)
        for first_index in range(0, a.size, rows):
            block = slice(first_index, first_index + rows)
            for row, value in zip(
                means, sample_loss(a.reshape(-1, 1)[block], b.reshape(-1, 1)[block], x, y), strict=True
            ):
                row[block] = value @ weights
        loss, grad_a, grad_b = means.reshape(3, *a.shape)
        return loss, (grad_a, grad_b)

    return function


def make_minibatch_gradient(
    sample_loss: SampleLoss, x: np.ndarray, y: np.ndarray
) -> Callable[[Any, Any, np.ndarray], tuple[Any, Any]]:
    """Return the gradient over selected data points: see ``minibatch_gradient`` of ``Surface``."""
    return lambda a, b, rows: make_mean_loss(sample_loss, x[rows], y[rows])(a, b)[1]


def make_gauss_newton(predict: Callable[[Any, Any, Any], Any], x: np.ndarray) -> Callable[[float, float], np.ndarray]:
    """Return the function (a, b) -> J'J of the mean squared error, shape (2, 2).

    2/n times the sum of the outer products of the gradients of the predictions.
    """

    def gauss_newton(a: float, b: float) -> np.ndarray:
        with np.errstate(all="ignore"):
            jacobian = (
                np.array([predict(complex(a, COMPLEX_STEP), b, x).imag, predict(a, complex(b, COMPLEX_STEP), x).imag])
                / COMPLEX_STEP
            )
            return 2 / x.size * jacobian @ jacobian.T

    return gauss_newton


def find_minimum(function: SurfaceFunction, a: float, b: float, scales: np.ndarray) -> tuple[float, float] | None:
    """Return the local minimum downhill from (a, b) within floating-point precision, or None if there is none.

    Lengths and curvatures are measured in units of the columns of ``scales``, shape (2, 2), which are steps (a, b) with
    comparable effect. Newton's method with the absolute values of the curvatures, which escapes saddle points (Dauphin
    et al. 2014, arXiv:1406.2572); a step is halved until the loss does not rise.
    """
    position = np.linalg.solve(scales, [a, b])
    loss, gradient = function(a, b)
    for _ in range(60):
        scaled_hessian = scales.T @ hessian(function, *scales @ position) @ scales
        if not np.isfinite(scaled_hessian).all():
            return None
        curvature, axes = np.linalg.eigh(scaled_hessian)
        abs_curvature = np.abs(curvature)
        step = axes @ (axes.T @ scales.T @ gradient / np.maximum(abs_curvature, 1e-9 * abs_curvature.max() or 1.0))
        if np.abs(step).max() <= 1e-12 * max(1.0, np.abs(position).max()):
            position = position - step  # after a Newton step this short only rounding errors remain
            break
        for _ in range(40):
            candidate = position - step
            new_loss, new_gradient = function(*(scales @ candidate).tolist())
            if new_loss <= loss * (1 + 1e-14):
                break
            step = step / 2
        else:
            return None
        position, loss, gradient = candidate, new_loss, new_gradient
    a, b = (scales @ position).tolist()
    return (a, b) if curvature[0] > 1e-9 * max(curvature[1], loss) else None
