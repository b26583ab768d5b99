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
from optimizers.descent import Point, begin, descend
from optimizers.loss import Surface
from optimizers.step import Step

FOREVER = 1 << 62
CHECKPOINT, CLOSE = (
    1024,
    32,
)  # updates between two kept states: of a rule on floats, and of one that searches and is slow


class Track:
    """One run of a race, from its start to as far as it has been computed."""

    def __init__(self, run: Run, surface: Surface, start: tuple[float, float]) -> None:
        self.rule = run.rule
        self.surface, self.start = surface, start
        self.spacing = CHECKPOINT if self.rule.batched else CLOSE
        self.tip: Point = begin(self.rule, surface, start)
        self.xs, self.ys = array("d", [start[0]]), array("d", [start[1]])
        self.losses = array("d", [self.tip.loss])
        self.timeline = run.timeline  # since which step, which hyperparameters
        self.checkpoints = [self.tip]
        self.recalled = self.tip  # the point that was computed again last
        self.seen = 0  # the last step of it that somebody was shown
        self.budget: int | None = None  # evaluations that it may use
        self.exhausted = False  # whether the next update would need more
        self.totals: tuple[array[int], array[int]] | None = (
            None  # of evaluations, step by step, where not each update costs one
        )

    @property
    def extent(self) -> int:
        """The number of updates that are kept."""
        return len(self.xs) - 1

    @property
    def diverged_at(self) -> int | None:
        """The update at which the numbers overflowed, or None."""
        if not self.tip.diverged:
            return None
        return self.extent + 1 if math.isfinite(self.losses[0]) else 0

    @property
    def reach(self) -> int:
        """The number of updates that are known: those that are kept, and the one that failed."""
        return max(self.extent, self.diverged_at or 0)

    @property
    def parted(self) -> bool:
        """Whether its rule is combined with anything now, which makes an update several times as slow."""
        return len(self.timeline[-1][1]) > len(self.rule.hyperparameters)

    @property
    def finished(self) -> bool:
        """Whether it goes no farther, however far the race goes."""
        return self.tip.diverged or self.exhausted

    def advance(self, count: int) -> None:
        """Make ``count`` updates more, each with the hyperparameters of its time; none beyond the budget, or once diverged."""
        while count > 0 and not self.finished:
            now, until = self._stretch(self.extent)
            piece = min(count, until - self.extent, self.spacing - self.extent % self.spacing)
            if self.budget is not None and self.totals is None:
                piece = min(piece, self.budget - self.extent)
            self._descend(now, piece)
            self._keep_within_budget()
            if self.extent == len(self.checkpoints) * self.spacing and not self.tip.diverged:
                self.checkpoints.append(self.tip)
            count -= piece

    def _descend(self, now: Mapping[str, float], count: int) -> None:
        """Make updates, and count what they cost where that is not one gradient each."""
        if self.totals is None and not Step(self.rule, self.surface, now).unit_cost:
            self.totals = array("q", range(self.extent + 1)), array("q", bytes(8 * (self.extent + 1)))
        spent = None if self.totals is None else (array("q"), array("q"))
        self.tip = descend(self.rule, self.surface, self.tip, now, count, self.xs, self.ys, self.losses, spent)
        if self.totals is not None and spent is not None:
            for total, cost in zip(self.totals, spent, strict=True):
                total.extend(islice(accumulate(cost, initial=total[-1]), 1, None))

    def _keep_within_budget(self) -> None:
        if self.budget is None:
            return
        if self.totals is None:
            self.exhausted = self.extent >= self.budget
        elif sum(self.spent(self.extent)) > self.budget:
            self._cut(self.affordable(self.budget))
            self.exhausted = True

    def grant(self, budget: int | None) -> None:
        """It may use so many evaluations, and has used no more yet."""
        if budget != self.budget:
            self.budget, self.exhausted = budget, False
            self._keep_within_budget()

    def spent(self, step: int) -> tuple[int, int]:
        """Evaluations of the gradient, and of the loss alone, that led to ``step``."""
        return (step, 0) if self.totals is None else (self.totals[0][step], self.totals[1][step])

    def affordable(self, budget: int) -> int:
        """The last step that is known and was reached with so many evaluations."""
        if self.totals is None:
            return min(budget, self.extent)
        return int(np.searchsorted(np.add(*self.totals), budget, side="right")) - 1

    def _cut(self, step: int) -> None:
        """Forget what lies beyond a step."""
        self.tip = self.recalled = self.point_at(step)
        for column in (self.xs, self.ys, self.losses, *(self.totals or ())):
            del column[step + 1 :]
        del self.checkpoints[step // self.spacing + 1 :]

    def _stretch(self, step: int) -> tuple[Mapping[str, float], int]:
        """The hyperparameters that update ``step`` + 1 uses, and the step up to which they are in force."""
        k = bisect_right(self.timeline, step, key=lambda entry: entry[0]) - 1
        return self.timeline[k][1], self.timeline[k + 1][0] if k + 1 < len(self.timeline) else FOREVER

    def agrees(self, run: Run, surface: Surface, start: tuple[float, float]) -> int:
        """Up to which step a run from ``start`` takes this very path; FOREVER, or -1 where not even the start is the same."""
        if run.rule is not self.rule or surface is not self.surface or start != self.start:
            return -1
        mine, other = self.timeline, run.timeline
        if mine == other:
            return FOREVER
        same = next(
            (k for k, (a, b) in enumerate(zip(mine, other, strict=False)) if a != b), min(len(mine), len(other))
        )
        if same == 0:
            return 0
        return min(line[same][0] for line in (mine, other) if same < len(line))

    def retimed(self, run: Run) -> Track:
        """This track as one of ``run``, whose path it is as far as it goes."""
        self.timeline = run.timeline
        return self

    def fork(self, step: int) -> Track:
        """A track of its own with this one's past up to ``step``."""
        other = copy(self)
        other.budget, other.exhausted, other.seen = None, False, min(self.seen, step)
        other.xs, other.ys, other.losses = self.xs[:], self.ys[:], self.losses[:]
        other.checkpoints = self.checkpoints[:]
        other.totals = None if self.totals is None else (self.totals[0][:], self.totals[1][:])
        if step < self.reach:
            other._cut(step)
        return other

    def point_at(self, step: int) -> Point:
        """How things stood after update ``step``, to the bit."""
        if step == self.tip.t and not self.tip.diverged:
            return self.tip
        point = self.checkpoints[step // self.spacing]
        if point.t < self.recalled.t <= step:
            point = self.recalled
        spare = array("d"), array("d"), array("d")
        while point.t < step:
            now, until = self._stretch(point.t)
            point = descend(self.rule, self.surface, point, now, min(step, until) - point.t, *spare)
        self.recalled = point
        return point

    def points(self, last: int) -> Iterator[Point]:
        """How things stood at the start and after each update up to ``last``, to the bit."""
        point = self.checkpoints[0]
        yield point
        while point.t < last:
            now = self._stretch(point.t)[0]
            point = descend(self.rule, self.surface, point, now, 1, array("d"), array("d"), array("d"))
            yield point

    def state_at(self, step: int) -> dict[str, Any]:
        """What a coupled rule keeps after update ``step``, by name."""
        return dict(zip(self.rule.state, self.point_at(step).x[1:], strict=True))

    def part(self, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and loss after updates ``first`` to ``last``, both included; shorter where the run ended before."""
        return tuple(np.asarray(column[first : last + 1]) for column in (self.xs, self.ys, self.losses))  # type: ignore[return-value]

    def at(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and loss after each of ``steps``."""
        return tuple(np.frombuffer(column)[steps] for column in (self.xs, self.ys, self.losses))  # type: ignore[return-value]

    def hyperparameters_at(self, step: int) -> Mapping[str, float]:
        """What was in force in update ``step``, from 1; before a schedule."""
        return self._stretch(max(step, 1) - 1)[0]

    def learning_rates(self, last: int, first: int = 1) -> Iterator[float]:
        """The learning rate that each of the updates ``first`` to ``last`` used, schedules included; nan of a rule without one."""
        for k, (since, hyperparameters) in enumerate(self.timeline):
            until = min(last, self.timeline[k + 1][0]) if k + 1 < len(self.timeline) else last
            if until < first:
                continue
            step = Step(self.rule, self.surface, hyperparameters)
            for update in range(max(since + 1, first), until + 1):
                step.turn(update)
                yield step.settings.get("lr", math.nan)

    def evaluations(self, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Evaluations of the gradient, and of the loss alone, that were spent after each of the steps 0 to ``last``, in all."""
        if self.totals is None:
            return np.arange(last + 1), np.zeros(last + 1, np.int64)
        return np.array(self.totals[0][: last + 1]), np.array(self.totals[1][: last + 1])
