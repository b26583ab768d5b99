"""Surfaces made from a typed formula."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from surfaces.data_error import DataError
from surfaces.formula.formula import Formula, read_formula
from surfaces.formula.tree import format_tree
from surfaces.minimum_search import GRID_SIZE, find_minima, lowest_minima
from surfaces.surface import Bounds, Surface, SurfaceFunction

FORMULA_ID = "formula"
LONGEST_NAME = 40  # characters
DEFAULT_BOUNDS: Bounds = ((-5.0, 5.0), (-5.0, 5.0))
FITTED_SIZES = (5.0, 20.0, 100.0, 1.0)  # half widths of the domains that are searched for minima, in this order
MOST_FITTED_MINIMA = 9
MAX_SEARCH_LEVEL = 2  # finer grids would delay every change of a parameter
START_FRACTIONS = ((0.1, 0.8), (0.8, 0.8), (0.8, 0.2), (0.2, 0.2), (0.5, 0.9), (0.4, 0.6))  # of the domain
LOG_SCALE_DECADES = 3  # a loss that spans more has contours at logarithmic levels
SAMPLE_SIZE = 40  # points per axis


def from_formula(
    text: str,
    bounds: Bounds = DEFAULT_BOUNDS,
    start: tuple[float, float] | None = None,
    search_level: int = 0,
    **parameters: float,
) -> Surface:
    """Return the surface of a formula in x and y.

    Parameters
    ----------
    text : str
        The formula, for example "a x^2 + y^2"; other single letters than x, y and e are parameters.
    bounds : tuple
        The domain, ((x_min, x_max), (y_min, y_max)).
    start : pair of float, optional
        Start of the runs; by default a point of the domain where the loss is finite.
    search_level : int
        How often the grid is refined from which minima are searched: with each level by a factor of two.
    **parameters : float
        Values of the parameters; 1 by default.

    Returns
    -------
    Surface
        With an exact gradient. Its ``minima`` are the lowest found in the domain.

    Raises
    ------
    FormulaError
        If the formula cannot be read; ``start`` and ``end`` of the error are the place.
    DataError
        If a parameter is not in the formula or not finite, or if the domain is empty or has no finite loss.
    """
    formula = read_formula(text)
    _check_parameters(formula, parameters)
    if not all(math.isfinite(low) and math.isfinite(high) and low < high for low, high in bounds):
        raise DataError("the domain must be two ranges, each from a lower to a higher number")
    function = formula.function(parameters)
    losses = _sample(function, bounds)
    if not losses.size:
        raise DataError("the formula has no finite value in the domain")
    return Surface(
        id=FORMULA_ID,
        name=_short_name(formula),
        family="Your own",
        source="typed formula",
        formula=formula.latex,
        bounds=bounds,
        start=start or _default_start(function, bounds),
        function=function,
        minima=lowest_minima(function, bounds, refined_grid_size(search_level), formula.may_have_kinks),
        minima_estimated=True,
        value_scale=_value_scale(losses),
        may_have_kinks=formula.may_have_kinks,
    )


def refined_grid_size(search_level: int) -> int:
    """Return the points per axis of the grid from which minima are searched; all those of lower levels are on it."""
    return ((GRID_SIZE - 1) << search_level) + 1


def _short_name(formula: Formula) -> str:
    """Return the formula as it was typed, or without LaTeX commands, shortened."""
    text = format_tree(formula.tree) if "\\" in formula.text else " ".join(formula.text.split())
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _check_parameters(formula: Formula, parameters: Mapping[str, float]) -> None:
    for name, value in parameters.items():
        if name not in formula.parameters:
            raise DataError("the formula has no parameter {name}", name=name)
        if not math.isfinite(value):
            raise DataError("the parameter {name} must be a finite number", name=name)


def fit_bounds(text: str, **parameters: float) -> Bounds:
    """Return a domain that shows the minima of a formula; the default domain if none are found."""
    formula = read_formula(text)
    function = formula.function(parameters)
    for size in FITTED_SIZES:
        domain = ((-size, size), (-size, size))
        minima = find_minima(function, domain, with_kinks=formula.may_have_kinks)[:MOST_FITTED_MINIMA]
        if minima:
            points = np.array(minima)[:, :2]
            low, high = points.min(axis=0), points.max(axis=0)
            margin = float(max((high - low).max() * 0.75, size / 4))
            (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
            return (_rounded(left), _rounded(right)), (_rounded(bottom), _rounded(top))
    return DEFAULT_BOUNDS


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


def _sample(function: SurfaceFunction, bounds: Bounds) -> np.ndarray:
    """Return the finite losses on a grid of the domain."""
    x, y = np.meshgrid(*(np.linspace(low, high, SAMPLE_SIZE) for low, high in bounds))
    losses: np.ndarray = np.asarray(function(x, y)[0], float)
    finite: np.ndarray = losses[np.isfinite(losses)]
    return finite


def _value_scale(losses: np.ndarray) -> str:
    spread = losses - losses.min()
    middle = float(np.median(spread))
    return "log" if middle and spread.max() / middle > 10**LOG_SCALE_DECADES else "linear"


def _default_start(function: SurfaceFunction, bounds: Bounds) -> tuple[float, float]:
    """Return the first of some points of the domain at which loss and gradient are finite and not 0."""
    (left, right), (bottom, top) = bounds
    candidates = [(left + a * (right - left), bottom + b * (top - bottom)) for a, b in START_FRACTIONS]
    for x, y in candidates:
        loss, (grad_x, grad_y) = function(np.array([x]), np.array([y]))
        slope = math.hypot(float(grad_x[0]), float(grad_y[0]))
        if math.isfinite(float(loss[0])) and 0 < slope < math.inf:
            return _rounded(x), _rounded(y)
    return candidates[0]
