"""Reading two columns of numbers from a data file, with notes on what was found and errors of one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from surfaces.column_choice import choose_columns, column_name, is_boolean, label_values
from surfaces.data_error import DataError, DataNote
from surfaces.data_table import ABSENT, DataTable, read_data_table
from surfaces.delimited_text import TWO_SPACES, WHITESPACE
from surfaces.number_column import NumberColumn, convert_column
from surfaces.number_text import Marks, is_missing
from surfaces.points import standardization

MAX_FILE_SIZE = 16 << 20  # bytes
MAX_QUOTED_ROWS = 3  # bad rows quoted in an error message
MAX_LISTED_RANGES = 5  # ranges of line numbers listed in a note
SENTINELS = (
    -99.0,
    -999.0,
    -9999.0,
    -99999.0,
    -99.99,
    -999.9,
    -999.99,
    9999.0,
    99999.0,
)  # that stand for missing values
DELIMITER_NOTES = {
    ",": "commas separate the columns",
    ";": "semicolons separate the columns",
    "\t": "tabs separate the columns",
    "|": "vertical bars separate the columns",
    WHITESPACE: "spaces separate the columns",
    TWO_SPACES: "two or more spaces separate the columns",
}


SIMPLE_NOTES = {
    *DELIMITER_NOTES.values(),
    "x is {x} and y is {y}",
    "header: line {lines}",
    "header: lines {lines}",
    "there is no header",
    "the decimal mark is a comma",
    "skipped, because they are comments: lines {lines}",
}


class TableData(NamedTuple):
    """Two columns of a data file: arrays of shape (n,), their names, and notes on how the file was read."""

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, str]
    notes: tuple[str, ...]


def read_table(
    path: str | Path, x: str | int | None = None, y: str | int | None = None, standardize: bool = False
) -> TableData:
    """Return two columns of numbers of a data file: x, y, names, notes.

    Parameters
    ----------
    path : str or Path
        Text file with a table: comma, semicolon, tab, vertical bar or spaces between the cells. Character encoding,
        delimiter, decimal mark, header and rows that are not data are found out and noted.
    x, y : str or int, optional
        Name of a column, or its number, counted from 1. By default the first two columns of numbers that do not only
        number the rows.
    standardize : bool
        Subtract the mean of each column and divide by its standard deviation.

    Returns
    -------
    TableData
        Rows in which x or y is missing are left out. The notes say which, and everything else that is not obvious.

    Raises
    ------
    DataError
        With one sentence, if the file does not hold two columns of numbers, or if it is not clear which numbers.
    OSError
        If the file cannot be read.
    """
    with Path(path).open("rb") as file:
        content = file.read(MAX_FILE_SIZE + 1)
    if len(content) > MAX_FILE_SIZE:
        raise DataError("the file is too large; data files are limited to {largest} MiB", largest=MAX_FILE_SIZE >> 20)
    data = select_columns(read_data_table(content), x, y)
    return _standardized(data) if standardize else data


def _standardized(data: TableData) -> TableData:
    """Return the columns with mean 0 and standard deviation 1, and notes on their former ones."""
    columns, notes = [], list(data.notes)
    for name, column in zip(data.names, data[:2], strict=True):
        mean, deviation = standardization(column)
        columns.append((column - mean) / deviation)
        notes.append(
            DataNote(
                "{name} is standardized: minus {mean:.6g}, divided by {deviation:.6g}",
                name=name,
                mean=mean,
                deviation=deviation,
            )
        )
    return TableData(columns[0], columns[1], data.names, tuple(notes))


def select_columns(
    table: DataTable,
    x: str | int | None = None,
    y: str | int | None = None,
    *,
    labels: bool = False,
    skip_missing: bool = True,
) -> TableData:
    """Return two columns of a table; see ``read_table``.

    With ``labels`` y is a column with two different values, which become 0 and 1. Without ``skip_missing`` a row with a
    missing cell is an error.
    """
    i, j, choice = choose_columns(table, x, y, labels)
    first = _convert(table, i)
    second, label_notes = _convert_y(table, j, labels)
    irregular = np.array([not table.is_regular(row) for row in table.rows], bool)
    bad = first.bad | second.bad | irregular
    missing = (first.missing | second.missing) & ~bad
    if not skip_missing:
        bad |= missing
    if bad.any():
        raise _row_error(table, np.flatnonzero(bad).tolist())
    x_values, y_values = first.values[~missing], second.values[~missing]
    if len(x_values) < 2:
        raise DataError("a data file needs at least two rows of numbers, not {count}", count=len(x_values))
    if (x_values == x_values[0]).all():
        raise DataError("all x values are {x:g}; a fit needs at least two different x values", x=x_values[0])
    notes = [choice, *notes_on_table(table), *label_notes]
    if missing.any():
        lines = [table.line_numbers[k] for k in np.flatnonzero(missing)]
        notes.append(
            DataNote(
                "rows with missing cells left out: {count:,} (lines {lines})", count=len(lines), lines=_listed(lines)
            )
        )
    names = column_name(table, i), column_name(table, j)
    for column, name in zip((first, second), names, strict=True):
        notes += _notes_on_column(column, name)
    return TableData(x_values, y_values, names, tuple(dict.fromkeys(notes)))


def is_simple(table: DataTable, data: TableData) -> bool:
    """Return whether a table is simply two columns of numbers, of which nothing was left out or interpreted."""
    templates = {note.template for note in data.notes if isinstance(note, DataNote)}
    return table.columns == 2 and len(table.header_lines) < 2 and templates <= SIMPLE_NOTES


def _convert(table: DataTable, column: int) -> NumberColumn:
    return convert_column(table.cells(column), table.line_numbers, table.facts, table.text.delimiter)


def _convert_y(table: DataTable, column: int, labels: bool) -> tuple[NumberColumn, list[DataNote]]:
    """Return the column y as numbers: labels and booleans as 0 and 1, with a note on which is which."""
    if not labels and not is_boolean(table, column):
        return _convert(table, column), []
    cells, classes = table.cells(column), label_values(table, column)
    if len(classes) != 2:
        raise DataError(
            "{column} has {count:,} different values; a label has exactly two",
            column=column_name(table, column),
            count=len(classes),
        )
    missing = np.array([is_missing(cell) for cell in cells], bool)
    absent = np.array([cell == ABSENT for cell in cells], bool)
    values = np.where(missing | absent, np.nan, np.array([cell == classes[1] for cell in cells], float))
    note = DataNote("{zero!r} is class 0 and {one!r} is class 1", zero=classes[0], one=classes[1])
    return NumberColumn(values, missing, absent, Marks(".", ""), ""), [] if classes == ["0", "1"] else [note]


# Notes and errors


def _listed(lines: list[int]) -> str:
    """Return line numbers as text: 3, 5, 7–9; of many only the first ones."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and ranges[-1][-1] == line - 1:
            ranges[-1][1:] = [line]
        else:
            ranges.append([line])
    listed = ", ".join("–".join(map(str, each)) for each in ranges[:MAX_LISTED_RANGES])
    return listed + (", …" if len(ranges) > MAX_LISTED_RANGES else "")


