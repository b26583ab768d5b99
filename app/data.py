"""The points that a surface is made from, as an experiment holds them: two columns of numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.checks import FARTHEST, ExperimentError, number
from surfaces import SURFACES, Surface

MOST_POINTS = 10_000
Columns = tuple[tuple[float, ...], tuple[float, ...]]


def columns(surface: str, value: Any) -> Columns:
    """The value as two columns of one length. Whether they hold numbers is looked at when the surface is made from them."""
    if SURFACES[surface].make is None:
        made = ", ".join(name for name, each in SURFACES.items() if each.make)
        raise ExperimentError(f"{surface} is not made from data; choose from {made}")
    if not isinstance(value, (tuple, list)) or len(value) != 2 or not all(isinstance(part, (tuple, list)) for part in value):
        raise ExperimentError("data must be two columns of numbers, x and y")
    x, y = map(tuple, value)
    if len(x) != len(y):
        raise ExperimentError(f"the two columns of the data must be equally long, not {len(x):,} and {len(y):,}")
    if len(x) > MOST_POINTS:
        raise ExperimentError(f"an experiment holds at most {MOST_POINTS:,} points, not {len(x):,}")
    return x, y


def land(surface: str, data: Columns | None) -> Surface:
    """A surface as the catalogue has it, or made from these columns; ExperimentError where it cannot be."""
    try:
        return SURFACES[surface] if data is None else _made(surface, data)
    except TypeError:  # something among the numbers that cannot be hashed
        raise ExperimentError("data must be two columns of numbers, x and y") from None


@lru_cache(maxsize=4)
def _made(surface: str, data: Columns) -> Surface:
    make = SURFACES[surface].make
    assert make is not None
    x, y = ([number(f"row {row} of the data", value) for row, value in enumerate(column, 1)] for column in data)
    try:
        made = make(x, y)
    except ValueError as error:
        raise ExperimentError(str(error)) from None
    if max(map(abs, made.start)) > FARTHEST:
        raise ExperimentError(f"for such numbers the race would begin beyond {FARTHEST:g}; write x and y in other units")
    return made
