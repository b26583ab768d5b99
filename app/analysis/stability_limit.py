"""The largest learning rate at which a run's optimizer is stable, and a text that compares a learning rate with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from app.analysis.curvature import curvature_at
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr
from optimizers.loss import Loss
from optimizers.step import BoundUpdate

# Modifiers under which the limits hold: L2 weight decay adds to the curvature, noise does not depend on it.
NEUTRAL_MODIFIERS = {"weight_decay", "noise"}
EQUAL_RATIO = 1e-9  # relative difference up to which a learning rate equals its limit


class StabilityLimit(NamedTuple):
    """The learning rate must stay below ``factor`` / lambda_max; ``formula`` is that in hyperparameter names."""

    learning_rate: float
    factor: float
    formula: str

    def relation_of(self, learning_rate: float) -> str:
        """Return "below", "equal" or "exceeds" for a learning rate."""
        if math.isclose(learning_rate, self.learning_rate, rel_tol=EQUAL_RATIO):
            return "equal"
        return "exceeds" if learning_rate > self.learning_rate else "below"


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
    update = BoundUpdate(trajectory.method, trajectory.surface_at(step), trajectory.hyperparameters_at(max(step, 1)))
    update.set_step(max(step, 1))
    return update


def active_modifiers(update: BoundUpdate) -> set[str]:
    """Return the ids of the modifiers that are on, without schedules of the learning rate."""
    return {modifier.id for stage in update.stages.keys() - {"rate"} for modifier, _ in update.active_modifiers(stage)}


def l2_penalty(update: BoundUpdate) -> float:
    """Return the strength of the L2 weight decay of an update.

    For gradient descent, decoupled weight decay is the same as an L2 penalty (Loshchilov & Hutter 2019,
    arXiv:1711.05101, proposition 1).
    """
    strength = float(sum(settings[name] for name, settings in update.penalties))
    if update.optimizer.id == "sgd":
        strength += sum(
            float(settings[modifier.id])
            for modifier, _, settings in update.stages["position"]
            if modifier.id == "decoupled_weight_decay"
        )
    return strength


def has_stability_theory(update: BoundUpdate) -> bool:
    """Return whether the limit of an update is known: not for other optimizers, nor with modifiers that change it."""
    neutral = NEUTRAL_MODIFIERS | ({"decoupled_weight_decay"} if update.optimizer.id == "sgd" else set())
    return _stability_factor(update.optimizer.id, update.settings) is not None and active_modifiers(update) <= neutral


def stability_limit(
    trajectory: Trajectory, step: int, position: tuple[float, float] | None = None, update: BoundUpdate | None = None
) -> StabilityLimit | None:
    """Return the limit for a run's own optimizer and hyperparameters in ``step``.

    The curvature is that at ``position``, by default the run's position after ``step``. None for an optimizer without a
    known limit, with modifiers that change its dynamics, and where the surface does not curve upward.
    """
    if trajectory.projected_problem is not None:  # the curvature of the plane is not that of the problem
        return None
    update = effective_update(trajectory, step) if update is None else update
    stability_factor = _stability_factor(trajectory.method.id, update.settings)
    if stability_factor is None or not has_stability_theory(update):
        return None
    x, y = (trajectory.xs[step], trajectory.ys[step]) if position is None else position
    penalty = l2_penalty(update)
    max_curvature = curvature_at(trajectory.surface_at(step), x, y, penalty).largest
    factor, formula = stability_factor
    if not max_curvature > 0:
        return None
    return StabilityLimit(factor / max_curvature, factor, _written_out(formula, trajectory, penalty))


def _written_out(formula: str, trajectory: Trajectory, penalty: float) -> str:
    """Return a formula with what λmax stands for: f″ on a line, and weight decay is added to it."""
    name = "f″" if getattr(trajectory.surface_at(0), "dimension", 2) == 1 else "λmax"
    return formula.replace("λmax", f"({name} + weight decay)" if penalty else name)


def adaptive_limit(
    trajectory: Trajectory, step: int, position: tuple[float, float], update: BoundUpdate
) -> tuple[float, StabilityLimit] | None:
    """Return the effective learning rate of Adam or RMSprop after ``step`` and its limit at a position; else None.

    With a constant scale sqrt(v) of each coordinate, Adam is momentum as a moving average on the surface whose Hessian
    H is replaced by P^-1/2 H P^-1/2 with P = sqrt(v) + eps: it is stable as long as the largest eigenvalue of that,
    times the learning rate, stays below 2 (1 + beta1) / (1 - beta1) (Cohen et al. 2022, arXiv:2207.14484). The
    effective learning rate is that product divided by the largest eigenvalue of H.
    """
    settings, method = update.settings, trajectory.method
    if method.id not in ("adam", "adamw", "rmsprop") or active_modifiers(update) - {"weight_decay"}:
        return None
    if settings.get("momentum") or settings.get("centered"):
        return None
    beta1, decay = settings.get("beta1", 0.0), settings["beta2" if "beta2" in settings else "rho"]
    point, index = trajectory.point_at(step), list(method.state).index("v") + 1
    correction = 1 - settings["bias_correction"] * decay**step
    scale = np.sqrt(np.array([point.x[index], point.y[index]]) / correction) + settings["eps"]
    penalty = l2_penalty(update)
    loss = Loss(trajectory.surface_at(step))
    size = slice(loss.dimension)
    hessian, scale = (loss.hessian(np.array(position)) + penalty * np.eye(2))[size, size], scale[size]
    max_curvature = float(np.linalg.eigvalsh(hessian)[-1])
    if not (max_curvature > 0 and np.isfinite(hessian).all() and (scale > 0).all()):
        return None
    preconditioned = hessian / np.sqrt(np.outer(scale, scale))
    rate = float(settings["lr"] * np.linalg.eigvalsh(preconditioned)[-1] / max_curvature)
    factor = 2 * (1 + beta1) / (1 - beta1)
    formula = "2(1 + beta1)/((1 - beta1) λmax)" if "beta1" in settings else "2/λmax"
    return rate, StabilityLimit(factor / max_curvature, factor, _written_out(formula, trajectory, penalty))


def distinct_digits(one: float, other: float) -> int:
    """Return the number of significant digits that distinguish two numbers, at least 3 and at most 10."""
    return next((digits for digits in range(3, 10) if f"{one:.{digits}g}" != f"{other:.{digits}g}"), 10)


def compare_to_limit(learning_rate: float, limit: StabilityLimit) -> str:
    """Return a text that compares a learning rate with its limit, with enough digits to distinguish them."""
    if limit.relation_of(learning_rate) == "equal":
        return tr(
            "the learning rate {rate:.6g} equals the stability limit {formula}",
            rate=learning_rate,
            formula=limit.formula,
        )
    digits = distinct_digits(learning_rate, limit.learning_rate)
    values = {
        "rate": f"{learning_rate:.{digits}g}",
        "formula": limit.formula,
        "limit": f"{limit.learning_rate:.{digits}g}",
    }
    if learning_rate > limit.learning_rate:
        return tr("the learning rate {rate} exceeds the stability limit {formula} = {limit}", **values)
    if learning_rate < limit.learning_rate / 100:
        return tr("the learning rate {rate} is far below the stability limit {formula} = {limit}", **values)
    return tr("the learning rate {rate} is below the stability limit {formula} = {limit}", **values)
