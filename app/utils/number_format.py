"""Format numbers as text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.utils.i18n import tr

DECIMAL_RANGE = 1e-4, 1e5  # in this range numbers have no exponent
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MAX_LISTED_NUMBERS = 6  # of an array; larger ones are shown as their size


def shortest_repr(value: float) -> str:
    """Return the shortest text that converts back to exactly the same float."""
    is_integer = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if is_integer else repr(float(value))


def format_fixed_width(value: float) -> str:
    """Return five decimals, or four digits and an exponent, so that the width hardly changes with the value."""
    if not math.isfinite(value):
        return "–"
    if 1e-3 <= abs(value) < 1e4 or value == 0:
        return f"{value + 0.0:.5f}"  # adding 0.0 turns -0.0 into 0.0
    return f"{value:.3e}" if 1e-99 < abs(value) < 1e10 else f"{value:.2e}"


def format_tick(value: float, _: object = None) -> str:
    """Return at most six significant digits: 0.25, −1.5, 3e5, 2.5e−7."""
    return distinct_labels([value])[0]


def format_significant(value: float, digits: int = 5) -> str:
    """Return ``digits`` significant digits, with an exponent for very small and large values."""
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        return f"{value:.{digits - 2}e}"
    return f"{value:,.{max(digits - 1 - math.floor(math.log10(abs(value))), 0)}f}"


def format_integer(value: float) -> str:
    """Return a value truncated to an integer, with separators between thousands."""
    return f"{int(value):,}"


def format_with_resolution(value: float, resolution: float) -> str:
    """Return a value with the decimals that tell apart two values that differ by ``resolution``."""
    return f"{value:.{max(0, 1 - math.floor(math.log10(resolution)))}f}".replace("-", "−")


def format_scientific(value: float, decimals: int) -> str:
    """Return a value as 2.5e−7 with at most ``decimals`` decimals and without trailing zeros."""
    digits, _, exponent = f"{value:.{decimals}e}".partition("e")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits}e{int(exponent)}".replace("-", "−")


def distinct_labels(values: list[float], least_digits: int = 6) -> list[str]:
    """Return the values with ``least_digits`` significant digits, with more if two of them would look the same."""
    for digits in range(least_digits, 18):
        labels = [
            format_scientific(value, digits - 1)
            if value and math.isfinite(value) and not DECIMAL_RANGE[0] <= abs(value) < DECIMAL_RANGE[1]
            else f"{float(f'{value:.{digits}g}') + 0.0:.{max(digits, 6)}g}".replace("-", "−")
            for value in values
        ]
        if len(set(labels)) == len(set(values)):
            break
    return labels


def format_value(value: Any) -> str:
    """Return a short text for None, a number or an array of any shape; large arrays only as their size."""
    if value is None or (isinstance(value, tuple) and None in value):
        return "–"
    numbers = np.asarray(value, float)
    if numbers.size > MAX_LISTED_NUMBERS:
        return tr("{n} points", n=len(numbers)) if numbers.shape[1:] == (2,) else tr("{n} numbers", n=numbers.size)
    if numbers.ndim < 2:
        return ", ".join(format_tick(float(f"{number:.5g}")) for number in numbers.ravel())
    return "; ".join(format_value(row) for row in numbers)
