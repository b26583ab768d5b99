"""A quantity of a run, a number a step: computed once for each step, and thinned to what a column of pixels can show."""

from __future__ import annotations

import math
import weakref
from array import array
from collections.abc import Callable

import numpy as np

from app.engine.trajectory import Track

BLOCK = 64  # steps whose lowest and highest are kept, so that a curve of a million steps need not be looked through


def distance(track: Track, first: int, last: int) -> np.ndarray:
    x, y, _ = track.part(first, last)
    return track.surface.distance(x, y)  # type: ignore[attr-defined]


def gradient(track: Track, first: int, last: int) -> np.ndarray:
    x, y, _ = track.part(first, last)
    with np.errstate(all="ignore"):
        return np.hypot(*track.surface(x, y)[1])


def step(track: Track, first: int, last: int) -> np.ndarray:
    """How far each update moved; nan at step 0, to which none led."""
    x, y, _ = track.part(max(first - 1, 0), last)
    with np.errstate(all="ignore"):
        moved = np.hypot(np.diff(x), np.diff(y))
    return moved if first else np.append(math.nan, moved)


def rate(track: Track, first: int, last: int) -> np.ndarray:
    """The learning rate of the update that led to each step; nan at step 0, and of a rule whose lr is something else."""
    if not track.rule.has_rate:
        return np.full(last + 1 - first, math.nan)
    rates = np.fromiter(track.learning_rates(last, max(first, 1)), float)
    return rates if first else np.append(math.nan, rates)


QUANTITIES: dict[str, Callable[[Track, int, int], np.ndarray] | None] = {
    "loss": None,
    "above": None,
    "distance": distance,
    "gradient": gradient,
    "step": step,
    "rate": rate,
}


class Series:
    """One of QUANTITIES, of a run; the loss itself the run keeps. The lowest and the highest of every BLOCK steps are known."""

    def __init__(self, track: Track, quantity: str) -> None:
        self.track, self.make = weakref.proxy(track), QUANTITIES[quantity]
        self.kept, self.lowest, self.highest = array("d"), array("q"), array("q")

    def upto(self, last: int) -> np.ndarray:
        """The values after steps 0 to ``last``. To be let go soon: as long as it is held, nothing can be added."""
        if self.make is None:
            return np.frombuffer(self.track.losses)[: last + 1]
        if len(self.kept) > self.track.extent + 1:  # the run was cut
            self.kept, self.lowest, self.highest = array("d"), array("q"), array("q")
        if len(self.kept) <= last:
            self.kept.frombytes(self.make(self.track, len(self.kept), last).tobytes())
        return np.frombuffer(self.kept)[: last + 1]

    def blocks(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The steps of the lowest and of the highest value in each whole block."""
        known, count = len(self.lowest), len(values) // BLOCK
        if known < count:
            fresh = values[known * BLOCK : count * BLOCK].reshape(-1, BLOCK)
            begin = np.arange(known, count) * BLOCK
            for column, sign in ((self.lowest, 1.0), (self.highest, -1.0)):
                signed = np.where(np.isnan(fresh), math.inf, fresh * sign)
                column.frombytes((begin + signed.argmin(axis=1)).tobytes())
        return np.frombuffer(self.lowest, np.int64)[:count], np.frombuffer(self.highest, np.int64)[:count]

    def landmarks(self, starts: np.ndarray, last: int) -> np.ndarray:
        """Of the steps from each of ``starts`` (rising from 0) to the next: the first, the lowest, the highest and the last."""
        values = self.upto(last)
        narrow = np.flatnonzero(np.diff(starts) < 4 * BLOCK)
        fine = int(narrow[-1]) + 1 if narrow.size else 0  # the columns before it are looked through step by step
        begin, end = int(starts[fine]), int(starts[-1]) // BLOCK
        found = [starts, np.append(starts[1:], last + 1) - 1]
        for steps, sign in zip(self.blocks(values), (1.0, -1.0), strict=True):
            if fine:
                found.append(lowest(sign * values[:begin], starts[:fine]))
            if fine < len(starts) - 1:
                part = slice(begin // BLOCK, end)
                found.append(steps[part][lowest(sign * values[steps[part]], starts[fine:-1] // BLOCK - begin // BLOCK)])
            found.append(end * BLOCK + lowest(sign * values[end * BLOCK :], np.zeros(1, np.intp)))
        return np.unique(np.concatenate(found))

    def reach(self, first: int, last: int, above: float = -math.inf) -> tuple[float, float]:
        """The lowest and the highest of the finite values after steps ``first`` to ``last``, of those that lie above a bound."""
        values = self.upto(last)[first:]
        if values.size:
            low, high = float(values.min()), float(values.max())
            if above < low and high < math.inf:
                return low, high
            values = values[np.isfinite(values) & (values > above)]
        return float(values.min(initial=math.inf)), float(values.max(initial=-math.inf))


def lowest(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The index of the lowest value from each of ``starts`` (rising from 0) to the next; none where all are nan."""
    ends = np.append(starts[1:], len(values))
    hits = np.flatnonzero(values == np.repeat(np.fmin.reduceat(values, starts), ends - starts))
    if not hits.size:
        return hits
    first = hits[np.minimum(np.searchsorted(hits, starts), len(hits) - 1)]
    return first[(first >= starts) & (first < ends)]


_kept: weakref.WeakKeyDictionary[Track, dict[str, Series]] = weakref.WeakKeyDictionary()


def series(track: Track, quantity: str) -> Series:
    """A quantity of a run, kept as long as the run is."""
    kept = _kept.setdefault(track, {})
    if quantity not in kept:
        kept[quantity] = Series(track, quantity)
    return kept[quantity]
