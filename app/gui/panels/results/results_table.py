"""Table widget of the results page: appearance of cells, headings, and columns, and keys."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from app.analysis.results import COLUMNS
from app.gui.widgets import icons
from app.gui.widgets.palette import create_palette
from app.theming.theme import Style, Theme
from app.utils.i18n import tr

CELL_PADDING = 11  # pixels of a cell in addition to its text
ROW_SPACING = 6  # pixels between two lines
ICON_WIDTH = 22  # pixels of a run marker
MIN_TEXT_WIDTH = 80  # pixels of a text column before the table scrolls
ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def alignment(column: int) -> Qt.AlignmentFlag:
    """Return the alignment of a column: texts left, numbers right."""
    left = column == 0 or COLUMNS[column].is_text
    return (Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter


def heading_with_arrow(column: int, arrow: str) -> str:
    """Return the heading of a column with an arrow in its shortest line, so that it needs little width."""
    lines = tr(COLUMNS[column].heading).split("\n")
    k = min(range(len(lines)), key=lambda line: len(lines[line]))
    left = bool(alignment(column) & Qt.AlignmentFlag.AlignLeft)
    lines[k] = (f"{lines[k]} {arrow}" if left else f"{arrow} {lines[k]}").strip()
    return "\n".join(lines)


class TextColorDelegate(QStyledItemDelegate):
    """Delegate that keeps the text color of a cell in the selected row."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        """Use the text color for highlighted text as well."""
        super().initStyleOption(option, index)
        if option is not None:
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, option.palette.brush(QPalette.ColorRole.Text))


class ResultsTable(QTableWidget):
    """Table of text cells whose columns fit their contents; ``copy_requested`` is emitted on Ctrl+C."""

    copy_requested = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, len(COLUMNS))
        self.theme = theme
        self.setAccessibleName(tr("Results table"))
        self.setMinimumHeight(60)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setItemDelegate(TextColorDelegate(self))
        self._set_colors()
        self._set_up_headers()
        self.min_column_widths: list[int] = []  # for the heading and a typical text
        for k in range(len(COLUMNS)):
            self._add_heading(k)
        self.update_headings()
        self.needed_widths = list(self.min_column_widths)

    def _set_colors(self) -> None:
        theme = self.theme
        self.setStyleSheet(
            "QTableWidget { outline: 0; } QTableWidget::item { padding: 0 1px; }"
            "QHeaderView::section { padding: 3px 4px; }"
            f"QTableWidget:focus {{ border-top: 1px solid {theme.accent}; }}"
        )
        colors = create_palette(theme)
        colors.setColor(QPalette.ColorRole.Highlight, QColor(theme.blend(theme.accent, 0.8, theme.input_background)))
        colors.setColor(QPalette.ColorRole.HighlightedText, QColor(theme.text))
        self.setPalette(colors)

    def _set_up_headers(self) -> None:
        row_header, column_header = self.verticalHeader(), self.horizontalHeader()
        assert row_header is not None
        assert column_header is not None
        self.column_header = column_header
        row_header.hide()
        row_header.setMinimumSectionSize(1)
        row_header.setDefaultSectionSize(self.fontMetrics().height() + ROW_SPACING)
        column_header.setSectionsClickable(True)
        column_header.setHighlightSections(False)
        column_header.setMinimumSectionSize(1)
        column_header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        column_header.setSortIndicator(0, ASCENDING)
        column_header.sortIndicatorChanged.connect(self.update_headings)

    def _add_heading(self, k: int) -> None:
        column, heading = COLUMNS[k], QTableWidgetItem()
        heading.setTextAlignment(alignment(k))
        heading.setToolTip(tr(column.tooltip or column.name.capitalize()))
        self.setHorizontalHeaderItem(k, heading)
        line_widths = map(self.column_header.fontMetrics().horizontalAdvance, heading_with_arrow(k, "▲").split("\n"))
        text_width = self.fontMetrics().horizontalAdvance(column.sample_text)
        self.min_column_widths.append(max(text_width, *line_widths) + CELL_PADDING)

    def set_cell(self, row: int, column: int, text: str, style: Style | None = None) -> bool:
        """Set the text of a cell, with a run marker if ``style`` is given; return whether the text has changed."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(alignment(column))
            self.setItem(row, column, item)
        if style is not None and item.data(Qt.ItemDataRole.UserRole) != style:
            item.setData(Qt.ItemDataRole.UserRole, style)
            item.setIcon(icons.run_icon(style, self.theme))
        if item.text() == text:
            return False
        item.setText(text)
        item.setToolTip(text if COLUMNS[column].is_text else "")
        return True

    def set_text_color(self, row: int, column: int, color: str) -> None:
        """Set the text color of a cell."""
        item = self.item(row, column)
        assert item is not None
        if item.foreground().color() != QColor(color):
            item.setForeground(QColor(color))

    def update_headings(self) -> None:
        """Set the column headings, with an arrow in the one that the rows are sorted by."""
        column, descending = self.sort_state
        for k in range(len(COLUMNS)):
            heading = self.horizontalHeaderItem(k)
            assert heading is not None
            heading.setText(heading_with_arrow(k, "" if k != column else "▼" if descending else "▲"))

    @property
    def sort_state(self) -> tuple[int, bool]:
        """The column that the rows are sorted by, and whether in descending order."""
        return self.column_header.sortIndicatorSection(), self.column_header.sortIndicatorOrder() == DESCENDING

    def sort_by(self, column: int) -> None:
        """Sort by a column like a click on its heading."""
        self.column_header.setSortIndicator(column, DESCENDING if self.sort_state == (column, False) else ASCENDING)

    def measure_columns(self, reset: bool) -> None:
        """Measure the needed column widths; number columns never get narrower unless ``reset`` is true."""
        advance = self.fontMetrics().horizontalAdvance
        for k, column in enumerate(COLUMNS):
            items = (self.item(row, k) for row in range(self.rowCount()))
            widest = max((advance(item.text()) for item in items if item is not None), default=0) + CELL_PADDING
            if k == 0:
                widest += ICON_WIDTH
            minimum = 0 if reset or column.is_text else self.needed_widths[k]
            self.needed_widths[k] = max(self.min_column_widths[k], widest, minimum)
        self.resize_columns()

    def resize_columns(self) -> None:
        """Set the column widths; spare width is shared, missing width is taken from the text columns."""
        viewport = self.viewport()
        assert viewport is not None
        widths, spare = list(self.needed_widths), viewport.width() - sum(self.needed_widths)
        for k in (k for k in reversed(range(len(COLUMNS))) if COLUMNS[k].is_text):
            reduction = min(max(-spare, 0), max(widths[k] - MIN_TEXT_WIDTH, 0))
            widths[k] -= reduction
            spare += reduction
        widths[1:] = (width + max(spare, 0) // (len(widths) - 1) for width in widths[1:])
        for k, width in enumerate(widths):
            if self.columnWidth(k) != width:
                self.setColumnWidth(k, width)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self.resize_columns()

    def event(self, event: QEvent | None) -> bool:
        """Claim Ctrl+C, and leave Space to playback."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
            if event.key() == Qt.Key.Key_Space:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Emit ``copy_requested`` on Ctrl+C."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        else:
            super().keyPressEvent(event)
