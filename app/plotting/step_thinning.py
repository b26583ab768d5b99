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
FIRST_STEPS = 40  # steps at the start of a path that are always drawn: they are few enough to be followed
# A long step is drawn if at least this fraction of the cells on its line, of this size in points, are still free: fewer
# than MAX_CELL_LINES earlier lines cross them.
MIN_FREE_FRACTION, LINE_CELL, MAX_CELL_LINES = 0.5, 12.0, 3
LINE_SAMPLES = (np.arange(12) + 0.5) / 12  # positions on a line at which its cells are looked up
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
        self.size, cell_count = np.array(size), self.columns * rows
        self.first_visits = np.full(cell_count, NEVER)  # of each cell for markers
        self.line_counts = np.zeros(cell_count, np.int8)  # lines in each cell, counted up to MAX_CELL_LINES
        self.first_lines = np.zeros(cell_count, np.int64)  # scratch: the first line in each cell
        self.recent = ThinnedSteps(np.zeros(0, np.uint8), np.zeros(0, bool))

    def extend(self, steps: np.ndarray, points: np.ndarray, keep: bool) -> ThinnedSteps:
        """Return the result for ``steps`` (n,) at pixels (n, 2), those up to ``step`` as they were found before.

        With ``keep``, later calls continue after these steps.
        """
        count = int(np.searchsorted(steps, self.step, side="right"))
        known = min(count, len(self.recent.omitted))
        result = ThinnedSteps(np.zeros(len(steps), np.uint8), np.zeros(len(steps), bool))
        for values, recent in zip(result, self.recent, strict=True):
            values[count - known : count] = recent[len(recent) - known :]
        if count < len(steps):
            with np.errstate(all="ignore"):
                self._mark(steps, points, count, result.marker_class, keep)
                self._omit(steps, points, count, result.omitted, keep)
        if keep and len(steps):
            self.step = max(self.step, int(steps[-1]))
            self.recent = ThinnedSteps(result.marker_class[-RECENT:], result.omitted[-RECENT:])
        return result

    def _mark(self, steps: np.ndarray, points: np.ndarray, first: int, marker_class: np.ndarray, keep: bool) -> None:
        spacing = np.full(len(points), np.inf)
        for lag in (1, 2):
            distances = np.hypot(*(points[lag:] - points[:-lag]).T)
            spacing[lag:] = np.fmin(spacing[lag:], distances)
        spacing = spacing[first:] / self.scale
        if not keep and not (spacing > MIN_MARKER_SPACING).any():
            return
        inside, cells = self._cells(points[first:], MARKER_CELL)
        if not inside.any():
            return
        unique_cells, indices, inverse = np.unique(cells[inside], return_index=True, return_inverse=True)
        new_steps = steps[first:][inside]
        first_visits = np.minimum(self.first_visits[unique_cells], new_steps[indices])
        if keep:
            self.first_visits[unique_cells] = first_visits
        fraction = (spacing[inside] - MIN_MARKER_SPACING) / (FULL_MARKER_SPACING - MIN_MARKER_SPACING)
        classes = np.ceil(np.clip(fraction, 0.0, 1.0) * len(MARKER_SIZES)).astype(np.uint8)
        classes[(first_visits[inverse] < new_steps - 2) | (new_steps == 0)] = 0  # the start has its own marker
        marker_class[first:][inside] = classes

    def _omit(self, steps: np.ndarray, points: np.ndarray, first: int, omitted: np.ndarray, keep: bool) -> None:
        first = max(first, 1)
        deltas = points[first:] - points[first - 1 : -1]
        long_steps = np.flatnonzero(np.hypot(deltas[:, 0], deltas[:, 1]) > LONG_STEP * self.scale)
        if not long_steps.size:
            return
        samples = points[first - 1 : -1][long_steps, None] + LINE_SAMPLES[:, None] * deltas[long_steps, None]
        inside, cells = self._cells(samples.reshape(-1, 2), LINE_CELL)
        lines, cells = np.repeat(np.arange(len(long_steps)), len(LINE_SAMPLES))[inside], cells[inside]
        line_numbers = self.line_counts[cells] + self._ranks(cells, lines)  # of the lines through a cell
        is_free = line_numbers < MAX_CELL_LINES
        if keep:
            for number in range(MAX_CELL_LINES):
                self.line_counts[cells[line_numbers == number]] = number + 1
        free_count, count = (np.bincount(each, minlength=len(long_steps)) for each in (lines[is_free], lines))
        # Of a line that is mostly outside the figure, too little is known.
        may_be_omitted = (count > 0.5 * len(LINE_SAMPLES)) & (steps[first:][long_steps] > FIRST_STEPS)
        omitted[first:][long_steps] = may_be_omitted & (free_count < MIN_FREE_FRACTION * count)

    def _ranks(self, cells: np.ndarray, lines: np.ndarray) -> np.ndarray:
        """Return how many of ``lines`` (n,), ascending, come earlier in the same cell, up to ``MAX_CELL_LINES``."""
        ranks, remaining = np.full(len(lines), MAX_CELL_LINES), np.arange(len(lines))
        for rank in range(MAX_CELL_LINES):
            self.first_lines[cells[remaining[::-1]]] = lines[remaining[::-1]]  # numpy keeps the last of several values
            is_first = self.first_lines[cells[remaining]] == lines[remaining]
            ranks[remaining[is_first]] = rank
            remaining = remaining[~is_first]
        return ranks

    def _cells(self, points: np.ndarray, cell_size: float) -> tuple[np.ndarray, np.ndarray]:
        """Return which of points (n, 2) lie in the figure, and the index of the cell of each of those (n,)."""
        inside: np.ndarray = (np.greater_equal(points, 0.0) & np.less(points, self.size)).all(axis=1)
        columns, rows = (np.where(inside[:, None], points, 0.0) / (cell_size * self.scale)).astype(np.int64).T
        return inside, rows * self.columns + columns
