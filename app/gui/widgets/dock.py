"""Dock: a part of the window that can be moved, floated and hidden, under a slim title."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from app.gui.widgets import icons
from app.theming.theme import Theme
from app.utils.i18n import tr

ICON = 12  # pixels of the pictures on a title's buttons
EDGE = 3  # pixels around what floats
LEAST, AWAY = QSize(460, 380), QPoint(-40, 40)  # how large it floats at least, and how far from where it was


class Dock(QDockWidget):
    """``left``: somebody wants it gone. What that means is for its owner to say: it does not hide by itself."""

    left = pyqtSignal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"dock_{name}")  # without one its place is not remembered
        self.title, self.words = title, QLabel(objectName="title")
        self.float, self.cross = (QToolButton(objectName="reset", iconSize=QSize(ICON, ICON)) for _ in range(2))
        self.bar, self.bare = QWidget(objectName="dock_title"), QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(8, 1, 4, 1)
        row.setSpacing(2)
        row.addWidget(self.words, 1)
        for button in (self.float, self.cross):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.setTitleBarWidget(self.bar)
        self.float.clicked.connect(self._float)
        self.cross.clicked.connect(self.left)
        self.topLevelChanged.connect(self._floated)
        self.dockLocationChanged.connect(self.entitle)  # until it has a place it counts as floating

    def dress(self, theme: Theme) -> None:
        """Icons in the theme of now, words in the language of now."""
        self.float.setIcon(icons.icon("float", theme.muted))
        self.cross.setIcon(icons.icon("cross", theme.muted))
        self.entitle()

    def entitle(self) -> None:
        title = tr(self.title)
        self.words.setText(title)
        self.setWindowTitle(title)
        for button, words in (
            (
                self.float,
                tr("Put {title} back into the window", title=title)
                if self.isFloating()
                else tr("Make {title} a window of its own", title=title),
            ),
            (self.cross, tr("Hide {title}", title=title)),
        ):
            button.setToolTip(words)
            button.setAccessibleName(words)

    def show_title(self, on: bool) -> None:
        """With its title, or with nothing but what it holds."""
        bar = self.bar if on else self.bare
        self.setTitleBarWidget(bar)
        bar.setVisible(True)
        (self.bare if on else self.bar).setVisible(False)

    def _float(self) -> None:
        """Out of the window, larger and to be seen as apart from it; or back."""
        self.setFloating(not self.isFloating())
        if self.isFloating():
            self.resize(max(self.width(), LEAST.width()), max(self.height(), LEAST.height()))
            self.move(self.pos() + AWAY)

    def _floated(self, floating: bool) -> None:
        self.entitle()
        edge = EDGE if floating else 0
        self.setContentsMargins(edge, edge, edge, edge)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """An edge around what floats: it has no frame of the desktop's."""
        if not self.isFloating():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Shadow))
        painter.end()

    def hold(self, widget: QWidget) -> None:
        """Show a widget; the one that was here before is done with."""
        old = self.widget()
        self.setWidget(widget)
        if old is not None:
            old.deleteLater()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        event.ignore()
        self.left.emit()
