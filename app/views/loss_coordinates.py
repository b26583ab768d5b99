"""The coordinates of the loss view: a quantity of each run against steps, evaluations or compute time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.analysis.metric_series import metric_series
from app.engine.trajectory import Trajectory
from app.engine.update_timing import measure_update_time

INITIAL_LENGTHS = {"steps": 100.0, "evaluations": 100.0, "time": 0.1}  # of the x axis; time is in milliseconds
LOOKUP_THRESHOLD = 600  # steps up to which evaluations are looked up one by one


@dataclass(frozen=True)
class LossCoordinates:
    """What the loss view shows: ``quantity`` over ``x_quantity``.

    ``quantity`` is a key of ``QUANTITIES`` and ``x_quantity`` one of ``X_QUANTITIES`` in :mod:`app.model.experiment`.
    """

    quantity: str
    x_quantity: str

    def x_values(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return x (n,) after each of ``steps`` (n,), which must be ascending."""
        if self.x_quantity == "time":
            times: np.ndarray = steps * self.time_per_step(trajectory)
            return times
        if self.x_quantity == "steps" or trajectory.cumulative_evaluations is None:
            return steps
        if len(steps) <= LOOKUP_THRESHOLD:
            return np.array([sum(trajectory.evaluation_counts(step)) for step in steps.tolist()])
        evaluations: np.ndarray = total_evaluations(trajectory, int(steps[-1]))[steps]
        return evaluations

    def y_values(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return y (n,) after each of ``steps`` (n,), which must be ascending."""
        last_step = int(steps[-1]) if len(steps) else 0
        values: np.ndarray = metric_series(trajectory, self.quantity).values_up_to(last_step)[steps]
        return values

    def steps_at(self, trajectory: Trajectory, x: np.ndarray, last_step: int) -> np.ndarray:
        """Return the first step at or after each of ``x`` (n,); steps may lie outside 0 to ``last_step``."""
        if self.x_quantity == "evaluations" and trajectory.cumulative_evaluations is not None:
            return np.searchsorted(total_evaluations(trajectory, last_step), x)
        return np.ceil(x / self.x_per_step(trajectory)).astype(np.int64)

    def x_per_step(self, trajectory: Trajectory) -> float:
        """Return the length of a step on the x axis; 1 for evaluations, of which each step makes at least one."""
        return self.time_per_step(trajectory) if self.x_quantity == "time" else 1.0

    def time_per_step(self, trajectory: Trajectory) -> float:
        """Return the compute time of a step in milliseconds."""
        return measure_update_time(trajectory) / 1000

    def max_x(self, curves: Iterable[tuple[Trajectory, int]]) -> float:
        """Return the largest x of curves, each given by a run and its last step; 0 without curves."""
        return max(
            (float(self.x_values(trajectory, np.array([last_step]))[0]) for trajectory, last_step in curves),
            default=0.0,
        )

    def log_x_start(self, trajectories: Iterable[Trajectory]) -> float:
        """Return the lower end of a logarithmic x axis: the smallest x after the first step of a run."""
        first_values = [
            float(self.x_values(trajectory, np.array([1]))[0]) for trajectory in trajectories if trajectory.last_step
        ]
        return min(first_values, default=0.0) or INITIAL_LENGTHS[self.x_quantity] / 100


def total_evaluations(trajectory: Trajectory, last_step: int) -> np.ndarray:
    """Return the number of evaluations of gradient and loss together after each of the steps 0 to ``last_step``."""
    gradient_evaluations, loss_evaluations = trajectory.evaluation_arrays(last_step)
    total: np.ndarray = gradient_evaluations + loss_evaluations
    return total
