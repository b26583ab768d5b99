"""The stationary point next to a position, and whether it is a minimum, a saddle point or a maximum."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from app.analysis.curvature import Curvature, curvature_at
from optimizers.loss import SurfaceFunction

DEGENERATE_RATIO = 1e-6  # an eigenvalue this much smaller than the other one does not determine the kind
FLAT_RATIO = 1e-9  # a rise this much smaller than the largest one counts as 0
RING_POINTS = 24  # points around a stationary point at which the loss is compared
RING_ANGLES = 2 * np.pi * np.arange(RING_POINTS) / RING_POINTS
CREASE_ROUNDS = 24  # each divides the angles between the points by 4
MIN_RADIUS = 1e-10  # of the distance from the origin: a smaller ring consists of rounding errors
LOSS_ROUNDING = 1e-13  # of the loss: a smaller difference is rounding error
NEWTON_STEPS = 8


class StationaryPoint(NamedTuple):
    """A point where the gradient is 0, and its curvature.

    ``kind`` is "minimum", "saddle", "maximum" or "flat" (the loss is constant around the point). ``degenerate`` means
    that the eigenvalues do not determine the kind and the loss on a ring around the point was used instead, and
    ``on_line`` that a minimum is not isolated: the loss is constant along a line through it. Of a surface of one
    dimension, a "saddle" is an inflection point.
    """

    kind: str
    x: float
    y: float
    curvature: Curvature
    degenerate: bool
    on_line: bool = False


def find_stationary_point(
    surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float = 0.0
) -> StationaryPoint | None:
    """Return the stationary point that Newton's method finds within ``radius`` of a point, or None.

    Where the eigenvalues do not determine its kind (a monkey saddle, a plateau, a line of minima), the loss on a ring
    of that radius does. ``penalty`` is the strength of an L2 penalty that is added to the surface.
    """
    if radius <= MIN_RADIUS * math.hypot(x, y):
        return None
    position = _newton_position(surface, x, y, radius, penalty)
    return None if position is None else _classify(surface, *position, radius, penalty)


def is_lowest_around(surface: SurfaceFunction, x: float, y: float, radius: float, in_crease: bool = False) -> bool:
    """Return whether the loss on a ring around a point is nowhere lower than at the point.

    It is lower beside the lowest point of a domain that lies on its border, where the gradient is not 0. With
    ``in_crease``, the directions between the points of the ring are searched too: along a sharp crease that falls, only
    one direction leads downward.
    """
    if radius <= MIN_RADIUS * math.hypot(x, y):
        return False
    rise, rounding = _rise_on_ring(surface, x, y, radius, 0.0)
    angles, spacing = RING_ANGLES, 2 * math.pi / RING_POINTS
    for _ in range(CREASE_ROUNDS if in_crease else 0):
        if (rise < -rounding).any():
            return False
        lowest = angles[np.argsort(rise)[:4]]
        angles = (lowest[:, None] + spacing * np.linspace(-1, 1, 9)).ravel()
        spacing /= 4
        rise, _ = _rise_on_ring(surface, x, y, radius, 0.0, angles)
    return not bool((rise < -rounding).any())


def _newton_position(
    surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float
) -> tuple[float, float] | None:
    a, b, length = x, y, 0.0
    for _ in range(NEWTON_STEPS):
        curvature = curvature_at(surface, a, b, penalty)
        gradient = _gradient_at(surface, a, b) + penalty * np.array([a, b])
        c, s = math.cos(curvature.angle), math.sin(curvature.angle)
        # Components along and across the eigenvector of the larger eigenvalue
        p = _newton_step(float(c * gradient[0] + s * gradient[1]), curvature.largest, curvature.smallest, radius)
        q = _newton_step(float(c * gradient[1] - s * gradient[0]), curvature.smallest, curvature.largest, radius)
        if p is None:
            return None
        if abs(curvature.smallest) <= DEGENERATE_RATIO * abs(curvature.largest) and abs(p) > 1e-7 * radius:
            q = 0.0  # first go to the floor of the valley: beside it, even a level floor has some slope
        if q is None:
            return None
        a, b = a - c * p + s * q, b - s * p - c * q
        length = math.hypot(p, q)
        if not math.hypot(a - x, b - y) <= radius:  # also true for nan
            return None
        if length <= 1e-7 * radius:
            break
    return None if length > radius / 50 else (a, b)


def _gradient_at(surface: SurfaceFunction, x: float, y: float) -> np.ndarray:
    """Return the gradient at a point; nan where it is not defined, for which floats would raise an error."""
    with np.errstate(all="ignore"):
        return np.array([np.ravel(part)[0] for part in surface(np.array([x]), np.array([y]))[1]], float)


def _newton_step(slope: float, curvature: float, other_curvature: float, radius: float) -> float | None:
    """Return slope / curvature, and 0 where both are 0 within rounding; None where only the curvature is."""
    if curvature:
        return slope / curvature
    return 0.0 if abs(slope) <= FLAT_RATIO * abs(other_curvature) * radius else None


def _rise_on_ring(
    surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float, angles: np.ndarray = RING_ANGLES
) -> tuple[np.ndarray, float]:
    """Return the loss on a ring minus that at its center, and the magnitude of rounding errors in it."""
    ring_points = np.exp(1j * angles) * radius + complex(x, y)
    loss, *ring_losses = _penalized_losses(surface, np.array([complex(x, y), *ring_points]), penalty)
    with np.errstate(all="ignore"):
        rise = np.array(ring_losses) - loss
    return rise, LOSS_ROUNDING * abs(loss) + FLAT_RATIO * float(np.abs(rise).max())


def _penalized_losses(surface: SurfaceFunction, points: np.ndarray, penalty: float) -> list[float]:
    with np.errstate(all="ignore"):
        losses = surface(points.real, points.imag)[0] + penalty * np.abs(points) ** 2 / 2
    result: list[float] = np.broadcast_to(losses, points.shape).tolist()
    return result


def _classify(surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float) -> StationaryPoint | None:
    """Return a point with its kind; None in a crease, where Newton's steps are short although the gradient is large."""
    curvature = curvature_at(surface, x, y, penalty)
    rise, rounding = _rise_on_ring(surface, x, y, radius, penalty)
    slope_x, slope_y = _gradient_at(surface, x, y)
    if math.hypot(slope_x + penalty * x, slope_y + penalty * y) * radius > np.abs(rise).max() + rounding:
        return None
    max_magnitude, min_magnitude = sorted((abs(curvature.largest), abs(curvature.smallest)), reverse=True)
    degenerate = (
        min_magnitude <= DEGENERATE_RATIO * max_magnitude or max_magnitude * radius**2 / 2 < np.abs(rise).max() / 10
    )
    lower, higher = (
        (bool((rise < -rounding).any()), bool((rise > rounding).any()))
        if degenerate
        else (curvature.smallest < 0, curvature.largest > 0)
    )
    kind = ("saddle" if higher else "maximum") if lower else "minimum" if higher else "flat"
    is_line = getattr(surface, "dimension", 2) == 1
    on_line = (
        kind == "minimum"
        and degenerate
        and not is_line
        and _is_constant_across(surface, x, y, curvature, radius, penalty)
    )
    return StationaryPoint(kind, x, y, curvature, degenerate, on_line)


def _is_constant_across(
    surface: SurfaceFunction, x: float, y: float, curvature: Curvature, radius: float, penalty: float
) -> bool:
    """Return whether the loss is constant in both directions of the smaller eigenvalue."""
    across = complex(-math.sin(curvature.angle), math.cos(curvature.angle)) * radius
    center = complex(x, y)
    losses = _penalized_losses(surface, np.array([center - across, center, center + across]), penalty)
    return max(losses) - min(losses) <= LOSS_ROUNDING * abs(losses[1]) + FLAT_RATIO * curvature.largest * radius**2 / 2