def notes_on_table(table: DataTable) -> list[DataNote]:
    """Return notes on encoding, delimiter, header and skipped lines."""
    notes = [DataNote(DELIMITER_NOTES[table.text.delimiter])]
    if table.text.encoding not in ("UTF-8", "text"):
        notes.append(DataNote("the character encoding is {encoding}", encoding=table.text.encoding))
    if table.header_lines:
        lines = _listed(table.header_lines)
        is_one = len(table.header_lines) == 1
        notes.append(DataNote("header: line {lines}" if is_one else "header: lines {lines}", lines=lines))
    elif not any(table.names):
        notes.append(DataNote("there is no header"))
    if table.skipped_lines:
        lines = _listed(sorted(table.skipped_lines))
        notes.append(DataNote("skipped, because they are not data: lines {lines}", lines=lines))
    if table.text.comments:
        notes.append(
            DataNote("skipped, because they are comments: lines {lines}", lines=_listed(sorted(table.text.comments)))
        )
    return notes


def _notes_on_column(column: NumberColumn, name: str) -> list[DataNote]:
    """Return notes on the notation of the numbers of a column, and on numbers that may stand for missing values."""
    notes = []
    if column.marks.decimal == ",":
        notes.append(DataNote("the decimal mark is a comma"))
    if column.marks.thousands == ",":
        notes.append(DataNote("commas separate thousands in {name}", name=name))
    elif column.marks.thousands:
        notes.append(DataNote("points separate thousands in {name}", name=name))
    if column.symbol == "%":
        notes.append(DataNote("{name} is in percent: 5% is read as 5", name=name))
    elif column.symbol:
        notes.append(DataNote("the sign {symbol} in {name} is ignored", symbol=column.symbol, name=name))
    values = column.values[np.isfinite(column.values)]
    for sentinel in SENTINELS:
        count = int((values == sentinel).sum())
        if count and sentinel in (values.min(), values.max()):
            notes.append(
                DataNote(
                    "{name} is {value:g} in {count:,} rows; check whether it stands for a missing value",
                    name=name,
                    value=sentinel,
                    count=count,
                )
            )
    return notes


def _row_error(table: DataTable, bad_rows: list[int]) -> DataError:
    """Return an error that quotes the first bad rows."""
    quoted = []
    for k in bad_rows[:MAX_QUOTED_ROWS]:
        line_number = table.line_numbers[k]
        line = table.text.lines[line_number - 1].strip(" \v\f")
        quoted.append(f"{line_number} ({line[:30]!r})")
    lines, more = ", ".join(quoted), len(bad_rows) - MAX_QUOTED_ROWS
    if len(bad_rows) == 1:
        return DataError("one row does not contain two finite numbers: line {lines}", lines=lines)
    if more <= 0:
        return DataError(
            "{count} rows do not contain two finite numbers: lines {lines}", count=len(bad_rows), lines=lines
        )
    return DataError(
        "{count:,} rows do not contain two finite numbers: lines {lines} and {more:,} more",
        count=len(bad_rows),
        lines=lines,
        more=more,
    )
