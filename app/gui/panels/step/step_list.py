"""List of the rows of a step, under headings."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.analysis.step_text.rows import StepRow, StepSection
from app.gui.panels.step.row_picture import MARGIN, RowPicture, RowStyle
from app.theming.theme import Theme
from app.utils.i18n import tr

HEADING_GAP = 6  # pixels above a heading
MARK_WIDTH = 3  # pixels of the bar beside the current row
Entry = StepRow | str  # a row, or a heading


class StepList(QListWidget):
    """The sections of a step; the arrow keys walk over the rows.

    ``step_requested(offset)`` is emitted by PgUp and PgDn. ``row_entered(row)`` is emitted with the row under the mouse
    or, when the mouse has left, the current row if the list has the focus; else with None. ``row_selected(row)`` is
    emitted when the user selects a row.
    """

    step_requested = pyqtSignal(int)
    row_entered = pyqtSignal(object)
    row_selected = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.axes = ("x", "y")
        self.entries: list[Entry] = []
        self.pictures: list[RowPicture | None] = []  # None for a heading
        self.setAccessibleName(tr("Computation of the step"))
        self.setItemDelegate(_EntryDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the rows are laid out for one width
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.entered.connect(lambda index: self.row_entered.emit(self._row_at(index.row())))
        self.currentRowChanged.connect(self._on_current_changed)

    def show_sections(self, sections: Sequence[StepSection], axes: tuple[str, str]) -> None:
        """Show other numbers; the current row stays the same quantity if it is still there."""
        current = self.current_row
        self.axes = axes
        self.entries = []
        for section in sections:
            self.entries += [section.title, *section.rows]
        self._lay_out()
        self.blockSignals(True)
        while self.count() > len(self.entries):
            self.takeItem(self.count() - 1)
        while self.count() < len(self.entries):
            self.addItem(QListWidgetItem())
        for number, entry in enumerate(self.entries):
            self._update_item(number, entry)
        self.select_like(current)
        self.blockSignals(False)

    def _update_item(self, number: int, entry: Entry) -> None:
        item = self.item(number)
        assert item is not None
        row = None if isinstance(entry, str) else entry
        text = entry if isinstance(entry, str) else entry.spoken_text()
        if item.text() != text:
            item.setText(text)
            item.setToolTip(row.line.code if row is not None and row.line is not None else "")
            item.setFlags(Qt.ItemFlag.NoItemFlags if row is None else SELECTABLE)

    def _lay_out(self) -> None:
        viewport = self.viewport()
        assert viewport is not None
        style = RowStyle(self.font(), self.theme, self.axes, self.devicePixelRatioF())
        heights = [picture and picture.height for picture in self.pictures]
        self.pictures = [
            None if isinstance(entry, str) else RowPicture(entry, style, viewport.width()) for entry in self.entries
        ]
        if heights != [picture and picture.height for picture in self.pictures]:
            self.scheduleDelayedItemsLayout()
        viewport.update()

    @property
    def current_row(self) -> StepRow | None:
        """The current row, None if there is none."""
        return self._row_at(self.currentRow())

    def _row_at(self, number: int) -> StepRow | None:
        entry = self.entries[number] if 0 <= number < len(self.entries) else None
        return None if isinstance(entry, str) else entry

    def select_like(self, row: StepRow | None) -> None:
        """Make the row current that shows the same quantity as another one."""
        wanted = None if row is None else _identity(row)
        numbers = [n for n in range(len(self.entries)) if (each := self._row_at(n)) and _identity(each) == wanted]
        if not numbers or self.currentRow() not in numbers:
            self.setCurrentRow(numbers[0] if numbers else -1)

    def select_key(self, key: str) -> None:
        """Make the first row with a key current and show it at the top."""
        for number in range(len(self.entries)):
            row = self._row_at(number)
            if row is not None and row.key == key:
                self.setCurrentRow(number)
                self.scrollToItem(self.item(max(number - 1, 0)), QAbstractItemView.ScrollHint.PositionAtTop)
                return

    def scroll_with(self, other: StepList) -> None:
        """Scroll as another list does while it has as many rows."""
        own_bar, other_bar = self.verticalScrollBar(), other.verticalScrollBar()
        assert own_bar is not None
        assert other_bar is not None
        other_bar.valueChanged.connect(
            lambda position: own_bar.setValue(position) if len(self.entries) == len(other.entries) else None
        )

    def _on_current_changed(self, number: int) -> None:
        row = self._row_at(number)
        self.row_entered.emit(row)
        self.row_selected.emit(row)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Request the previous or the next step on PgUp or PgDn."""
        offset = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key())) if event is not None else None
        if offset is not None and event is not None:
            self.step_requested.emit(offset)
            event.accept()
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Report that the mouse is over no row."""
        super().mouseMoveEvent(event)
        if event is not None and self._row_at(self.indexAt(event.pos()).row()) is None:
            self._report_no_hover()

    def leaveEvent(self, event: QEvent | None) -> None:
        """Report that the mouse has left."""
        super().leaveEvent(event)
        self._report_no_hover()

    def _report_no_hover(self) -> None:
        self.row_entered.emit(self.current_row if self.hasFocus() else None)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the rows out for the new width."""
        super().resizeEvent(event)
        if event is None or event.size().width() != event.oldSize().width():
            self._lay_out()

    def changeEvent(self, event: QEvent | None) -> None:
        """Lay the rows out for another font."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._lay_out()


SELECTABLE = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled


def _identity(row: StepRow) -> tuple[str, str, str]:
    return row.symbol, row.key, row.name if not row.symbol else ""


class _EntryDelegate(QStyledItemDelegate):
    """Draws the pictures of a list, and its headings."""

    def __init__(self, step_list: StepList) -> None:
        super().__init__(step_list)
        self.step_list = step_list

    def _heading_font(self) -> QFont:
        font = QFont(self.step_list.font())
        font.setBold(True)
        return font

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the size of a picture or a heading."""
        picture = self.step_list.pictures[index.row()]
        if picture is None:
            return QSize(40, self.step_list.fontMetrics().height() + HEADING_GAP + 2)
        return QSize(40, round(picture.height))

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw a picture or a heading."""
        assert painter is not None
        theme, rect = self.step_list.theme, option.rect
        picture = self.step_list.pictures[index.row()]
        if picture is None:
            painter.setFont(self._heading_font())
            painter.setPen(QColor(theme.muted_text))
            painter.drawText(rect.adjusted(MARGIN, HEADING_GAP, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data())
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.selected_background))
            mark = theme.accent if self.step_list.hasFocus() else theme.control_border
            painter.fillRect(QRect(rect.left(), rect.top(), MARK_WIDTH, rect.height()), QColor(mark))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.blend(theme.accent, 0.9, theme.input_background)))
        picture.paint(painter, rect.left(), rect.top())
