"""A label for a text of any length that always takes the same number of lines."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QResizeEvent, QTextLayout, QTextOption
from PyQt6.QtWidgets import QLabel, QSizePolicy

ELLIPSIS = "…"


class ElidedText(QLabel):
    """A word-wrapped text in ``line_count`` lines; a longer one is elided, and its tool tip shows all of it."""

    def __init__(self, line_count: int, object_name: str = "quiet") -> None:
        super().__init__(objectName=object_name, textFormat=Qt.TextFormat.PlainText)
        self.line_count = line_count
        self.full_text = ""
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a size with the height of the lines."""
        return QSize(0, self.line_count * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

    def show_text(self, text: str) -> None:
        """Show a text, or as much of it as fits."""
        if text != self.full_text:
            self.full_text = text
            self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit the text into the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        """Fit the text in the new font."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        lines = self._wrapped_lines()
        is_elided = len(lines) > self.line_count
        if is_elided:
            lines = lines[: self.line_count]
            words = lines[-1].rstrip()
            while words and self.fontMetrics().horizontalAdvance(words + ELLIPSIS) > self.width():
                words = words[:-1].rstrip()
            lines[-1] = words.rstrip(" .,;:") + ELLIPSIS
        self.setText("\n".join(lines))
        self.setToolTip(f"<p>{escape(self.full_text)}</p>" if is_elided else "")
        self.setAccessibleName(self.full_text)

    def _wrapped_lines(self) -> list[str]:
        """Return the whole text in lines of the width of the label."""
        layout = QTextLayout(self.full_text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        lines = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width())
            lines.append(self.full_text[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
        return lines
