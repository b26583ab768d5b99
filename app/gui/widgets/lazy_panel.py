"""A panel that is created when it is first shown, after the next paint."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QFontInfo, QHideEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget


class LazyPanel(QWidget):
    """The place of a panel; ``build`` returns the panel and is set by the owner. ``hidden`` is emitted by an event."""

    hidden = pyqtSignal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.build: Callable[[], QWidget] = QWidget
        self.panel: QWidget | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Create the panel once the window has been painted."""
        super().showEvent(event)
        QTimer.singleShot(0, self.build_now)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Emit ``hidden``."""
        super().hideEvent(event)
        self.hidden.emit()

    def set_font_scale(self, scale: float) -> None:
        """Scale the text by a factor."""
        size = QFontInfo(QApplication.font()).pixelSize() * scale
        self.setStyleSheet(f"QWidget {{ font-size: {round(size)}px; }}" if scale != 1.0 else "")

    def build_now(self) -> None:
        """Create the panel unless it exists."""
        if self.panel is None:
            self.panel = self.build()
            self.column.addWidget(self.panel)
            self.panel.show()  # at once: the layout would show it after the next event
