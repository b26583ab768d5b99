"""Where the steps of a path can be told apart on the screen: which are marked, and which lines are left out.

A step is marked where it is far enough from the steps before it; the closer they are, the smaller the marker, until it
is as wide as the line. Of long steps that lie side by side, as in an oscillation, only those are drawn between which a
gap remains. Both depend on earlier steps alone, so that nothing that is drawn changes when the path goes on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

MARKER_SIZES = (3.2, 3.9, 4.6, 5.2)  # points
# Points between two steps from which the smallest marker is drawn, and from which the largest
MIN_MARKER_SPACING, FULL_MARKER_SPACING = 5.0, 11.0
MARKER_CELL = 8.0  # points; in a cell of this size later visits of a path are not marked
LONG_STEP = 7.0  # points; shorter steps are always drawn
FIRST_STEPS = 40  # steps at the start of a path that are always drawn if they end apart from the step before the last
# A long step is drawn if at least this fraction of the cells on its line, of this size in points, are still free: fewer
# than MAX_CELL_LINES earlier lines cross them.
MIN_FREE_FRACTION, LINE_CELL, MAX_CELL_LINES = 0.5, 12.0, 3
LINE_SAMPLES = (np.arange(8) + 0.5) / 8  # positions on a line at which its cells are looked up
NEVER = np.iinfo(np.int64).max
RECENT = 5  # last steps whose result is kept, because they are drawn again with the next ones


class ThinnedSteps(NamedTuple):
    """The result for steps (n,).

    ``marker_class`` (n,) is 0 where a step is not marked, k for a marker of size ``MARKER_SIZES[k - 1]``. ``omitted``
    (n,) is whether the line to a step is left out.
    """

    marker_class: np.ndarray
    omitted: np.ndarray


class StepThinning:
    """The steps of one path up to ``step``.

    ``size`` is the width and height of the figure in pixels, ``scale`` the pixels per point.
    """

    def __init__(self, size: tuple[float, float], scale: float) -> None:
        self.scale, self.step = scale, -1
        self.columns, rows = int(size[0] / (MARKER_CELL * scale)) + 1, int(size[1] / (MARKER_CELL * scale)) + 1
        self.size, cell_count = size, self.columns * rows
        self.first_visits = np.full(cell_count, NEVER)  # of each cell for markers
        self.line_counts = np.zeros(cell_count, np.int8)  # lines in each cell, counted up to MAX_CELL_LINES
        self.first_lines = np.zeros(cell_count, np.int64)  # scratch: the first line in each cell
        self.recent = ThinnedSteps(np.zeros(0, np.uint8), np.zeros(0, bool))

    def extend(self, steps: np.ndarray, points: np.ndarray, keep: bool, marks: bool = True) -> ThinnedSteps:
        """Return the result for ``steps`` (n,) at pixels (n, 2), those up to ``step`` as they were found before.

        With ``keep``, later calls continue after these steps. Without ``marks`` no step is marked.
        """
        count = int(np.searchsorted(steps, self.step, side="right"))
        known = min(count, len(self.recent.omitted))
        result = ThinnedSteps(np.zeros(len(steps), np.uint8), np.zeros(len(steps), bool))
        for values, recent in zip(result, self.recent, strict=True):
            values[count - known : count] = recent[len(recent) - known :]
        if count < len(steps):
            with np.errstate(all="ignore"):
                if marks:
                    self._mark(steps, points, count, result.marker_class, keep)
                self._omit(steps, points, count, result.omitted, keep)
        if keep and len(steps):
            self.step = max(self.step, int(steps[-1]))
            self.recent = ThinnedSteps(result.marker_class[-RECENT:], result.omitted[-RECENT:])
        return result

    def _mark(self, steps: np.ndarray, points: np.ndarray, first: int, marker_class: np.ndarray, keep: bool) -> None:
        x, y = points.T
        spacing = np.full(len(points), np.inf)
        spacing[steps == 0] = 0.0  # the start has its own marker
        for lag in (1, 2):
            spacing[lag:] = np.fmin(spacing[lag:], np.hypot(x[lag:] - x[:-lag], y[lag:] - y[:-lag]))
        fraction = (spacing[first:] / self.scale - MIN_MARKER_SPACING) / (FULL_MARKER_SPACING - MIN_MARKER_SPACING)
        is_far = fraction > 0.0
        if not keep and not is_far.any():
            return
        inside, cells = self._cells(x[first:], y[first:], MARKER_CELL)
        unique_cells, indices, inverse = np.unique(cells, return_index=True, return_inverse=True)
        new_steps = steps[first:]
        first_visits = np.minimum(self.first_visits[unique_cells], new_steps[indices])
        if keep:
            self.first_visits[unique_cells] = first_visits
        is_marked = np.flatnonzero(is_far & inside & (first_visits[inverse] >= new_steps - 2))
        classes = np.ceil(np.minimum(fraction[is_marked], 1.0) * len(MARKER_SIZES))
        marker_class[first:][is_marked] = classes.astype(np.uint8)

    def _omit(self, steps: np.ndarray, points: np.ndarray, first: int, omitted: np.ndarray, keep: bool) -> None:
        first = max(first, 1)
        x, y = points[first - 1 :].T
        dx, dy = np.diff(x), np.diff(y)
        long_steps = np.flatnonzero(np.hypot(dx, dy) > LONG_STEP * self.scale)
        if not long_steps.size:
            return
        sample_x, sample_y = (
            (start[long_steps, None] + LINE_SAMPLES * delta[long_steps, None]).ravel()
            for start, delta in ((x, dx), (y, dy))
        )
        inside, cells = self._cells(sample_x, sample_y, LINE_CELL)
        lines, cells = np.repeat(np.arange(len(long_steps)), len(LINE_SAMPLES))[inside], cells[inside]
        line_numbers = self.line_counts[cells] + self._ranks(cells, lines)  # of the lines through a cell
        if keep:
            for number in range(MAX_CELL_LINES):
                self.line_counts[cells[line_numbers == number]] = number + 1
        is_free = line_numbers < MAX_CELL_LINES
        free_count, count = (np.bincount(each, minlength=len(long_steps)) for each in (lines[is_free], lines))
        # Of a line that is mostly outside the figure, too little is known.
        may_be_omitted = count > 0.5 * len(LINE_SAMPLES)
        may_be_omitted &= (steps[first:][long_steps] > FIRST_STEPS) | ~self._ends_apart(points, long_steps + first)
        omitted[first:][long_steps] = may_be_omitted & (free_count < MIN_FREE_FRACTION * count)

    def _ends_apart(self, points: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """Return which of the points at ``indices`` (n,) can be told apart from the point before the last."""
        deltas = points[indices] - points[np.maximum(indices - 2, 0)]
        is_apart: np.ndarray = ~(np.hypot(deltas[:, 0], deltas[:, 1]) < MIN_MARKER_SPACING * self.scale)
        return is_apart | (indices < 2)

    def _ranks(self, cells: np.ndarray, lines: np.ndarray) -> np.ndarray:
        """Return how many of ``lines`` (n,), ascending, come earlier in the same cell, up to ``MAX_CELL_LINES``."""
        ranks, remaining = np.full(len(lines), MAX_CELL_LINES, np.int8), np.arange(len(lines))
        for rank in range(MAX_CELL_LINES):
            self.first_lines[cells[::-1]] = lines[::-1]  # numpy keeps the last of several values
            is_later = self.first_lines[cells] != lines
            ranks[remaining[~is_later]] = rank
            remaining, cells, lines = remaining[is_later], cells[is_later], lines[is_later]
            if not len(lines):
                break
        return ranks

    def _cells(self, x: np.ndarray, y: np.ndarray, cell_size: float) -> tuple[np.ndarray, np.ndarray]:
        """Return which of the points (n,) lie in the figure, and the index of the cell of each (n,); 0 for others."""
        width, height = self.size
        inside = (x >= 0.0) & (x < width) & (y >= 0.0) & (y < height)
        factor = 1.0 / (cell_size * self.scale)
        cells = (y * factor).astype(np.int64) * self.columns + (x * factor).astype(np.int64)
        cells[~inside] = 0
        return inside, cells
