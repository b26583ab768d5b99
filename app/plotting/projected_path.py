"""The path of a run in pixels, split into a visible and a hidden part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from app.plotting.path_renderer import CLIP_LIMIT
from app.plotting.step_thinning import ThinnedSteps

MIN_PROGRESS_RATIO = 0.05  # distance between the ends of a path over its length; below this it oscillates
# Lengths are multiples of 1 / LENGTH_RESOLUTION pixels: then their sum is exact and does not depend on the order.
LENGTH_RESOLUTION = 2.0**20


class ProjectedPath(NamedTuple):
    """Pixels of a path.

    ``visible`` (n, 2) is nan where the path is hidden; ``hidden`` (n, 2) the other way round, None if nothing is.
    ``distance_along`` (n,) is the distance of each point from the start along the path, None if it is not needed.
    ``steps`` says which points are marked and which lines are left out, None for no marker and all lines.
    """

    visible: np.ndarray
    hidden: np.ndarray | None
    distance_along: np.ndarray | None = None
    steps: ThinnedSteps | None = None

    @staticmethod
    def from_points(
        points: np.ndarray,
        hidden: np.ndarray | None,
        distance_along: np.ndarray | None = None,
        steps: ThinnedSteps | None = None,
    ) -> ProjectedPath:
        """Return the path through points (n, 2), split by which of them are ``hidden`` (n,)."""
        if hidden is None or not hidden.any():
            return ProjectedPath(points, None, distance_along, steps)
        is_adjacent = hidden.copy()
        is_adjacent[1:] |= hidden[:-1]
        is_adjacent[:-1] |= hidden[1:]
        return ProjectedPath(
            np.where(hidden[:, None], np.nan, points),
            np.where(is_adjacent[:, None], points, np.nan),
            distance_along,
            steps,
        )

    def with_gaps(self, points: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Return the points ``start`` to ``stop`` - 1, with nan for each line that is left out."""
        if self.steps is None:
            return points[start:stop]
        gaps = np.flatnonzero(self.steps.omitted[start + 1 : stop]) + 1
        return np.insert(points[start:stop], gaps, np.nan, axis=0) if gaps.size else points[start:stop]


def distances_along(points: np.ndarray) -> np.ndarray:
    """Return the distance (n,) of each of points (n, 2) from the first along the line through them.

    Segments that are nan or longer than ``CLIP_LIMIT`` have length 0.
    """
    distances = np.zeros(len(points))
    if len(points) > 1:
        with np.errstate(all="ignore"):
            deltas = points[1:] - points[:-1]
            step_lengths = np.rint(np.hypot(deltas[:, 0], deltas[:, 1]) * LENGTH_RESOLUTION) / LENGTH_RESOLUTION
        step_lengths[~(step_lengths < CLIP_LIMIT)] = 0.0
        np.cumsum(step_lengths, out=distances[1:])
    return distances


def makes_progress(points: np.ndarray, min_distance: float) -> bool:
    """Return whether a piece of a path (n, 2) moves on; if it oscillates, its outline would only cover itself."""
    visible = points[~np.isnan(points[:, 0])]
    if len(visible) < 2:
        return False
    distance = np.hypot(*(visible[-1] - visible[0]))
    return bool(distance > min_distance and distance > MIN_PROGRESS_RATIO * np.hypot(*np.diff(visible, axis=0).T).sum())
