"""What theory says about a settings map: the stability limit, critical damping and Polyak's optimum."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import stability_limit
from app.analysis.status.swing_theory import critical_product
from app.engine.settings_map import SettingsMap
from app.engine.trajectory import Trajectory
from app.model.run import Run
from surfaces import Surface

THEORY_POINTS = 121  # values of the second hyperparameter of a settings map
QUADRATIC_PRECISION = 1e-6  # relative difference between the curvatures at two points of a quadratic


class LimitCurve(NamedTuple):
    """The stability limit of the learning rate (n,), nan where unknown, for n values; ``formula`` in names."""

    learning_rates: np.ndarray
    formula: str


def limit_curve(
    run: Run, surface: Surface, minimum: tuple[float, float], name: str = "", values: tuple[float, ...] = (math.nan,)
) -> LimitCurve | None:
    """Return the stability limits for values of a hyperparameter, with the curvature at a minimum; None if unknown.

    Without a name the limit is that of the run itself.
    """
    rates, formula = [], ""
    for value in values:
        changed = run.with_hyperparameter(name, float(value)) if name else run
        limit = stability_limit(Trajectory(changed, surface, minimum), 0, minimum)
        rates.append(math.nan if limit is None else limit.learning_rate)
        formula = formula if limit is None else limit.formula
    return LimitCurve(np.array(rates), formula) if formula else None


def rate_limit(run: Run, surface: Surface, minimum: tuple[float, float] | None) -> tuple[float, str] | None:
    """Return the stability limit of a run's learning rate at a minimum and its formula; None if unknown."""
    curve = None if minimum is None else limit_curve(run, surface, minimum)
    return None if curve is None else (float(curve.learning_rates[0]), curve.formula)


def polyak_optimum(run: Run, surface: Surface, minimum: tuple[float, float]) -> tuple[float, float] | None:
    """Return the learning rate and momentum that converge fastest on a quadratic (Polyak 1964); else None."""
    curvatures = _quadratic_curvatures(surface, minimum)
    if run.method.id not in ("momentum", "momentum_torch") or run.modifiers or curvatures is None:
        return None
    low, high = map(math.sqrt, curvatures)
    return (2 / (high + low)) ** 2, ((high - low) / (high + low)) ** 2


def critical_damping(
    run: Run, surface: Surface, minimum: tuple[float, float], name: str, values: tuple[float, ...]
) -> tuple[np.ndarray, ...]:
    """Return the learning rates of critical damping for values of a hyperparameter, along each eigenvector.

    With a larger rate, a run oscillates along that eigenvector. Empty if the surface is not a convex quadratic, and for
    optimizers and modifiers without that theory.
    """
    curvatures = _quadratic_curvatures(surface, minimum)
    if curvatures is None or run.modifiers:
        return ()
    products = []
    for value in values:
        settings = {**run.hyperparameters, name: value}
        product, undamped = critical_product(run.method.id, settings), 1 - settings.get("dampening", 0.0)
        if product is None:
            return ()
        products.append(product / undamped if undamped > 0 else math.nan)
    return tuple(np.array(products) / curvature for curvature in dict.fromkeys(curvatures))


def _quadratic_curvatures(surface: Surface, minimum: tuple[float, float]) -> tuple[float, float] | None:
    """Return the smallest and the largest curvature of a convex quadratic; None for other surfaces."""
    here = curvature_at(surface, *minimum)
    corners = [curvature_at(surface, x, y) for x, y in zip(*surface.bounds, strict=True)]
    same = all(np.allclose(here[:2], corner[:2], rtol=QUADRATIC_PRECISION, atol=0) for corner in corners)
    return (here.smallest, here.largest) if same and here.smallest > 0 else None


class SettingsTheory(NamedTuple):
    """What is known of a settings map: the limit over evenly spaced slider positions of the second hyperparameter.

    ``minimum`` is where the limit holds, ``optimum`` Polyak's learning rate and momentum if they are on the map, and
    ``damping`` has the learning rates of critical damping along each eigenvector.
    """

    minimum: tuple[float, float] = (math.nan, math.nan)
    limit: LimitCurve | None = None
    optimum: tuple[float, float] | None = None
    damping: tuple[np.ndarray, ...] = ()


def settings_theory(run: Run, surface: Surface, result: SettingsMap) -> SettingsTheory:
    """Return what theory says about the settings map of a run."""
    if result.names[0] != "lr" or not len(result.minima):
        return SettingsTheory()
    second = result.specs[1]
    minimum = float(result.minima[0][0]), float(result.minima[0][1])
    values = tuple(second.from_slider(position) for position in np.linspace(0, 1, THEORY_POINTS).tolist())
    limit = limit_curve(run, surface, minimum, result.names[1], values)
    optimum = polyak_optimum(run, surface, minimum) if result.names[1] == "momentum" else None
    optimum = optimum if optimum is not None and result.includes(*optimum) else None
    damping = critical_damping(run, surface, minimum, result.names[1], values)
    if limit is not None:
        damping = tuple(np.where(rates < limit.learning_rates, rates, math.nan) for rates in damping)
    on_map = tuple(rates for rates in damping if ((result.first[0] < rates) & (rates < result.first[-1])).any())
    return SettingsTheory(minimum, limit, optimum, on_map)
