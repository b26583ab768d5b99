"""Messages about a formula: the error if it cannot be read or used, and notes on how it was understood."""

from __future__ import annotations

from typing import NamedTuple

from surfaces.data_error import DataError


class FormulaError(DataError):
    """Error about a part of a formula, with a message of one sentence.

    ``start`` and ``end`` are the characters that the message refers to: ``text[start:end]``, which is empty at the end
    of the text if something is missing there.
    """

    def __init__(self, template: str, start: int, end: int, **values: object) -> None:
        super().__init__(template, **values)
        self.start, self.end = start, end


class Note(NamedTuple):
    """A remark on how a part of the formula was understood."""

    template: str
    start: int
    end: int
