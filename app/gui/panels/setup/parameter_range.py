"""Ranges of the sliders for the parameters of a formula."""

from __future__ import annotations

import math
from typing import NamedTuple

from optimizers import Hyperparameter

LOG_RATIO = 100.0  # a range from one positive number to another one this much larger has a logarithmic slider
LARGEST_LOG_END = 1e20  # a logarithmic slider divides 1e-300 by its lower end
SMALL_VALUE, LARGE_VALUE = 0.1, 1000.0  # positive values beyond these get a logarithmic slider
MAX_EXPONENT = 300  # of the power of ten near the value
HALF_RANGE = 5.0  # of a linear slider, in powers of ten near the value


class ParameterRange(NamedTuple):
    """The ends of a slider."""

    low: float
    high: float

    def contains(self, value: float) -> bool:
        """Return whether the slider can show a value."""
        return self.low <= value <= self.high

    def spec(self, name: str) -> Hyperparameter:
        """Return the declaration of a parameter with this slider; any finite number may be typed."""
        scale = "log" if 0 < self.low < LARGEST_LOG_END and self.high / self.low >= LOG_RATIO else "linear"
        return Hyperparameter(self.low, self.high, scale, minimum=-math.inf, label=name, default=1.0)


def range_around(value: float) -> ParameterRange:
    """Return a range that contains a value: linear about 0, or logarithmic for small and large positive values."""
    exponent = math.floor(math.log10(abs(value))) if value else 0
    decade = 10.0 ** min(max(exponent, -MAX_EXPONENT), MAX_EXPONENT)
    if 0 < value < SMALL_VALUE or value >= LARGE_VALUE:
        low, high = decade / 100, decade * 100
    else:
        high = HALF_RANGE * decade * (1 if abs(value) <= HALF_RANGE * decade else 2)
        low = -high
    return ParameterRange(min(float(f"{low:.0e}"), value), max(float(f"{high:.0e}"), value))
