"""Maps computed in parts, each with every n-th row, for several worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.engine.basin_map import BasinMap
from app.engine.nearest_minimum import NearestMinimum
from app.engine.settings_map import SettingsMap
from surfaces.surface import Bounds


def merge_basin_maps(parts: Sequence[BasinMap], bounds: Bounds) -> BasinMap:
    """Return the map whose rows the parts have in turn; ``bounds`` are those of the surface."""
    minima, outcomes = _with_common_minima(parts, bounds)
    ys, steps = _interleaved([part.ys for part in parts]), _interleaved([part.steps for part in parts])
    return BasinMap(parts[0].xs, ys, _interleaved(outcomes), steps, minima)


def merge_settings_maps(parts: Sequence[SettingsMap], bounds: Bounds) -> SettingsMap:
    """Return the map whose rows the parts have in turn; ``bounds`` are those of the surface."""
    minima, outcomes = _with_common_minima(parts, bounds)
    return replace(
        parts[0],
        second=_interleaved([part.second for part in parts]),
        outcome=_interleaved(outcomes),
        steps=_interleaved([part.steps for part in parts]),
        loss=_interleaved([part.loss for part in parts]),
        lowest_loss=_interleaved([part.lowest_loss for part in parts]),
        minima=minima,
    )


def _with_common_minima(
    parts: Sequence[BasinMap] | Sequence[SettingsMap], bounds: Bounds
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the minima of all parts, and the outcomes of each with the indices of these."""
    minima = parts[0].minima
    for part in parts[1:]:
        minima = NearestMinimum(minima, bounds).minima_with(part.minima)
    nearest, outcomes = NearestMinimum(minima, bounds), []
    for part in parts:
        outcome, arrived = part.outcome.copy(), part.outcome >= 0
        outcome[arrived] = nearest(*part.minima.T)[1][outcome[arrived]]
        outcomes.append(outcome)
    return minima, outcomes


def _interleaved(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the array whose rows the parts have in turn."""
    result = np.empty((sum(map(len, parts)), *parts[0].shape[1:]), parts[0].dtype)
    for k, part in enumerate(parts):
        result[k :: len(parts)] = part
    return result
