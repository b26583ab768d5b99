"""Reading two columns of numbers from the text of a data file, with error messages of one sentence."""

from __future__ import annotations

import csv
import math
import re

import numpy as np

from surfaces.data_error import DataError

MAX_ROWS = 100_000
SEPARATORS = (";", "\t", ",", "")  # in order of preference; "" stands for whitespace
SAMPLE_ROWS = 200  # rows that determine the separator
MAX_QUOTED_ROWS = 3  # bad rows quoted in an error message


def read_columns(text: str | bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns x and y of a text with two numbers per row, two arrays of shape (n,).

    The separator is a semicolon, a tab, a comma or whitespace; a comma that is not the separator may be the decimal
    mark. A header line, empty rows and comments after a # are skipped. Bytes are decoded as UTF-8 with or without a
    byte order mark, UTF-16 with one, otherwise Latin-1.

    Raises DataError with one sentence, which gives the line numbers of bad rows, for any other text.
    """
    lines = (line.partition("#")[0].strip(" \v\f") for line in re.split(r"\r\n|\r|\n", _decode(text)))
    rows = [(line_number, line) for line_number, line in enumerate(lines, 1) if line.strip("".join(SEPARATORS) + " ")]
    separator = max(SEPARATORS, key=lambda candidate: _separator_score(rows[:SAMPLE_ROWS], candidate))
    if rows and not any(_parse_number(cell) is not None for cell in _split_row(rows[0][1], separator)):
        del rows[0]  # a header
    if len(rows) > MAX_ROWS:
        raise DataError("a data file can have at most {most:,} rows, not {count:,}", most=MAX_ROWS, count=len(rows))
    pairs = [_parse_pair(line, separator) for _, line in rows]
    bad_rows = [row for row, pair in zip(rows, pairs, strict=True) if pair is None]
    if bad_rows:
        raise _row_error(bad_rows, len(rows), {len(_split_row(line, separator)) for _, line in rows})
    if len(pairs) < 2:
        raise DataError("a data file needs at least two rows of numbers, not {count}", count=len(pairs))
    x, y = np.array(pairs, float).T.copy()
    if (x == x[0]).all():
        raise DataError("all x values are {x:g}; a fit needs at least two different x values", x=x[0])
    return x, y


def _decode(text: str | bytes) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace")
    if b"\0" in text:
        raise DataError("it is not a text file; it must contain two columns of numbers")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _separator_score(rows: list[tuple[int, str]], separator: str) -> tuple[int, int, int]:
    """Rank a separator by the number of rows with two numbers, then of numeric cells, then of rows with two cells."""
    cells = [_split_row(line, separator) for _, line in rows]
    return (
        sum(_parse_pair(line, separator) is not None for _, line in rows),
        sum(_parse_number(cell) is not None for row in cells for cell in row),
        sum(len(row) == 2 for row in cells),
    )


def _split_row(line: str, separator: str) -> list[str]:
    """Return the cells of a row without quotation marks; a separator at the end does not start a third cell."""
    if not separator:
        return line.split()
    try:
        cells = [cell.strip() for cell in next(csv.reader((line,), delimiter=separator, skipinitialspace=True))]
    except csv.Error:  # a cell of more than 131,072 characters
        return [line]
    return cells[:-1] if len(cells) > 2 and not cells[-1] else cells


def _parse_number(cell: str) -> float | None:
    """Return a number, possibly inf or nan, or None.

    A comma in a cell is a decimal mark: if it were the separator, the cell would have been split there.
    """
    if "_" in cell or ("," in cell and "." in cell):
        return None  # Python would accept 1_000; 1.234,5 is ambiguous
    try:
        return float(cell.replace(",", ".", 1))
    except ValueError:
        return None


def _parse_pair(line: str, separator: str) -> tuple[float, float] | None:
    cells = _split_row(line, separator)
    if len(cells) != 2:
        return None
    x, y = map(_parse_number, cells)
    return (x, y) if x is not None and y is not None and math.isfinite(x) and math.isfinite(y) else None


def _row_error(bad_rows: list[tuple[int, str]], row_count: int, widths: set[int]) -> DataError:
    """Return an error on the bad rows, or on the whole file if all rows have the same wrong number of columns."""
    if len(bad_rows) == row_count and len(widths) == 1 and widths != {2}:
        column_count = widths.pop()
        if column_count == 1:
            return DataError("a data file needs two columns of numbers, x and y; this file has one")
        return DataError("a data file needs two columns of numbers, x and y; this file has {count}", count=column_count)
    quoted = ", ".join(f"{line_number} ({line[:30]!r})" for line_number, line in bad_rows[:MAX_QUOTED_ROWS])
    if len(bad_rows) == 1:
        return DataError("one row does not contain two finite numbers: line {lines}", lines=quoted)
    if len(bad_rows) <= MAX_QUOTED_ROWS:
        return DataError(
            "{count} rows do not contain two finite numbers: lines {lines}", count=len(bad_rows), lines=quoted
        )
    return DataError(
        "{count:,} rows do not contain two finite numbers: lines {lines} and {more:,} more",
        count=len(bad_rows),
        lines=quoted,
        more=len(bad_rows) - MAX_QUOTED_ROWS,
    )
