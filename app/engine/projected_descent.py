"""Runs of a problem with many parameters, as runs on the plane that shows it.

Each step is one of all parameters. A run has the same columns as one on a surface: the projection of the parameters on
the plane, and the true loss there, which is not the height of the plane below.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from optimizers import Optimizer
from optimizers.descent import EvaluationCounts, Point, descend, initial_point
from optimizers.loss import SurfaceFunction
from optimizers.step import ModifierStates
from optimizers.vector_descent import VectorPoint, descend_vector, initial_vector_point
from surfaces.problems.projected_problem import ProjectedProblem


class ProjectedPoint(NamedTuple):
    """State of a run after ``t`` steps with the fields of a ``Point``: ``x`` is (all parameters, *state).

    ``step_size`` is the distance that step ``t`` has moved all parameters, nan at the start.
    """

    t: int
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    loss: float
    gradient: Any
    diverged: bool
    modifier_states: ModifierStates
    position: tuple[float, float]
    step_size: float = math.nan


def first_point(optimizer: Optimizer, surface: SurfaceFunction, start: tuple[float, float]) -> Point:
    """Return the point before the first step on a surface, or of the problem that a surface shows."""
    projected: ProjectedProblem | None = getattr(surface, "projected_problem", None)
    if projected is None:
        return initial_point(optimizer, surface, start)
    vector = initial_vector_point(optimizer, projected.function, projected.start_at(*start), projected.layer_sizes)
    return cast(Point, _project(vector, start))


def descend_on(
    optimizer: Optimizer,
    surface: SurfaceFunction,
    point: Point,
    hyperparameters: Mapping[str, Any],
    step_count: int,
    xs: array[float],
    ys: array[float],
    losses: array[float],
    evaluation_counts: EvaluationCounts | None = None,
) -> Point:
    """Compute steps on a surface, or of the problem that it shows; arguments and result as for ``descend``."""
    projected: ProjectedProblem | None = getattr(surface, "projected_problem", None)
    if projected is None:
        return descend(optimizer, surface, point, hyperparameters, step_count, xs, ys, losses, evaluation_counts)
    first = VectorPoint(
        point.t, point.x[0], point.x[1:], point.loss, np.asarray(point.gradient), point.diverged, point.modifier_states
    )
    sizes = projected.layer_sizes
    for vector in descend_vector(
        optimizer, projected.function, first, hyperparameters, step_count, sizes, evaluation_counts
    ):
        if vector.diverged:
            return point._replace(diverged=True)
        x, y, _ = projected.project(vector.position)
        moved = vector.position - point.x[0]
        point = cast(Point, _project(vector, (x, y), math.sqrt(moved @ moved)))
        for column, value in zip((xs, ys, losses), (x, y, vector.loss), strict=True):
            column.append(value)
    return point


def _project(vector: VectorPoint, position: tuple[float, float], step_size: float = math.nan) -> ProjectedPoint:
    states = (vector.position, *vector.state)
    return ProjectedPoint(
        vector.t, states, (), vector.loss, vector.gradient, vector.diverged, vector.modifier_states, position, step_size
    )
