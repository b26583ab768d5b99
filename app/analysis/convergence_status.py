"""Whether a run has converged, and to what: a minimum, a saddle point, or a balance of weight decay and gradient.

The gradient or the speed alone cannot show this: a run with momentum has no gradient while it passes the minimum and no
speed where it turns back. A run has converged if it is within the tolerance of a minimum and its speed, its oscillation
or the time it has spent there show that it will not leave.
"""

from __future__ import annotations

import numpy as np

from app.analysis.curvature import StationaryPoint, find_stationary_point
from app.analysis.run_snapshot import STALL_STEPS, RunSnapshot
from app.analysis.stability_limit import l2_penalty
from app.analysis.status_types import RunStatus
from app.utils.i18n import tr

# A run that has been within the tolerance for so many steps stays there; one that would need more steps to leave it at
# its present speed has settled.
SETTLED_STEPS = 300
SADDLE_RADIUS_FACTOR = 10  # a run is at a saddle point within this multiple of the tolerance
MIN_SADDLE_STEPS = 3  # steps that a run must have spent there, and that it would need to cross the tolerance


def convergence_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that has converged or is at a saddle point or maximum; None for any other run."""
    motion, tolerance = snapshot.motion, snapshot.tolerance
    oscillation = motion.oscillation
    is_settled = not snapshot.is_noisy and (
        float(motion.step_sizes[-1]) * SETTLED_STEPS <= tolerance
        or (oscillation is not None and oscillation.width <= tolerance and oscillation.growth < 1.05)
    )
    is_slow = motion.recent_step_size * MIN_SADDLE_STEPS <= tolerance
    if not (is_settled or is_slow or _recently_within_tolerance(snapshot)):
        return None
    if (
        snapshot.nearest_minimum
        and snapshot.distance_to_minimum <= tolerance
        and (is_settled or _has_stayed_near(snapshot, *snapshot.nearest_minimum))
    ):
        return _global_minimum_status(snapshot, *snapshot.nearest_minimum)
    radius = SADDLE_RADIUS_FACTOR * tolerance
    point = find_stationary_point(snapshot.surface, snapshot.x, snapshot.y, radius, l2_penalty(snapshot.update))
    if (
        point
        and point.kind == "minimum"
        and snapshot.distance_to(point.x, point.y) <= tolerance
        and (is_settled or _has_stayed_near(snapshot, point.x, point.y))
    ):
        return _local_minimum_status(snapshot, point.x, point.y)
    if point and point.kind in ("saddle", "maximum") and is_slow:
        start_step = snapshot.first_step_within(point.x, point.y, radius)
        if snapshot.step - start_step >= MIN_SADDLE_STEPS or (start_step == 0 and snapshot.gradient_norm == 0):
            return _saddle_status(snapshot, point, start_step)
    return _decay_balance(snapshot)


def _recently_within_tolerance(snapshot: RunSnapshot) -> bool:
    """Return whether the last steps stay near the position: a cheap test before the past is searched."""
    positions = snapshot.motion.positions[-SETTLED_STEPS - 1 :]
    return len(positions) > SETTLED_STEPS and bool((np.abs(positions - positions[-1]) <= 2 * snapshot.tolerance).all())


def _has_stayed_near(snapshot: RunSnapshot, x: float, y: float) -> bool:
    """Return whether a run has been near a point for so long that it will not leave."""
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
    """Return the status at a minimum that is not a known global one, or is a minimum only with the L2 penalty."""
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


def _decay_balance(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run held on a slope by weight decay, or None.

    Two conditions show it: the decay alone would move the run over a hundred times as fast, and the run has become over
    a thousand times as slow as it was on average.
    """
    strengths = {
        modifier.id: settings[modifier.id]
        for stage in snapshot.update.stages.values()
        for modifier, _, settings in stage
    }
    hyperparameters = strengths | snapshot.update.settings
    decay = float(hyperparameters.get("weight_decay") or hyperparameters.get("decoupled_weight_decay") or 0.0)
    learning_rate = snapshot.learning_rate if snapshot.trajectory.method.has_learning_rate else 1.0
    position, drift = snapshot.motion.position, snapshot.motion.drift_per_step(STALL_STEPS)
    mean_drift = snapshot.distance_to(snapshot.trajectory.xs[0], snapshot.trajectory.ys[0]) / snapshot.step
    if (
        not decay
        or snapshot.step < STALL_STEPS
        or drift * 1000 > mean_drift
        or not drift * 100 < learning_rate * decay * abs(position)
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
    """Return the status at a saddle point or maximum; both have the kind "saddle"."""
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
    at_rest = snapshot.motion.recent_step_size * SETTLED_STEPS <= snapshot.tolerance
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
