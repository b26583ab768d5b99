"""What runs that are at no known minimum are doing, from their last steps."""

from __future__ import annotations

import numpy as np

from optimizers.loss import SurfaceFunction
from surfaces.surface import hessian

ON_ITS_WAY, DIVERGED, CYCLE, SADDLE, HELD, UNKNOWN_MINIMUM = -1, -2, -3, -4, -5, -6
LONGEST_PERIOD = 8
PERIOD_PRECISION = 1e-3  # of the width of a cycle
ROUNDING = 1e-8  # of the tolerance: a narrower track consists of rounding errors
DEGENERATE = 1e-9  # of the squared curvatures: a smaller determinant of the Hessian is a rounding error
NEWTON_STEPS = 8
OFFSET = 0.1  # of the distance: how far from a stationary point a run at rest can be
RING = np.exp(0.25j * np.pi * np.arange(8))[:, None]  # eight directions


def classify_last_steps(surface: SurfaceFunction, track: np.ndarray, tolerance: float) -> np.ndarray:
    """Return what each of n runs is doing that are at no known minimum.

    That is -1 (on its way), -3 (cycle), -4 (saddle point or maximum), -5 (held at rest) or -6 (minimum).

    ``track`` (rows, n) are the last positions x + iy, ``tolerance`` the distance within which a run is at rest. A run
    rests if what is left of its way is within the tolerance, assumed that the way shrinks by the same factor in each
    half of the track; a slow run on a plateau does not.
    """
    result = np.full(track.shape[1], ON_ITS_WAY, np.int32)
    result[_is_cycling(track, tolerance)] = CYCLE
    resting = np.flatnonzero(is_resting(track, tolerance))
    if resting.size:
        track = track[:, resting]
        at_saddle, at_minimum = _stationary_kinds(surface, track[-1], 10 * tolerance)
        at_minimum &= ~_is_held_beside(surface, track, tolerance)
        result[resting] = np.select([at_minimum, at_saddle], [UNKNOWN_MINIMUM, SADDLE], HELD)
    return result


def _is_cycling(track: np.ndarray, tolerance: float) -> np.ndarray:
    width = np.abs(track - track.mean(axis=0)).max(axis=0)
    cycling = np.zeros(track.shape[1], bool)
    for period in range(2, LONGEST_PERIOD + 1):
        if len(track) >= 3 * period:
            is_candidate = (np.abs(track[-1] - track[-1 - period]) <= PERIOD_PRECISION * width) & (width > tolerance)
            candidates = np.flatnonzero(is_candidate & ~cycling)
            change = np.abs(track[period:, candidates] - track[:-period, candidates]).max(axis=0)
            cycling[candidates] = change <= PERIOD_PRECISION * width[candidates]
    return cycling


def is_resting(track: np.ndarray, tolerance: float) -> np.ndarray:
    """Return whether each run rests, from its last positions (rows, n)."""
    half = len(track) // 2
    if half < 2:
        return np.zeros(track.shape[1], bool)
    first, second = np.abs(track[half - 1] - track[0]), np.abs(track[-1] - track[half])
    with np.errstate(all="ignore"):
        ratio = np.where(first > 0, second / first, 0.0)
        remaining = np.where(ratio < 1, second * ratio / (1 - ratio), np.inf)
    width = np.abs(track - track[-1]).max(axis=0)
    slowing = (remaining <= tolerance) & (ratio < 0.9) & (width <= 10 * tolerance)
    resting: np.ndarray = slowing | (width <= ROUNDING * tolerance)
    return resting


def _stationary_kinds(surface: SurfaceFunction, position: np.ndarray, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return whether a saddle point or maximum, and whether a minimum, lies within a distance: a Newton step away.

    At a saddle point the loss nearby is lower by more than what is left of the way can explain; beside a closed valley
    the Hessian has a negative eigenvalue, too. Where the Hessian is degenerate, a point without a gradient counts.
    """
    x, y = position.real, position.imag
    with np.errstate(all="ignore"):
        step, (xx, xy, yy), is_degenerate = _newton_step(surface, x, y)
        near = (np.abs(step) <= distance) & ~is_degenerate
        determinant = xx * yy - xy * xy
        loss, gradient = surface(x, y)
        downward = 1j * np.exp(0.5j * np.arctan2(2 * xy, xx - yy))  # the direction of the smallest curvature
        directions = np.vstack([np.broadcast_to(RING, (len(RING), x.size)), downward, -downward])
        ring = position + distance * directions
        fall = loss - surface(ring.real, ring.imag)[0].min(axis=0)
        curvature = np.sqrt(xx * xx + 2 * xy * xy + yy * yy)
        is_lower = fall > np.maximum(curvature * (OFFSET * distance) ** 2, ROUNDING * np.abs(loss) * OFFSET)
        is_flat = is_degenerate & (np.hypot(*gradient) * distance <= ROUNDING * (1 + np.abs(loss)))
    at_saddle = (near & ((determinant < 0) | (xx < 0)) | is_flat) & is_lower
    return at_saddle, near & (determinant > 0) & (xx > 0)


def _is_held_beside(surface: SurfaceFunction, track: np.ndarray, tolerance: float) -> np.ndarray:
    """Return whether each run stands still, not on its way, farther than the tolerance from a stationary point."""
    is_still = np.abs(track - track[-1]).max(axis=0) <= ROUNDING * tolerance
    with np.errstate(all="ignore"):
        step = _newton_step(surface, track[-1].real, track[-1].imag)[0]
    held: np.ndarray = is_still & (np.abs(step) > tolerance)
    return held


def _newton_step(
    surface: SurfaceFunction, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Return the step as a complex number, xx, xy and yy of the Hessian, and whether it is degenerate."""
    gradient = np.array(np.broadcast_arrays(*surface(x, y)[1]), float)
    (xx, xy), (_, yy) = hessian(surface, x, y)
    yy = xx if getattr(surface, "dimension", 2) == 1 else yy  # on a line, both eigenvalues are the only one
    determinant = xx * yy - xy * xy
    step = (xy * gradient[1] - yy * gradient[0] + 1j * (xy * gradient[0] - xx * gradient[1])) / determinant
    return step, (xx, xy, yy), ~(np.abs(determinant) > DEGENERATE * (xx * xx + 2 * xy * xy + yy * yy))


def polished(surface: SurfaceFunction, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the stationary points next to some points, shape (k, 2), by Newton's method."""
    position = x + 1j * y
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            position = position + _newton_step(surface, position.real, position.imag)[0]
    return np.column_stack([position.real, position.imag])[np.isfinite(position)]
