"""Loss surfaces of linear and logistic regression, each over its two parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.points import (
    MAX_SAMPLES,
    check_samples,
    find_minimum,
    make_mean_loss,
    make_minibatch_gradient,
    parameter_scales,
    round_significant,
)
from surfaces.surface import SURFACES, Bounds, Surface

SEPARABLE_NOTE = (
    "A threshold on x separates the two classes perfectly or almost perfectly: the loss keeps decreasing as "
    "the weights grow, and there is no finite minimum."
)
# How the n squared errors are combined: name, formula, factor relative to half their mean, summary, what to try
SCALINGS: dict[str, tuple[str, str, Callable[[int], float], str, str]] = {
    "half_mean": (
        "Linear regression",
        r"\Sigma_i (a x_i + b - y_i)^2 / 2n",
        lambda n: 1,
        "Half the mean squared error of a line. The farther the mean of x is from 0, the more elongated the bowl.",
        "Compare SGD, Adam, and BFGS, then add the modifier Mini-batches to SGD. If x has mean 0, the bowl is "
        "aligned with the axes; if its standard deviation is also 1, the bowl is round.",
    ),
    "mean": (
        "Linear regression (MSE)",
        r"\Sigma_i (a x_i + b - y_i)^2 / n",
        lambda n: 2,
        "The mean squared error, torch.nn.MSELoss(). Its gradient is twice that of half the mean, so use half "
        "the learning rate.",
        "Use half the learning rate that works for half the mean: SGD follows exactly the same path. Adam does "
        "so with the same learning rate, apart from the effect of epsilon.",
    ),
    "sum": (
        "Linear regression (sum of squares)",
        r"\Sigma_i (a x_i + b - y_i)^2",
        lambda n: 2 * n,
        "The sum of squared errors, torch.nn.MSELoss(reduction='sum'). More data points require a smaller "
        "learning rate.",
        "Find the largest stable learning rate for SGD, then repeat with twice as many data points: it is "
        "roughly halved. With a mean it would stay about the same.",
    ),
    "half_sum": (
        "Linear regression (½ sum of squares)",
        r"\frac{1}{2} \Sigma_i (a x_i + b - y_i)^2",
        lambda n: n,
        "Half the sum of squared errors: the gradient is a plain sum over the data points, without a factor "
        "(error × x for the slope, error for the intercept).",
        "Find the largest stable learning rate for SGD and compare it with the one for half the mean: it is "
        "smaller by a factor equal to the number of data points.",
    ),
}


def line_data(n: int = 50, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return n seeded points near the line y = 10 x.

    x is normal with mean 5 and standard deviation 5; the noise is an integer in [-5, 5).
    """
    rng = Random(seed)
    x = np.array([rng.gauss(5, 5) for _ in range(n)])
    return x, 10 * x + np.array([rng.randrange(-5, 5) for _ in range(n)])


def predict_line(a: Any, b: Any, x: Any) -> Any:
    """Return a x + b."""
    return a * x + b


def linear_regression(
    x: Any,
    y: Any,
    *,
    scaling: str = "half_mean",
    start: tuple[float, float] | None = None,
    bounds: Bounds | None = None,
) -> Surface:
    """Return the loss surface of the line y = a x + b through n points: factor times sum (a x_i + b - y_i)^2.

    ``x`` and ``y`` have equal length n >= 2. ``scaling`` sets the factor: "half_mean" 1/(2n), "mean" 1/n, "sum" 1 or
    "half_sum" 1/2. The only minimum is the least-squares line in closed form; the sum is expanded around it, so that
    loss and gradient are exact there. Raises DataError if no line can be fitted, and ValueError for another
    ``scaling``.
    """
    if scaling not in SCALINGS:
        raise ValueError(f"unknown scaling {scaling!r}; choose from {', '.join(SCALINGS)}")
    name, formula, factor, summary, what_to_try = SCALINGS[scaling]
    xs, ys = check_samples(x, y)
    scale = float(factor(xs.size))
    mean, mean_square = float(xs.mean()), float((xs * xs).mean())
    deviation = xs - mean
    a_best = float(deviation @ (ys - ys.mean()) / (deviation @ deviation))
    b_best = float(ys.mean()) - a_best * mean
    residuals = a_best * xs + b_best - ys
    minimum_loss = scale * (float((residuals**2).mean()) / 2)
    first, second, unit = scale * mean_square, scale * mean, scale

    def squared_error(a: Any, b: Any) -> Any:
        da, db = a - a_best, b - b_best
        grad_a, grad_b = first * da + second * db, second * da + unit * db
        return minimum_loss + (da * grad_a + db * grad_b) / 2, (grad_a, grad_b)

    def minibatch_gradient(a: Any, b: Any, indices: np.ndarray) -> tuple[Any, Any]:
        u, r = xs[indices], residuals[indices]
        da, db, mean_x = a - a_best, b - b_best, float(u.mean())
        return (
            scale * (float((u * u).mean()) * da + mean_x * db + float((u * r).mean())),
            scale * (mean_x * da + db + float(r.mean())),
        )

    half_width = 3 * max(abs(a_best), abs(b_best), 1.0)
    bounds = bounds or ((a_best - half_width, a_best + half_width), (b_best - half_width, b_best + half_width))
    return Surface(
        id="linear_regression" + f"_{scaling}" * (scaling != "half_mean"),
        name=name,
        family="Regression",
        source="Legendre 1805, Nouvelles méthodes; Gauss 1809: least squares",
        formula=formula,
        bounds=bounds,
        start=start or (round_significant(a_best - 0.8 * half_width), round_significant(b_best - 0.8 * half_width)),
        function=squared_error,
        minima=((a_best, b_best),),
        value_scale="log",
        data=(xs, ys),
        axis_labels=("a (slope)", "b (intercept)"),
        summary=summary,
        what_to_try=what_to_try,
        predict=predict_line,
        with_data=partial(linear_regression, scaling=scaling),
        minibatch_gradient=minibatch_gradient,
    )


