"""Difference map: from which starts two runs reach different minima, and which of them needs fewer steps elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.basin_map import BasinMap

SAME, OTHER_MINIMUM, ONLY_FIRST, ONLY_SECOND, NEITHER = range(5)
SAME_DISTANCE = 1e-3  # of the width of the map: minima of two maps that are closer are the same


@dataclass(frozen=True, eq=False)
class DifferenceMap:
    """Two basin maps on one grid, compared.

    Attributes
    ----------
    xs, ys : ndarray, shape (n,)
        Coordinates of the grid.
    kind : ndarray of int, shape (n, n)
        0 if both runs reach the same minimum, 1 if they reach different ones, 2 or 3 if only the first or the second
        run reaches one, 4 if neither does; rows along y.
    log_ratio : ndarray, shape (n, n)
        log2 of the steps of the second run over those of the first, positive where the first needs fewer; nan unless
        ``kind`` is 0.
    minima : ndarray, shape (k, 2)
        The minima of the first map.
    """

    xs: np.ndarray
    ys: np.ndarray
    kind: np.ndarray
    log_ratio: np.ndarray
    minima: np.ndarray


def difference_map(first: BasinMap, second: BasinMap) -> DifferenceMap:
    """Compare two basin maps on the same grid; a start at a minimum counts as one step."""
    here, there = first.outcome >= 0, second.outcome >= 0
    both = here & there
    same = np.zeros_like(both)
    if both.any():
        distance = first.minima[first.outcome[both]] - second.minima[second.outcome[both]]
        same[both] = np.hypot(*distance.T) <= SAME_DISTANCE * (first.xs[-1] - first.xs[0])
    kind = np.select([same, both, here, there], [SAME, OTHER_MINIMUM, ONLY_FIRST, ONLY_SECOND], NEITHER)
    ratio = np.maximum(second.steps, 1) / np.maximum(first.steps, 1)
    return DifferenceMap(first.xs, first.ys, kind, np.where(same, np.log2(ratio), np.nan), first.minima)
