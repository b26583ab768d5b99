"""What becomes of many runs: which minimum they reach and when, or why they reach none."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

import numpy as np

from app.engine.batch_run import BatchRun, SequentialRun
from app.engine.nearest_minimum import NearestMinimum
from app.engine.rest_classification import (
    DIVERGED,
    HELD,
    ON_ITS_WAY,
    SADDLE,
    UNKNOWN_MINIMUM,
    classify_last_steps,
    is_resting,
    polished,
)
from app.utils.progress_generators import scaled
from optimizers import Optimizer
from optimizers.loss import SurfaceFunction

TOLERANCE = 1e-4  # of the diagonal: a run closer to a minimum has arrived if it stays
CHECK_INTERVAL = 10  # steps between two checks
NEAR = 20.0  # tolerances: a run at rest at this distance from a minimum is on its way to it
FAR = 10.0  # diagonals from the center of the domain: a run that ends beyond has diverged
WINDOW = 32  # last steps that tell what the other runs are doing
CONFIRM_STEPS = 64  # further steps in which a run at rest must stay there: it may be about to turn back
STAY_STEPS = 300  # steps within the tolerance after which a run counts as arrived
CALM_CHECKS = 3  # checks in a row with steps too short to leave the tolerance within STAY_STEPS
BLOCK_SIZE = 10_000  # runs that are computed together: more exceed the processor's cache
SEQUENTIAL_BLOCK_SIZE = 100
SAMPLE_SIZE, SEQUENTIAL_SAMPLE_SIZE = 200, 5  # arrived runs that are computed to the end, in case some leave again


class Outcomes(NamedTuple):
    """Results of n runs.

    ``outcome`` (n,) is the index of the minimum that a run has reached, -1 for a run on its way, -2 if it diverged or
    ended more than ten diagonals from the domain, -3 in a cycle, -4 at a saddle point or maximum, -5 if it rests
    anywhere else, as weight decay makes it do. ``steps`` (n,) is the step from which it was
    within the tolerance, -1 if it has not arrived. ``loss`` (n,) is the last loss, nan if it diverged. ``x`` and ``y``
    (n,) are the last positions.
    """

    outcome: np.ndarray
    steps: np.ndarray
    loss: np.ndarray
    x: np.ndarray
    y: np.ndarray


class Problem(NamedTuple):
    """What all runs have in common; hyperparameters may be arrays with one value per run."""

    optimizer: Optimizer
    surface: SurfaceFunction
    hyperparameters: Mapping[str, Any]
    nearest: NearestMinimum
    diagonal: float
    steps: int


def compute_outcomes(
    problem: Problem, x: np.ndarray, y: np.ndarray
) -> Generator[float, None, tuple[Outcomes, np.ndarray]]:
    """Compute runs from the starts (x, y), each of shape (n,); yield the fraction that is done.

    Returns the outcomes and the minima (k, 2): those of the problem, and after them those at which runs came to rest.
    Runs that have arrived are left out. A sample of them is computed to the end; if one leaves its minimum again, all
    are computed to the end. Of Adam's runs on Himmelblau's function, 1 in 4000 leaves a minimum again without being
    noticed.
    """
    outcomes = yield from scaled(_compute_blocks(problem, x, y, stop_arrived=True), 0.0, 0.8)
    outcomes, problem = yield from _with_found_minima(problem, outcomes, x, y)
    arrived = np.flatnonzero(outcomes.outcome >= 0)
    sample_size = SAMPLE_SIZE if problem.optimizer.batched else SEQUENTIAL_SAMPLE_SIZE
    sample = arrived[:: max(1, len(arrived) // sample_size)]
    if sample.size and outcomes.steps[sample].min() < problem.steps - CHECK_INTERVAL:
        checked = yield from scaled(_compute_blocks(*_subset(problem, x, y, sample), stop_arrived=False), 0.85, 0.9)
        if (checked.outcome != outcomes.outcome[sample]).any() or (checked.steps != outcomes.steps[sample]).any():
            outcomes = yield from scaled(_compute_blocks(problem, x, y, stop_arrived=False), 0.9, 1.0)
    outcomes.outcome[outcomes.outcome == UNKNOWN_MINIMUM] = ON_ITS_WAY  # at rest, but not yet within the tolerance
    return outcomes, problem.nearest.minima


def _with_found_minima(
    problem: Problem, outcomes: Outcomes, x: np.ndarray, y: np.ndarray
) -> Generator[float, None, tuple[Outcomes, Problem]]:
    """Add the minima at which runs came to rest, and compute these runs again to count their steps."""
    found = np.flatnonzero(outcomes.outcome == UNKNOWN_MINIMUM)
    if not found.size:
        return outcomes, problem
    nearest = problem.nearest.with_points(polished(problem.surface, outcomes.x[found], outcomes.y[found]))
    if nearest is problem.nearest:
        near = problem.nearest(outcomes.x[found], outcomes.y[found])[0] <= NEAR * TOLERANCE * problem.diagonal
        outcomes.outcome[found] = np.where(near, ON_ITS_WAY, HELD)
        return outcomes, problem
    problem = problem._replace(nearest=nearest)
    again = yield from scaled(_compute_blocks(*_subset(problem, x, y, found), stop_arrived=True), 0.8, 0.85)
    for values, new_values in zip(outcomes, again, strict=True):
        values[found] = new_values
    return outcomes, problem


def _subset(
    problem: Problem, x: np.ndarray, y: np.ndarray, indices: np.ndarray
) -> tuple[Problem, np.ndarray, np.ndarray]:
    hyperparameters = _selected(problem.hyperparameters, indices)
    return problem._replace(hyperparameters=hyperparameters), x[indices], y[indices]


def _selected(hyperparameters: Mapping[str, Any], indices: Any) -> dict[str, Any]:
    return {name: value[indices] if np.ndim(value) else value for name, value in hyperparameters.items()}


def _compute_blocks(
    problem: Problem, x: np.ndarray, y: np.ndarray, stop_arrived: bool
) -> Generator[float, None, Outcomes]:
    size = BLOCK_SIZE if problem.optimizer.batched else SEQUENTIAL_BLOCK_SIZE
    parts = []
    for first in range(0, x.size, size):
        block = slice(first, first + size)
        runs = BlockRun(problem, x[block], y[block], _selected(problem.hyperparameters, block), stop_arrived)
        while runs.advance():
            yield min(1.0, (first + size * runs.runs.t / problem.steps) / x.size)
        parts.append(runs.outcomes())
    return Outcomes(*map(np.concatenate, zip(*parts, strict=True)))


class BlockRun:
    """One block of runs, checked every few steps."""

    def __init__(
        self, problem: Problem, x: np.ndarray, y: np.ndarray, hyperparameters: Mapping[str, Any], stop_arrived: bool
    ) -> None:
        self.problem, self.stop_arrived, self.tolerance = problem, stop_arrived, TOLERANCE * problem.diagonal
        make = BatchRun if problem.optimizer.batched else SequentialRun
        with np.errstate(all="ignore"):
            self.runs = make(problem.optimizer, problem.surface, hyperparameters, x, y)
        size = x.size
        self.outcome, self.steps = np.full(size, ON_ITS_WAY, np.int32), np.full(size, -1, np.int32)
        self.loss, self.x, self.y = np.broadcast_to(self.runs.loss, size).astype(float), x.copy(), y.copy()
        self.alive = np.arange(size)  # indices of the runs that are still computed
        self.entered, self.reached = np.full(size, -1, np.int32), np.full(size, -1, np.int32)  # step, minimum
        self.calm = np.zeros(size, np.int32)
        self.recent: list[tuple[int, np.ndarray, np.ndarray]] = [(0, x, y)]  # positions since the last check
        self.window: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []  # indices and positions of the last steps
        self._note_entries()

    def advance(self) -> bool:
        """Compute the steps until the next check; return whether there is more to do."""
        runs, problem = self.runs, self.problem
        previous = self.recent[-1]
        self.recent = []
        with np.errstate(all="ignore"):
            for _ in range(min(CHECK_INTERVAL, problem.steps - runs.t)):
                previous = self.recent[-1] if self.recent else previous
                runs.advance()
                self.recent.append((runs.t, runs.x, runs.y))
                if runs.t > problem.steps - WINDOW:
                    self.window.append((self.alive, runs.x, runs.y))
            if self.recent:
                self._check(np.hypot(runs.x - previous[1], runs.y - previous[2]))
        return bool(self.alive.size) and runs.t < problem.steps

    def _check(self, step_sizes: np.ndarray) -> None:
        runs, alive = self.runs, self.alive
        lost = ~(np.isfinite(runs.loss) & np.isfinite(runs.x) & np.isfinite(runs.y))
        self._note_entries()
        inside = self.reached[alive] >= 0
        is_calm = inside & (step_sizes * STAY_STEPS <= self.tolerance)
        self.calm[alive] = np.where(is_calm, self.calm[alive] + 1, 0)
        arrived = (self.calm[alive] >= CALM_CHECKS) | (inside & (runs.t - self.entered[alive] >= STAY_STEPS))
        self.loss[alive] = np.where(lost, np.nan, runs.loss)
        self.x[alive], self.y[alive] = runs.x, runs.y
        self.outcome[alive[lost]] = DIVERGED
        done = lost | (arrived if self.stop_arrived else False)
        finished = alive[done & ~lost]
        self.outcome[finished], self.steps[finished] = self.reached[finished], self.entered[finished]
        if done.any():
            kept = np.flatnonzero(~done)
            runs.keep(kept)
            self.alive = alive[kept]
            self.recent = [(runs.t, runs.x, runs.y)]

    def _note_entries(self) -> None:
        """Note for each run the minimum within whose tolerance it is, and since which step."""
        t, x, y = self.recent[-1]
        distance, index = self.problem.nearest(x, y)
        reached = np.where(distance <= self.tolerance, index, -1)
        inside = np.flatnonzero(reached >= 0)
        if inside.size:
            minima = self.problem.nearest.minima[reached[inside]].T
            since = np.full(inside.size, self.recent[0][0])  # the first step from which all are within the tolerance
            for t, x, y in self.recent:
                squared = (x[inside] - minima[0]) ** 2 + (y[inside] - minima[1]) ** 2
                since[~(squared <= self.tolerance**2)] = t + 1
            runs = self.alive[inside]
            stayed = (self.reached[runs] == reached[inside]) & (since == self.recent[0][0])
            self.entered[runs] = np.where(stayed, self.entered[runs], since)
        self.reached[self.alive] = reached

    def outcomes(self) -> Outcomes:
        """Return the outcomes of all runs of the block."""
        alive = self.alive
        if alive.size:
            inside = self.reached[alive] >= 0
            self.outcome[alive[inside]] = self.reached[alive[inside]]
            self.steps[alive[inside]] = self.entered[alive[inside]]
            others = alive[~inside]
            if others.size and self.window:
                rows = ((x, y, np.searchsorted(indices, others)) for indices, x, y in self.window)
                track = np.array([x[row] + 1j * y[row] for x, y, row in rows])
                self.outcome[others] = classify_last_steps(self.problem.surface, track, self.tolerance)
            self.outcome[others[self._is_far(others)]] = DIVERGED
            self._confirm_rest(others[np.isin(self.outcome[others], (HELD, SADDLE))])
        return Outcomes(self.outcome, self.steps, self.loss, self.x, self.y)

    def _is_far(self, indices: np.ndarray) -> np.ndarray:
        center = [(low + high) / 2 for low, high in self.problem.nearest.bounds]
        distance = np.hypot(self.x[indices] - center[0], self.y[indices] - center[1])
        far: np.ndarray = distance > FAR * self.problem.diagonal
        return far

    def _confirm_rest(self, indices: np.ndarray) -> None:
        """Compute a few more steps of runs at rest; those that do not stay there are on their way."""
        if not indices.size:
            return
        runs = self.runs
        runs.keep(np.searchsorted(self.alive, indices))
        track = [self.x[indices] + 1j * self.y[indices]]
        with np.errstate(all="ignore"):
            for _ in range(CONFIRM_STEPS):
                runs.advance()
                track.append(runs.x + 1j * runs.y)
        stayed = is_resting(np.array(track), self.tolerance) & (np.abs(track[-1] - track[0]) <= self.tolerance)
        self.outcome[indices[~stayed]] = ON_ITS_WAY
