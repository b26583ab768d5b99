"""The functions a surface needs, on Python floats, complex numbers and arrays by the same name; floats take the fast road.

``absolute``, ``sign`` and ``at_least`` look at the real part alone, so that the complex step passes through them unharmed
wherever they are smooth. On a float an argument that is out of range raises OverflowError or ValueError, where an array
gets inf or nan.
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
    """e to the x; an array overflows to inf without a warning, as a steep wall does far outside its box."""
    if x.__class__ is float:
        return math.exp(x)
    with np.errstate(over="ignore"):
        return np.exp(x)


def sign(x: Any) -> Any:
    """-1, 0 or 1: the slope of ``absolute``, and 0 in its kink; sign(nan) is nan."""
    if x.__class__ is float:
        return x if x != x else float((x > 0.0) - (x < 0.0))
    return np.sign(np.real(x))


def absolute(x: Any) -> Any:
    """|x|; of a complex number x or -x, whichever has a positive real part."""
    if x.__class__ is float:
        return abs(x)
    return x * sign(x) if np.iscomplexobj(x) else np.abs(x)


def at_least(x: Any, bound: float) -> Any:
    """x, or the bound where x is smaller; nan stays nan."""
    if x.__class__ is float:
        return bound if x < bound else x
    return np.where(np.real(x) < bound, bound, x)


def as_floating(x: Any) -> Any:
    """Whole numbers as floats, so that no height is an integer; lists as arrays; anything else as it is."""
    if isinstance(x, (float, complex)):
        return x
    if isinstance(x, (int, np.integer)):
        return float(x)
    x = np.asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(float)
