"""A loss surface made from data: the mean squared error of a line over its slope a and intercept b."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from .surface import SURFACES, Box, Surface


def line_data(n: int = 50, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Seeded points near the line y = 10 x: x normal with mean 5 and spread 5, plus an integer noise in [-5, 5)."""
    draw = Random(seed)
    x = np.array([draw.gauss(5, 5) for _ in range(n)])
    return x, 10 * x + np.array([draw.randrange(-5, 5) for _ in range(n)])


def linear_regression(x: Any, y: Any, *, start: tuple[float, float] | None = None, box: Box | None = None) -> Surface:
    """The loss surface f(a, b) = 1/(2n) sum (a x_i + b - y_i)^2 of the line y = a x + b through n points.

    x, y: two sequences or arrays of equal length n >= 2. The one minimum is the closed-form least-squares line, about
    which the sum is written, so that its height and slope there are exact. Raises ValueError with a sentence where no
    line can be fitted.
    """
    xs, ys = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    if xs.size != ys.size:
        raise ValueError(f"x and y must be equally long, not {xs.size} and {ys.size}")
    if xs.size < 2 or np.ptp(xs) == 0:
        raise ValueError("a line needs at least two points with different x")
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise ValueError("x and y must be finite numbers")
    mean, square = float(xs.mean()), float((xs * xs).mean())
    deviation = xs - mean
    a_best = float(deviation @ (ys - ys.mean()) / (deviation @ deviation))
    b_best = float(ys.mean()) - a_best * mean
    floor = float(((a_best * xs + b_best - ys) ** 2).mean()) / 2

    def mean_squared_error(a: Any, b: Any) -> Any:
        da, db = a - a_best, b - b_best
        slope_a, slope_b = square * da + mean * db, mean * da + db
        return floor + (da * slope_a + db * slope_b) / 2, (slope_a, slope_b)

    reach = 3 * max(abs(a_best), abs(b_best), 1.0)
    box = box or ((a_best - reach, a_best + reach), (b_best - reach, b_best + reach))
    return Surface(id="linear_regression", name="Linear regression", family="Regression",
                   source="Legendre 1805, Nouvelles méthodes; Gauss 1809: least squares",
                   formula=r"\Sigma_i (a x_i + b - y_i)^2 / 2n", box=box,
                   start=start or (a_best - 0.8 * reach, b_best - 0.8 * reach), function=mean_squared_error,
                   minima=((a_best, b_best),), levels="log", data=(xs, ys), axes=("a (slope)", "b (intercept)"))


SURFACES["linear_regression"] = linear_regression(*line_data(), start=(-20.0, -20.0), box=((-25, 45), (-30, 30)))
