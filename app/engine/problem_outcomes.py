"""Runs in all dimensions of a problem for many settings, for maps: one after another, as a simulation computes them."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Mapping

import numpy as np

from app.engine.block_run import Outcomes
from app.engine.projected_descent import descend_on, first_point
from app.engine.rest_classification import DIVERGED, ON_ITS_WAY
from app.model.run import Run
from surfaces import Surface

STEPS_PER_SLICE = 5  # steps between two progress values: about 10 ms of a small network


def compute_problem_outcomes(
    run: Run, surface: Surface, start: tuple[float, float], steps: int, columns: Mapping[str, np.ndarray]
) -> Generator[float, None, Outcomes]:
    """Yield the fraction that is done and return the outcomes, one for each row of columns of hyperparameters.

    A run reaches no known minimum: it is on its way, or it has diverged.
    """
    size = next(iter(columns.values())).size
    outcome, loss, lowest = np.full(size, ON_ITS_WAY, np.int32), np.full(size, np.nan), np.full(size, np.nan)
    xs, ys = np.full(size, np.nan), np.full(size, np.nan)
    initial = first_point(run.method, surface, start)
    for k in range(size):
        settings = {**run.hyperparameters, **{name: float(column[k]) for name, column in columns.items()}}
        point, losses = initial, array("d", [initial.loss])
        while point.t < steps and not point.diverged:
            yield (k + point.t / steps) / size
            count = min(STEPS_PER_SLICE, steps - point.t)
            point = descend_on(run.method, surface, point, settings, count, array("d"), array("d"), losses)
        if point.diverged:
            outcome[k] = DIVERGED
        else:
            loss[k], lowest[k], (xs[k], ys[k]) = point.loss, min(losses), point.position
    return Outcomes(outcome, np.full(size, -1, np.int32), loss, xs, ys, lowest)
