"""Steps of a number for arrow keys and the scroll wheel.

A step is a tenth of a decade on a log scale, a hundredth of the range on a linear one, or 1 for integers.
"""

from __future__ import annotations

import math
from decimal import Decimal

from optimizers import Hyperparameter

# ISO 3, series R10: ten nearly equal steps per decade, as short numbers
PREFERRED_NUMBERS = tuple(map(Decimal, ("1", "1.25", "1.6", "2", "2.5", "3.15", "4", "5", "6.3", "8")))
ROUND_MANTISSAS = ((1.5, 1), (3.5, 2), (7.5, 5), (10.0, 10))  # (upper limit, rounded value)


def step_value(spec: Hyperparameter, value: float, count: int, coarse: bool = False) -> float:
    """Return the value after ``count`` steps, clipped to the allowed range; coarse steps are ten times as large.

    On a log scale a coarse step is a decade of the value, on a decay scale a decade of 1 - value.
    """
    if spec.scale == "log":
        result = _step_on_log_scale(spec, value, count, coarse)
    elif spec.scale == "decay":
        complement = 1 - Decimal(repr(value))
        if complement > 0:
            result = float(1 - _step_decades(complement, -count, coarse))
        else:
            result = value if count > 0 else spec.slider_max
        if result == value and complement >= 0:  # this close to 1, a fine step is lost in rounding
            result = float(1 - _step_decades(complement, -count, True))
    else:
        step = Decimal(1) if spec.scale == "whole" else round_number((spec.slider_max - spec.slider_min) / 100)
        result = float((round(Decimal(repr(value)) / step) + count * (10 if coarse else 1)) * step)
    return float(min(max(result, spec.minimum), spec.maximum)) if math.isfinite(result) else value


def _step_on_log_scale(spec: Hyperparameter, value: float, count: int, coarse: bool) -> float:
    """Step on a log scale.

    If the default is 0, it follows below the lower end of the slider, so that it can be reached again.
    """
    if value <= 0:
        return spec.slider_min if count > 0 else value
    result = float(_step_decades(Decimal(repr(value)), count, coarse))
    if count < 0 and spec.default == 0 and result < spec.slider_min:
        return spec.slider_min if value > spec.slider_min else 0.0
    return result


def _step_decades(value: Decimal, count: int, coarse: bool) -> Decimal:
    """Step by tenths of a decade to a number of PREFERRED_NUMBERS; coarse steps multiply by powers of ten."""
    if coarse:
        return value.scaleb(count)
    decade, index = divmod(round(10 * float(value.log10())) + count, 10)
    return PREFERRED_NUMBERS[index].scaleb(decade)


def round_number(width: float) -> Decimal:
    """Return the number 1, 2 or 5 times a power of ten that is nearest to a width."""
    decade = math.floor(math.log10(width))
    mantissa = width / 10.0**decade
    return Decimal(next(rounded for upper_limit, rounded in ROUND_MANTISSAS if mantissa < upper_limit)).scaleb(decade)
