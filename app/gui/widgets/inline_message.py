"""Labels for error messages, in the layout or floating over it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtWidgets import QLabel, QWidget

MAX_FLOATING_WIDTH = 360  # pixels


class InlineMessage(QLabel):
    """A label that is visible only while it has a message."""

    def __init__(self, object_name: str = "wrong") -> None:
        # plain text, because messages quote what was typed
        super().__init__(objectName=object_name, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.hide()

    def show_message(self, message: str) -> None:
        """Show a message, or hide the label if the message is empty."""
        self.setText(message)
        self.setVisible(bool(message))


class FloatingMessage(InlineMessage):
    """A message below its anchor widget, floating over the window so that the layout does not change."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__("slip")
        self.anchor = anchor
        anchor.destroyed.connect(self.deleteLater)
        anchor.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Hide the message when the anchor is hidden."""
        if event is not None and event.type() == QEvent.Type.Hide:
            self.hide()
        return False

    def show_message(self, message: str) -> None:
        """Show a message below the anchor, or hide the label if the message is empty."""
        self.setText(message)
        self.follow_anchor()
        super().show_message(message)

    def follow_anchor(self) -> None:
        """Move below the anchor, inside the window; disappear while the anchor is scrolled out of sight."""
        window = self.anchor.window()
        if not self.text() or window is None:
            return
        self.setParent(window)
        width = max(map(self.fontMetrics().horizontalAdvance, self.text().split("\n")))
        self.setFixedWidth(min(width + 24, MAX_FLOATING_WIDTH))
        self.setFixedHeight(self.heightForWidth(self.width()))
        corner = self.anchor.mapTo(window, QPoint(0, self.anchor.height() + 2))
        self.move(min(corner.x(), window.width() - self.width()), min(corner.y(), window.height() - self.height()))
        self.raise_()
        self.setVisible(not self.anchor.visibleRegion().isEmpty())
