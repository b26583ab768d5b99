"""The points that a surface is made from, as an experiment holds them: two columns of numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.checks import FARTHEST, ExperimentError, number
from surfaces import SURFACES, Surface

MOST_POINTS = 10_000
Columns = tuple[tuple[float, ...], tuple[float, ...]]


def columns(surface: str, value: Any) -> Columns:
    """The value as two columns of floats of one length. Whether a surface can be made from them is seen when it is."""
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
    return _floats(x), _floats(y)


def _floats(column: tuple[Any, ...]) -> tuple[float, ...]:
    """Numbers as floats; a column that is one already, as it is in every later experiment, costs nothing."""
    if all(value.__class__ is float and value - value == 0.0 for value in column):
        return column
    return tuple(number(f"row {row} of the data", value) for row, value in enumerate(column, 1))


def land(surface: str, data: Columns | None) -> Surface:
    """A surface as the catalogue has it, or made from these columns; ExperimentError where it cannot be."""
    return SURFACES[surface] if data is None else _made(surface, data)


@lru_cache(maxsize=4)
def _made(surface: str, data: Columns) -> Surface:
    make = SURFACES[surface].make
    assert make is not None
    try:
        made = make(*data)
    except ValueError as error:
        raise ExperimentError(str(error)) from None
    if max(map(abs, made.start)) > FARTHEST:
        raise ExperimentError(f"for such numbers the race would begin beyond {FARTHEST:g}; write x and y in other units")
    return made