def classification_data(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return n seeded points of two overlapping classes.

    x is uniform in [-4, 4]; y is 1 with probability 1 / (1 + e^(1 - 1.5 x)), otherwise 0.
    """
    rng = Random(seed)
    x = np.array([rng.uniform(-4, 4) for _ in range(n)])
    return x, (np.array([rng.random() for _ in range(n)]) < 1 / (1 + np.exp(1 - 1.5 * x))).astype(float)


def predict_probability(w: Any, b: Any, x: Any) -> Any:
    """Return 1 / (1 + e^-(w x + b)) without overflow."""
    z = w * x + b
    exp_term = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, exp_term) / (1 + exp_term)


def cross_entropy(w: Any, b: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """Return ln(1 + e^z) - y z with z = w x + b of each point and its derivatives with respect to w and b.

    Numerically stable for any z and compatible with complex-step differentiation.
    """
    z = w * x + b
    positive = np.real(z) >= 0
    exp_term = np.exp(np.where(positive, -z, z))
    residual = np.where(positive, 1.0, exp_term) / (1 + exp_term) - y
    return np.where(positive, z, 0.0) + np.log1p(exp_term) - y * z, residual * x, residual


def logistic_regression(
    x: Any, y: Any, *, start: tuple[float, float] | None = None, bounds: Bounds | None = None
) -> Surface:
    """Return the loss surface of logistic regression, P(y = 1) = 1 / (1 + e^-(w x + b)): the mean cross-entropy.

    ``x`` and ``y`` have equal length n, 2 <= n <= 2,000; y contains zeros and ones. If one value of x separates the
    zeros from the ones, the loss tends to 0 as w grows without bound: the surface then has no minima, and its summary
    states this. Raises DataError for other data.
    """
    xs, ys = check_samples(x, y, MAX_SAMPLES)
    if set(ys.tolist()) != {0.0, 1.0}:
        raise DataError("y must contain only zeros and ones, with at least one of each")
    zeros, ones = xs[ys == 0], xs[ys == 1]
    function = make_mean_loss(cross_entropy, xs, ys)
    separable = zeros.max() <= ones.min() or ones.max() <= zeros.min()
    best = None if separable else find_minimum(function, 0.0, 0.0, parameter_scales(xs))
    w, b = best or (0.0, 0.0)
    half_width_w, half_width_b = 3 * max(abs(w), 1 / float(xs.std())), 3 * max(abs(b), 1.0)
    return Surface(
        id="logistic_regression",
        name="Logistic regression",
        family="Regression",
        source="Cox 1958, Journal of the Royal Statistical Society B 20:215",
        formula=r"\Sigma_i [\ln(1 + e^{z_i}) - y_i z_i] / n,\ z_i = w x_i + b",
        bounds=bounds or ((w - half_width_w, w + half_width_w), (b - half_width_b, b + half_width_b)),
        start=start or (round_significant(w - 0.8 * half_width_w), round_significant(b + 0.8 * half_width_b)),
        function=function,
        minima=(best,) if best else (),
        value_scale="log",
        data=(xs, ys),
        axis_labels=("w (weight)", "b (bias)"),
        summary=(
            "Where most points are misclassified, the loss has a constant slope; where most are classified "
            "correctly, it is almost flat."
        )
        if best
        else SEPARABLE_NOTE,
        what_to_try="Compare SGD, Adam, and Damped Newton, and see why damping is needed: plain Newton can jump "
        "far away from the start. Then add the modifier Mini-batches and watch the fitted curve.",
        predict=predict_probability,
        with_data=logistic_regression,
        minibatch_gradient=make_minibatch_gradient(cross_entropy, xs, ys),
    )


for _scaling in SCALINGS:
    _surface = linear_regression(*line_data(), scaling=_scaling, start=(-20.0, -20.0), bounds=((-25, 45), (-30, 30)))
    SURFACES[_surface.id] = _surface
SURFACES["logistic_regression"] = logistic_regression(
    *classification_data(), start=(-3.0, 4.0), bounds=((-4, 6), (-6, 6))
)
