"""How a surface is curved at a point, what that allows a learning rate, and the stationary point close by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from app.engine.trajectory import Track
from optimizers.loss import Loss
from optimizers.step import Step

DEGENERATE = 1e-6  # an eigenvalue this much smaller than the other one counts as 0
HARMLESS = {
    "weight_decay",
    "noise",
}  # parts under which the bounds hold: decay adds to the curvature, noise is independent of it


class Curvature(NamedTuple):
    """The eigenvalues of the Hessian at a point, and the direction of the larger one as an angle; nan where there is none."""

    largest: float
    smallest: float
    angle: float

    def along(self, direction: complex) -> float:
        """The curvature in the direction of a unit vector."""
        share = (direction * complex(math.cos(self.angle), -math.sin(self.angle))).real ** 2
        return share * self.largest + (1 - share) * self.smallest

    @property
    def condition(self) -> float:
        """How many times as curved one direction is as the other, at least 1; inf where one is straight, nan where both are."""
        low, high = sorted((abs(self.largest), abs(self.smallest)))
        return high / low if low else math.inf if high else math.nan

    @property
    def stable_rate(self) -> float:
        """Below this learning rate plain gradient descent settles here: 2 / lambda_max; inf where nothing curves upwards."""
        return 2 / self.largest if self.largest > 0 else self.largest if math.isnan(self.largest) else math.inf

    def stable_rate_with(self, momentum: float) -> float:
        """The same for the heavy ball: 2 (1 + beta) / lambda_max. Polyak 1964; Goh 2017, Why Momentum Really Works, Distill."""
        return (1 + momentum) * self.stable_rate


def curvature(surface: Any, x: float, y: float, penalty: float = 0.0) -> Curvature:
    """The curvature of a surface at a point; a ``penalty`` on the squared distance from the origin adds to it."""
    try:
        with np.errstate(all="ignore"):
            (xx, xy), (_, yy) = Loss(surface).hessian(np.array([x, y], float)).tolist()
    except (ArithmeticError, ValueError):
        return Curvature(math.nan, math.nan, math.nan)
    middle, half = (xx + yy) / 2 + penalty, math.hypot((xx - yy) / 2, xy)
    return Curvature(middle + half, middle - half, math.atan2(2 * xy, xx - yy) / 2)


class Bound(NamedTuple):
    """Theory's bound on the learning rate: it must stay below ``factor`` / lambda_max. ``formula`` is that in words."""

    rate: float
    factor: float
    formula: str


def _factor(rule: str, settings: Mapping[str, float]) -> tuple[float, str] | None:
    """What learning rate times curvature must stay below, on a quadratic and at constant settings; None where theory is silent.

    Heavy ball: Polyak 1964. Nesterov: the roots of z^2 - (1 + beta)(1 - a) z + beta (1 - a) with a = lr lambda lie within the
    unit circle as long as a < 2 (1 + beta) / (1 + 2 beta).
    """
    beta, undamped = settings.get("momentum", 0.0), 1 - settings.get("dampening", 0.0)
    if rule == "sgd":
        return 2.0, "2/λmax"
    if rule in ("momentum", "momentum_torch"):
        return 2 * (1 + beta), "2(1 + momentum)/λmax"
    if rule == "averaged_momentum" and undamped > 0:
        return 2 * (1 + beta) / undamped, "2(1 + momentum)/((1 - dampening) λmax)"
    if rule in ("nesterov", "nesterov_keras"):
        return 2 * (1 + beta) / (1 + 2 * beta), "2(1 + momentum)/((1 + 2 momentum) λmax)"
    return None


def in_force(track: Track, step: int) -> Step:
    """The rule of a run as it made update ``step``: its settings, schedules included, and its parts."""
    update = Step(track.rule, track.surface, track.hyperparameters_at(max(step, 1)))
    update.turn(max(step, 1))
    return update


def penalty_of(step: Step) -> float:
    """The strength of the L2 weight decay."""
    return float(sum(settings[name] for name, settings in step.penalties))


def bound(track: Track, step: int, at: tuple[float, float] | None = None, update: Step | None = None) -> Bound | None:
    """The bound for a run's own rule and settings in update ``step``, where it stood then or ``at`` another point.

    None for a rule without one, with parts that change what it does, and where the ground does not curve upwards.
    """
    update = in_force(track, step) if update is None else update
    known = _factor(track.rule.id, update.settings)
    working = {part.id for stage in update.stages.keys() - {"rate"} for part, _ in update.working(stage)}
    if known is None or not working <= HARMLESS:
        return None
    x, y = (track.xs[step], track.ys[step]) if at is None else at
    steepest = curvature(track.surface, x, y, penalty_of(update)).largest
    factor, formula = known
    return Bound(factor / steepest, factor, formula) if steepest > 0 else None


class Stationary(NamedTuple):
    """A point without slope: "minimum", "saddle", "maximum", or "flat" where all about it is level; its curvature.

    ``degenerate``: the curvature does not decide which, and a ring of heights about the point had to.
    """

    kind: str
    x: float
    y: float
    bend: Curvature
    degenerate: bool


def stationary(surface: Any, x: float, y: float, reach: float, penalty: float = 0.0) -> Stationary | None:
    """The stationary point that Newton's method finds within ``reach`` of a point; None where it finds none.

    Where the curvature decides nothing (a monkey saddle, a plateau) the heights on a ring of that radius do.
    """
    a, b = x, y
    for _ in range(8):
        bend = curvature(surface, a, b, penalty)
        slope = np.array(surface(a, b)[1]) + penalty * np.array([a, b])
        c, s = math.cos(bend.angle), math.sin(bend.angle)
        along, across = float(c * slope[0] + s * slope[1]), float(c * slope[1] - s * slope[0])
        if (along and not bend.largest) or (across and not bend.smallest):
            return None
        p, q = along / bend.largest if along else 0.0, across / bend.smallest if across else 0.0
        a, b = a - c * p + s * q, b - s * p - c * q
        if not math.hypot(a - x, b - y) <= reach:
            return None
        if math.hypot(p, q) <= 1e-7 * reach:
            break
    if math.hypot(p, q) > reach / 50:
        return None
    bend = curvature(surface, a, b, penalty)
    around = np.exp(2j * np.pi * np.arange(24) / 24) * reach + complex(a, b)
    height = float(surface(a, b)[0]) + penalty * (a * a + b * b) / 2
    rise = surface(around.real, around.imag)[0] + penalty * np.abs(around) ** 2 / 2 - height
    size, weak = sorted((abs(bend.largest), abs(bend.smallest)), reverse=True)
    degenerate = weak <= DEGENERATE * size or size * reach**2 / 2 < np.abs(rise).max() / 10
    rounding = 1e-13 * abs(height)
    lower, higher = (
        ((rise < -rounding).any(), (rise > rounding).any()) if degenerate else (bend.smallest < 0, bend.largest > 0)
    )
    kind = ("saddle" if higher else "maximum") if lower else "minimum" if higher else "flat"
    return Stationary(kind, a, b, bend, degenerate)
