"""Data of an experiment: the columns x and y that a surface is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from app.utils.i18n import gettext_noop, tr
from app.utils.validation import MAX_COORDINATE, ExperimentError, check_number, check_text
from surfaces import SURFACES, Surface
from surfaces.data_error import DataError, DataNote
from surfaces.points import standardization

MAX_POINTS = 10_000
MAX_NAME_LENGTH = 80
Columns = tuple[tuple[float, ...], tuple[float, ...]]
STANDARDIZED_LABELS = {
    "a (slope)": gettext_noop("a (slope, standardized data)"),
    "b (intercept)": gettext_noop("b (intercept, standardized data)"),
    "w (weight)": gettext_noop("w (weight, standardized data)"),
    "b (bias)": gettext_noop("b (bias, standardized data)"),
    "w₁ (inner weight)": gettext_noop("w₁ (inner weight, standardized data)"),
    "w₂ (outer weight)": gettext_noop("w₂ (outer weight, standardized data)"),
}


class DataChoice(NamedTuple):
    """How a data file is read: the columns by name or number, and what is done with their numbers."""

    x: str | int | None = None
    y: str | int | None = None
    standardize: bool = False
    skip_missing: bool = True


class Scaling(NamedTuple):
    """Mean and standard deviation with which the columns x and y are standardized."""

    x_mean: float = 0.0
    x_deviation: float = 1.0
    y_mean: float = 0.0
    y_deviation: float = 1.0

    def standardized(self, data: Columns) -> tuple[np.ndarray, np.ndarray]:
        """Return the columns x and y, standardized."""
        x, y = map(np.array, data)
        return (x - self.x_mean) / self.x_deviation, (y - self.y_mean) / self.y_deviation

    def predict(self, predict: Callable[[Any, Any, Any], Any], a: Any, b: Any, x: Any) -> Any:
        """Return the output of a model of the standardized data for an x in its original unit, in the unit of y."""
        return self.y_mean + self.y_deviation * predict(a, b, (x - self.x_mean) / self.x_deviation)


def has_labels(surface_id: str) -> bool:
    """Return whether the surface is made from points whose y is a class, 0 or 1."""
    data = SURFACES[surface_id].data
    return data is not None and set(data[1].tolist()) == {0.0, 1.0}


@lru_cache(maxsize=4)
def scaling_of(surface_id: str, data: Columns) -> Scaling:
    """Return how the data of a surface are standardized; labels are not."""
    x_scaling = standardization(np.array(data[0]))
    return Scaling(*x_scaling) if has_labels(surface_id) else Scaling(*x_scaling, *standardization(np.array(data[1])))


def condition_number(x: np.ndarray) -> float:
    """Return the condition number of the matrix of second derivatives of the linear regression on x."""
    low, high = np.linalg.eigvalsh([[float((x * x).mean()), float(x.mean())], [float(x.mean()), 1.0]])
    return float(high / low) if low > 0 else float("inf")


def check_names(value: Any) -> tuple[str, str] | None:
    """Return the names of the columns x and y as a pair of texts, or None."""
    if value is None:
        return None
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ExperimentError(tr("data_names must be two names, of x and y"))
    x, y = (check_text(gettext_noop("data_names"), name, MAX_NAME_LENGTH) for name in value)
    return x, y


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


def get_surface(surface_id: str, data: Columns | None, standardized: bool = False) -> Surface:
    """Return a surface of the catalog, or made from data; ExperimentError if it cannot be made."""
    return SURFACES[surface_id] if data is None else _surface_from_data(surface_id, data, standardized)


@lru_cache(maxsize=4)
def _surface_from_data(surface_id: str, data: Columns, standardized: bool) -> Surface:
    make = SURFACES[surface_id].with_data
    assert make is not None
    try:
        if not standardized:
            result = make(*data)
        else:
            result = make(*scaling_of(surface_id, data).standardized(data))
            first, second = (STANDARDIZED_LABELS[label] for label in result.axis_labels)
            result = replace(result, axis_labels=(first, second))
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


def translated_note(note: str) -> str:
    """Return a note on a data file in the current language."""
    return tr(note.template, **note.values) if isinstance(note, DataNote) else note


def to_experiment_error(error: ValueError) -> ExperimentError:
    """Return the error of a surface or data file as an ExperimentError in the current language."""
    return ExperimentError(tr(error.template, **error.values) if isinstance(error, DataError) else str(error))
