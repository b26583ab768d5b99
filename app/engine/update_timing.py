"""How long the arithmetic of one update takes, measured on a sample of a run's own past."""

from __future__ import annotations

import math
from array import array
from time import perf_counter
from typing import cast

from app.engine.trajectory import Trajectory
from optimizers.descent import descend, initial_point
from optimizers.step import is_active
from surfaces import Surface

MEASURE_SECONDS, MIN_SAMPLES = 0.004, 3  # seconds that a measurement takes, about, and samples that it needs
STEPS_PER_SAMPLE, STEPS_PER_SAMPLE_SLOW = (
    16,
    8,
)  # updates that are timed together: of a rule on floats, and of one that searches and is slow

_cached_update_times: dict[tuple[object, ...], float] = {}


def measure_update_time(trajectory: Trajectory) -> float:
    """The time of one update of this run's rule with the parts that are on now; nan where its start has no height.

    It is measured once for what determines it, so that it stays the same however often it is asked for.
    """
    surface, hyperparameters = (
        cast(Surface, trajectory.surface),
        trajectory.hyperparameters_at(trajectory.last_step + 1),
    )
    active_modifiers = tuple(
        name for name in trajectory.method.modifiers if name in hyperparameters and is_active(name, hyperparameters)
    )
    key = (trajectory.method.id, active_modifiers, surface.id, surface.formula, surface.data and len(surface.data[0]))
    if key not in _cached_update_times:
        update_time = _measure(trajectory)
        if math.isnan(update_time):
            return update_time  # another start has a height
        _cached_update_times[key] = update_time
    return _cached_update_times[key]


def _measure(trajectory: Trajectory) -> float:
    """The fastest of some samples of the same updates, the first of the run, less the fastest preparation of one."""
    point, hyperparameters = (
        initial_point(trajectory.method, trajectory.surface, trajectory.start),
        trajectory.hyperparameters_at(trajectory.last_step + 1),
    )
    if point.diverged:
        return math.nan

    def time_sample(step_count: int) -> tuple[int, float]:
        """How many updates were made, the one that failed included, and the seconds that they took."""
        scratch = array("d"), array("d"), array("d")
        start_time = perf_counter()
        last_point = descend(trajectory.method, trajectory.surface, point, hyperparameters, step_count, *scratch)
        return last_point.t + last_point.diverged, perf_counter() - start_time

    steps_made, _ = time_sample(
        STEPS_PER_SAMPLE if trajectory.method.batched else STEPS_PER_SAMPLE_SLOW
    )  # not timed: the first use of a rule prepares things
    sample_times: list[float] = []
    setup_times: list[float] = []
    deadline = perf_counter() + MEASURE_SECONDS
    while len(sample_times) < MIN_SAMPLES or perf_counter() < deadline:
        sample_times.append(time_sample(steps_made)[1])
        setup_times.append(time_sample(0)[1])
    return max(min(sample_times) - min(setup_times), 0.0) / steps_made * 1e6
