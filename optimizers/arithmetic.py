"""The few functions a rule needs beside + - * / ** and abs, on Python floats and on arrays by the same name.

A Python float takes the fast road of the standard library; everything else goes to numpy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def sqrt(x: Any) -> Any:
    """The square root; on floats a negative argument raises ValueError where an array gives nan."""
    return math.sqrt(x) if x.__class__ is float else np.sqrt(x)


def sign(x: Any) -> Any:
    """-1, 0 or 1; sign(0) is 0 and sign(nan) nan, as in numpy."""
    if x.__class__ is float:
        return x if x != x else (x > 0.0) - float(x < 0.0)
    return np.sign(x)


def maximum(a: Any, b: Any) -> Any:
    """The larger of two, element by element; nan where either is nan."""
    if a.__class__ is float and b.__class__ is float:
        return a if a >= b or a != a else b
    return np.maximum(a, b)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two, element by element; nan where either is nan."""
    if a.__class__ is float and b.__class__ is float:
        return a if a <= b or a != a else b
    return np.minimum(a, b)


def where(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, b elsewhere."""
    return (a if condition else b) if condition.__class__ is bool else np.where(condition, a, b)


def ratio(a: Any, b: Any, otherwise: Any = 0.0) -> Any:
    """a / b, and ``otherwise`` where b is 0."""
    if b.__class__ is float:
        return a / b if b != 0.0 else otherwise
    is_zero = np.equal(b, 0)
    return np.where(is_zero, otherwise, a / np.where(is_zero, 1.0, b))


def dot(a: Any, b: Any) -> Any:
    """The inner product of points of shape (2, *batch): shape (*batch)."""
    return (a * b).sum(axis=0)


def norm(a: Any) -> Any:
    """The Euclidean length of points of shape (2, *batch): shape (*batch); squares neither vanish nor overflow."""
    return np.hypot(a[0], a[1])
