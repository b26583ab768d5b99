# mypy: allow-untyped-defs
"""L-BFGS as implemented in Optax, with its zoom line search."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

import numpy as np

from optimizers.arithmetic import dot, maximum, minimum, norm
from optimizers.hyperparameter import StepSize
from optimizers.optimizer import Hyperparameter, Switch, optimizer
from optimizers.rules.quasi_newton import HistorySize, append_to_history, two_loop_recursion
from optimizers.searches import Trial, line_function

MaxSearchSteps = Annotated[
    float, Hyperparameter(1, 50, "whole", minimum=1, maximum=1000, label="max line-search steps")
]


@optimizer(
    "L-BFGS (Optax)",
    source="Liu & Nocedal 1989, doi:10.1007/BF01589116; Nocedal & Wright 2006, algorithms 3.5, 3.6, "
    "with the approximate decrease of Hager & Zhang 2006, doi:10.1145/1132973.1132979; as optax.lbfgs",
    scope="whole",
    batched=False,
    variant_of="lbfgs",
    implementation="Optax",
    formula=r"""
    p_t = -\eta H^{t-1} g_t,\quad x_t = x_{t-1} + \alpha_t p_t
    s_i = x_i - x_{i-1},\quad y_i = g_{i+1} - g_i,\quad \rho_i = 1 / y_i^{\top} s_i
    H^{t-m-1} = \dfrac{s_{t-1}^{\top} y_{t-1}}{y_{t-1}^{\top} y_{t-1}} I
    H^i = (I - \rho_i s_i y_i^{\top}) H^{i-1} (I - \rho_i y_i s_i^{\top}) + \rho_i s_i s_i^{\top},\quad i = t - m, \ldots, t - 1
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
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
    lr: StepSize = 1.0,
    memory_size: HistorySize = 10,
    scale_init_precond: Switch = 1,
    max_linesearch_steps: MaxSearchSteps = 20,
):
    """Follows curved valleys like BFGS, and its line search ends early near the minimum. Negative curvature can mislead
    it.

    L-BFGS discards pairs of step and gradient change without positive curvature; this version keeps them. It also uses
    a different line search, which near the minimum compares slopes when losses can no longer be told apart in
    floating-point arithmetic.
    """
    value, grad = loss.value_and_gradient(x)
    if x_old is None:
        s, y, rho = np.empty((0, len(x))), np.empty((0, len(x))), np.empty(0)
        grad_norm = norm(grad)
        gamma = min(1.0, 1 / grad_norm) if grad_norm > 0 else 1.0
    else:
        s_new, y_new = x - x_old, grad - g_old
        ys, yy = dot(y_new, s_new), dot(y_new, y_new)
        s, y = append_to_history(s, s_new, memory_size), append_to_history(y, y_new, memory_size)
        rho = append_to_history(rho, 1 / ys if ys != 0 else 0.0, memory_size)
        gamma = ys / yy if yy > 0 else 1.0
    u = -lr * two_loop_recursion(grad, s, y, rho, gamma if scale_init_precond else 1.0)
    tried_points: list[np.ndarray] = []
    result = zoom_search(
        line_function(loss, x, u, tried_points),
        Trial(0.0, x, value, grad, float(dot(u, grad))),
        int(max_linesearch_steps),
    )
    return result.x, x, grad, s, y, rho, np.array(tried_points)


