"""The numbers of maps: arrays for an NPZ file, and a table with one row per cell for a CSV file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.basin_map import BasinMap
from app.engine.difference_map import DifferenceMap
from app.engine.settings_map import RateCurve, SettingsMap


@dataclass(frozen=True)
class MapData:
    """Arrays by name, and columns of equal length by name; nan is an empty cell of the table."""

    arrays: dict[str, np.ndarray]
    columns: dict[str, np.ndarray]


def basin_data(result: BasinMap) -> MapData:
    """Return xs (n), ys (n), outcome (n, n) and steps (n, n) with rows along y, and minima (k, 2); see ``Outcomes``."""
    return _grid_data(result, outcome=result.outcome, steps=result.steps)


def settings_data(result: SettingsMap) -> MapData:
    """Return first (n), second (m), outcome, steps, loss and lowest_loss (m, n), names (2) and minima (k, 2)."""
    first, second = np.meshgrid(result.first, result.second)
    arrays = {
        "first": result.first,
        "second": result.second,
        "outcome": result.outcome,
        "steps": result.steps,
        "loss": result.loss,
        "lowest_loss": result.lowest_loss,
        "names": np.array(result.names),
        "minima": result.minima,
    }
    columns = dict(zip(result.names, (first, second), strict=True))
    columns |= {name: arrays[name] for name in ("outcome", "steps", "loss", "lowest_loss")}
    return MapData(arrays, _flat(**columns))


def difference_data(result: DifferenceMap) -> MapData:
    """Return xs (n), ys (n), kind (n, n) and log2_ratio (n, n) with rows along y, and minima (k, 2)."""
    return _grid_data(result, kind=result.kind, log2_ratio=result.log_ratio)


def _grid_data(result: BasinMap | DifferenceMap, **cells: np.ndarray) -> MapData:
    """Return the data of a map over starts, whose cells have the given values (n, n)."""
    x, y = np.meshgrid(result.xs, result.ys)
    arrays = {"xs": result.xs, "ys": result.ys, **cells, "minima": result.minima}
    return MapData(arrays, _flat(x=x, y=y, **cells))


def rate_data(names: list[str], curves: list[RateCurve]) -> MapData:
    """Return learning_rates (n), and adam/outcome, adam/steps and adam/loss (n) for a run named adam."""
    rates = curves[0].learning_rates
    arrays = {"learning_rates": rates}
    for name, curve in zip(names, curves, strict=True):
        arrays |= {f"{name}/outcome": curve.outcome, f"{name}/steps": curve.steps, f"{name}/loss": curve.loss}
    columns = _flat(
        run=np.repeat(names, rates.size),
        learning_rate=np.tile(rates, len(curves)),
        outcome=np.concatenate([curve.outcome for curve in curves]),
        steps=np.concatenate([curve.steps for curve in curves]),
        loss=np.concatenate([curve.loss for curve in curves]),
    )
    return MapData(arrays, columns)


def _flat(**columns: np.ndarray) -> dict[str, np.ndarray]:
    return {name: column.ravel() for name, column in columns.items()}
