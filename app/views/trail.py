"""A run's path in pixels: what is seen of it, and what is hidden."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

TO_AND_FRO = 0.05  # of the way made is gained: less is no travelling


class Trail(NamedTuple):
    """``seen`` (n, 2) with nan where it is hidden; ``behind`` (n, 2), the other way round, or None."""

    seen: np.ndarray
    behind: np.ndarray | None

    @staticmethod
    def of(points: np.ndarray, hidden: np.ndarray | None) -> Trail:
        """The polyline of points (n, 2) as it is seen, and the part of it that is hidden, if there is one."""
        if hidden is None or not hidden.any():
            return Trail(points, None)
        beside = hidden.copy()
        beside[1:] |= hidden[:-1]
        beside[:-1] |= hidden[1:]
        return Trail(np.where(hidden[:, None], np.nan, points), np.where(beside[:, None], points, np.nan))


def travels(points: np.ndarray, least: float) -> bool:
    """Whether a piece of trail (n, 2) goes somewhere. Where it goes to and fro, a halo would only wipe out its own trail."""
    seen = points[~np.isnan(points[:, 0])]
    if len(seen) < 2:
        return False
    gained = np.hypot(*(seen[-1] - seen[0]))
    return bool(gained > least and gained > TO_AND_FRO * np.hypot(*np.diff(seen, axis=0).T).sum())
