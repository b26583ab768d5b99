"""Basin map: to which minimum every start of a domain leads, and in how many steps."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from app.engine.block_run import Problem
from app.engine.map_job import ALL_ROWS
from app.engine.nearest_minimum import compute_minima, compute_nearest
from app.engine.outcomes import compute_outcomes
from app.engine.rest_classification import ON_ITS_WAY
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.progress_generators import finish
from app.utils.validation import ExperimentError
from surfaces import Surface
from surfaces.surface import Bounds


@dataclass(frozen=True, eq=False)
class BasinMap:
    """Outcomes of runs from a grid of starts.

    Attributes
    ----------
    xs, ys : ndarray, shape (n,)
        Coordinates of the grid.
    outcome, steps : ndarray of int, shape (n, n)
        See ``Outcomes``; rows along y.
    minima : ndarray, shape (k, 2)
        The minima: those of the surface, the lowest first, then others at which runs came to rest.
    """

    xs: np.ndarray
    ys: np.ndarray
    outcome: np.ndarray
    steps: np.ndarray
    minima: np.ndarray

    def share_of(self, outcome: int) -> float:
        """Return the share of the starts that have an outcome."""
        return float((self.outcome == outcome).mean())


def compute_basin_map(
    run: Run,
    surface: Surface,
    steps: int,
    size: int = 100,
    bounds: Bounds | None = None,
    rows: slice = ALL_ROWS,
) -> Generator[float, None, BasinMap]:
    """Yield the fraction that is done and return the map of a run with its current hyperparameters.

    Parameters
    ----------
    run : Run
        The optimizer with its hyperparameters and modifiers; its history is not used.
    surface : Surface
        The loss surface.
    steps : int
        The number of steps of each run.
    size : int
        Starts per axis.
    bounds : tuple, optional
        The domain of the starts; by default that of the surface.
    rows : slice, optional
        The rows of the grid that are computed; the result has only these.

    Raises
    ------
    ExperimentError
        If the loss depends on x alone.
    """
    if surface.dimension == 1:
        raise ExperimentError(tr("a basin map needs a loss over two coordinates, and this formula has no y"))
    domain = bounds or surface.bounds
    xs, ys = (np.linspace(low, high, size) for low, high in domain)
    ys = ys[rows]
    x, y = (values.ravel() for values in np.meshgrid(xs, ys))
    minima = yield from compute_minima(surface, surface.bounds)
    problem = yield from make_problem(run, surface, dict(run.hyperparameters), minima, steps)
    outcomes, minima = yield from compute_outcomes(problem, x, y)
    shape = (ys.size, size)
    return BasinMap(xs, ys, outcomes.outcome.reshape(shape), outcomes.steps.reshape(shape), minima)


def continue_basin_map(known: BasinMap, run: Run, surface: Surface, steps: int) -> Generator[float, None, BasinMap]:
    """Yield the fraction that is done and return a map with more steps of the runs that are still on their way."""
    moving = known.outcome == ON_ITS_WAY
    x, y = (values[moving] for values in np.meshgrid(known.xs, known.ys))
    problem = yield from make_problem(run, surface, dict(run.hyperparameters), known.minima, steps)
    outcomes, minima = yield from compute_outcomes(problem, x, y)
    outcome, step_counts = known.outcome.copy(), known.steps.copy()
    outcome[moving], step_counts[moving] = outcomes.outcome, outcomes.steps
    return BasinMap(known.xs, known.ys, outcome, step_counts, minima)


def make_problem(
    run: Run, surface: Surface, hyperparameters: dict[str, object], minima: np.ndarray, steps: int
) -> Generator[float, None, Problem]:
    """Yield 0 after each short step, and return what all runs of a map have in common."""
    if surface.projected_problem is not None:
        raise ExperimentError(tr("this map needs runs on a surface; runs of a network leave the plane that is shown"))
    diagonal = math.hypot(*(high - low for low, high in surface.bounds))
    nearest = yield from compute_nearest(minima, surface.bounds)
    return Problem(run.method, surface, hyperparameters, nearest, diagonal, steps)


def basin_map(run: Run, surface: Surface, steps: int, size: int = 100, bounds: Bounds | None = None) -> BasinMap:
    """Return the basin map of a run; see ``compute_basin_map``."""
    return finish(compute_basin_map(run, surface, steps, size, bounds))
