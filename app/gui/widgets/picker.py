"""A field that shows what was chosen and opens a list to search: the same for optimizers and for surfaces."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QComboBox, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.gui.widgets.picker_model import RowPainter, Rows, star_of
from app.gui.widgets.wheel_guard import quiet_wheel
from app.model.catalog import Entry
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import mark, tr

SIZE = QSize(420, 480)
_KEY = Qt.Key
MOVES = {_KEY.Key_Down: 1, _KEY.Key_Up: -1, _KEY.Key_PageDown: 8, _KEY.Key_PageUp: -8}

WORDS = {
    "optimizer": {
        "one": mark("Optimizer"),
        "all": mark("Optimizers"),
        "search": mark("Search optimizers"),
        "place": mark("Search {n} optimizers: name, author, family, what it does"),
        "none": mark("No optimizer has “{text}” in its name, family, authors or description."),
    },
    "surface": {
        "one": mark("Surface"),
        "all": mark("Surfaces"),
        "search": mark("Search surfaces"),
        "place": mark("Search {n} surfaces: name, author, family, what it shows"),
        "none": mark("No surface has “{text}” in its name, family, authors or description."),
    },
}


class RowList(QListView):
    """The row under the pointer is the current one, as in a menu. A click chooses it, or marks it where its star is."""

    chosen = pyqtSignal()
    marked = pyqtSignal()
    pressed_here = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index = self.indexAt(event.pos())
        if index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.setCurrentIndex(index)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Chosen is on release: the row can still be left. The release of the press that opened the list does not count."""
        self.pressed_here = True

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index, mine, self.pressed_here = self.indexAt(event.pos()), self.pressed_here, False
        if mine and event.button() == Qt.MouseButton.LeftButton and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.setCurrentIndex(index)
            (self.marked if star_of(self.visualRect(index)).contains(event.pos()) else self.chosen).emit()


class Popup(QWidget):
    """A line to type in, and below it the list: narrowed by what is typed, moved through by the arrows, left by Escape."""

    chosen = pyqtSignal(str)

    def __init__(self, field: QWidget, kind: str, entries: list[Entry], settings: Settings, theme: Theme) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # a click on the field closes, and does not open again
        self.kind, self.settings = kind, settings
        self.line = QLineEdit(placeholderText=tr(WORDS[kind]["place"], n=len(entries)))
        self.line.setAccessibleName(tr(WORDS[kind]["search"]))
        self.line.setClearButtonEnabled(True)
        self.rows = Rows(entries)
        self.list = RowList(accessibleName=tr(WORDS[kind]["all"]))
        self.list.setModel(self.rows)
        self.painter = RowPainter(field.font(), theme)
        self.list.setItemDelegate(self.painter)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.none = QLabel(objectName="quiet", wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        hint = QLabel(tr("Enter chooses  ·  Ctrl+D marks a favourite"), objectName="quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        for widget in (self.line, self.list, self.none, hint):
            layout.addWidget(widget)
        layout.setStretch(1, 1)
        layout.setStretch(2, 1)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self.search)
        self.list.chosen.connect(self.choose)
        self.list.marked.connect(self.mark)

    @property
    def current(self) -> Entry | None:
        return self.list.currentIndex().data(Qt.ItemDataRole.UserRole)

    def open(self, current: str) -> None:
        """Show the list below its field, at the entry that is chosen now."""
        known = {entry.id for entry in self.rows.entries}
        self.rows.favourites = [name for name in self.settings.favourites(self.kind) if name in known]
        self.on_top = list(self.rows.favourites)
        self.line.clear()
        self.search("")
        self._place()
        self.show()
        self.line.setFocus()
        here = [i for i, row in enumerate(self.rows.rows) if isinstance(row, Entry) and row.id == current]
        if here:
            self.list.setCurrentIndex(self.rows.index(here[0]))
            self.list.scrollTo(self.list.currentIndex(), RowList.ScrollHint.PositionAtCenter)

    def _place(self) -> None:
        """Below the field, or beside it where there is no room below; on the screen in any case."""
        field, screen = self.parentWidget(), self.screen()
        assert field is not None
        assert screen is not None
        room = screen.availableGeometry()
        width, height = max(min(SIZE.width(), room.width()), field.width()), min(SIZE.height(), room.height())
        corner = field.mapToGlobal(QPoint(0, field.height() + 2))
        left = corner.x() + field.width() - width if corner.y() + height <= room.bottom() else corner.x() - width - 6
        self.setGeometry(
            min(max(left, room.left()), room.right() + 1 - width),
            max(min(corner.y(), room.bottom() + 1 - height), room.top()),
            width,
            height,
        )

    def search(self, text: str) -> None:
        self.rows.search(text, self.on_top)
        self.none.setText(tr(WORDS[self.kind]["none"], text=text.strip()))
        self.none.setVisible(not self.rows.rows)
        self.list.setVisible(bool(self.rows.rows))
        if self.rows.rows:
            self._go(1)
            self.list.scrollToTop()

    def _go(self, row: int) -> None:
        self.list.setCurrentIndex(self.rows.index(row))
        self.list.scrollTo(self.list.currentIndex())

    def move_by(self, steps: int) -> None:
        """Make another entry the current one, past the headings, as far as there are any."""
        places = [i for i, row in enumerate(self.rows.rows) if isinstance(row, Entry)]
        if places:
            here = places.index(self.list.currentIndex().row())
            self._go(places[min(max(here + steps, 0), len(places) - 1)])
            if self.list.currentIndex().row() == 1:
                self.list.scrollToTop()  # the first heading comes with it

    def choose(self) -> None:
        if self.current is not None:
            self.hide()
            self.chosen.emit(self.current.id)

    def mark(self) -> None:
        if self.current is not None:
            self.rows.toggle(self.current.id)
            self.settings.keep_favourites(self.kind, self.rows.favourites)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The keys that move and choose, before the line takes them."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in MOVES:
            self.move_by(MOVES[_KEY(event.key())])
        elif event.key() in (_KEY.Key_Return, _KEY.Key_Enter):
            self.choose()
        elif event.key() == _KEY.Key_Escape:
            self.hide()
        elif event.key() == _KEY.Key_D and control:
            self.mark()
        else:
            return False
        return True


class Picker(QComboBox):
    """Looks like a list that folds out; its single item is what was chosen. ``chosen(id)`` says what a person picked."""

    chosen = pyqtSignal(str)

    def __init__(self, kind: str, entries: list[Entry], settings: Settings, theme: Theme) -> None:
        super().__init__(accessibleName=tr(WORDS[kind]["one"]))
        self.entries = {entry.id: entry for entry in entries}
        self.choice = ""
        self.popup = Popup(self, kind, entries, settings, theme)
        self.popup.chosen.connect(self.chosen)
        self.addItem("")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        quiet_wheel(self)

    def show_choice(self, name: str) -> None:
        """Show an entry without saying that it was picked."""
        if name != self.choice:
            self.choice = name
            self.setItemText(0, self.entries[name].name)

    def showPopup(self) -> None:
        self.popup.open(self.choice)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (_KEY.Key_Down, _KEY.Key_Up, _KEY.Key_Return, _KEY.Key_Enter):
            self.showPopup()
        else:
            super().keyPressEvent(event)
