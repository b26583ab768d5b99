"""The swings of gradient descent with momentum on a quadratic, in closed form."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from typing import NamedTuple

from app.utils.i18n import tr

HEAVY_BALL = ("momentum", "momentum_torch", "averaged_momentum")
NESTEROV = ("nesterov", "nesterov_keras")


def critical_product(optimizer_id: str, settings: Mapping[str, float]) -> float | None:
    """Return lr lambda (1 - dampening) of critical damping, above which it swings; None for other optimizers.

    ``swing_theory`` tells where the formulas come from.
    """
    beta = settings.get("momentum", 0.0)
    if optimizer_id == "sgd":
        return 1.0
    if optimizer_id in HEAVY_BALL:
        return (1 - math.sqrt(beta)) ** 2
    return ((1 - beta) / (1 + beta)) ** 2 if optimizer_id in NESTEROV else None


class SwingTheory(NamedTuple):
    """What theory says of an optimizer on a quadratic with one curvature.

    ``period`` is in steps, ``factor`` that of the amplitude per step, and ``reason`` a text with the inequality that
    makes it swing.
    """

    period: float
    factor: float
    reason: str


def swing_theory(optimizer_id: str, settings: Mapping[str, float], curvature: float) -> SwingTheory | None:
    """Return period and factor of the swings on a quadratic; None for other optimizers, and where there are no swings.

    Along an eigenvector of the Hessian the distance d from the minimum follows d_{t+1} = trace d_t - determinant
    d_{t-1}, so that it is a sum of powers of the roots of z^2 - trace z + determinant. With a = lr lambda, gradient
    descent has trace 1 - a and swings for a > 1; the heavy ball has trace 1 + beta - a and determinant beta and swings
    for a > (1 - sqrt(beta))^2 (Polyak 1964; Goh 2017, Why Momentum Really Works, Distill); Nesterov's method has
    (1 + beta)(1 - a) and beta (1 - a) and swings for a > ((1 - beta) / (1 + beta))^2 (O'Donoghue & Candes 2015,
    doi:10.1007/s10208-013-9150-3).
    """
    beta, threshold = settings.get("momentum", 0.0), critical_product(optimizer_id, settings)
    a = settings.get("lr", math.nan) * curvature * (1 - settings.get("dampening", 0.0))
    if threshold is None or not (a > 0 and math.isfinite(a)):
        return None
    if optimizer_id == "sgd":
        trace, determinant = 1 - a, 0.0
    elif optimizer_id in NESTEROV:
        trace, determinant = (1 + beta) * (1 - a), beta * (1 - a)
    else:
        trace, determinant = 1 + beta - a, beta
    root = cmath.sqrt(trace * trace / 4 - determinant)
    slowest = max(trace / 2 + root, trace / 2 - root, key=abs)
    angle = abs(cmath.phase(slowest))
    if angle < 1e-12:
        return None
    reason = (
        tr("lr λ = {product:.4g} > {limit:.3g}", product=a, limit=threshold)
        if slowest.imag == 0
        else tr("underdamped, lr λ = {product:.4g} > {limit:.3g}", product=a, limit=threshold)
    )
    return SwingTheory(2 * math.pi / angle, abs(slowest), reason)
