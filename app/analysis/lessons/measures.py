"""The measures that a claim of a lesson can name: one function each, from a simulated run and the claim to a value.

A run that has ended before the step has an infinite loss there, and no position. A step that is never reached is inf.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from app.analysis import stability_limit as limits
from app.analysis.curvature import Curvature, curvature_at
from app.analysis.lessons.simulated_run import SimulatedRun
from app.analysis.run_status import run_status
from app.analysis.status.network_status import gradient_norm_at, step_size_at
from app.model.lesson_claim import Claim
from app.model.lesson_settings import setting_value

Measure = Callable[[SimulatedRun, Claim], float | str]
MEASURES: dict[str, Measure] = {}


def measure(function: Measure) -> Measure:
    """Register a measure under the name of its function."""
    MEASURES[function.__name__] = function
    return function


@measure
def position(run: SimulatedRun, claim: Claim) -> float:
    """Return a coordinate after a step."""
    return run.coordinate(claim.axis, run.step_of(claim))


@measure
def change(run: SimulatedRun, claim: Claim) -> float:
    """Return the change of a coordinate in a step; nan for step 0."""
    step = run.step_of(claim)
    return run.coordinate(claim.axis, step) - run.coordinate(claim.axis, step - 1)


@measure
def factor(run: SimulatedRun, claim: Claim) -> float:
    """Return a coordinate after a step divided by the one before; nan if that is 0."""
    step = run.step_of(claim)
    before = run.coordinate(claim.axis, step - 1)
    return run.coordinate(claim.axis, step) / before if before else math.nan


@measure
def largest(run: SimulatedRun, claim: Claim) -> float:
    """Return the largest coordinate in a range of steps."""
    return float(max(run.coordinates(claim.axis)[run.range_of(claim)], default=math.nan))


@measure
def smallest(run: SimulatedRun, claim: Claim) -> float:
    """Return the smallest coordinate in a range of steps."""
    return float(min(run.coordinates(claim.axis)[run.range_of(claim)], default=math.nan))


@measure
def first_beyond(run: SimulatedRun, claim: Claim) -> float:
    """Return the first step with the absolute value of a coordinate above the bound."""
    steps = np.flatnonzero(np.abs(run.coordinates(claim.axis)) > claim.bound)
    return float(steps[0]) if steps.size else math.inf


@measure
def loss(run: SimulatedRun, claim: Claim) -> float:
    """Return the loss after a step."""
    step = run.step_of(claim)
    return float(run.losses[step]) if step < len(run.losses) else math.inf


@measure
def lowest_loss(run: SimulatedRun, claim: Claim) -> float:
    """Return the lowest loss in a range of steps."""
    return float(min(run.losses[run.range_of(claim)], default=math.inf))


@measure
def highest_loss(run: SimulatedRun, claim: Claim) -> float:
    """Return the highest loss in a range of steps; inf if the run has overflowed in it."""
    if run.step_of(claim) >= len(run.losses):
        return math.inf
    return float(max(run.losses[run.range_of(claim)], default=math.inf))


@measure
def mean_loss(run: SimulatedRun, claim: Claim) -> float:
    """Return the mean loss of a range of steps; inf if the run has overflowed in it."""
    losses = run.losses[run.range_of(claim)]
    return float(losses.mean()) if run.step_of(claim) < len(run.losses) and losses.size else math.inf


@measure
def steps_to_loss(run: SimulatedRun, claim: Claim) -> float:
    """Return the step from which on the loss stays at or below the bound."""
    return run.steps_until(run.losses <= claim.bound)


@measure
def steps_within(run: SimulatedRun, claim: Claim) -> float:
    """Return the step from which on the run stays within the tolerance of a minimum, nearest to its last point."""
    return run.steps_until(run.distances <= claim.tolerance)


@measure
def distance(run: SimulatedRun, claim: Claim) -> float:
    """Return the distance to the nearest minimum after a step."""
    step = run.step_of(claim)
    x, y = run.coordinate("x", step), run.coordinate("y", step)
    return min((math.hypot(x - a, y - b) for a, b in run.minima), default=math.nan)


@measure
def gradient_norm(run: SimulatedRun, claim: Claim) -> float:
    """Return the gradient norm after a step, of a network that of all its parameters."""
    step = run.step_of(claim)
    return gradient_norm_at(run.trajectory, step) if step < len(run.losses) else math.nan


@measure
def step_size(run: SimulatedRun, claim: Claim) -> float:
    """Return the distance that a step has moved a run, of a network in all its parameters."""
    step = run.step_of(claim)
    if not 1 <= step < len(run.losses):
        return math.nan
    if run.trajectory.projected_problem is not None:
        return step_size_at(run.trajectory, step)
    return math.hypot(*(run.coordinate(axis, step) - run.coordinate(axis, step - 1) for axis in "xy"))


@measure
def path_length(run: SimulatedRun, claim: Claim) -> float:
    """Return the length of the path in a range of steps."""
    steps = run.range_of(claim)
    return float(np.hypot(np.diff(run.coordinates("x")[steps]), np.diff(run.coordinates("y")[steps])).sum())


@measure
def learning_rate(run: SimulatedRun, claim: Claim) -> float:
    """Return the learning rate of the update that leads to a step, with schedules applied."""
    step = max(run.step_of(claim), 1)
    return next(run.trajectory.learning_rates(step, step), math.nan)


@measure
def largest_curvature(run: SimulatedRun, claim: Claim) -> float:
    """Return the largest eigenvalue of the second derivatives after a step."""
    return _curvature(run, claim).largest


@measure
def smallest_curvature(run: SimulatedRun, claim: Claim) -> float:
    """Return the smallest eigenvalue of the second derivatives after a step."""
    return _curvature(run, claim).smallest


@measure
def condition_number(run: SimulatedRun, claim: Claim) -> float:
    """Return the ratio of the curvatures after a step."""
    return _curvature(run, claim).condition_number


def _curvature(run: SimulatedRun, claim: Claim) -> Curvature:
    step = min(run.step_of(claim), run.trajectory.last_step)
    if run.trajectory.projected_problem is not None:  # the curvature of the plane is not that of the problem
        return Curvature(math.nan, math.nan, math.nan)
    return curvature_at(run.trajectory.surface_at(step), run.coordinate("x", step), run.coordinate("y", step))


@measure
def stability_limit(run: SimulatedRun, claim: Claim) -> float:
    """Return the largest stable learning rate with the curvature after a step; nan if none is known."""
    step = min(run.step_of(claim), run.trajectory.last_step)
    if run.trajectory.projected_problem is not None:
        return math.nan
    limit = limits.stability_limit(run.trajectory, step, None, limits.effective_update(run.trajectory, step))
    return limit.learning_rate if limit else math.nan


@measure
def status(run: SimulatedRun, claim: Claim) -> str:
    """Return the kind of the run status after a step."""
    return run_status(run.trajectory, min(run.step_of(claim), run.trajectory.last_known_step)).kind


@measure
def accuracy(run: SimulatedRun, claim: Claim) -> float:
    """Return the fraction of the training data that a network classifies right."""
    return run.problem_metric("accuracy", run.step_of(claim))


@measure
def test_accuracy(run: SimulatedRun, claim: Claim) -> float:
    """Return the fraction of the test data that a network classifies right."""
    return run.problem_metric("test_accuracy", run.step_of(claim))


@measure
def setting(run: SimulatedRun, claim: Claim) -> float | str:
    """Return the value of a setting of the experiment; nan if it has none."""
    value = setting_value(run.experiment, claim.setting)
    return math.nan if value is None else value if isinstance(value, str) else float(value)
