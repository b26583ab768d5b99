"""The height map of a surface: bounds, a grid of heights, and the scale that gives contour levels and colors."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from app.model.experiment import Experiment
from app.model.plot_domain import plot_bounds
from surfaces import Surface
from surfaces.surface import Bounds

LOG_DECADES = 2.7  # decades below the greatest height that a logarithmic scale resolves at least
MAX_HEIGHT = 1e300  # greater heights are clipped to this one
MIN_LOG_DECADES = 3.0  # decades of losses, from the top of the basin up, below which heights are linear by default
BASIN_FRACTION = 0.05  # lowest fraction of the area, which a logarithmic scale always resolves
# What heights on a logarithmic scale begin with, from few heights to many
LEADING_DIGITS = (1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), tuple(k / 2 for k in range(2, 20))


def round_off(height: float) -> float:
    """Round off the error in the last digit: 0.3, not 0.30000000000000004."""
    return float(f"{height:.15g}")


class HeightMap:
    """A surface over a rectangle, with a linear or a logarithmic scale for its losses.

    ``scale`` is "linear", "log", or "auto" for the scale of the surface.
    """

    def __init__(self, surface: Surface, bounds: Bounds, scale: str = "auto") -> None:
        self.surface, self.bounds = surface, bounds
        self.scale = surface.value_scale if scale == "auto" else scale
        (left, right), (bottom, top) = bounds
        self.lower_left, self.size = np.array([left, bottom]), np.array([right - left, top - bottom])
        heights = self.heights(*self.grid(81))
        finite = np.clip(heights[np.isfinite(heights)], -MAX_HEIGHT, MAX_HEIGHT)
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        minimum_height = (
            surface.minimum_loss if any(left <= x <= right and bottom <= y <= top for x, y in surface.minima) else None
        )
        self.min_height = low if minimum_height is None else min(low, minimum_height)
        self.height_range = (high - self.min_height) or 1.0
        basin = float(np.quantile(finite, BASIN_FRACTION)) - self.min_height if finite.size else 0.0
        # Near this height above the lowest one the logarithmic scale becomes linear.
        self.linear_threshold = min(self.height_range / 10.0**LOG_DECADES, max(basin, self.height_range * 1e-8))
        self.decades = math.log10(self.height_range / max(basin, self.height_range * 1e-8))

    def grid(self, points: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the x and the y coordinates of a grid, each of shape (points,)."""
        (left, right), (bottom, top) = self.bounds
        return np.linspace(left, right, points), np.linspace(bottom, top, points)

    def heights(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the heights, shape (len(y), len(x)): row i belongs to y[i], column j to x[j], as in contour plots."""
        with np.errstate(all="ignore"):
            return np.asarray(self.surface(*np.meshgrid(x, y))[0], float)

    def normalized_height(self, heights: Any) -> np.ndarray:
        """Scale heights to 0 at the lowest and 1 at the highest one, according to ``scale``."""
        with np.errstate(all="ignore"):
            fraction: np.ndarray = (np.asarray(heights, float) - self.min_height) / self.height_range
            if self.scale == "linear":
                return fraction
            range_ratio = self.height_range / self.linear_threshold
            scaled: np.ndarray = np.log10(np.maximum(fraction * range_ratio, 0.0) + 1.0)
            return scaled / math.log10(range_ratio + 1.0)

    def round_heights(self, count: int) -> list[float]:
        """Return about ``count`` round heights in ascending order, spread over the scale.

        They are equally spaced on a linear scale. On a logarithmic one they are 1, 3, 10, 30 and so on, or more of each
        decade; if the lowest height is not near 0, they are rounded to the spacing between them.
        """
        high = self.min_height + self.height_range
        if self.scale == "linear":
            step = 10.0 ** math.floor(math.log10(self.height_range / count))
            step *= max(k for k in (1, 2, 5) if self.height_range / (k * step) >= count * 0.8)
            return [round_off(k * step) for k in range(math.ceil(self.min_height / step), math.floor(high / step) + 1)]
        if abs(self.min_height) > self.linear_threshold:
            heights = self.min_height + self.linear_threshold * (
                (self.height_range / self.linear_threshold + 1.0) ** np.linspace(0, 1, count + 1) - 1.0
            )
            # Far from 0, two neighboring heights may be the same float.
            gaps = np.maximum(np.diff(heights), np.spacing(np.abs(heights[1:])))
            steps = 10.0 ** np.floor(np.log10(gaps))
            return [
                round_off(h) for h in np.unique(np.round(heights[1:] / steps) * steps) if self.min_height < h <= high
            ]
        top, bottom = math.floor(math.log10(high)), math.floor(math.log10(self.linear_threshold))
        candidates = [
            [
                k * 10.0**power
                for power in range(min(bottom, top - 3), top + 1)
                for k in leading
                if self.normalized_height(k * 10.0**power) > 0.06 and k * 10.0**power <= high
            ]
            for leading in LEADING_DIGITS
        ]
        return min(candidates, key=lambda heights: abs(len(heights) - count))


@lru_cache(maxsize=16)
def cached_height_map(surface: Surface, bounds: Bounds, scale: str = "auto") -> HeightMap:
    """Return the height map of a surface over a rectangle, from a cache."""
    return HeightMap(surface, bounds, scale)


def height_map_for(experiment: Experiment, bounds: Bounds | None = None, surface: Surface | None = None) -> HeightMap:
    """Return the height map for levels and colors, over the plotted range of the experiment unless another is given.

    ``surface`` is one of the surfaces of the experiment, by default that of its current parameters.
    """
    options = experiment.plot_options
    return cached_height_map(surface or experiment.surface, bounds or plot_bounds(experiment), options.level_scale)


def vertical_height_map_for(
    experiment: Experiment, bounds: Bounds | None = None, surface: Surface | None = None
) -> HeightMap:
    """Return the height map for the vertical axis of the 3D surface; see ``height_map_for``.

    Unless a scale is chosen, it is logarithmic where that of the surface is and losses span ``MIN_LOG_DECADES``.
    """
    surface, bounds = surface or experiment.surface, bounds or plot_bounds(experiment)
    scale = experiment.plot_options.height_scale
    if scale == "auto":
        height_map = cached_height_map(surface, bounds)
        scale = "log" if height_map.scale == "log" and height_map.decades >= MIN_LOG_DECADES else "linear"
    return cached_height_map(surface, bounds, scale)
