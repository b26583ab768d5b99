"""Numbers at the axes, in short and as plain text: mathtext would take ten times as long."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.ticker import Formatter, MaxNLocator

from app.utils.number_format import DECIMAL_RANGE, SUPERSCRIPTS, format_scientific

MIN_TICK_SPACING = 0.45  # inches of an axis from one number to the next


def format_power(value: float, _: object = None) -> str:
    """A power of ten, 10⁻³."""
    if value == 0 or abs(value) in (1.0, 10.0):
        return f"{value:.0f}".replace("-", "−")
    exponent = round(math.log10(abs(value)))
    return ("−" if value < 0 else "") + "10" + str(exponent).translate(SUPERSCRIPTS)


def format_thousands(value: float, _: object = None) -> str:
    """A step: 800, 25k, 1.5M."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if abs(value) >= 1e3 else f"{value:g}"


class UniformFormatter(Formatter):
    """The ticks of an axis, alike in their decimals, and whole: no offset or power of ten stands apart from them."""

    fixed_point, decimals = True, 6

    def set_locs(self, locs: np.ndarray) -> None:
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
        if not self.fixed_point:
            return format_scientific(x, self.decimals) if x else "0"
        return self._format_value(x if abs(x) > 1e-12 else 0.0, self.decimals).replace("-", "−")


class FittingLocator(MaxNLocator):
    """As many steps as there is room for, up to five, whatever the letters' size."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        axes = self.axis.axes
        inches = axes.bbox.width / axes.figure.dpi
        self.set_params(nbins=int(min(max(inches / MIN_TICK_SPACING, 1), 5)))
        return super().tick_values(vmin, vmax)
