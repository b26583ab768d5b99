"""What a run is doing, in a word and in a sentence: descending, crawling, oscillating, converged, at a saddle, diverged ...

It is judged by positions and losses, and by theory where the rule has one; never by later steps.
"""

from __future__ import annotations

import math

import numpy as np

from app.analysis.convergence import convergence_status
from app.analysis.curvature import StabilityLimit, curvature_at, effective_update, l2_penalty, stability_limit
from app.analysis.motion import Oscillation
from app.analysis.run_snapshot import MIN_WINDOW, STALL_STEPS, RunSnapshot, RunStatus
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

__all__ = ["RunStatus", "run_status"]

SLOW_PROGRESS_STEPS = 2000  # steps to what is left, at the pace of late, from which on a run crawls
GROWTH_TOLERANCE = 1e-3  # by which a swing may grow or shrink and counts as of the same size
LOSS_WINDOW, LONG_LOSS_WINDOW = 16, 256  # steps in which the loss is compared, and those of a run that often turns
MIN_DIRECTION_CHANGES = 6  # turning points that make the last few steps say little
LOOK_BACK_STEPS = 2000  # steps before a divergence among which the lowest loss is looked for
LIMIT_CHECK_STEPS = 8  # steps after that one in which the learning rate is held against its bound


def run_status(trajectory: Trajectory, step: int) -> RunStatus:
    """What a run is doing after ``step``, judged by the steps up to there alone."""
    with np.errstate(all="ignore"):
        diverged_at = trajectory.diverged_at
        if diverged_at is not None and step >= diverged_at:
            return _divergence_status(trajectory, diverged_at)
        snapshot = RunSnapshot(trajectory, min(step, trajectory.last_step))
        if snapshot.step == 0:
            return RunStatus(
                "start",
                tr("start"),
                tr(
                    "starts at {place} with loss {loss:.4g}; {away}",
                    place=snapshot.format_point(snapshot.x, snapshot.y),
                    loss=snapshot.loss,
                    away=snapshot.minimum_distance_text,
                ),
            )
        return (
            convergence_status(snapshot)
            or _cycle_status(snapshot)
            or _oscillation_status(snapshot)
            or _slow_progress_status(snapshot)
            or _movement_status(snapshot)
        )


def _cycle_status(snapshot: RunSnapshot) -> RunStatus | None:
    cycle, oscillation = snapshot.motion.cycle, snapshot.motion.oscillation
    if cycle is None or cycle.width <= snapshot.rounding:
        return None
    text = tr(
        "comes back to the same {period} places every {period} steps, {width:.3g} apart{where}{reason}",
        period=cycle.period,
        width=cycle.width,
        where=snapshot.near_minimum_text(cycle.center, 0.6 * cycle.width),
        reason=_oscillation_cause(snapshot, oscillation)[1] if oscillation else "",
    )
    return RunStatus("cycling", tr("cycling, period {period}", period=cycle.period), text, period=float(cycle.period))


def _oscillation_status(snapshot: RunSnapshot) -> RunStatus | None:
    oscillation = snapshot.motion.oscillation
    if oscillation is None:
        return None
    crosses_valley, cause = _oscillation_cause(snapshot, oscillation)
    change = abs(oscillation.growth - 1)
    size_text = (
        tr("keeps its size")
        if change < GROWTH_TOLERANCE
        else tr("is {growth:.3g} times as wide as the one before", growth=oscillation.growth)
        if change > 1
        else tr("is {percent:.2g} % wider than the one before", percent=100 * change)
        if oscillation.growth > 1
        else tr("is {percent:.2g} % narrower than the one before", percent=100 * change)
    )
    values = {
        "where": snapshot.near_minimum_text(oscillation.center, 0.6 * oscillation.width),
        "period": _format_period(oscillation.period),
        "width": oscillation.width,
        "size": size_text,
        "reason": cause,
    }
    text = (
        tr(
            "swings across the valley{where} every {period} steps, {width:.3g} wide, and each swing {size}{reason}",
            **values,
        )
        if crosses_valley
        else tr(
            "swings to and fro{where} every {period} steps, {width:.3g} wide, and each swing {size}{reason}", **values
        )
    )
    return RunStatus(
        "oscillating",
        tr("oscillating, period {period}", period=_format_period(oscillation.period)),
        text,
        period=oscillation.period,
    )


