"""Curvature of a surface at a point, and the stationary point next to it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from optimizers.loss import Loss, SurfaceFunction

DEGENERATE_RATIO = 1e-6  # an eigenvalue this much smaller than the other one counts as 0
RING_POINTS = 24  # points around a stationary point at which the loss is compared
NEWTON_STEPS = 8


class Curvature(NamedTuple):
    """The eigenvalues of the Hessian at a point and the angle of the eigenvector of the larger one, in radians.

    All three are nan where the surface has no Hessian.
    """

    largest: float
    smallest: float
    angle: float

    def component_along(self, direction: complex) -> float:
        """Return the curvature in the direction of a unit vector."""
        fraction = (direction * complex(math.cos(self.angle), -math.sin(self.angle))).real ** 2
        return fraction * self.largest + (1 - fraction) * self.smallest

    @property
    def condition_number(self) -> float:
        """The ratio of the eigenvalues' magnitudes, at least 1; inf if one of them is 0, nan if both are."""
        low, high = sorted((abs(self.largest), abs(self.smallest)))
        return high / low if low else math.inf if high else math.nan

    @property
    def stable_learning_rate(self) -> float:
        """The largest stable learning rate of gradient descent, 2 / lambda_max; inf if no direction curves upward."""
        return 2 / self.largest if self.largest > 0 else self.largest if math.isnan(self.largest) else math.inf

    def stable_learning_rate_with(self, momentum: float) -> float:
        """Return the largest stable learning rate of the heavy ball, 2 (1 + beta) / lambda_max.

        Polyak 1964; Goh 2017, Why Momentum Really Works, Distill.
        """
        return (1 + momentum) * self.stable_learning_rate


def curvature_at(surface: SurfaceFunction, x: float, y: float, penalty: float = 0.0) -> Curvature:
    """Return the curvature of a surface plus ``penalty`` / 2 times the squared distance from the origin."""
    try:
        with np.errstate(all="ignore"):
            (xx, xy), (_, yy) = Loss(surface).hessian(np.array([x, y], float)).tolist()
    except (ArithmeticError, ValueError):
        return Curvature(math.nan, math.nan, math.nan)
    mean, half_difference = (xx + yy) / 2 + penalty, math.hypot((xx - yy) / 2, xy)
    return Curvature(mean + half_difference, mean - half_difference, math.atan2(2 * xy, xx - yy) / 2)


class StationaryPoint(NamedTuple):
    """A point where the gradient is 0, and its curvature.

    ``kind`` is "minimum", "saddle", "maximum" or "flat" (the loss is constant around the point). ``degenerate`` means
    that the eigenvalues do not determine the kind and the loss on a ring around the point was used instead.
    """

    kind: str
    x: float
    y: float
    curvature: Curvature
    degenerate: bool


def find_stationary_point(
    surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float = 0.0
) -> StationaryPoint | None:
    """Return the stationary point that Newton's method finds within ``radius`` of a point, or None.

    Where the eigenvalues do not determine its kind (a monkey saddle, a plateau), the loss on a ring of that radius
    does.
    """
    position = _newton_position(surface, x, y, radius, penalty)
    return None if position is None else _classify(surface, *position, radius, penalty)


def _newton_position(
    surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float
) -> tuple[float, float] | None:
    a, b = x, y
    for _ in range(NEWTON_STEPS):
        curvature = curvature_at(surface, a, b, penalty)
        gradient = np.array(surface(a, b)[1]) + penalty * np.array([a, b])
        c, s = math.cos(curvature.angle), math.sin(curvature.angle)
        # Components along and across the eigenvector of the larger eigenvalue
        gradient_along = float(c * gradient[0] + s * gradient[1])
        gradient_across = float(c * gradient[1] - s * gradient[0])
        if (gradient_along and not curvature.largest) or (gradient_across and not curvature.smallest):
            return None
        p = gradient_along / curvature.largest if gradient_along else 0.0
        q = gradient_across / curvature.smallest if gradient_across else 0.0
        a, b = a - c * p + s * q, b - s * p - c * q
        if not math.hypot(a - x, b - y) <= radius:  # also true for nan
            return None
        if math.hypot(p, q) <= 1e-7 * radius:
            break
    return None if math.hypot(p, q) > radius / 50 else (a, b)


def _classify(surface: SurfaceFunction, x: float, y: float, radius: float, penalty: float) -> StationaryPoint:
    curvature = curvature_at(surface, x, y, penalty)
    ring_points = np.exp(2j * np.pi * np.arange(RING_POINTS) / RING_POINTS) * radius + complex(x, y)
    loss = float(surface(x, y)[0]) + penalty * (x * x + y * y) / 2
    rise = surface(ring_points.real, ring_points.imag)[0] + penalty * np.abs(ring_points) ** 2 / 2 - loss
    max_magnitude, min_magnitude = sorted((abs(curvature.largest), abs(curvature.smallest)), reverse=True)
    degenerate = (
        min_magnitude <= DEGENERATE_RATIO * max_magnitude or max_magnitude * radius**2 / 2 < np.abs(rise).max() / 10
    )
    rounding = 1e-13 * abs(loss)
    lower, higher = (
        ((rise < -rounding).any(), (rise > rounding).any())
        if degenerate
        else (curvature.smallest < 0, curvature.largest > 0)
    )
    kind = ("saddle" if higher else "maximum") if lower else "minimum" if higher else "flat"
    return StationaryPoint(kind, x, y, curvature, degenerate)
