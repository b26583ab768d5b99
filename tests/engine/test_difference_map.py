"""Difference maps compare two runs start by start."""

from __future__ import annotations

import numpy as np

from app.engine.basin_map import BasinMap, basin_map
from app.engine.difference_map import (
    NEITHER,
    ONLY_FIRST,
    ONLY_SECOND,
    OTHER_MINIMUM,
    SAME,
    difference_map,
)
from app.model.run import Run
from surfaces import SURFACES


def made_map(outcome: list[int], steps: list[int], minima: list[tuple[float, float]]) -> BasinMap:
    axis = np.linspace(0, 10, len(outcome))
    return BasinMap(axis, axis[:1], np.array([outcome]), np.array([steps]), np.array(minima, float).reshape(-1, 2))


def test_minima_are_compared_by_position_not_by_number() -> None:
    first = made_map([0, 0, 1, -1, -2], [10, 10, 30, -1, -1], [(1, 1), (5, 5)])
    second = made_map([1, 0, -3, 0, -1], [40, 10, -1, 5, -1], [(5, 5), (1, 1)])
    result = difference_map(first, second)
    assert result.kind.tolist() == [[SAME, OTHER_MINIMUM, ONLY_FIRST, ONLY_SECOND, NEITHER]]
    assert result.log_ratio[0, 0] == 2
    assert np.isnan(result.log_ratio[0, 1:]).all()


def test_swapped_runs_give_the_opposite_ratio() -> None:
    surface = SURFACES["himmelblau"]
    one, other = (
        basin_map(run, surface, 300, 12) for run in (Run("sgd", {"lr": 0.01}), Run("momentum", {"lr": 0.002}))
    )
    there, back = difference_map(one, other), difference_map(other, one)
    assert np.allclose(there.log_ratio, -back.log_ratio, equal_nan=True)
    assert {SAME, OTHER_MINIMUM} <= set(np.unique(there.kind).tolist())
    assert (difference_map(one, one).log_ratio == 0).all()


def test_surfaces_without_minima_are_compared() -> None:
    result = basin_map(Run("sgd", {"lr": 0.01}), SURFACES["saddle"], 20, 4)
    assert (difference_map(result, result).kind == NEITHER).all()
