"""Loss surfaces of the smallest networks: a single tanh neuron, and a chain of two weights."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from surfaces.points import (
    MAX_SAMPLES,
    check_samples,
    find_minimum,
    make_gauss_newton,
    make_mean_loss,
    make_minibatch_gradient,
    parameter_scales,
    round_significant,
)
from surfaces.surface import SURFACES, Bounds, Surface

NO_MINIMUM_NOTE = (
    "For this data the loss has no unique minimum at finite weights: it keeps decreasing as the weights grow, "
    "or it is minimal along a whole line."
)


def neuron_data(n: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return n seeded points near y = tanh(2 x - 1): x uniform in [-3, 3], normal noise of deviation 0.15."""
    rng = Random(seed)
    x = np.array([rng.uniform(-3, 3) for _ in range(n)])
    return x, np.tanh(2 * x - 1) + np.array([rng.gauss(0, 0.15) for _ in range(n)])


def predict_neuron(w: Any, b: Any, x: Any) -> Any:
    """Return the output tanh(w x + b)."""
    return np.tanh(w * x + b)


def neuron_squared_error(w: Any, b: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """Return the squared error of each point and its derivatives with respect to w and b."""
    output = predict_neuron(w, b, x)
    residual = output - y
    gradient = 2 * residual * (1 - output * output)
    return residual * residual, gradient * x, gradient


def tanh_neuron(x: Any, y: Any, *, start: tuple[float, float] | None = None, bounds: Bounds | None = None) -> Surface:
    """Return the loss surface of one neuron, tanh(w x + b): the mean squared error over n points.

    ``x`` and ``y`` have equal length n, 2 <= n <= 2,000. The global minimum is searched on a grid of weights and biases
    scaled to x and then refined. Raises DataError if the points cannot be fitted.
    """
    xs, ys = check_samples(x, y, MAX_SAMPLES)
    function = make_mean_loss(neuron_squared_error, xs, ys)
    w, b = parameter_scales(xs) @ np.reshape(np.meshgrid(np.linspace(-6, 6, 25), np.linspace(-6, 6, 25)), (2, -1))
    k = int(np.argmin(function(w, b)[0]))
    best = find_minimum(function, float(w[k]), float(b[k]), parameter_scales(xs))
    w_best, b_best = best or (0.0, 0.0)
    half_width_w, half_width_b = max(2 * abs(w_best), 6 / float(xs.std())), max(2 * abs(b_best), 6.0)
    return Surface(
        id="tanh_neuron",
        name="One tanh neuron",
        family="Neural networks",
        source="Rumelhart, Hinton & Williams 1986, Nature 323:533; Auer, Herbster & Warmuth 1995, NIPS 8 (local "
        "minima of single neurons)",
        formula=r"\Sigma_i (\tanh(w x_i + b) - y_i)^2 / n",
        bounds=bounds or ((-half_width_w, half_width_w), (-half_width_b, half_width_b)),
        start=start or (round_significant(-0.6 * half_width_w), round_significant(0.5 * half_width_b)),
        function=function,
        minima=(best,) if best else (),
        value_scale="log",
        data=(xs, ys),
        axis_labels=("w (weight)", "b (bias)"),
        predict=predict_neuron,
        with_data=tanh_neuron,
        gauss_newton=make_gauss_newton(predict_neuron, xs),
        minibatch_gradient=make_minibatch_gradient(neuron_squared_error, xs, ys),
        summary=(
            "Where the neuron saturates, the loss has a plateau: a run that starts there hardly moves for a long time."
        )
        if best
        else NO_MINIMUM_NOTE,
        what_to_try="Start on the plateau and compare SGD with Adam, which the small gradient slows down less, "
        "and with Levenberg-Marquardt, which exploits the fact that the loss is a sum of squares.",
    )


def two_weight_data(n: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return n seeded points near y = 1.5 tanh(1.2 x): x uniform in [-2, 2], normal noise of deviation 0.1."""
    rng = Random(seed)
    x = np.array([rng.uniform(-2, 2) for _ in range(n)])
    return x, 1.5 * np.tanh(1.2 * x) + np.array([rng.gauss(0, 0.1) for _ in range(n)])


def predict_two_weight(w1: Any, w2: Any, x: Any) -> Any:
    """Return the output w2 tanh(w1 x)."""
    return w2 * np.tanh(w1 * x)


def two_weight_squared_error(w1: Any, w2: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """Return the squared error of each point and its derivatives with respect to w1 and w2."""
    hidden = np.tanh(w1 * x)
    residual = w2 * hidden - y
    return residual * residual, 2 * residual * w2 * (1 - hidden * hidden) * x, 2 * residual * hidden


def two_weight_network(
    x: Any, y: Any, *, start: tuple[float, float] | None = None, bounds: Bounds | None = None
) -> Surface:
    """Return the loss surface of the network w2 tanh(w1 x), without biases: the mean squared error over n points.

    ``x`` and ``y`` have equal length n, 2 <= n <= 2,000. The loss is the same at (-w1, -w2) as at (w1, w2), so minima
    come in pairs. Raises DataError if the points cannot be fitted.
    """
    xs, ys = check_samples(x, y, MAX_SAMPLES)
    function = make_mean_loss(two_weight_squared_error, xs, ys)
    rms_x = float(np.sqrt((xs * xs).mean()))
    inner = np.linspace(0.1, 8, 80) / rms_x
    hidden = np.tanh(inner[:, None] * xs)
    outer = hidden @ ys / (hidden * hidden).sum(-1)  # the best outer weight for each inner one: a least-squares slope
    k = int(np.argmin(function(inner, outer)[0]))
    best = find_minimum(function, float(inner[k]), float(outer[k]), np.diag([1 / rms_x, 1.0]))
    w1, w2 = best or (0.0, 0.0)
    half_width_1, half_width_2 = 2 * max(abs(w1), 1 / rms_x), 2 * max(abs(w2), 1.0)
    return Surface(
        id="two_weight_network",
        name="Two-weight network",
        family="Neural networks",
        source="Sussmann 1992, Neural Networks 5:589 (symmetry); Baldi & Hornik 1989, Neural Networks 2:53 (saddle "
        "point)",
        formula=r"\Sigma_i (w_2\,\tanh(w_1 x_i) - y_i)^2 / n",
        bounds=bounds or ((-half_width_1, half_width_1), (-half_width_2, half_width_2)),
        start=start or (round_significant(-0.6 * half_width_1), round_significant(0.5 * half_width_2)),
        function=function,
        minima=((w1, w2), (-w1, -w2)) if best else (),
        value_scale="log",
        data=(xs, ys),
        axis_labels=("w₁ (inner weight)", "w₂ (outer weight)"),
        predict=predict_two_weight,
        with_data=two_weight_network,
        gauss_newton=make_gauss_newton(predict_two_weight, xs),
        minibatch_gradient=make_minibatch_gradient(two_weight_squared_error, xs, ys),
        summary=(
            "Two mirror-image solutions with a saddle point between them: with small initial weights, progress "
            "is slow at first."
        )
        if best
        else NO_MINIMUM_NOTE,
        what_to_try="Start near the center and see how long each optimizer stays near the saddle point and which "
        "of the two mirror-image minima it reaches.",
    )


SURFACES["tanh_neuron"] = tanh_neuron(*neuron_data(), start=(-3.0, 1.0), bounds=((-6, 6), (-6, 6)))
SURFACES["two_weight_network"] = two_weight_network(*two_weight_data(), start=(-1.2, 1.3), bounds=((-3, 3), (-3, 3)))
