"""Typesets the lines of an explained step with their numbers: mathtext that contains only numbers and operations.

Matplotlib takes several milliseconds for such a line, and the numbers change with every step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.gui.panels.step.math_boxes import Box, fenced_box, fraction_box, raised_box, root_box, row_box, text_box

TOKEN = re.compile(r"\\left\\?.|\\right\\?.|\\[A-Za-z]+|\\.| [-+] |[{}^,]|[\d.]+|[A-Za-z]+|\S")
SIGNS = {
    r"\cdot": " · ",
    r"\,": " ",
    r"\max": "max",
    r"\min": "min",
    r"\infty": "∞",
    " - ": " − ",
    "-": "−",
    ",": ", ",
}
SMALL, SMALLEST = 0.72, 9.0  # size of an exponent or of a fraction in a fraction, relative and in pixels
BREAKS = (" + ", " − ", " = ")  # signs before which a line may be broken


def formula_boxes(tex: str, size: float) -> list[Box]:
    """Return a line of mathtext as boxes, none of which can be broken.

    Parameters
    ----------
    tex : str
        Numbers, sums, products, powers, fractions, roots, and functions in parentheses, as in ``Line.substituted_x``.
    size : float
        Of the font, in pixels.
    """
    return _Parser(TOKEN.findall(tex), size).terms()


def wrapped_rows(boxes: Sequence[Box], width: float) -> list[list[Box]]:
    """Return the boxes in rows that are not wider than ``width``, unless a single box is."""
    rows: list[list[Box]] = [[]]
    used = 0.0
    for box in boxes:
        if rows[-1] and used + box.width > width:
            rows.append([])
            used = 0.0
        rows[-1].append(box)
        used += box.width
    return rows


class _Parser:
    """Reads tokens from the left; ``position`` is the index of the next one."""

    def __init__(self, tokens: Sequence[str], size: float) -> None:
        self.tokens, self.size, self.position = tokens, size, 0

    def terms(self) -> list[Box]:
        """Return the terms of the whole line; a sign is in one box with what follows it."""
        terms: list[list[Box]] = [[]]
        while self.position < len(self.tokens):
            if SIGNS.get(self._peek(), self._peek()) in BREAKS:
                terms.append([])
            self._append_atom(terms[-1], self.size)
        return [row_box(term) for term in terms if term]

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self.position += 1
        return token

    def _row(self, size: float, *ends: str) -> Box:
        """Return what comes before one of the tokens ``ends``, and skip that."""
        boxes: list[Box] = []
        while self._peek() and not self._peek().startswith(ends):
            self._append_atom(boxes, size)
        self.position += 1
        return row_box(boxes)

    def _group(self, size: float) -> Box:
        self.position += 1  # the brace
        return self._row(size, "}")

    def _append_atom(self, boxes: list[Box], size: float) -> None:
        token = self._next()
        if token == "^":
            boxes.append(raised_box(self._group(max(SMALL * size, SMALLEST)), boxes[-1] if boxes else Box(), size))
        elif token == r"\dfrac":
            boxes.append(fraction_box(self._group(size), self._group(size), size))
        elif token == r"\frac":
            small = max(SMALL * size, SMALLEST)
            boxes.append(fraction_box(self._group(small), self._group(small), size))
        elif token == r"\sqrt":
            boxes.append(root_box(self._group(size), size))
        elif token == "{":
            boxes.append(self._row(size, "}"))
        elif token.startswith(r"\left"):
            content = self._row(size, r"\right")
            boxes.append(fenced_box(token[-1], content, self.tokens[self.position - 1][-1], size))
        elif token != r"\mathrm":
            boxes.append(text_box(SIGNS.get(token, token), size))
