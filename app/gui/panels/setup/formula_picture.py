"""A formula typeset in the width of the panel."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QTimer
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.theming.theme import Theme

FONT_SIZE, SMALLEST_FONT_SIZE = 15.0, 9.0  # pixels
LINE_SPACING = 3.0  # pixels
OPENING, CLOSING = ("{", r"\left"), ("}", r"\right")


def split_sum(tex: str) -> list[str]:
    """Return the terms of a sum in mathtext, each with the sign before it."""
    terms, depth, first = [], 0, 0
    for k in range(len(tex)):
        depth += tex.startswith(OPENING, k) - tex.startswith(CLOSING, k)
        if depth == 0 and tex.startswith((" + ", " - "), k):
            terms.append(tex[first:k])
            first = k + 1
    return [*terms, tex[first:]]


class FormulaPicture(QWidget):
    """A label that shows mathtext; a long formula is set smaller, then in several lines between the terms of its sum.

    It is hidden while it has nothing to show. Typesetting starts after the first paint, because it loads matplotlib.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.tex = theme, ""
        self.lines: list[QImage] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def show_formula(self, tex: str) -> None:
        """Show a formula; an empty one hides the picture."""
        if tex != self.tex:
            self.tex = tex
            self.setVisible(bool(tex))
            QTimer.singleShot(0, self._typeset)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Typeset the formula for another width."""
        super().resizeEvent(event)
        if event is not None and event.size().width() != event.oldSize().width():
            QTimer.singleShot(0, self._typeset)

    def _typeset(self) -> None:
        self.lines = self._fitting_lines() if self.tex else []
        self.setFixedHeight(round(sum(height(line) + LINE_SPACING for line in self.lines)))
        self.update()

    def _fitting_lines(self) -> list[QImage]:
        available = self.width()
        image = self._image(self.tex, FONT_SIZE)
        if width(image) <= available:
            return [image]
        lines = [""]
        for term in split_sum(self.tex):
            candidate = f"{lines[-1]} {term}" if lines[-1] else term
            if lines[-1] and width(self._image(candidate, FONT_SIZE)) > available:
                lines.append(term)
            else:
                lines[-1] = candidate
        return [self._shrunk(line, available) for line in lines]

    def _shrunk(self, tex: str, available: int) -> QImage:
        """Return the image of a line, smaller if it is too wide, but not smaller than can be read."""
        image = self._image(tex, FONT_SIZE)
        if width(image) <= available:
            return image
        return self._image(tex, max(FONT_SIZE * available / width(image), SMALLEST_FONT_SIZE))

    def _image(self, tex: str, font_size: float) -> QImage:
        from app.gui.widgets.math_image import math_image

        return math_image(tex, font_size, self.theme.text, self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the lines below each other."""
        painter, top = QPainter(self), 0.0
        for line in self.lines:
            painter.drawImage(QRectF(0.0, top, width(line), height(line)), line)
            top += height(line) + LINE_SPACING
        painter.end()


def width(image: QImage) -> float:
    """Return the width of an image in device-independent pixels."""
    return image.width() / image.devicePixelRatio()


def height(image: QImage) -> float:
    """Return the height of an image in device-independent pixels."""
    return image.height() / image.devicePixelRatio()
