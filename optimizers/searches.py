# mypy: allow-untyped-defs
"""Line searches: how far to go from x along a direction p, as plain functions of the loss.

The letters are those of Nocedal & Wright, Numerical Optimization, 2nd ed. 2006: alpha is the step length,
phi(alpha) = f(x + alpha p) the height along the line, c1 the constant of the Armijo condition
phi(alpha) <= phi(0) + c1 alpha phi'(0), c2 that of the curvature condition |phi'(alpha)| <= c2 |phi'(0)|; the two together
are the strong Wolfe conditions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np

from optimizers.arithmetic import dot
from optimizers.loss import Loss
from optimizers.optimizer import Hyperparameter

Armijo = Annotated[float, Hyperparameter(1e-6, 0.5, "log", most=1.0, label="c1 (decrease)")]
Curvature = Annotated[float, Hyperparameter(1e-3, 0.999, "log", most=1.0, label="c2 (curvature)")]


class Trial(NamedTuple):
    """One place on the line. ``slope`` is phi'(alpha), the slope along p."""

    alpha: float
    x: np.ndarray
    value: float
    grad: np.ndarray
    slope: float


class Found(NamedTuple):
    """Where a search ended, and every point it tried, in order, (k, 2). One that found nothing stays at x with alpha = 0.

    ``grad`` is the gradient there; None from a search that asks for heights alone.
    """

    alpha: float
    x: np.ndarray
    trials: np.ndarray
    grad: Any = None


def look(loss: Loss, x: np.ndarray) -> tuple[Any, np.ndarray]:
    """Height and gradient; infinitely high where the arithmetic fails, since a trial may land outside of the surface."""
    try:
        return loss.both(x)
    except (ArithmeticError, ValueError):
        return math.inf, np.full(2, math.nan)


def height(loss: Loss, x: np.ndarray) -> float:
    """The height alone; infinite where there is no finite one, so that such a point is the worst of all."""
    try:
        value = loss.value(x)
    except (ArithmeticError, ValueError):
        return math.inf
    return float(value) if math.isfinite(value) else math.inf


def line(loss: Loss, x: np.ndarray, p: np.ndarray, trials: list[np.ndarray]) -> Callable[[float], Trial]:
    """phi with all that belongs to it; notes in ``trials`` where it looked."""

    def phi(alpha: float) -> Trial:
        point = x + alpha * p
        trials.append(point)
        value, grad = look(loss, point)
        return Trial(alpha, point, value, grad, float(dot(grad, p)))

    return phi


def armijo(
    loss: Loss,
    x: np.ndarray,
    value: float,
    grad: np.ndarray,
    p: np.ndarray,
    alpha: float,
    *,
    c1: float = 1e-4,
    shrink: float = 0.5,
    most: int = 100,
) -> Found:
    """Backtracking: from ``alpha`` shorten by ``shrink`` until the Armijo condition holds, by heights alone."""
    trials: list[np.ndarray] = []
    slope = float(dot(grad, p))
    while slope < 0 and len(trials) < most:
        there = x + alpha * p
        trials.append(there)
        f_there = height(loss, there)
        if f_there < math.inf and f_there <= value + c1 * alpha * slope:
            return Found(alpha, there, np.array(trials))
        if (there == x).all():
            break  # the step is lost in rounding, and so are all shorter ones
        alpha *= shrink
    return Found(0.0, x, np.array(trials or [x]))


def strong_wolfe(
    loss: Loss,
    x: np.ndarray,
    value: float,
    grad: np.ndarray,
    p: np.ndarray,
    alpha: float,
    *,
    c1: float = 1e-4,
    c2: float = 0.9,
    most: int = 50,
) -> Found:
    """Algorithms 3.5 and 3.6: lengthen the step until it brackets a point that satisfies both conditions, then zoom in on it.

    After ``most`` evaluations, or at 10 000 times the first step, it takes the best point that satisfies the Armijo condition.
    """
    trials: list[np.ndarray] = []
    start, free = Trial(0.0, x, value, grad, float(dot(grad, p))), line(loss, x, p, trials)

    def phi(alpha: float) -> Trial:
        here = free(alpha)
        finite = math.isfinite(here.value) and math.isfinite(here.slope)
        return here if finite else here._replace(value=math.inf, slope=math.nan)

    def end(here: Trial) -> Found:
        return Found(here.alpha, here.x, np.array(trials or [x]), here.grad)

    def too_high(here: Trial) -> bool:
        return here.value > value + c1 * here.alpha * start.slope

    def flat(here: Trial) -> bool:
        return abs(here.slope) <= -c2 * start.slope

    def zoom(low: Trial, high: Trial) -> Found:
        """``low`` is the lowest point so far that satisfies Armijo; between it and ``high`` lies a point that satisfies both."""
        while len(trials) < most and not (low.x == high.x).all():
            if abs(high.alpha - low.alpha) * -start.slope <= 1e-16 * abs(value):
                break  # what is left to win is lost in the rounding of the height
            left, right = min(low.alpha, high.alpha), max(low.alpha, high.alpha)
            margin = 0.1 * (right - left)  # too near to an end, the bracket would hardly shrink
            if high.value == math.inf:
                here = phi(low.alpha + 0.1 * (high.alpha - low.alpha))
            else:
                here = phi(cubic_minimum(low, high, left + margin, right - margin))
            if too_high(here) or here.value >= low.value:
                high = here
            elif flat(here):
                return end(here)
            else:
                low, high = here, low if here.slope * (high.alpha - low.alpha) >= 0 else high
        return end(low)

    if not (start.slope < 0 and alpha > 0):
        return end(start)
    last, alpha_max = start, 1e4 * alpha  # a surface without a floor would lead away for ever
    while len(trials) < most and last.alpha < alpha_max:
        here = phi(alpha)
        if too_high(here) or (last is not start and here.value >= last.value):
            return zoom(last, here)
        if flat(here):
            return end(here)
        if here.slope >= 0:
            return zoom(here, last)
        alpha = min(cubic_minimum(last, here, 1.1 * alpha, 10 * alpha), alpha_max)
        last = here
    return end(last)


def cubic_minimum(a: Trial, b: Trial, low: float, high: float) -> float:
    """The minimum of the cubic through the heights and slopes at a and b, kept between ``low`` and ``high``.

    Their middle where the cubic has no minimum, as in torch.
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
