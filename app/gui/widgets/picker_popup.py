"""Popup of the picker: a search field and the list of matching entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PyQt6.QtCore import QEvent, QObject, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.gui.widgets.picker_model import PickerDelegate, PickerModel, star_rect
from app.model.catalog import CatalogEntry
from app.theming.theme import Theme
from app.utils.i18n import tr

POPUP_SIZE = QSize(420, 480)
PAGE_ROWS = 8  # rows that Page Up and Page Down move


class FavoriteStore(Protocol):
    """Where the ids of favorite entries are kept, for each kind of picker."""

    def favorites(self, kind: str) -> list[str]:
        """Return the ids of the favorites; some may no longer exist."""

    def set_favorite(self, kind: str, name: str, favorite: bool) -> None:
        """Add an id to the favorites, or remove it."""


@dataclass(frozen=True)
class PickerTexts:
    """Texts of one kind of picker, not yet translated."""

    singular: str
    plural: str
    search: str
    placeholder: str  # with the number of entries as {n}
    no_match: str  # with the search text as {text}


class PickerListView(QListView):
    """List whose current row follows the pointer, as in a menu.

    A click emits ``selected``, or ``favorite_toggled`` if it is on the star.
    """

    selected = pyqtSignal()
    favorite_toggled = pyqtSignal()
    press_started_here = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Make the row under the pointer the current one."""
        assert event is not None
        index = self.indexAt(event.pos())
        if index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.setCurrentIndex(index)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Record the press; rows are selected on release, but not by the release of the press that opened the list."""
        self.press_started_here = True

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Select the row under the pointer, or toggle its star."""
        assert event is not None
        index, pressed_here, self.press_started_here = self.indexAt(event.pos()), self.press_started_here, False
        if pressed_here and event.button() == Qt.MouseButton.LeftButton and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.setCurrentIndex(index)
            on_star = star_rect(self.visualRect(index)).contains(event.pos())
            (self.favorite_toggled if on_star else self.selected).emit()


