"""A column of cells as numbers, with what was found out about their notation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from surfaces.data_error import DataError
from surfaces.number_text import Cell, Marks, choose_marks, is_missing, read_cell

PLAIN_CHARACTERS = frozenset("0123456789+-.eE")


class NumberColumn(NamedTuple):
    """Numbers of a column, shape (n,), nan where a cell is missing or bad; ``missing`` and ``bad`` are masks.

    ``symbol`` is the currency or percent sign that was dropped.
    """

    values: np.ndarray
    missing: np.ndarray
    bad: np.ndarray
    marks: Marks
    symbol: str


def convert_column(
    cells: list[str], line_numbers: list[int], elsewhere: frozenset[str], delimiter: str
) -> NumberColumn:
    """Return the numbers of a column; ``elsewhere`` and ``delimiter`` help to tell what commas and points mean.

    Raises DataError, which quotes a cell, if a comma or a point can be a decimal mark or a thousands separator, or if
    the cells have different units.
    """
    values = None if delimiter == ";" or elsewhere & {"decimal,", "thousands."} else _convert_plain(cells)
    if values is not None:
        finite = np.isfinite(values)
        return NumberColumn(values, np.zeros(len(cells), bool), ~finite, Marks(".", ""), "")
    missing = np.array([is_missing(cell) for cell in cells], bool)
    parsed = [None if is_gap else read_cell(cell) for cell, is_gap in zip(cells, missing, strict=True)]
    found = [(k, cell) for k, cell in enumerate(parsed) if cell is not None]
    marks = choose_marks([cell for _, cell in found], elsewhere, delimiter)
    if marks is None:
        raise _mark_error(found, cells, line_numbers)
    symbol = _common_symbol(found, cells, line_numbers)
    values = np.full(len(cells), np.nan)
    for k, cell in found:
        values[k] = marks.to_float(cell.body)
    values[np.isinf(values)] = np.nan
    return NumberColumn(values, missing, np.isnan(values) & ~missing, marks, symbol)


def _convert_plain(cells: list[str]) -> np.ndarray | None:
    """Return the numbers if all cells are written with digits, a decimal point and an exponent alone."""
    if not PLAIN_CHARACTERS.issuperset("".join(cells)):
        return None
    try:
        return np.array(list(map(float, cells)))
    except ValueError:
        return None


def _mark_error(found: list[tuple[int, Cell]], cells: list[str], line_numbers: list[int]) -> DataError:
    """Return an error that quotes the cell whose mark is not clear, and another one if that is written differently."""
    marked = [(k, cell.kind) for k, cell in found if cell.kind != "integer"]
    first = next((k for k, kind in marked if "?" in kind), marked[0][0])
    other = next((k for k, kind in marked if kind[-1:] != "?" and kind != dict(marked)[first]), None)
    if other is None:
        return DataError(
            "line {line} is ambiguous: {cell!r} can contain a decimal mark or a thousands separator; write the numbers "
            "without thousands separators",
            line=line_numbers[first],
            cell=cells[first][:30],
        )
    return DataError(
        "lines {line} ({cell!r}) and {other_line} ({other!r}) write numbers differently, so that the decimal mark is "
        "not clear",
        line=line_numbers[min(first, other)],
        cell=cells[min(first, other)][:30],
        other_line=line_numbers[max(first, other)],
        other=cells[max(first, other)][:30],
    )


def _common_symbol(found: list[tuple[int, Cell]], cells: list[str], line_numbers: list[int]) -> str:
    """Return the currency or percent sign of a column, empty if it has none; DataError if there are several."""
    symbols = {cell.symbol for _, cell in found} - {""}
    # A number without a percent sign beside others with one can be a fraction; zero is zero.
    bare = [k for k, cell in found if not cell.symbol and cell.body.strip("+-0.,")] if symbols == {"%"} else []
    if len(symbols) > 1 or bare:
        first = found[0][1].symbol
        k = bare[0] if bare else next(k for k, cell in found if cell.symbol and cell.symbol != first)
        raise DataError(
            "line {line} ({cell!r}) has another unit than the numbers above or below it",
            line=line_numbers[k],
            cell=cells[k][:30],
        )
    return symbols.pop() if symbols else ""
