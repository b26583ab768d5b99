"""A run's path in pixels: what is seen of it, and what is hidden."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from app.plotting.path_renderer import CLIP_LIMIT

MIN_PROGRESS_RATIO = 0.05  # of the way made is gained: less is no travelling
LENGTH_RESOLUTION = (
    2.0**20
)  # lengths are whole in these parts of a pixel: then their sum is the same however they are added up


class ProjectedPath(NamedTuple):
    """``seen`` (n, 2) with nan where it is hidden; ``behind`` (n, 2), the other way round, or None. ``along`` (n,): how far each
    point is along the path, in pixels, where that is wanted."""

    visible: np.ndarray
    hidden: np.ndarray | None
    distance_along: np.ndarray | None = None

    @staticmethod
    def from_points(
        points: np.ndarray, hidden: np.ndarray | None, distance_along: np.ndarray | None = None
    ) -> ProjectedPath:
        """The polyline of points (n, 2) as it is seen, and the part of it that is hidden, if there is one."""
        if hidden is None or not hidden.any():
            return ProjectedPath(points, None, distance_along)
        is_adjacent = hidden.copy()
        is_adjacent[1:] |= hidden[:-1]
        is_adjacent[:-1] |= hidden[1:]
        return ProjectedPath(
            np.where(hidden[:, None], np.nan, points), np.where(is_adjacent[:, None], points, np.nan), distance_along
        )


def distances_along(points: np.ndarray) -> np.ndarray:
    """How far each of points (n, 2) is along the line through them, (n,); a gap, and what lies out of all reach, counts nothing."""
    distances = np.zeros(len(points))
    if len(points) > 1:
        with np.errstate(all="ignore"):
            deltas = points[1:] - points[:-1]
            step_lengths = np.rint(np.hypot(deltas[:, 0], deltas[:, 1]) * LENGTH_RESOLUTION) / LENGTH_RESOLUTION
        step_lengths[~(step_lengths < CLIP_LIMIT)] = 0.0
        np.cumsum(step_lengths, out=distances[1:])
    return distances


def makes_progress(points: np.ndarray, min_distance: float) -> bool:
    """Whether a piece of trail (n, 2) goes somewhere. Where it goes to and fro, a halo would only wipe out its own trail."""
    visible = points[~np.isnan(points[:, 0])]
    if len(visible) < 2:
        return False
    distance = np.hypot(*(visible[-1] - visible[0]))
    return bool(distance > min_distance and distance > MIN_PROGRESS_RATIO * np.hypot(*np.diff(visible, axis=0).T).sum())
