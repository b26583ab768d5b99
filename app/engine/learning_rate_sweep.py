"""Learning-rate sweep: find the learning rate with which a run reaches the lowest loss."""

from __future__ import annotations

import math
from array import array
from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from app.engine.projected_descent import descend_on, first_point
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.progress_generators import scaled
from optimizers.descent import Point
from optimizers.loss import SurfaceFunction
from optimizers.step import BoundUpdate
from optimizers.trace import iterate_updates

STEPS_PER_SLICE = 50  # steps between two progress values: about 5 ms of a batch, 25 ms of a line search
STEPS_PER_PROBLEM_SLICE = 5  # the same for a problem with many parameters
UNBATCHED_DIVISOR = 4  # methods without batches are about 40 times slower, so they try fewer rates
RELATIVE_TOLERANCE = 1e-15  # losses that differ by less, relative to the loss or to the start, count as equal

TrialResult = tuple[float, float]  # final loss, and the step from which the loss equals it; nan if diverged


@dataclass(frozen=True, eq=False)
class LearningRateSweep:
    """The result of a sweep.

    ``learning_rates`` (n,) are rising; ``losses`` (n,) are those after ``steps`` steps, nan if the run diverged. The
    loss of the best rate is exactly that of the run, the others are equal within floating-point precision.
    ``criterion`` describes how the best rate was selected. ``initial_loss`` is the loss at the start.
    """

    learning_rates: np.ndarray
    losses: np.ndarray
    best_learning_rate: float
    steps: int
    criterion: str
    initial_loss: float

    def check(self) -> None:
        """Raise ValueError, with a sentence, if the best rate is no improvement or may lie beyond those tried."""
        rates, best_loss = self.learning_rates, float(np.nanmin(self.losses))
        if best_loss > self.initial_loss + _loss_tolerance(best_loss, self.initial_loss):
            raise ValueError(
                tr("none of the {count} learning rates tried ends below the loss at the start", count=rates.size)
            )
        if self.best_learning_rate in (rates[0], rates[-1]):
            raise ValueError(
                tr(
                    "the best learning rate tried, {rate:g}, is at the end of the range; "
                    "set it by hand or use another number of steps",
                    rate=self.best_learning_rate,
                )
            )


def sweep_learning_rates(
    run: Run,
    surface: SurfaceFunction,
    start: tuple[float, float],
    steps: int,
    max_count: int = 60,
    learning_rates: np.ndarray | None = None,
) -> Generator[float, None, LearningRateSweep]:
    """Try learning rates: those given, or ``max_count`` over the slider, a quarter where runs have no batches.

    The rest of the run is unchanged. The generator yields the fraction that is done, from 0 to 1, after every slice of
    work and returns the sweep (``sweep = yield from sweep_learning_rates(...)``); closing it cancels the sweep. The
    best rate has the lowest loss after ``steps`` steps; among rates with equal losses, within floating-point precision,
    it is the one that reached it first.

    Raises ValueError, with a sentence, for a run without a learning rate, for less than one step or two rates, and if
    all rates diverge.
    """
    if "lr" not in run.hyperparameters:
        raise ValueError(tr("{name} has no learning rate to tune", name=run.method.name))
    count = max_count if is_batched(run, surface) else max_count // UNBATCHED_DIVISOR
    count = count if learning_rates is None else learning_rates.size
    if steps < 1 or count < 2:
        raise ValueError(
            tr(
                "a sweep needs at least one step and two learning rates, not {steps} and {count}",
                steps=steps,
                count=count,
            )
        )
    spec = run.method.spec("lr")
    if learning_rates is None:
        learning_rates = np.array([spec.from_slider(k / (count - 1)) for k in range(count)])
    criterion = tr(
        "lowest loss after {steps:,} steps among {count} values of {label}; ties go to the one that got there first",
        steps=steps,
        count=count,
        label=tr(spec.label),
    )
    return _run_sweep(run, surface, start, steps, learning_rates, criterion)


def _run_sweep(
    run: Run,
    surface: SurfaceFunction,
    start: tuple[float, float],
    steps: int,
    learning_rates: np.ndarray,
    criterion: str,
) -> Generator[float, None, LearningRateSweep]:
    initial = first_point(run.method, surface, start)
    if is_batched(run, surface):
        results = yield from scaled(try_learning_rates(run, surface, initial, steps, learning_rates), 0.0, 0.5)
        verified: set[int] = set()
        # rounding differs between a batch and a single run, so the best rate is run again by itself
        while (best_index := _best_index(results, initial.loss)) not in verified:
            remaining_fraction = 0.5 ** (len(verified) + 1)
            results[:, best_index] = yield from _run_single(
                run, surface, initial, steps, learning_rates[best_index], 1 - remaining_fraction, remaining_fraction / 2
            )
            verified.add(best_index)
    else:
        results = yield from try_learning_rates(run, surface, initial, steps, learning_rates)
        best_index = _best_index(results, initial.loss)
    return LearningRateSweep(
        learning_rates, results[0], float(learning_rates[best_index]), steps, criterion, initial.loss
    )


