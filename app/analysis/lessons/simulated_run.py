"""A run of a lesson, simulated to the last step of its experiment, as columns that measures read."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np

from app.analysis.problem_metrics import metric_at
from app.engine.nearest_minimum import all_minima
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.model.lesson_claim import MAX_LESSON_STEPS, Claim


class SimulatedRun:
    """One run of an experiment. ``number`` counts from 1; at most ``MAX_LESSON_STEPS`` steps are simulated."""

    def __init__(self, experiment: Experiment, number: int) -> None:
        self.experiment = experiment
        run = experiment.runs[number - 1]
        self.last_step = min(experiment.steps or 0, MAX_LESSON_STEPS)
        alone = replace(experiment, runs=(replace(run, replicas=0),), branches=())
        self.trajectory: Trajectory = Race(alone).trajectories[0]
        self.trajectory.advance(self.last_step)
        self.losses = np.array(self.trajectory.losses)

    def step_of(self, claim: Claim) -> int:
        """Return the step at which a claim is measured."""
        return self.last_step if claim.step is None else claim.step

    def range_of(self, claim: Claim) -> slice:
        """Return the steps over which a claim is measured."""
        return slice(claim.first_step, self.step_of(claim) + 1)

    def coordinates(self, axis: str) -> np.ndarray:
        """Return a coordinate after each step."""
        return np.array(self.trajectory.xs if axis == "x" else self.trajectory.ys)

    def coordinate(self, axis: str, step: int) -> float:
        """Return a coordinate after a step; nan if there is no such step."""
        column = self.trajectory.xs if axis == "x" else self.trajectory.ys
        return float(column[step]) if 0 <= step < len(column) else math.nan

    @cached_property
    def minima(self) -> np.ndarray:
        """The minima of the surface, known or found by a search, shape (k, 2)."""
        surface = self.experiment.surface
        if self.trajectory.projected_problem is not None:
            return np.zeros((0, 2))
        if len(surface.minima):
            return np.array(surface.minima, float).reshape(-1, 2)
        return all_minima(surface, surface.bounds)

    @cached_property
    def distances(self) -> np.ndarray:
        """The distance after each step to the minimum that is nearest to the last point; inf without a minimum."""
        x, y = self.coordinates("x"), self.coordinates("y")
        if not len(self.minima):
            return np.full(len(x), math.inf)
        a, b = min(self.minima, key=lambda point: math.hypot(x[-1] - point[0], y[-1] - point[1]))
        distances: np.ndarray = np.hypot(x - a, y - b)
        return distances

    def steps_until(self, is_inside: np.ndarray) -> float:
        """Return the step from which on a condition holds to the end; inf if it does not hold at the end."""
        if self.trajectory.diverged_at is not None or not is_inside[-1]:
            return math.inf
        outside = np.flatnonzero(~is_inside)
        return float(outside[-1] + 1) if outside.size else 0.0

    def problem_metric(self, name: str, step: int) -> float:
        """Return a metric of a problem with many parameters after a step; nan if there is none."""
        return metric_at(self.trajectory, name, step) if step < len(self.losses) else math.nan
