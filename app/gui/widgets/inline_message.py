"""Words that say what is wrong, where it is wrong."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtWidgets import QLabel, QWidget

WIDE = 360  # pixels of a slip, at most


class Words(QLabel):
    """A line that is there only while it has something to say."""

    def __init__(self, name: str = "wrong") -> None:
        super().__init__(
            objectName=name, wordWrap=True, textFormat=Qt.TextFormat.PlainText
        )  # what was typed is no markup
        self.hide()

    def say(self, words: str) -> None:
        self.setText(words)
        self.setVisible(bool(words))


class Slip(Words):
    """Words below a widget, over what is there, so that nothing moves when they come and go."""

    def __init__(self, below: QWidget) -> None:
        super().__init__("slip")
        self.below = below
        below.destroyed.connect(self.deleteLater)
        below.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """What is said of a widget goes with it."""
        if event is not None and event.type() == QEvent.Type.Hide:
            self.hide()
        return False

    def say(self, words: str) -> None:
        window = self.below.window()
        if words and window is not None:
            self.setParent(window)
            self.setText(words)
            self.setFixedWidth(min(self.fontMetrics().horizontalAdvance(words) + 24, WIDE))
            self.setFixedHeight(self.heightForWidth(self.width()))
            corner = self.below.mapTo(window, QPoint(0, self.below.height() + 2))
            self.move(min(corner.x(), window.width() - self.width()), corner.y())
            self.raise_()
        super().say(words)
