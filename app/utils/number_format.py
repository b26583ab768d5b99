"""A number as text that is read back to the bit."""

from __future__ import annotations

import math


def spelled(value: float) -> str:
    """In as few digits as tell it from every other number."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))
