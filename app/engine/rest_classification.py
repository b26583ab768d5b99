"""What runs that are at no known minimum are doing, from their last steps."""

from __future__ import annotations

import numpy as np

from optimizers.loss import SurfaceFunction
from surfaces.surface import hessian

ON_ITS_WAY, CYCLE, SADDLE, HELD, UNKNOWN_MINIMUM = -1, -3, -4, -5, -6
LONGEST_PERIOD = 8
PERIOD_PRECISION = 1e-3  # of the width of a cycle


def classify_last_steps(surface: SurfaceFunction, track: np.ndarray, tolerance: float) -> np.ndarray:
    """Return -1 (on its way), -3 (cycle), -4 (saddle point), -5 (held at rest) or -6 (minimum) for each of n runs.

    ``track`` (rows, n) are the last positions x + iy of runs that are at no known minimum, ``tolerance`` the distance
    within which a run is at rest. A run rests if what is left of its way is within the tolerance, assumed that the way
    shrinks by the same factor in each half of the track; a slow run on a plateau does not.
    """
    result = np.full(track.shape[1], ON_ITS_WAY, np.int32)
    result[_is_cycling(track, tolerance)] = CYCLE
    resting = _is_resting(track, tolerance)
    at_saddle, at_minimum = _stationary_kinds(surface, track[-1], 10 * tolerance)
    result[resting], result[resting & at_saddle], result[resting & at_minimum] = HELD, SADDLE, UNKNOWN_MINIMUM
    return result


def _is_cycling(track: np.ndarray, tolerance: float) -> np.ndarray:
    width = np.abs(track - track.mean(axis=0)).max(axis=0)
    cycling = np.zeros(track.shape[1], bool)
    for period in range(2, LONGEST_PERIOD + 1):
        if len(track) >= 3 * period:
            change = np.abs(track[period:] - track[:-period]).max(axis=0)
            cycling |= (change <= PERIOD_PRECISION * width) & (width > tolerance)
    return cycling


def _is_resting(track: np.ndarray, tolerance: float) -> np.ndarray:
    half = len(track) // 2
    if half < 2:
        return np.zeros(track.shape[1], bool)
    first, second = np.abs(track[half - 1] - track[0]), np.abs(track[-1] - track[half])
    with np.errstate(all="ignore"):
        ratio = np.where(first > 0, second / first, 0.0)
        remaining = np.where(ratio < 1, second * ratio / (1 - ratio), np.inf)
    width = np.abs(track - track[-1]).max(axis=0)
    resting: np.ndarray = (remaining <= tolerance) & (ratio < 0.9) & (width <= 10 * tolerance)
    return resting


def _stationary_kinds(surface: SurfaceFunction, position: np.ndarray, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return whether a saddle point, and whether a minimum, lies within a distance: one Newton step away."""
    x, y = position.real, position.imag
    with np.errstate(all="ignore"):
        gradient = np.array(np.broadcast_arrays(*surface(x, y)[1]), float)
        (xx, xy), (_, yy) = hessian(surface, x, y)
        determinant = xx * yy - xy * xy
        step_x = (yy * gradient[0] - xy * gradient[1]) / determinant
        step_y = (xx * gradient[1] - xy * gradient[0]) / determinant
        near = np.hypot(step_x, step_y) <= distance
    return near & (determinant < 0), near & (determinant > 0) & (xx > 0)
