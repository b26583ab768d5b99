"""A field that shows what was chosen and opens a list to search: the same for optimizers and for surfaces."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QComboBox, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.gui.widgets.picker_model import PickerDelegate, PickerModel, star_rect
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.catalog import CatalogEntry
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

POPUP_SIZE = QSize(420, 480)
_KEY = Qt.Key
KEY_OFFSETS = {_KEY.Key_Down: 1, _KEY.Key_Up: -1, _KEY.Key_PageDown: 8, _KEY.Key_PageUp: -8}

TEXTS = {
    "optimizer": {
        "one": gettext_noop("Optimizer"),
        "all": gettext_noop("Optimizers"),
        "search": gettext_noop("Search optimizers"),
        "place": gettext_noop("Search {n} optimizers: name, author, family, what it does"),
        "none": gettext_noop("No optimizer has “{text}” in its name, family, authors or description."),
    },
    "surface": {
        "one": gettext_noop("Surface"),
        "all": gettext_noop("Surfaces"),
        "search": gettext_noop("Search surfaces"),
        "place": gettext_noop("Search {n} surfaces: name, author, family, what it shows"),
        "none": gettext_noop("No surface has “{text}” in its name, family, authors or description."),
    },
}


class PickerListView(QListView):
    """The row under the pointer is the current one, as in a menu. A click chooses it, or marks it where its star is."""

    selected = pyqtSignal()
    favorite_toggled = pyqtSignal()
    press_started_here = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index = self.indexAt(event.pos())
        if index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.setCurrentIndex(index)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Chosen is on release: the row can still be left. The release of the press that opened the list does not count."""
        self.press_started_here = True

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index, pressed_here, self.press_started_here = self.indexAt(event.pos()), self.press_started_here, False
        if pressed_here and event.button() == Qt.MouseButton.LeftButton and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.setCurrentIndex(index)
            (self.favorite_toggled if star_rect(self.visualRect(index)).contains(event.pos()) else self.selected).emit()


class PickerPopup(QWidget):
    """A line to type in, and below it the list: narrowed by what is typed, moved through by the arrows, left by Escape."""

    selected = pyqtSignal(str)

    def __init__(
        self, anchor: QWidget, kind: str, entries: list[CatalogEntry], settings: Settings, theme: Theme
    ) -> None:
        super().__init__(anchor, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # a click on the field closes, and does not open again
        self.kind, self.settings = kind, settings
        self.search_field = QLineEdit(placeholderText=tr(TEXTS[kind]["place"], n=len(entries)))
        self.search_field.setAccessibleName(tr(TEXTS[kind]["search"]))
        self.search_field.setClearButtonEnabled(True)
        self.model = PickerModel(entries)
        self.list = PickerListView(accessibleName=tr(TEXTS[kind]["all"]))
        self.list.setModel(self.model)
        self.delegate = PickerDelegate(anchor.font(), theme)
        self.list.setItemDelegate(self.delegate)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.no_match_label = QLabel(objectName="quiet", wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        hint = QLabel(tr("Enter chooses  ·  Ctrl+D marks a favourite"), objectName="quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        for widget in (self.search_field, self.list, self.no_match_label, hint):
            layout.addWidget(widget)
        layout.setStretch(1, 1)
        layout.setStretch(2, 1)
        self.search_field.installEventFilter(self)
        self.search_field.textChanged.connect(self.search)
        self.list.selected.connect(self.select_current)
        self.list.favorite_toggled.connect(self.toggle_favorite)

    @property
    def current_entry(self) -> CatalogEntry | None:
        return self.list.currentIndex().data(Qt.ItemDataRole.UserRole)

    def show_at(self, selected_id: str) -> None:
        """Show the list below its field, at the entry that is chosen now."""
        entry_ids = {entry.id for entry in self.model.entries}
        self.model.favorite_ids = [name for name in self.settings.favorites(self.kind) if name in entry_ids]
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
        """Below the field, or beside it where there is no room below; on the screen in any case."""
        anchor, screen = self.parentWidget(), self.screen()
        assert anchor is not None
        assert screen is not None
        screen_rect = screen.availableGeometry()
        width, height = (
            max(min(POPUP_SIZE.width(), screen_rect.width()), anchor.width()),
            min(POPUP_SIZE.height(), screen_rect.height()),
        )
        corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 2))
        left = (
            corner.x() + anchor.width() - width
            if corner.y() + height <= screen_rect.bottom()
            else corner.x() - width - 6
        )
        self.setGeometry(
            min(max(left, screen_rect.left()), screen_rect.right() + 1 - width),
            max(min(corner.y(), screen_rect.bottom() + 1 - height), screen_rect.top()),
            width,
            height,
        )

    def search(self, text: str) -> None:
        self.model.search(text, self.pinned_ids)
        self.no_match_label.setText(tr(TEXTS[self.kind]["none"], text=text.strip()))
        self.no_match_label.setVisible(not self.model.rows)
        self.list.setVisible(bool(self.model.rows))
        if self.model.rows:
            self._set_current_row(1)
            self.list.scrollToTop()

    def _set_current_row(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row))
        self.list.scrollTo(self.list.currentIndex())

    def move_selection(self, offset: int) -> None:
        """Make another entry the current one, past the headings, as far as there are any."""
        entry_rows = [i for i, row in enumerate(self.model.rows) if isinstance(row, CatalogEntry)]
        if entry_rows:
            position = entry_rows.index(self.list.currentIndex().row())
            self._set_current_row(entry_rows[min(max(position + offset, 0), len(entry_rows) - 1)])
            if self.list.currentIndex().row() == 1:
                self.list.scrollToTop()  # the first heading comes with it

    def select_current(self) -> None:
        if self.current_entry is not None:
            self.hide()
            self.selected.emit(self.current_entry.id)

    def toggle_favorite(self) -> None:
        if self.current_entry is not None:
            self.model.toggle_favorite(self.current_entry.id)
            self.settings.set_favorites(self.kind, self.model.favorite_ids)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The keys that move and choose, before the line takes them."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in KEY_OFFSETS:
            self.move_selection(KEY_OFFSETS[_KEY(event.key())])
        elif event.key() in (_KEY.Key_Return, _KEY.Key_Enter):
            self.select_current()
        elif event.key() == _KEY.Key_Escape:
            self.hide()
        elif event.key() == _KEY.Key_D and control:
            self.toggle_favorite()
        else:
            return False
        return True


class Picker(QComboBox):
    """Looks like a list that folds out; its single item is what was chosen. ``chosen(id)`` says what a person picked."""

    selected = pyqtSignal(str)

    def __init__(self, kind: str, entries: list[CatalogEntry], settings: Settings, theme: Theme) -> None:
        super().__init__(accessibleName=tr(TEXTS[kind]["one"]))
        self.entries = {entry.id: entry for entry in entries}
        self.selected_id = ""
        self.popup = PickerPopup(self, kind, entries, settings, theme)
        self.popup.selected.connect(self.selected)
        self.addItem("")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        guard_wheel(self)

    def show_entry(self, entry_id: str) -> None:
        """Show an entry without saying that it was picked."""
        if entry_id != self.selected_id:
            self.selected_id = entry_id
            self.setItemText(0, self.entries[entry_id].name)

    def showPopup(self) -> None:
        self.popup.show_at(self.selected_id)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (_KEY.Key_Down, _KEY.Key_Up, _KEY.Key_Return, _KEY.Key_Enter):
            self.showPopup()
        else:
            super().keyPressEvent(event)
