"""Which step of which run is near a place of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from app.views.base_view import View

DISTANCE_TOLERANCE = 1.0  # pixels: of what differs less, the latest counts, which lies on top
MAX_STEP_SEARCH = 20_000  # steps between two points of a thinned trail that are looked at one by one, at most


class HitTester:
    """The trails as they are on the screen, thinned, as segments from ``a`` to ``b`` (n, 2)."""

    def __init__(self, view: View) -> None:
        assert view.scene is not None
        self.view, race = view, view.scene.race
        self.trajectories = [
            (index, trajectory)
            for index, trajectory in enumerate(race.trajectories)
            if any(trajectory is visible for visible, _ in view.scene.visible_runs)
        ]
        paths = [view.decimated_path(track, min(race.step, track.last_step))[:2] for _, track in self.trajectories]
        end_indices = [
            np.minimum(np.arange(1, len(steps) + 1), len(steps) - 1) for steps, _ in paths
        ]  # the last point stands alone
        self.segment_starts = np.concatenate([np.empty((0, 2)), *(points for _, points in paths)])
        self.segment_ends = np.concatenate(
            [np.empty((0, 2)), *(points[end_index] for (_, points), end_index in zip(paths, end_indices, strict=True))]
        )
        self.segment_steps = np.concatenate(
            [
                np.empty((0, 2), int),
                *(np.column_stack([steps, steps[end]]) for (steps, _), end in zip(paths, end_indices, strict=True)),
            ]
        )
        self.segment_runs = np.repeat(np.arange(len(paths)), [len(steps) for steps, _ in paths])

    def find(self, pixel: tuple[float, float], max_distance: float) -> tuple[int, int] | None:
        """The index of the run and the step that are nearest to a pixel; None where no trail comes so near."""
        point = np.array(pixel)
        low, high = point - max_distance, point + max_distance
        candidates = np.flatnonzero(
            (
                (np.minimum(self.segment_starts, self.segment_ends) <= high)
                & (np.maximum(self.segment_starts, self.segment_ends) >= low)
            ).all(axis=1)
        )
        starts, directions = (
            self.segment_starts[candidates],
            self.segment_ends[candidates] - self.segment_starts[candidates],
        )
        squared_lengths = (directions * directions).sum(axis=1)
        fraction = np.clip(
            ((point - starts) * directions).sum(axis=1) / np.where(squared_lengths > 0, squared_lengths, 1.0), 0.0, 1.0
        )
        distances = np.hypot(*(starts + fraction[:, None] * directions - point).T)
        if not candidates.size or distances.min() > max_distance:
            return None
        candidates = candidates[distances <= distances.min() + DISTANCE_TOLERANCE]
        end_distances = np.fmin(
            np.hypot(*(self.segment_starts[candidates] - point).T), np.hypot(*(self.segment_ends[candidates] - point).T)
        )
        candidates = candidates[
            end_distances <= end_distances.min() + DISTANCE_TOLERANCE
        ]  # of trails that cross, the one with a step there
        k = max(candidates.tolist(), key=lambda k: (self.segment_steps[k].max(), self.segment_runs[k]))
        index, trajectory = self.trajectories[self.segment_runs[k]]
        first_step, last_step = self.segment_steps[k].tolist()
        steps = (
            np.arange(first_step, last_step + 1)
            if last_step - first_step <= MAX_STEP_SEARCH
            else np.array([first_step, last_step])
        )
        distances = np.hypot(*(self.view.pixel_positions(trajectory, steps)[0] - point).T)
        return index, int(steps[np.flatnonzero(distances <= np.nanmin(distances) + DISTANCE_TOLERANCE)[-1]])
