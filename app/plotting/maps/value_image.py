"""Cells colored by a number, such as the final loss, with the ticks of its color bar."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, to_rgb
from matplotlib.ticker import MaxNLocator

from app.engine.rest_classification import DIVERGED, ON_ITS_WAY
from app.plotting.maps.outcome_image import Extent, cell_edges, neutral_color
from app.plotting.tick_formatters import format_power
from app.theming.theme import Theme
from app.utils.number_format import distinct_labels

MAX_TICKS = 5
LABEL_DIGITS = 3


class ValueScale(NamedTuple):
    """The scale of the colors, from ``low`` to ``high``; numbers beyond have the colors of the ends."""

    low: float
    high: float
    is_log: bool

    @classmethod
    def fitting(cls, values: np.ndarray, highest: float, is_log: bool) -> ValueScale:
        """Return the scale for some numbers, at most up to ``highest``, logarithmic only for positive ones."""
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        high = max(min(high, highest), low) if math.isfinite(highest) else high
        if high <= low:
            high = low + (abs(low) or 1.0)
        return cls(low, high, is_log and low > 0)

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return positions from 0 to 1."""
        low, high = self.low, self.high
        if self.is_log:
            with np.errstate(all="ignore"):
                values = np.log10(values)
            low, high = math.log10(low), math.log10(high)
        return np.clip((values - low) / (high - low), 0.0, 1.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Return positions and labels of round numbers, ascending."""
        if self.is_log:
            exponents = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            every = max(math.ceil(len(exponents) / MAX_TICKS), 1)
            values = [10.0**exponent for exponent in exponents if exponent % every == 0]
            labels = [format_power(value) for value in values]
        if not self.is_log or len(values) < 2:
            values = [
                float(value)
                for value in MaxNLocator(MAX_TICKS).tick_values(self.low, self.high)
                if self.low <= value <= self.high
            ]
            labels = distinct_labels(values, LABEL_DIGITS)
        return list(zip(self.positions(np.array(values)).tolist(), labels, strict=True))


def draw_values(
    axes: Axes,
    extent: Extent,
    values: np.ndarray,
    outcome: np.ndarray,
    scale: ValueScale,
    colormap: Colormap,
    theme: Theme,
) -> None:
    """Draw cells (rows, columns) whose outer centers are at the extent; those that are nan have a neutral color."""
    edges, _, _ = cell_edges(values.shape, extent)  # type: ignore[arg-type]
    image = np.empty((*values.shape, 3))
    image[:] = to_rgb(neutral_color(ON_ITS_WAY, theme))
    image[outcome == DIVERGED] = to_rgb(neutral_color(DIVERGED, theme))
    known = np.isfinite(values) & (outcome != DIVERGED)
    image[known] = colormap(scale.positions(values[known]))[:, :3]
    axes.imshow(image, origin="lower", extent=edges, aspect="auto", interpolation="nearest", zorder=0)
    axes.set(xlim=edges[:2], ylim=edges[2:])
