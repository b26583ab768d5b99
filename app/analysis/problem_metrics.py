"""Metrics of runs of a problem with many parameters, for example the loss on test data; computed only when used."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.engine.trajectory import CHECKPOINT_INTERVAL_PROBLEM, Trajectory
from surfaces import Surface

EXACT_STEPS = 40  # up to which a curve has the value of every step
EVALUATION_INTERVAL = CHECKPOINT_INTERVAL_PROBLEM  # steps between two evaluations after that: those with stored states


def metric_at(trajectory: Trajectory, name: str, step: int) -> float:
    """Return a metric after a step, cached as long as the run is used; nan if the run has no such metric."""
    projected = trajectory.projected_problem
    compute = projected.problem.metrics.get(name) if projected is not None else None
    if compute is None:
        return float("nan")
    values: dict[int, float] = trajectory.derived.setdefault(("metric", name), {})
    if step not in values:
        with np.errstate(all="ignore"):
            values[step] = compute(trajectory.point_at(step).x[0])
    return values[step]


def held_metric(trajectory: Trajectory, name: str, first_step: int, last_step: int) -> np.ndarray:
    """Return a metric after each step; after ``EXACT_STEPS``, it is constant between two evaluations."""
    return held_values(lambda step: metric_at(trajectory, name, step), first_step, last_step)


def held_values(compute: Callable[[int], float], first_step: int, last_step: int) -> np.ndarray:
    """Return a value after each step, of steps with stored states after ``EXACT_STEPS``: no other is computed again."""
    values: list[float] = []
    for step in range(first_step, last_step + 1):
        if step < EXACT_STEPS or step % EVALUATION_INTERVAL == 0 or not values:
            values.append(compute(step if step < EXACT_STEPS else step - step % EVALUATION_INTERVAL))
        else:
            values.append(values[-1])
    return np.array(values)


def metric_names(surface: Surface) -> tuple[str, ...]:
    """Return the names of the metrics of the problem that a surface shows; none for another surface."""
    projected = surface.projected_problem
    return () if projected is None else tuple(projected.problem.metrics)
