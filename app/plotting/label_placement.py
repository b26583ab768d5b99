"""Places for labels next to arrows and points: inside the axes, and never over each other."""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.transforms import BboxBase

FRACTIONS = (0.5, 0.72, 0.3, 0.9)  # of an arrow, at which a label may stand beside it
DIRECTIONS = [
    np.array(each, float) / np.hypot(each[0], each[1]) for each in product((1, 0, -1), repeat=2) if each != (0, 0)
]


class LabelPlacement:
    """Places labels one after the other, each where it covers as little as possible.

    Parameters
    ----------
    bbox
        The axes, in pixels.
    obstacles
        Pixels (n, 2) that should not be covered.
    occupied
        Boxes that must not be covered.

    Attributes
    ----------
    boxes
        The lower left and the upper right corners (m, 2, 2) of the occupied boxes and of the labels placed so far.
    """

    def __init__(self, bbox: BboxBase, obstacles: np.ndarray, occupied: list[BboxBase]) -> None:
        self.low, self.high = np.array(bbox.min), np.array(bbox.max)
        with np.errstate(invalid="ignore"):
            self.obstacles = obstacles[((obstacles > self.low) & (obstacles < self.high)).all(axis=1)]
        self.boxes = np.array([[box.min, box.max] for box in occupied]).reshape(-1, 2, 2)

    def place(self, centers: np.ndarray, size: tuple[float, float]) -> tuple[float, float] | None:
        """Return the lower left corner of a label with one of the centers (n, 2), None if there is no room.

        Of the places that cover equally few obstacles, the first one is taken.
        """
        lows, highs = centers - np.array(size) / 2, centers + np.array(size) / 2
        fits: np.ndarray = np.array(((lows >= self.low) & (highs <= self.high)).all(axis=1))
        for low, high in self.boxes:
            fits[((lows < high) & (highs > low)).all(axis=1)] = False
        if not fits.any():
            return None
        lows, highs = lows[fits], highs[fits]
        covered = ((self.obstacles > lows[:, None]) & (self.obstacles < highs[:, None])).all(axis=2).sum(axis=1)
        best = int(np.argmin(covered))
        corner = np.round(lows[best])
        self.boxes = np.concatenate([self.boxes, [[corner, corner + size]]])
        return float(corner[0]), float(corner[1])


def centers_beside(points: np.ndarray, size: tuple[float, float], gap: float) -> np.ndarray:
    """Return centers (n, 2) of a label on both sides of the line through points (k, 2), and beyond its end."""
    start, end = points[0], points[-1]
    direction = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    normal = np.array([-direction[1], direction[0]])
    half = np.array(size) / 2
    centers = [
        points[round(fraction * (len(points) - 1))] if len(points) > 2 else start + fraction * (end - start)
        for fraction in FRACTIONS
    ]
    reach = gap + float(np.abs(normal) @ half)
    beside = [center + side * reach * normal for center in centers for side in (1, -1)]
    return np.array([*beside, end + (2 * gap + float(np.abs(direction) @ half)) * direction])


def centers_around(point: np.ndarray, size: tuple[float, float], gap: float) -> np.ndarray:
    """Return centers (n, 2) of a label around a point (2,)."""
    half = np.array(size) / 2
    return np.array([point + np.sign(each) * half * (np.abs(each) > 0) + gap * each for each in DIRECTIONS])
