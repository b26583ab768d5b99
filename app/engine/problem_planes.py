"""Other planes that show an experiment on a problem: through one run, random, or through chosen steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.engine.problem_experiment import plane_snapshots, show_on_plane
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from surfaces.landscape.planes import plane_through, plane_through_ends, principal_plane, random_plane
from surfaces.problems import Problem


def with_plane_through_run(experiment: Experiment, trajectory: Trajectory, step: int, kind: str) -> Experiment:
    """Return the experiment on a plane through a run up to a step.

    ``kind`` is "ends" for its first and last step and the step farthest from the line between them, or "pca" for the
    principal components of its path. Raises ExperimentError if the experiment has no problem, or the run has not moved.
    """
    problem, snapshots = _problem_of(experiment), plane_snapshots(trajectory, min(step, trajectory.last_step))
    if len(snapshots) < 2:
        raise ExperimentError(tr("play some steps first; a plane needs runs that have moved"))
    plane = plane_through_ends(snapshots) if kind == "ends" else principal_plane([snapshots])
    return show_on_plane(experiment, problem, plane, snapshots)


def with_random_plane(experiment: Experiment, trajectory: Trajectory, step: int, seed: int = 0) -> Experiment:
    """Return the experiment on the plane of two random directions around the parameters of a run after a step.

    Each filter is as long as that of the weights there, and the plane shows at least one such length to each side.
    Raises ExperimentError if the experiment has no problem, or its parameters have no filters.
    """
    problem, step = _problem_of(experiment), min(step, trajectory.last_step)
    if all(len(shape) < 2 for shape in problem.shapes):
        raise ExperimentError(tr("random directions need a network; this problem has no weights with rows and columns"))
    plane = random_plane(trajectory.point_at(step).x[0], problem.shapes, outputs_first=False, seed=seed)
    corners = plane.points(np.array([-plane.unit, plane.unit]), np.array([-plane.unit, plane.unit]))
    return show_on_plane(experiment, problem, plane, np.concatenate([plane_snapshots(trajectory, step), corners]))


def with_plane_through_steps(experiment: Experiment, trajectory: Trajectory, steps: Sequence[int]) -> Experiment:
    """Return the experiment on the plane through the parameters of a run after three steps.

    Raises ExperimentError if the experiment has no problem, or these are not three different computed steps.
    """
    problem = _problem_of(experiment)
    if len(set(steps)) != 3 or not all(0 <= step <= trajectory.last_step for step in steps):
        raise ExperimentError(tr("enter three different steps from 0 to {last:,}", last=trajectory.last_step))
    points = [trajectory.point_at(step).x[0] for step in steps]
    if np.array_equal(points[0], points[1]):
        raise ExperimentError(tr("the run has not moved between the first two steps; enter others"))
    snapshots = plane_snapshots(trajectory, max(steps))
    return show_on_plane(experiment, problem, plane_through(*points), np.concatenate([points, snapshots]))


def _problem_of(experiment: Experiment) -> Problem:
    data = experiment.problem
    if data is None:
        raise ExperimentError(tr("only a problem with many parameters has other planes"))
    return data.make()
