"""Status of runs that are neither at rest nor slow and do not swing: descending, climbing or wandering."""

from __future__ import annotations

import numpy as np

from app.analysis.status.cycle import MAX_PERIOD
from app.analysis.status.run_snapshot import MIN_WINDOW, RunSnapshot
from app.analysis.status.status_types import RunStatus
from app.utils.i18n import tr

LOSS_WINDOW = 16  # steps over which the loss is compared
LONG_LOSS_WINDOW = 256  # the same for a run that often changes direction
MIN_LONG_LOSS_WINDOW = 24
LOSS_SWING_WINDOW = 48  # steps in which the loss may turn often
MIN_LOSS_TURNS = 4  # from here on the last few steps show only one of its swings
MIN_TREND = 0.2  # change of the median loss, relative to the smaller range of nearly all losses of a third
MIN_DIRECTION_CHANGES = 6  # from here on a run often changes direction, and its last few steps show little


def movement_status(snapshot: RunSnapshot) -> RunStatus:
    """Return whether the loss of a run falls, rises or does neither."""
    motion = snapshot.motion
    window = min(LONG_LOSS_WINDOW, snapshot.age // 2, len(motion.displacements))
    if window >= MIN_LONG_LOSS_WINDOW and motion.direction_changes(window) >= MIN_DIRECTION_CHANGES:
        return _long_trend_status(snapshot, window) or _wandering_status(snapshot, window)
    window = min(LOSS_SWING_WINDOW, snapshot.age)
    if window >= MIN_LONG_LOSS_WINDOW and _loss_turns(snapshot, window) >= MIN_LOSS_TURNS:
        return _long_trend_status(snapshot, window, strict=False) or _wandering_status(snapshot, window)
    return _short_trend_status(snapshot)


def _loss_turns(snapshot: RunSnapshot, window: int) -> int:
    """Return how often the loss turns from falling to rising or back in the last steps."""
    changes = np.diff(snapshot.trajectory.values_between(snapshot.step - window, snapshot.step)[2])
    return int((changes[:-1] * changes[1:] < 0).sum())


def _long_trend_status(snapshot: RunSnapshot, window: int, strict: bool = True) -> RunStatus | None:
    """Compare the median losses of the first and last third of a window; None if the loss neither falls nor rises.

    A change counts if it shows in the digits of the text. ``strict`` means that nearly all losses of each third lie on
    one side of the median of the other third.
    """
    losses = snapshot.trajectory.values_between(snapshot.step - window, snapshot.step)[2]
    early, recent = np.sort(losses[: window // 3]), np.sort(losses[-(window // 3) :])
    before, after = float(early[len(early) // 2]), float(recent[len(recent) // 2])
    most = len(early) // 8  # of the losses on either side that do not count for their range
    spread = min(float(third[-1 - most] - third[most]) for third in (early, recent))
    if f"{before:.4g}" == f"{after:.4g}" or abs(after - before) < MIN_TREND * spread:
        return None
    tail = len(early) // 8 if strict else len(early) // 2
    if after < early[tail] and before > recent[-1 - tail]:
        text = tr(
            "the loss has decreased overall from about {before:.4g} to about {after:.4g} over the last {steps} "
            "steps; {away}",
            steps=window,
            before=before,
            after=after,
            away=snapshot.minimum_distance_text,
        )
        return RunStatus("descending", tr("descending"), text)
    if after > early[-1 - tail] and before < recent[tail]:
        text = tr(
            "the loss has increased overall from about {before:.4g} to about {after:.4g} over the last {steps} "
            "steps; {away}",
            steps=window,
            before=before,
            after=after,
            away=snapshot.minimum_distance_text,
        )
        return RunStatus("climbing", tr("loss rising"), text)
    return None


def _short_trend_status(snapshot: RunSnapshot) -> RunStatus:
    """Compare the loss with that of a few steps ago, or since it began to rise or fall."""
    losses = snapshot.trajectory.values_between(snapshot.step - min(LOSS_WINDOW, snapshot.age), snapshot.step)[2]
    recent_changes = np.diff(losses[-4:])
    if (recent_changes > 0).all():  # count only what came after the loss began to rise
        losses = losses[losses.argmin() :]
    elif (recent_changes < 0).all():
        losses = losses[losses.argmax() :]
    steps, change = len(losses) - 1, snapshot.loss - float(losses[0])
    if change:
        span_text = tr("{steps} steps", steps=steps) if steps > 1 else tr("one step")
        values = {
            "change": abs(change),
            "loss": snapshot.loss,
            "span": span_text,
            "away": snapshot.minimum_distance_text,
        }
        if change < 0:
            text = tr("the loss has decreased by {change:.3g} to {loss:.4g} over {span}; {away}", **values)
            return RunStatus("descending", tr("descending"), text)
        return RunStatus(
            "climbing",
            tr("loss rising"),
            tr("the loss has increased by {change:.3g} to {loss:.4g} over {span}; {away}", **values),
        )
    if snapshot.age < MIN_WINDOW and not snapshot.motion.step_sizes.any():
        return RunStatus(
            "start",
            tr("at start"),
            tr(
                "too few steps to assess: the loss is still {loss:.4g}; {away}",
                loss=snapshot.loss,
                away=snapshot.minimum_distance_text,
            ),
        )
    text = tr(
        "moves {pace:.3g} per step, but the loss, {loss:.4g}, is the same as {steps} steps ago; {away}",
        pace=float(snapshot.motion.step_sizes[-steps:].mean()),
        loss=snapshot.loss,
        steps=steps,
        away=snapshot.minimum_distance_text,
    )
    return RunStatus("wandering", tr("wandering"), text)


def _wandering_status(snapshot: RunSnapshot, steps: int) -> RunStatus:
    losses, motion = snapshot.trajectory.values_between(snapshot.step - steps, snapshot.step)[2], snapshot.motion
    positions = motion.positions[-steps - 1 :]
    center, mean_step_size = complex(positions.mean()), float(motion.step_sizes[-steps:].mean())
    radius = float(np.abs(positions - center).max())
    low, high = f"{losses.min():.4g}", f"{losses.max():.4g}"
    loss = tr("between {low} and {high}", low=low, high=high) if low != high else low
    text = tr(
        "wanders{where}, moving {pace:.3g} per step with no trend in the loss: {loss} over the last {steps} "
        "steps; {away}",
        where=snapshot.near_minimum_text(center, 2 * float(np.abs(positions - center).mean())),
        pace=mean_step_size,
        steps=steps,
        loss=loss,
        away=snapshot.minimum_distance_text,
    )
    if snapshot.is_noisy:
        text = tr("{words}; gradient noise keeps it moving", words=text)
    else:
        text = tr(
            "{words}; it stays within {radius:.3g} of {place} without repeating within {period} steps",
            words=text,
            radius=radius,
            place=snapshot.format_point(center.real, center.imag),
            period=min(MAX_PERIOD, (snapshot.step - motion.first_step) // 2),
        )
    return RunStatus("wandering", tr("wandering"), text, width=2 * radius)
