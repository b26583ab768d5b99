"""Table widget of the results page: sorting, colors, and keys."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QKeySequence, QPalette
from PyQt6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.panels.results.run_table import RunTable
from app.gui.panels.results.run_table_model import RunSortProxy
from app.gui.widgets.palette import create_palette
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
SELECT_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class TextColorDelegate(QStyledItemDelegate):
    """Delegate that keeps the text color of a cell in the selected row."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        """Use the text color for highlighted text as well."""
        super().initStyleOption(option, index)
        if option is not None:
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, option.palette.brush(QPalette.ColorRole.Text))


class ResultsTable(RunTable):
    """Table that is sorted by a click on a heading; ``copy_requested`` is emitted on Ctrl+C."""

    copy_requested = pyqtSignal()
    cell_padding, row_spacing = 11, 6

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.sorted_runs = RunSortProxy(self.runs, self)
        self.setModel(self.sorted_runs)
        self.setAccessibleName(tr("Results table"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(TextColorDelegate(self))
        self._set_colors()
        self.column_header.setSectionsClickable(True)
        self.column_header.setHighlightSections(False)
        self.column_header.sortIndicatorChanged.connect(self.sortByColumn)
        self.column_header.setSortIndicator(0, ASCENDING)
        self.column_header.sortIndicatorChanged.connect(self.fit_columns)  # for the arrow in the heading

    def minimumSizeHint(self) -> QSize:
        """Return the height of one row with the headings."""
        return QSize(super().minimumSizeHint().width(), self.height_of_rows(self.fontMetrics(), 0))

    def _set_colors(self) -> None:
        theme = self.theme
        self.setStyleSheet(
            "QTableView { outline: 0; } QTableView::item { padding: 0 1px; }QHeaderView::section { padding: 3px 4px; }"
        )
        colors = create_palette(theme)
        colors.setColor(QPalette.ColorRole.Highlight, QColor(theme.blend(theme.accent, 0.8, theme.input_background)))
        colors.setColor(QPalette.ColorRole.HighlightedText, QColor(theme.text))
        self.setPalette(colors)

    @property
    def sort_state(self) -> tuple[int, bool]:
        """The column that the rows are sorted by, and whether in descending order."""
        return self.sorted_runs.sortColumn(), self.sorted_runs.sortOrder() == DESCENDING

    def sort_by(self, column: int) -> None:
        """Sort by a column like a click on its heading."""
        self.column_header.setSortIndicator(column, DESCENDING if self.sort_state == (column, False) else ASCENDING)

    @property
    def selected_slot(self) -> int | None:
        """The slot of the run in the selected row."""
        selection = self.selectionModel()
        rows = selection.selectedRows() if selection is not None else []
        return self.runs.slots[self.sorted_runs.mapToSource(rows[0]).row()] if rows else None

    def select_slot(self, slot: int | None) -> None:
        """Select the row of the run in a slot, if there is one."""
        selection = self.selectionModel()
        assert selection is not None
        if slot in self.runs.slots:
            source = self.runs.index(self.runs.slots.index(slot), max(self.currentIndex().column(), 0))
            selection.setCurrentIndex(self.sorted_runs.mapFromSource(source), SELECT_ROW)
        else:
            selection.clear()

    def selectionCommand(self, index: QModelIndex, event: QEvent | None = None) -> QItemSelectionModel.SelectionFlag:
        """Select the row of a cell; neither a click below the rows nor Ctrl clears the selection."""
        return SELECT_ROW if index.isValid() else QItemSelectionModel.SelectionFlag.NoUpdate

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
