"""One block of runs of a map, advanced together and checked every few steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from app.engine.arrival_sample import ArrivalSample
from app.engine.batch_run import BatchRun, SequentialRun
from app.engine.nearest_minimum import NearestMinimum
from app.engine.rest_classification import DIVERGED, HELD, ON_ITS_WAY, SADDLE, classify_last_steps, is_resting
from optimizers import Optimizer
from optimizers.loss import SurfaceFunction

TOLERANCE = 1e-4  # of the diagonal: a run closer to a minimum has arrived if it stays
CHECK_INTERVAL = 10  # steps between two checks
FAR = 10.0  # diagonals from the center of the domain: a run that ends beyond has diverged
WINDOW = 32  # last steps that tell what the other runs are doing
CONFIRM_STEPS = 64  # further steps in which a run at rest must stay there: it may be about to turn back
STAY_STEPS = 300  # steps within the tolerance after which a run counts as arrived
STOP_SHARE = 0.5  # of a batch: fewer arrived runs are not left out, because the others would hardly be faster
CALM_CHECKS = 3  # checks in a row with steps too short to leave the tolerance within STAY_STEPS


class Outcomes(NamedTuple):
    """Results of n runs.

    ``outcome`` (n,) is the index of the minimum that a run has reached, -1 for a run on its way, -2 if it diverged or
    ended more than ten diagonals from the domain, -3 in a cycle, -4 at a saddle point or maximum, -5 if it rests
    anywhere else, as weight decay makes it do. ``steps`` (n,) is the step from which it was
    within the tolerance, -1 if it has not arrived. ``loss`` (n,) is the loss on arrival or else the last one, nan if
    the run diverged, and ``lowest_loss`` (n,) the lowest one until then. ``x`` and ``y`` (n,) are the last positions.
    """

    outcome: np.ndarray
    steps: np.ndarray
    loss: np.ndarray
    x: np.ndarray
    y: np.ndarray
    lowest_loss: np.ndarray


OUTCOME_TYPES = (np.int32, np.int32, float, float, float, float)


class Problem(NamedTuple):
    """What all runs have in common; hyperparameters may be arrays with one value per run."""

    optimizer: Optimizer
    surface: SurfaceFunction
    hyperparameters: Mapping[str, Any]
    nearest: NearestMinimum
    diagonal: float
    steps: int


class BlockRun:
    """One block of runs; those that have arrived are left out unless they are in the sample.

    Attributes
    ----------
    alive : ndarray of int
        The indices of the runs that are still computed; ``entered``, ``reached``, ``calm``, ``lowest``, ``watched``
        (has arrived) and ``sampled`` (is not to be left out) belong to these.
    stopped : ndarray of bool
        Which runs have been left out because they had arrived.
    """

    def __init__(
        self, problem: Problem, x: np.ndarray, y: np.ndarray, hyperparameters: Mapping[str, Any], sample: ArrivalSample
    ) -> None:
        self.problem, self.sample, self.tolerance = problem, sample, TOLERANCE * problem.diagonal
        is_batched = problem.optimizer.batched
        make, self.stop_share = (BatchRun, STOP_SHARE) if is_batched else (SequentialRun, 0.0)
        with np.errstate(all="ignore"):
            self.runs = make(problem.optimizer, problem.surface, hyperparameters, x, y)
        size = x.size
        self.outcome, self.steps = np.full(size, ON_ITS_WAY, np.int32), np.full(size, -1, np.int32)
        self.loss, self.lowest_loss, self.x, self.y = (np.full(size, np.nan) for _ in range(4))
        self.stopped = np.zeros(size, bool)
        self.alive = np.arange(size)
        self.entered, self.reached = np.full(size, -1, np.int32), np.full(size, -1, np.int32)  # step, minimum
        self.calm, self.watched, self.sampled = np.zeros(size, np.int32), np.zeros(size, bool), np.zeros(size, bool)
        self.lowest = np.broadcast_to(self.runs.loss, size).astype(float)
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
                self.lowest = np.fmin(self.lowest, runs.loss)
                self.recent.append((runs.t, runs.x, runs.y))
                if runs.t > problem.steps - WINDOW:
                    self.window.append((self.alive, runs.x, runs.y))
            if self.recent:
                self._check((runs.x - previous[1]) ** 2 + (runs.y - previous[2]) ** 2)
        return bool(self.alive.size) and runs.t < problem.steps

    def _check(self, squared_step_sizes: np.ndarray) -> None:
        runs = self.runs
        lost = ~(np.isfinite(runs.loss) & np.isfinite(runs.x) & np.isfinite(runs.y))
        self._note_entries()
        self._watch_arrived(lost)
        inside = self.reached >= 0
        is_calm = inside & (squared_step_sizes <= (self.tolerance / STAY_STEPS) ** 2)
        self.calm = np.where(is_calm, self.calm + 1, 0)
        done = lost
        if not self.sample.has_left:
            stays = (self.calm >= CALM_CHECKS) | (inside & (runs.t - self.entered >= STAY_STEPS))
            arrived = np.flatnonzero(stays & ~self.watched & ~lost)
            self._record(arrived)
            self.watched[arrived], self.sampled[arrived] = True, self.sample.select(arrived.size)
            waiting = self.watched & ~self.sampled
            if np.count_nonzero(waiting) > self.stop_share * waiting.size:
                self.stopped[self.alive[waiting]] = True
                done = lost | waiting
        if lost.any():
            self._record(np.flatnonzero(lost))
            self.outcome[self.alive[lost]], self.steps[self.alive[lost]] = DIVERGED, -1
        if done.any():
            self._keep(np.flatnonzero(~done))

    def _watch_arrived(self, lost: np.ndarray) -> None:
        """Note whether runs that had arrived have left their minima again; then these are runs like all others."""
        watched = np.flatnonzero(self.watched)
        runs = self.alive[watched]
        stayed = (self.reached[watched] == self.outcome[runs]) & (self.entered[watched] == self.steps[runs])
        if not (stayed & ~lost[watched]).all():
            self.sample.has_left = True
        if self.sample.has_left:
            self.watched[:] = self.sampled[:] = False

    def _record(self, indices: np.ndarray) -> None:
        """Record minimum, steps, position and losses of some of the runs that are still computed."""
        runs, alive = self.runs, self.alive[indices]
        self.outcome[alive], self.steps[alive] = self.reached[indices], self.entered[indices]
        self.x[alive], self.y[alive] = runs.x[indices], runs.y[indices]
        loss = np.broadcast_to(runs.loss, runs.x.shape)[indices]
        self.loss[alive] = np.where(np.isfinite(loss), loss, np.nan)
        self.lowest_loss[alive] = self.lowest[indices]

    def _keep(self, kept: np.ndarray) -> None:
        self.runs.keep(kept)
        self.alive, self.entered, self.reached = self.alive[kept], self.entered[kept], self.reached[kept]
        self.calm, self.lowest = self.calm[kept], self.lowest[kept]
        self.watched, self.sampled = self.watched[kept], self.sampled[kept]
        self.recent = [(self.runs.t, self.runs.x, self.runs.y)]

    def _note_entries(self) -> None:
        """Note for each run the minimum within whose tolerance it is, and since which step."""
        first_step, (_, x, y) = self.recent[0][0], self.recent[-1]
        distance, index = self.problem.nearest(x, y)
        reached = np.where(distance <= self.tolerance, index, -1)
        inside = np.flatnonzero(reached >= 0)
        if inside.size:
            minimum_x, minimum_y = self.problem.nearest.minima.T[:, reached[inside]]
            since = np.full(inside.size, first_step)  # the first step from which all are within the tolerance
            for t, x, y in self.recent:
                dx, dy = x[inside] - minimum_x, y[inside] - minimum_y
                is_outside = ~(dx * dx + dy * dy <= self.tolerance**2)
                if is_outside.any():
                    since[is_outside] = t + 1
            stayed = (self.reached[inside] == reached[inside]) & (since == first_step)
            self.entered[inside] = np.where(stayed, self.entered[inside], since)
        self.reached = reached

    def outcomes(self) -> Outcomes:
        """Return the outcomes of all runs of the block."""
        alive = self.alive
        if alive.size:
            self._record(np.flatnonzero(~self.watched))
            others = alive[self.reached < 0]
            self.outcome[others], self.steps[others] = ON_ITS_WAY, -1
            if others.size and self.window:
                rows = ((x, y, np.searchsorted(indices, others)) for indices, x, y in self.window)
                track = np.array([x[row] + 1j * y[row] for x, y, row in rows])
                self.outcome[others] = classify_last_steps(self.problem.surface, track, self.tolerance)
            self.outcome[others[self._is_far(others)]] = DIVERGED
            self._confirm_rest(others[np.isin(self.outcome[others], (HELD, SADDLE))])
        return Outcomes(self.outcome, self.steps, self.loss, self.x, self.y, self.lowest_loss)

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
