"""Experiments on problems with many parameters: the plane that shows the runs, and the losses on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.model.landscape_data import embed_landscape
from app.model.problem_data import ProblemData, check_optimizers
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers import OPTIMIZERS
from optimizers.vector_descent import descend_vector, initial_vector_point
from surfaces.landscape import Landscape
from surfaces.landscape.loss_grid import compute_loss_grid
from surfaces.landscape.planes import Plane, plane_through_ends, principal_plane, snapshot_facts
from surfaces.problems import Problem

REFERENCE, REFERENCE_RATE, REFERENCE_STEPS = "adam", 0.01, 300  # of the run that the first plane shows
GRID_SIZE = 41  # lines in each direction
MAX_SNAPSHOTS = 60  # of a run
TRIED_RATES, TRIED_STEPS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), 25


def with_problem(
    experiment: Experiment, problem_id: str, numbers: Mapping[str, float] | None = None, seed: int = 0
) -> Experiment:
    """Return the experiment on a problem, shown on the plane through start, end and farthest point of a run of Adam.

    ``numbers`` are arguments of the problem, and ``seed`` that of its initial parameters. Runs whose learning rate the
    user has not set get the best of a few rates.
    """
    data = ProblemData(problem_id, ((1.0, 0.0), (0.0, 1.0)), numbers or {}, seed)  # checks the numbers
    problem = data.make()
    check_optimizers((run.method for run in experiment.runs), problem.size)
    snapshots = _reference_path(problem, seed)
    return with_learning_rates(show_on_plane(experiment, problem, plane_through_ends(snapshots), snapshots, data))


def with_learning_rates(experiment: Experiment) -> Experiment:
    """Return an experiment on a problem with rates with which its runs learn, where the user has not set them."""
    assert experiment.problem is not None
    problem = experiment.problem.make()
    start = problem.make_start(experiment.problem.seed)
    return replace(experiment, runs=tuple(_with_rate(run, problem, start) for run in experiment.runs))


def _with_rate(run: Run, problem: Problem, start: np.ndarray) -> Run:
    """Return a run with the learning rate that reaches the lowest loss in a few steps, unless the user has set one.

    An optimizer that evaluates the loss itself keeps its rate.
    """
    if run.rate_edited or not run.method.has_learning_rate or run.method.takes_loss:
        return run
    sizes, final_losses = [layer.stop - layer.start for layer in problem.layers], []
    for rate in TRIED_RATES:
        first = initial_vector_point(run.method, problem.function, start, sizes)
        settings = {**run.hyperparameters, "lr": rate}
        *_, point = [first, *descend_vector(run.method, problem.function, first, settings, TRIED_STEPS, sizes)]
        final_losses.append(np.inf if point.diverged else point.loss)
    return run.with_learning_rate(TRIED_RATES[int(np.argmin(final_losses))])


def with_plane_through_runs(experiment: Experiment, trajectories: Sequence[Trajectory], step: int) -> Experiment:
    """Return the experiment on the plane of the principal components of all runs, with equal weight, up to a step.

    Raises ExperimentError if the experiment has no problem, or its runs have not moved.
    """
    data = experiment.problem
    if data is None:
        raise ExperimentError(tr("only a problem with many parameters has other planes"))
    paths = [plane_snapshots(trajectory, min(step, trajectory.last_step)) for trajectory in trajectories]
    paths = [path for path in paths if len(path) > 1]
    if not paths:
        raise ExperimentError(tr("play some steps first; a plane needs runs that have moved"))
    paths = paths if len(paths) > 1 else [paths[0][::-1]]  # the plane of one path goes through its last snapshot
    problem = data.make()
    plane = principal_plane(paths)
    return show_on_plane(experiment, problem, plane, np.concatenate(paths))


def _reference_path(problem: Problem, seed: int) -> np.ndarray:
    optimizer = OPTIMIZERS[REFERENCE]
    point = initial_vector_point(optimizer, problem.function, problem.make_start(seed))
    settings = {**optimizer.defaults, "lr": REFERENCE_RATE}
    path = [point, *descend_vector(optimizer, problem.function, point, settings, REFERENCE_STEPS)]
    return np.array([each.position for each in path[:: REFERENCE_STEPS // MAX_SNAPSHOTS]])


def plane_snapshots(trajectory: Trajectory, last_step: int) -> np.ndarray:
    """Return the parameters after the start and up to ``MAX_SNAPSHOTS`` other steps, evenly spaced."""
    steps = {round(step) for step in np.linspace(0, last_step, MAX_SNAPSHOTS + 1)}
    return np.array([point.x[0] for point in trajectory.iter_points(last_step) if point.t in steps])


def show_on_plane(
    experiment: Experiment, problem: Problem, plane: Plane, snapshots: np.ndarray, data: ProblemData | None = None
) -> Experiment:
    """Return the experiment with the losses on the part of a plane where snapshots are; runs keep their settings.

    ``data`` names the problem, by default that of the experiment.
    """
    data = data or experiment.problem
    assert data is not None
    computation = compute_loss_grid(
        lambda vector: problem.function(vector)[0], plane, snapshots, np.arange(len(snapshots)), GRID_SIZE, False
    )
    *_, (_, result) = computation
    landscape = Landscape(
        result.xs,
        result.ys,
        result.heights,
        kind=plane.kind,
        shares=plane.shares[:2],
        facts={"parameters": problem.size, **(snapshot_facts(plane, snapshots) if plane.kind == "pca" else {})},
    )
    name = experiment.landscape.name if data.network is not None and experiment.landscape else problem.name
    return experiment.with_problem(data.on_plane(plane), embed_landscape(landscape, name))
