"""Structure of a table of data: header, columns of numbers, row numbers, and rows that are not data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from surfaces.data_error import DataError
from surfaces.delimited_text import MAX_ROWS, TWO_SPACES, WHITESPACE, DelimitedText, common_width, read_text
from surfaces.number_text import evidence, is_missing, is_number, read_cell
from surfaces.table_header import SAMPLE_ROWS, find_header, is_text, names_columns

ABSENT = "\0"  # a cell that a short row does not have
MAX_FOOTER_ROWS = 10
FOOTER = re.compile(  # in English, German and Korean: total, mean, source, note
    r"(grand )?(sub)?totals?|sum|mean|average|avg\.?|median|std\.?|count|gesamt|summe|mittelwert|"
    r"\ud569\uacc4|\ucd1d\uacc4|\uacc4|\ud3c9\uade0|"
    r"(source|sources|note|notes|quelle|data from|last updated|footnote|copyright|\ucd9c\ucc98|\uc8fc)\b.*|\*.*",
    re.IGNORECASE | re.DOTALL,
)
UNNAMED = frozenset(("", "rownames", "row.names", "row names", "rowname", "unnamed: 0"))
COUNTER_NAMES = frozenset(
    (
        *(
            "no",
            "no.",
            "nr",
            "nr.",
            "num",
            "number",
            "#",
            "n°",
            "nº",
            "\ubc88\ud638",  # number in Korean
            "\uc21c\ubc88",
            "\u5e8f\u53f7",  # and in Chinese
            "seq",
            "sequence",
            "serial",
        ),
        *("s.no", "s.no.", "sno", "s no", "sl.no", "sl no", "sr.no", "sr no", "serial no", "serial number"),
        *("row", "rownum", "row_number", "row number", "observation number", "case number"),
        *("subject", "patient", "participant", "person", "student", "sample", "respondent"),
    )
)
IDENTIFIER_NAME = re.compile(r"id|ids|idx|index|obs\.?|observation|case|record|uid|key|.*[_ .]id")
INNER_ID = re.compile(r".*[a-z]I[dD]")  # customerId


@dataclass
class DataTable:
    """Rows of cells with the same number of columns, of which some hold numbers.

    ``columns`` counts the columns, ``names`` are their names, "" where the file has none. ``header_lines`` are the
    lines of the header and ``skipped_lines`` those before and after the data that are not data. ``numeric`` and
    ``row_numbers`` are the indices of the columns of numbers and of those that only number or identify the rows.
    ``facts`` is the evidence on decimal marks.
    """

    text: DelimitedText
    rows: list[list[str]]
    line_numbers: list[int]
    columns: int
    names: list[str]
    header_lines: list[int]
    skipped_lines: list[int]
    numeric: list[int]
    row_numbers: list[int]
    facts: frozenset[str]
    cached_cells: dict[int, list[str]] = field(default_factory=dict, repr=False)

    def cells(self, column: int) -> list[str]:
        """Return the cells of a column; a row that is too short has an empty cell that counts as no number."""
        if column not in self.cached_cells:
            self.cached_cells[column] = [row[column] if column < len(row) else ABSENT for row in self.rows]
        return self.cached_cells[column]

    def is_regular(self, row: list[str]) -> bool:
        """Return whether a row has as many cells as the table has columns, or fewer where that is unambiguous."""
        if self.text.delimiter in (TWO_SPACES, WHITESPACE):
            return len(row) == self.columns
        return len(row) <= self.columns or not any(row[self.columns :])


def read_data_table(content: str | bytes) -> DataTable:
    """Return the table in a text or in the bytes of a text file; DataError if there is none."""
    text = read_text(content)
    if not text.rows:
        raise DataError("a data file needs at least two rows of numbers, not {count}", count=0)
    first, columns, numeric = _find_numbers(text)
    header, start, names = find_header(text, first, columns, numeric)
    end = _find_footer(text, start, columns, numeric)
    rows, line_numbers = text.rows[start:end], text.line_numbers[start:end]
    if len(rows) > MAX_ROWS:
        raise DataError("a data file can have at most {most:,} rows, not {count:,}", most=MAX_ROWS, count=len(rows))
    header_lines = [text.line_numbers[k] for k in header]
    skipped = [line for line in text.line_numbers[:start] if line not in header_lines] + text.line_numbers[end:]
    table = DataTable(
        text,
        rows,
        line_numbers,
        columns,
        names[:columns],
        header_lines,
        skipped,
        [j for j in numeric if j < columns],
        [],
        _find_facts(rows, numeric),
    )
    table.row_numbers = [j for j in table.numeric if _numbers_rows(table, j)]
    return table


def _spread(rows: list[list[str]]) -> list[list[str]]:
    """Return at most about ``SAMPLE_ROWS`` rows, evenly spread."""
    return rows[:: max(1, len(rows) // SAMPLE_ROWS)]


def _find_numbers(text: DelimitedText) -> tuple[int, int, list[int]]:
    """Return the index of the first row of numbers, the number of columns and the columns of numbers."""
    leading = text.rows[:SAMPLE_ROWS]
    counts = [sum(map(is_number, row)) for row in leading]
    width = common_width(leading, counts)
    least = min(2, max(counts))
    first = next(k for k, row in enumerate(leading) if counts[k] >= least and (len(row) == width or not least))
    if first == 0 and (not least or names_columns(text)):
        first = 1
    sample = [row for row in _spread(text.rows[first:]) if len(row) == width]
    while width > 1 and sample and not any(row[width - 1] for row in sample):
        width -= 1  # an empty column at the end
    numeric = []
    for j in range(width):
        cells = [row[j] for row in sample if not is_missing(row[j])]
        if 2 * sum(map(is_number, cells)) >= max(len(cells), 1):
            numeric.append(j)
    if len(numeric) < 2 and width == 2:
        numeric = [0, 1]  # so that the error names the rows
    if first == 0 and 2 * sum(is_number(leading[0][j]) for j in numeric) < len(numeric) and len(leading) > 1:
        first = 1  # fewer numbers than text: a header, or the sizes of the table as scikit-learn writes them
    return first, width, numeric


def _find_footer(text: DelimitedText, start: int, columns: int, numeric: list[int]) -> int:
    """Return the index after the last row of data: a total, sources or other texts may follow."""
    end = len(text.rows)
    while end - start > 1 and len(text.rows) - end < MAX_FOOTER_ROWS:
        row = text.rows[end - 1]
        label = next((cell for cell in row if cell and not is_number(cell)), "")
        if FOOTER.fullmatch(label.rstrip(":. ")):
            is_footer = sum(label in other for other in text.rows[start:]) == 1  # otherwise it is a kind of row
        else:
            is_footer = columns > 1 and bool(label) and sum(map(bool, row)) == 1 and is_text(row, numeric)
            is_footer = is_footer and (len(row) == 1 or " " in label)
        if not is_footer:
            break
        end -= 1
    return end


def _find_facts(rows: list[list[str]], numeric: list[int]) -> frozenset[str]:
    """Return what the numbers of all columns show about decimal marks and thousands separators."""
    found = set()
    for row in _spread(rows):
        for j in numeric:
            if j < len(row) and not row[j].isdecimal() and (cell := read_cell(row[j])):
                found.add(cell._replace(body="", symbol=""))
    return evidence(found)


def _numbers_rows(table: DataTable, column: int) -> bool:
    """Return whether a column only numbers or identifies the rows, by its name and its values."""
    name = table.names[column].strip()
    folded = name.casefold()
    if column == 0 and folded in UNNAMED:
        cells = table.cells(column)
        return _is_counting(cells) or ((bool(folded) or any(table.names)) and len(set(cells)) == len(cells))
    if (
        name == "X" and column == 0 and "Y" not in table.names
    ) or folded in COUNTER_NAMES:  # R reads an empty name as X
        return _is_counting(table.cells(column))
    is_identifier = IDENTIFIER_NAME.fullmatch(folded) or INNER_ID.fullmatch(name)
    return bool(is_identifier) and _are_distinct_integers(table.cells(column))


def _is_counting(cells: list[str]) -> bool:
    return cells[:1] in (["0"], ["1"]) and cells == [str(k) for k in range(int(cells[0]), int(cells[0]) + len(cells))]


def _are_distinct_integers(cells: list[str]) -> bool:
    return len(set(cells)) == len(cells) and all(cell.isascii() and cell.isdecimal() for cell in cells)
