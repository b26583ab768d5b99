"""Text files as rows of cells: character encoding, comments, delimiter, quotation marks."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from surfaces.data_error import DataError
from surfaces.number_text import is_missing, read_cell

TWO_SPACES, WHITESPACE = "  ", " "
DELIMITERS = (";", "\t", ",", "|", TWO_SPACES, WHITESPACE)  # in order of preference
MAX_ROWS = 100_000
SAMPLE_LINES = 120  # lines that determine the delimiter
MAX_CELL_LINES = 20  # a quoted cell with more lines has lost its closing quotation mark
COMMENT = re.compile(r"\s*(?:#(?!N/?A\b|VALUE!|DIV/0!|REF!|NAME\?|NUM!|NULL!)|%|//|!|@)")
TRAILING_COMMENT = re.compile(r"(?<=[\d.])\s+#.*")
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?;*,*', re.IGNORECASE)  # Excel reads and writes it
LINE_BREAK = re.compile(r"\r\n|\r|\n")
OTHER_FORMATS = {  # first bytes of files that are no text
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "Excel or ZIP",
    b"\xd0\xcf\x11\xe0": "Excel",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PAR1": "Parquet",
    b"\x89HDF": "HDF5",
    b"SQLite format 3": "SQLite",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
}


@dataclass
class DelimitedText:
    """The rows of a text file that are neither empty nor comments.

    ``line_numbers`` are those of the lines in which the rows begin, counted from 1. ``comments`` maps line numbers to
    the text of comments.
    """

    lines: list[str]
    encoding: str
    delimiter: str = ","
    rows: list[list[str]] = field(default_factory=list)
    line_numbers: list[int] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)

    def first_line(self, row: int) -> str:
        """Return the line in which a row begins, as it is in the file."""
        return self.lines[self.line_numbers[row] - 1]

    def split(self, line: str) -> list[str]:
        """Return the cells of a single line."""
        return next(iter(split_lines([line], self.delimiter)), (0, [""]))[1]


def read_text(content: str | bytes) -> DelimitedText:
    """Return the rows of a text or of the bytes of a text file; DataError if it is not a text file."""
    text, encoding = decode(content)
    table = DelimitedText(LINE_BREAK.split(text.rstrip("\x1a\0")), encoding)
    lines = list(table.lines)
    declared = SEPARATOR_LINE.fullmatch(lines[0].strip(" "))
    if declared:
        lines[0] = ""
    _blank_comments(lines, table.comments)
    table.delimiter = declared[1] if declared else find_delimiter(lines)
    for line_number, cells in split_lines(lines, table.delimiter):
        if any(cells):
            if len(table.rows) > 2 * MAX_ROWS:  # there is no need to read the rest
                count = sum(map(bool, lines))
                raise DataError("a data file can have at most {most:,} rows, not {count:,}", most=MAX_ROWS, count=count)
            table.rows.append(cells)
            table.line_numbers.append(line_number)
    return table


def decode(content: str | bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff"), "text"
    for start, kind in OTHER_FORMATS.items():
        if content.startswith(start):
            raise DataError("it is not a text file (its format is {kind}); save the numbers as CSV", kind=kind)
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return content.decode("utf-32", "replace"), "UTF-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "UTF-16"
    if b"\0" in content:
        return _decode_utf_16(content), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        korean = content.decode("cp949")
        foreign = [character for character in korean if not character.isascii()]
        # mostly Hangul syllables
        if sum("\uac00" <= character <= "\ud7a3" for character in foreign) > 0.8 * len(foreign):
            return korean, "CP949"
    except UnicodeDecodeError:
        pass
    return content.decode("cp1252", "replace"), "Windows-1252"


def _decode_utf_16(content: bytes) -> str:
    """Return UTF-16 text without a byte order mark: every other byte of digits and Latin letters is zero."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if len(content) % 2 == 0 and max(even, odd) > 0.4 * len(content) / 2 and min(even, odd) == 0:
        return content.decode("utf-16-le" if odd else "utf-16-be", "replace")
    raise DataError("it is not a text file; it must contain two columns of numbers")


def _blank_comments(lines: list[str], comments: dict[int, str]) -> None:
    """Empty the lines that are comments, and cut comments after numbers; lines inside quoted cells are left alone."""
    inside_quotes = False
    for k, line in enumerate(lines):
        if not inside_quotes:
            if COMMENT.match(line):
                comments[k + 1] = line.strip()
                lines[k] = ""
                continue
            if "#" in line:
                lines[k] = line = TRAILING_COMMENT.sub("", line)
        if line.count('"') % 2:
            inside_quotes = not inside_quotes


def split_lines(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, without quotation marks, and the number of the line in which the row begins."""
    if delimiter in (TWO_SPACES, WHITESPACE):
        for line_number, line in enumerate(lines, 1):
            yield line_number, _split_at_spaces(line, delimiter)
        return
    last_line = 0
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            if reader.line_num - last_line > MAX_CELL_LINES:
                raise csv.Error
            yield last_line + 1, [_clean(cell) for cell in cells]
            last_line = reader.line_num
    except csv.Error:  # a quotation mark that is not closed, or a very long cell: take quotation marks literally
        for line_number, line in enumerate(lines[last_line:], last_line + 1):
            yield line_number, [_clean(cell.strip().strip('"')) for cell in line.split(delimiter)]


def _clean(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1].strip() if len(cell) > 1 and cell[0] == cell[-1] == "'" else cell


def _split_at_spaces(line: str, delimiter: str) -> list[str]:
    if '"' in line:
        return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line)]
    cells = re.split(r"\s{2,}|\t", line.strip()) if delimiter == TWO_SPACES else line.split()
    return list(map(_clean, cells)) if "'" in line else cells


def find_delimiter(lines: list[str]) -> str:
    """Return the delimiter that splits the most of the first lines into equally many cells with numbers."""
    sample = [line for line in lines if line.strip(' ;\t,|"')][:SAMPLE_LINES]
    return max(DELIMITERS, key=lambda delimiter: _score(sample, delimiter))


def _score(sample: list[str], delimiter: str) -> tuple[int, int, float, int]:
    """Rank a delimiter by the rows of equal width with two numbers, with one, and by the numbers among the cells."""
    rows = [cells for _, cells in split_lines(sample, delimiter) if any(cells)]
    counts = [sum(not is_missing(cell) and read_cell(cell) is not None for cell in cells) for cells in rows]
    width = common_width(rows, counts)
    regular = [(count, cells) for count, cells in zip(counts, rows, strict=True) if len(cells) == width > 1]
    total = sum(len(cells) for count, cells in regular if count) or 1
    return (
        sum(count > 1 for count, _ in regular),
        sum(count > 0 for count, _ in regular),
        sum(count for count, _ in regular) / total,
        len(regular),
    )


def common_width(rows: list[list[str]], counts: list[int]) -> int:
    """Return the most common number of cells of the rows with two numbers, else with one, else of all rows."""
    least = min(2, max(counts, default=0))
    widths = Counter(len(cells) for count, cells in zip(counts, rows, strict=True) if count >= least)
    return max(widths, key=lambda width: (widths[width], width), default=0)
