"""Loss surfaces made from data: a straight line and a logistic curve, each over its two parameters."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.points import MOST, averaged, batched, checked, minimum, rounded, units
from surfaces.surface import SURFACES, Box, Surface

PARTED = "One value of x parts these classes, or all but parts them: the loss falls for ever, to a minimum at infinity."
# What becomes of the squares of the n errors: name, formula, how many times half their mean it is, note, lesson
SCALINGS = {
    "half_mean": (
        "Linear regression",
        r"\Sigma_i (a x_i + b - y_i)^2 / 2n",
        lambda n: 1,
        "Half the mean of the squared errors of a line: the farther from 0 the mean of x, the longer this bowl.",
        "Race SGD, Adam and BFGS, then add the part Mini-batches to SGD. With data whose x has mean 0 the bowl lies "
        "along the axes, and with spread 1 as well it is round.",
    ),
    "mean": (
        "Linear regression, mean",
        r"\Sigma_i (a x_i + b - y_i)^2 / n",
        lambda n: 2,
        "The mean of the squared errors, torch.nn.MSELoss(): twice the gradient of half the mean, so half its learning "
        "rate.",
        "Take half the learning rate that suits half the mean: SGD goes the very same way. Adam does so, but for its epsilon, "
        "with the same rate.",
    ),
    "sum": (
        "Linear regression, sum",
        r"\Sigma_i (a x_i + b - y_i)^2",
        lambda n: 2 * n,
        "The sum of the squared errors, torch.nn.MSELoss(reduction='sum'): more points need a smaller learning rate.",
        "Look for the largest learning rate that SGD bears, and again with twice as many data points: it halves, where with a "
        "mean it would stay.",
    ),
    "half_sum": (
        "Linear regression, half the sum",
        r"\frac{1}{2} \Sigma_i (a x_i + b - y_i)^2",
        lambda n: n,
        "Half the sum of the squared errors: its gradient is the sum over the points of error times x, without any "
        "factor.",
        "Compare the largest learning rate that SGD bears with that of half the mean: it is as many times smaller as "
        "there are points.",
    ),
}


def line_data(n: int = 50, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Seeded points near the line y = 10 x: x normal with mean 5 and spread 5, plus an integer noise in [-5, 5)."""
    draw = Random(seed)
    x = np.array([draw.gauss(5, 5) for _ in range(n)])
    return x, 10 * x + np.array([draw.randrange(-5, 5) for _ in range(n)])


def line(a: Any, b: Any, x: Any) -> Any:
    return a * x + b


def linear_regression(
    x: Any, y: Any, *, scaling: str = "half_mean", start: tuple[float, float] | None = None, box: Box | None = None
) -> Surface:
    """The loss surface of the line y = a x + b through n points: f(a, b) = factor times sum (a x_i + b - y_i)^2.

    x, y: two sequences or arrays of equal length n >= 2. scaling: the factor, "half_mean" 1/(2n), "mean" 1/n, "sum" 1 or
    "half_sum" 1/2. The one minimum is the closed-form least-squares line, about which the sum is written, so that its
    height and slope there are exact. Raises ValueError with a sentence where no line can be fitted.
    """
    if scaling not in SCALINGS:
        raise ValueError(f"there is no scaling {scaling!r}; there are {', '.join(SCALINGS)}")
    name, formula, times, note, lesson = SCALINGS[scaling]
    xs, ys = checked(x, y)
    scale = float(times(xs.size))
    mean, square = float(xs.mean()), float((xs * xs).mean())
    deviation = xs - mean
    a_best = float(deviation @ (ys - ys.mean()) / (deviation @ deviation))
    b_best = float(ys.mean()) - a_best * mean
    rest = a_best * xs + b_best - ys
    floor = scale * (float((rest**2).mean()) / 2)
    first, second, unit = scale * square, scale * mean, scale

    def squared_error(a: Any, b: Any) -> Any:
        da, db = a - a_best, b - b_best
        slope_a, slope_b = first * da + second * db, second * da + unit * db
        return floor + (da * slope_a + db * slope_b) / 2, (slope_a, slope_b)

    def batch(a: Any, b: Any, rows: np.ndarray) -> tuple[Any, Any]:
        u, r = xs[rows], rest[rows]
        da, db, middle = a - a_best, b - b_best, float(u.mean())
        return (
            scale * (float((u * u).mean()) * da + middle * db + float((u * r).mean())),
            scale * (middle * da + db + float(r.mean())),
        )

    reach = 3 * max(abs(a_best), abs(b_best), 1.0)
    box = box or ((a_best - reach, a_best + reach), (b_best - reach, b_best + reach))
    return Surface(
        id="linear_regression" + f"_{scaling}" * (scaling != "half_mean"),
        name=name,
        family="Regression",
        source="Legendre 1805, Nouvelles méthodes; Gauss 1809: least squares",
        formula=formula,
        box=box,
        start=start or (rounded(a_best - 0.8 * reach), rounded(b_best - 0.8 * reach)),
        function=squared_error,
        minima=((a_best, b_best),),
        levels="log",
        data=(xs, ys),
        axes=("a (slope)", "b (intercept)"),
        note=note,
        lesson=lesson,
        predict=line,
        make=partial(linear_regression, scaling=scaling),
        batch=batch,
    )


