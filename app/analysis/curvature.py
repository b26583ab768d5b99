"""How a surface is curved at a point, what that allows a learning rate, and the stationary point close by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from app.engine.trajectory import Trajectory
from optimizers.loss import Loss
from optimizers.step import BoundUpdate

DEGENERATE_RATIO = 1e-6  # an eigenvalue this much smaller than the other one counts as 0
NEUTRAL_MODIFIERS = {
    "weight_decay",
    "noise",
}  # parts under which the bounds hold: decay adds to the curvature, noise is independent of it


class Curvature(NamedTuple):
    """The eigenvalues of the Hessian at a point, and the direction of the larger one as an angle; nan where there is none."""

    largest: float
    smallest: float
    angle: float

    def component_along(self, direction: complex) -> float:
        """The curvature in the direction of a unit vector."""
        fraction = (direction * complex(math.cos(self.angle), -math.sin(self.angle))).real ** 2
        return fraction * self.largest + (1 - fraction) * self.smallest

    @property
    def condition_number(self) -> float:
        """How many times as curved one direction is as the other, at least 1; inf where one is straight, nan where both are."""
        low, high = sorted((abs(self.largest), abs(self.smallest)))
        return high / low if low else math.inf if high else math.nan

    @property
    def stable_learning_rate(self) -> float:
        """Below this learning rate plain gradient descent settles here: 2 / lambda_max; inf where nothing curves upwards."""
        return 2 / self.largest if self.largest > 0 else self.largest if math.isnan(self.largest) else math.inf

    def stable_learning_rate_with(self, momentum: float) -> float:
        """The same for the heavy ball: 2 (1 + beta) / lambda_max. Polyak 1964; Goh 2017, Why Momentum Really Works, Distill."""
        return (1 + momentum) * self.stable_learning_rate


def curvature_at(surface: Any, x: float, y: float, penalty: float = 0.0) -> Curvature:
    """The curvature of a surface at a point; a ``penalty`` on the squared distance from the origin adds to it."""
    try:
        with np.errstate(all="ignore"):
            (xx, xy), (_, yy) = Loss(surface).hessian(np.array([x, y], float)).tolist()
    except (ArithmeticError, ValueError):
        return Curvature(math.nan, math.nan, math.nan)
    mean, half_difference = (xx + yy) / 2 + penalty, math.hypot((xx - yy) / 2, xy)
    return Curvature(mean + half_difference, mean - half_difference, math.atan2(2 * xy, xx - yy) / 2)


class StabilityLimit(NamedTuple):
    """Theory's bound on the learning rate: it must stay below ``factor`` / lambda_max. ``formula`` is that in words."""

    learning_rate: float
    factor: float
    formula: str


def _stability_factor(optimizer_id: str, hyperparameters: Mapping[str, float]) -> tuple[float, str] | None:
    """What learning rate times curvature must stay below, on a quadratic and at constant settings; None where theory is silent.

    Heavy ball: Polyak 1964. Nesterov: the roots of z^2 - (1 + beta)(1 - a) z + beta (1 - a) with a = lr lambda lie within the
    unit circle as long as a < 2 (1 + beta) / (1 + 2 beta).
    """
    beta, undamped = hyperparameters.get("momentum", 0.0), 1 - hyperparameters.get("dampening", 0.0)
    if optimizer_id == "sgd":
        return 2.0, "2/λmax"
    if optimizer_id in ("momentum", "momentum_torch"):
        return 2 * (1 + beta), "2(1 + momentum)/λmax"
    if optimizer_id == "averaged_momentum" and undamped > 0:
        return 2 * (1 + beta) / undamped, "2(1 + momentum)/((1 - dampening) λmax)"
    if optimizer_id in ("nesterov", "nesterov_keras"):
        return 2 * (1 + beta) / (1 + 2 * beta), "2(1 + momentum)/((1 + 2 momentum) λmax)"
    return None


