"""Detection of motions back and forth along an axis."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

# Limits beyond which a motion does not count as an oscillation:
MAX_PERIOD_SPREAD = 0.25  # standard deviation of the times between turning points, relative to their mean
MAX_WIDTH_SPREAD = 0.3  # standard deviation of the logarithm of the width around its linear trend
MAX_RECURRENCE_STEPS, MAX_RESIDUAL = 60, 1e-4  # of a swing that follows a linear recurrence
MAX_DRIFT_RATIO = 1.5  # drift within a period, relative to the width
MIN_EXACT_STEPS, MIN_EXACT_PERIODS = 10, 2  # from which an oscillation is known by its linear recurrence


class Oscillation(NamedTuple):
    """A motion back and forth along an axis.

    ``period`` is in steps, ``width`` that of the last complete swing, ``growth`` the ratio of the widths of successive
    swings, and ``axis`` a unit vector. ``is_exact`` means that the displacements follow a linear recurrence.
    """

    period: float
    width: float
    growth: float
    center: complex
    axis: complex
    is_exact: bool = False

    def after(self, steps: int) -> Oscillation:
        """Return the oscillation after some more steps, with the width that its last swing then has."""
        return self._replace(width=float(self.width * np.power(self.growth, 2 * steps / self.period)))


def principal_axis(displacements: np.ndarray) -> complex:
    """Return the direction of most of the motion as a unit vector; later displacements have a larger weight."""
    axis = complex(
        np.sqrt((np.linspace(0.1, 1.0, len(displacements)) ** 2 * displacements * displacements).sum() or 1.0)
    )
    return axis / abs(axis)


def turning_points(components: np.ndarray) -> np.ndarray:
    """Return the indices at which a coordinate changes its direction; signs do not underflow, unlike products."""
    signs = np.sign(np.diff(components))
    return np.flatnonzero(signs[:-1] * signs[1:] < 0) + 1


def find_oscillation(positions: np.ndarray, min_direction_changes: int) -> Oscillation | None:
    """Return the oscillation along or across the principal axis, with the period in samples; None if there is none."""
    displacements = np.diff(positions)
    scale = float(np.abs(displacements).max(initial=0.0))
    if len(displacements) <= min_direction_changes or not 0 < scale < math.inf:
        return None
    displacements = displacements / scale
    axis = principal_axis(displacements)
    for direction in (axis, 1j * axis):
        measured = _measure_oscillation(direction, displacements, min_direction_changes)
        if measured is not None:
            period, width, growth = measured
            return Oscillation(
                period, width * scale, growth, complex(positions[-max(2, round(period)) :].mean()), direction
            )
    return None


def _measure_oscillation(
    axis: complex, displacements: np.ndarray, min_direction_changes: int
) -> tuple[float, float, float] | None:
    """Return period, width of the last swing and growth of a regular oscillation that has not ended, or None."""
    components = (displacements * axis.conjugate()).real
    change_indices = np.flatnonzero(components[:-1] * components[1:] < 0)
    if len(change_indices) < min_direction_changes:
        return None
    before, after = np.abs(components[change_indices]), np.abs(components[change_indices + 1])
    times = change_indices + before / (before + after)
    intervals = np.diff(times)
    period = 2 * float(times[-1] - times[0]) / len(intervals)
    max_spread = MAX_PERIOD_SPREAD * min(1.0, len(intervals) / 6)  # a few intervals may be equal by chance
    if intervals.std() > max_spread * period / 2 or len(displacements) - times[-1] > 0.75 * period + 1:
        return None
    swings = np.add.reduceat(displacements, change_indices + 1)[:-1]
    widths, last_width = np.abs((swings * axis.conjugate()).real), float(abs(swings[-1]))
    widths = (widths[1:] + widths[:-1]) / 2  # with a drift, every other width is larger
    drift = abs(displacements[-max(2, round(period)) :].sum())
    unfinished_width = abs(components[change_indices[-1] + 1 :].sum())
    if not widths.min() > 0 or drift > MAX_DRIFT_RATIO * max(widths[-1], unfinished_width):
        return None
    logs, centered_index = np.log(widths), np.arange(len(widths)) - (len(widths) - 1) / 2
    log_growth = float(logs @ centered_index / (centered_index @ centered_index))
    if (logs - logs.mean() - log_growth * centered_index).std() > MAX_WIDTH_SPREAD:
        return None
    exact = linear_recurrence(components)
    if exact and abs(exact[0] - period) < MAX_PERIOD_SPREAD * period:
        return exact[0], last_width, exact[1]
    return period, last_width, math.exp(log_growth)


def linear_recurrence(components: np.ndarray) -> tuple[float, float] | None:
    """Return period and growth per swing of displacements that follow d_{t+1} = trace d_t - determinant d_{t-1}.

    So do those of a swing on a quadratic; turning points are sampled too coarsely for a slow growth. None for others.
    """
    last = components[-MAX_RECURRENCE_STEPS:]
    scaled = last / np.abs(last).max()
    design, target = np.column_stack([scaled[1:-1], -scaled[:-2]]), scaled[2:]
    (trace, determinant), _, rank, _ = np.linalg.lstsq(design, target, rcond=1e-9)
    residual = float(np.abs(design @ (trace, determinant) - target).max())
    if rank < 2 or residual > MAX_RESIDUAL * float(np.abs(target).max()) or trace * trace >= 4 * determinant:
        return None
    period = 2 * math.pi / math.acos(trace / (2 * math.sqrt(determinant)))
    return period, float(determinant ** (period / 4))


def exact_oscillation(positions: np.ndarray, axis: complex) -> Oscillation | None:
    """Return the oscillation along an axis that follows a linear recurrence; None if there is none.

    With a period near 2 its turning points are irregular, for they lie between the steps.
    """
    components = (np.diff(positions) * axis.conjugate()).real
    if len(components) < MIN_EXACT_STEPS or not np.isfinite(components).all() or not components[-3:].any():
        return None
    exact = linear_recurrence(components)
    if exact is None or len(components) < MIN_EXACT_PERIODS * exact[0]:
        return None
    period, growth = exact
    last = positions[-math.ceil(period) - 1 :]
    width = float(np.ptp((last * axis.conjugate()).real))
    if abs(last[-1] - last[-1 - round(period)]) > MAX_DRIFT_RATIO * width:
        return None
    return Oscillation(period, width, growth, complex(last[1:].mean()), axis, True)
