"""A problem whose runs are shown on a plane: they move in all dimensions, the plane only shows where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from surfaces.landscape.planes import Plane
from surfaces.problems.problem import Problem

ROUNDING = 1e-12  # relative; of the projection of the initial parameters


class ProblemFunction:
    """The loss and gradient of a problem as a function of the vector, with what optimizers may ask for besides.

    Attributes
    ----------
    sample_count : int
        The number of data points that ``minibatch_gradient`` selects from.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem, self.sample_count = problem, problem.sample_count

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the loss of all data and its gradient, shape (d,)."""
        return self.problem.function(vector)

    def minibatch_gradient(self, vector: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """Return the gradient of the mean loss of some data points."""
        return self.problem.batch_function(vector, indices)[1]


@dataclass(frozen=True, eq=False)
class ProjectedProblem:
    """A problem, the plane that shows it, and the initial parameters of its runs, shape (d,)."""

    problem: Problem
    plane: Plane
    start: np.ndarray

    @cached_property
    def function(self) -> ProblemFunction:
        """Loss and gradient over the vector of all parameters."""
        return ProblemFunction(self.problem)

    @cached_property
    def layer_sizes(self) -> tuple[int, ...]:
        """The number of elements of each parameter array."""
        return tuple(layer.stop - layer.start for layer in self.problem.layers)

    @cached_property
    def start_on_plane(self) -> tuple[float, float]:
        """The projection of the initial parameters."""
        return self.project(self.start)[:2]

    def start_at(self, x: float, y: float) -> np.ndarray:
        """Return the initial parameters, moved parallel to the plane so that they are projected on (x, y)."""
        start_x, start_y = self.start_on_plane
        if max(abs(x - start_x), abs(y - start_y)) <= ROUNDING * (1 + abs(start_x) + abs(start_y)):
            return self.start  # also if the projection was computed on another machine
        moved: np.ndarray = self.start + np.array([x - start_x, y - start_y]) @ self.plane.directions
        return moved

    def project(self, vector: np.ndarray) -> tuple[float, float, float]:
        """Return the coordinates of parameters on the plane, and their distance from it."""
        with np.errstate(all="ignore"):  # of a run that diverges
            rest = vector - self.plane.origin
            x, y = self.plane.directions @ rest
            rest = rest - np.array([x, y]) @ self.plane.directions
            return float(x), float(y), float(np.sqrt(rest @ rest))
