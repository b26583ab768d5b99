"""Selection of the steps of a long path that must be drawn so that the path looks unchanged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.engine.trajectory import Trajectory
from surfaces.surface import Bounds

FULL_PATH_THRESHOLD = 4000  # paths with fewer steps are drawn completely
LOW_QUALITY_THRESHOLD = 1000  # the same for a path that is redrawn many times per second
RECENT_STEPS = 200  # last steps of such a path, all of which are drawn
CHUNK_SIZE = 1 << 18
MAX_CROSSINGS = 2000  # drawn segments that cross the plotted range from outside to outside
MAX_CACHED_GRIDS = 4  # cached grids per run: the views show it in different ranges and sizes


class PathDecimator:
    """The first and the last step of a run in every cell of a grid over the plotted range.

    A path that fills an area a million times looks the same when only those steps and the segments to and from them are
    drawn. One more ring of cells around the range collects everything outside; ``crossing_steps`` are the steps whose
    segments may cross the range although both ends are outside.

    First visits and crossings are stored in ascending order for all scanned steps, so the part up to any earlier step
    is valid for a path that ends there. Last visits hold for one end only and are updated as the run advances.
    """

    def __init__(self, bounds: Bounds, cells: int) -> None:
        self.bounds, self.cells = bounds, cells
        cell_count = (cells + 2) ** 2
        self.visited_cells, self.first_scan_end = np.zeros(cell_count, bool), 0
        self.first_visits, self.is_adjacent = np.empty(0, np.int32), np.empty(0, bool)
        self.crossing_steps = np.empty(0, np.int32)
        self.last_visits, self.last_scan_end = np.full(cell_count, -1, np.int32), 0

    def cell_indices(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return row and column of each point: 1 to ``cells`` inside the range, 0 or ``cells`` + 1 outside."""
        (left, right), (bottom, top) = self.bounds
        with np.errstate(all="ignore"):
            column = np.clip((x - left) * (self.cells / (right - left)), -1, self.cells)
            row = np.clip((y - bottom) * (self.cells / (top - bottom)), -1, self.cells)
        return np.floor(row).astype(np.int32) + 1, np.floor(column).astype(np.int32) + 1

    def iter_cells(self, trajectory: Trajectory, first_step: int, last_step: int) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the cell ids of steps ``first_step`` to ``last_step`` in chunks, each with its first step."""
        for chunk_start in range(first_step, last_step + 1, CHUNK_SIZE):
            row, column = self.cell_indices(
                *trajectory.values_between(chunk_start, min(chunk_start + CHUNK_SIZE - 1, last_step))[:2]
            )
            yield chunk_start, row * np.int32(self.cells + 2) + column

    def find_crossings(self, trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
        """Return the steps whose segments start and end outside the range but may cross it."""
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
        """Scan the steps up to ``last_step`` for the first visit to each cell."""
        if last_step < self.first_scan_end:
            return
        first_visits, crossing_steps = [self.first_visits], [self.crossing_steps]
        for chunk_start, cell_ids in self.iter_cells(trajectory, self.first_scan_end, last_step):
            new_visits = np.flatnonzero(~self.visited_cells[cell_ids])[::-1].astype(np.int32)
            entry_steps = np.full(len(self.visited_cells), -1, np.int32)
            # numpy keeps the last of several values for one index; the visits are reversed, so that is the first one.
            entry_steps[cell_ids[new_visits]] = new_visits + np.int32(chunk_start)
            self.visited_cells |= entry_steps >= 0
            first_visits.append(np.sort(entry_steps[entry_steps >= 0]))
            crossing_steps.append(self.find_crossings(trajectory, chunk_start, chunk_start + len(cell_ids) - 1))
        self.first_scan_end = last_step + 1
        self.first_visits, self.crossing_steps = np.concatenate(first_visits), np.concatenate(crossing_steps)
        self.is_adjacent = self.are_adjacent(trajectory, self.first_visits)

    def are_adjacent(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return whether each of ``steps`` is in the cell of the previous one or next to it; False for the first."""
        row, column = self.cell_indices(*trajectory.values_at(steps)[:2])
        return np.append(False, (np.abs(np.diff(row)) <= 1) & (np.abs(np.diff(column)) <= 1))[: len(steps)]

    def update_last_visits(self, trajectory: Trajectory, last_step: int) -> None:
        """Scan the steps up to ``last_step`` for the last visit to each cell."""
        if last_step + 1 < self.last_scan_end:
            self.last_visits[:], self.last_scan_end = -1, 0
        for chunk_start, cell_ids in self.iter_cells(trajectory, self.last_scan_end, last_step):
            # numpy keeps the last of several values for one index.
            self.last_visits[cell_ids] = np.arange(chunk_start, chunk_start + len(cell_ids), dtype=np.int32)
        self.last_scan_end = last_step + 1

    def read_all_steps(self, trajectory: Trajectory, last_step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the steps up to ``last_step`` to draw, ascending, and which of them no line leads to.

        They are the visits, each with the step before and after it, and the crossings.
        """
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
        """Return fewer steps than ``read_all_steps``, in about a millisecond.

        They are the first visits, each with the step before it unless the previous visit is adjacent, and the last
        ``RECENT_STEPS`` steps.
        """
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


def decimate_path(
    trajectory: Trajectory, last_step: int, bounds: Bounds, cells: int, low_quality: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps of a run to draw, ascending from 0 to ``last_step``, and which of them no line leads to.

    Omitted segments are covered by drawn ones. A line to a step whose predecessor was omitted is drawn only if both are
    in the same or in neighboring cells.
    """
    last_step = min(last_step, trajectory.last_step)
    if last_step < (LOW_QUALITY_THRESHOLD if low_quality else FULL_PATH_THRESHOLD):
        return np.arange(last_step + 1), np.zeros(last_step + 1, bool)
    decimators: dict[tuple[Bounds, int], PathDecimator] = trajectory.derived.setdefault("decimators", {})
    decimator = decimators.pop((bounds, cells), None)
    if decimator is None or max(decimator.first_scan_end, decimator.last_scan_end) > trajectory.last_step + 1:
        decimator = PathDecimator(bounds, cells)
    decimators[bounds, cells] = decimator  # the most recently used grid is the last one
    for oldest in list(decimators)[:-MAX_CACHED_GRIDS]:
        del decimators[oldest]
    return (
        decimator.read_low_quality_steps(trajectory, last_step)
        if low_quality
        else decimator.read_all_steps(trajectory, last_step)
    )
