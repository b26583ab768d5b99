"""Detection of repeated sequences of positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

MAX_PERIOD = 340  # steps of the longest cycle that is found
MIN_COMPARED = 4  # pairs of positions, one period apart, that must be equal
MAX_CHANGE = 1e-5  # change per step, relative to the width, up to which a sequence counts as repeated
MAX_CHANGE_RATIO = 0.01  # change after a period, relative to that after any part of it


class Cycle(NamedTuple):
    """A repeated sequence of positions.

    ``period`` is the smallest one, in steps, ``width`` the largest distance between two of the positions, and
    ``center`` their mean.
    """

    period: int
    width: float
    center: complex


def find_cycles(positions: np.ndarray) -> Iterator[Cycle]:
    """Yield the cycles at the end of positions x + iy, the shortest first.

    Two repetitions are compared, and at least ``MIN_COMPARED`` positions; whether the cycle goes on has to be seen from
    the next positions. A period of which a part nearly repeats
    itself counts only if the change after the whole period is far smaller: an oscillation that slowly becomes narrower
    has no period of twice its own.
    """
    count = len(positions)
    if count < MIN_COMPARED + 2 or not np.isfinite(positions[-1]):
        return
    lags = np.arange(1, min(MAX_PERIOD, (count - 1) // 2, count - 1 - MIN_COMPARED) + 1)
    reach = float(np.abs(positions[-2 * MAX_PERIOD :] - positions[-1]).max())
    candidates = lags[np.abs(positions[-1 - lags] - positions[-1]) <= MAX_CHANGE * lags * reach]
    for period in candidates.tolist():
        compared = max(period, MIN_COMPARED)
        change = _change_after(positions, period, compared)
        if change > MAX_CHANGE * period * 2 * reach:
            continue
        width = _diameter(positions[-period:])
        if period == 1 or not width:
            if not change:
                return  # at rest
        elif change <= MAX_CHANGE * period * width and all(
            change <= MAX_CHANGE_RATIO * _change_after(positions, part, compared)
            for part in range(1, period)
            if period % part == 0
        ):
            yield Cycle(period, width, complex(positions[-period:].mean()))


def _change_after(positions: np.ndarray, period: int, compared: int) -> float:
    return float(np.abs(positions[-compared:] - positions[-compared - period : -period]).max())


def _diameter(positions: np.ndarray) -> float:
    """Return the largest distance between two positions."""
    return float(np.abs(positions[:, None] - positions[None, :]).max())
