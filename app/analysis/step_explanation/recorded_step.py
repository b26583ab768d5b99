"""RecordedStep: one step of a run with its parts and points, without the text of its lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from app.analysis.step_explanation.named_points import named_points
from app.analysis.step_explanation.recorded_update import RecordedUpdate
from app.analysis.step_explanation.step_parts import step_parts
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers.descent import Point, evaluated_on


class RecordedStep(NamedTuple):
    """A step of a run: the recorded update, the states before and after it, its parts and its points."""

    update: RecordedUpdate
    before: Point
    after: Point
    parts: dict[str, tuple[float, float]]
    points: dict[str, tuple[float, float]]


def record_step(trajectory: Trajectory, step: int) -> RecordedStep:
    """Record the step of a run that leads to ``step``.

    Raises
    ------
    IndexError
        If there is no such step, or it is not computed.
    ExperimentError
        If the run is that of a problem with many parameters.
    """
    before, after = state_before(trajectory, step), trajectory.point_at(step)
    surface = trajectory.surface_at(step - 1)
    if trajectory.surface_at(step) is not surface:  # the step has been made on the surface before
        after = evaluated_on(surface, after)
    return record_between(trajectory, before, after, trajectory.hyperparameters_at(step))


def state_before(trajectory: Trajectory, step: int) -> Point:
    """Return the state before a step; see ``record_step`` for the errors."""
    if trajectory.projected_problem is not None:
        raise ExperimentError(tr("steps of problems with many parameters are not taken apart"))
    if step < 1:
        raise IndexError("the first step is step 1")
    return trajectory.point_at(step - 1)


def record_between(
    trajectory: Trajectory, before: Point, after: Point, hyperparameters: Mapping[str, float]
) -> RecordedStep:
    """Record the step between two states, which is made on the surface of the first one."""
    update = RecordedUpdate(trajectory.method, trajectory.surface_at(before.t), hyperparameters)
    with np.errstate(all="ignore"):
        update(before.t + 1, before.x, before.y, before.gradient, before.modifier_states)
        parts = step_parts(update, np.array(before.position), np.array(after.position))
        points = named_points(update, before, after)
    return RecordedStep(update, before, after, parts, points)