def _oscillation_cause(snapshot: RunSnapshot, oscillation: Oscillation) -> tuple[bool, str]:
    """Whether a swing goes across a valley; and its learning rate against the bound, where that explains the swing."""
    center = oscillation.center.real, oscillation.center.imag
    curvature = curvature_at(snapshot.surface, *center)
    if snapshot.is_nonsmooth or not curvature.component_along(oscillation.axis) >= 0.8 * curvature.largest:
        return False, ""
    crosses_valley, growing, shrinking = (
        curvature.largest > 3 * abs(curvature.smallest),
        oscillation.growth > 1 + GROWTH_TOLERANCE,
        oscillation.growth < 1 - GROWTH_TOLERANCE,
    )
    limit, at_center = stability_limit(snapshot.trajectory, snapshot.step, center, snapshot.update), True
    if (
        limit and growing and snapshot.learning_rate < limit.learning_rate
    ):  # its ends may be more curved than its middle
        limit, at_center = stability_limit(snapshot.trajectory, snapshot.step, None, snapshot.update), False
    if (
        limit is None
        or (growing and snapshot.learning_rate < limit.learning_rate)
        or (shrinking and snapshot.learning_rate > limit.learning_rate)
    ):
        return crosses_valley, ""
    limit_text = _compare_to_limit(snapshot.learning_rate, limit)
    return crosses_valley, tr(": {against} there", against=limit_text) if at_center else tr(
        ": {against} where it is now", against=limit_text
    )


