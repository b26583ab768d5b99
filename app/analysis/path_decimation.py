"""Which updates of a long path must be drawn so that it looks the same: numpy only, no picture."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import numpy as np

from app.engine.trajectory import Trajectory
from surfaces.surface import Bounds

FULL_PATH_THRESHOLD = 4000  # steps up to which everything is drawn
LOW_QUALITY_THRESHOLD = 1000  # the same of a path that is drawn anew many times a second
RECENT_STEPS = 200  # the last steps of such a path, which are drawn all
CHUNK_SIZE = 1 << 18
MAX_CROSSINGS = 2000  # segments that cross the box from outside to outside and are drawn, at most
MAX_CACHED_GRIDS = 4  # grids that are kept for a run: the views show it in different boxes and sizes


class PathDecimator:
    """The first and the last step of a run in every cell of a grid over the box.

    A path that fills an area a million times is seen by those steps and the segments that lead to and from them. Around
    the box lies one more ring of cells for all that is outside; ``across`` are the steps that led over the box from there to
    there. Both these and the first steps are known for the whole past at once: those up to some step are those of a past that
    ends there. The last steps are kept up to date as the run goes on.
    """

    def __init__(self, bounds: Bounds, cells: int) -> None:
        self.bounds, self.cells = bounds, cells
        cell_count = (cells + 2) ** 2
        self.visited_cells, self.first_scan_end = np.zeros(cell_count, bool), 0
        self.first_visits, self.is_adjacent, self.crossing_steps = (
            np.empty(0, np.int32),
            np.empty(0, bool),
            np.empty(0, np.int32),
        )
        self.last_visits, self.last_scan_end = np.full(cell_count, -1, np.int32), 0

    def cell_indices(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each place, 1 to ``cells`` inside the box."""
        (left, right), (bottom, top) = self.bounds
        with np.errstate(all="ignore"):
            column = np.clip((x - left) * (self.cells / (right - left)), -1, self.cells)
            row = np.clip((y - bottom) * (self.cells / (top - bottom)), -1, self.cells)
        return np.floor(row).astype(np.int32) + 1, np.floor(column).astype(np.int32) + 1

    def iter_cells(self, trajectory: Trajectory, first_step: int, last_step: int) -> Iterator[tuple[int, np.ndarray]]:
        """The cells of the steps ``first`` to ``last``, with the step that each chunk of them begins at."""
        for chunk_start in range(first_step, last_step + 1, CHUNK_SIZE):
            row, column = self.cell_indices(
                *trajectory.values_between(chunk_start, min(chunk_start + CHUNK_SIZE - 1, last_step))[:2]
            )
            yield chunk_start, row * np.int32(self.cells + 2) + column

    def find_crossings(self, trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
        """Which of the updates ``first`` to ``last`` may have led over the box though they began and ended outside it."""
        (left, right), (bottom, top) = self.bounds
        x, y, _ = trajectory.values_between(max(first_step - 1, 0), last_step)
        outside = (x < left) | (x > right) | (y < bottom) | (y > top)
        steps = np.flatnonzero(outside[1:] & outside[:-1]) + 1
        if steps.size:
            is_separate = [
                (np.maximum(values[steps], values[steps - 1]) < low)
                | (np.minimum(values[steps], values[steps - 1]) > high)
                for values, low, high in ((x, left, right), (y, bottom, top))
            ]
            steps = steps[~(is_separate[0] | is_separate[1])]
        return (steps + max(first_step - 1, 0)).astype(np.int32)

    def update_first_visits(self, trajectory: Trajectory, last_step: int) -> None:
        """Take in the steps up to ``last``: when each cell was entered first."""
        if last_step < self.first_scan_end:
            return
        first_visits, crossing_steps = [self.first_visits], [self.crossing_steps]
        for chunk_start, cell_ids in self.iter_cells(trajectory, self.first_scan_end, last_step):
            new_visits = np.flatnonzero(~self.visited_cells[cell_ids])[::-1].astype(np.int32)
            entry_steps = np.full(len(self.visited_cells), -1, np.int32)
            entry_steps[cell_ids[new_visits]] = new_visits + np.int32(
                chunk_start
            )  # of several steps in one cell the first one stays
            self.visited_cells |= entry_steps >= 0
            first_visits.append(np.sort(entry_steps[entry_steps >= 0]))
            crossing_steps.append(self.find_crossings(trajectory, chunk_start, chunk_start + len(cell_ids) - 1))
        self.first_scan_end, self.first_visits, self.crossing_steps = (
            last_step + 1,
            np.concatenate(first_visits),
            np.concatenate(crossing_steps),
        )
        self.is_adjacent = self.are_adjacent(trajectory, self.first_visits)

    def are_adjacent(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Whether each of ``steps`` lies in the cell of the one before, or beside it; the first does not."""
        row, column = self.cell_indices(*trajectory.values_at(steps)[:2])
        return np.append(False, (np.abs(np.diff(row)) <= 1) & (np.abs(np.diff(column)) <= 1))[: len(steps)]

    def update_last_visits(self, trajectory: Trajectory, last_step: int) -> None:
        """Take in the steps up to ``last``: when each cell was left last."""
        if last_step + 1 < self.last_scan_end:
            self.last_visits[:], self.last_scan_end = -1, 0
        for chunk_start, cell_ids in self.iter_cells(trajectory, self.last_scan_end, last_step):
            self.last_visits[cell_ids] = np.arange(
                chunk_start, chunk_start + len(cell_ids), dtype=np.int32
            )  # of several steps in one cell the last one stays
        self.last_scan_end = last_step + 1

    def read_all_steps(self, trajectory: Trajectory, last_step: int) -> tuple[np.ndarray, np.ndarray]:
        """The steps up to ``last`` that are needed, rising: the visits, with where they come from and go to; which are broken."""
        self.update_first_visits(trajectory, last_step)
        self.update_last_visits(trajectory, last_step)
        is_needed = np.zeros(last_step + 3, bool)
        crossing_steps = self.crossing_steps[: np.searchsorted(self.crossing_steps, last_step, side="right")]
        crossing_steps = crossing_steps[:: len(crossing_steps) // MAX_CROSSINGS + 1]
        is_needed[crossing_steps] = is_needed[crossing_steps + 1] = True
        for visits in (
            self.first_visits[: np.searchsorted(self.first_visits, last_step, side="right")],
            self.last_visits[self.last_visits >= 0],
        ):
            for offset in (0, 1, 2):
                is_needed[visits + offset] = True
        is_needed[[1, last_step + 1]] = True
        steps = np.flatnonzero(is_needed[1 : last_step + 2])
        return steps, (np.diff(steps, prepend=-1) > 1) & ~self.are_adjacent(trajectory, steps)

    def read_low_quality_steps(self, trajectory: Trajectory, last_step: int) -> tuple[np.ndarray, np.ndarray]:
        """The same in a millisecond: first visits, each with where it comes from unless that is beside it, and the last steps."""
        self.update_first_visits(trajectory, trajectory.last_step)
        recent_start = max(last_step - RECENT_STEPS, 0)
        count = np.searchsorted(self.first_visits, recent_start)
        first_visits, isolated = self.first_visits[:count].astype(np.intp), np.flatnonzero(~self.is_adjacent[:count])
        steps = np.concatenate(
            [
                np.insert(first_visits, isolated, np.maximum(first_visits[isolated] - 1, 0)),
                np.arange(recent_start, last_step + 1),
            ]
        )
        is_break = np.zeros(len(steps), bool)
        is_break[isolated + np.arange(len(isolated))] = True
        is_break[count + len(isolated)] = True
        return steps, is_break


_decimator_cache: weakref.WeakKeyDictionary[Trajectory, dict[tuple[Bounds, int], PathDecimator]] = (
    weakref.WeakKeyDictionary()
)


def decimate_path(
    trajectory: Trajectory, last_step: int, bounds: Bounds, cells: int, low_quality: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The steps of a run from 0 to ``last`` that must be drawn, rising, and which of them a line must not be drawn to.

    Segments that are left out lie over others; a line to a step whose predecessor was left out is drawn only where both
    are in neighboring cells.
    """
    last_step = min(last_step, trajectory.last_step)
    if last_step < (LOW_QUALITY_THRESHOLD if low_quality else FULL_PATH_THRESHOLD):
        return np.arange(last_step + 1), np.zeros(last_step + 1, bool)
    decimators = _decimator_cache.setdefault(trajectory, {})
    decimator = decimators.pop((bounds, cells), None)
    if decimator is None or max(decimator.first_scan_end, decimator.last_scan_end) > trajectory.last_step + 1:
        decimator = PathDecimator(bounds, cells)
    decimators[bounds, cells] = decimator  # the last one that was asked for stands last
    for oldest in list(decimators)[:-MAX_CACHED_GRIDS]:
        del decimators[oldest]
    return (
        decimator.read_low_quality_steps(trajectory, last_step)
        if low_quality
        else decimator.read_all_steps(trajectory, last_step)
    )
