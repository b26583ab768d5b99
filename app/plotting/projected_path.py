"""A run's path in pixels: what is seen of it, and what is hidden."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from app.plotting.path_renderer import FAR

TO_AND_FRO = 0.05  # of the way made is gained: less is no travelling
GRAIN = 2.0**20  # lengths are whole in these parts of a pixel: then their sum is the same however they are added up


class Trail(NamedTuple):
    """``seen`` (n, 2) with nan where it is hidden; ``behind`` (n, 2), the other way round, or None. ``along`` (n,): how far each
    point is along the path, in pixels, where that is wanted."""

    seen: np.ndarray
    behind: np.ndarray | None
    along: np.ndarray | None = None

    @staticmethod
    def of(points: np.ndarray, hidden: np.ndarray | None, along: np.ndarray | None = None) -> Trail:
        """The polyline of points (n, 2) as it is seen, and the part of it that is hidden, if there is one."""
        if hidden is None or not hidden.any():
            return Trail(points, None, along)
        beside = hidden.copy()
        beside[1:] |= hidden[:-1]
        beside[:-1] |= hidden[1:]
        return Trail(np.where(hidden[:, None], np.nan, points), np.where(beside[:, None], points, np.nan), along)


def lengths(points: np.ndarray) -> np.ndarray:
    """How far each of points (n, 2) is along the line through them, (n,); a gap, and what lies out of all reach, counts nothing."""
    along = np.zeros(len(points))
    if len(points) > 1:
        with np.errstate(all="ignore"):
            way = points[1:] - points[:-1]
            ways = np.rint(np.hypot(way[:, 0], way[:, 1]) * GRAIN) / GRAIN
        ways[~(ways < FAR)] = 0.0
        np.cumsum(ways, out=along[1:])
    return along


def travels(points: np.ndarray, least: float) -> bool:
    """Whether a piece of trail (n, 2) goes somewhere. Where it goes to and fro, a halo would only wipe out its own trail."""
    seen = points[~np.isnan(points[:, 0])]
    if len(seen) < 2:
        return False
    gained = np.hypot(*(seen[-1] - seen[0]))
    return bool(gained > least and gained > TO_AND_FRO * np.hypot(*np.diff(seen, axis=0).T).sum())
