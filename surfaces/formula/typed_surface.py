"""Surfaces made from a typed formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.formula.formula import Formula, read_formula
from surfaces.formula.tree import format_tree
from surfaces.line_search import loss_window
from surfaces.minimum_search import GRID_SIZE, find_minima, lowest_minima
from surfaces.surface import Bounds, Surface, SurfaceFunction, line_bounds

FORMULA_ID = "formula"
LONGEST_NAME = 40  # characters
DEFAULT_BOUNDS: Bounds = ((-5.0, 5.0), (-5.0, 5.0))
FITTED_SIZES = (5.0, 20.0, 100.0, 1.0)  # half widths of the domains that are searched for minima, in this order
MOST_FITTED_MINIMA = 9
MAX_SEARCH_LEVEL = 2  # finer grids would delay every change of a parameter
START_FRACTIONS = ((0.1, 0.8), (0.8, 0.8), (0.8, 0.2), (0.2, 0.2), (0.5, 0.9), (0.4, 0.6))  # of the domain
LOG_SCALE_DECADES = 3  # a loss that spans more has contours at logarithmic levels
SAMPLE_SIZE = 40  # points per axis
LINE_START_FRACTIONS = (0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6, 0.25, 0.75)  # of a one-dimensional domain


def from_formula(
    text: str,
    bounds: Bounds | tuple[float, float] = DEFAULT_BOUNDS,
    start: tuple[float, float] | float | None = None,
    search_level: int = 0,
    **parameters: float,
) -> Surface:
    """Return the surface of a formula in x and y, or in x alone.

    Parameters
    ----------
    text : str
        The formula, for example "a x^2 + y^2"; other single letters than x, y and e are parameters.
    bounds : tuple
        The domain, ((x_min, x_max), (y_min, y_max)); (x_min, x_max) is enough for a formula without y.
    start : pair of float, optional
        Start of the runs; by default a point of the domain where the loss is finite. A number for a formula without y.
    search_level : int
        How often the grid is refined from which minima are searched: with each level by a factor of two.
    **parameters : float
        Values of the parameters; 1 by default.

    Returns
    -------
    Surface
        With an exact gradient. Its ``minima`` are the lowest found in the domain; its ``dimension`` is 1 if the formula
        has no y.

    Raises
    ------
    FormulaError
        If the formula cannot be read; ``start`` and ``end`` of the error are the place.
    DataError
        If a parameter is not in the formula or not finite, or if the domain is empty or has no finite loss.
    """
    formula = read_formula(text)
    _check_parameters(formula, parameters)
    bounds = _check_bounds(bounds, formula.dimension)
    function, is_line = formula.function(parameters), formula.dimension == 1
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
        start=_default_start(function, bounds, is_line) if start is None else _check_start(start),
        function=function,
        minima=lowest_minima(
            function, bounds, refined_grid_size(search_level), formula.may_have_kinks, formula.dimension
        ),
        minima_estimated=True,
        value_scale="linear" if is_line else _value_scale(losses),
        may_have_kinks=formula.may_have_kinks,
        dimension=formula.dimension,
    )


def refined_grid_size(search_level: int) -> int:
    """Return the points per axis of the grid from which minima are searched; all those of lower levels are on it."""
    return ((GRID_SIZE - 1) << search_level) + 1


def _check_bounds(bounds: Any, dimension: int) -> Bounds:
    """Return the domain as two ranges; DataError if it is not."""
    if dimension == 1:
        low, high = bounds[0] if np.ndim(bounds) == 2 else bounds
        bounds = line_bounds(low, high)
    if not all(math.isfinite(low) and math.isfinite(high) and low < high for low, high in bounds):
        raise DataError("the domain must be two ranges, each from a lower to a higher number")
    (left, right), (bottom, top) = bounds
    return (left, right), (bottom, top)


def _check_start(start: tuple[float, float] | float) -> tuple[float, float]:
    return (float(start), 0.0) if isinstance(start, (int, float)) else start


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
    function, dimension = formula.function(parameters), formula.dimension
    for size in FITTED_SIZES:
        domain = ((-size, size), (-size, size))
        minima = find_minima(function, domain, with_kinks=formula.may_have_kinks, dimension=dimension)
        minima = minima[:MOST_FITTED_MINIMA]
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


def _default_start(function: SurfaceFunction, bounds: Bounds, is_line: bool) -> tuple[float, float]:
    """Return the first of some points of the domain at which loss and gradient are finite and not 0.

    On a line, only points at which the loss is one of those that the curve shows.
    """
    (left, right), (bottom, top) = bounds
    fractions = [(a, 0.5) for a in LINE_START_FRACTIONS] if is_line else START_FRACTIONS
    candidates = [(left + a * (right - left), bottom + b * (top - bottom)) for a, b in fractions]
    lowest, highest = loss_window(function, left, right) if is_line else (-math.inf, math.inf)
    for x, y in candidates:
        loss, (grad_x, grad_y) = function(np.array([x]), np.array([y]))
        slope = math.hypot(float(grad_x[0]), float(grad_y[0]))
        if math.isfinite(float(loss[0])) and lowest <= loss[0] <= highest and 0 < slope < math.inf:
            return _rounded(x), _rounded(y)
    return candidates[0]
