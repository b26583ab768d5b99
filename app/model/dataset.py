"""The points that a surface is made from, as an experiment holds them: two columns of numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.utils.i18n import tr
from app.utils.validation import FARTHEST, ExperimentError, number
from surfaces import SURFACES, Surface
from surfaces.data_error import DataError

MOST_POINTS = 10_000
Columns = tuple[tuple[float, ...], tuple[float, ...]]


def columns(surface: str, value: Any) -> Columns:
    """The value as two columns of floats of one length. Whether a surface can be made from them is seen when it is."""
    if SURFACES[surface].make is None:
        made = ", ".join(name for name, each in SURFACES.items() if each.make)
        raise ExperimentError(tr("{surface} is not made from data; choose from {made}", surface=surface, made=made))
    if (
        not isinstance(value, (tuple, list))
        or len(value) != 2
        or not all(isinstance(part, (tuple, list)) for part in value)
    ):
        raise ExperimentError(tr("data must be two columns of numbers, x and y"))
    x, y = map(tuple, value)
    if len(x) != len(y):
        raise ExperimentError(
            tr("the two columns of the data must be equally long, not {x:,} and {y:,}", x=len(x), y=len(y))
        )
    if len(x) > MOST_POINTS:
        raise ExperimentError(
            tr("an experiment holds at most {most_points:,} points, not {x:,}", most_points=MOST_POINTS, x=len(x))
        )
    return _floats(x), _floats(y)


def _floats(column: tuple[Any, ...]) -> tuple[float, ...]:
    """Numbers as floats; a column that is one already, as it is in every later experiment, costs nothing."""
    if all(value.__class__ is float and value - value == 0.0 for value in column):
        return column
    return tuple(number(tr("row {row} of the data", row=row), value) for row, value in enumerate(column, 1))


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
        raise unusable(error) from None
    if max(map(abs, made.start)) > FARTHEST:
        raise ExperimentError(
            tr(
                "for such numbers the race would begin beyond {farthest:g}; write x and y in other units",
                farthest=FARTHEST,
            )
        )
    return made


def unusable(error: ValueError) -> ExperimentError:
    """What is wrong with data, in the language that is spoken."""
    return ExperimentError(tr(error.template, **error.values) if isinstance(error, DataError) else str(error))
