"""Elementary functions for surfaces that accept Python floats, complex numbers and arrays under the same name.

Python floats are handled by the standard library, which is faster. ``absolute`` and ``sign`` decide by the real
part alone, so that complex-step differentiation is exact wherever they are smooth. If an argument is out of
range, a float raises OverflowError or ValueError, while an array gives inf or nan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _dispatch(float_function: Callable[[float], float], array_function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: float_function(x) if x.__class__ is float else array_function(x)


sin = _dispatch(math.sin, np.sin)
cos = _dispatch(math.cos, np.cos)
sqrt = _dispatch(math.sqrt, np.sqrt)
pi = math.pi
e = math.e


def exp(x: Any) -> Any:
    """Return e to the x; an array overflows to inf without a warning, as happens far outside the plotted range."""
    if x.__class__ is float:
        return math.exp(x)
    with np.errstate(over="ignore"):
        return np.exp(x)


def sign(x: Any) -> Any:
    """Return -1, 0 or 1, the derivative of ``absolute``, with 0 at 0; sign(nan) is nan."""
    if x.__class__ is float:
        return x if x != x else float((x > 0.0) - (x < 0.0))
    return np.sign(np.real(x))


def absolute(x: Any) -> Any:
    """Return |x|; for a complex number, x or -x such that the real part is not negative."""
    if x.__class__ is float:
        return abs(x)
    return x * sign(x) if np.iscomplexobj(x) else np.abs(x)


def radius(x: Any, y: Any) -> Any:
    """Return the distance from the origin; for real numbers without overflow or underflow of the squares."""
    if x.__class__ is float and y.__class__ is float:
        return math.hypot(x, y)
    return sqrt(x * x + y * y) if np.iscomplexobj(x) or np.iscomplexobj(y) else np.hypot(x, y)


def as_floating(x: Any) -> Any:
    """Return integers as floats, lists as arrays, and the rest unchanged, so that the loss is never an integer."""
    if isinstance(x, (float, complex)):
        return x
    if isinstance(x, (int, np.integer)):
        return float(x)
    x = np.asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(float)