def is_batched(run: Run, surface: SurfaceFunction) -> bool:
    """Return whether runs with many learning rates are computed at once: not in all dimensions of a problem."""
    return run.method.batched and getattr(surface, "projected_problem", None) is None


def try_learning_rates(
    run: Run, surface: SurfaceFunction, initial: Point, steps: int, learning_rates: np.ndarray
) -> Generator[float, None, np.ndarray]:
    """Yield the fraction that is done and return the results of all rates, whose rows (2, n) are as in TrialResult."""
    if is_batched(run, surface):
        return (yield from _run_batched(run, surface, initial, steps, learning_rates))
    results = np.full((2, learning_rates.size), np.nan)
    for k, learning_rate in enumerate(learning_rates):
        results[:, k] = yield from _run_single(
            run, surface, initial, steps, learning_rate, k / learning_rates.size, 1 / learning_rates.size
        )
    return results


def _best_index(results: np.ndarray, initial_loss: float) -> int:
    losses, reached_at = results
    if np.isnan(losses).all():
        raise ValueError(tr("the run diverges at all {count} learning rates tried", count=losses.size))
    lowest_loss = np.nanmin(losses)
    tied = np.flatnonzero(losses <= lowest_loss + _loss_tolerance(lowest_loss, initial_loss))
    return int(tied[np.argmin(reached_at[tied])])


def _loss_tolerance(loss: Any, initial_loss: float) -> Any:
    """Return the difference up to which losses count as equal."""
    return RELATIVE_TOLERANCE * abs(loss) + RELATIVE_TOLERANCE * abs(initial_loss)


def _run_batched(
    run: Run, surface: SurfaceFunction, initial: Point, steps: int, learning_rates: np.ndarray
) -> Generator[float, None, np.ndarray]:
    """Run all rates as one batch and return results (2, n)."""
    x, y = (np.full(learning_rates.size, coordinate) for coordinate in initial.position)
    rows = enumerate(
        iterate_updates(
            BoundUpdate(run.method, surface, {**run.hyperparameters, "lr": learning_rates}), surface, x, y, steps
        )
    )
    loss, reached_at = np.full(learning_rates.size, np.nan), np.zeros(learning_rates.size)
    diverged = np.zeros(learning_rates.size, bool)
    for done_steps in range(0, steps + 1, STEPS_PER_SLICE):
        yield done_steps / steps
        try:
            with np.errstate(all="ignore"):
                for t, (x, y, new_loss) in islice(rows, STEPS_PER_SLICE):
                    reached_at = np.where(
                        abs(new_loss - loss) <= _loss_tolerance(new_loss, initial.loss), reached_at, t
                    )
                    loss = new_loss
                    diverged |= ~(np.isfinite(x) & np.isfinite(y) & np.isfinite(loss))
        except (ArithmeticError, ValueError):  # from a hyperparameter that all rates share
            diverged[:] = True
        if diverged.all():
            break
    return np.where(diverged, np.nan, [loss + 0 * reached_at, reached_at])


def _run_single(
    run: Run,
    surface: SurfaceFunction,
    initial: Point,
    steps: int,
    learning_rate: float,
    done_fraction: float,
    fraction: float,
) -> Generator[float, None, TrialResult]:
    """Run one rate as a race would and return its result.

    Progress goes from ``done_fraction`` to ``done_fraction + fraction``.
    """
    on_problem = getattr(surface, "projected_problem", None) is not None
    steps_per_slice = STEPS_PER_PROBLEM_SLICE if on_problem else STEPS_PER_SLICE
    point, reached_at, hyperparameters = initial, 0, {**run.hyperparameters, "lr": float(learning_rate)}
    while point.t < steps and not point.diverged:
        yield done_fraction + fraction * point.t / steps
        xs, ys, losses = array("d"), array("d"), array("d", [point.loss])
        step_count = min(steps_per_slice, steps - point.t)
        point = descend_on(run.method, surface, point, hyperparameters, step_count, xs, ys, losses)
        loss_column = np.array(losses)
        with np.errstate(over="ignore"):
            changed_steps = np.flatnonzero(abs(np.diff(loss_column)) > _loss_tolerance(loss_column[1:], initial.loss))
        reached_at = point.t - len(xs) + 1 + int(changed_steps[-1]) if changed_steps.size else reached_at
    return (math.nan, math.nan) if point.diverged else (point.loss, reached_at)
