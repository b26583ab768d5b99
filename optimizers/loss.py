"""What a rule may ask of a surface: heights, gradients and second derivatives at whole points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

SurfaceFunction = Callable[[Any, Any], Any]


class Loss:
    """Points of shape (2, *batch) in; heights (*batch), gradients (2, *batch) and Hessians (2, 2, *batch) out.

    ``gradients`` and ``values`` count what was asked for: a gradient, whose height comes with it, or a height alone. A matrix
    of second derivatives counts as two gradients, for that is what the complex step costs, however the surface makes it; the
    gradient of some of the data points counts as one.
    """

    def __init__(self, surface: SurfaceFunction) -> None:
        self.surface = surface
        self.gradient_count = self.value_count = 0

    def _evaluate(self, position: Any) -> tuple[Any, np.ndarray]:
        x, y = position.tolist() if position.ndim == 1 else position
        value, gradient = self.surface(x, y)
        return value, np.array(gradient)

    def value_and_gradient(self, position: Any) -> tuple[Any, np.ndarray]:
        """Height and gradient by one evaluation."""
        self.gradient_count += 1
        return self._evaluate(position)

    def value(self, position: Any) -> Any:
        self.value_count += 1
        return self._evaluate(position)[0]

    def gradient(self, position: Any) -> np.ndarray:
        return self.value_and_gradient(position)[1]

    @property
    def sample_count(self) -> int:
        """How many data points ``sampled`` can choose from; 0 where the surface is not made from data."""
        return len(self.surface.data[0]) if getattr(self.surface, "minibatch_gradient", None) else 0  # type: ignore[attr-defined]

    def sampled_gradient(self, position: Any, indices: np.ndarray) -> np.ndarray:
        """The gradient of these of the data points alone, scaled so that its mean over all choices is the whole gradient."""
        self.gradient_count += 1
        x, y = position.tolist() if position.ndim == 1 else position
        return np.array(self.surface.minibatch_gradient(x, y, indices))  # type: ignore[attr-defined]

    def hessian(self, position: Any) -> np.ndarray:
        """The surface's own Hessian where it has one, else central differences of the gradient (some 1e-10 accurate)."""
        self.gradient_count += 2
        surface_hessian = getattr(self.surface, "hessian", None)
        if surface_hessian is not None:
            return np.asarray(surface_hessian(position[0], position[1]))
        columns = []
        for axis in (0, 1):
            step = np.zeros_like(position)
            step[axis] = h = 6e-6 * np.maximum(1.0, np.abs(position[axis]))
            columns.append((self._evaluate(position + step)[1] - self._evaluate(position - step)[1]) / (2 * h))
        matrix = np.array(columns)
        return (matrix + matrix.swapaxes(0, 1)) / 2

    def gauss_newton(self, position: Any) -> np.ndarray:
        """J'J of a surface that is a sum of squares and gives it, (2, 2); the Hessian of any other."""
        surface_gauss_newton = getattr(self.surface, "gauss_newton", None)
        if surface_gauss_newton is None:
            return self.hessian(position)
        self.gradient_count += 2
        return np.asarray(surface_gauss_newton(*position.tolist()))
