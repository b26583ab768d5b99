"""Numerical search on a line: the local minima of a function of x alone, and the losses worth showing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from surfaces.surface import SurfaceFunction

GRID_SIZE = 2001  # points; a minimum narrower than two of their intervals can be missed
HALVINGS = 70  # of a bracket: down to neighboring floating-point numbers
SMALLEST_INTERVAL = 1e-13  # of the domain; a position is rounded to this if the loss is no higher there
MERGE_DISTANCE = 1e-9  # of the domain: closer points are one minimum
MAX_DROP = 100.0  # from the lowest grid point to a minimum, in units of the rise beside it; it is endless at a pole
MAX_MISS = 1e-3  # of that rise: how much higher than the grid point the searches may end
WINDOW_FACTOR = 1.5  # losses shown below and above all extrema, in units of the range of these
OUTLIER_QUANTILES, OUTLIER_FACTOR = (0.1, 0.9), 10.0
FLAT_RANGE = 1e-9  # of the losses in the domain: extrema this close to each other say nothing about the range
GOLDEN_RATIO = (math.sqrt(5) - 1) / 2


def losses_on_line(function: SurfaceFunction, x: np.ndarray) -> np.ndarray:
    """Return the losses at positions (n,), inf or nan where there is none."""
    with np.errstate(all="ignore"):
        return np.array(np.broadcast_to(function(x, np.zeros_like(x))[0], x.shape), float)


def find_line_minima(function: SurfaceFunction, low: float, high: float) -> list[tuple[float, float]]:
    """Return the local minima between two positions as (x, loss), the lowest first.

    A minimum is lower than the points of a fine grid beside it: a level stretch is none.
    """
    width = high - low
    spacing = width / (GRID_SIZE - 1)
    grid = np.linspace(low - spacing, high + spacing, GRID_SIZE + 2)
    losses = losses_on_line(function, grid)
    losses = np.where(np.isfinite(losses), losses, np.inf)
    seeds = 1 + np.flatnonzero(np.isfinite(losses[1:-1]) & (losses[1:-1] <= losses[:-2]) & (losses[1:-1] <= losses[2:]))
    if not seeds.size:
        return []
    candidates = np.stack([grid[seeds], _golden_section(function, grid[seeds - 1], grid[seeds + 1])])
    candidates = np.vstack([candidates, _bisect_slope(function, grid[seeds - 1], grid[seeds + 1])])
    values = np.stack([losses_on_line(function, row) for row in candidates])
    values = np.where(np.isfinite(values), values, np.inf)
    # The bisection is the most exact; losses that differ by rounding errors count as equal.
    rounding = 1e-14 * np.abs(values[2]) + 1e-300
    best = np.where(values[2] <= values[:2].min(axis=0) + rounding, 2, values[:2].argmin(axis=0))
    columns = np.arange(seeds.size)
    x, lowest = _rounded(function, candidates[best, columns], values[best, columns], width)
    ends = np.stack([losses[seeds - 1], losses[seeds + 1]])
    rise = np.where(np.isfinite(ends), ends, -np.inf).max(axis=0) - losses[seeds]
    is_minimum = (ends > lowest).all(axis=0) & (low <= x) & (x <= high)
    is_minimum &= losses[seeds] - lowest <= MAX_DROP * rise
    is_minimum &= values[1:].min(axis=0) - losses[seeds] <= MAX_MISS * rise
    minima: list[tuple[float, float]] = []
    for position, loss in sorted(zip(x[is_minimum].tolist(), lowest[is_minimum].tolist(), strict=True)):
        if not minima or position - minima[-1][0] > MERGE_DISTANCE * width:
            minima.append((position, loss))
    return sorted(minima, key=lambda minimum: minimum[1])


def _bisect_slope(function: SurfaceFunction, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return where the slope changes its sign between positions (n,): a minimum, smooth or in a kink."""
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        with np.errstate(all="ignore"):
            slope = np.broadcast_to(function(middle, np.zeros_like(middle))[1][0], middle.shape)
        left, right = np.where(slope > 0, left, middle), np.where(slope < 0, right, middle)
    result: np.ndarray = (left + right) / 2
    return result


def _golden_section(function: SurfaceFunction, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the lowest positions that a search without slopes finds between positions (n,)."""
    for _ in range(HALVINGS):
        inner_left, inner_right = right - GOLDEN_RATIO * (right - left), left + GOLDEN_RATIO * (right - left)
        is_left = losses_on_line(function, inner_left) <= losses_on_line(function, inner_right)
        left, right = np.where(is_left, left, inner_left), np.where(is_left, inner_right, right)
    result: np.ndarray = (left + right) / 2
    return result


def _rounded(
    function: SurfaceFunction, x: np.ndarray, losses: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions rounded where that does not raise the loss, so that 1e-18 becomes 0, and their losses."""
    rounded = np.round(x, -math.floor(math.log10(SMALLEST_INTERVAL * width))) + 0.0
    values = losses_on_line(function, rounded)
    use = values <= losses
    return np.where(use, rounded, x), np.where(use, values, losses)


def loss_window(function: SurfaceFunction, low: float, high: float) -> tuple[float, float]:
    """Return the range of losses that shows what happens between two positions.

    That is the range of all losses there, but no more than ``WINDOW_FACTOR`` times the range of the extrema below and
    above them: the walls of x^4 - 3x^2 are a hundred times as high as its hill. Without two extrema, poles and other
    losses ``OUTLIER_FACTOR`` times as far out as most are left out.
    """
    losses = losses_on_line(function, np.linspace(low, high, GRID_SIZE))
    losses = losses[np.isfinite(losses)]
    if not losses.size:
        return 0.0, 1.0
    extrema = [loss for _, loss in find_line_minima(function, low, high)]
    extrema += [-loss for _, loss in find_line_minima(_negated(function), low, high)]
    lowest, highest = min([float(losses.min()), *extrema]), max([float(losses.max()), *extrema])
    span = max(extrema) - min(extrema) if extrema else 0.0
    if span > FLAT_RANGE * (highest - lowest):
        bottom, top = min(extrema) - WINDOW_FACTOR * span, max(extrema) + WINDOW_FACTOR * span
    else:
        first, last = np.quantile(losses, OUTLIER_QUANTILES).tolist()
        margin = OUTLIER_FACTOR * (last - first)
        bottom, top = min([first - margin, *extrema]), max([last + margin, *extrema])
    return max(lowest, bottom), min(highest, top)


def _negated(function: SurfaceFunction) -> SurfaceFunction:
    def evaluate(x: Any, y: Any) -> Any:
        loss, (grad_x, grad_y) = function(x, y)
        return -loss, (-grad_x, -grad_y)

    return evaluate