def zoom_search(
    phi: Callable[[float], Trial],
    start: Trial,
    max_steps: int,
    slope_rtol: float = 1e-4,
    curv_rtol: float = 0.9,
    approx_dec_rtol: float = 1e-6,
    interval_threshold: float = 1e-5,
) -> Trial:
    """Search for a step as Optax's scale_by_zoom_linesearch does, from step length 1.

    The error of a condition is the amount by which it is violated, 0 if it holds.
    """

    def decrease_error(trial: Trial) -> float:
        armijo = trial.value - start.value - slope_rtol * trial.alpha * start.slope
        approximate = trial.slope - (2 * slope_rtol - 1.0) * start.slope
        value_gap = trial.value - start.value - approx_dec_rtol * abs(start.value)
        return violation(minimum(armijo, maximum(approximate, value_gap)))

    def curvature_error(trial: Trial) -> float:
        return violation(abs(trial.slope) - curv_rtol * abs(start.slope))

    def fallback(trial: Trial) -> Trial:
        """Return the last trial with sufficient decrease, otherwise the last trial, when the search has failed."""
        return safe_trial if safe_trial.alpha > 0 or math.isinf(decrease_error(trial)) else trial

    safe_trial = previous = start
    count = 0
    while True:  # lengthen the step until it brackets a good one
        trial = phi(2.0 * previous.alpha if count else 1.0)
        error = decrease_error(trial)
        safe_trial = trial if error <= 0 else safe_trial
        if max(error, curvature_error(trial)) <= 0:
            return trial
        if count + 1 == max_steps:
            return fallback(trial)
        if error > 0 or (trial.value >= previous.value and count > 0):
            low, high = previous, trial
            break
        if trial.slope >= 0:
            low, high = trial, previous
            break
        previous, count = trial, count + 1
    reference = low
    while True:
        count += 1
        width = abs(high.alpha - low.alpha)
        trial = phi(next_step_length(low, high, reference, width))
        error = decrease_error(trial)
        safe_trial = trial if error <= 0 and trial.value < safe_trial.value else safe_trial
        if max(error, curvature_error(trial)) <= 0:
            return trial
        if count + 1 == max_steps or (width <= interval_threshold and safe_trial.alpha > 0):
            return fallback(trial)
        if error > 0 or trial.value >= low.value:
            reference, high = high, trial
        elif trial.slope * (high.alpha - low.alpha) >= 0:
            reference, high, low = high, low, trial
        else:
            reference, low = low, trial


def next_step_length(low: Trial, high: Trial, reference: Trial, width: float) -> float:
    """Return the minimizer of the cubic, else of the parabola, if not too close to an end; else the midpoint."""
    left, right = min(low.alpha, high.alpha), max(low.alpha, high.alpha)
    cubic, parabola = cubic_minimum_through(low, high, reference), parabola_minimum(low, high)
    if left + 0.2 * width < cubic < right - 0.2 * width:
        return cubic
    if left + 0.1 * width < parabola < right - 0.1 * width:
        return parabola
    return (low.alpha + high.alpha) / 2


def cubic_minimum_through(a: Trial, b: Trial, c: Trial) -> float:
    """Return the minimizer of the cubic through value and slope at a and the values at b and c, or nan."""
    db, dc = b.alpha - a.alpha, c.alpha - a.alpha
    denominator, residual_b, residual_c = (
        (db * dc) ** 2 * (db - dc),
        b.value - a.value - a.slope * db,
        c.value - a.value - a.slope * dc,
    )
    if denominator == 0:
        return math.nan
    cube, square = (
        (dc**2 * residual_b - db**2 * residual_c) / denominator,
        (db**3 * residual_c - dc**3 * residual_b) / denominator,
    )
    radical = square * square - 3.0 * cube * a.slope
    return a.alpha + (-square + math.sqrt(radical)) / (3.0 * cube) if radical >= 0 and cube != 0 else math.nan


def parabola_minimum(a: Trial, b: Trial) -> float:
    """Return the minimizer of the parabola through value and slope at a and the value at b, or nan."""
    db = b.alpha - a.alpha
    square = (b.value - a.value - a.slope * db) / (db * db) if db * db else math.nan
    return a.alpha - a.slope / (2.0 * square) if square else math.nan


def violation(error: float) -> float:
    """Return the error, 0 if it is negative and inf if it is nan."""
    return math.inf if math.isnan(error) else max(error, 0.0)
