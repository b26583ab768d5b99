# mypy: allow-untyped-defs
"""L-BFGS as Optax has it, with its zoom line search."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

import numpy as np

from optimizers.arithmetic import dot, norm
from optimizers.hyperparameter import StepLength
from optimizers.optimizer import Hyperparameter, Switch, optimizer
from optimizers.rules.quasi_newton import History, remember, two_loop
from optimizers.searches import Trial, line

Searches = Annotated[float, Hyperparameter(1, 50, "whole", least=1, most=1000, label="max line search steps")]


@optimizer(
    "L-BFGS (Optax)",
    source="Liu & Nocedal 1989, doi:10.1007/BF01589116; Nocedal & Wright 2006, algorithms 3.5, 3.6, "
    "with the approximate decrease of Hager & Zhang 2006, doi:10.1145/1132973.1132979; as optax.lbfgs",
    separable=False,
    batched=False,
    variant_of="lbfgs",
    convention="Optax",
    formula=r"""
    p_t = -\eta H^{t-1} g_t,\quad x_t = x_{t-1} + \alpha_t p_t
    s_i = x_i - x_{i-1},\quad y_i = g_{i+1} - g_i,\quad \rho_i = 1 / y_i^{\top} s_i
    H^{t-m-1} = \dfrac{s_{t-1}^{\top} y_{t-1}}{y_{t-1}^{\top} y_{t-1}} I
    H^i = (I - \rho_i s_i y_i^{\top}) H^{i-1} (I - \rho_i y_i s_i^{\top}) + \rho_i s_i s_i^{\top},\quad i = t - m, \ldots, t - 1
    """,
)
def lbfgs_optax(
    x,
    loss,
    t,
    x_old=None,
    g_old=None,
    s=(),
    y=(),
    rho=(),
    trials=None,
    *,
    lr: StepLength = 1.0,
    memory_size: History = 10,
    scale_init_precond: Switch = 1,
    max_linesearch_steps: Searches = 20,
):
    """Follows bent valleys like BFGS and stops searching early near the minimum. Negative curvature may mislead it.

    L-BFGS leaves out a pair of step and gradient change without positive curvature, this one keeps it. It has another line search,
    which near the minimum judges by slopes instead of losses that rounding has made equal.
    """
    value, grad = loss.both(x)
    if x_old is None:
        s, y, rho = np.empty((0, 2)), np.empty((0, 2)), np.empty(0)
        length = norm(grad)
        gamma = min(1.0, 1 / length) if length > 0 else 1.0
    else:
        s_new, y_new = x - x_old, grad - g_old
        ys, yy = dot(y_new, s_new), dot(y_new, y_new)
        s, y = remember(s, s_new, memory_size), remember(y, y_new, memory_size)
        rho = remember(rho, 1 / ys if ys != 0 else 0.0, memory_size)
        gamma = ys / yy if yy > 0 else 1.0
    u = -lr * two_loop(grad, s, y, rho, gamma if scale_init_precond else 1.0)
    tried: list[np.ndarray] = []
    found = zoom_search(
        line(loss, x, u, tried), Trial(0.0, x, value, grad, float(dot(u, grad))), int(max_linesearch_steps)
    )
    return found.x, x, grad, s, y, rho, np.array(tried)


def zoom_search(
    phi: Callable[[float], Trial],
    start: Trial,
    most: int,
    slope_rtol: float = 1e-4,
    curv_rtol: float = 0.9,
    approx_dec_rtol: float = 1e-6,
    interval_threshold: float = 1e-5,
) -> Trial:
    """Optax's scale_by_zoom_linesearch from the step 1. An error is by how much a condition is missed, 0 where it holds."""

    def decrease_error(here: Trial) -> float:
        armijo = here.value - start.value - slope_rtol * here.alpha * start.slope
        approximate = here.slope - (2 * slope_rtol - 1.0) * start.slope
        near = here.value - start.value - approx_dec_rtol * abs(start.value)
        return missed(least(armijo, largest(approximate, near)))

    def curvature_error(here: Trial) -> float:
        return missed(abs(here.slope) - curv_rtol * abs(start.slope))

    def safe_or(here: Trial) -> Trial:
        """Where the search failed: the last point that went down enough, else the last one at all."""
        return safe if safe.alpha > 0 or math.isinf(decrease_error(here)) else here

    safe = last = start
    count = 0
    while True:  # lengthen the step until it brackets a good one
        here = phi(2.0 * last.alpha if count else 1.0)
        error = decrease_error(here)
        safe = here if error <= 0 else safe
        if max(error, curvature_error(here)) <= 0:
            return here
        if count + 1 == most:
            return safe_or(here)
        if error > 0 or (here.value >= last.value and count > 0):
            low, high = last, here
            break
        if here.slope >= 0:
            low, high = here, last
            break
        last, count = here, count + 1
    reference = low
    while True:
        count += 1
        width = abs(high.alpha - low.alpha)
        here = phi(between(low, high, reference, width))
        error = decrease_error(here)
        safe = here if error <= 0 and here.value < safe.value else safe
        if max(error, curvature_error(here)) <= 0:
            return here
        if count + 1 == most or (width <= interval_threshold and safe.alpha > 0):
            return safe_or(here)
        if error > 0 or here.value >= low.value:
            reference, high = high, here
        elif here.slope * (high.alpha - low.alpha) >= 0:
            reference, high, low = high, low, here
        else:
            reference, low = low, here


def between(low: Trial, high: Trial, reference: Trial, width: float) -> float:
    """Where to look next: the minimum of the cubic, else of the parabola, else the middle; not too near to an end."""
    left, right = min(low.alpha, high.alpha), max(low.alpha, high.alpha)
    cubic, parabola = cubic_through(low, high, reference), parabola_through(low, high)
    if left + 0.2 * width < cubic < right - 0.2 * width:
        return cubic
    if left + 0.1 * width < parabola < right - 0.1 * width:
        return parabola
    return (low.alpha + high.alpha) / 2


def cubic_through(a: Trial, b: Trial, c: Trial) -> float:
    """The minimum of the cubic with the height and slope at a and the heights at b and c; nan where there is none."""
    db, dc = b.alpha - a.alpha, c.alpha - a.alpha
    below, rest_b, rest_c = (
        (db * dc) ** 2 * (db - dc),
        b.value - a.value - a.slope * db,
        c.value - a.value - a.slope * dc,
    )
    if below == 0:
        return math.nan
    cube, square = (dc**2 * rest_b - db**2 * rest_c) / below, (db**3 * rest_c - dc**3 * rest_b) / below
    radical = square * square - 3.0 * cube * a.slope
    return a.alpha + (-square + math.sqrt(radical)) / (3.0 * cube) if radical >= 0 and cube != 0 else math.nan


def parabola_through(a: Trial, b: Trial) -> float:
    """The minimum of the parabola with the height and slope at a and the height at b; nan where there is none."""
    db = b.alpha - a.alpha
    square = (b.value - a.value - a.slope * db) / (db * db) if db * db else math.nan
    return a.alpha - a.slope / (2.0 * square) if square else math.nan


def missed(error: float) -> float:
    return math.inf if math.isnan(error) else max(error, 0.0)


def least(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else min(a, b)


def largest(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else max(a, b)
