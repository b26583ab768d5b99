"""How a run has moved of late: pace, swings and cycles, read off its positions alone; points are complex numbers x + iy."""

from __future__ import annotations

import math
from array import array
from functools import cached_property
from typing import NamedTuple

import numpy as np

WINDOW = 320  # steps that are looked at one by one
CHUNK = 4096  # places that are looked at in a part of the past, however long
STRIDES = (1, 4, 16, 64)  # slow swings are looked for among every so many steps
UNEVEN = 0.25  # the spread of the times between turning points, over their mean, from which on it is no swing
RAGGED = 0.3  # the same of the logarithm of its width, about a straight line
DETOUR = 1.5  # the way it comes on in a period, over its width, from which on the swing is a detour


class Swing(NamedTuple):
    """To and fro: a whole period in steps, the width of the last swing, each over the one before, where, and along which axis."""

    period: float
    width: float
    growth: float
    centre: complex
    axis: complex


class Cycle(NamedTuple):
    """The same places again and again: after how many steps, how far apart at most, and about which middle."""

    period: int
    width: float
    centre: complex


class Motion:
    """What the columns of x and y say about the way up to ``step``, not looking back beyond ``first``.

    ``fewest`` is the number of turning points that make a swing.
    """

    def __init__(self, xs: array[float], ys: array[float], step: int, first: int, fewest: int) -> None:
        self.xs, self.ys, self.step, self.first, self.fewest = xs, ys, step, first, fewest
        self.z = self.points(max(first, step - WINDOW), step)
        self.moves = np.diff(self.z)
        self.lengths = np.abs(self.moves)

    def points(self, first: int, last: int, stride: int = 1) -> np.ndarray:
        """The positions after updates ``first`` to ``last``, every ``stride``-th of them, the last one included."""
        first += (last - first) % stride
        return np.asarray(self.xs[first : last + 1 : stride]) + 1j * np.asarray(self.ys[first : last + 1 : stride])

    @property
    def here(self) -> complex:
        return complex(self.z[-1])

    @property
    def speed(self) -> float:
        """The longest of the last three moves."""
        return float(self.lengths[-3:].max(initial=0.0))

    def pace(self, steps: int) -> float:
        """How far it has come in so many steps, per step."""
        steps = min(steps, len(self.z) - 1)
        return float(abs(self.z[-1] - self.z[-1 - steps])) / steps

    def within(self, centre: complex, radius: float) -> int:
        """Since which step it has stayed within a radius of a point; ``step`` + 1 where it is not there.

        Goes back in chunks, each twice as long as the one before, and looks at no more than 4,096 places of each, and at all of
        the first steps.
        """
        last, size = self.step, 256
        while last >= 0:
            first, stride = max(0, last - size + 1), max(1, size // CHUNK) if last >= CHUNK else 1
            if last >= CHUNK > first:
                first = CHUNK
            left = self._last_outside(centre, radius, first, last, stride)
            if left is not None:
                exact = self._last_outside(centre, radius, left, min(left + stride - 1, last), 1)
                return (left if exact is None else exact) + 1
            last, size = first - 1, size * 2
        return 0

    def _last_outside(self, centre: complex, radius: float, first: int, last: int, stride: int) -> int | None:
        outside = np.flatnonzero(~(np.abs(self.points(first, last, stride)[::-1] - centre) <= radius))
        return last - stride * int(outside[0]) if outside.size else None

    def turns(self, steps: int) -> int:
        """How often it has turned round in so many steps, along the way that it mostly goes."""
        moves = self.moves[-steps:] / (self.lengths[-steps:].max() or 1.0)
        along = (moves * main_axis(moves).conjugate()).real
        return int((along[:-1] * along[1:] < 0).sum())

    @cached_property
    def cycle(self) -> Cycle | None:
        """The shortest cycle that has gone round at least four times, changing by less than 1e-5 of its width a step."""
        z = self.z
        near = np.abs(z[-3:-67:-1] - z[-1]) <= 1e-3 * abs(z[-1] - z[-2])
        for period in (np.flatnonzero(near[: max(len(z) // 5 - 1, 0)]) + 2).tolist():
            rounds = min(max(4, 16 // period), len(z) // period - 1)
            places, earlier = z[-period:], z[-period * (rounds + 1) :][:period]
            width = float(np.abs(places - places[0]).max())
            if len(z) > 9 and width and (np.abs(places - earlier) <= 1e-5 * period * rounds * width).all():
                return Cycle(period, width, complex(places.mean()))
        return None

    @cached_property
    def swing(self) -> Swing | None:
        """The swing in the shortest window that shows one; long ones are looked at in strides."""
        for stride in STRIDES:
            reach = self.step - self.first
            if stride > 1 and reach < WINDOW * stride // 4:
                break
            z = self.z if stride == 1 else self.points(max(self.first, self.step - WINDOW * stride), self.step, stride)
            if stride > 1 and np.abs(np.diff(z[-2 - WINDOW // stride :])).sum() < 0.7 * self.lengths[-WINDOW:].sum():
                break  # there is more motion between the points than they show
            for length in (12, 40, 120, WINDOW) if stride == 1 else (WINDOW,):
                found = _swing(z[-length - 1 :], self.fewest)
                if found:
                    return found._replace(period=found.period * stride)
                if length >= len(z) - 1:
                    break
        return None


def main_axis(moves: np.ndarray) -> complex:
    """The direction along which most of the way was made, as a unit vector; of later moves more than of earlier ones."""
    axis = complex(np.sqrt((np.linspace(0.1, 1.0, len(moves)) ** 2 * moves * moves).sum() or 1.0))
    return axis / abs(axis)


def _swing(z: np.ndarray, fewest: int) -> Swing | None:
    """The swing that points show, along the axis of most motion or across it, in units of their spacing; None without one."""
    moves = np.diff(z)
    size = float(np.abs(moves).max(initial=0.0))
    if len(moves) <= fewest or not 0 < size < math.inf:
        return None
    moves = moves / size
    axis = main_axis(moves)
    for direction in (axis, 1j * axis):
        found = _along(direction, moves, fewest)
        if found is not None:
            period, width, growth = found
            return Swing(period, width * size, growth, complex(z[-max(2, round(period)) :].mean()), direction)
    return None


def _along(axis: complex, moves: np.ndarray, fewest: int) -> tuple[float, float, float] | None:
    """Period, last width and growth of a regular swing along an axis that still goes on; None where there is none."""
    along = (moves * axis.conjugate()).real
    turns = np.flatnonzero(along[:-1] * along[1:] < 0)
    if len(turns) < fewest:
        return None
    before, after = np.abs(along[turns]), np.abs(along[turns + 1])
    times = turns + before / (before + after)
    gaps = np.diff(times)
    period = 2 * float(times[-1] - times[0]) / len(gaps)
    uneven = UNEVEN * min(1.0, len(gaps) / 6)  # a few of them are even by chance
    if gaps.std() > uneven * period / 2 or len(moves) - times[-1] > 0.75 * period + 1:
        return None
    swings = np.abs(np.diff(np.cumsum(along)[turns]))
    swings = (swings[1:] + swings[:-1]) / 2  # where it drifts on, one is longer than the next
    net, under_way = abs(moves[-max(2, round(period)) :].sum()), abs(along[turns[-1] + 1 :].sum())
    if not swings.min() > 0 or net > DETOUR * max(swings[-1], under_way):
        return None
    logs, count = np.log(swings), np.arange(len(swings)) - (len(swings) - 1) / 2
    slope = float(logs @ count / (count @ count))
    if (logs - logs.mean() - slope * count).std() > RAGGED:
        return None
    return period, float(swings[-1]), math.exp(slope)
