"""Dock widget with a slim title bar that can be moved, floated, hidden, and maximized."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QIcon, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QWidget

from app.gui.widgets import icons
from app.gui.widgets.corner_buttons import ActionButton, CornerButton
from app.theming.theme import LIGHT, Theme
from app.utils.i18n import tr

FLOATING_MARGIN = 3  # pixels of the frame around a floating dock


class Dock(QDockWidget):
    """A dock widget with a custom title bar.

    It does not hide itself: closing emits ``close_requested``, and the owner decides what to do. When the window around
    it has closed, it closes, too; a window that stayed open would keep the program running. ``detached`` is emitted
    when the user has made it float with its button. The owner connects ``maximize_action``, if the dock can be
    maximized, and calls ``set_maximized``.
    """

    close_requested = pyqtSignal()
    detached = pyqtSignal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"dock_{name}")  # QMainWindow.saveState needs a name
        self.title, self.title_label, self.theme = title, QLabel(objectName="title"), LIGHT
        self.float_action, self.close_action, self.maximize_action = (QAction(self) for _ in range(3))
        self.maximized = False
        self.is_in_front = True  # of the other docks at its place; only Qt knows, and reports each change
        self.visibilityChanged.connect(self._on_visibility_changed)
        self.title_bar, self.empty_title_bar = QWidget(objectName="dock_title"), QWidget()
        self.row = QHBoxLayout(self.title_bar)
        self.row.setContentsMargins(8, 0, 4, 0)
        self.row.setSpacing(2)
        self.row.addWidget(self.title_label, 1)
        self.heading: QWidget = self.title_label
        self.float_button = ActionButton(self.float_action, lambda theme: icons.load_icon("float", theme.muted_text))
        self.close_button = ActionButton(self.close_action, lambda theme: icons.load_icon("cross", theme.muted_text))
        self.corner_buttons: list[CornerButton] = []  # of docks that can be maximized
        for button in (self.float_button, self.close_button):
            self.row.addWidget(button)
        self.setTitleBarWidget(self.title_bar)
        self.title_bar.installEventFilter(self)
        self.float_action.triggered.connect(self._toggle_floating)
        self.close_action.triggered.connect(self.close_requested)
        self.topLevelChanged.connect(self._on_floating_changed)
        self.dockLocationChanged.connect(self.update_title)  # Qt reports a dock as floating until it is placed

    def set_heading(self, heading: QWidget) -> None:
        """Show a widget in place of the title, and delete the previous one."""
        self.row.replaceWidget(self.heading, heading)
        self.row.setStretch(0, 1)
        self.row.setContentsMargins(0, 0, 4, 0)
        self.heading.hide()
        if self.heading is not self.title_label:
            self.heading.deleteLater()
        self.heading = heading

    def set_corner_buttons(self, buttons: Sequence[CornerButton]) -> None:
        """Show buttons in the title bar, and one that maximizes the dock."""
        for old in self.corner_buttons:
            old.deleteLater()
        self.corner_buttons = [*buttons, ActionButton(self.maximize_action, self._load_maximize_icon)]
        for position, button in enumerate(self.corner_buttons, 1):
            self.row.insertWidget(position, button)
        self.apply_theme(self.theme)

    def apply_theme(self, theme: Theme) -> None:
        """Set the button icons for a theme, and the texts in the current language."""
        self.theme = theme
        for button in (*self.corner_buttons, self.float_button, self.close_button):
            button.apply_theme(theme)
        self.update_title()

    def _load_maximize_icon(self, theme: Theme) -> QIcon:
        return (
            icons.load_icon("restore", theme.muted_text)
            if self.maximized
            else icons.load_icon("maximize", theme.muted_text)
        )

    def update_title(self) -> None:
        """Set the title and the button tooltips in the current language."""
        title = tr(self.title)
        self.title_label.setText(title)
        self.setWindowTitle(title)
        floating = self.isFloating()
        for action, text in (
            (self.float_action, tr("Dock {title}", title=title) if floating else tr("Detach {title}", title=title)),
            (self.close_action, tr("Hide {title}", title=title)),
            (
                self.maximize_action,
                tr("Restore {title}", title=title) if self.maximized else tr("Maximize {title}", title=title),
            ),
        ):
            action.setText(text)
        self.maximize_action.setEnabled(not floating)

    def set_maximized(self, maximized: bool) -> None:
        """Show whether the dock is maximized."""
        self.maximized = maximized
        self.apply_theme(self.theme)

    def show_title(self, visible: bool) -> None:
        """Show or hide the title bar."""
        bar = self.title_bar if visible else self.empty_title_bar
        self.setTitleBarWidget(bar)
        bar.setVisible(True)
        (self.empty_title_bar if visible else self.title_bar).setVisible(False)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Maximize the dock on a double click on its title, or restore it; a dock that cannot be maximized floats."""
        if event is not None and event.type() == QEvent.Type.MouseButtonDblClick:
            can_be_maximized = bool(self.corner_buttons) and self.maximize_action.isEnabled()
            (self.maximize_action if can_be_maximized else self.float_action).trigger()
            return True
        return False

    def _on_visibility_changed(self, visible: bool) -> None:
        self.is_in_front = visible

    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())
        if self.isFloating():
            self.detached.emit()

    def _on_floating_changed(self, floating: bool) -> None:
        self.update_title()
        margin = FLOATING_MARGIN if floating else 0
        self.setContentsMargins(margin, margin, margin, margin)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the frame of a floating dock, which has no window frame of the desktop."""
        if not self.isFloating():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Shadow))
        painter.end()

    def replace_widget(self, widget: QWidget) -> None:
        """Show a widget and delete the previous one."""
        old = self.widget()
        self.setWidget(widget)
        if old is not None:
            old.deleteLater()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Emit ``close_requested`` instead of closing, unless the window around the dock has closed."""
        assert event is not None
        window = self.parentWidget()
        if window is not None and window.isVisible():
            event.ignore()
            self.close_requested.emit()
