"""Measure the compute time of one update, on the first steps of a run."""

from __future__ import annotations

import math
from array import array
from time import perf_counter
from typing import cast

from app.engine.projected_descent import descend_on, first_point
from app.engine.trajectory import Trajectory
from optimizers.step import is_active
from surfaces import Surface

MEASURE_SECONDS = 0.004  # approximate duration of a measurement
MIN_SAMPLES = 3
STEPS_PER_SAMPLE = 16
STEPS_PER_SAMPLE_SLOW = 8  # for methods that work on one run at a time

_cached_update_times: dict[tuple[object, ...], float] = {}


def measure_update_time(trajectory: Trajectory) -> float:
    """Return the time of one update in microseconds, with the modifiers that are active now.

    It is nan if the start has no finite loss. It is measured once per method, active modifiers and surface, so that
    repeated calls return the same value.
    """
    surface = cast(Surface, trajectory.surface_at(0))
    hyperparameters = trajectory.hyperparameters_at(trajectory.last_step + 1)
    active_modifiers = tuple(
        name for name in trajectory.method.modifiers if name in hyperparameters and is_active(name, hyperparameters)
    )
    size = surface.data and len(surface.data[0])
    key = (trajectory.method.id, active_modifiers, surface.id, surface.name, surface.formula, size)
    if key not in _cached_update_times:
        update_time = _measure(trajectory)
        if math.isnan(update_time):
            return update_time  # not cached: another start may have a finite loss
        _cached_update_times[key] = update_time
    return _cached_update_times[key]


def _measure(trajectory: Trajectory) -> float:
    """Return the fastest of several samples of the first updates, minus the fastest time for zero updates, in µs."""
    surface = trajectory.surface_at(0)
    point = first_point(trajectory.method, surface, trajectory.start)
    hyperparameters = trajectory.hyperparameters_at(trajectory.last_step + 1)
    if point.diverged:
        return math.nan

    def time_sample(step_count: int) -> tuple[int, float]:
        """Return the number of updates, including one that diverges, and the seconds they took."""
        scratch = array("d"), array("d"), array("d")
        start_time = perf_counter()
        last_point = descend_on(trajectory.method, surface, point, hyperparameters, step_count, *scratch)
        return last_point.t + last_point.diverged, perf_counter() - start_time

    # the time of the first sample is not used because it includes one-time preparations of the method
    steps_made, _ = time_sample(STEPS_PER_SAMPLE if trajectory.method.batched else STEPS_PER_SAMPLE_SLOW)
    sample_times: list[float] = []
    setup_times: list[float] = []
    deadline = perf_counter() + MEASURE_SECONDS
    while len(sample_times) < MIN_SAMPLES or perf_counter() < deadline:
        sample_times.append(time_sample(steps_made)[1])
        setup_times.append(time_sample(0)[1])
    return max(min(sample_times) - min(setup_times), 0.0) / steps_made * 1e6
