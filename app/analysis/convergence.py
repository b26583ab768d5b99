"""Whether a run has come to rest, and where: at a minimum, at a saddle, or where weight decay holds it.

A gradient alone decides nothing: a ball that rolls over the minimum has none, and one that turns has no speed. A run has
converged where it is within the tolerance of a minimum and its speed, its swings or its stay say that it will not leave.
"""

from __future__ import annotations

import numpy as np

from app.analysis.curvature import StationaryPoint, find_stationary_point, l2_penalty
from app.analysis.run_snapshot import STALL_STEPS, RunSnapshot, RunStatus
from app.utils.i18n import tr

SETTLED_STEPS = (
    300  # steps within the tolerance after which a run stays there, and steps in which one at rest would not leave it
)
SADDLE_RADIUS_FACTOR = 10  # times the tolerance: so near a saddle, and so much slower than that, a run lingers
MIN_SADDLE_STEPS = 3  # for which it must have been there


def convergence_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Converged or at a saddle; None of a run that moves, or has stopped where nothing holds it."""
    motion, tolerance = snapshot.motion, snapshot.tolerance
    oscillation = motion.oscillation
    is_settled = not snapshot.is_noisy and (
        float(motion.step_sizes[-1]) * SETTLED_STEPS <= tolerance
        or (oscillation is not None and oscillation.width <= tolerance and oscillation.growth < 1.05)
    )
    is_slow = motion.speed * MIN_SADDLE_STEPS <= tolerance
    if not (is_settled or is_slow or _recently_within_tolerance(snapshot)):
        return None
    if (
        snapshot.nearest_minimum
        and snapshot.distance_to_minimum <= tolerance
        and (is_settled or _has_stayed_near(snapshot, *snapshot.nearest_minimum))
    ):
        return _global_minimum_status(snapshot, *snapshot.nearest_minimum)
    stationary_point = find_stationary_point(
        snapshot.surface, snapshot.x, snapshot.y, SADDLE_RADIUS_FACTOR * tolerance, l2_penalty(snapshot.update)
    )
    if (
        stationary_point
        and stationary_point.kind == "minimum"
        and snapshot.distance_to(stationary_point.x, stationary_point.y) <= tolerance
        and (is_settled or _has_stayed_near(snapshot, stationary_point.x, stationary_point.y))
    ):
        return _local_minimum_status(snapshot, stationary_point.x, stationary_point.y)
    if stationary_point and stationary_point.kind in ("saddle", "maximum") and is_slow:
        start_step = snapshot.first_step_within(
            stationary_point.x, stationary_point.y, SADDLE_RADIUS_FACTOR * tolerance
        )
        if snapshot.step - start_step >= MIN_SADDLE_STEPS or (start_step == 0 and snapshot.gradient_norm == 0):
            return _saddle_status(snapshot, stationary_point, start_step)
    return _check_decay_balance(snapshot)


def _recently_within_tolerance(snapshot: RunSnapshot) -> bool:
    """Whether its last steps fit into a circle as wide as the tolerance; a quick look before ``_stayed``."""
    positions = snapshot.motion.positions[-SETTLED_STEPS - 1 :]
    return len(positions) > SETTLED_STEPS and bool((np.abs(positions - positions[-1]) <= 2 * snapshot.tolerance).all())


def _has_stayed_near(snapshot: RunSnapshot, x: float, y: float) -> bool:
    """Whether it has been near a point for so long that it will not leave."""
    return snapshot.first_step_within(x, y, snapshot.tolerance) <= snapshot.step - SETTLED_STEPS


def _global_minimum_status(snapshot: RunSnapshot, x: float, y: float) -> RunStatus:
    start_step, count = snapshot.first_step_within(x, y, snapshot.tolerance), len(snapshot.minima)
    point_text = snapshot.format_point(x, y)
    minimum_text = (
        tr("the global minimum {place}", place=point_text)
        if count == 1
        else tr("{place}, one of {count} global minima,", place=point_text, count=count)
    )
    text = tr(
        "has been within {tolerance:.2g} of {which} since step {since:,}; the loss is {loss:.4g}",
        tolerance=snapshot.tolerance,
        which=minimum_text,
        since=start_step,
        loss=snapshot.loss,
    )
    return RunStatus("converged", tr("converged"), text, start_step, minimum=(x, y))


def _local_minimum_status(snapshot: RunSnapshot, x: float, y: float) -> RunStatus:
    """At a minimum that is not among the known global ones, or is one only together with the weight decay."""
    start_step, decay = snapshot.first_step_within(x, y, snapshot.tolerance), l2_penalty(snapshot.update)
    if decay:
        return _decay_balance_status(snapshot, decay, start_step)
    text = tr(
        "has been within {tolerance:.2g} of the local minimum {place} since step {since:,}; the loss is {loss:.4g}",
        tolerance=snapshot.tolerance,
        place=snapshot.format_point(x, y),
        since=start_step,
        loss=snapshot.loss,
    )
    if snapshot.minimum_loss is not None:
        gap = snapshot.loss - snapshot.minimum_loss
        text += (
            tr(", as low as the global minimum")
            if abs(gap) <= 1e-6 * max(1.0, abs(snapshot.minimum_loss))
            else tr(", {gap:.3g} above the global minimum", gap=gap)
            if gap > 0
            else tr(", {gap:.3g} below the lowest minimum that is known", gap=-gap)
        )
    return RunStatus("converged", tr("converged (local)"), text, start_step, minimum=(x, y))


def _check_decay_balance(snapshot: RunSnapshot) -> RunStatus | None:
    """At rest on a slope, for a weight decay beside the gradient holds it there; None where that cannot be told.

    The decay alone would move it a hundred times as fast, and it has become a thousand times as slow as it was on average.
    """
    strengths = {
        modifier.id: settings[modifier.id]
        for stage in snapshot.update.stages.values()
        for modifier, _, settings in stage
    }
    hyperparameters = strengths | snapshot.update.settings
    decay = float(hyperparameters.get("weight_decay") or hyperparameters.get("decoupled_weight_decay") or 0.0)
    learning_rate = snapshot.learning_rate if snapshot.trajectory.method.has_learning_rate else 1.0
    position, speed = snapshot.motion.position, snapshot.motion.mean_speed(STALL_STEPS)
    mean_speed = snapshot.distance_to(snapshot.trajectory.xs[0], snapshot.trajectory.ys[0]) / snapshot.step
    if (
        not decay
        or snapshot.step < STALL_STEPS
        or speed * 1000 > mean_speed
        or not speed * 100 < learning_rate * decay * abs(position)
    ):
        return None
    return _decay_balance_status(snapshot, decay, snapshot.motion.step_entered_radius(position, snapshot.tolerance))


def _decay_balance_status(snapshot: RunSnapshot, decay: float, start_step: int) -> RunStatus:
    point_text = snapshot.format_point(snapshot.x, snapshot.y)
    text = tr(
        "has rested at {place} since step {since:,}, where the weight decay of {decay:g} balances the slope; {away}",
        place=point_text,
        since=start_step,
        decay=decay,
        away=snapshot.minimum_distance_text,
    )
    return RunStatus("converged", tr("converged (decay)"), text, start_step)


def _saddle_status(snapshot: RunSnapshot, stationary_point: StationaryPoint, start_step: int) -> RunStatus:
    """At a saddle or a maximum: the kind is the same, the words are not."""
    large, small = stationary_point.curvature.largest, stationary_point.curvature.smallest
    curvature_text = tr("the Hessian has the eigenvalues {large:.3g} and {small:.3g}", large=large, small=small)
    if stationary_point.degenerate:
        curvature_text = (
            tr("the Hessian is 0 there") if large == small == 0 else curvature_text + tr(", which decide nothing")
        )
        curvature_text += (
            tr(", yet the ground falls to some sides")
            if stationary_point.kind == "saddle"
            else tr(", yet the ground rises to no side")
        )
    values = {
        "place": snapshot.format_point(stationary_point.x, stationary_point.y),
        "since": start_step,
        "shape": curvature_text,
    }
    at_rest = snapshot.motion.speed * SETTLED_STEPS <= snapshot.tolerance
    if stationary_point.kind == "saddle":
        short_text = tr("at a saddle")
        text = (
            tr("has rested at a saddle {place} since step {since:,}: {shape}", **values)
            if at_rest
            else tr("has lingered at a saddle {place} since step {since:,}: {shape}", **values)
        )
    else:
        short_text = tr("at a maximum")
        text = (
            tr("has rested at a maximum {place} since step {since:,}: {shape}", **values)
            if at_rest
            else tr("has lingered at a maximum {place} since step {since:,}: {shape}", **values)
        )
    return RunStatus("saddle", short_text, text, start_step)
