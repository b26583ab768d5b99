"""Loss surfaces of the smallest networks: a single tanh neuron, and two weights in a row."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from surfaces.points import MOST, averaged, batched, checked, gauss_newton, minimum, rounded, units
from surfaces.surface import SURFACES, Box, Surface

NOWHERE = (
    "For these points the loss has no lowest place at finite weights: it falls on as they grow, or is lowest on a line."
)


def neuron_data(n: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Seeded points near y = tanh(2 x - 1): x even in [-3, 3], noise normal with spread 0.15."""
    draw = Random(seed)
    x = np.array([draw.uniform(-3, 3) for _ in range(n)])
    return x, np.tanh(2 * x - 1) + np.array([draw.gauss(0, 0.15) for _ in range(n)])


def neuron(w: Any, b: Any, x: Any) -> Any:
    return np.tanh(w * x + b)


def neuron_error(w: Any, b: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """The squared error of each point and its slopes."""
    out = neuron(w, b, x)
    rest = out - y
    slope = 2 * rest * (1 - out * out)
    return rest * rest, slope * x, slope


def tanh_neuron(x: Any, y: Any, *, start: tuple[float, float] | None = None, box: Box | None = None) -> Surface:
    """The loss surface of one neuron, tanh(w x + b): the mean of its squared errors over n points.

    x, y: two sequences or arrays of equal length n, 2 <= n <= 2,000. The global minimum is looked for on a grid of slopes
    and thresholds scaled to x and then refined. Raises ValueError with a sentence where the points are none of a curve.
    """
    xs, ys = checked(x, y, MOST)
    function = averaged(neuron_error, xs, ys)
    w, b = units(xs) @ np.reshape(np.meshgrid(np.linspace(-6, 6, 25), np.linspace(-6, 6, 25)), (2, -1))
    k = int(np.argmin(function(w, b)[0]))
    best = minimum(function, float(w[k]), float(b[k]), units(xs))
    w_best, b_best = best or (0.0, 0.0)
    reach_w, reach_b = max(2 * abs(w_best), 6 / float(xs.std())), max(2 * abs(b_best), 6.0)
    return Surface(
        id="tanh_neuron",
        name="One tanh neuron",
        family="Networks",
        source="Rumelhart, Hinton & Williams 1986, Nature 323:533; Auer, Herbster & Warmuth 1995, NIPS 8, on the "
        "minima of single neurons",
        formula=r"\Sigma_i (\tanh(w x_i + b) - y_i)^2 / n",
        box=box or ((-reach_w, reach_w), (-reach_b, reach_b)),
        start=start or (rounded(-0.6 * reach_w), rounded(0.5 * reach_b)),
        function=function,
        minima=(best,) if best else (),
        levels="log",
        data=(xs, ys),
        axes=("w (weight)", "b (bias)"),
        predict=neuron,
        make=tanh_neuron,
        gauss_newton=gauss_newton(neuron, xs),
        batch=batched(neuron_error, xs, ys),
        note="Where the neuron is saturated the loss is a plateau: a run that starts there hardly moves for long."
        if best
        else NOWHERE,
        lesson="Start on the plateau and race SGD against Adam, which hardly feels how small the slope is, and against "
        "Levenberg-Marquardt, which uses that the loss is a sum of squares.",
    )


def pair_data(n: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Seeded points near y = 1.5 tanh(1.2 x): x even in [-2, 2], noise normal with spread 0.1."""
    draw = Random(seed)
    x = np.array([draw.uniform(-2, 2) for _ in range(n)])
    return x, 1.5 * np.tanh(1.2 * x) + np.array([draw.gauss(0, 0.1) for _ in range(n)])


def pair(w1: Any, w2: Any, x: Any) -> Any:
    return w2 * np.tanh(w1 * x)


def pair_error(w1: Any, w2: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """The squared error of each point and its slopes."""
    hidden = np.tanh(w1 * x)
    rest = w2 * hidden - y
    return rest * rest, 2 * rest * w2 * (1 - hidden * hidden) * x, 2 * rest * hidden


def two_weight_network(x: Any, y: Any, *, start: tuple[float, float] | None = None, box: Box | None = None) -> Surface:
    """The loss surface of the network w2 tanh(w1 x), without biases: the mean of its squared errors over n points.

    x, y: two sequences or arrays of equal length n, 2 <= n <= 2,000. It is the same at (-w1, -w2) as at (w1, w2), so minima
    come in pairs. Raises ValueError with a sentence where the points are none of a curve.
    """
    xs, ys = checked(x, y, MOST)
    function = averaged(pair_error, xs, ys)
    spread = float(np.sqrt((xs * xs).mean()))
    inner = np.linspace(0.1, 8, 80) / spread
    hidden = np.tanh(inner[:, None] * xs)
    outer = hidden @ ys / (hidden * hidden).sum(-1)  # the best outer weight to each inner one is a least-squares slope
    k = int(np.argmin(function(inner, outer)[0]))
    best = minimum(function, float(inner[k]), float(outer[k]), np.diag([1 / spread, 1.0]))
    w1, w2 = best or (0.0, 0.0)
    reach_1, reach_2 = 2 * max(abs(w1), 1 / spread), 2 * max(abs(w2), 1.0)
    return Surface(
        id="two_weight_network",
        name="Two weights in a row",
        family="Networks",
        source="Sussmann 1992, Neural Networks 5:589, on the symmetry; Baldi & Hornik 1989, Neural Networks 2:53, "
        "on the saddle",
        formula=r"\Sigma_i (w_2\,\tanh(w_1 x_i) - y_i)^2 / n",
        box=box or ((-reach_1, reach_1), (-reach_2, reach_2)),
        start=start or (rounded(-0.6 * reach_1), rounded(0.5 * reach_2)),
        function=function,
        minima=((w1, w2), (-w1, -w2)) if best else (),
        levels="log",
        data=(xs, ys),
        axes=("w₁ (inner weight)", "w₂ (outer weight)"),
        predict=pair,
        make=two_weight_network,
        gauss_newton=gauss_newton(pair, xs),
        batch=batched(pair_error, xs, ys),
        note="Two mirror images of one solution, with a saddle between them: small weights start slowly."
        if best
        else NOWHERE,
        lesson="Start near the middle and see how long each rule lingers beside the saddle, and in which of the two "
        "mirror images it ends.",
    )


SURFACES["tanh_neuron"] = tanh_neuron(*neuron_data(), start=(-3.0, 1.0), box=((-6, 6), (-6, 6)))
SURFACES["two_weight_network"] = two_weight_network(*pair_data(), start=(-1.2, 1.3), box=((-3, 3), (-3, 3)))
