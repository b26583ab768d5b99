"""Status of runs that are not converged and do not oscillate: slow, descending, climbing or wandering."""

from __future__ import annotations

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.run_snapshot import MIN_WINDOW, STALL_STEPS, RunSnapshot
from app.analysis.stability_limit import compare_to_limit, l2_penalty, stability_limit
from app.analysis.status_types import RunStatus
from app.utils.i18n import tr

SLOW_PROGRESS_STEPS = 2000  # a run is slow if the remaining distance would take more steps at its recent speed
LOSS_WINDOW = 16  # steps over which the loss is compared
LONG_LOSS_WINDOW = 256  # the same for a run that often changes direction
MIN_LONG_LOSS_WINDOW = 24
MIN_DIRECTION_CHANGES = 6  # from here on a run often changes direction, and its last few steps show little


def slow_progress_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that is far too slow for the remaining distance, or None.

    The remaining distance is that to the nearest known minimum or to the minimum that the curvature predicts, whichever
    is shorter.
    """
    motion, gradient_norm = snapshot.motion, snapshot.gradient_norm
    if snapshot.step < MIN_WINDOW and gradient_norm and snapshot.learning_rate:
        return None
    moving_steps = np.flatnonzero(motion.step_sizes > snapshot.rounding)
    stalled_steps = (
        len(motion.displacements) - 1 - int(moving_steps[-1]) if moving_steps.size else len(motion.displacements)
    )
    curvature = curvature_at(snapshot.surface, snapshot.x, snapshot.y, l2_penalty(snapshot.update))
    remaining_distance = snapshot.distance_to_minimum if snapshot.nearest_minimum else snapshot.diagonal / 10
    if curvature.smallest > 0 and not snapshot.is_nonsmooth:
        remaining_distance = min(remaining_distance, gradient_norm / curvature.smallest)
    is_stalled = stalled_steps >= (STALL_STEPS if snapshot.learning_rate else MIN_WINDOW)
    if float(motion.step_sizes[-128:].mean()) * SLOW_PROGRESS_STEPS >= remaining_distance and not is_stalled:
        return None
    text = _slow_progress_text(snapshot, gradient_norm, stalled_steps)
    short_text = tr("standing still") if stalled_steps >= min(MIN_WINDOW, snapshot.step) else tr("crawling")
    return RunStatus("crawling", short_text, f"{text}; {snapshot.minimum_distance_text}")


def _slow_progress_text(snapshot: RunSnapshot, gradient_norm: float, stalled_steps: int) -> str:
    motion = snapshot.motion
    drift = motion.drift_per_step(STALL_STEPS)
    if snapshot.learning_rate == 0 and stalled_steps >= min(MIN_WINDOW, snapshot.step):
        text = tr("does not move, for the learning rate is 0")
    elif gradient_norm == 0:
        text = (
            tr("moves {pace:.2g} a step: the ground is level here, without any gradient", pace=drift)
            if drift
            else tr("does not move: the ground is level here, without any gradient")
        )
    elif stalled_steps >= MIN_WINDOW:
        text = tr(
            "has stood still, to rounding, for {still} steps with gradient norm {gradient:.3g}",
            still=stalled_steps,
            gradient=gradient_norm,
        )
    else:
        text = (
            tr(
                "crawls, but gets faster: {pace:.2g} a step with gradient norm {gradient:.3g}",
                pace=drift,
                gradient=gradient_norm,
            )
            if motion.step_sizes[-1] > 1.2 * motion.step_sizes[-MIN_WINDOW:].mean()
            else tr("crawls: {pace:.2g} a step with gradient norm {gradient:.3g}", pace=drift, gradient=gradient_norm)
        )
        limit = stability_limit(snapshot.trajectory, snapshot.step, None, snapshot.update)
        if (
            limit
            and snapshot.learning_rate < limit.learning_rate / 100
            and gradient_norm * limit.learning_rate < snapshot.diagonal / 10
        ):
            text = tr("{words}, for {against}", words=text, against=compare_to_limit(snapshot.learning_rate, limit))
    return text


def movement_status(snapshot: RunSnapshot) -> RunStatus:
    """Return whether the loss of a run falls, rises or does neither."""
    motion = snapshot.motion
    window = min(LONG_LOSS_WINDOW, snapshot.step // 2, len(motion.displacements))
    if window >= MIN_LONG_LOSS_WINDOW and motion.direction_changes(window) >= MIN_DIRECTION_CHANGES:
        return _long_trend_status(snapshot, window)
    return _short_trend_status(snapshot)


def _long_trend_status(snapshot: RunSnapshot, window: int) -> RunStatus:
    """Compare the median losses of the first and last third of a window, for a run that often changes direction."""
    losses = snapshot.trajectory.values_between(snapshot.step - window, snapshot.step)[2]
    early, recent = np.sort(losses[: window // 3]), np.sort(losses[-(window // 3) :])
    before, after = float(early[len(early) // 2]), float(recent[len(recent) // 2])
    tail = len(early) // 8
    if after < early[tail] and before > recent[-1 - tail]:
        text = tr(
            "on the whole the loss has fallen in {steps} steps, from about {before:.4g} to about {after:.4g}; {away}",
            steps=window,
            before=before,
            after=after,
            away=snapshot.minimum_distance_text,
        )
        return RunStatus("descending", tr("descending"), text)
    if after > early[-1 - tail] and before < recent[tail]:
        text = tr(
            "on the whole the loss has risen in {steps} steps, from about {before:.4g} to about {after:.4g}; {away}",
            steps=window,
            before=before,
            after=after,
            away=snapshot.minimum_distance_text,
        )
        return RunStatus("climbing", tr("climbing"), text)
    return _wandering_status(snapshot, losses)


def _short_trend_status(snapshot: RunSnapshot) -> RunStatus:
    """Compare the loss with that of a few steps ago, or since it began to rise or fall."""
    losses = snapshot.trajectory.values_between(max(0, snapshot.step - LOSS_WINDOW), snapshot.step)[2]
    recent_changes = np.diff(losses[-4:])
    if (recent_changes > 0).all():  # count only what came after the loss began to rise
        losses = losses[losses.argmin() :]
    elif (recent_changes < 0).all():
        losses = losses[losses.argmax() :]
    steps, change = len(losses) - 1, snapshot.loss - float(losses[0])
    if change:
        span_text = tr("{steps} steps", steps=steps) if steps > 1 else tr("a step")
        values = {
            "change": abs(change),
            "loss": snapshot.loss,
            "span": span_text,
            "away": snapshot.minimum_distance_text,
        }
        if change < 0:
            text = tr("the loss has fallen by {change:.3g} to {loss:.4g} in {span}; {away}", **values)
            return RunStatus("descending", tr("descending"), text)
        return RunStatus(
            "climbing",
            tr("climbing"),
            tr("the loss has risen by {change:.3g} to {loss:.4g} in {span}; {away}", **values),
        )
    if snapshot.step < MIN_WINDOW:
        return RunStatus(
            "start",
            tr("start"),
            tr(
                "too few steps to say: the loss is {loss:.4g} as at the start; {away}",
                loss=snapshot.loss,
                away=snapshot.minimum_distance_text,
            ),
        )
    text = tr(
        "moves {pace:.3g} a step, and the loss, {loss:.4g}, is as {steps} steps before; {away}",
        pace=snapshot.motion.drift_per_step(steps),
        loss=snapshot.loss,
        steps=steps,
        away=snapshot.minimum_distance_text,
    )
    return RunStatus("wandering", tr("wandering"), text)


def _wandering_status(snapshot: RunSnapshot, losses: np.ndarray) -> RunStatus:
    steps, motion = len(losses) - 1, snapshot.motion
    positions = motion.positions[-steps - 1 :]
    center, mean_step_size = complex(positions.mean()), float(motion.step_sizes[-steps:].mean())
    low, high = f"{losses.min():.4g}", f"{losses.max():.4g}"
    loss = tr("between {low} and {high}", low=low, high=high) if low != high else low
    text = tr(
        "wanders{where}, {pace:.3g} a step, and neither falls nor rises: in {steps} steps the loss was {loss}; {away}",
        where=snapshot.near_minimum_text(center, 2 * float(np.abs(positions - center).mean())),
        pace=mean_step_size,
        steps=steps,
        loss=loss,
        away=snapshot.minimum_distance_text,
    )
    if snapshot.is_noisy:
        text = tr("{words}; the noise of its gradient keeps it moving", words=text)
    return RunStatus("wandering", tr("wandering"), text)
