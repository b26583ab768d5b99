"""What the views share of a surface: the box that is shown, a grid of heights, and how heights become levels and colors."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from app.model.experiment import Experiment
from app.model.plot_domain import plot_bounds
from surfaces import Surface
from surfaces.surface import Bounds

LOG_DECADES = 2.7  # how far a "log" surface is resolved below the height of its walls, at least
MAX_HEIGHT = 1e300  # what lies higher counts as that high
BASIN_FRACTION = 0.05  # the lowest part of the box, which a "log" surface resolves however high its walls are


def round_off(height: float) -> float:
    """A round number without the last digit's error: 0.3, not 0.30000000000000004."""
    return float(f"{height:.15g}")


class HeightMap:
    """A surface over a box. ``relief`` maps heights to 0..1 over the box; what the colors, levels and the 3-D view show."""

    def __init__(self, surface: Surface, bounds: Bounds) -> None:
        self.surface, self.bounds = surface, bounds
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
        self.linear_threshold = min(
            self.height_range / 10.0**LOG_DECADES, max(basin, self.height_range * 1e-8)
        )  # about here "log" turns to linear

    def grid(self, points: int) -> tuple[np.ndarray, np.ndarray]:
        """The x and the y of a grid, each (points,)."""
        (left, right), (bottom, top) = self.bounds
        return np.linspace(left, right, points), np.linspace(bottom, top, points)

    def heights(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Heights (len(y), len(x)): row i is y[i], column j is x[j], as contour plots want it."""
        with np.errstate(all="ignore"):
            return np.asarray(self.surface(*np.meshgrid(x, y))[0], float)

    def normalized_height(self, heights: Any) -> np.ndarray:
        """0 at the lowest height of the box, 1 at its highest; logarithmic where the surface asks for it."""
        with np.errstate(all="ignore"):
            fraction = (np.asarray(heights, float) - self.min_height) / self.height_range
            if self.surface.value_scale == "linear":
                return fraction
            range_ratio = self.height_range / self.linear_threshold
            return np.log10(np.maximum(fraction * range_ratio, 0.0) + 1.0) / math.log10(range_ratio + 1.0)

    def round_heights(self, count: int) -> list[float]:
        """About ``count`` round heights, rising, spread over the relief.

        Even steps; on a log surface 1, 3, 10, 30 ..., or where its lowest height is not 0, what is round there.
        """
        high = self.min_height + self.height_range
        if self.surface.value_scale == "linear":
            step = 10.0 ** math.floor(math.log10(self.height_range / count))
            step *= max(k for k in (1, 2, 5) if self.height_range / (k * step) >= count * 0.8)
            return [round_off(k * step) for k in range(math.ceil(self.min_height / step), math.floor(high / step) + 1)]
        if abs(self.min_height) > self.linear_threshold:
            heights = self.min_height + self.linear_threshold * (
                (self.height_range / self.linear_threshold + 1.0) ** np.linspace(0, 1, count + 1) - 1.0
            )
            gaps = np.maximum(
                np.diff(heights), np.spacing(np.abs(heights[1:]))
            )  # far from 0 two heights may be one float
            steps = 10.0 ** np.floor(np.log10(gaps))
            return [
                round_off(h) for h in np.unique(np.round(heights[1:] / steps) * steps) if self.min_height < h <= high
            ]
        leading = (1.0, 3.0) if count > 4 else (1.0,)
        top, bottom = math.floor(math.log10(high)), math.floor(math.log10(self.linear_threshold))
        return [
            k * 10.0**power
            for power in range(min(bottom, top - 3), top + 1)
            for k in leading
            if self.normalized_height(k * 10.0**power) > 0.06 and k * 10.0**power <= high
        ]


@lru_cache(maxsize=8)
def cached_height_map(surface: Surface, bounds: Bounds) -> HeightMap:
    """The scenery of a surface over a box; kept, since it is asked for often."""
    return HeightMap(surface, bounds)


def height_map_for(experiment: Experiment, bounds: Bounds | None = None) -> HeightMap:
    """The scenery of an experiment, over its own box unless another is given."""
    return cached_height_map(experiment.surface, bounds or plot_bounds(experiment))
