"""Track: one run of a race, its past, and the way back to any step of it, to the bit.

The past is three columns of 8 bytes an update (x, y, loss). The state of a rule is kept now and then only;
rules are pure, so any state between is computed again from there, exactly, with the hyperparameters as they were then.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from copy import copy
from itertools import accumulate, islice
from typing import Any

import numpy as np

from app.model.run import Run
from optimizers.descent import Point, descend, initial_point
from optimizers.loss import SurfaceFunction
from optimizers.step import BoundUpdate

INFINITE_STEPS = 1 << 62
CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL_SLOW = (
    1024,
    32,
)  # updates between two kept states: of a rule on floats, and of one that searches and is slow


class Trajectory:
    """One run of a race, from its start to as far as it has been computed."""

    def __init__(self, run: Run, surface: SurfaceFunction, start: tuple[float, float]) -> None:
        self.method = run.method
        self.surface, self.start = surface, start
        self.checkpoint_interval = CHECKPOINT_INTERVAL if self.method.batched else CHECKPOINT_INTERVAL_SLOW
        self.head: Point = initial_point(self.method, surface, start)
        self.xs, self.ys = array("d", [start[0]]), array("d", [start[1]])
        self.losses = array("d", [self.head.loss])
        self.hyperparameters_by_step = run.hyperparameters_by_step  # since which step, which hyperparameters
        self.checkpoints = [self.head]
        self.cached_state = self.head  # the point that was computed again last
        self.last_displayed_step = 0  # the last step of it that somebody was shown
        self.budget: int | None = None  # evaluations that it may use
        self.exhausted = False  # whether the next update would need more
        self.cumulative_evaluations: tuple[array[int], array[int]] | None = (
            None  # of evaluations, step by step, where not each update costs one
        )

    @property
    def last_step(self) -> int:
        """The number of updates that are kept."""
        return len(self.xs) - 1

    @property
    def diverged_at(self) -> int | None:
        """The update at which the numbers overflowed, or None."""
        if not self.head.diverged:
            return None
        return self.last_step + 1 if math.isfinite(self.losses[0]) else 0

    @property
    def last_known_step(self) -> int:
        """The number of updates that are known: those that are kept, and the one that failed."""
        return max(self.last_step, self.diverged_at or 0)

    @property
    def has_modifiers(self) -> bool:
        """Whether its rule is combined with anything now, which makes an update several times as slow."""
        return len(self.hyperparameters_by_step[-1][1]) > len(self.method.hyperparameters)

    @property
    def finished(self) -> bool:
        """Whether it goes no farther, however far the race goes."""
        return self.head.diverged or self.exhausted

    def advance(self, step_count: int) -> None:
        """Make ``count`` updates more, each with the hyperparameters of its time; none beyond the budget, or once diverged."""
        while step_count > 0 and not self.finished:
            hyperparameters, until = self._span_after(self.last_step)
            chunk_size = min(
                step_count, until - self.last_step, self.checkpoint_interval - self.last_step % self.checkpoint_interval
            )
            if self.budget is not None and self.cumulative_evaluations is None:
                chunk_size = min(chunk_size, self.budget - self.last_step)
            self._descend(hyperparameters, chunk_size)
            self._enforce_budget()
            if self.last_step == len(self.checkpoints) * self.checkpoint_interval and not self.head.diverged:
                self.checkpoints.append(self.head)
            step_count -= chunk_size

    def _descend(self, hyperparameters: Mapping[str, float], step_count: int) -> None:
        """Make updates, and count what they cost where that is not one gradient each."""
        if (
            self.cumulative_evaluations is None
            and not BoundUpdate(self.method, self.surface, hyperparameters).unit_cost
        ):
            self.cumulative_evaluations = (
                array("q", range(self.last_step + 1)),
                array("q", bytes(8 * (self.last_step + 1))),
            )
        step_costs = None if self.cumulative_evaluations is None else (array("q"), array("q"))
        self.head = descend(
            self.method, self.surface, self.head, hyperparameters, step_count, self.xs, self.ys, self.losses, step_costs
        )
        if self.cumulative_evaluations is not None and step_costs is not None:
            for cumulative, cost in zip(self.cumulative_evaluations, step_costs, strict=True):
                cumulative.extend(islice(accumulate(cost, initial=cumulative[-1]), 1, None))

    def _enforce_budget(self) -> None:
        if self.budget is None:
            return
        if self.cumulative_evaluations is None:
            self.exhausted = self.last_step >= self.budget
        elif sum(self.evaluation_counts(self.last_step)) > self.budget:
            self._truncate(self.last_step_within_budget(self.budget))
            self.exhausted = True

    def set_budget(self, budget: int | None) -> None:
        """It may use so many evaluations, and has used no more yet."""
        if budget != self.budget:
            self.budget, self.exhausted = budget, False
            self._enforce_budget()

    def evaluation_counts(self, step: int) -> tuple[int, int]:
        """Evaluations of the gradient, and of the loss alone, that led to ``step``."""
        return (
            (step, 0)
            if self.cumulative_evaluations is None
            else (self.cumulative_evaluations[0][step], self.cumulative_evaluations[1][step])
        )

    def last_step_within_budget(self, budget: int) -> int:
        """The last step that is known and was reached with so many evaluations."""
        if self.cumulative_evaluations is None:
            return min(budget, self.last_step)
        return int(np.searchsorted(np.add(*self.cumulative_evaluations), budget, side="right")) - 1

    def _truncate(self, step: int) -> None:
        """Forget what lies beyond a step."""
        self.head = self.cached_state = self.point_at(step)
        for column in (self.xs, self.ys, self.losses, *(self.cumulative_evaluations or ())):
            del column[step + 1 :]
        del self.checkpoints[step // self.checkpoint_interval + 1 :]

    def _span_after(self, step: int) -> tuple[Mapping[str, float], int]:
        """The hyperparameters that update ``step`` + 1 uses, and the step up to which they are in force."""
        k = bisect_right(self.hyperparameters_by_step, step, key=lambda entry: entry[0]) - 1
        return self.hyperparameters_by_step[k][1], self.hyperparameters_by_step[k + 1][0] if k + 1 < len(
            self.hyperparameters_by_step
        ) else INFINITE_STEPS

    def last_common_step(self, run: Run, surface: SurfaceFunction, start: tuple[float, float]) -> int:
        """Up to which step a run from ``start`` takes this very path; FOREVER, or -1 where not even the start is the same."""
        if run.method is not self.method or surface is not self.surface or start != self.start:
            return -1
        own_spans, other_spans = self.hyperparameters_by_step, run.hyperparameters_by_step
        if own_spans == other_spans:
            return INFINITE_STEPS
        common_count = next(
            (k for k, (a, b) in enumerate(zip(own_spans, other_spans, strict=False)) if a != b),
            min(len(own_spans), len(other_spans)),
        )
        if common_count == 0:
            return 0
        return min(spans[common_count][0] for spans in (own_spans, other_spans) if common_count < len(spans))

    def assign_run(self, run: Run) -> Trajectory:
        """This track as one of ``run``, whose path it is as far as it goes."""
        self.hyperparameters_by_step = run.hyperparameters_by_step
        return self

    def copy_until(self, step: int) -> Trajectory:
        """A track of its own with this one's past up to ``step``."""
        other = copy(self)
        other.budget, other.exhausted, other.last_displayed_step = None, False, min(self.last_displayed_step, step)
        other.xs, other.ys, other.losses = self.xs[:], self.ys[:], self.losses[:]
        other.checkpoints = self.checkpoints[:]
        other.cumulative_evaluations = (
            None
            if self.cumulative_evaluations is None
            else (self.cumulative_evaluations[0][:], self.cumulative_evaluations[1][:])
        )
        if step < self.last_known_step:
            other._truncate(step)
        return other

    def point_at(self, step: int) -> Point:
        """How things stood after update ``step``, to the bit."""
        if step == self.head.t and not self.head.diverged:
            return self.head
        point = self.checkpoints[step // self.checkpoint_interval]
        if point.t < self.cached_state.t <= step:
            point = self.cached_state
        scratch = array("d"), array("d"), array("d")
        while point.t < step:
            hyperparameters, until = self._span_after(point.t)
            point = descend(self.method, self.surface, point, hyperparameters, min(step, until) - point.t, *scratch)
        self.cached_state = point
        return point

    def iter_points(self, last_step: int) -> Iterator[Point]:
        """How things stood at the start and after each update up to ``last``, to the bit."""
        point = self.checkpoints[0]
        yield point
        while point.t < last_step:
            hyperparameters = self._span_after(point.t)[0]
            point = descend(self.method, self.surface, point, hyperparameters, 1, array("d"), array("d"), array("d"))
            yield point

    def state_at(self, step: int) -> dict[str, Any]:
        """What a coupled rule keeps after update ``step``, by name."""
        return dict(zip(self.method.state, self.point_at(step).x[1:], strict=True))

    def values_between(self, first_step: int, last_step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and loss after updates ``first`` to ``last``, both included; shorter where the run ended before."""
        return tuple(np.asarray(column[first_step : last_step + 1]) for column in (self.xs, self.ys, self.losses))  # type: ignore[return-value]

    def values_at(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and loss after each of ``steps``."""
        return tuple(np.frombuffer(column)[steps] for column in (self.xs, self.ys, self.losses))  # type: ignore[return-value]

    def hyperparameters_at(self, step: int) -> Mapping[str, float]:
        """What was in force in update ``step``, from 1; before a schedule."""
        return self._span_after(max(step, 1) - 1)[0]

    def learning_rates(self, last_step: int, first_step: int = 1) -> Iterator[float]:
        """The learning rate that each of the updates ``first`` to ``last`` used, schedules included; nan of a rule without one."""
        for k, (start_step, hyperparameters) in enumerate(self.hyperparameters_by_step):
            until = (
                min(last_step, self.hyperparameters_by_step[k + 1][0])
                if k + 1 < len(self.hyperparameters_by_step)
                else last_step
            )
            if until < first_step:
                continue
            bound_step = BoundUpdate(self.method, self.surface, hyperparameters)
            for step in range(max(start_step + 1, first_step), until + 1):
                bound_step.set_step(step)
                yield bound_step.settings.get("lr", math.nan)

    def evaluation_arrays(self, last_step: int) -> tuple[np.ndarray, np.ndarray]:
        """Evaluations of the gradient, and of the loss alone, that were spent after each of the steps 0 to ``last``, in all."""
        if self.cumulative_evaluations is None:
            return np.arange(last_step + 1), np.zeros(last_step + 1, np.int64)
        return np.array(self.cumulative_evaluations[0][: last_step + 1]), np.array(
            self.cumulative_evaluations[1][: last_step + 1]
        )
