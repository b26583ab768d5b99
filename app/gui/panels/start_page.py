"""The start page: lessons, examples, recent files, and the ways to a problem of one's own, over the plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut, QShowEvent
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.utils.i18n import tr
from app.utils.validation import make_printable

MARGIN = 12  # pixels between the page and the edge of the plots, at least
MAX_SIZE = 760, 430  # pixels; the plots around it stay visible
GROUP_SPACING = 10  # pixels between the explanation of a button and the next button
PATH_ROLE = Qt.ItemDataRole.UserRole


class StartPage(QFrame):
    """A page in the middle of ``area``, which stays usable.

    ``commands`` are pairs of a text and an explanation, by the name with which ``command_chosen(name)`` is emitted;
    ``file_chosen(path)`` is emitted for an example or a recent file, ``shown_at_start_changed(shown)`` by the check
    box. Escape, the button, and a click in one of ``canvases`` close the page;
    ``closed(had_focus)`` is emitted then.
    """

    command_chosen = pyqtSignal(str)
    file_chosen = pyqtSignal(object)
    shown_at_start_changed = pyqtSignal(bool)
    closed = pyqtSignal(bool)

    def __init__(
        self,
        window: QWidget,
        area: QWidget,
        canvases: Sequence[QWidget],
        commands: Mapping[str, tuple[str, str]],
        examples: Sequence[tuple[str, Path]],
        recent_files: Sequence[Path],
        shown_at_start: bool,
    ) -> None:
        super().__init__(window)
        self.setObjectName("popup")
        self.area = area
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not its first button, so that Space still starts playback
        self.setAccessibleName(tr("Welcome"))
        self.setAccessibleDescription(tr("Press Tab to go through the page, or Esc to close it."))
        self.buttons: dict[str, QPushButton] = {}
        self.example_list = self._file_list(tr("Examples"), examples)
        self.recent_list = self._file_list(tr("Open recent"), [(_file_label(path), path) for path in recent_files])
        self.start_check_box = QCheckBox(tr("Show at start"), checked=shown_at_start)
        self.start_check_box.setWhatsThis(tr("Whether this page is shown when the program starts without a file."))
        self.start_check_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._build_layout(commands, bool(recent_files))
        self.start_check_box.toggled.connect(self.shown_at_start_changed)
        self.close_button.clicked.connect(self.close_page)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self.close_page)
        escape.activatedAmbiguously.connect(self.close_page)  # Escape also leaves presentation mode
        escape.setParent(self)
        for watched in (area, *canvases):
            watched.installEventFilter(self)
        self.place()

    def _build_layout(self, commands: Mapping[str, tuple[str, str]], has_recent_files: bool) -> None:
        left, right, bottom, columns = QVBoxLayout(), QVBoxLayout(), QHBoxLayout(), QGridLayout()
        for name, (text, explanation) in commands.items():
            button = self.buttons[name] = QPushButton(text, default=not self.buttons)
            button.setAccessibleDescription(explanation)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._emitter(name))
            left.addWidget(button)
            left.addWidget(QLabel(explanation, objectName="quiet", wordWrap=True))
            left.addSpacing(GROUP_SPACING)
        left.addStretch(1)
        left.setSpacing(4)
        right.setSpacing(4)
        right.addWidget(QLabel(tr("Examples"), objectName="heading", indent=0))
        right.addWidget(self.example_list, 2)
        if has_recent_files:
            right.addSpacing(GROUP_SPACING)
            right.addWidget(QLabel(tr("Open recent"), objectName="heading", indent=0))
            right.addWidget(self.recent_list, 1)
        self.recent_list.setVisible(has_recent_files)
        columns.addLayout(left, 0, 0)
        columns.addLayout(right, 0, 1)
        columns.setHorizontalSpacing(16)
        for column, stretch in enumerate((2, 3)):
            columns.setColumnStretch(column, stretch)
        bottom.addWidget(self.start_check_box, 1)
        bottom.addWidget(self.close_button)
        page = QVBoxLayout(self)
        page.setContentsMargins(16, 12, 16, 12)
        page.addWidget(QLabel(tr("Welcome to Thalweg"), objectName="lesson_title"))
        page.addLayout(columns, 1)
        page.addLayout(bottom)

    def _emitter(self, name: str) -> Callable[[], None]:
        def choose() -> None:
            self.close_page()
            self.command_chosen.emit(name)

        return choose

    def _file_list(self, name: str, files: Sequence[tuple[str, Path]]) -> QListWidget:
        """Return a list of files; one is chosen with a click or with Enter."""
        widget = QListWidget(accessibleName=name)
        widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        widget.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        widget.setMinimumSize(160, 60)
        for label, path in files:
            item = QListWidgetItem(label)
            item.setData(PATH_ROLE, path)
            item.setToolTip(label)
            widget.addItem(item)
        widget.itemClicked.connect(self._choose)
        widget.itemActivated.connect(self._choose)
        return widget

    def _choose(self, item: QListWidgetItem) -> None:
        if self.isVisible():  # a style may activate an item with the click that chose it already
            path = item.data(PATH_ROLE)
            self.close_page()
            self.file_chosen.emit(path)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Lay out the lists again, whose rows get the height of the style sheet only now."""
        super().showEvent(event)
        for widget in (self.example_list, self.recent_list):
            widget.scheduleDelayedItemsLayout()

    def place(self) -> None:
        """Move to the middle of the plots, and be no larger than they are."""
        window = self.parentWidget()
        assert window is not None
        width, height = (
            min(most, available - 2 * MARGIN)
            for most, available in zip(MAX_SIZE, (self.area.width(), self.area.height()), strict=True)
        )
        corner = self.area.mapTo(window, self.area.rect().topLeft())
        self.setGeometry(
            corner.x() + (self.area.width() - width) // 2,
            corner.y() + (self.area.height() - height) // 2,
            max(width, self.minimumSizeHint().width()),
            max(height, self.minimumSizeHint().height()),
        )
        self.raise_()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the plots, and close the page when one of them is clicked, which gets the click, too."""
        if event is not None and event.type() == QEvent.Type.Resize and watched is self.area:
            self.place()
        if event is not None and event.type() == QEvent.Type.MouseButtonPress and watched is not self.area:
            self.close_page()
        return False

    def close_page(self) -> None:
        """Hide the page and delete it later."""
        if not self.isHidden():
            focused = QApplication.focusWidget()
            had_focus = focused is not None and (focused is self or self.isAncestorOf(focused))
            self.hide()
            self.closed.emit(had_focus)
            self.deleteLater()


def _file_label(path: Path) -> str:
    return make_printable(f"{path.name} – {path.parent.name}")
