"""Formatters and a locator for ticks; labels are plain text, since mathtext takes ten times as long."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, MaxNLocator
from numpy.typing import ArrayLike

from app.utils.number_format import DECIMAL_RANGE, SUPERSCRIPTS, format_scientific

MAX_INTERVALS = 5
MIN_TICK_SPACING = 0.45  # inches between ticks


def format_power(value: float, _: object = None) -> str:
    """Return a power of ten as 10⁻³."""
    if value == 0 or abs(value) in (1.0, 10.0):
        return f"{value:.0f}".replace("-", "−")
    exponent = round(math.log10(abs(value)))
    return ("−" if value < 0 else "") + "10" + str(exponent).translate(SUPERSCRIPTS)


def format_thousands(value: float, _: object = None) -> str:
    """Return a number of steps as 800, 25k or 1.5M."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if abs(value) >= 1e3 else f"{value:g}"


class UniformFormatter(Formatter):
    """A formatter that gives all ticks of an axis the same number of decimals, without an offset or a common power."""

    fixed_point, decimals = True, 6

    def set_locs(self, locs: ArrayLike) -> None:
        """Choose the notation and the fewest decimals that tell the ticks apart."""
        values = np.asarray(locs, float)
        steps = np.diff(np.unique(values))
        tolerance = 1e-3 * (steps.min() if steps.size else max(np.abs(values).max(initial=0.0), 1.0))
        max_magnitude = np.abs(values).max(initial=0.0)
        self.fixed_point = max_magnitude == 0 or DECIMAL_RANGE[0] <= max_magnitude < DECIMAL_RANGE[1]
        self.decimals = next(
            (
                d
                for d in range(16)
                if all(abs(float(self._format_value(v, d)) - v) <= tolerance for v in values.tolist())
            ),
            16,
        )

    def _format_value(self, value: float, decimals: int) -> str:
        return f"{value:.{decimals}f}" if self.fixed_point else f"{value:.{decimals}e}"

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of a tick."""
        if not self.fixed_point:
            return format_scientific(x, self.decimals) if x else "0"
        return self._format_value(x if abs(x) > 1e-12 else 0.0, self.decimals).replace("-", "−")


class FittingLocator(MaxNLocator):
    """A locator with as many intervals as fit on an x axis, up to ``MAX_INTERVALS``."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the ticks for a range of values."""
        assert isinstance(self.axis, Axis)
        axes = self.axis.axes
        inches = axes.bbox.width / axes.figure.dpi
        self.set_params(nbins=int(min(max(inches / MIN_TICK_SPACING, 1), MAX_INTERVALS)))
        return super().tick_values(vmin, vmax)
