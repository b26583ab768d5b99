"""Status of runs that are far too slow for the remaining distance, or that stand still."""

from __future__ import annotations

import math

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import compare_to_limit, has_stability_theory, stability_limit
from app.analysis.status.run_snapshot import MIN_WINDOW, STALL_STEPS, RunSnapshot
from app.analysis.status.status_types import RunStatus
from app.utils.i18n import tr

SLOW_PROGRESS_STEPS = 2000  # a run is slow if the remaining distance would take more steps at its recent speed
SPEED_WINDOW = 128  # steps over which the speed is averaged
MAX_SLOW_STEP = 0.01  # steps of a slow run are shorter than this multiple of the diagonal, however far it has to go
HYSTERESIS = 1.5  # factor by which the speed of a slow run may vary between two decisions
NORMALIZED_STEP = 0.3  # steps of at least this multiple of the learning rate do not depend on the gradient's size
LOWERED_RATE = 0.01  # a schedule that has multiplied the learning rate by less than this is named as the reason


def slow_progress_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that is far too slow for the remaining distance, or None.

    The remaining distance is that to the nearest known minimum or to the minimum that the curvature predicts, whichever
    is shorter.
    """
    if snapshot.age < MIN_WINDOW and snapshot.gradient_norm and snapshot.learning_rate:
        return None
    stalled_steps = _stalled_steps(snapshot)
    is_stalled = stalled_steps >= (STALL_STEPS if snapshot.learning_rate else MIN_WINDOW)
    if not is_stalled and not (_is_slow(snapshot.at_decision, 1.0) and _is_slow(snapshot, HYSTERESIS)):
        return None
    text = f"{_slow_progress_text(snapshot, stalled_steps)}; {snapshot.minimum_distance_text}"
    if stalled_steps < MIN_WINDOW and _is_normalized(snapshot):
        text += tr("; its step size is set by the learning rate {rate:.3g}", rate=snapshot.learning_rate)
    if not is_stalled or not _has_given_up(snapshot):
        short_text = tr("stalled") if stalled_steps >= min(MIN_WINDOW, snapshot.age) else tr("slow progress")
        return RunStatus("slow", short_text, text)
    return RunStatus("resting", tr("stalled"), text, since=snapshot.step - stalled_steps)


def _is_slow(snapshot: RunSnapshot, factor: float) -> bool:
    """Return whether the last and next steps reach less than a multiple of the remaining distance."""
    longest = MAX_SLOW_STEP * SLOW_PROGRESS_STEPS * snapshot.diagonal
    distance = factor * min(_remaining_distance(snapshot), longest)
    return _reach(snapshot) < distance and _next_reach(snapshot) < distance


def _stalled_steps(snapshot: RunSnapshot) -> int:
    """Return the number of last steps that were all shorter than rounding errors."""
    step_sizes = snapshot.motion.step_sizes
    moving_steps = np.flatnonzero(step_sizes > snapshot.rounding)
    return len(step_sizes) - 1 - int(moving_steps[-1]) if moving_steps.size else len(step_sizes)


def _has_given_up(snapshot: RunSnapshot) -> bool:
    """Return whether a rule that evaluates the loss stands still on a slope: it finds no lower point."""
    method = snapshot.trajectory.method
    return (
        (method.takes_loss or not method.uses_gradient)
        and bool(snapshot.gradient_norm)
        and bool(snapshot.learning_rate)
    )


def _is_normalized(snapshot: RunSnapshot) -> bool:
    """Return whether the steps of an adaptive rule are about as long as its constant learning rate."""
    if snapshot.update.stages["rate"] or has_stability_theory(snapshot.update):
        return False
    return float(snapshot.motion.step_sizes[-1]) >= NORMALIZED_STEP * snapshot.learning_rate


def _reach(snapshot: RunSnapshot) -> float:
    """Return how far the run comes in ``SLOW_PROGRESS_STEPS`` steps at its recent speed.

    An acceleration downhill counts: near its turning points a run with momentum is slow for a while.
    """
    step_sizes, displacements = snapshot.motion.step_sizes, snapshot.motion.displacements
    reach = float(step_sizes[-SPEED_WINDOW:].mean()) * SLOW_PROGRESS_STEPS
    half = min(SPEED_WINDOW, len(displacements)) // 2
    if half >= MIN_WINDOW:
        change = displacements[-half:].mean() - displacements[-2 * half : -half].mean()
        slope_x, slope_y = snapshot.gradient
        if change.real * slope_x + change.imag * slope_y < 0:
            reach += abs(change) / half * SLOW_PROGRESS_STEPS**2 / 2
    return reach


def _next_reach(snapshot: RunSnapshot) -> float:
    """Return how far the run comes in ``SLOW_PROGRESS_STEPS`` steps at the speed of its next steps."""
    steps = SPEED_WINDOW if snapshot.trajectory.method.batched else SPEED_WINDOW // 4
    future = snapshot.future(steps)
    if len(future) < steps:
        return math.inf
    return float(np.abs(np.diff(future)).mean()) * SLOW_PROGRESS_STEPS


def _remaining_distance(snapshot: RunSnapshot) -> float:
    distance = snapshot.distance_to_minimum if snapshot.nearest_minimum else snapshot.diagonal / 10
    curvature = curvature_at(snapshot.surface, snapshot.x, snapshot.y, snapshot.penalty)
    if curvature.smallest > 0 and not snapshot.is_nonsmooth:
        distance = min(distance, abs(snapshot.penalized_gradient) / curvature.smallest)
    return distance


def _slow_progress_text(snapshot: RunSnapshot, stalled_steps: int) -> str:
    motion, gradient_norm = snapshot.motion, snapshot.gradient_norm
    drift = motion.drift_per_step(STALL_STEPS)
    if snapshot.learning_rate == 0 and stalled_steps >= min(MIN_WINDOW, snapshot.age):
        return (
            tr("is not moving because the learning rate is 0 (reduced by the schedule)")
            if snapshot.update.stages["rate"] and snapshot.update.learning_rate != 0
            else tr("is not moving because the learning rate is 0")
        )
    if gradient_norm == 0:
        return (
            tr("moves {pace:.2g} per step: the surface is flat here (zero gradient)", pace=drift)
            if drift
            else tr("is not moving: the surface is flat here (zero gradient)")
        )
    if stalled_steps >= MIN_WINDOW:
        text = tr(
            "has not moved (within floating-point precision) for {still} steps; gradient norm {gradient:.3g}",
            still=stalled_steps,
            gradient=gradient_norm,
        )
    elif motion.step_sizes[-1] > 1.2 * motion.step_sizes[-MIN_WINDOW:].mean():
        text = tr(
            "is progressing slowly but speeding up: {pace:.2g} per step, gradient norm {gradient:.3g}",
            pace=drift,
            gradient=gradient_norm,
        )
    else:
        text = tr(
            "is progressing very slowly: {pace:.2g} per step, gradient norm {gradient:.3g}",
            pace=drift,
            gradient=gradient_norm,
        )
    reason = _reason_text(snapshot)
    return tr("{words}, because {against}", words=text, against=reason) if reason else text


def _reason_text(snapshot: RunSnapshot) -> str:
    """Return a text that names a learning rate as the reason if it is far too small; empty otherwise."""
    learning_rate, update = snapshot.learning_rate, snapshot.update
    base_rate = update.learning_rate
    if update.stages["rate"] and isinstance(base_rate, (int, float)) and learning_rate < LOWERED_RATE * base_rate:
        return tr("the schedule has reduced the learning rate to {rate:.3g}", rate=learning_rate)
    limit = stability_limit(snapshot.trajectory, snapshot.step, None, update)
    if limit and learning_rate < limit.learning_rate / 100:
        return compare_to_limit(learning_rate, limit)
    return ""
