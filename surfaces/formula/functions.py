"""Functions that the code of a formula can call, on floats and, under the same names, on arrays and complex numbers.

A float raises ArithmeticError or ValueError where a function has no value. The guarded functions return nan or inf
instead: branches of "where" that are not taken are computed too. Comparisons and steps decide by the real part, so that
complex-step differentiation is exact wherever the formula is differentiable.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from surfaces.arithmetic import absolute, sign

Functions = dict[str, Callable[..., Any]]


def _float_power(base: float, exponent: float) -> float:
    if base < 0.0 and exponent != math.floor(exponent):
        raise ValueError("a negative number has no real power with a fraction")
    return float(base**exponent)


def _float_cube_root(x: float) -> float:
    return math.copysign(math.fabs(x) ** (1 / 3), x)


def _float_where(condition: bool, one: float, other: float) -> float:
    return one if condition else other


def _float_floor(x: float) -> float:
    return float(math.floor(x))


def _both(one: Any, other: Any) -> Any:
    return one & other


FLOAT_FUNCTIONS: Functions = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asinh": math.asinh,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "cbrt": _float_cube_root,
    "absolute": abs,
    "sign": sign,
    "floor": _float_floor,
    "power": _float_power,
    "atan2": math.atan2,
    "where": _float_where,
    "both": _both,
}


def _guarded(function: Callable[..., float]) -> Callable[..., float]:
    def guarded(*arguments: float) -> float:
        try:
            return function(*arguments)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return math.nan

    return guarded


def _float_quotient(one: float, other: float) -> float:
    if other:
        return one / other
    return math.copysign(math.inf, one) * math.copysign(1.0, other) if one else math.nan


_guarded_sin = _guarded(math.sin)
_guarded_cos = _guarded(math.cos)
_guarded_tan = _guarded(math.tan)
_guarded_acos = _guarded(math.acos)
_guarded_asin = _guarded(math.asin)
_guarded_sinh = _guarded(math.sinh)
_guarded_cosh = _guarded(math.cosh)
_guarded_exp = _guarded(math.exp)
_guarded_log = _guarded(math.log)
_guarded_sqrt = _guarded(math.sqrt)
_guarded_floor = _guarded(_float_floor)
_guarded_power = _guarded(_float_power)
GUARDED_FUNCTIONS: Functions = {
    **FLOAT_FUNCTIONS,
    "sin": _guarded_sin,
    "cos": _guarded_cos,
    "tan": _guarded_tan,
    "acos": _guarded_acos,
    "asin": _guarded_asin,
    "sinh": _guarded_sinh,
    "cosh": _guarded_cosh,
    "exp": _guarded_exp,
    "log": _guarded_log,
    "sqrt": _guarded_sqrt,
    "floor": _guarded_floor,
    "power": _guarded_power,
    "quotient": _float_quotient,
}


def _real(x: Any) -> Any:
    return np.real(x) if np.iscomplexobj(x) else x


def _array_sign(x: Any) -> Any:
    return np.sign(_real(x))


def _array_floor(x: Any) -> Any:
    return np.floor(_real(x))


def _array_cube_root(x: Any) -> Any:
    if not np.iscomplexobj(x):
        return np.cbrt(x)
    direction = np.where(np.real(x) < 0, -1.0, 1.0)
    return direction * np.power(direction * x, 1 / 3)


def _array_angle(y: Any, x: Any) -> Any:
    """Return atan2(y, x); for complex numbers by the arctangent of the quotient that is not above 1."""
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        return np.arctan2(y, x)
    real_x, real_y = np.real(x), np.real(y)
    steep = abs(real_y) > abs(real_x)
    flat_angle = np.arctan(y / np.where(steep, 1.0, x)) + np.where(real_x < 0, np.copysign(np.pi, real_y), 0.0)
    steep_angle = np.copysign(np.pi / 2, real_y) - np.arctan(x / np.where(steep, y, 1.0))
    return np.where(steep, steep_angle, flat_angle)


ARRAY_FUNCTIONS: Functions = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "cbrt": _array_cube_root,
    "absolute": absolute,
    "sign": _array_sign,
    "floor": _array_floor,
    "power": np.power,
    "atan2": _array_angle,
    "where": np.where,
    "quotient": np.divide,
    "both": _both,
    "real": _real,
}


def dispatch(float_function: Callable[..., Any], array_function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls the first one if all its arguments are floats or conditions, else the second."""

    def call(*arguments: Any) -> Any:
        on_floats = all(argument.__class__ in (float, bool) for argument in arguments)
        return (float_function if on_floats else array_function)(*arguments)

    return call
