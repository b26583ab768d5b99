"""Whether a run is at rest: whether it has come to a place that it will not leave.

The gradient or the speed alone cannot show this: a run with momentum has no gradient while it passes the minimum and no
speed where it turns back, and a rule that divides by a fading average of the gradient is thrown out of a minimum after
hundreds of steps without motion. Therefore the next steps, which follow from the state of the run, are computed.
"""

from __future__ import annotations

import numpy as np

from app.analysis.stability_limit import stability_limit
from app.analysis.status.run_snapshot import MIN_WINDOW, RunSnapshot

SETTLED_STEPS = 300  # a run that stays within the tolerance for so many steps, past and next ones, has come to rest
MIN_NEXT_STEPS = 60  # so many of them are next steps; for methods whose steps take far longer these are enough
STOPPED_STEPS = 100  # next steps after which the drift is compared with that of as many more
MAX_PERIOD = 6000  # steps of the longest oscillation of which a whole period is awaited
MIN_GROWN_DISTANCE = 0.1  # of the tolerance: irregular swings that are shorter may grow by chance
MAX_GROWTH = 1.05  # of the distance within those steps


def _awaited_steps(snapshot: RunSnapshot, entered: int) -> int:
    """Return how many of its next steps must stay within the tolerance for a run that entered it at a step."""
    if not snapshot.trajectory.method.batched:
        return MIN_NEXT_STEPS
    if snapshot.is_noisy:
        return SETTLED_STEPS
    oscillation = snapshot.motion.oscillation
    period = int(min(oscillation.period, MAX_PERIOD)) if oscillation else 0
    return max(MIN_NEXT_STEPS, SETTLED_STEPS - (snapshot.step - entered), period)


def is_at_rest(snapshot: RunSnapshot, x: float, y: float) -> bool:
    """Return whether a run within the tolerance of a stationary point is at rest there.

    It stays and does not move away; or it has not moved for long, even if it will leave again.
    """
    if steps_until_it_leaves(snapshot, x, y) is not None:
        stay = snapshot.step - snapshot.first_step_within(x, y, snapshot.tolerance)
        step_sizes = snapshot.motion.step_sizes[-MIN_WINDOW:]
        return stay >= MIN_NEXT_STEPS and bool((step_sizes <= snapshot.rounding).all())
    return not _moves_away(snapshot, x, y)


def steps_until_it_leaves(snapshot: RunSnapshot, x: float, y: float) -> int | None:
    """Return after how many of the next steps a run leaves the tolerance of a point; None if it stays."""
    entered = snapshot.first_step_within(x, y, snapshot.tolerance)
    steps = _awaited_steps(snapshot, entered)
    future = np.abs(snapshot.future(steps) - complex(x, y))
    outside = np.flatnonzero(~(future <= snapshot.tolerance))
    if outside.size:
        return int(outside[0]) + 1
    return None if len(future) == steps else len(future) + 1


def _moves_away(snapshot: RunSnapshot, x: float, y: float) -> bool:
    """Return whether the distance from a point grows, although it stays below the tolerance for now."""
    center, entered = complex(x, y), snapshot.first_step_within(x, y, snapshot.tolerance)
    steps = _awaited_steps(snapshot, entered)
    future = np.abs(snapshot.future(steps) - center)
    if snapshot.is_noisy:
        return False
    limit = stability_limit(snapshot.trajectory, snapshot.step, (x, y), snapshot.update)
    exceeds = bool(limit and limit.relation_of(snapshot.learning_rate) == "exceeds")
    if future.max() <= 10 * snapshot.rounding:
        return exceeds and bool(future[-1] > 2 * future[0])
    if limit and not snapshot.is_nonsmooth:
        return exceeds
    past = np.abs(snapshot.motion.sample_positions(max(entered, snapshot.step - steps), snapshot.step) - center)
    early = max(float(past.max(initial=0.0)), float(future[: steps // 3].max()))
    return float(future[-(steps // 3) :].max()) > max(MAX_GROWTH * early, MIN_GROWN_DISTANCE * snapshot.tolerance)


def has_stopped(snapshot: RunSnapshot) -> bool:
    """Return whether a run stays where it is: what remains of its motion is shorter than the tolerance.

    The remaining way is that of a geometric sequence, extrapolated from the drifts in the next steps.
    """
    steps, position = (
        STOPPED_STEPS if snapshot.trajectory.method.batched else STOPPED_STEPS // 4,
        snapshot.motion.position,
    )
    if snapshot.age < MIN_WINDOW or snapshot.is_noisy or snapshot.motion.recent_step_size > snapshot.tolerance:
        return False
    future = snapshot.future(2 * steps)
    if len(future) < 2 * steps or not np.abs(future - position).max() <= snapshot.tolerance:
        return False
    first, second = abs(future[steps - 1] - position), abs(future[-1] - future[steps - 1])
    if second <= snapshot.rounding:
        return True
    return bool(second < first and second * second / (first - second) <= snapshot.tolerance)
