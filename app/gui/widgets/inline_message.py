"""Words that say what is wrong, where it is wrong."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtWidgets import QLabel, QWidget

MAX_FLOATING_WIDTH = 360  # pixels of a slip, at most


class InlineMessage(QLabel):
    """A line that is there only while it has something to say."""

    def __init__(self, object_name: str = "wrong") -> None:
        super().__init__(
            objectName=object_name, wordWrap=True, textFormat=Qt.TextFormat.PlainText
        )  # what was typed is no markup
        self.hide()

    def show_message(self, message: str) -> None:
        self.setText(message)
        self.setVisible(bool(message))


class FloatingMessage(InlineMessage):
    """Words below a widget, over what is there, so that nothing moves when they come and go."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__("slip")
        self.anchor = anchor
        anchor.destroyed.connect(self.deleteLater)
        anchor.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """What is said of a widget goes with it."""
        if event is not None and event.type() == QEvent.Type.Hide:
            self.hide()
        return False

    def show_message(self, message: str) -> None:
        window = self.anchor.window()
        if message and window is not None:
            self.setParent(window)
            self.setText(message)
            self.setFixedWidth(min(self.fontMetrics().horizontalAdvance(message) + 24, MAX_FLOATING_WIDTH))
            self.setFixedHeight(self.heightForWidth(self.width()))
            corner = self.anchor.mapTo(window, QPoint(0, self.anchor.height() + 2))
            self.move(min(corner.x(), window.width() - self.width()), corner.y())
            self.raise_()
        super().show_message(message)
