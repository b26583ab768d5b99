"""Curvature of a surface at a point."""

from __future__ import annotations

import math
import weakref
from typing import NamedTuple

import numpy as np

from optimizers.loss import Loss, SurfaceFunction
from surfaces import Surface

# An eigenvalue this much smaller than the other one is rounding error and counts as 0, as does a curvature that would
# change the loss by this fraction of its range over the whole domain:
ROUNDING_RATIO, RANGE_RATIO = 1e-8, 1e-12
KINK_STEP, MIN_JUMP = 6e-6, 1e-6  # within which the gradient jumps, and by which multiple of its norm


class Curvature(NamedTuple):
    """The eigenvalues of the Hessian at a point and the angle of the eigenvector of the larger one, in radians.

    All three are nan where the surface has no Hessian, as in a kink. On a line, both eigenvalues are f''.
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


NO_CURVATURE = Curvature(math.nan, math.nan, math.nan)


def curvature_at(surface: SurfaceFunction, x: float, y: float, penalty: float = 0.0) -> Curvature:
    """Return the curvature of a surface plus ``penalty`` / 2 times the squared distance from the origin."""
    try:
        with np.errstate(all="ignore"):
            loss = Loss(surface)
            (xx, xy), (_, yy) = loss.hessian(np.array([x, y], float)).tolist()
            yy = xx if loss.dimension == 1 else yy  # both eigenvalues are the only one
            mean, half_difference = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
            largest, smallest = mean + half_difference, mean - half_difference
            angle = math.atan2(2 * xy, xx - yy) / 2
            if _jumps(surface, x, y, angle if abs(largest) >= abs(smallest) else angle + math.pi / 2):
                return NO_CURVATURE
    except (ArithmeticError, ValueError):
        return NO_CURVATURE
    rounding = max(ROUNDING_RATIO * max(abs(largest), abs(smallest)), _negligible_curvature(surface))
    largest, smallest = (0.0 if abs(value) <= rounding else value for value in (largest, smallest))
    return Curvature(largest + penalty, smallest + penalty, angle)


def _jumps(surface: SurfaceFunction, x: float, y: float, angle: float) -> bool:
    """Return whether the gradient jumps at a point: then it changes as much within a tenth of a step in a direction."""
    step = KINK_STEP * max(1.0, math.hypot(x, y))
    directions = step * np.array([1, -1, 0.1, -0.1])
    slopes = surface(x + directions * math.cos(angle), y + directions * math.sin(angle))[1]
    x_slopes, y_slopes = (np.broadcast_to(part, 4) for part in slopes)
    ahead, behind, ahead_near, behind_near = x_slopes + 1j * y_slopes
    change, near_change = abs(ahead - behind), abs(ahead_near - behind_near)
    return bool(near_change > change / 2 and near_change > MIN_JUMP * max(abs(ahead), abs(behind)))


def _negligible_curvature(surface: SurfaceFunction) -> float:
    """Return the curvature below which a surface is flat as far as its domain shows; 0 for a plain function."""
    if not isinstance(surface, Surface):
        return 0.0
    if surface not in _negligible_curvatures:
        (left, right), (bottom, top) = surface.bounds
        x, y = np.meshgrid(np.linspace(left, right, 9), np.linspace(bottom, top, 9))
        with np.errstate(all="ignore"):
            losses = surface(x, y)[0]
        losses = losses[np.isfinite(losses)]
        height = float(np.ptp(losses)) if losses.size else 0.0
        _negligible_curvatures[surface] = RANGE_RATIO * height / ((right - left) ** 2 + (top - bottom) ** 2)
    return _negligible_curvatures[surface]


_negligible_curvatures: weakref.WeakKeyDictionary[Surface, float] = weakref.WeakKeyDictionary()
