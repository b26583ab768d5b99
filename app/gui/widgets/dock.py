"""Dock: a part of the window that can be moved, floated and hidden, under a slim title."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from app.gui.widgets import icons
from app.theming.theme import Theme
from app.utils.i18n import tr

TITLE_ICON_SIZE = 12  # pixels of the pictures on a title's buttons
FLOATING_MARGIN = 3  # pixels around what floats
MIN_FLOATING_SIZE, FLOATING_OFFSET = (
    QSize(460, 380),
    QPoint(-40, 40),
)  # how large it floats at least, and how far from where it was


class Dock(QDockWidget):
    """``left``: somebody wants it gone. What that means is for its owner to say: it does not hide by itself."""

    close_requested = pyqtSignal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"dock_{name}")  # without one its place is not remembered
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
        self.dockLocationChanged.connect(self.update_title)  # until it has a place it counts as floating

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme of now, words in the language of now."""
        self.float_button.setIcon(icons.load_icon("float", theme.muted_text))
        self.close_button.setIcon(icons.load_icon("cross", theme.muted_text))
        self.update_title()

    def update_title(self) -> None:
        title = tr(self.title)
        self.title_label.setText(title)
        self.setWindowTitle(title)
        for button, text in (
            (
                self.float_button,
                tr("Put {title} back into the window", title=title)
                if self.isFloating()
                else tr("Make {title} a window of its own", title=title),
            ),
            (self.close_button, tr("Hide {title}", title=title)),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)

    def show_title(self, visible: bool) -> None:
        """With its title, or with nothing but what it holds."""
        bar = self.title_bar if visible else self.empty_title_bar
        self.setTitleBarWidget(bar)
        bar.setVisible(True)
        (self.empty_title_bar if visible else self.title_bar).setVisible(False)

    def _toggle_floating(self) -> None:
        """Out of the window, larger and to be seen as apart from it; or back."""
        self.setFloating(not self.isFloating())
        if self.isFloating():
            self.resize(max(self.width(), MIN_FLOATING_SIZE.width()), max(self.height(), MIN_FLOATING_SIZE.height()))
            self.move(self.pos() + FLOATING_OFFSET)

    def _on_floating_changed(self, floating: bool) -> None:
        self.update_title()
        margin = FLOATING_MARGIN if floating else 0
        self.setContentsMargins(margin, margin, margin, margin)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """An edge around what floats: it has no frame of the desktop's."""
        if not self.isFloating():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Shadow))
        painter.end()

    def replace_widget(self, widget: QWidget) -> None:
        """Show a widget; the one that was here before is done with."""
        old = self.widget()
        self.setWidget(widget)
        if old is not None:
            old.deleteLater()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        event.ignore()
        self.close_requested.emit()
