"""Columns of a table with one row per run: how a value is computed, formatted, and sorted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.utils.i18n import tr

MISSING = "–"


@dataclass(frozen=True)
class Column:
    """A column of a table of runs.

    ``get_value`` is called with the row of a run, for example a ``RunResult``. ``name`` is the full name, ``heading``
    the one in the window. ``sample_text`` is a text of usual length that determines the initial width. A column that
    ``shows_divergence`` shows the step at which a run diverged in place of the value.
    """

    name: str
    heading: str
    get_value: Callable[[Any], Any]
    format_value: Callable[[Any], str]
    tooltip: str = ""
    sample_text: str = ""
    shows_divergence: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the values are texts, not numbers."""
        return self.format_value is str

    def text(self, row: Any) -> str:
        """Return the text of a cell."""
        if self.shows_divergence and row.diverged_at is not None:
            return tr("diverged at {diverged_at:,}", diverged_at=row.diverged_at)
        value = self.get_value(row)
        return MISSING if is_missing(value) else self.format_value(value)

    def sort_key(self, row: Any) -> Any:
        """Return what to compare when sorting, None for a missing value; numbers in texts are compared as numbers."""
        value = self.get_value(row)
        if is_missing(value):
            return None
        return _natural_sort_key(value) if self.is_text else value


def is_missing(value: Any) -> bool:
    """Return whether a value is None, an empty text or not a finite number."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def _natural_sort_key(text: str) -> list[Any]:
    """Split a text into words (even indices) and numbers (odd indices)."""
    tokens = re.split(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)", text.casefold())
    return [float(token) if k % 2 else token for k, token in enumerate(tokens)]
