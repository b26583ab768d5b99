"""The header of a table: names and units above the data, also as comments, and titles that are none."""

from __future__ import annotations

import re

from surfaces.data_error import DataError
from surfaces.delimited_text import TWO_SPACES, WHITESPACE, DelimitedText
from surfaces.number_text import is_missing, is_number

SAMPLE_ROWS = 1_000  # rows that determine what the columns are
MAX_NAME_LENGTH = 60
QUOTED_CELLS = re.compile(r'\s*"[^"]*"(\s*[,;\t ]\s*"[^"]*")+\s*')


def names_columns(text: DelimitedText) -> bool:
    """Return whether the numbers of the first row are names: years, or 0, 1, 2, ... as pandas counts columns.

    R quotes names, but no numbers, and leaves the corner above row names empty.
    """
    rows = text.rows[:SAMPLE_ROWS]
    if len(rows) < 3:
        return False
    head, others = rows[0], rows[1:]
    if QUOTED_CELLS.fullmatch(text.first_line(0)) and not QUOTED_CELLS.fullmatch(text.first_line(1)):
        return True
    if len(head) > 2 and not head[0] and all(row[0] for row in others):
        return True
    columns = [j for j, cell in enumerate(head) if cell.isascii() and cell.isdecimal()]
    numbers = [int(head[j]) for j in columns]
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[-1] + 1, max(numbers[1] - numbers[0], 1))):
        return False
    texts = [cell for j, cell in enumerate(head) if j not in columns]
    if 1500 <= numbers[0] < numbers[-1] <= 2100 and texts and not any(map(is_number, texts)):
        values = [row[j] for row in others for j in columns if j < len(row)]
        return len(numbers) > 4 or not any(re.fullmatch("1[5-9]..|20..|2100", value) for value in values)
    return (
        numbers == list(range(len(head))) and len(head) > 3 and not any(all(map(str.isdecimal, row)) for row in others)
    )


def is_text(row: list[str], numeric: list[int]) -> bool:
    """Return whether a row has text, and no number where the columns of numbers are."""
    cells = [row[j] for j in numeric if j < len(row)]
    return not any(map(is_number, cells)) and not all(map(is_missing, row))


def find_header(text: DelimitedText, first: int, columns: int, numeric: list[int]) -> tuple[list[int], int, list[str]]:
    """Return the indices of the rows of the header, the index of the first row of data, and the names."""
    rows = text.rows
    header = next((k for k in reversed(range(first)) if is_text(rows[k], numeric)), None)
    if header is None and first == 1 and names_columns(text):
        header = 0
    if header is None:
        start = next((k for k in range(first) if not _is_title(rows[k], columns, numeric)), first)
        return [], start, _commented_names(text, start, columns)
    names, start = list(rows[header]), header + 1
    while len(names) > columns and not names[-1]:
        names.pop()
    is_delimited = text.delimiter not in (TWO_SPACES, WHITESPACE)
    if len(names) == columns - 1 and _has_row_names(text, start, is_delimited):
        names.insert(0, "")  # R writes no name above the row names
    elif len(names) < columns:
        if is_delimited and sum(map(bool, names)) > 1:
            raise DataError(
                "the header in line {line} has {names} names, but the rows below it have {cells} cells",
                line=text.line_numbers[header],
                names=len(names),
                cells=columns,
            )
        return [], start, [""] * columns
    elif not is_delimited and len(names) > columns:
        return [], start, [""] * columns  # names with spaces
    above = rows[header - 1] if header else []
    if len(above) != len(rows[header]) or len(above) != len(names) or not _is_row_of_text(above, numeric):
        return [header], start, list(map(_shorten, names))
    names = [f"{top} {name}".strip() if top != name else name for top, name in zip(above, names, strict=True)]
    return [header - 1, header], start, list(map(_shorten, names))  # names above units


def _shorten(name: str) -> str:
    return " ".join(name.split())[:MAX_NAME_LENGTH]


def _is_row_of_text(row: list[str], numeric: list[int]) -> bool:
    return is_text(row, numeric) and sum(map(bool, row)) > 1


def _is_title(row: list[str], columns: int, numeric: list[int]) -> bool:
    """Return whether a row above the data is a title or a line of settings, and not a row of data with gaps."""
    texts = sum(not is_missing(row[j]) and not is_number(row[j]) for j in numeric if j < len(row))
    return 2 * texts > len(numeric) or (len(row) != columns and any(cell and not is_number(cell) for cell in row))


def _commented_names(text: DelimitedText, start: int, columns: int) -> list[str]:
    """Return the names in the last comment above the data, as numpy.savetxt writes them; empty ones if it has none."""
    line = max((line for line in text.comments if line < text.line_numbers[start]), default=0)
    if line:
        names = text.split(text.comments[line].lstrip("#%/!@ \t"))
        if len(names) == columns and not any(map(is_number, names)):
            return names
    return [""] * columns


def _has_row_names(text: DelimitedText, start: int, is_delimited: bool) -> bool:
    """Return whether the first column, above which the header has no name, holds the row names of R.

    "2001,1,234" below "year,visitors" has three cells as well: row names that are not text must be quoted, or count the
    rows of a file without commas between the cells.
    """
    first_cells = [row[0] for row in text.rows[start : start + SAMPLE_ROWS]]
    if not any(map(is_number, first_cells)):
        return True
    if is_delimited and text.delimiter == ",":
        return text.first_line(start).lstrip().startswith('"')
    return first_cells == [str(k) for k in range(1, len(first_cells) + 1)]
