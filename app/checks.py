"""Checks of what is given from outside, with one sentence for what cannot be used."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

FARTHEST = 1e6


class ExperimentError(ValueError):
    """An input that cannot be used; the message is one sentence that names the culprit and the choices."""


def choice(kind: str, value: Any, among: Iterable[str]) -> str:
    """The value, if it is among the choices."""
    names = list(among)
    if value not in names:
        raise ExperimentError(f"there is no {kind} {value!r}; choose from {', '.join(names)}")
    return str(value)


def number(kind: str, value: Any) -> float:
    """The value as a finite float; text with a decimal comma is understood."""
    text = value.strip().replace(",", ".") if isinstance(value, str) else value
    try:
        result = math.nan if isinstance(value, bool) or "_" in str(text) else float(text)
    except (TypeError, ValueError, OverflowError):
        result = math.nan
    if not math.isfinite(result):
        raise ExperimentError(f"{kind} must be a finite number, not {value!r}")
    return result


def start_number(kind: str, value: Any) -> float:
    """A coordinate of a start: a finite float that leaves room for the powers a surface makes of it."""
    result = number(kind, value)
    if abs(result) > FARTHEST:
        raise ExperimentError(f"{kind} must be between -{FARTHEST:g} and {FARTHEST:g}, not {result:g}")
    return result
