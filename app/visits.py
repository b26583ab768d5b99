"""Which updates of a long path must be drawn so that it looks the same: numpy only, no picture."""

from __future__ import annotations

import weakref

import numpy as np

from app.track import Track
from surfaces.surface import Box

FEW = 4000  # steps up to which everything is drawn
CHUNK = 1 << 18


class Visits:
    """The first and the last step of a run in every cell of a grid over the box; kept up to date as the run goes on.

    A path that fills an area a million times is seen by those steps and the segments that lead to and from them. Around
    the box lies one more ring of cells for all that is outside.
    """

    def __init__(self, track: Track, box: Box, cells: int) -> None:
        self.cells, self.box, self.version, self.count = cells, box, track.version, 0
        side = cells + 2
        self.first, self.last = np.full(side * side, -1, np.int32), np.full(side * side, -1, np.int32)

    def cell(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each place, 1 to ``cells`` inside the box."""
        (left, right), (bottom, top) = self.box
        with np.errstate(all="ignore"):
            column = np.clip((x - left) * (self.cells / (right - left)), -1, self.cells)
            row = np.clip((y - bottom) * (self.cells / (top - bottom)), -1, self.cells)
        return np.floor(row).astype(np.int32) + 1, np.floor(column).astype(np.int32) + 1

    def extend(self, track: Track, last: int) -> None:
        """Take in the steps up to ``last``."""
        while self.count <= last:
            high = min(self.count + CHUNK, last + 1)
            x, y, _ = track.part(self.count, high - 1)
            row, column = self.cell(x, y)
            cell, step = row * np.int32(self.cells + 2) + column, np.arange(self.count, high, dtype=np.int32)
            self.last[cell] = step  # of several steps in one cell the last one stays
            fresh = self.first[cell] < 0
            self.first[cell[fresh][::-1]] = step[fresh][::-1]
            self.count = high

    def steps(self, last: int) -> np.ndarray:
        """The steps up to ``last`` that are needed, rising: the visits, with where they come from and go to."""
        keep = np.zeros(last + 3, bool)
        for visit in (self.first, self.last):
            seen = visit[visit >= 0]
            for shift in (0, 1, 2):
                keep[seen + shift] = True
        keep[[1, last + 1]] = True
        return np.flatnonzero(keep[1: last + 2])


_kept: weakref.WeakKeyDictionary[Track, dict[int, Visits]] = weakref.WeakKeyDictionary()


def needed(track: Track, last: int, box: Box, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """The steps of a run from 0 to ``last`` that must be drawn, rising, and which of them a line must not be drawn to.

    Segments that are left out lie over others; a line to a step whose predecessor was left out is drawn only where both
    are in neighboring cells.
    """
    last = min(last, track.extent)
    if last < FEW:
        return np.arange(last + 1), np.zeros(last + 1, bool)
    grids = _kept.setdefault(track, {})
    visits = grids.get(cells)
    if visits is None or visits.box != box or visits.version != track.version or visits.count > last + 1:
        visits = grids[cells] = Visits(track, box, cells)
    visits.extend(track, last)
    steps = visits.steps(last)
    x, y, _ = track.at(steps)
    row, column = visits.cell(x, y)
    broken = np.zeros(len(steps), bool)
    broken[1:] = (np.diff(steps) > 1) & ((np.abs(np.diff(row)) > 1) | (np.abs(np.diff(column)) > 1))
    return steps, broken
