"""Data of an experiment: the columns x and y that a surface is made from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.utils.i18n import tr
from app.utils.validation import MAX_COORDINATE, ExperimentError, check_number
from surfaces import SURFACES, Surface
from surfaces.data_error import DataError

MAX_POINTS = 10_000
Columns = tuple[tuple[float, ...], tuple[float, ...]]


def check_columns(surface_id: str, value: Any) -> Columns:
    """Return the value as two columns of floats of equal length.

    Whether the surface can be made from them is checked by ``get_surface``.
    """
    if SURFACES[surface_id].with_data is None:
        supported = ", ".join(name for name, each in SURFACES.items() if each.with_data)
        raise ExperimentError(
            tr("{surface} cannot be computed from data; choose from {made}", surface=surface_id, made=supported)
        )
    if (
        not isinstance(value, (tuple, list))
        or len(value) != 2
        or not all(isinstance(column, (tuple, list)) for column in value)
    ):
        raise ExperimentError(tr("data must be two columns of numbers, x and y"))
    x, y = map(tuple, value)
    if len(x) != len(y):
        raise ExperimentError(
            tr("the two data columns must have the same length, not {x:,} and {y:,}", x=len(x), y=len(y))
        )
    if len(x) > MAX_POINTS:
        raise ExperimentError(
            tr(
                "an experiment can have at most {most_points:,} data points, not {x:,}",
                most_points=MAX_POINTS,
                x=len(x),
            )
        )
    return _to_floats(x), _to_floats(y)


def _to_floats(column: tuple[Any, ...]) -> tuple[float, ...]:
    """Return a column as finite floats; one that already is, is returned as it is."""
    if all(value.__class__ is float and value - value == 0.0 for value in column):
        return column
    return tuple(check_number(tr("row {row} of the data", row=row), value) for row, value in enumerate(column, 1))


def get_surface(surface_id: str, data: Columns | None) -> Surface:
    """Return a surface of the catalog, or made from data; ExperimentError if it cannot be made."""
    return SURFACES[surface_id] if data is None else _surface_from_data(surface_id, data)


@lru_cache(maxsize=4)
def _surface_from_data(surface_id: str, data: Columns) -> Surface:
    make = SURFACES[surface_id].with_data
    assert make is not None
    try:
        result = make(*data)
    except ValueError as error:
        raise to_experiment_error(error) from None
    if max(map(abs, result.start)) > MAX_COORDINATE:
        raise ExperimentError(
            tr(
                "with these numbers the starting point would lie beyond {farthest:g}; rescale x and y",
                farthest=MAX_COORDINATE,
            )
        )
    return result


def to_experiment_error(error: ValueError) -> ExperimentError:
    """Return the error of a surface or data file as an ExperimentError in the current language."""
    return ExperimentError(tr(error.template, **error.values) if isinstance(error, DataError) else str(error))
