"""Item model and delegate of the picker list: headings and entries, without a widget for each row."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.widgets import icons
from app.model.catalog import CatalogEntry, sections
from app.model.source_text import translate_source
from app.theming.theme import Theme
from app.utils.i18n import tr

STAR_WIDTH = 30  # pixels at the right end of a row
INDENT = 10  # pixels


class PickerModel(QAbstractListModel):
    """List model in which a row is a ``CatalogEntry`` or, as a heading, a ``str``.

    Favorites are listed first, in the order of when the popup was opened: toggling one does not move rows.
    """

    def __init__(self, entries: list[CatalogEntry], parent: QObject) -> None:
        super().__init__(parent)
        self.entries = entries
        self.favorite_ids: list[str] = []
        self.rows: list[CatalogEntry | str] = []

    def search(self, text: str, pinned_ids: Iterable[str]) -> None:
        """Show the entries that match a text; without a text all entries, the pinned ones first."""
        self.beginResetModel()
        self.rows = []
        for heading, entries in sections(self.entries, pinned_ids, text):
            self.rows += [heading, *entries]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of rows, headings included."""
        return len(self.rows)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Make entries selectable, and headings not."""
        if isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the texts of a row, or the row itself for UserRole."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if isinstance(row, str):
            return tr(row) if role == Qt.ItemDataRole.DisplayRole else None
        is_favorite = row.id in self.favorite_ids
        return {
            Qt.ItemDataRole.DisplayRole: row.name,
            Qt.ItemDataRole.ToolTipRole: f"<p>{tr(row.summary)}</p><p>{translate_source(row.source)}</p>",
            Qt.ItemDataRole.AccessibleTextRole: tr("{name}, favorite", name=row.name) if is_favorite else row.name,
            Qt.ItemDataRole.AccessibleDescriptionRole: tr(row.summary),
            Qt.ItemDataRole.CheckStateRole: None,
        }.get(Qt.ItemDataRole(role))

    def toggle_favorite(self, entry_id: str) -> None:
        """Make an entry a favorite, or no longer one."""
        if entry_id in self.favorite_ids:
            self.favorite_ids.remove(entry_id)
        else:
            self.favorite_ids.append(entry_id)
        self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


def star_rect(row: QRect) -> QRect:
    """Return the part of a row in which a click toggles the favorite."""
    return QRect(row.right() - STAR_WIDTH, row.top(), STAR_WIDTH, row.height())


class PickerDelegate(QStyledItemDelegate):
    """Delegate that paints headings, and entries as a name, a line of description, and a star."""

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
        """Return one line for a heading and two for an entry."""
        name_height, summary_height = self.line_heights
        is_heading = isinstance(index.data(Qt.ItemDataRole.UserRole), str)
        return QSize(100, summary_height + 14 if is_heading else name_height + summary_height + 10)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint a heading or an entry."""
        row, model = index.data(Qt.ItemDataRole.UserRole), index.model()
        assert painter is not None
        assert isinstance(model, PickerModel)
        painter.save()
        if isinstance(row, str):
            heading_rect = option.rect.adjusted(INDENT, 8, -INDENT, 0)
            self._draw_text(painter, self.heading_font, self.theme.muted_text, heading_rect, tr(row))
        else:
            is_current = bool(option.state & QStyle.StateFlag.State_Selected)
            self._draw_entry(painter, option.rect, row, is_current)
            self._draw_star(painter, star_rect(option.rect), row.id in model.favorite_ids, is_current)
        painter.restore()

    def _draw_entry(self, painter: QPainter, rect: QRect, entry: CatalogEntry, is_current: bool) -> None:
        name_height, summary_height = self.line_heights
        if is_current:
            painter.fillRect(rect, self.selection_color)
        text_rect = rect.adjusted(INDENT, 5, -STAR_WIDTH - 4, 0)
        name_rect = QRect(text_rect.topLeft(), QSize(text_rect.width(), name_height))
        self._draw_text(painter, self.name_font, self.theme.text, name_rect, entry.name)
        summary_rect = QRect(text_rect.left(), text_rect.top() + name_height, text_rect.width(), summary_height)
        summary_color = self.theme.text if is_current else self.theme.muted_text
        self._draw_text(painter, self.summary_font, summary_color, summary_rect, tr(entry.summary))

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
        """Draw a filled star for a favorite, and a hollow one on the current row."""
        if not (is_favorite or is_current):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.center())
        painter.setPen(QPen(QColor(self.theme.accent), 1.2))
        painter.setBrush(QColor(self.theme.accent) if is_favorite else Qt.BrushStyle.NoBrush)
        painter.drawPath(icons.star_path(15))
