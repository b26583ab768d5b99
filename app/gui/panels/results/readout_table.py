"""Table of the current values of every run, in a font that can be read from three meters away."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QAbstractItemView

from app.analysis.results import run_results, value_columns
from app.gui.panels.results.run_table import RunTable
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr

PREFERRED_FONT_SIZE, MIN_FONT_SIZE, MAX_FONT_SIZE, HEADING_FONT_SIZE = 15, 10, 20, 9  # points
FALLBACK_FONT_SIZE = 7  # points, if the window is too narrow for MIN_FONT_SIZE
# A long name may be cut off to this width in order to keep the numbers large.
NAME_WIDTH_FRACTION = 0.24  # of the table, down to MIN_FONT_SIZE
MIN_NAME_WIDTH = 90  # pixels, at MIN_FONT_SIZE and below


class ReadoutTable(RunTable):
    """One row for each run; updated about ten times per second instead of in every frame."""

    cell_padding, row_spacing = 20, 5

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.setObjectName("results")
        self.setAccessibleName(tr("Values"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.column_header.setFont(self._font(HEADING_FONT_SIZE))
        self.refresh()

    def refresh(self) -> None:
        """Update the cells that have changed."""
        race = self.session.race
        self.show_rows(value_columns(race.surface), run_results(race))

    def row_height(self, metrics: QFontMetrics) -> int:
        """Return the height of a row in a font; fonts with much space between lines need no more."""
        return max(metrics.height(), min(metrics.height() + self.row_spacing, 2 * metrics.capHeight() + 1))

    def fit_columns(self) -> None:
        """Use the largest font that fits the width and the height; names get the remaining width and may be cut off."""
        row_height = self.rows_room() // max(self.runs.rowCount(), 1)
        sizes = range(MAX_FONT_SIZE, MIN_FONT_SIZE, -1)
        fitting_sizes = (size for size in sizes if self.row_height(self._metrics(size)) <= row_height)
        self.setFont(self._font(self._largest_fitting_size(next(fitting_sizes, MIN_FONT_SIZE))))
        super().fit_columns()

    def _font(self, size: int) -> QFont:
        font = QFont(self.font())
        font.setPointSize(size)
        return font

    def _metrics(self, size: int) -> QFontMetrics:
        return QFontMetrics(self._font(size))

    def _fits_width(self, size: int) -> bool:
        """Return whether numbers and names fit; the smaller the font, the more the names may be cut off."""
        metrics = self._metrics(size)
        width = self.columns_width(metrics)
        if size > PREFERRED_FONT_SIZE:
            name_limit = width
        elif size > MIN_FONT_SIZE:
            name_limit = int(NAME_WIDTH_FRACTION * width)
        else:
            name_limit = MIN_NAME_WIDTH
        name_width, *number_widths = self.needed_widths(metrics)
        return sum(number_widths) + min(name_width, name_limit) <= width

    def _largest_fitting_size(self, max_size: int) -> int:
        sizes = range(max_size, FALLBACK_FONT_SIZE, -1)
        return next((size for size in sizes if self._fits_width(size)), FALLBACK_FONT_SIZE)

    def height_within(self, limits: Sequence[int]) -> int:
        """Return the height of all rows in the largest font, up to the preferred one, with which they fit.

        The first of ``limits`` into which they fit in any font counts, and the last one only for the smallest font. If
        they do not even fit then, the height is that of as many whole rows as do.
        """
        largest = self._largest_fitting_size(PREFERRED_FONT_SIZE) if self.isVisible() else PREFERRED_FONT_SIZE
        sizes = [*range(largest, MIN_FONT_SIZE, -1), min(largest, MIN_FONT_SIZE)]
        heights = [self.height_of_rows(self._metrics(size)) for size in sizes]
        fitting = (height for limit in limits[:-1] for height in heights if height <= limit)
        return next(fitting, self.height_of_rows(self._metrics(sizes[-1]), limits[-1]))
