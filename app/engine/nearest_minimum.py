"""The minima of a surface, and which one is nearest to many points."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from surfaces import Surface
from surfaces.minimum_search import find_minima
from surfaces.surface import Bounds

MARGIN = 0.25  # of the domain, on each side, in which minima are searched
SAME_MINIMUM = 1e-4  # of the diagonal
RASTER_SIZE = 256  # cells per axis of the table that is used for many minima
MAX_ADDED = 2000  # minima at which runs came to rest: more are points of a continuum
MOST_COMPARED = 6  # minima that are compared one by one


def all_minima(surface: Surface, bounds: Bounds) -> np.ndarray:
    """Return the minima known and found in a domain and a margin around it, shape (k, 2), the lowest first."""
    wide = widened(bounds)
    diagonal = math.hypot(*(high - low for low, high in bounds))
    local = find_minima(surface.function, wide, with_kinks=surface.is_nonsmooth, dimension=surface.dimension)
    found = [(x, y) for x, y, _ in local]
    points = list(surface.minima)
    for x, y in found:
        if all(math.hypot(x - a, y - b) > SAME_MINIMUM * diagonal for a, b in points):
            points.append((x, y))
    points.sort(key=lambda point: float(surface(float(point[0]), float(point[1]))[0]))
    return np.array(points, float).reshape(-1, 2)


@lru_cache(maxsize=8)
def cached_minima(surface: Surface, bounds: Bounds) -> np.ndarray:
    """Return ``all_minima`` from a cache; do not change the array."""
    return all_minima(surface, bounds)


def widened(bounds: Bounds) -> Bounds:
    """Return a domain with a margin around it."""
    (left, right), (bottom, top) = bounds
    a, b = MARGIN * (right - left), MARGIN * (top - bottom)
    return (left - a, right + a), (bottom - b, top + b)


def nearest_minimum(minima: np.ndarray, bounds: Bounds) -> NearestMinimum:
    """Return a ``NearestMinimum`` from a cache: with many minima its raster takes a tenth of a second."""
    return _cached_nearest(minima.tobytes(), bounds)


@lru_cache(maxsize=8)
def _cached_nearest(minima: bytes, bounds: Bounds) -> NearestMinimum:
    return NearestMinimum(np.frombuffer(minima).reshape(-1, 2), bounds)


class NearestMinimum:
    """Finds the nearest minimum of many points; a raster of cells makes that independent of the number of minima.

    With the raster, a point in a cell that has several minima nearby can get the second nearest one.
    """

    def __init__(self, minima: np.ndarray, bounds: Bounds) -> None:
        self.minima, self.bounds = minima, bounds
        (self.left, right), (self.bottom, top) = widened(bounds)
        self.cell = (right - self.left) / RASTER_SIZE, (top - self.bottom) / RASTER_SIZE
        self.table: np.ndarray | None = None
        if len(minima) > MOST_COMPARED:
            centers = np.arange(RASTER_SIZE) + 0.5
            x, y = np.meshgrid(centers * self.cell[0] + self.left, centers * self.cell[1] + self.bottom, indexing="ij")
            self.table = self._compare(x, y)[1]
            i, j = self._cell_of(minima[:, 0], minima[:, 1])
            self.table[i[::-1], j[::-1]] = np.arange(len(minima))[::-1]

    def __call__(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the distance to the nearest minimum and its index; inf and -1 if there is none."""
        if self.table is None:
            return self._compare(x, y)
        index = self.table[self._cell_of(x, y)]
        return np.hypot(x - self.minima[index, 0], y - self.minima[index, 1]), index

    def with_points(self, points: np.ndarray) -> NearestMinimum:
        """Return the same with the distinct ones of some points, shape (k, 2), as further minima.

        If these are more than ``MAX_ADDED``, none is added.
        """
        same = SAME_MINIMUM * math.hypot(*(high - low for low, high in self.bounds))
        minima = self.minima
        _, first = np.unique(np.round(points / same), axis=0, return_index=True)
        for point in points[np.sort(first)]:
            if not len(minima) or np.hypot(*(minima - point).T).min() > same:
                minima = np.vstack([minima, point])
            if len(minima) > len(self.minima) + MAX_ADDED:
                return self
        return self if minima is self.minima else NearestMinimum(minima, self.bounds)

    def _cell_of(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cells = []
        for value, low, width in ((x, self.left, self.cell[0]), (y, self.bottom, self.cell[1])):
            position = np.nan_to_num((value - low) / width, nan=0.0, posinf=RASTER_SIZE, neginf=0.0)
            cells.append(np.clip(position, 0, RASTER_SIZE - 1).astype(np.intp))
        return cells[0], cells[1]

    def _compare(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        squared, index = np.full(x.shape, np.inf), np.full(x.shape, -1, np.int32)
        for k, (a, b) in enumerate(self.minima):
            candidate = (x - a) ** 2 + (y - b) ** 2
            closer = candidate < squared
            squared = np.where(closer, candidate, squared)
            index[closer] = k
        return np.sqrt(squared), index
