# mypy: allow-untyped-defs
"""Line searches: the step length from x along a direction p, as plain functions of the loss.

Notation of Nocedal & Wright, Numerical Optimization, 2nd ed. 2006: alpha is the step length, phi(alpha) = f(x + alpha
p) the loss along the line, c1 the constant of the Armijo condition phi(alpha) <= phi(0) + c1 alpha phi'(0), c2 that of
the curvature condition |phi'(alpha)| <= c2 |phi'(0)|; both together are the strong Wolfe conditions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np

from optimizers.arithmetic import dot
from optimizers.loss import Loss
from optimizers.optimizer import Hyperparameter

ArmijoConstant = Annotated[float, Hyperparameter(1e-6, 0.5, "log", maximum=1.0, label="c1 (decrease)")]
CurvatureConstant = Annotated[float, Hyperparameter(1e-3, 0.999, "log", maximum=1.0, label="c2 (curvature)")]


class Trial(NamedTuple):
    """A point on the line; ``slope`` is phi'(alpha), the derivative along p."""

    alpha: float
    x: np.ndarray
    value: float
    grad: np.ndarray
    slope: float


class SearchResult(NamedTuple):
    """Result of a line search; alpha is 0 and ``x`` the initial position if no step was found.

    ``trials`` are all positions tried, in order, shape (k, d). ``grad`` is the gradient at ``x``, or None from a search
    that evaluates the loss alone.
    """

    alpha: float
    x: np.ndarray
    trials: np.ndarray
    grad: Any = None


def evaluate_trial(loss: Loss, x: np.ndarray) -> tuple[Any, np.ndarray]:
    """Return loss and gradient; the loss is inf where the arithmetic fails.

    A trial point may lie far outside the range in which the surface can be computed.
    """
    try:
        return loss.value_and_gradient(x)
    except (ArithmeticError, ValueError):
        return math.inf, np.full_like(x, math.nan)


def evaluate_loss(loss: Loss, x: np.ndarray) -> float:
    """Return the loss, or inf where it is not finite, so that such a point is worse than any other."""
    try:
        value = loss.value(x)
    except (ArithmeticError, ValueError):
        return math.inf
    return float(value) if math.isfinite(value) else math.inf


def line_function(loss: Loss, x: np.ndarray, p: np.ndarray, trials: list[np.ndarray]) -> Callable[[float], Trial]:
    """Return phi as a function that gives a ``Trial`` and appends its position to ``trials``."""

    def phi(alpha: float) -> Trial:
        point = x + alpha * p
        trials.append(point)
        value, grad = evaluate_trial(loss, point)
        return Trial(alpha, point, value, grad, float(dot(grad, p)))

    return phi


def armijo_search(
    loss: Loss,
    x: np.ndarray,
    value: float,
    grad: np.ndarray,
    p: np.ndarray,
    alpha: float,
    *,
    c1: float = 1e-4,
    shrink: float = 0.5,
    max_trials: int = 100,
) -> SearchResult:
    """Multiply ``alpha`` by ``shrink`` until the Armijo condition holds; evaluates the loss alone (backtracking)."""
    trials: list[np.ndarray] = []
    slope = float(dot(grad, p))
    while slope < 0 and len(trials) < max_trials:
        candidate = x + alpha * p
        trials.append(candidate)
        f_candidate = evaluate_loss(loss, candidate)
        if f_candidate < math.inf and f_candidate <= value + c1 * alpha * slope:
            return SearchResult(alpha, candidate, np.array(trials))
        if (candidate == x).all():
            break  # this step, and therefore every shorter one, is lost in rounding
        alpha *= shrink
    return SearchResult(0.0, x, np.array(trials or [x]))


def strong_wolfe_search(
    loss: Loss,
    x: np.ndarray,
    value: float,
    grad: np.ndarray,
    p: np.ndarray,
    alpha: float,
    *,
    c1: float = 1e-4,
    c2: float = 0.9,
    max_trials: int = 50,
) -> SearchResult:
    """Search for a step that satisfies the strong Wolfe conditions (algorithms 3.5 and 3.6).

    The step is lengthened until it brackets such a point; then the bracket is narrowed. After ``max_trials``
    evaluations, or at 10,000 times the first step, the best point that satisfies the Armijo condition is returned.
    """
    trials: list[np.ndarray] = []
    start, raw_phi = Trial(0.0, x, value, grad, float(dot(grad, p))), line_function(loss, x, p, trials)

    def phi(alpha: float) -> Trial:
        trial = raw_phi(alpha)
        finite = math.isfinite(trial.value) and math.isfinite(trial.slope)
        return trial if finite else trial._replace(value=math.inf, slope=math.nan)

    def finish(trial: Trial) -> SearchResult:
        return SearchResult(trial.alpha, trial.x, np.array(trials or [x]), trial.grad)

    def violates_armijo(trial: Trial) -> bool:
        return trial.value > value + c1 * trial.alpha * start.slope

    def meets_curvature(trial: Trial) -> bool:
        return abs(trial.slope) <= -c2 * start.slope

    def zoom(low: Trial, high: Trial) -> SearchResult:
        """Narrow the bracket between ``low`` and ``high``, which contains a point that satisfies both conditions.

        ``low`` is the point with the lowest loss so far that satisfies the Armijo condition.
        """
        while len(trials) < max_trials and not (low.x == high.x).all():
            if abs(high.alpha - low.alpha) * -start.slope <= 1e-16 * abs(value):
                break  # the remaining decrease is below the rounding error of the loss
            left, right = min(low.alpha, high.alpha), max(low.alpha, high.alpha)
            margin = 0.1 * (right - left)  # too close to an end of the bracket, it would hardly shrink
            if high.value == math.inf:
                trial = phi(low.alpha + 0.1 * (high.alpha - low.alpha))
            else:
                trial = phi(cubic_minimum(low, high, left + margin, right - margin))
            if violates_armijo(trial) or trial.value >= low.value:
                high = trial
            elif meets_curvature(trial):
                return finish(trial)
            else:
                low, high = trial, low if trial.slope * (high.alpha - low.alpha) >= 0 else high
        return finish(low)

    if not (start.slope < 0 and alpha > 0):
        return finish(start)
    previous, alpha_max = start, 1e4 * alpha  # on a surface that is unbounded below the step would grow forever
    while len(trials) < max_trials and previous.alpha < alpha_max:
        trial = phi(alpha)
        if violates_armijo(trial) or (previous is not start and trial.value >= previous.value):
            return zoom(previous, trial)
        if meets_curvature(trial):
            return finish(trial)
        if trial.slope >= 0:
            return zoom(trial, previous)
        alpha = min(cubic_minimum(previous, trial, 1.1 * alpha, 10 * alpha), alpha_max)
        previous = trial
    return finish(previous)


def cubic_minimum(a: Trial, b: Trial, low: float, high: float) -> float:
    """Return the minimizer of the cubic through values and slopes at a and b, clipped to [low, high].

    If the cubic has no minimum, the midpoint of ``low`` and ``high``, as in torch.
    """
    if b.alpha < a.alpha:
        a, b = b, a
    if a.alpha < b.alpha:
        d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.alpha - b.alpha)
        square = d1 * d1 - a.slope * b.slope
        if 0 <= square < math.inf:
            d2 = math.sqrt(square)
            width = b.slope - a.slope + 2 * d2
            if width != 0:
                return min(max(b.alpha - (b.alpha - a.alpha) * ((b.slope + d2 - d1) / width), low), high)
    return (low + high) / 2
