"""The rows of a picker: a model of headings and entries, and what paints them. No widget for each row."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.widgets import icons
from app.model.catalog import Entry, sections
from app.theming.theme import Theme
from app.utils.i18n import tr

STAR = 30  # pixels at a row's right end
INDENT = 10


class Rows(QAbstractListModel):
    """A row is an Entry, or a str: a heading. Favourites marked while the list is open stand on top the next time."""

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self.entries = entries
        self.favourites: list[str] = []
        self.rows: list[Entry | str] = []

    def search(self, text: str, on_top: Iterable[str]) -> None:
        """Show what meets the text, and these on top where there is none."""
        self.beginResetModel()
        self.rows = [row for heading, entries in sections(self.entries, on_top, text) for row in (heading, *entries)]
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
        favourite = row.id in self.favourites
        return {
            Qt.ItemDataRole.DisplayRole: row.name,
            Qt.ItemDataRole.ToolTipRole: f"<p>{tr(row.note)}</p><p>{row.source}</p>",
            Qt.ItemDataRole.AccessibleTextRole: tr("{name}, favourite", name=row.name) if favourite else row.name,
            Qt.ItemDataRole.AccessibleDescriptionRole: tr(row.note),
            Qt.ItemDataRole.CheckStateRole: None,
        }.get(Qt.ItemDataRole(role))

    def toggle(self, name: str) -> None:
        """Make an entry a favourite, or no longer."""
        if name in self.favourites:
            self.favourites.remove(name)
        else:
            self.favourites.append(name)
        self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


def star_of(row: QRect) -> QRect:
    """The part of a row that a click on marks a favourite."""
    return QRect(row.right() - STAR, row.top(), STAR, row.height())


class RowPainter(QStyledItemDelegate):
    """A heading in small letters; an entry with its name, below it a line of description, and its star."""

    def __init__(self, font: QFont, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.name, self.small, self.heading = QFont(font), QFont(font), QFont(font)
        self.small.setPointSizeF(font.pointSizeF() * 0.9)
        self.heading.setPointSizeF(font.pointSizeF() * 0.9)
        self.heading.setBold(True)
        self.high = QFontMetrics(self.name).height(), QFontMetrics(self.small).height()
        self.back = QColor(theme.chosen)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        name, small = self.high
        return QSize(100, small + 14 if isinstance(index.data(Qt.ItemDataRole.UserRole), str) else name + small + 10)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row, box = index.data(Qt.ItemDataRole.UserRole), option.rect
        assert painter is not None
        painter.save()
        if isinstance(row, str):
            self._write(painter, self.heading, self.theme.muted, box.adjusted(INDENT, 8, -INDENT, 0), tr(row))
        else:
            name, small = self.high
            current = bool(option.state & QStyle.StateFlag.State_Selected)
            if current:
                painter.fillRect(box, self.back)
            text = box.adjusted(INDENT, 5, -STAR - 4, 0)
            self._write(painter, self.name, self.theme.text, QRect(text.topLeft(), QSize(text.width(), name)), row.name)
            quiet = self.theme.text if current else self.theme.muted
            self._write(
                painter, self.small, quiet, QRect(text.left(), text.top() + name, text.width(), small), tr(row.note)
            )
            self._star(painter, star_of(box), row.id in index.model().favourites, current)
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, font: QFont, color: str, box: QRect, words: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width()),
        )

    def _star(self, painter: QPainter, box: QRect, marked: bool, current: bool) -> None:
        """Full where marked; hollow on the current row, to be marked."""
        if not (marked or current):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(box.center())
        painter.setPen(QPen(QColor(self.theme.accent), 1.2))
        painter.setBrush(QColor(self.theme.accent) if marked else Qt.BrushStyle.NoBrush)
        painter.drawPath(icons.star(15))
