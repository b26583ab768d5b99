"""Rules that cannot rest for certain: they divide by an average that fades where the gradient is 0."""

from __future__ import annotations

import math

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import adaptive_limit
from app.analysis.status.rest import steps_until_it_leaves
from app.analysis.status.run_snapshot import STALL_STEPS, RunSnapshot
from app.utils.i18n import tr

# Optimizers whose steps do not shrink with the gradient: their scale is a fading average of its magnitude
FADING_SCALE = {
    *("rmsprop", "rmsprop_keras", "rmsprop_optax", "adadelta", "adafactor", "adafactor_keras", "adafactor_optax"),
    *("adam", "adam_keras", "adam_optax", "adamw", "adamw_keras", "adamax", "adamax_keras", "nadam", "nadam_keras"),
    *("nadam_optax", "radam", "radam_optax", "adabelief", "adan", "adan_optax", "ademamix", "qhadam"),
    *("optimistic_adam", "acprop", "schedule_free_adamw", "adopt", "prodigy"),
}
MIN_BURST_RATE = 0.1  # of the tolerance: a burst is a few learning rates wide


def for_now_text(snapshot: RunSnapshot, x: float, y: float) -> str:
    """Return a text for a rule that cannot rest: its effective learning rate grows beyond the limit in the end.

    The average of the squared gradient fades at rest until only eps is left of the denominator.
    """
    steps = steps_until_it_leaves(snapshot, x, y)
    leaves_text = (
        "" if steps is None else tr("; it is near the minimum for now, but leaves it in {steps} steps", steps=steps)
    )
    if not _scale_fades(snapshot) or _is_fixed(snapshot):
        return leaves_text
    compared = adaptive_limit(snapshot.trajectory, snapshot.step, (x, y), snapshot.update)
    eps = float(snapshot.update.settings.get("eps", 0.0))
    if compared is None:
        largest = curvature_at(snapshot.surface, x, y, snapshot.penalty).largest
        if leaves_text or snapshot.learning_rate * largest <= 2 * eps:
            return leaves_text
        return tr(
            "; it is near the minimum for now: the moving average in the denominator of {rule} decays, so the run may "
            "leave again",
            rule=snapshot.trajectory.method.name,
        )
    rate, limit = compared
    if snapshot.learning_rate <= eps * limit.learning_rate:
        return leaves_text
    if rate > limit.learning_rate:
        return tr(
            "; it is near the minimum for now: lr/√v = {rate:.3g} exceeds the stability limit {formula} = {limit:.4g}, "
            "so the run leaves again",
            rate=rate,
            formula=limit.formula,
            limit=limit.learning_rate,
        )
    return tr(
        "; it is near the minimum for now: lr/√v = {rate:.3g} grows as v decays, and above the stability limit "
        "{formula} = {limit:.4g} the run leaves again",
        rate=rate,
        formula=limit.formula,
        limit=limit.learning_rate,
    )


def _scale_fades(snapshot: RunSnapshot) -> bool:
    """Return whether the scale of the steps fades at rest, and a burst would leave the tolerance."""
    if snapshot.trajectory.method.id not in FADING_SCALE or snapshot.update.stages["rate"] or snapshot.is_nonsmooth:
        return False
    return _memory(snapshot) < 1 and snapshot.learning_rate > MIN_BURST_RATE * snapshot.tolerance


def _memory(snapshot: RunSnapshot) -> float:
    """Return the factor by which the average of the squared gradient fades per step at rest."""
    settings = snapshot.update.settings
    return float(settings.get("beta2", settings.get("rho", 0.0)))


def _is_fixed(snapshot: RunSnapshot) -> bool:
    """Return whether the gradient is exactly 0 and nothing moves, and the momentum fades faster than the scale."""
    settings, motion = snapshot.update.settings, snapshot.motion
    if snapshot.penalized_gradient or motion.step_sizes[-STALL_STEPS:].any():
        return False
    slowest = max(float(settings.get(name, 0.0)) for name in ("beta1", "beta3", "momentum"))
    return slowest < math.sqrt(_memory(snapshot))
