"""Table widget with one row per run, whose columns fit their contents."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.analysis.results import RunResult
from app.analysis.run_column import Column
from app.gui.panels.results.run_table_model import RunTableModel
from app.model.experiment import Experiment
from app.session.session import Session
from app.theming.theme import Theme

DIGITS_TO_ZERO = str.maketrans("123456789", "000000000")
UNLIMITED = 1 << 20  # pixels, for a height without a maximum
MIN_HEIGHT = 46  # pixels; that of one row and the headings of the values
ICON_WIDTH = 22  # pixels of a run marker
FIXED, STRETCH = QHeaderView.ResizeMode.Fixed, QHeaderView.ResizeMode.Stretch


class RunTable(QTableView):
    """Table of the runs of a session. While the runs stay the same, no column gets narrower: numbers do not move."""

    cell_padding: int  # pixels of a cell in addition to its text
    row_spacing: int  # pixels between two lines

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.runs = RunTableModel(theme, self)
        self.setModel(self.runs)
        self.experiment: Experiment | None = None  # that ``widest_texts`` belong to
        self.widest_texts: list[str] = []  # by column, with 0 for every digit
        self.fitted_size = QSize()
        self.scrolls_horizontally = False
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        row_header, column_header = self.verticalHeader(), self.horizontalHeader()
        assert row_header is not None
        assert column_header is not None
        self.row_header, self.column_header = row_header, column_header
        row_header.hide()
        row_header.setMinimumSectionSize(1)
        row_header.setSectionResizeMode(FIXED)
        column_header.setMinimumSectionSize(1)

    def show_rows(self, columns: Sequence[Column], rows: Sequence[RunResult]) -> bool:
        """Show one row for each run; return whether these are the same runs and columns as before."""
        race = self.session.race
        same_runs = self.runs.show_rows(columns, rows, race)
        edited = race.experiment is not self.experiment and not self.session.store.interaction_active
        if edited or not same_runs:
            self.widest_texts = [column.sample_text for column in columns]
        self.experiment = race.experiment
        width = self.fontMetrics().horizontalAdvance
        patterns = [[column.text(row).translate(DIGITS_TO_ZERO) for column in columns] for row in rows]
        widest_texts = [max(pair, key=width) for pair in zip(self.widest_texts, *patterns, strict=True)]
        if edited or not same_runs or widest_texts != self.widest_texts:
            self.widest_texts = widest_texts
            self.fit_columns()
        return same_runs

    def needed_widths(self, metrics: QFontMetrics) -> list[int]:
        """Return the width of each column for its widest text so far and its heading."""
        digit = max("0123456789", key=metrics.horizontalAdvance)
        widths = [metrics.horizontalAdvance(text.replace("0", digit)) + self.cell_padding for text in self.widest_texts]
        widths[0] += ICON_WIDTH
        return [max(width, self.column_header.sectionSizeHint(k)) for k, width in enumerate(widths)]

    def fit_columns(self) -> None:
        """Choose which columns share what the others leave.

        These are the number columns if they get enough, else the last text column or all of them, whose texts may be
        cut off. If even the headings do not fit, no column is stretched and the table scrolls.
        """
        columns, widths = self.runs.columns, self.needed_widths(self.fontMetrics())
        total_width = self.columns_width(self.fontMetrics())
        texts = [k for k, column in enumerate(columns) if column.is_text]
        numbers = [k for k in range(1, len(columns)) if k not in texts]
        least_widths = [
            self.column_header.sectionSizeHint(k) if k in texts else width for k, width in enumerate(widths)
        ]
        for stretched in (numbers, texts[-1:], texts, []):
            left_width = total_width - sum(width for k, width in enumerate(widths) if k not in stretched)
            if all(left_width >= least_widths[k] * len(stretched) for k in stretched):
                break
        self.fitted_size = self.size()
        self.scrolls_horizontally = not stretched and sum(widths) > total_width
        for k, width in enumerate(widths):
            self.column_header.setSectionResizeMode(k, STRETCH if k in stretched else FIXED)
            if k not in stretched:
                self.setColumnWidth(k, width)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Set the height of the rows; where not all fit, those that do fill the table, so that none is cut."""
        height, room = self.row_height(self.fontMetrics()), self.rows_room()
        fitting_rows = room // height
        headings_height = 0  # the least
        if 1 <= fitting_rows < self.runs.rowCount():
            height = room // fitting_rows
            headings_height = self.column_header.sizeHint().height() + room % fitting_rows
        self.row_header.setDefaultSectionSize(height)
        if self.column_header.minimumHeight() != headings_height:
            self.column_header.setMinimumHeight(headings_height)
            self.updateGeometries()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit the columns to the new size of the table, but not to what a scroll bar takes away from the viewport."""
        super().resizeEvent(event)
        if self.widest_texts and self.size() != self.fitted_size:
            self.fit_columns()

    def columns_width(self, metrics: QFontMetrics) -> int:
        """Return the width that the table has for its columns with rows in a font.

        It depends on the size of the table only, not on the scroll bars that are visible: these depend on the font and
        the columns, which would change without end.
        """
        width, scroll_bar = self.maximumViewportSize().width(), self.verticalScrollBar()
        rows_fit = self.runs.rowCount() * self.row_height(metrics) <= self.rows_room()
        return width - (0 if rows_fit or scroll_bar is None else scroll_bar.sizeHint().width())

    def row_height(self, metrics: QFontMetrics) -> int:
        """Return the height of a row in a font."""
        return metrics.height() + self.row_spacing

    def frame_height(self) -> int:
        """Return the height of the table without its rows."""
        margins, scroll_bar = self.contentsMargins(), self.horizontalScrollBar()
        height = self.column_header.sizeHint().height() + margins.top() + margins.bottom()
        if scroll_bar is not None and self.scrolls_horizontally:
            height += scroll_bar.sizeHint().height()
        return height

    def rows_room(self) -> int:
        """Return the height that the table has for its rows."""
        return self.height() - self.frame_height()

    def height_of_rows(self, metrics: QFontMetrics, maximum: int = UNLIMITED) -> int:
        """Return the height at which all rows in a font are visible, or as many whole rows as fit into a maximum."""
        row_height, frame_height = self.row_height(metrics), self.frame_height()
        fitting_rows = max((maximum - frame_height) // row_height, 1)
        return frame_height + min(max(self.runs.rowCount(), 1), fitting_rows) * row_height

    def sizeHint(self) -> QSize:
        """Return the height at which every run is visible."""
        return QSize(super().sizeHint().width(), self.height_of_rows(self.fontMetrics()))

    def minimumSizeHint(self) -> QSize:
        """Return the height of one row, whatever the font, which depends on the size of the table."""
        return QSize(super().minimumSizeHint().width(), MIN_HEIGHT)