def effective_update(trajectory: Trajectory, step: int) -> BoundUpdate:
    """The rule of a run as it made update ``step``: its settings, schedules included, and its parts."""
    update = BoundUpdate(trajectory.method, trajectory.surface, trajectory.hyperparameters_at(max(step, 1)))
    update.set_step(max(step, 1))
    return update


def l2_penalty(update: BoundUpdate) -> float:
    """The strength of the L2 weight decay."""
    return float(sum(settings[name] for name, settings in update.penalties))


def stability_limit(
    trajectory: Trajectory, step: int, position: tuple[float, float] | None = None, update: BoundUpdate | None = None
) -> StabilityLimit | None:
    """The bound for a run's own rule and settings in update ``step``, where it stood then or ``at`` another point.

    None for a rule without one, with parts that change what it does, and where the ground does not curve upwards.
    """
    update = effective_update(trajectory, step) if update is None else update
    stability_factor = _stability_factor(trajectory.method.id, update.settings)
    active_modifiers = {
        modifier.id for stage in update.stages.keys() - {"rate"} for modifier, _ in update.active_modifiers(stage)
    }
    if stability_factor is None or not active_modifiers <= NEUTRAL_MODIFIERS:
        return None
    x, y = (trajectory.xs[step], trajectory.ys[step]) if position is None else position
    max_curvature = curvature_at(trajectory.surface, x, y, l2_penalty(update)).largest
    factor, formula = stability_factor
    return StabilityLimit(factor / max_curvature, factor, formula) if max_curvature > 0 else None


class StationaryPoint(NamedTuple):
    """A point without slope: "minimum", "saddle", "maximum", or "flat" where all about it is level; its curvature.

    ``degenerate``: the curvature does not decide which, and a ring of heights about the point had to.
    """

    kind: str
    x: float
    y: float
    curvature: Curvature
    degenerate: bool


def find_stationary_point(
    surface: Any, x: float, y: float, radius: float, penalty: float = 0.0
) -> StationaryPoint | None:
    """The stationary point that Newton's method finds within ``reach`` of a point; None where it finds none.

    Where the curvature decides nothing (a monkey saddle, a plateau) the heights on a ring of that radius do.
    """
    a, b = x, y
    for _ in range(8):
        curvature = curvature_at(surface, a, b, penalty)
        gradient = np.array(surface(a, b)[1]) + penalty * np.array([a, b])
        c, s = math.cos(curvature.angle), math.sin(curvature.angle)
        along_component, across_component = (
            float(c * gradient[0] + s * gradient[1]),
            float(c * gradient[1] - s * gradient[0]),
        )
        if (along_component and not curvature.largest) or (across_component and not curvature.smallest):
            return None
        p, q = (
            along_component / curvature.largest if along_component else 0.0,
            across_component / curvature.smallest if across_component else 0.0,
        )
        a, b = a - c * p + s * q, b - s * p - c * q
        if not math.hypot(a - x, b - y) <= radius:
            return None
        if math.hypot(p, q) <= 1e-7 * radius:
            break
    if math.hypot(p, q) > radius / 50:
        return None
    curvature = curvature_at(surface, a, b, penalty)
    ring_points = np.exp(2j * np.pi * np.arange(24) / 24) * radius + complex(a, b)
    height = float(surface(a, b)[0]) + penalty * (a * a + b * b) / 2
    rise = surface(ring_points.real, ring_points.imag)[0] + penalty * np.abs(ring_points) ** 2 / 2 - height
    max_magnitude, min_magnitude = sorted((abs(curvature.largest), abs(curvature.smallest)), reverse=True)
    degenerate = (
        min_magnitude <= DEGENERATE_RATIO * max_magnitude or max_magnitude * radius**2 / 2 < np.abs(rise).max() / 10
    )
    rounding = 1e-13 * abs(height)
    lower, higher = (
        ((rise < -rounding).any(), (rise > rounding).any())
        if degenerate
        else (curvature.smallest < 0, curvature.largest > 0)
    )
    kind = ("saddle" if higher else "maximum") if lower else "minimum" if higher else "flat"
    return StationaryPoint(kind, a, b, curvature, degenerate)
