"""Dock widget with a slim title bar that can be moved, floated, and hidden."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from app.gui.widgets import icons
from app.theming.theme import Theme
from app.utils.i18n import tr

TITLE_ICON_SIZE = 12  # pixels
FLOATING_MARGIN = 3  # pixels of the frame around a floating dock
MIN_FLOATING_SIZE = QSize(460, 380)
FLOATING_OFFSET = QPoint(-40, 40)  # from the docked position, so that floating is visible


class Dock(QDockWidget):
    """A dock widget with a custom title bar.

    It does not hide itself: closing emits ``close_requested``, and the owner decides what to do. When the window around
    it has closed, it closes, too; a window that stayed open would keep the program running.
    """

    close_requested = pyqtSignal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"dock_{name}")  # QMainWindow.saveState needs a name
        self.title, self.title_label = title, QLabel(objectName="title")
        self.float_button, self.close_button = (
            QToolButton(objectName="reset", iconSize=QSize(TITLE_ICON_SIZE, TITLE_ICON_SIZE)) for _ in range(2)
        )
        self.title_bar, self.empty_title_bar = QWidget(objectName="dock_title"), QWidget()
        row = QHBoxLayout(self.title_bar)
        row.setContentsMargins(8, 1, 4, 1)
        row.setSpacing(2)
        row.addWidget(self.title_label, 1)
        for button in (self.float_button, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.setTitleBarWidget(self.title_bar)
        self.float_button.clicked.connect(self._toggle_floating)
        self.close_button.clicked.connect(self.close_requested)
        self.topLevelChanged.connect(self._on_floating_changed)
        self.dockLocationChanged.connect(self.update_title)  # Qt reports a dock as floating until it is placed

    def apply_theme(self, theme: Theme) -> None:
        """Set the button icons for a theme, and the texts in the current language."""
        self.float_button.setIcon(icons.load_icon("float", theme.muted_text))
        self.close_button.setIcon(icons.load_icon("cross", theme.muted_text))
        self.update_title()

    def update_title(self) -> None:
        """Set the title and the button tooltips in the current language."""
        title = tr(self.title)
        self.title_label.setText(title)
        self.setWindowTitle(title)
        for button, text in (
            (
                self.float_button,
                tr("Dock {title}", title=title) if self.isFloating() else tr("Detach {title}", title=title),
            ),
            (self.close_button, tr("Hide {title}", title=title)),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)

    def show_title(self, visible: bool) -> None:
        """Show or hide the title bar."""
        bar = self.title_bar if visible else self.empty_title_bar
        self.setTitleBarWidget(bar)
        bar.setVisible(True)
        (self.empty_title_bar if visible else self.title_bar).setVisible(False)

    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())
        if self.isFloating():
            self.resize(max(self.width(), MIN_FLOATING_SIZE.width()), max(self.height(), MIN_FLOATING_SIZE.height()))
            self.move(self.pos() + FLOATING_OFFSET)

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
