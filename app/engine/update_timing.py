"""How long the arithmetic of one update takes, measured on a sample of a run's own past."""

from __future__ import annotations

import math
from array import array
from time import perf_counter
from typing import cast

from app.engine.trajectory import Track
from optimizers.descent import begin, descend
from optimizers.step import is_on
from surfaces import Surface

WORK, LEAST = 0.004, 3  # seconds that a measurement takes, about, and samples that it needs
SAMPLE, FEW = 16, 8  # updates that are timed together: of a rule on floats, and of one that searches and is slow

_measured: dict[tuple[object, ...], float] = {}


def microseconds(track: Track) -> float:
    """The time of one update of this run's rule with the parts that are on now; nan where its start has no height.

    It is measured once for what determines it, so that it stays the same however often it is asked for.
    """
    surface, hyperparameters = cast(Surface, track.surface), track.hyperparameters_at(track.extent + 1)
    parts = tuple(name for name in track.rule.parts if name in hyperparameters and is_on(name, hyperparameters))
    key = (track.rule.id, parts, surface.id, surface.formula, surface.data and len(surface.data[0]))
    if key not in _measured:
        pace = _measure(track)
        if math.isnan(pace):
            return pace  # another start has a height
        _measured[key] = pace
    return _measured[key]


def _measure(track: Track) -> float:
    """The fastest of some samples of the same updates, the first of the run, less the fastest preparation of one."""
    point, hyperparameters = begin(track.rule, track.surface, track.start), track.hyperparameters_at(track.extent + 1)
    if point.diverged:
        return math.nan

    def sample(count: int) -> tuple[int, float]:
        """How many updates were made, the one that failed included, and the seconds that they took."""
        spare = array("d"), array("d"), array("d")
        began = perf_counter()
        tip = descend(track.rule, track.surface, point, hyperparameters, count, *spare)
        return tip.t + tip.diverged, perf_counter() - began

    made, _ = sample(SAMPLE if track.rule.batched else FEW)  # not timed: the first use of a rule prepares things
    took: list[float] = []
    idle: list[float] = []
    end = perf_counter() + WORK
    while len(took) < LEAST or perf_counter() < end:
        took.append(sample(made)[1])
        idle.append(sample(0)[1])
    return max(min(took) - min(idle), 0.0) / made * 1e6
