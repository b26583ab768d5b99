"""Find the run and the step whose path is nearest to a pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from app.engine.trajectory import Trajectory

DISTANCE_TOLERANCE = 1.0  # pixels; among candidates this close to each other the latest wins, which is drawn on top
MAX_STEP_SEARCH = 20_000  # steps left out between two points of a decimated path, up to which each is examined

IndexedPath = tuple[int, Trajectory, np.ndarray, np.ndarray]  # index of the run, run, steps (n,), pixels (n, 2)


class HitTester:
    """Decimated paths as they are on the screen, as segments between pixels (n, 2).

    ``pixel_positions`` returns the pixels of a run after each of some steps; it is used for the steps that the
    decimation left out.
    """

    def __init__(
        self,
        paths: Sequence[IndexedPath],
        pixel_positions: Callable[[Trajectory, np.ndarray], tuple[np.ndarray, np.ndarray | None]],
    ) -> None:
        self.pixel_positions = pixel_positions
        self.runs = [(index, trajectory) for index, trajectory, _, _ in paths]
        # The last point of a path is a segment without length, so that a path of one point is found.
        end_indices = [np.minimum(np.arange(1, len(steps) + 1), len(steps) - 1) for _, _, steps, _ in paths]
        self.segment_starts = np.concatenate([np.empty((0, 2)), *(points for _, _, _, points in paths)])
        self.segment_ends = np.concatenate(
            [np.empty((0, 2)), *(points[end] for (_, _, _, points), end in zip(paths, end_indices, strict=True))]
        )
        self.segment_steps = np.concatenate(
            [
                np.empty((0, 2), int),
                *(
                    np.column_stack([steps, steps[end]])
                    for (_, _, steps, _), end in zip(paths, end_indices, strict=True)
                ),
            ]
        )
        self.segment_runs = np.repeat(np.arange(len(paths)), [len(steps) for _, _, steps, _ in paths])

    def find(self, pixel: tuple[float, float], max_distance: float) -> tuple[int, int] | None:
        """Return the index of the run and the step nearest to a pixel, None if no path is within ``max_distance``."""
        point = np.array(pixel)
        segments = self._nearest_segments(point, max_distance)
        if not segments.size:
            return None
        k = max(segments.tolist(), key=lambda k: (self.segment_steps[k].max(), self.segment_runs[k]))
        index, trajectory = self.runs[self.segment_runs[k]]
        first_step, last_step = self.segment_steps[k].tolist()
        steps = (
            np.arange(first_step, last_step + 1)
            if last_step - first_step <= MAX_STEP_SEARCH
            else np.array([first_step, last_step])
        )
        distances = np.hypot(*(self.pixel_positions(trajectory, steps)[0] - point).T)
        return index, int(steps[np.flatnonzero(distances <= np.nanmin(distances) + DISTANCE_TOLERANCE)[-1]])

    def _nearest_segments(self, point: np.ndarray, max_distance: float) -> np.ndarray:
        """Return the indices of the segments nearest to a point; where paths cross, of those that end nearest to it."""
        candidates = np.flatnonzero(
            (
                (np.minimum(self.segment_starts, self.segment_ends) <= point + max_distance)
                & (np.maximum(self.segment_starts, self.segment_ends) >= point - max_distance)
            ).all(axis=1)
        )
        starts = self.segment_starts[candidates]
        directions = self.segment_ends[candidates] - starts
        squared_lengths = (directions * directions).sum(axis=1)
        fraction = np.clip(
            ((point - starts) * directions).sum(axis=1) / np.where(squared_lengths > 0, squared_lengths, 1.0), 0.0, 1.0
        )
        distances = np.hypot(*(starts + fraction[:, None] * directions - point).T)
        if not candidates.size or distances.min() > max_distance:
            return candidates[:0]
        candidates = candidates[distances <= distances.min() + DISTANCE_TOLERANCE]
        end_distances = np.fmin(
            np.hypot(*(self.segment_starts[candidates] - point).T), np.hypot(*(self.segment_ends[candidates] - point).T)
        )
        nearest: np.ndarray = candidates[end_distances <= end_distances.min() + DISTANCE_TOLERANCE]
        return nearest
