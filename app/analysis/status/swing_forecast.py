"""Whether swings go on as they are: the next swings, which follow from the state of the run, are computed."""

from __future__ import annotations

import numpy as np

from app.analysis.status.oscillation import Oscillation, turning_points
from app.analysis.status.run_snapshot import RunSnapshot

GROWTH_TOLERANCE = 1e-3  # relative change of its width up to which a swing is said to keep its size
# Logarithms of the next widths relative to those expected: the first one (a quarter more for each later one), the mean
MAX_WIDTH_ERROR, MAX_MEAN_ERROR = 0.6, 0.4
CHECKED_PERIODS = 4  # next periods that are compared
MAX_CHECKED_PERIOD = 100  # steps of the longest period for which the next swings are computed
MIN_REGULAR_STEPS, REGULAR_PERIODS = 160, 8  # next steps, and periods, of which the widths are compared
MAX_IRREGULARITY = 0.1  # standard deviation of the logarithms of widths that neither grow nor shrink
WILD_IRREGULARITY = 0.25  # the same of widths that may grow or shrink a little, too


def goes_on(snapshot: RunSnapshot, oscillation: Oscillation) -> bool:
    """Return whether the next swings are as the last ones: a few swings of a chaotic motion look regular by chance."""
    if oscillation.is_exact or oscillation.period > MAX_CHECKED_PERIOD or snapshot.update.stages["rate"]:
        return True
    steps = int(CHECKED_PERIODS * oscillation.period) + 2
    if snapshot.trajectory.method.batched:
        steps = max(steps, MIN_REGULAR_STEPS, int(REGULAR_PERIODS * oscillation.period))
    future = snapshot.future(steps)
    if len(future) < steps:
        return True
    positions = np.concatenate([snapshot.motion.positions[-2:], future])
    turns, widths = _swings(positions, oscillation.axis)
    count = int(np.searchsorted(turns, int(CHECKED_PERIODS * oscillation.period) + 2))
    return _continues(oscillation, turns[:count], widths[: max(count - 1, 0)]) and not (
        _is_irregular(widths, False)
        and _is_irregular(_swings(snapshot.motion.positions[-steps:], oscillation.axis)[1], True)
    )


def _swings(positions: np.ndarray, axis: complex) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the turning points along an axis and the widths of the swings between them."""
    components = (positions * axis.conjugate()).real
    turns = turning_points(components)
    return turns, np.abs(np.diff(components[turns]))


def _continues(oscillation: Oscillation, turns: np.ndarray, widths: np.ndarray) -> bool:
    """Return whether the next periods have the period and the widths that are expected."""
    if len(turns) < CHECKED_PERIODS or not 0.75 < 2 * np.diff(turns).mean() / oscillation.period < 1.33:
        return False
    later = np.arange(2, len(turns) + 1)
    errors = np.log(widths / (oscillation.width * oscillation.growth**later))
    limits = MAX_WIDTH_ERROR * (1 + later / 4)
    if oscillation.growth > 1 + GROWTH_TOLERANCE:  # a growing swing may saturate
        return bool((widths >= oscillation.width / 2).all() and (errors <= limits).all())
    return bool((np.abs(errors) <= limits).all()) and abs(float(errors.mean())) <= MAX_MEAN_ERROR


def _is_irregular(widths: np.ndarray, few: bool) -> bool:
    """Return whether the widths of swings vary without growing or shrinking; ``few`` if there are too few swings.

    Chaotic motion varies so, before and after any step. A burst does not: it grows before.
    """
    logs = np.log(widths[widths > 0])
    if len(logs) < 2 * REGULAR_PERIODS - 2:
        return few
    index = np.arange(len(logs))
    slope, intercept = np.polyfit(index, logs, 1)
    spread = float((logs - slope * index - intercept).std())
    max_trend = 4 if spread > WILD_IRREGULARITY else 2
    return spread > MAX_IRREGULARITY and abs(float(slope)) * len(logs) < max_trend * spread
