"""What the views share of a surface: the box that is shown, a grid of heights, and how heights become levels and colors."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from app.model.experiment import Experiment
from app.model.plot_domain import box_of
from surfaces import Surface
from surfaces.surface import Box

DECADES = 2.7  # how far a "log" surface is resolved below the height of its walls, at least
HIGHEST = 1e300  # what lies higher counts as that high
BASIN = 0.05  # the lowest part of the box, which a "log" surface resolves however high its walls are


def neat(height: float) -> float:
    """A round number without the last digit's error: 0.3, not 0.30000000000000004."""
    return float(f"{height:.15g}")


class Scenery:
    """A surface over a box. ``relief`` maps heights to 0..1 over the box; what the colors, levels and the 3-D view show."""

    def __init__(self, surface: Surface, box: Box) -> None:
        self.surface, self.box = surface, box
        (left, right), (bottom, top) = box
        self.lower, self.size = np.array([left, bottom]), np.array([right - left, top - bottom])
        heights = self.heights(*self.grid(81))
        finite = np.clip(heights[np.isfinite(heights)], -HIGHEST, HIGHEST)
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        known = surface.lowest if any(left <= x <= right and bottom <= y <= top for x, y in surface.minima) else None
        self.low = low if known is None else min(low, known)
        self.span = (high - self.low) or 1.0
        basin = float(np.quantile(finite, BASIN)) - self.low if finite.size else 0.0
        self.unit = min(self.span / 10.0**DECADES, max(basin, self.span * 1e-8))  # about here "log" turns to linear

    def grid(self, points: int) -> tuple[np.ndarray, np.ndarray]:
        """The x and the y of a grid, each (points,)."""
        (left, right), (bottom, top) = self.box
        return np.linspace(left, right, points), np.linspace(bottom, top, points)

    def heights(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Heights (len(y), len(x)): row i is y[i], column j is x[j], as contour plots want it."""
        with np.errstate(all="ignore"):
            return np.asarray(self.surface(*np.meshgrid(x, y))[0], float)

    def relief(self, heights: Any) -> np.ndarray:
        """0 at the lowest height of the box, 1 at its highest; logarithmic where the surface asks for it."""
        with np.errstate(all="ignore"):
            share = (np.asarray(heights, float) - self.low) / self.span
            if self.surface.levels == "linear":
                return share
            whole = self.span / self.unit
            return np.log10(np.maximum(share * whole, 0.0) + 1.0) / math.log10(whole + 1.0)

    def round_heights(self, count: int) -> list[float]:
        """About ``count`` round heights, rising, spread over the relief.

        Even steps; on a log surface 1, 3, 10, 30 ..., or where its lowest height is not 0, what is round there.
        """
        high = self.low + self.span
        if self.surface.levels == "linear":
            step = 10.0 ** math.floor(math.log10(self.span / count))
            step *= max(k for k in (1, 2, 5) if self.span / (k * step) >= count * 0.8)
            return [neat(k * step) for k in range(math.ceil(self.low / step), math.floor(high / step) + 1)]
        if abs(self.low) > self.unit:
            heights = self.low + self.unit * ((self.span / self.unit + 1.0) ** np.linspace(0, 1, count + 1) - 1.0)
            gaps = np.maximum(
                np.diff(heights), np.spacing(np.abs(heights[1:]))
            )  # far from 0 two heights may be one float
            steps = 10.0 ** np.floor(np.log10(gaps))
            return [neat(h) for h in np.unique(np.round(heights[1:] / steps) * steps) if self.low < h <= high]
        leading = (1.0, 3.0) if count > 4 else (1.0,)
        top, bottom = math.floor(math.log10(high)), math.floor(math.log10(self.unit))
        return [
            k * 10.0**power
            for power in range(min(bottom, top - 3), top + 1)
            for k in leading
            if self.relief(k * 10.0**power) > 0.06 and k * 10.0**power <= high
        ]


@lru_cache(maxsize=8)
def scenery_over(surface: Surface, box: Box) -> Scenery:
    """The scenery of a surface over a box; kept, since it is asked for often."""
    return Scenery(surface, box)


def scenery_of(experiment: Experiment, box: Box | None = None) -> Scenery:
    """The scenery of an experiment, over its own box unless another is given."""
    return scenery_over(experiment.land, box or box_of(experiment))
