"""Which updates of a long path must be drawn so that it looks the same: numpy only, no picture."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import numpy as np

from app.engine.trajectory import Track
from surfaces.surface import Box

FEW = 4000  # steps up to which everything is drawn
HASTY = 1000  # the same of a path that is drawn anew many times a second
RECENT = 200  # the last steps of such a path, which are drawn all
CHUNK = 1 << 18
CROSSING = 2000  # segments that cross the box from outside to outside and are drawn, at most
KEPT = 4  # grids that are kept for a run: the views show it in different boxes and sizes


class Visits:
    """The first and the last step of a run in every cell of a grid over the box.

    A path that fills an area a million times is seen by those steps and the segments that lead to and from them. Around
    the box lies one more ring of cells for all that is outside; ``across`` are the steps that led over the box from there to
    there. Both these and the first steps are known for the whole past at once: those up to some step are those of a past that
    ends there. The last steps are kept up to date as the run goes on.
    """

    def __init__(self, box: Box, cells: int) -> None:
        self.box, self.cells = box, cells
        area = (cells + 2) ** 2
        self.seen, self.known = np.zeros(area, bool), 0
        self.first, self.joined, self.across = np.empty(0, np.int32), np.empty(0, bool), np.empty(0, np.int32)
        self.last, self.count = np.full(area, -1, np.int32), 0

    def cell(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each place, 1 to ``cells`` inside the box."""
        (left, right), (bottom, top) = self.box
        with np.errstate(all="ignore"):
            column = np.clip((x - left) * (self.cells / (right - left)), -1, self.cells)
            row = np.clip((y - bottom) * (self.cells / (top - bottom)), -1, self.cells)
        return np.floor(row).astype(np.int32) + 1, np.floor(column).astype(np.int32) + 1

    def chunks(self, track: Track, first: int, last: int) -> Iterator[tuple[int, np.ndarray]]:
        """The cells of the steps ``first`` to ``last``, with the step that each chunk of them begins at."""
        for low in range(first, last + 1, CHUNK):
            row, column = self.cell(*track.part(low, min(low + CHUNK - 1, last))[:2])
            yield low, row * np.int32(self.cells + 2) + column

    def crossing(self, track: Track, first: int, last: int) -> np.ndarray:
        """Which of the updates ``first`` to ``last`` may have led over the box though they began and ended outside it."""
        (left, right), (bottom, top) = self.box
        x, y, _ = track.part(max(first - 1, 0), last)
        outside = (x < left) | (x > right) | (y < bottom) | (y > top)
        steps = np.flatnonzero(outside[1:] & outside[:-1]) + 1
        if steps.size:
            apart = [
                (np.maximum(v[steps], v[steps - 1]) < low) | (np.minimum(v[steps], v[steps - 1]) > high)
                for v, low, high in ((x, left, right), (y, bottom, top))
            ]
            steps = steps[~(apart[0] | apart[1])]
        return (steps + max(first - 1, 0)).astype(np.int32)

    def discover(self, track: Track, last: int) -> None:
        """Take in the steps up to ``last``: when each cell was entered first."""
        if last < self.known:
            return
        new, across = [self.first], [self.across]
        for low, cell in self.chunks(track, self.known, last):
            fresh = np.flatnonzero(~self.seen[cell])[::-1].astype(np.int32)
            entered = np.full(len(self.seen), -1, np.int32)
            entered[cell[fresh]] = fresh + np.int32(low)  # of several steps in one cell the first one stays
            self.seen |= entered >= 0
            new.append(np.sort(entered[entered >= 0]))
            across.append(self.crossing(track, low, low + len(cell) - 1))
        self.known, self.first, self.across = last + 1, np.concatenate(new), np.concatenate(across)
        self.joined = self.neighbors(track, self.first)

    def neighbors(self, track: Track, steps: np.ndarray) -> np.ndarray:
        """Whether each of ``steps`` lies in the cell of the one before, or beside it; the first does not."""
        row, column = self.cell(*track.at(steps)[:2])
        return np.append(False, (np.abs(np.diff(row)) <= 1) & (np.abs(np.diff(column)) <= 1))[: len(steps)]

    def revisit(self, track: Track, last: int) -> None:
        """Take in the steps up to ``last``: when each cell was left last."""
        if last + 1 < self.count:
            self.last[:], self.count = -1, 0
        for low, cell in self.chunks(track, self.count, last):
            self.last[cell] = np.arange(
                low, low + len(cell), dtype=np.int32
            )  # of several steps in one cell the last one stays
        self.count = last + 1

    def whole(self, track: Track, last: int) -> tuple[np.ndarray, np.ndarray]:
        """The steps up to ``last`` that are needed, rising: the visits, with where they come from and go to; which are broken."""
        self.discover(track, last)
        self.revisit(track, last)
        keep = np.zeros(last + 3, bool)
        across = self.across[: np.searchsorted(self.across, last, side="right")]
        across = across[:: len(across) // CROSSING + 1]
        keep[across] = keep[across + 1] = True
        for seen in (self.first[: np.searchsorted(self.first, last, side="right")], self.last[self.last >= 0]):
            for shift in (0, 1, 2):
                keep[seen + shift] = True
        keep[[1, last + 1]] = True
        steps = np.flatnonzero(keep[1 : last + 2])
        return steps, (np.diff(steps, prepend=-1) > 1) & ~self.neighbors(track, steps)

    def hasty(self, track: Track, last: int) -> tuple[np.ndarray, np.ndarray]:
        """The same in a millisecond: first visits, each with where it comes from unless that is beside it, and the last steps."""
        self.discover(track, track.extent)
        recent = max(last - RECENT, 0)
        count = np.searchsorted(self.first, recent)
        first, alone = self.first[:count].astype(np.intp), np.flatnonzero(~self.joined[:count])
        steps = np.concatenate([np.insert(first, alone, np.maximum(first[alone] - 1, 0)), np.arange(recent, last + 1)])
        broken = np.zeros(len(steps), bool)
        broken[alone + np.arange(len(alone))] = True
        broken[count + len(alone)] = True
        return steps, broken


_kept: weakref.WeakKeyDictionary[Track, dict[tuple[Box, int], Visits]] = weakref.WeakKeyDictionary()


def needed(track: Track, last: int, box: Box, cells: int, hasty: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The steps of a run from 0 to ``last`` that must be drawn, rising, and which of them a line must not be drawn to.

    Segments that are left out lie over others; a line to a step whose predecessor was left out is drawn only where both
    are in neighboring cells.
    """
    last = min(last, track.extent)
    if last < (HASTY if hasty else FEW):
        return np.arange(last + 1), np.zeros(last + 1, bool)
    grids = _kept.setdefault(track, {})
    visits = grids.pop((box, cells), None)
    if visits is None or max(visits.known, visits.count) > track.extent + 1:
        visits = Visits(box, cells)
    grids[box, cells] = visits  # the last one that was asked for stands last
    for old in list(grids)[:-KEPT]:
        del grids[old]
    return visits.hasty(track, last) if hasty else visits.whole(track, last)
