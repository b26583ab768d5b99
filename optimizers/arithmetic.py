"""Elementary functions for update rules that accept Python floats and arrays under the same name.

A Python float is handled by the standard library, which is faster; everything else is passed to numpy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def sqrt(x: Any) -> Any:
    """Return the square root; a negative float raises ValueError, a negative array element gives nan."""
    return math.sqrt(x) if x.__class__ is float else np.sqrt(x)


def sign(x: Any) -> Any:
    """Return -1, 0 or 1; sign(0) is 0 and sign(nan) is nan, as in numpy."""
    if x.__class__ is float:
        return x if x != x else (x > 0.0) - float(x < 0.0)
    return np.sign(x)


def maximum(a: Any, b: Any) -> Any:
    """Return the elementwise maximum; nan where either operand is nan."""
    if a.__class__ is float and b.__class__ is float:
        return a if a >= b or a != a else b
    return np.maximum(a, b)


def minimum(a: Any, b: Any) -> Any:
    """Return the elementwise minimum; nan where either operand is nan."""
    if a.__class__ is float and b.__class__ is float:
        return a if a <= b or a != a else b
    return np.minimum(a, b)


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return a where the condition is true and b elsewhere."""
    return (a if condition else b) if condition.__class__ is bool else np.where(condition, a, b)


def ratio(a: Any, b: Any, otherwise: Any = 0.0) -> Any:
    """Return a / b, or ``otherwise`` where b is 0."""
    if b.__class__ is float:
        return a / b if b != 0.0 else otherwise
    is_zero = np.equal(b, 0)
    if not is_zero.any():
        return a / b
    return np.where(is_zero, otherwise, a / np.where(is_zero, 1.0, b))


def dot(a: Any, b: Any) -> Any:
    """Return the inner product, shape (*batch), of two arrays of shape (d, *batch)."""
    return (a * b).sum(axis=0)


def norm(a: Any) -> Any:
    """Return the Euclidean norm, shape (*batch), of an array of shape (d, *batch), without overflow or underflow."""
    if len(a) == 2:
        return np.hypot(a[0], a[1])
    size = np.abs(a).max(axis=0, initial=0.0)
    scaled = ratio(a, size)
    return size * np.sqrt(dot(scaled, scaled))
