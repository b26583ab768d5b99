"""The rows of a picker: a model of headings and entries, and what paints them. No widget for each row."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.widgets import icons
from app.model.catalog import CatalogEntry, sections
from app.theming.theme import Theme
from app.utils.i18n import tr

STAR_WIDTH = 30  # pixels at a row's right end
INDENT = 10


class PickerModel(QAbstractListModel):
    """A row is an Entry, or a str: a heading. Favourites marked while the list is open stand on top the next time."""

    def __init__(self, entries: list[CatalogEntry]) -> None:
        super().__init__()
        self.entries = entries
        self.favorite_ids: list[str] = []
        self.rows: list[CatalogEntry | str] = []

    def search(self, text: str, pinned_ids: Iterable[str]) -> None:
        """Show what meets the text, and these on top where there is none."""
        self.beginResetModel()
        self.rows = [
            row for heading, entries in sections(self.entries, pinned_ids, text) for row in (heading, *entries)
        ]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self.rows)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if isinstance(row, str):
            return tr(row) if role == Qt.ItemDataRole.DisplayRole else None
        is_favorite = row.id in self.favorite_ids
        return {
            Qt.ItemDataRole.DisplayRole: row.name,
            Qt.ItemDataRole.ToolTipRole: f"<p>{tr(row.summary)}</p><p>{row.source}</p>",
            Qt.ItemDataRole.AccessibleTextRole: tr("{name}, favourite", name=row.name) if is_favorite else row.name,
            Qt.ItemDataRole.AccessibleDescriptionRole: tr(row.summary),
            Qt.ItemDataRole.CheckStateRole: None,
        }.get(Qt.ItemDataRole(role))

    def toggle_favorite(self, entry_id: str) -> None:
        """Make an entry a favourite, or no longer."""
        if entry_id in self.favorite_ids:
            self.favorite_ids.remove(entry_id)
        else:
            self.favorite_ids.append(entry_id)
        self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


def star_rect(row: QRect) -> QRect:
    """The part of a row that a click on marks a favourite."""
    return QRect(row.right() - STAR_WIDTH, row.top(), STAR_WIDTH, row.height())


class PickerDelegate(QStyledItemDelegate):
    """A heading in small letters; an entry with its name, below it a line of description, and its star."""

    def __init__(self, font: QFont, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.name_font, self.summary_font, self.heading_font = QFont(font), QFont(font), QFont(font)
        self.summary_font.setPointSizeF(font.pointSizeF() * 0.9)
        self.heading_font.setPointSizeF(font.pointSizeF() * 0.9)
        self.heading_font.setBold(True)
        self.line_heights = QFontMetrics(self.name_font).height(), QFontMetrics(self.summary_font).height()
        self.selection_color = QColor(theme.selected_background)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        name_height, summary_height = self.line_heights
        return QSize(
            100,
            summary_height + 14
            if isinstance(index.data(Qt.ItemDataRole.UserRole), str)
            else name_height + summary_height + 10,
        )

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row, rect = index.data(Qt.ItemDataRole.UserRole), option.rect
        assert painter is not None
        painter.save()
        if isinstance(row, str):
            self._draw_text(
                painter, self.heading_font, self.theme.muted_text, rect.adjusted(INDENT, 8, -INDENT, 0), tr(row)
            )
        else:
            name_height, summary_height = self.line_heights
            current = bool(option.state & QStyle.StateFlag.State_Selected)
            if current:
                painter.fillRect(rect, self.selection_color)
            text_rect = rect.adjusted(INDENT, 5, -STAR_WIDTH - 4, 0)
            self._draw_text(
                painter,
                self.name_font,
                self.theme.text,
                QRect(text_rect.topLeft(), QSize(text_rect.width(), name_height)),
                row.name,
            )
            summary_color = self.theme.text if current else self.theme.muted_text
            self._draw_text(
                painter,
                self.summary_font,
                summary_color,
                QRect(text_rect.left(), text_rect.top() + name_height, text_rect.width(), summary_height),
                tr(row.summary),
            )
            self._draw_star(painter, star_rect(rect), row.id in index.model().favorite_ids, current)
        painter.restore()

    @staticmethod
    def _draw_text(painter: QPainter, font: QFont, color: str, rect: QRect, text: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(
            rect,
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width()),
        )

    def _draw_star(self, painter: QPainter, rect: QRect, is_favorite: bool, is_current: bool) -> None:
        """Full where marked; hollow on the current row, to be marked."""
        if not (is_favorite or is_current):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.center())
        painter.setPen(QPen(QColor(self.theme.accent), 1.2))
        painter.setBrush(QColor(self.theme.accent) if is_favorite else Qt.BrushStyle.NoBrush)
        painter.drawPath(icons.star_path(15))
