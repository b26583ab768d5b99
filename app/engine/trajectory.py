"""Trajectory: the computed steps of one run, with exact access to the state after any of them.

Three columns (x, y, loss) take 24 bytes per step. States are stored only every few steps; update rules are pure, so
the states between are recomputed exactly, with the hyperparameters that were used then.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, TypeVar

import numpy as np

from app.engine.evaluation_counts import CumulativeEvaluations
from app.engine.projected_descent import descend_on, first_point
from app.model.run import Run
from optimizers.descent import Point, evaluated_on
from optimizers.loss import SurfaceFunction
from optimizers.step import BoundUpdate
from surfaces.problems.projected_problem import ProjectedProblem

CHECKPOINT_BYTES = 1000  # of a stored state without its arrays, approximately
MAX_CHECKPOINT_BYTES = 64e6  # of all stored states of a run
INFINITE_STEPS = 1 << 62  # larger than any step
CHECKPOINT_INTERVAL = 1024  # steps between two stored states
CHECKPOINT_INTERVAL_SLOW = (
    32  # the same for methods that work on one run at a time (searches, simplex), about 40x slower
)
CHECKPOINT_INTERVAL_PROBLEM = 8  # the same for problems with many parameters
Value = TypeVar("Value")
SurfacesByStep = list[tuple[int, SurfaceFunction]]  # pairs (start step, surface), from step 0, with rising steps


def span_at(spans: Sequence[tuple[int, Value]], step: int) -> tuple[Value, int]:
    """Return the value of pairs (start step, value) at a step, and the start step of the next one."""
    k = bisect_right(spans, step, key=lambda span: span[0]) - 1
    return spans[k][1], spans[k + 1][0] if k + 1 < len(spans) else INFINITE_STEPS


def first_difference(one: Sequence[tuple[int, Any]], other: Sequence[tuple[int, Any]]) -> int:
    """Return the first step at which pairs (start step, value) differ; INFINITE_STEPS if they are equal."""
    if one == other:
        return INFINITE_STEPS
    common_count = next(
        (k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return min(spans[common_count][0] for spans in (one, other) if common_count < len(spans))


class Trajectory:
    """The computed steps of one run, from its start.

    Parameters
    ----------
    run : Run
        The optimizer and its hyperparameters over time.
    surface : SurfaceFunction
        The function that returns loss and gradient.
    start : tuple of float
        The start point (x, y).
    later_surfaces : iterable of (int, SurfaceFunction), optional
        Pairs (start step, surface) of the surfaces that replace the first one, with rising steps from 1 on.

    Attributes
    ----------
    method : Optimizer
        The optimizer of the run.
    xs, ys, losses : array of float
        Position and loss after each step, of length ``last_step + 1``. All are finite, except the loss of a start
        where the surface has none.
    head : Point
        The state after ``last_step``; it is marked as diverged if the next step failed, or if the loss of the start
        is not finite.
    hyperparameters_by_step : list of tuple
        Pairs (start step, hyperparameters), from step 0, with rising steps.
    surfaces_by_step : list of tuple
        Pairs (start step, surface), from step 0, with rising steps. The loss after a start step is that of the new
        surface, at the position that the old one has led to.
    checkpoints : list of Point
        The states after the steps 0, ``checkpoint_interval``, 2 ``checkpoint_interval``, ...
    last_displayed_step : int
        The largest step that has been displayed.
    budget : int or None
        The number of evaluations that the run may use, None for no limit.
    exhausted : bool
        Whether the next step would exceed the budget.
    cumulative_evaluations : CumulativeEvaluations or None
        The evaluations after each step; None as long as every step needs one gradient.
    derived : dict
        What other modules have computed from the steps, by names of their own. It is emptied when no run uses the
        trajectory any more.

    Notes
    -----
    Two trajectories with the same method, start, surfaces and hyperparameters by step have the same values to the last
    bit.
    """

    def __init__(
        self,
        run: Run,
        surface: SurfaceFunction,
        start: tuple[float, float],
        later_surfaces: Iterable[tuple[int, SurfaceFunction]] = (),
    ) -> None:
        self.method = run.method
        self.surfaces_by_step, self.start = [(0, surface), *later_surfaces], start
        self.checkpoint_interval = CHECKPOINT_INTERVAL if self.method.batched else CHECKPOINT_INTERVAL_SLOW
        if self.projected_problem is not None:
            self.checkpoint_interval = CHECKPOINT_INTERVAL_PROBLEM
        self.head: Point = first_point(self.method, surface, start)
        self.xs, self.ys = array("d", [start[0]]), array("d", [start[1]])
        self.losses = array("d", [self.head.loss])
        self.hyperparameters_by_step = run.hyperparameters_by_step
        self.checkpoints = [self.head]
        self.cached_state = self.head  # the point that was last recomputed
        self.last_displayed_step = 0
        self.budget: int | None = None
        self.exhausted = False
        self.cumulative_evaluations: CumulativeEvaluations | None = None
        self.derived: dict[Any, Any] = {}

    @property
    def byte_count(self) -> int:
        """The approximate memory of the steps and the stored states, in bytes."""
        columns = 3 if self.cumulative_evaluations is None else 5
        return columns * self.xs.itemsize * len(self.xs) + self._checkpoint_bytes

    @property
    def _checkpoint_bytes(self) -> int:
        arrays = sum(getattr(value, "nbytes", 0) for value in (*self.head.x, self.head.gradient))
        return (CHECKPOINT_BYTES + arrays) * len(self.checkpoints)

    @property
    def last_step(self) -> int:
        """The number of steps with finite values."""
        return len(self.xs) - 1

    @property
    def diverged_at(self) -> int | None:
        """The step at which the values overflowed, or None."""
        if not self.head.diverged:
            return None
        return self.last_step + 1 if math.isfinite(self.losses[0]) else 0

    @property
    def last_known_step(self) -> int:
        """The number of computed steps, including the one that diverged."""
        return max(self.last_step, self.diverged_at or 0)

    @property
    def has_modifiers(self) -> bool:
        """Whether the optimizer has modifiers now, which make a step several times slower."""
        return len(self.hyperparameters_by_step[-1][1]) > len(self.method.hyperparameters)

    @property
    def finished(self) -> bool:
        """Whether there are no further steps: the run has diverged or used its budget."""
        return self.head.diverged or self.exhausted

    def advance(self, step_count: int) -> None:
        """Compute more steps, up to the budget or until the run diverges.

        Parameters
        ----------
        step_count : int
            The number of steps to compute after ``last_step``.
        """
        while step_count > 0 and not self.finished:
            hyperparameters, surface, until = self._span_after(self.last_step)
            chunk_size = min(
                step_count, until - self.last_step, self.checkpoint_interval - self.last_step % self.checkpoint_interval
            )
            if self.budget is not None and self.cumulative_evaluations is None:
                chunk_size = min(chunk_size, self.budget - self.last_step)
            self._descend(hyperparameters, surface, chunk_size)
            self._enforce_budget()
            self._leave_surface(surface)
            if self.last_step == len(self.checkpoints) * self.checkpoint_interval and not self.head.diverged:
                self._append_checkpoint()
            step_count -= chunk_size

    def _append_checkpoint(self) -> None:
        """Store the last state; if the states take too much memory, drop every second one."""
        self.checkpoints.append(self.head)
        if self._checkpoint_bytes > MAX_CHECKPOINT_BYTES:
            self.checkpoint_interval *= 2
            self.checkpoints = self.checkpoints[::2]

    def _leave_surface(self, surface: SurfaceFunction) -> None:
        """Evaluate the last step again if another surface begins there; the run diverges if that has no loss there."""
        new_surface = self.surface_at(self.last_step)
        if new_surface is surface or self.head.diverged:
            return
        point = evaluated_on(new_surface, self.head)
        if point.diverged:
            self._truncate(self.last_step - 1)
            self.head = self.head._replace(diverged=True)
            return
        self.head = self.cached_state = point
        self.losses[-1] = point.loss
        if self.checkpoints[-1].t == point.t:
            self.checkpoints[-1] = point

    def _descend(self, hyperparameters: Mapping[str, float], surface: SurfaceFunction, step_count: int) -> None:
        """Compute steps with constant hyperparameters and count evaluations if a step needs more than one."""
        if self.cumulative_evaluations is None and not BoundUpdate(self.method, surface, hyperparameters).unit_cost:
            self.cumulative_evaluations = CumulativeEvaluations(self.last_step)
        step_costs = None if self.cumulative_evaluations is None else (array("q"), array("q"))
        columns, old_head = (self.xs, self.ys, self.losses), self.head
        try:
            self.head = descend_on(self.method, surface, old_head, hyperparameters, step_count, *columns, step_costs)
            if self.cumulative_evaluations is not None and step_costs is not None:
                self.cumulative_evaluations.extend(*step_costs)
        except MemoryError:
            self._cut_columns(old_head)
            raise

    def _enforce_budget(self) -> None:
        if self.budget is None:
            return
        if self.cumulative_evaluations is None:
            self.exhausted = self.last_step >= self.budget
        elif sum(self.evaluation_counts(self.last_step)) > self.budget:
            self._truncate(self.last_step_within_budget(self.budget))
            self.exhausted = True

    def set_budget(self, budget: int | None) -> None:
        """Set the number of evaluations that the run may use.

        Parameters
        ----------
        budget : int or None
            Not less than the evaluations used until ``last_step``; ``copy_until`` makes a shorter trajectory first.
        """
        if budget != self.budget:
            self.budget, self.exhausted = budget, False
            self._enforce_budget()

    def evaluation_counts(self, step: int) -> tuple[int, int]:
        """Return the evaluations up to a step.

        Parameters
        ----------
        step : int
            From 0 to ``last_step``.

        Returns
        -------
        gradients, losses : int
            Evaluations of the gradient, and of the loss alone.
        """
        return (step, 0) if self.cumulative_evaluations is None else self.cumulative_evaluations.at(step)

    def last_step_within_budget(self, budget: int) -> int:
        """Return the last computed step that needed at most ``budget`` evaluations."""
        if self.cumulative_evaluations is None:
            return min(budget, self.last_step)
        return self.cumulative_evaluations.last_step_within(budget)

    def _cut_columns(self, head: Point) -> None:
        """Make a state the last one and remove the steps after it from the columns, whatever their lengths."""
        self.head = self.cached_state = head
        del self.xs[head.t + 1 :], self.ys[head.t + 1 :], self.losses[head.t + 1 :]
        if self.cumulative_evaluations is not None:
            self.cumulative_evaluations.truncate(head.t)

    def _truncate(self, step: int) -> None:
        self._cut_columns(self.point_at(step))
        del self.checkpoints[step // self.checkpoint_interval + 1 :]

    def _span_after(self, step: int) -> tuple[Mapping[str, float], SurfaceFunction, int]:
        """Return the hyperparameters and the surface of the update after ``step``, and the last step of both."""
        hyperparameters, hyperparameters_until = span_at(self.hyperparameters_by_step, step)
        surface, surface_until = span_at(self.surfaces_by_step, step)
        return hyperparameters, surface, min(hyperparameters_until, surface_until)

    def surface_at(self, step: int) -> SurfaceFunction:
        """Return the surface of the loss after ``step``, and of the update that follows."""
        return span_at(self.surfaces_by_step, step)[0]

    @property
    def projected_problem(self) -> ProjectedProblem | None:
        """The problem with many parameters whose run this is, None for a run on the surface itself."""
        return getattr(self.surface_at(0), "projected_problem", None)

    def last_common_step(self, run: Run, surfaces_by_step: SurfacesByStep, start: tuple[float, float]) -> int:
        """Return the step up to which a run has the same path, apart from the loss at a step where surfaces change.

        Returns
        -------
        int
            INFINITE_STEPS for the same run, -1 for another method, first surface or start.
        """
        if run.method is not self.method or start != self.start:
            return -1
        surface_step = first_difference(self.surfaces_by_step, surfaces_by_step)
        if surface_step == 0:
            return -1
        if surface_step == self.diverged_at:  # possibly because the surface that begins there has no loss
            surface_step -= 1
        return min(surface_step, first_difference(self.hyperparameters_by_step, run.hyperparameters_by_step))

    def needs_other_loss(self, surfaces_by_step: SurfacesByStep) -> bool:
        """Return whether the last step has to be evaluated again for other surfaces."""
        return self.surface_at(self.last_step) is not span_at(surfaces_by_step, self.last_step)[0]

    def assign_run(self, run: Run, surfaces_by_step: SurfacesByStep) -> Trajectory:
        """Use the trajectory for another run that has the same path so far; return the trajectory."""
        old_surface = self.surface_at(self.last_step)
        self.hyperparameters_by_step, self.surfaces_by_step = run.hyperparameters_by_step, surfaces_by_step
        self._leave_surface(old_surface)
        return self

    def copy_until(self, step: int) -> Trajectory:
        """Return a copy without budget and without the steps after ``step``.

        Parameters
        ----------
        step : int
            At least 0. From ``last_known_step`` on, all steps are copied, and a diverged run stays diverged.

        Returns
        -------
        Trajectory
            Can be continued independently of this one.
        """
        other = copy(self)
        other.budget, other.exhausted, other.last_displayed_step = None, False, min(self.last_displayed_step, step)
        other.xs, other.ys, other.losses = self.xs[:], self.ys[:], self.losses[:]
        other.checkpoints, other.derived = self.checkpoints[:], {}
        if self.cumulative_evaluations is not None:
            other.cumulative_evaluations = self.cumulative_evaluations.copied()
        if step < self.last_known_step:
            other._truncate(step)
        return other

    def point_at(self, step: int) -> Point:
        """Return the state after a step, exact to the last bit.

        Parameters
        ----------
        step : int
            From 0 to ``last_step``. The state is recomputed from the nearest stored one before it.

        Returns
        -------
        Point
            Position, state of the optimizer and of its modifiers, loss and gradient.

        Raises
        ------
        IndexError
            If the step is not computed.
        """
        self._check_computed(step)
        if step == self.head.t and not self.head.diverged:
            return self.head
        point = self.checkpoints[step // self.checkpoint_interval]
        if point.t < self.cached_state.t <= step:
            point = self.cached_state
        scratch = array("d"), array("d"), array("d")
        while point.t < step:
            hyperparameters, surface, until = self._span_after(point.t)
            point = descend_on(self.method, surface, point, hyperparameters, min(step, until) - point.t, *scratch)
            if self.surface_at(point.t) is not surface:
                point = evaluated_on(self.surface_at(point.t), point)
        self.cached_state = point
        return point

    def iter_points(self, last_step: int) -> Iterator[Point]:
        """Yield the states from the start to a step, exact to the last bit.

        Parameters
        ----------
        last_step : int
            From 0 to the attribute ``last_step``.

        Yields
        ------
        Point
            The states after the steps 0, 1, ..., ``last_step``; every step is computed again.

        Raises
        ------
        IndexError
            If ``last_step`` is not computed.
        """
        self._check_computed(last_step)
        point = self.checkpoints[0]
        yield point
        while point.t < last_step:
            hyperparameters, surface, _ = self._span_after(point.t)
            point = descend_on(self.method, surface, point, hyperparameters, 1, array("d"), array("d"), array("d"))
            if self.surface_at(point.t) is not surface:
                point = evaluated_on(self.surface_at(point.t), point)
            yield point

    def _check_computed(self, step: int) -> None:
        if not 0 <= step <= self.last_step:
            raise IndexError(f"step {step} is not between 0 and {self.last_step}")

    def state_at(self, step: int) -> dict[str, Any]:
        """Return the state after a step of an optimizer that is not separable, by name."""
        return dict(zip(self.method.state, self.point_at(step).x[1:], strict=True))

    def values_between(self, first_step: int, last_step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, y and loss after the steps ``first_step`` to ``last_step``.

        Returns
        -------
        x, y, loss : ndarray, shape (last_step - first_step + 1,)
            Shorter if the run ended before ``last_step``.
        """
        x, y, loss = (np.asarray(column[first_step : last_step + 1]) for column in (self.xs, self.ys, self.losses))
        return x, y, loss

    def values_at(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, y and loss after some steps.

        Parameters
        ----------
        steps : ndarray of int, shape (n,)
            From 0 to ``last_step``.

        Returns
        -------
        x, y, loss : ndarray, shape (n,)
        """
        x, y, loss = (np.frombuffer(column)[steps] for column in (self.xs, self.ys, self.losses))
        return x, y, loss

    def hyperparameters_at(self, step: int) -> Mapping[str, float]:
        """Return the hyperparameters of the update that leads to ``step`` >= 1, without schedules."""
        return self._span_after(max(step, 1) - 1)[0]

    def learning_rates(self, last_step: int, first_step: int = 1) -> Iterator[float]:
        """Yield the learning rate of each update in a range of steps.

        Parameters
        ----------
        last_step : int
            The step to which the last update leads. It need not be computed.
        first_step : int, optional
            The step to which the first update leads, at least 1.

        Yields
        ------
        float
            The learning rate including schedules; nan for a method without one.
        """
        for k, (start_step, hyperparameters) in enumerate(self.hyperparameters_by_step):
            until = min([last_step, *(step for step, _ in self.hyperparameters_by_step[k + 1 : k + 2])])
            if until < first_step:
                continue
            update = BoundUpdate(self.method, self.surface_at(start_step), hyperparameters)
            for step in range(max(start_step + 1, first_step), until + 1):
                update.set_step(step)
                yield update.settings.get("lr", math.nan)

    def evaluation_arrays(self, last_step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the total evaluations after each step.

        Returns
        -------
        gradients, losses : ndarray of int, shape (last_step + 1,)
            Evaluations of the gradient, and of the loss alone.
        """
        if self.cumulative_evaluations is None:
            return np.arange(last_step + 1), np.zeros(last_step + 1, np.int64)
        return self.cumulative_evaluations.until(last_step)