def _slow_progress_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Far too slow for what is left: to the minimum that the curvature predicts, else to the nearest that is known."""
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
    speed = motion.mean_speed(STALL_STEPS)
    if snapshot.learning_rate == 0 and stalled_steps >= min(MIN_WINDOW, snapshot.step):
        text = tr("does not move, for the learning rate is 0")
    elif gradient_norm == 0:
        text = (
            tr("moves {pace:.2g} a step: the ground is level here, without any gradient", pace=speed)
            if speed
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
                pace=speed,
                gradient=gradient_norm,
            )
            if motion.step_sizes[-1] > 1.2 * motion.step_sizes[-MIN_WINDOW:].mean()
            else tr("crawls: {pace:.2g} a step with gradient norm {gradient:.3g}", pace=speed, gradient=gradient_norm)
        )
        limit = stability_limit(snapshot.trajectory, snapshot.step, None, snapshot.update)
        if (
            limit
            and snapshot.learning_rate < limit.learning_rate / 100
            and gradient_norm * limit.learning_rate < snapshot.diagonal / 10
        ):
            text = tr("{words}, for {against}", words=text, against=_compare_to_limit(snapshot.learning_rate, limit))
    short_text = tr("standing still") if stalled_steps >= min(MIN_WINDOW, snapshot.step) else tr("crawling")
    return RunStatus("crawling", short_text, f"{text}; {snapshot.minimum_distance_text}")


def _movement_status(snapshot: RunSnapshot) -> RunStatus:
    """Descending, climbing, or wandering where it is neither."""
    motion, trajectory = snapshot.motion, snapshot.trajectory
    window = min(LONG_LOSS_WINDOW, snapshot.step // 2, len(motion.displacements))
    if window >= 24 and motion.direction_changes(window) >= MIN_DIRECTION_CHANGES:
        losses = trajectory.values_between(snapshot.step - window, snapshot.step)[2]
        early_losses, recent = np.sort(losses[: window // 3]), np.sort(losses[-(window // 3) :])
        before, after, tail = (
            float(early_losses[len(early_losses) // 2]),
            float(recent[len(recent) // 2]),
            len(early_losses) // 8,
        )
        if after < early_losses[tail] and before > recent[-1 - tail]:
            text = tr(
                "on the whole the loss has fallen in {steps} steps, from about {before:.4g} to about {after:.4g}; {away}",
                steps=window,
                before=before,
                after=after,
                away=snapshot.minimum_distance_text,
            )
            return RunStatus("descending", tr("descending"), text)
        if after > early_losses[-1 - tail] and before < recent[tail]:
            text = tr(
                "on the whole the loss has risen in {steps} steps, from about {before:.4g} to about {after:.4g}; {away}",
                steps=window,
                before=before,
                after=after,
                away=snapshot.minimum_distance_text,
            )
            return RunStatus("climbing", tr("climbing"), text)
        return _wandering_status(snapshot, losses)
    losses = trajectory.values_between(max(0, snapshot.step - LOSS_WINDOW), snapshot.step)[2]
    recent = np.diff(losses[-4:])
    if (recent > 0).all():  # what it did before it turned does not count
        losses = losses[losses.argmin() :]
    elif (recent < 0).all():
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
        pace=motion.mean_speed(steps),
        loss=snapshot.loss,
        steps=steps,
        away=snapshot.minimum_distance_text,
    )
    return RunStatus("wandering", tr("wandering"), text)


def _wandering_status(snapshot: RunSnapshot, losses: np.ndarray) -> RunStatus:
    steps, motion = len(losses) - 1, snapshot.motion
    positions = motion.positions[-steps - 1 :]
    center, speed = complex(positions.mean()), float(motion.step_sizes[-steps:].mean())
    low, high = f"{losses.min():.4g}", f"{losses.max():.4g}"
    loss = tr("between {low} and {high}", low=low, high=high) if low != high else low
    text = tr(
        "wanders{where}, {pace:.3g} a step, and neither falls nor rises: in {steps} steps the loss was {loss}; {away}",
        where=snapshot.near_minimum_text(center, 2 * float(np.abs(positions - center).mean())),
        pace=speed,
        steps=steps,
        loss=loss,
        away=snapshot.minimum_distance_text,
    )
    if snapshot.is_noisy:
        text = tr("{words}; the noise of its gradient keeps it moving", words=text)
    return RunStatus("wandering", tr("wandering"), text)


def _divergence_status(trajectory: Trajectory, diverged_at: int) -> RunStatus:
    """Why the numbers overflowed: no lowest point, a learning rate beyond its bound, or what is seen."""
    short_text = tr("diverged at {step}", step=diverged_at)
    if diverged_at == 0:
        return RunStatus("diverged", short_text, tr("cannot start: the loss is not a finite number there"), diverged_at)
    last_change = max(
        since for since, _ in trajectory.hyperparameters_by_step if since < diverged_at
    )  # before that it had another learning rate
    losses = trajectory.values_between(max(last_change, diverged_at - 1 - LOOK_BACK_STEPS), diverged_at - 1)[2]
    lowest_index, last_loss = int(losses.argmin()), float(losses[-1])
    start_step, text = (
        diverged_at - len(losses) + lowest_index,
        tr("left the range of numbers in update {step:,}", step=diverged_at),
    )
    if last_loss < min(trajectory.losses[0], -1e6) and getattr(trajectory.surface, "minimum_loss", None) is None:
        text = tr("{words}: the surface falls without end, and the loss was {loss:.3g}", words=text, loss=last_loss)
        return RunStatus("diverged", short_text, text, diverged_at)
    text = tr(
        "{words}: the loss was {loss:.3g} after step {since:,}", words=text, loss=losses[lowest_index], since=start_step
    )
    if start_step < diverged_at - 1:
        text = tr("{words}, and {loss:.3g} at last", words=text, loss=last_loss)
    update = effective_update(trajectory, diverged_at)
    for step in range(start_step, min(start_step + LIMIT_CHECK_STEPS, diverged_at)):
        limit = stability_limit(trajectory, step, None, update)
        if limit and update.settings["lr"] > limit.learning_rate:
            text = tr(
                "{words}; at step {step:,} {against}",
                words=text,
                step=step,
                against=_compare_to_limit(update.settings["lr"], limit),
            )
            break
    return RunStatus("diverged", short_text, text, diverged_at)


def _format_period(period: float) -> str:
    """A period in steps, to three digits."""
    return f"{period:.0f}" if period >= 99.5 or abs(period - round(period)) < 0.005 else f"{period:.3g}"


def _compare_to_limit(learning_rate: float, limit: StabilityLimit) -> str:
    """A learning rate beside its bound, in as many digits as tell them apart."""
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
