"""Track: one run of a race, its past, and the way back to any step of it, to the bit.

The past is three columns of 8 bytes an update (x, y, loss). The state of a rule is kept now and then only;
rules are pure, so any state between is computed again from there, exactly, with the hyperparameters as they were then.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from app.run import Run
from optimizers.descent import Point, begin, descend
from optimizers.loss import Surface
from optimizers.step import Step

CHECKPOINT, CLOSE = 1024, 32  # updates between two kept states: of a rule on floats, and of one that searches and is slow


class Track:
    """One run of a race, from its start to as far as it has been computed."""

    def __init__(self, run: Run, surface: Surface, start: tuple[float, float]) -> None:
        self.rule = run.rule
        self.surface = surface
        self.spacing = CHECKPOINT if self.rule.batched else CLOSE
        self.tip: Point = begin(self.rule, surface, start)
        self.xs, self.ys = array("d", [start[0]]), array("d", [start[1]])
        self.losses = array("d", [self.tip.loss])
        self.timeline: list[tuple[int, Mapping[str, float]]] = [(0, run.hyperparameters)]
        self.checkpoints = [self.tip]
        self.recalled = self.tip  # the point that was computed again last
        self.version = 0  # rises when kept steps are forgotten: who has drawn them must draw anew

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

    def advance(self, count: int) -> None:
        """Make ``count`` updates with the hyperparameters of now; nothing, once diverged."""
        while count and not self.tip.diverged:
            piece = min(count, self.spacing - self.extent % self.spacing)
            self.tip = descend(self.rule, self.surface, self.tip, self.timeline[-1][1], piece, self.xs, self.ys, self.losses)
            if self.extent == len(self.checkpoints) * self.spacing and not self.tip.diverged:
                self.checkpoints.append(self.tip)
            count -= piece

    def turn(self, hyperparameters: Mapping[str, float], step: int) -> None:
        """Use these from update ``step`` + 1 on; what was computed beyond ``step`` is forgotten."""
        if hyperparameters == self.timeline[-1][1]:
            return
        self.forget_after(step)
        step = min(step, self.extent + self.tip.diverged)  # the update that failed used what it used
        self.timeline = [entry for entry in self.timeline if entry[0] < step]
        self.timeline.append((step, hyperparameters))

    def point_at(self, step: int) -> Point:
        """How things stood after update ``step``, to the bit."""
        if step == self.tip.t and not self.tip.diverged:
            return self.tip
        point = self.checkpoints[step // self.spacing]
        if point.t < self.recalled.t <= step:
            point = self.recalled
        spare = array("d"), array("d"), array("d")
        for k, (_, hyperparameters) in enumerate(self.timeline):
            until = min(step, self.timeline[k + 1][0] if k + 1 < len(self.timeline) else step)
            if until > point.t:
                point = descend(self.rule, self.surface, point, hyperparameters, until - point.t, *spare)
        self.recalled = point
        return point

    def state_at(self, step: int) -> dict[str, Any]:
        """What a coupled rule keeps after update ``step``, by name."""
        return dict(zip(self.rule.state, self.point_at(step).x[1:], strict=True))

    def forget_after(self, step: int) -> None:
        """Go back to how things stood after update ``step``."""
        if step >= self.extent and not (self.tip.diverged and step == self.extent):
            return
        self.tip = self.recalled = self.point_at(step)
        self.version += 1
        del self.xs[step + 1:], self.ys[step + 1:], self.losses[step + 1:], self.checkpoints[step // self.spacing + 1:]
        self.timeline = [entry for entry in self.timeline if entry[0] <= step]

    def part(self, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and loss after updates ``first`` to ``last``, both included; shorter where the run ended before."""
        return tuple(np.asarray(column[first: last + 1]) for column in (self.xs, self.ys, self.losses))  # type: ignore[return-value]

    def at(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and loss after each of ``steps``."""
        return tuple(np.frombuffer(column)[steps] for column in (self.xs, self.ys, self.losses))  # type: ignore[return-value]

    def hyperparameters_at(self, step: int) -> Mapping[str, float]:
        """What was in force in update ``step``, from 1; before a schedule."""
        return next(hyperparameters for since, hyperparameters in reversed(self.timeline) if since < max(step, 1))

    def learning_rates(self, last: int) -> Iterator[float]:
        """The learning rate that each of the updates 1 to ``last`` used, its schedule included; nan of a rule without one."""
        for k, (since, hyperparameters) in enumerate(self.timeline):
            step = Step(self.rule, self.surface, hyperparameters)
            until = min(last, self.timeline[k + 1][0]) if k + 1 < len(self.timeline) else last
            for update in range(since + 1, until + 1):
                step.turn(update)
                yield step.settings.get("lr", math.nan)

    def evaluations(self, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Evaluations of the gradient, and of the loss alone, that were spent after each of the steps 0 to ``last``, in all."""
        return np.arange(last + 1), np.zeros(last + 1, np.int64)
