"""Counted access to the loss, gradient and second derivatives of a surface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

SurfaceFunction = Callable[[Any, Any], Any]
VectorFunction = Callable[[np.ndarray], Any]


class Loss:
    """The surface from the viewpoint of an update rule, with counted evaluations.

    Positions have shape (2, *batch); losses (*batch), gradients (2, *batch) and Hessians (2, 2, *batch).

    Attributes
    ----------
    surface : callable
        (x, y) -> loss, (grad_x, grad_y).
    gradient_count : int
        Gradient evaluations so far; the loss comes with the gradient. A Hessian counts as two, which is the cost of the
        complex-step method, however the surface computes it; the gradient of a mini-batch counts as one. In d
        dimensions a Hessian counts as d.
    value_count : int
        Evaluations of the loss alone.
    dimension : int
        1 if the loss depends on x alone; then y has no effect and stays as it is.
    """

    def __init__(self, surface: Callable[..., Any]) -> None:
        self.surface = surface
        self.dimension: int = getattr(surface, "dimension", 2)
        self.gradient_count = self.value_count = 0

    def _evaluate(self, position: Any) -> tuple[Any, np.ndarray]:
        x, y = position.tolist() if position.ndim == 1 else position
        value, gradient = self.surface(x, y)
        return value, np.array(gradient)

    def value_and_gradient(self, position: Any) -> tuple[Any, np.ndarray]:
        """Return loss and gradient from one evaluation."""
        self.gradient_count += 1
        return self._evaluate(position)

    def value(self, position: Any) -> Any:
        """Return the loss."""
        self.value_count += 1
        return self._evaluate(position)[0]

    def gradient(self, position: Any) -> np.ndarray:
        """Return the gradient."""
        return self.value_and_gradient(position)[1]

    @property
    def sample_count(self) -> int:
        """Number of data points that ``sampled_gradient`` can select from; 0 if the surface is not made from data."""
        return len(self.surface.data[0]) if getattr(self.surface, "minibatch_gradient", None) else 0  # type: ignore[attr-defined]

    def sampled_gradient(self, position: Any, indices: np.ndarray) -> np.ndarray:
        """Return the gradient of the selected data points, scaled to be an unbiased estimate of the full gradient."""
        self.gradient_count += 1
        x, y = position.tolist() if position.ndim == 1 else position
        return np.array(self.surface.minibatch_gradient(x, y, indices))  # type: ignore[attr-defined]

    def hessian(self, position: Any) -> np.ndarray:
        """Return the Hessian of the surface, or central differences of the gradient.

        The relative error of the differences is usually below 1e-9, but larger where the curvature changes quickly.
        """
        self.gradient_count += len(position)
        surface_hessian = getattr(self.surface, "hessian", None)
        if surface_hessian is not None:
            return np.asarray(surface_hessian(position[0], position[1]))
        columns = []
        for axis in range(len(position)):
            step = np.zeros_like(position)
            step[axis] = h = 6e-6 * np.maximum(1.0, np.abs(position[axis]))
            columns.append((self._evaluate(position + step)[1] - self._evaluate(position - step)[1]) / (2 * h))
        matrix = np.array(columns)
        symmetric: np.ndarray = (matrix + matrix.swapaxes(0, 1)) / 2
        return symmetric

    def gauss_newton(self, position: Any) -> np.ndarray:
        """Return J'J, shape (2, 2), of a surface that provides it (a sum of squares), otherwise the Hessian."""
        surface_gauss_newton = getattr(self.surface, "gauss_newton", None)
        if surface_gauss_newton is None:
            return self.hessian(position)
        self.gradient_count += 2
        return np.asarray(surface_gauss_newton(*position.tolist()))


class VectorLoss(Loss):
    """The loss of a whole parameter vector, shape (d,), from a function vector -> loss, gradient.

    The function may have the attributes ``hessian`` and ``gauss_newton``, functions vector -> matrix (d, d). If it is
    computed from data, ``sample_count`` is the number of its points and ``minibatch_gradient`` a function
    (vector, indices) -> gradient.
    """

    def __init__(self, function: VectorFunction) -> None:
        super().__init__(function)

    def _evaluate(self, position: Any) -> tuple[Any, np.ndarray]:
        value, gradient = self.surface(position)
        return value, np.array(gradient)

    @property
    def sample_count(self) -> int:
        """Number of data points that ``sampled_gradient`` can select from; 0 if the function is not made from data."""
        return int(getattr(self.surface, "sample_count", 0))

    def sampled_gradient(self, position: Any, indices: np.ndarray) -> np.ndarray:
        """Return the gradient of the selected data points, scaled to be an unbiased estimate of the full gradient."""
        self.gradient_count += 1
        return np.array(self.surface.minibatch_gradient(position, indices))  # type: ignore[attr-defined]

    def hessian(self, position: Any) -> np.ndarray:
        """Return the Hessian of the function, or central differences of the gradient."""
        function_hessian = getattr(self.surface, "hessian", None)
        if function_hessian is None:
            return super().hessian(position)
        self.gradient_count += len(position)
        return np.asarray(function_hessian(position))

    def gauss_newton(self, position: Any) -> np.ndarray:
        """Return J'J, shape (d, d), of a function that provides it, otherwise the Hessian."""
        function_gauss_newton = getattr(self.surface, "gauss_newton", None)
        if function_gauss_newton is None:
            return self.hessian(position)
        self.gradient_count += len(position)
        return np.asarray(function_gauss_newton(position))
