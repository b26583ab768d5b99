"""What becomes of many runs: which minimum they reach and when, or why they reach none."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from app.engine.arrival_sample import ArrivalSample
from app.engine.block_run import OUTCOME_TYPES, TOLERANCE, BlockRun, Outcomes, Problem
from app.engine.nearest_minimum import compute_nearest
from app.engine.rest_classification import HELD, ON_ITS_WAY, UNKNOWN_MINIMUM, polished
from app.utils.progress_generators import scaled

NEAR = 20.0  # tolerances: a run at rest at this distance from a minimum is on its way to it
BLOCK_SIZE = 10_000  # runs that are computed together: more exceed the processor's cache
SEQUENTIAL_BLOCK_SIZE = 100


def compute_outcomes(
    problem: Problem, x: np.ndarray, y: np.ndarray
) -> Generator[float, None, tuple[Outcomes, np.ndarray]]:
    """Compute runs from the starts (x, y), each of shape (n,); yield the fraction that is done.

    Returns the outcomes and the minima (k, 2): those of the problem, and after them those at which runs came to rest.
    Runs that have arrived are left out, except for a sample that is computed to the end. If one of these leaves its
    minimum again, all are computed to the end.
    """
    sample = ArrivalSample(problem.optimizer.batched)
    outcomes, stopped = yield from scaled(_compute_blocks(problem, x, y, sample), 0.0, 0.8)
    outcomes, stopped, problem = yield from _with_found_minima(problem, outcomes, stopped, x, y, sample)
    if sample.has_left and stopped.size:
        again, _ = yield from scaled(_compute_blocks(*_subset(problem, x, y, stopped), sample), 0.85, 1.0)
        _replace(outcomes, stopped, again)
    outcomes.outcome[outcomes.outcome == UNKNOWN_MINIMUM] = ON_ITS_WAY  # at rest, but not yet within the tolerance
    return outcomes, problem.nearest.minima


def _with_found_minima(
    problem: Problem, outcomes: Outcomes, stopped: np.ndarray, x: np.ndarray, y: np.ndarray, sample: ArrivalSample
) -> Generator[float, None, tuple[Outcomes, np.ndarray, Problem]]:
    """Add the minima at which runs came to rest, and compute these runs again to count their steps."""
    found = np.flatnonzero(outcomes.outcome == UNKNOWN_MINIMUM)
    if not found.size:
        return outcomes, stopped, problem
    minima = problem.nearest.minima_with(polished(problem.surface, outcomes.x[found], outcomes.y[found]))
    if minima is problem.nearest.minima:
        near = problem.nearest(outcomes.x[found], outcomes.y[found])[0] <= NEAR * TOLERANCE * problem.diagonal
        outcomes.outcome[found] = np.where(near, ON_ITS_WAY, HELD)
        return outcomes, stopped, problem
    problem = problem._replace(nearest=(yield from scaled(compute_nearest(minima, problem.nearest.bounds), 0.8, 0.8)))
    again, also_stopped = yield from scaled(_compute_blocks(*_subset(problem, x, y, found), sample), 0.8, 0.85)
    _replace(outcomes, found, again)
    return outcomes, np.concatenate([stopped, found[also_stopped]]), problem


def _replace(outcomes: Outcomes, indices: np.ndarray, others: Outcomes) -> None:
    for values, new_values in zip(outcomes, others, strict=True):
        values[indices] = new_values


def _subset(
    problem: Problem, x: np.ndarray, y: np.ndarray, indices: np.ndarray
) -> tuple[Problem, np.ndarray, np.ndarray]:
    hyperparameters = _selected(problem.hyperparameters, indices)
    return problem._replace(hyperparameters=hyperparameters), x[indices], y[indices]


def _selected(hyperparameters: Mapping[str, Any], indices: Any) -> dict[str, Any]:
    return {name: value[indices] if np.ndim(value) else value for name, value in hyperparameters.items()}


def _compute_blocks(
    problem: Problem, x: np.ndarray, y: np.ndarray, sample: ArrivalSample
) -> Generator[float, None, tuple[Outcomes, np.ndarray]]:
    """Yield the fraction that is done; return the outcomes, and the indices of the arrived runs that were left out."""
    size = BLOCK_SIZE if problem.optimizer.batched else SEQUENTIAL_BLOCK_SIZE
    count = max(-(-x.size // size), 1)
    result, stopped = Outcomes(*(np.empty(x.size, kind) for kind in OUTCOME_TYPES)), np.zeros(x.size, bool)
    for k in range(count):
        sample.is_open = k == 0
        block = slice(k, None, count)  # runs from all over the map, as the sample must be
        runs = BlockRun(problem, x[block], y[block], _selected(problem.hyperparameters, block), sample)
        while runs.advance():
            yield (k + runs.runs.t / problem.steps) / count
        for values, part in zip(result, runs.outcomes(), strict=True):
            values[block] = part
        stopped[block] = runs.stopped
    return result, np.flatnonzero(stopped)
