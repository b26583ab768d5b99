"""The minima of a surface, and which one is nearest to many points."""

from __future__ import annotations

import math
from collections.abc import Generator, Hashable, Iterable
from typing import TypeVar

import numpy as np

from app.utils.progress_generators import finish
from surfaces import Surface
from surfaces.minimum_search import search_minima
from surfaces.surface import Bounds

MARGIN = 0.25  # of the domain, on each side, in which minima are searched
SAME_MINIMUM = 1e-4  # of the diagonal
RASTER_SIZE = 256  # cells per axis of the table that is used for many minima
MAX_ADDED = 2000  # minima at which runs came to rest: more are points of a continuum
MOST_COMPARED = 6  # minima that are compared one by one
COMPARED_PER_STEP = 20  # of the minima of the raster: about 10 ms
MAX_KNOWN = 8  # surfaces whose minima are remembered


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
_known_minima: dict[tuple[Surface, Bounds], np.ndarray] = {}
_known_nearest: dict[tuple[bytes, Bounds], NearestMinimum] = {}


def compute_minima(surface: Surface, bounds: Bounds) -> Generator[float, None, np.ndarray]:
    """Yield 0 after each short step, and return ``all_minima``, from a cache; do not change the array.

    With many minima the search takes a tenth of a second.
    """
    key = surface, bounds
    if key not in _known_minima:
        search = search_minima(
            surface.function, widened(bounds), with_kinks=surface.is_nonsmooth, dimension=surface.dimension
        )
        try:
            while True:
                next(search)
                yield 0.0
        except StopIteration as end:
            found = [(x, y) for x, y, _ in end.value]
        _remember(_known_minima, key, _with_known(surface, bounds, found))
    return _known_minima[key]


def all_minima(surface: Surface, bounds: Bounds) -> np.ndarray:
    """Return the minima known and found in a domain and a margin around it, shape (k, 2), the lowest first."""
    return finish(compute_minima(surface, bounds))


def _with_known(surface: Surface, bounds: Bounds, found: list[tuple[float, float]]) -> np.ndarray:
    """Return the known minima of a surface and those found, without duplicates, sorted by loss."""
    same = SAME_MINIMUM * math.hypot(*(high - low for low, high in bounds))
    points = np.array([*surface.minima, *found], float).reshape(-1, 2)
    kept = list(range(len(surface.minima)))
    for k in range(len(surface.minima), len(points)):
        if not kept or np.hypot(*(points[kept] - points[k]).T).min() > same:
            kept.append(k)
    return np.array(sorted(points[kept].tolist(), key=lambda point: float(surface(*point)[0])), float).reshape(-1, 2)


def _remember(known: dict[Key, Value], key: Key, value: Value) -> None:
    if len(known) >= MAX_KNOWN:
        del known[next(iter(known))]
    known[key] = value


def widened(bounds: Bounds) -> Bounds:
    """Return a domain with a margin around it."""
    (left, right), (bottom, top) = bounds
    a, b = MARGIN * (right - left), MARGIN * (top - bottom)
    return (left - a, right + a), (bottom - b, top + b)


def compute_nearest(minima: np.ndarray, bounds: Bounds) -> Generator[float, None, NearestMinimum]:
    """Yield 0 after each short step, and return a ``NearestMinimum``, from a cache."""
    key = minima.tobytes(), bounds
    if key not in _known_nearest:
        nearest = NearestMinimum(minima, bounds)
        yield from nearest.fill_table()
        _remember(_known_nearest, key, nearest)
    return _known_nearest[key]


class NearestMinimum:
    """Finds the nearest minimum of many points.

    ``fill_table`` makes a raster of cells, which makes the time independent of the number of minima. With it, a point
    in a cell that has several minima nearby can get the second nearest one.
    """

    def __init__(self, minima: np.ndarray, bounds: Bounds) -> None:
        self.minima, self.bounds = minima, bounds
        (self.left, right), (self.bottom, top) = widened(bounds)
        self.cell = (right - self.left) / RASTER_SIZE, (top - self.bottom) / RASTER_SIZE
        self.table: np.ndarray | None = None

    def fill_table(self) -> Generator[float, None, None]:
        """Make the raster if there are many minima; yield 0 after each short step."""
        count = len(self.minima)
        if count <= MOST_COMPARED:
            return
        centers = np.arange(RASTER_SIZE) + 0.5
        x, y = np.meshgrid(centers * self.cell[0] + self.left, centers * self.cell[1] + self.bottom, indexing="ij")
        squared, table = np.full(x.shape, np.inf), np.full(x.shape, -1, np.int32)
        for first in range(0, count, COMPARED_PER_STEP):
            self._compare_some(range(first, min(first + COMPARED_PER_STEP, count)), x, y, squared, table)
            yield 0.0
        i, j = self._cell_of(*self.minima.T)
        table[i[::-1], j[::-1]] = np.arange(count)[::-1]
        self.table = table

    def __call__(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the distance to the nearest minimum and its index; inf and -1 if there is none."""
        if self.table is None:
            return self._compare(x, y)
        index = self.table[self._cell_of(x, y)]
        return np.hypot(x - self.minima[index, 0], y - self.minima[index, 1]), index

    def minima_with(self, points: np.ndarray) -> np.ndarray:
        """Return the minima and after them the distinct ones of some points, shape (k, 2).

        If these are more than ``MAX_ADDED``, none is added.
        """
        same = SAME_MINIMUM * math.hypot(*(high - low for low, high in self.bounds))
        minima = self.minima
        _, first = np.unique(np.round(points / same), axis=0, return_index=True)
        for point in points[np.sort(first)]:
            if not len(minima) or np.hypot(*(minima - point).T).min() > same:
                minima = np.vstack([minima, point])
            if len(minima) > len(self.minima) + MAX_ADDED:
                return self.minima
        return minima

    def _cell_of(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cells = []
        for value, low, width in ((x, self.left, self.cell[0]), (y, self.bottom, self.cell[1])):
            position = np.nan_to_num((value - low) / width, nan=0.0, posinf=RASTER_SIZE, neginf=0.0)
            cells.append(np.clip(position, 0, RASTER_SIZE - 1).astype(np.intp))
        return cells[0], cells[1]

    def _compare(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        squared, index = np.full(x.shape, np.inf), np.full(x.shape, -1, np.int32)
        self._compare_some(range(len(self.minima)), x, y, squared, index)
        return np.sqrt(squared), index

    def _compare_some(
        self, indices: Iterable[int], x: np.ndarray, y: np.ndarray, squared: np.ndarray, nearest: np.ndarray
    ) -> None:
        """Compare some minima with the nearest ones so far, and change both arrays where they are closer."""
        for k in indices:
            dx, dy = x - self.minima[k, 0], y - self.minima[k, 1]
            candidate = dx * dx + dy * dy
            closer = candidate < squared
            np.fmin(squared, candidate, out=squared)
            np.copyto(nearest, k, where=closer)
