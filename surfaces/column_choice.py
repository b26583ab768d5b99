"""Which columns of a table are x and y: named, numbered, or the first two columns of numbers."""

from __future__ import annotations

from itertools import islice

from surfaces.data_error import DataError, DataNote
from surfaces.data_table import ABSENT, DataTable
from surfaces.number_column import PLAIN_CHARACTERS
from surfaces.number_text import is_missing, read_cell

BOOLEANS = (("false", "true"), ("f", "t"), ("no", "yes"), ("n", "y"))  # values that mean 0 and 1


def column_name(table: DataTable, column: int) -> str:
    """Return the name of a column; "column 2" if it has none."""
    return table.names[column] or f"column {column + 1}"


def candidate_columns(table: DataTable, count: int) -> list[int]:
    """Return the first columns, at least two if there are, that x and y are chosen from, out of ``count``.

    They do not only number the rows, and if there are enough of them they hold different numbers and no text.
    """
    columns = [column for column in table.numeric if column not in table.row_numbers]
    for is_suitable in (_is_varied_and_clean, _is_clean):
        suitable = (column for column in columns if len(columns) <= 2 or is_suitable(table, column))
        found = list(islice(suitable, count))
        if len(found) > 1:
            return found
    numbering = sorted(table.row_numbers, key=lambda column: not table.names[column])
    return sorted([*columns, *numbering[: max(0, 2 - len(columns))]])


def _is_varied_and_clean(table: DataTable, column: int) -> bool:
    return _is_clean(table, column) and len({cell for cell in set(table.cells(column)) if not is_missing(cell)}) > 1


def _is_clean(table: DataTable, column: int) -> bool:
    cells = set(table.cells(column))
    return PLAIN_CHARACTERS.issuperset("".join(cells)) or all(
        is_missing(cell) or read_cell(cell) is not None for cell in cells
    )


def choose_columns(
    table: DataTable, x: str | int | None, y: str | int | None, labels: bool
) -> tuple[int, int, DataNote]:
    """Return the indices of the columns x and y, and a note on them; DataError if there are no two columns."""
    i = None if x is None else find_column(table, x)
    j = None if y is None else find_column(table, y)
    candidates = candidate_columns(table, 4)
    if j is None and labels:
        j = next((k for k in _label_columns(table) if k != i), None)
        if j is None:
            raise DataError("no column has exactly two different values, which could be the label")
    if i is None:
        i = next((k for k in candidates if k != j), None)
    if j is None:
        j = next((k for k in candidates if k != i), None)
    if i is None or j is None:
        if table.columns == 1 or table.numeric:
            raise DataError("a data file needs two columns of numbers, x and y; this file has one")
        raise DataError("a data file needs two columns of numbers, x and y; this file has none")
    if i == j:
        raise DataError("x and y must be two different columns")
    return i, j, _choice_note(table, i, j, is_choice=x is None or y is None)


def _choice_note(table: DataTable, i: int, j: int, is_choice: bool) -> DataNote:
    """Return a note on the columns x and y, and on columns of numbers before them that were skipped."""
    x, y = _described(table, i), _described(table, j)
    skipped = [column for column in table.numeric if column < max(i, j) and column not in (i, j)] if is_choice else []
    if not skipped:
        return DataNote("x is {x} and y is {y}", x=x, y=y)
    names = ", ".join(_described(table, column) for column in skipped)
    if set(skipped) <= set(table.row_numbers):
        return DataNote("x is {x} and y is {y}; {names} only numbers the rows", x=x, y=y, names=names)
    return DataNote(
        "x is {x} and y is {y}; the columns before them hold text or no different numbers: {names}",
        x=x,
        y=y,
        names=names,
    )


def _described(table: DataTable, column: int) -> str:
    name = table.names[column]
    return f"column {column + 1} ({name})" if name else f"column {column + 1}"


def find_column(table: DataTable, name: str | int) -> int:
    """Return the index of a column by its name or its number, counted from 1."""
    for names, wanted in (
        (table.names, str(name)),
        ([each.casefold() for each in table.names], str(name).strip().casefold()),
    ):
        found = [k for k, each in enumerate(names) if each and each == wanted and not isinstance(name, int)]
        if len(found) > 1:
            raise DataError(
                "{count} columns are named {name!r}; give the number of the column instead", count=len(found), name=name
            )
        if found:
            return found[0]
    if str(name).isascii() and str(name).isdecimal() and 1 <= int(name) <= table.columns:
        return int(name) - 1
    known = ", ".join(column_name(table, k) for k in range(min(table.columns, 12)))
    raise DataError("there is no column named {name!r}; the columns are {known}", name=name, known=known)


def label_values(table: DataTable, column: int) -> list[str]:
    """Return the different values of a column, the one that stands for 0 first if that is clear, otherwise sorted."""
    values = {cell for cell in table.cells(column) if cell != ABSENT and not is_missing(cell)}
    ordered = next((pair for pair in BOOLEANS if {value.lower() for value in values} == set(pair)), None)
    return sorted(values, key=lambda value: (ordered.index(value.lower()) if ordered else 0, value))


def is_boolean(table: DataTable, column: int) -> bool:
    """Return whether a column has just the values true and false."""
    return {cell.lower() for cell in set(table.cells(column)) if not is_missing(cell)} == {"true", "false"}


def _label_columns(table: DataTable) -> list[int]:
    """Return the columns with exactly two different values, those of zeros and ones first."""
    classes = {column: label_values(table, column) for column in range(table.columns)}
    found = [column for column, values in classes.items() if len(values) == 2]
    return sorted(found, key=lambda column: classes[column] != ["0", "1"])
