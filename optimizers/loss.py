"""What a rule may ask of a surface: heights, gradients and second derivatives at whole points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Surface = Callable[[Any, Any], Any]


class Loss:
    """Points of shape (2, *batch) in; heights (*batch), gradients (2, *batch) and Hessians (2, 2, *batch) out."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface

    def both(self, point: Any) -> tuple[Any, np.ndarray]:
        """Height and gradient by one evaluation."""
        x, y = point.tolist() if point.ndim == 1 else point
        height, slope = self.surface(x, y)
        return height, np.array(slope)

    def value(self, point: Any) -> Any:
        return self.both(point)[0]

    def gradient(self, point: Any) -> np.ndarray:
        return self.both(point)[1]

    def hessian(self, point: Any) -> np.ndarray:
        """The surface's own Hessian where it has one, else central differences of the gradient (some 1e-10 accurate)."""
        own = getattr(self.surface, "hessian", None)
        if own is not None:
            return np.asarray(own(point[0], point[1]))
        columns = []
        for axis in (0, 1):
            step = np.zeros_like(point)
            step[axis] = h = 6e-6 * np.maximum(1.0, np.abs(point[axis]))
            columns.append((self.gradient(point + step) - self.gradient(point - step)) / (2 * h))
        rough = np.array(columns)
        return (rough + rough.swapaxes(0, 1)) / 2

    def gauss_newton(self, point: Any) -> np.ndarray:
        """J'J of a surface that is a sum of squares and gives it, (2, 2); the Hessian of any other."""
        own = getattr(self.surface, "gauss_newton", None)
        return self.hessian(point) if own is None else np.asarray(own(*point.tolist()))
