"""Literals of a script: exact, and never executable code."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import Any

import numpy as np

MAX_LINE_LENGTH = 118


def format_literal(value: Any) -> str:
    """Return source text that evaluates to exactly the same value.

    The value is a number, None, a string, or a list, tuple or array of such. Raises TypeError for anything else.
    """
    if isinstance(value, np.ndarray):
        return f"np.array({format_literal(value.tolist())})"
    if isinstance(value, (tuple, list)):
        left, right = "()" if isinstance(value, tuple) else "[]"
        inner = ", ".join(map(format_literal, value)) + "," * (isinstance(value, tuple) and len(value) == 1)
        if len(inner) > MAX_LINE_LENGTH and not any(isinstance(each, str) for each in value):
            inner = "".join(f"\n    {line}" for line in wrap(inner, MAX_LINE_LENGTH)) + "\n"
        return f"{left}{inner}{right}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, str):
        return f'"{escape_string(value)}"'
    raise TypeError(f"a script cannot hold {type(value).__name__}")


def escape_string(text: str) -> str:
    """Escape text for a string literal in double or triple double quotes."""
    return "".join(
        each if each.isprintable() and each not in '"\\' else "\\" + each if each in '"\\' else ascii(each)[1:-1]
        for each in text
    )