class PickerPopup(QWidget):
    """Popup with a search field and the list of matching entries; ``selected(id)`` is emitted for the chosen entry."""

    selected = pyqtSignal(str)

    def __init__(
        self,
        anchor: QWidget,
        kind: str,
        texts: PickerTexts,
        entries: list[CatalogEntry],
        favorite_store: FavoriteStore,
        theme: Theme,
    ) -> None:
        super().__init__(anchor, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(
            Qt.WidgetAttribute.WA_NoMouseReplay
        )  # a click on the picker closes the popup and must not reopen it
        self.kind, self.texts, self.favorite_store = kind, texts, favorite_store
        self.pinned_ids: list[str] = []  # the favorites when the popup was opened
        self.search_field = QLineEdit(placeholderText=tr(self.texts.placeholder, n=len(entries)))
        self.search_field.setAccessibleName(tr(self.texts.search))
        self.search_field.setClearButtonEnabled(True)
        self.list = PickerListView(accessibleName=tr(self.texts.plural))
        # The list owns the model: a list that outlives its model makes Qt warn.
        self.model = PickerModel(entries, self.list)
        self.list.setModel(self.model)
        self.delegate = PickerDelegate(anchor.font(), theme)
        self.list.setItemDelegate(self.delegate)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.no_match_label = QLabel(objectName="quiet", wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._build_layout()
        self.search_field.installEventFilter(self)
        self.search_field.textChanged.connect(self.search)
        self.list.selected.connect(self.select_current)
        self.list.favorite_toggled.connect(self.toggle_favorite)

    def _build_layout(self) -> None:
        self.note_label = QLabel(objectName="quiet", wordWrap=True)
        hint = QLabel(tr("Enter: select  ·  Ctrl+D: add to favorites"), objectName="quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        for widget in (self.search_field, self.list, self.no_match_label, self.note_label, hint):
            layout.addWidget(widget)
        layout.setStretch(1, 1)
        layout.setStretch(2, 1)

    @property
    def current_entry(self) -> CatalogEntry | None:
        """The entry of the current row, if any."""
        entry = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        return entry if isinstance(entry, CatalogEntry) else None

    def show_entries(self, entries: list[CatalogEntry], note: str) -> None:
        """List some entries from the next search on, with a note below them unless it is empty."""
        self.model.entries = entries
        self.search_field.setPlaceholderText(tr(self.texts.placeholder, n=len(entries)))
        self.note_label.setText(note)
        self.note_label.setVisible(bool(note))

    def show_at(self, selected_id: str) -> None:
        """Open the popup with the selected entry as the current row."""
        entry_ids = {entry.id for entry in self.model.entries}
        self.model.favorite_ids = [name for name in self.favorite_store.favorites(self.kind) if name in entry_ids]
        self.pinned_ids = list(self.model.favorite_ids)
        self.search_field.clear()
        self.search("")
        self._position_popup()
        self.show()
        self.search_field.setFocus()
        selected_rows = [
            i for i, row in enumerate(self.model.rows) if isinstance(row, CatalogEntry) and row.id == selected_id
        ]
        if selected_rows:
            self.list.setCurrentIndex(self.model.index(selected_rows[0]))
            self.list.scrollTo(self.list.currentIndex(), PickerListView.ScrollHint.PositionAtCenter)

    def _position_popup(self) -> None:
        """Place the popup below the anchor, or to its left if the screen ends below, always within the screen."""
        anchor, screen = self.parentWidget(), self.screen()
        assert anchor is not None
        assert screen is not None
        screen_rect = screen.availableGeometry()
        width = max(min(POPUP_SIZE.width(), screen_rect.width()), anchor.width())
        height = min(POPUP_SIZE.height(), screen_rect.height())
        corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 2))
        fits_below = corner.y() + height <= screen_rect.bottom()
        left = corner.x() + anchor.width() - width if fits_below else corner.x() - width - 6
        self.setGeometry(
            min(max(left, screen_rect.left()), screen_rect.right() + 1 - width),
            max(min(corner.y(), screen_rect.bottom() + 1 - height), screen_rect.top()),
            width,
            height,
        )

    def search(self, text: str) -> None:
        """Show the entries that match a text; without a text all of them, favorites first."""
        self.model.search(text, self.pinned_ids)
        self.no_match_label.setText(tr(self.texts.no_match, text=text.strip()))
        self.no_match_label.setVisible(not self.model.rows)
        self.list.setVisible(bool(self.model.rows))
        if self.model.rows:
            self._set_current_row(1)
            self.list.scrollToTop()

    def _set_current_row(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row))
        self.list.scrollTo(self.list.currentIndex())

    def move_selection(self, offset: int) -> None:
        """Move the current row by some entries, skipping headings and stopping at the first and the last entry."""
        entry_rows = [i for i, row in enumerate(self.model.rows) if isinstance(row, CatalogEntry)]
        if entry_rows:
            position = entry_rows.index(self.list.currentIndex().row())
            self._set_current_row(entry_rows[min(max(position + offset, 0), len(entry_rows) - 1)])
            if self.list.currentIndex().row() == 1:
                self.list.scrollToTop()  # so that the heading above it is visible

    def select_current(self) -> None:
        """Close the popup and emit ``selected`` for the current entry."""
        if self.current_entry is not None:
            self.hide()
            self.selected.emit(self.current_entry.id)

    def toggle_favorite(self) -> None:
        """Make the current entry a favorite, or no longer one, and store the favorites."""
        if self.current_entry is not None:
            entry_id = self.current_entry.id
            self.model.toggle_favorite(entry_id)
            self.favorite_store.set_favorite(self.kind, entry_id, entry_id in self.model.favorite_ids)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Handle the keys that move and select before the search field receives them."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = Qt.Key
        offsets = {key.Key_Down: 1, key.Key_Up: -1, key.Key_PageDown: PAGE_ROWS, key.Key_PageUp: -PAGE_ROWS}
        if event.key() in offsets:
            self.move_selection(offsets[key(event.key())])
        elif event.key() in (key.Key_Return, key.Key_Enter):
            self.select_current()
        elif event.key() == key.Key_Escape:
            self.hide()
        elif event.key() == key.Key_D and control:
            self.toggle_favorite()
        else:
            return False
        return True
