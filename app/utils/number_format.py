"""A number as text that is read back to the bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.utils.i18n import tr


def spelled(value: float) -> str:
    """In as few digits as tell it from every other number."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def figure(value: float) -> str:
    """Five decimals, or four digits and an exponent, in a form that keeps its width while it changes."""
    if not math.isfinite(value):
        return "–"
    if 1e-3 <= abs(value) < 1e4 or value == 0:
        return f"{value + 0.0:.5f}"  # never "-0.00000"
    return f"{value:.3e}" if 1e-99 < abs(value) < 1e10 else f"{value:.2e}"


def short(value: float, _: object = None) -> str:
    """Six significant digits at most: 0.25, −1.5, 3e5, 2.5e−7."""
    return unlike([value])[0]


def significant(value: float, digits: int = 5) -> str:
    """So many digits, with an exponent where that is shorter."""
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        return f"{value:.{digits - 2}e}"
    return f"{value:,.{max(digits - 1 - math.floor(math.log10(abs(value))), 0)}f}"


def whole(value: float) -> str:
    return f"{int(value):,}"


def told(value: float, step: float) -> str:
    """A number in the digits that a step of this size tells apart."""
    return f"{value:.{max(0, 1 - math.floor(math.log10(step)))}f}".replace("-", "−")


PLAIN = 1e-4, 1e5  # between them a number is written out
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def scientific(value: float, decimals: int) -> str:
    """A number as 2.5e−7, with no more digits than it needs."""
    digits, _, exponent = f"{value:.{decimals}e}".partition("e")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits}e{int(exponent)}".replace("-", "−")


def unlike(values: list[float]) -> list[str]:
    """Numbers as ``short`` writes them, with more digits where two would read the same."""
    for digits in range(6, 18):
        words = [
            scientific(value, digits - 1)
            if value and math.isfinite(value) and not PLAIN[0] <= abs(value) < PLAIN[1]
            else f"{value + 0.0:.{digits}g}".replace("-", "−")
            for value in values
        ]
        if len(set(words)) == len(set(values)):
            break
    return words


MANY = 6  # numbers that are written out


def written(value: Any) -> str:
    """Numbers of any shape, in short."""
    if value is None or (isinstance(value, tuple) and None in value):
        return "–"
    numbers = np.asarray(value, float)
    if numbers.size > MANY:
        return tr("{n} points", n=len(numbers)) if numbers.shape[1:] == (2,) else tr("{n} numbers", n=numbers.size)
    if numbers.ndim < 2:
        return ", ".join(short(float(f"{number:.5g}")) for number in numbers.ravel())
    return "; ".join(written(row) for row in numbers)
