"""Numbers as they are written in data files: decimal marks, thousands separators, signs, units of money, exponents.

A comma or a point in "1,234" or "1.234" can be either mark. The cells of a column decide together: "999,92" shows that
the comma is the decimal mark, "1,234.5" that it separates thousands. What nothing in the file decides is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

MISSING_WORDS = frozenset(
    (
        *("", "na", "n/a", "n.a.", "n.a", "<na>", "nan", "-nan", "+nan", "null", "<null>", "none", "nil", "missing"),
        *("#n/a", "#na", "#n/a!", "#value!", "#div/0!", "#ref!", "#num!", "#null!", "#name?", "1.#qnan", "-1.#ind"),
        *("-", "--", "---", "–", "—", "−", "?", "??", ".", "..", "…", "*", "**", "***", "\\n"),
    )
)
MAX_NUMBER_LENGTH = 100  # characters
MINUS_SIGNS = "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"  # minus, hyphens, en dash, small and full-width hyphen-minus
SPACES = "\u00a0\u2007\u2009\u202f"  # no-break, figure, thin and narrow no-break space
CURRENCIES = ("$", "€", "£", "¥", "₩", "₹", "USD", "EUR", "GBP")
TRANSLATION = str.maketrans({**dict.fromkeys(MINUS_SIGNS, "-"), **dict.fromkeys(SPACES, " "), "’": "'"})
_CURRENCY = "|".join(map(re.escape, CURRENCIES))
SYMBOLS = re.compile(rf"([+-]?)\s*({_CURRENCY})?\s*([+-]?)(.*?)\s*({_CURRENCY}|%)?", re.DOTALL)
GROUPED = re.compile(r"(\d{1,3}(?P<mark>[ '])\d{3}(?:(?P=mark)\d{3})*)((?:[.,]\d+)?)", re.ASCII)
FORTRAN = re.compile(r"([+-]?(?:\d+[.,]\d*|[.,]\d+))(?:[dD]([+-]?\d{1,3})|([+-]\d{3}))", re.ASCII)
PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)
HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
THREE_DIGITS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1,234: thousands or three decimals
THOUSANDS = {  # two or more separators; the Indian form has groups of two digits
    ",": re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}|[+-]?\d{1,2}(?:,\d{2})+,\d{3}"),
    ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}"),
}
BOTH_MARKS = {  # the decimal mark and a number with thousands separators in front of it
    ".": re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})\.\d*"),
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d*"),
}


class Cell(NamedTuple):
    """A number as text: ``body`` without symbols, ``kind`` as returned by ``mark_kind``, and its sign of unit."""

    body: str
    kind: str
    symbol: str


def is_missing(cell: str) -> bool:
    """Return whether a cell stands for a missing value."""
    return cell in MISSING_WORDS or cell.lower() in MISSING_WORDS


def read_cell(cell: str) -> Cell | None:
    """Return the parts of a cell that is a finite number in some notation, otherwise None."""
    if len(cell) > MAX_NUMBER_LENGTH:
        return None
    if PLAIN.fullmatch(cell):
        return Cell(cell, _plain_kind(cell), "")
    text = cell.translate(TRANSLATION)
    match = SYMBOLS.fullmatch(text)
    if match is None or (match[1] and match[3]) or (match[2] and match[5]):
        return None
    body = match[4]
    if HEXADECIMAL.fullmatch(body):
        body = str(int(body, 16))
    elif grouped := GROUPED.fullmatch(body):
        body = re.sub("[ ']", "", grouped[1]) + grouped[3]
    elif fortran := FORTRAN.fullmatch(body):
        body = f"{fortran[1]}e{fortran[2] or fortran[3]}"
    body = match[1] + match[3] + body
    kind = mark_kind(body)
    return Cell(body, kind, match[2] or match[5] or "") if kind else None


def is_number(cell: str) -> bool:
    """Return whether a cell is a finite number in some notation."""
    return not is_missing(cell) and read_cell(cell) is not None


def mark_kind(body: str) -> str:
    """Return what a number shows of its marks: empty if it is none.

    "integer"; ".?" or ",?" for a mark that can be either; ".d" or ",d" for a decimal mark; ".t" or ",t" for thousands
    separators; "both." or "both," for both marks, the second being the decimal mark.
    """
    if body.count(",") + body.count(".") <= 1:
        return _plain_kind(body) if PLAIN.fullmatch(body) else ""
    for mark, pattern in THOUSANDS.items():
        if pattern.fullmatch(body):
            return mark + "t"
    return next(("both" + mark for mark, pattern in BOTH_MARKS.items() if pattern.fullmatch(body)), "")


def _plain_kind(body: str) -> str:
    mark = "," if "," in body else "." if "." in body else ""
    if not mark:
        return "integer"
    return mark + ("?" if body[-4:-3] == mark and THREE_DIGITS.fullmatch(body) else "d")


class Marks(NamedTuple):
    """The decimal mark and the thousands separator of a column, each "", "." or ","."""

    decimal: str
    thousands: str

    def to_float(self, body: str) -> float:
        """Return the value of the body of a cell."""
        if self.thousands:
            body = body.replace(self.thousands, "")
        return float(body.replace(",", ".") if self.decimal == "," else body)


def evidence(cells: Iterable[Cell]) -> frozenset[str]:
    """Return what cells show: "decimal," if one has a decimal comma, "thousands." and so on."""
    meaning = {
        ".d": ("decimal.",),
        ",d": ("decimal,",),
        ".t": ("thousands.",),
        ",t": ("thousands,",),
        "both.": ("decimal.", "thousands,"),
        "both,": ("decimal,", "thousands."),
    }
    return frozenset(fact for kind in {cell.kind for cell in cells} for fact in meaning.get(kind, ()))


def choose_marks(cells: list[Cell], elsewhere: frozenset[str], delimiter: str) -> Marks | None:
    """Return the marks of a column of numbers, or None if nothing decides what a mark means.

    ``elsewhere`` is the evidence of the other columns of the file. A column whose own cells contradict each other has
    no marks either.
    """
    facts, kinds = evidence(cells), {cell.kind for cell in cells}
    comma, point = _meanings(facts)
    if len(comma) > 1 or len(point) > 1 or (comma == point == {"decimal"}):
        return None
    if ",?" in kinds and not comma:
        found = _ambiguous_comma(cells, facts, elsewhere, delimiter)
        if not found:
            return None
        comma = {found}
    if ".?" in kinds and not point:
        found = "thousands" if comma == {"decimal"} else _ambiguous_point(cells, elsewhere, delimiter)
        if not found:
            return None
        point = {found}
    if comma == point == {"decimal"} or comma == point == {"thousands"}:
        return None
    decimal = "," if comma == {"decimal"} else "."
    if kinds & {",?", ",t", "both."} and decimal == ".":
        return Marks(decimal, ",")
    return Marks(decimal, "." if kinds & {".?", ".t", "both,"} and point == {"thousands"} else "")


def _meanings(facts: frozenset[str]) -> tuple[set[str], set[str]]:
    """Return what the comma and what the point stand for; if one is the decimal mark the other separates thousands."""
    comma = {fact[:-1] for fact in facts if fact[-1] == ","}
    point = {fact[:-1] for fact in facts if fact[-1] == "."}
    if not comma and point == {"decimal"}:
        comma = {"thousands"}
    elif not point and comma == {"decimal"}:
        point = {"thousands"}
    elif not comma and point == {"thousands"}:
        comma = {"decimal"}
    elif not point and comma == {"thousands"}:
        point = {"decimal"}
    return comma, point


def _ambiguous_comma(cells: list[Cell], facts: frozenset[str], elsewhere: frozenset[str], delimiter: str) -> str:
    """Return the meaning of commas that are all followed by three digits; empty if nothing decides it."""
    has_large, has_small = _integers_beside(cells)
    if ".?" in {cell.kind for cell in cells} and not facts:
        return ""  # 1,234 beside 1.234
    comma, _ = _meanings(elsewhere)
    if len(comma) == 1:
        found = comma.pop()
    elif delimiter == ",":
        found = "thousands"  # where a comma separates the columns, it is not the decimal mark
    elif delimiter == ";":
        found = "" if has_small else "decimal"  # a semicolon separates the columns because the comma is taken
    else:
        found = "thousands" if has_small else ""
    return "" if found == "thousands" and has_large else found


def _ambiguous_point(cells: list[Cell], elsewhere: frozenset[str], delimiter: str) -> str:
    """Return the meaning of points that are all followed by three digits; empty if nothing decides it."""
    has_large, has_small = _integers_beside(cells)
    _, point = _meanings(elsewhere)
    if len(point) == 1:
        found = point.pop()
        if found == "thousands" and (has_large or not has_small):
            return ""  # 52.123 beside a column with decimal commas can be a decimal number after all
        return found
    return "" if delimiter == ";" and has_small and not has_large else "decimal"


def _integers_beside(cells: list[Cell]) -> tuple[bool, bool]:
    """Return whether there are integers of at least 1,000 and of less than 1,000, both without a separator."""
    lengths = [len(cell.body.lstrip("+-")) for cell in cells if cell.kind == "integer" and "e" not in cell.body.lower()]
    return any(length > 3 for length in lengths), any(length <= 3 for length in lengths)
