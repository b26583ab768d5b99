"""The largest learning rate at which a run's optimizer is stable, and a text that compares a learning rate with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from app.analysis.curvature import curvature_at
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr
from optimizers.step import BoundUpdate

# Modifiers under which the limits hold: weight decay adds to the curvature, noise does not depend on it.
NEUTRAL_MODIFIERS = {"weight_decay", "noise"}


class StabilityLimit(NamedTuple):
    """The learning rate must stay below ``factor`` / lambda_max; ``formula`` is that in hyperparameter names."""

    learning_rate: float
    factor: float
    formula: str


def _stability_factor(optimizer_id: str, hyperparameters: Mapping[str, float]) -> tuple[float, str] | None:
    """Return the limit of learning rate times curvature on a quadratic, with its formula; None if no limit is known.

    The hyperparameters are assumed constant. Heavy ball: Polyak 1964. Nesterov: the roots of
    z^2 - (1 + beta)(1 - a) z + beta (1 - a) with a = lr lambda lie within the unit circle as long as
    a < 2 (1 + beta) / (1 + 2 beta).
    """
    beta, undamped = hyperparameters.get("momentum", 0.0), 1 - hyperparameters.get("dampening", 0.0)
    if optimizer_id == "sgd":
        return 2.0, "2/λmax"
    if beta > 1:
        return None  # the velocity grows at any learning rate
    if optimizer_id in ("momentum", "momentum_torch"):
        return 2 * (1 + beta), "2(1 + momentum)/λmax"
    if optimizer_id == "averaged_momentum" and undamped > 0:
        return 2 * (1 + beta) / undamped, "2(1 + momentum)/((1 - dampening) λmax)"
    if optimizer_id in ("nesterov", "nesterov_keras"):
        return 2 * (1 + beta) / (1 + 2 * beta), "2(1 + momentum)/((1 + 2 momentum) λmax)"
    return None


def effective_update(trajectory: Trajectory, step: int) -> BoundUpdate:
    """Return the update that a run made in ``step``: optimizer, modifiers, hyperparameters with schedules applied."""
    update = BoundUpdate(trajectory.method, trajectory.surface, trajectory.hyperparameters_at(max(step, 1)))
    update.set_step(max(step, 1))
    return update


def l2_penalty(update: BoundUpdate) -> float:
    """Return the strength of the L2 weight decay of an update."""
    return float(sum(settings[name] for name, settings in update.penalties))


def stability_limit(
    trajectory: Trajectory, step: int, position: tuple[float, float] | None = None, update: BoundUpdate | None = None
) -> StabilityLimit | None:
    """Return the limit for a run's own optimizer and hyperparameters in ``step``.

    The curvature is that at ``position``, by default the run's position after ``step``. None for an optimizer without a
    known limit, with modifiers that change its dynamics, and where the surface does not curve upward.
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


def compare_to_limit(learning_rate: float, limit: StabilityLimit) -> str:
    """Return a text that compares a learning rate with its limit, with enough digits to distinguish them."""
    if math.isclose(learning_rate, limit.learning_rate, rel_tol=1e-9):
        return tr("the learning rate {rate:.6g} is exactly {formula}", rate=learning_rate, formula=limit.formula)
    digits = next((d for d in range(3, 10) if f"{learning_rate:.{d}g}" != f"{limit.learning_rate:.{d}g}"), 10)
    values = {
        "rate": f"{learning_rate:.{digits}g}",
        "formula": limit.formula,
        "limit": f"{limit.learning_rate:.{digits}g}",
    }
    if learning_rate > limit.learning_rate:
        return tr("the learning rate {rate} exceeds {formula} = {limit}", **values)
    if learning_rate < limit.learning_rate / 100:
        return tr("the learning rate {rate} is far below {formula} = {limit}", **values)
    return tr("the learning rate {rate} is below {formula} = {limit}", **values)