def exam_data(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Seeded points of two classes that overlap: x even in [-4, 4], y 1 with probability 1 / (1 + e^(1 - 1.5 x)), else 0."""
    draw = Random(seed)
    x = np.array([draw.uniform(-4, 4) for _ in range(n)])
    return x, (np.array([draw.random() for _ in range(n)]) < 1 / (1 + np.exp(1 - 1.5 * x))).astype(float)


def probability(w: Any, b: Any, x: Any) -> Any:
    """1 / (1 + e^-(w x + b)), never through a large exponential."""
    z = w * x + b
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1 + small)


def cross_entropy(w: Any, b: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """ln(1 + e^z) - y z of each point and its slopes, z = w x + b; stable for any z, and fit for the complex step."""
    z = w * x + b
    right = np.real(z) >= 0
    small = np.exp(np.where(right, -z, z))
    miss = np.where(right, 1.0, small) / (1 + small) - y
    return np.where(right, z, 0.0) + np.log1p(small) - y * z, miss * x, miss


def logistic_regression(x: Any, y: Any, *, start: tuple[float, float] | None = None, box: Box | None = None) -> Surface:
    """The loss surface of the probability 1 / (1 + e^-(w x + b)) that y is 1: the mean of the cross entropy over n points.

    x, y: two sequences or arrays of equal length n, y of zeros and ones. Where one value of x parts the zeros from the
    ones, the loss falls towards 0 as w grows without end: such a surface has no minima, and its note says so. Raises
    ValueError with a sentence where y holds anything else or n is over 2,000.
    """
    xs, ys = checked(x, y, MOST)
    if set(ys.tolist()) != {0.0, 1.0}:
        raise DataError("y must hold zeros and ones, some of both and nothing else")
    zeros, ones = xs[ys == 0], xs[ys == 1]
    function = averaged(cross_entropy, xs, ys)
    parted = zeros.max() <= ones.min() or ones.max() <= zeros.min()
    best = None if parted else minimum(function, 0.0, 0.0, units(xs))
    w, b = best or (0.0, 0.0)
    reach_w, reach_b = 3 * max(abs(w), 1 / float(xs.std())), 3 * max(abs(b), 1.0)
    return Surface(
        id="logistic_regression",
        name="Logistic regression",
        family="Regression",
        source="Cox 1958, Journal of the Royal Statistical Society B 20:215",
        formula=r"\Sigma_i [\ln(1 + e^{z_i}) - y_i z_i] / n,\ z_i = w x_i + b",
        box=box or ((w - reach_w, w + reach_w), (b - reach_b, b + reach_b)),
        start=start or (rounded(w - 0.8 * reach_w), rounded(b + 0.8 * reach_b)),
        function=function,
        minima=(best,) if best else (),
        levels="log",
        data=(xs, ys),
        axes=("w (weight)", "b (bias)"),
        note="A wrong classifier is on a slope of constant steepness, a nearly right one on nearly level ground."
        if best
        else PARTED,
        lesson="Race SGD, Adam and Damped Newton, and see why it is damped: plain Newton may leap far away from the "
        "start. Then add the part Mini-batches and watch the curve through the data.",
        predict=probability,
        make=logistic_regression,
        batch=batched(cross_entropy, xs, ys),
    )


for _scaling in SCALINGS:
    _made = linear_regression(*line_data(), scaling=_scaling, start=(-20.0, -20.0), box=((-25, 45), (-30, 30)))
    SURFACES[_made.id] = _made
SURFACES["logistic_regression"] = logistic_regression(*exam_data(), start=(-3.0, 4.0), box=((-4, 6), (-6, 6)))
