"""What theory says about a settings map: the stability limit and Polyak's optimum."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import stability_limit
from app.engine.trajectory import Trajectory
from app.model.run import Run
from surfaces import Surface

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


def polyak_optimum(run: Run, surface: Surface, minimum: tuple[float, float]) -> tuple[float, float] | None:
    """Return the learning rate and momentum that converge fastest on a quadratic (Polyak 1964); else None."""
    if run.method.id not in ("momentum", "momentum_torch") or run.modifiers:
        return None
    here = curvature_at(surface, *minimum)
    corners = [curvature_at(surface, x, y) for x, y in zip(*surface.bounds, strict=True)]
    same = all(np.allclose(here[:2], corner[:2], rtol=QUADRATIC_PRECISION, atol=0) for corner in corners)
    if not (same and here.smallest > 0):
        return None
    high, low = math.sqrt(here.largest), math.sqrt(here.smallest)
    return (2 / (high + low)) ** 2, ((high - low) / (high + low)) ** 2
