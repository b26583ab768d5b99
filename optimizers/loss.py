"""What a rule may ask of a surface: heights, gradients and second derivatives at whole points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Surface = Callable[[Any, Any], Any]


class Loss:
    """Points of shape (2, *batch) in; heights (*batch), gradients (2, *batch) and Hessians (2, 2, *batch) out.

    ``gradients`` and ``values`` count what was asked for: a gradient, whose height comes with it, or a height alone. A matrix
    of second derivatives counts as two gradients, for that is what the complex step costs, however the surface makes it; the
    gradient of some of the data points counts as one.
    """

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.gradients = self.values = 0

    def _at(self, point: Any) -> tuple[Any, np.ndarray]:
        x, y = point.tolist() if point.ndim == 1 else point
        height, slope = self.surface(x, y)
        return height, np.array(slope)

    def both(self, point: Any) -> tuple[Any, np.ndarray]:
        """Height and gradient by one evaluation."""
        self.gradients += 1
        return self._at(point)

    def value(self, point: Any) -> Any:
        self.values += 1
        return self._at(point)[0]

    def gradient(self, point: Any) -> np.ndarray:
        return self.both(point)[1]

    @property
    def size(self) -> int:
        """How many data points ``sampled`` can choose from; 0 where the surface is not made from data."""
        return len(self.surface.data[0]) if getattr(self.surface, "batch", None) else 0  # type: ignore[attr-defined]

    def sampled(self, point: Any, rows: np.ndarray) -> np.ndarray:
        """The gradient of these of the data points alone, scaled so that its mean over all choices is the whole gradient."""
        self.gradients += 1
        x, y = point.tolist() if point.ndim == 1 else point
        return np.array(self.surface.batch(x, y, rows))  # type: ignore[attr-defined]

    def hessian(self, point: Any) -> np.ndarray:
        """The surface's own Hessian where it has one, else central differences of the gradient (some 1e-10 accurate)."""
        self.gradients += 2
        own = getattr(self.surface, "hessian", None)
        if own is not None:
            return np.asarray(own(point[0], point[1]))
        columns = []
        for axis in (0, 1):
            step = np.zeros_like(point)
            step[axis] = h = 6e-6 * np.maximum(1.0, np.abs(point[axis]))
            columns.append((self._at(point + step)[1] - self._at(point - step)[1]) / (2 * h))
        rough = np.array(columns)
        return (rough + rough.swapaxes(0, 1)) / 2

    def gauss_newton(self, point: Any) -> np.ndarray:
        """J'J of a surface that is a sum of squares and gives it, (2, 2); the Hessian of any other."""
        own = getattr(self.surface, "gauss_newton", None)
        if own is None:
            return self.hessian(point)
        self.gradients += 2
        return np.asarray(own(*point.tolist()))
