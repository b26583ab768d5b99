# mypy: allow-untyped-defs
"""Derivative-free methods: they use values of the loss only and also work on non-smooth surfaces."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from optimizers.optimizer import Hyperparameter, Seed, optimizer
from optimizers.searches import evaluate_loss

FAMILY = "Derivative-free"

SimplexSize = Annotated[float, Hyperparameter(1e-3, 10.0, "log", label="initial simplex size", symbol=r"\ell")]
MIN_DEVIATION = 1e-150  # its square does not underflow
Reflection = Annotated[float, Hyperparameter(0.1, 3.0, minimum=0.01)]
Expansion = Annotated[float, Hyperparameter(1.0, 5.0, minimum=1.0)]
ContractionFactor = Annotated[float, Hyperparameter(0.05, 0.95, maximum=1.0)]
InitialSigma = Annotated[float, Hyperparameter(1e-3, 10.0, "log", label="initial sigma", symbol=r"\sigma_0")]
PopulationSize = Annotated[float, Hyperparameter(4, 50, "whole", minimum=4, maximum=1000)]


@optimizer(
    "Nelder-Mead",
    source="Nelder & Mead 1965, doi:10.1093/comjnl/7.4.308; as in Lagarias et al. 1998, doi:10.1137/S1052623496303470",
    scope="whole",
    batched=False,
    uses_gradient=False,
    max_parameters=1_000,
    formula=r"""
    f(x^1) \leq f(x^2) \leq f(x^3),\quad \bar{x} = \frac{1}{2} (x^1 + x^2)
    x^r = \bar{x} + \rho (\bar{x} - x^3) \quad (f(x^r) < f(x^2))
    x^e = \bar{x} + \rho \chi (\bar{x} - x^3) \quad (f(x^e) < f(x^r) < f(x^1))
    x^c = \bar{x} + \gamma (x^r - \bar{x}) \quad (f(x^c) \leq f(x^r) < f(x^3))
    x^c = \bar{x} - \gamma (\bar{x} - x^3) \quad (f(x^c) < f(x^3) \leq f(x^r))
    x^i \leftarrow x^1 + \sigma (x^i - x^1)
    x_0,\quad x_0 + (\ell, 0),\quad x_0 + (0, \ell)
    """,
)
def nelder_mead(
    x,
    loss,
    t,
    simplex=None,
    values=None,
    trials=None,
    *,
    lr: SimplexSize = 1.0,
    reflection: Reflection = 1.0,
    expansion: Expansion = 2.0,
    contraction: ContractionFactor = 0.5,
    shrink: ContractionFactor = 0.5,
):
    """A triangle that moves downhill and stretches along valleys, without using gradients. It may collapse at a point
    that is not a minimum.

    Keeps the three vertices of a triangle (a simplex). Each step reflects the worst vertex through the midpoint of the
    other two. If the result is very good, it expands further (e); if not, it contracts (c); and if neither helps, it
    shrinks the whole triangle (second-to-last line). Only function values are compared, so non-smooth surfaces are no
    problem. The last line gives the initial triangle: try a large one on a surface with many minima.
    """
    tried_points = []

    def f(point):
        tried_points.append(point)
        return evaluate_loss(loss, point)

    def sort_vertices(points, losses):
        """Sort by loss; the order of equal vertices is kept."""
        order = np.argsort(losses, kind="stable")
        return points[order], np.asarray(losses)[order]

    if simplex is None:
        n = 1 if loss.dimension == 1 else len(x)
        vertices = x + lr * np.eye(n + 1, len(x), -1)  # x itself, and one step along each axis
        simplex, values = sort_vertices(vertices, [f(vertex) for vertex in vertices])
    elif (x != simplex[0]).any():  # a modifier has moved the best vertex: translate the simplex
        vertices = simplex + (x - simplex[0])
        simplex, values = sort_vertices(vertices, [f(corner) for corner in vertices])
    worst, f_1, f_n, f_worst = simplex[-1], values[0], values[-2], values[-1]
    centroid = simplex[:-1].mean(axis=0)
    candidate = reflected = centroid + reflection * (centroid - worst)
    f_candidate = f_reflected = f(reflected)
    if f_reflected < f_1:
        expanded = centroid + reflection * expansion * (centroid - worst)
        f_expanded = f(expanded)
        if f_expanded < f_reflected:
            candidate, f_candidate = expanded, f_expanded
        accepted = True
    elif f_reflected < f_n:
        accepted = True
    elif f_reflected < f_worst:
        candidate = centroid + contraction * (reflected - centroid)
        f_candidate = f(candidate)
        accepted = f_candidate <= f_reflected
    else:
        candidate = centroid - contraction * (centroid - worst)
        f_candidate = f(candidate)
        accepted = f_candidate < f_worst
    if accepted:
        simplex, values = sort_vertices(np.array([*simplex[:-1], candidate]), [*values[:-1], f_candidate])
    else:
        vertices = simplex[0] + shrink * (simplex - simplex[0])
        simplex, values = sort_vertices(vertices, [f_1, *map(f, vertices[1:])])
    return simplex[0], simplex, values, np.array(tried_points)


def recombination_weights(population: int, n: int) -> tuple[np.ndarray, float, float, float]:
    """Return weights by rank (negative for the worse half), mu_eff, c_1 and c_mu of the tutorial in n dimensions."""
    raw = math.log((population + 1) / 2) - np.log(np.arange(1, population + 1))
    good, bad = raw[: population // 2], raw[population // 2 :]
    mu_eff = float(good.sum() ** 2 / (good * good).sum())
    c_1 = 2 / ((n + 1.3) ** 2 + mu_eff)
    c_mu = min(1 - c_1, 2 * (1 / 4 + mu_eff + 1 / mu_eff - 2) / ((n + 2) ** 2 + mu_eff))
    alpha = min(
        1 + c_1 / c_mu, 1 + 2 * float(bad.sum() ** 2 / (bad * bad).sum()) / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu)
    )
    return np.where(raw >= 0, raw / raw[raw > 0].sum(), alpha * raw / -raw[raw < 0].sum()), mu_eff, c_1, c_mu


def expected_gaussian_norm(n: int) -> float:
    """Return E|N(0, I)| in n dimensions as its ratio to the value in two, sqrt(pi / 2)."""
    return math.sqrt(math.pi / 2) * math.exp(math.lgamma((n + 1) / 2) - math.lgamma(n / 2) - math.lgamma(1.5))


@optimizer(
    "CMA-ES",
    source="Hansen 2016, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772, with the default constants",
    scope="whole",
    batched=False,
    uses_gradient=False,
    max_parameters=300,
    formula=r"""
    y_k \sim \mathcal{N}(0, C_{t-1}),\quad k = 1, \ldots, \lambda
    f(x_{t-1} + \sigma_{t-1} y_{1:\lambda}) \leq f(x_{t-1} + \sigma_{t-1} y_{2:\lambda}) \leq \ldots
    \bar{y} = \sum_{i=1}^{\lfloor \lambda / 2 \rfloor} w_i y_{i:\lambda},\quad x_t = x_{t-1} + \sigma_{t-1} \bar{y}
    p^{\sigma}_t = (1 - c_{\sigma}) p^{\sigma}_{t-1} + \sqrt{c_{\sigma} (2 - c_{\sigma}) \mu_w} \, C_{t-1}^{-1/2} \bar{y}
    \sigma_t = \sigma_{t-1} \,\exp\left[\dfrac{c_{\sigma}}{d_{\sigma}} \left(\|p^{\sigma}_t\| / \sqrt{\pi / 2} - 1\right)\right]
    p^c_t = (1 - c_c) p^c_{t-1} + h_t \sqrt{c_c (2 - c_c) \mu_w} \, \bar{y},\quad \delta_t = (1 - h_t) c_c (2 - c_c)
    V_t = \sum_{i=1}^{\lambda} w_i^{\circ} y_{i:\lambda} y_{i:\lambda}^{\top}
    C_t = (1 + c_1 \delta_t - c_1 - c_{\mu} \sum w_i) C_{t-1} + c_1 p^c_t {p^c_t}^{\top} + c_{\mu} V_t
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def cma_es(
    x,
    loss,
    t,
    sigma=0.0,
    p_sigma=None,
    p_c=None,
    c=None,
    mean=None,
    covariance=None,
    trials=None,
    *,
    lr: InitialSigma = 0.5,
    population: PopulationSize = 6,
    seed: Seed = 0,
):
    """A population of samples that adapts to the shape of the valley and can step over small local minima. Needs many
    function evaluations.

    Draws a population of samples around x, evaluates their losses, and moves x to the weighted mean of the better half.
    The covariance matrix C adapts to the successful samples, and the step size sigma grows when successive steps point
    in the same direction. It therefore follows valleys without gradients and steps over small local minima. A larger
    population sees more of a surface with many minima but needs more evaluations.
    """
    # x is the mean of the paper. The states mean and covariance = sigma^2 C are for display: the next sampling
    # distribution
    n = 1 if loss.dimension == 1 else len(x)
    mask = np.where(np.arange(len(x)) < n, 1.0, 0.0)  # on a line, there is no second component
    if c is None:
        sigma, p_sigma, p_c, c = lr, np.zeros(len(x)), np.zeros(len(x)), np.diag(mask)
    w, mu_eff, c_1, c_mu = recombination_weights(int(population), n)
    mu = int(population) // 2
    c_sigma = (mu_eff + 2) / (n + mu_eff + 5)
    d_sigma = 1 + 2 * max(0.0, math.sqrt((mu_eff - 1) / (n + 1)) - 1) + c_sigma
    c_c = (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n)
    expected_norm = expected_gaussian_norm(n)

    eigenvalues, b = np.linalg.eigh(c)
    d = np.sqrt(np.maximum(eigenvalues, 1e-14 * eigenvalues[-1]))  # rounding may make the smallest one negative
    if not sigma * d[-1] > MIN_DEVIATION:  # the distribution has collapsed to its mean within floating-point precision
        return x, sigma, p_sigma, p_c, c, x, np.zeros_like(c), np.array([x])
    inverse_sqrt = b / d @ b.T
    z = np.random.default_rng((int(seed), t)).standard_normal((int(population), len(x)))
    y = (z * d @ b.T) * mask
    samples = x + sigma * y
    y = y[np.argsort([evaluate_loss(loss, sample) for sample in samples], kind="stable")]

    y_w = w[:mu] @ y[:mu]
    mean = x + sigma * y_w
    p_sigma = (1 - c_sigma) * p_sigma + math.sqrt(c_sigma * (2 - c_sigma) * mu_eff) * inverse_sqrt @ y_w
    length = math.hypot(*p_sigma)
    h_sigma = length / math.sqrt(1 - (1 - c_sigma) ** (2 * t)) < (1.4 + 2 / (n + 1)) * expected_norm
    p_c = (1 - c_c) * p_c + h_sigma * math.sqrt(c_c * (2 - c_c) * mu_eff) * y_w
    w_o = np.where(w >= 0, w, w * n / ((y @ inverse_sqrt) ** 2).sum(axis=1))
    decay = c_1 * (1 - (1 - h_sigma) * c_c * (2 - c_c)) + c_mu * w.sum()
    c = (1 - decay) * c + c_1 * np.outer(p_c, p_c) + c_mu * (w_o[:, None] * y).T @ y
    c = (c + c.T) / 2
    sigma = sigma * math.exp(c_sigma / d_sigma * (length / expected_norm - 1))
    return mean, sigma, p_sigma, p_c, c, mean, sigma * sigma * c, samples
