"""Sweep: the learning rate with which a run gets lowest, found by trying many."""

from __future__ import annotations

import math
from array import array
from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from app.model.run import Run
from app.utils.i18n import tr
from optimizers.descent import Point, begin, descend
from optimizers.loss import Surface
from optimizers.step import Step
from optimizers.trace import walk

SLICE = 50  # updates between two reports: some 5 ms of a batch, 25 ms of a rule that searches
ALONE = 4  # a rule that walks one run at a time is some 40 times slower: it tries one in so many of the rates
ROUNDING = 1e-15  # of the loss, there and at the start: losses that differ by less are the same

Figures = tuple[
    float, float
]  # of one rate: loss at the end, and the step since which it has been that; nan where it diverged


@dataclass(frozen=True, eq=False)
class Sweep:
    """``rates`` (n,), rising, and the ``losses`` (n,) after ``steps`` steps, nan where the run diverged; the ``best`` rate.

    The loss of the best is to the bit what a race of it comes to, the others are so to rounding. ``criterion`` says in a phrase
    by what it is the best.
    """

    rates: np.ndarray
    losses: np.ndarray
    best: float
    steps: int
    criterion: str


def sweep(
    run: Run, surface: Surface, start: tuple[float, float], steps: int, rates: int = 60
) -> Generator[float, None, Sweep]:
    """Try ``rates`` learning rates, spread over the range of the slider; a quarter of them for a rule that searches.

    All else of the run stays as it is. A generator: it yields the share that is done, 0 to 1, after every slice of the work,
    and returns the Sweep (``found = yield from sweep(...)``, or the value of StopIteration); who closes it has cancelled it.
    The best is the rate with the lowest loss after ``steps`` steps; of those that get equally low to rounding, the one that
    was there first. Raises ValueError with a sentence for a run without a learning rate, for less than one step or two rates,
    and in the end where every rate diverges.
    """
    if "lr" not in run.hyperparameters:
        raise ValueError(tr("{name} has no learning rate to look for", name=run.rule.name))
    count = rates if run.rule.batched else rates // ALONE
    if steps < 1 or count < 2:
        raise ValueError(
            tr("a sweep takes at least one step and two rates, not {steps} and {count}", steps=steps, count=count)
        )
    declared = run.rule.declared("lr")
    tried = np.array([declared.value(k / (count - 1)) for k in range(count)])
    criterion = tr(
        "lowest loss after {steps:,} steps, of {count} values of the {label}; of equal ones the first there",
        steps=steps,
        count=count,
        label=tr(declared.label),
    )
    return _sweep(run, surface, start, steps, tried, criterion)


def _sweep(
    run: Run, surface: Surface, start: tuple[float, float], steps: int, rates: np.ndarray, criterion: str
) -> Generator[float, None, Sweep]:
    first, figures = begin(run.rule, surface, start), np.full((2, rates.size), np.nan)
    if run.rule.batched:
        figures[:] = yield from _together(run, surface, first, steps, rates)
        walked: set[int] = set()
        while (best := _best(figures, first.loss)) not in walked:  # where rounding grows, a race would end elsewhere
            left = 0.5 ** (len(walked) + 1)
            figures[:, best] = yield from _alone(run, surface, first, steps, rates[best], 1 - left, left / 2)
            walked.add(best)
    else:
        for k, rate in enumerate(rates):
            figures[:, k] = yield from _alone(run, surface, first, steps, rate, k / rates.size, 1 / rates.size)
        best = _best(figures, first.loss)
    return Sweep(rates, figures[0], float(rates[best]), steps, criterion)


def _best(figures: np.ndarray, first: float) -> int:
    losses, since = figures
    if np.isnan(losses).all():
        raise ValueError(tr("the run diverges at each of {count} rates", count=losses.size))
    lowest = np.nanmin(losses)
    equal = np.flatnonzero(losses <= lowest + _rounding(lowest, first))
    return int(equal[np.argmin(since[equal])])


def _rounding(loss: Any, first: float) -> Any:
    """By how much losses may differ and be the same."""
    return ROUNDING * abs(loss) + ROUNDING * abs(first)


def _together(
    run: Run, surface: Surface, first: Point, steps: int, rates: np.ndarray
) -> Generator[float, None, np.ndarray]:
    """The figures (2, n) of all rates at once: the first half of the work."""
    x, y = (np.full(rates.size, at) for at in first.position)
    rows = enumerate(walk(Step(run.rule, surface, {**run.hyperparameters, "lr": rates}), surface, x, y, steps))
    loss, since, lost = np.full(rates.size, np.nan), np.zeros(rates.size), np.zeros(rates.size, bool)
    for done in range(0, steps + 1, SLICE):
        yield done / steps / 2
        try:
            with np.errstate(all="ignore"):
                for t, (x, y, height) in islice(rows, SLICE):
                    since = np.where(abs(height - loss) <= _rounding(height, first.loss), since, t)
                    loss = height
                    lost |= ~(np.isfinite(x) & np.isfinite(y) & np.isfinite(loss))
        except (ArithmeticError, ValueError):  # of a hyperparameter that all rates share
            lost[:] = True
        if lost.all():
            break
    return np.where(lost, np.nan, [loss + 0 * since, since])


def _alone(
    run: Run, surface: Surface, first: Point, steps: int, rate: float, begun: float, share: float
) -> Generator[float, None, Figures]:
    """The figures of one rate, exactly as a race comes to them: this ``share`` of the work, after ``begun`` of it is done."""
    here, since, settings = first, 0, {**run.hyperparameters, "lr": float(rate)}
    while here.t < steps and not here.diverged:
        yield begun + share * here.t / steps
        xs, ys, losses = array("d"), array("d"), array("d", [here.loss])
        here = descend(run.rule, surface, here, settings, min(SLICE, steps - here.t), xs, ys, losses)
        column = np.array(losses)
        with np.errstate(over="ignore"):
            moved = np.flatnonzero(abs(np.diff(column)) > _rounding(column[1:], first.loss))
        since = here.t - len(xs) + 1 + int(moved[-1]) if moved.size else since
    return (math.nan, math.nan) if here.diverged else (here.loss, since)
