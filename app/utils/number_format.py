"""A number as text that is read back to the bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.utils.i18n import tr


def shortest_repr(value: float) -> str:
    """In as few digits as tell it from every other number."""
    is_integer = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if is_integer else repr(float(value))


def format_fixed_width(value: float) -> str:
    """Five decimals, or four digits and an exponent, in a form that keeps its width while it changes."""
    if not math.isfinite(value):
        return "–"
    if 1e-3 <= abs(value) < 1e4 or value == 0:
        return f"{value + 0.0:.5f}"  # never "-0.00000"
    return f"{value:.3e}" if 1e-99 < abs(value) < 1e10 else f"{value:.2e}"


def format_tick(value: float, _: object = None) -> str:
    """Six significant digits at most: 0.25, −1.5, 3e5, 2.5e−7."""
    return distinct_labels([value])[0]


def format_significant(value: float, digits: int = 5) -> str:
    """So many digits, with an exponent where that is shorter."""
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        return f"{value:.{digits - 2}e}"
    return f"{value:,.{max(digits - 1 - math.floor(math.log10(abs(value))), 0)}f}"


def format_integer(value: float) -> str:
    return f"{int(value):,}"


def format_with_resolution(value: float, resolution: float) -> str:
    """A number in the digits that a step of this size tells apart."""
    return f"{value:.{max(0, 1 - math.floor(math.log10(resolution)))}f}".replace("-", "−")


DECIMAL_RANGE = 1e-4, 1e5  # between them a number is written out
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_scientific(value: float, decimals: int) -> str:
    """A number as 2.5e−7, with no more digits than it needs."""
    digits, _, exponent = f"{value:.{decimals}e}".partition("e")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits}e{int(exponent)}".replace("-", "−")


def distinct_labels(values: list[float]) -> list[str]:
    """Numbers as ``short`` writes them, with more digits where two would read the same."""
    for digits in range(6, 18):
        labels = [
            format_scientific(value, digits - 1)
            if value and math.isfinite(value) and not DECIMAL_RANGE[0] <= abs(value) < DECIMAL_RANGE[1]
            else f"{value + 0.0:.{digits}g}".replace("-", "−")
            for value in values
        ]
        if len(set(labels)) == len(set(values)):
            break
    return labels


MAX_LISTED_NUMBERS = 6  # numbers that are written out


def format_value(value: Any) -> str:
    """Numbers of any shape, in short."""
    if value is None or (isinstance(value, tuple) and None in value):
        return "–"
    numbers = np.asarray(value, float)
    if numbers.size > MAX_LISTED_NUMBERS:
        return tr("{n} points", n=len(numbers)) if numbers.shape[1:] == (2,) else tr("{n} numbers", n=numbers.size)
    if numbers.ndim < 2:
        return ", ".join(format_tick(float(f"{number:.5g}")) for number in numbers.ravel())
    return "; ".join(format_value(row) for row in numbers)
