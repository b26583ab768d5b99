"""Pictures of the rows of a step: names, formulas and numbers, laid out for a width."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter

from app.analysis.step_explanation.explanation import DIGITS
from app.analysis.step_explanation.function_lines import Line, Value
from app.analysis.step_explanation.printed import format_number
from app.analysis.step_text.rows import StepRow
from app.gui.panels.step.math_boxes import Box, row_box, text_box
from app.gui.panels.step.number_formula import formula_boxes, wrapped_rows
from app.gui.widgets.math_image import math_image
from app.theming.theme import Theme

MARGIN, LINE_GAP, COLUMN_GAP = 8, 3, 10  # pixels
MATH_SCALE = 1.12  # of formulas: the letters of their font are smaller
MIN_FORMULA_SIZE = 9.0  # pixels, for a formula that is wider than the list


@dataclass(frozen=True)
class RowStyle:
    """Font, colors, names of the coordinates, and device pixels per pixel of a list."""

    font: QFont
    theme: Theme
    axes: tuple[str, str]
    device_pixel_ratio: float = 1.0

    @property
    def math_size(self) -> float:
        """The font size of formulas in pixels."""
        return QFontInfo(self.font).pixelSize() * MATH_SCALE


class RowPicture:
    """What a row draws in a list of some width; ``height`` is in pixels."""

    def __init__(self, row: StepRow, style: RowStyle, width: float) -> None:
        self.style, self.width, self.height = style, width - 2 * MARGIN, float(LINE_GAP)
        self.texts: list[tuple[QRectF, str, str]] = []  # with the color
        self.images: list[tuple[QPointF, str, float]] = []  # mathtext with its font size
        self.boxes: list[tuple[float, float, Box, str]] = []  # x, baseline, and color
        if row.line is not None:
            self._add_line(row.name, row.line)
        elif row.value is not None:
            self._add_value(row.name, row.symbol, row.value)
        else:
            self._add_text(row.name, style.theme.text)
        self.height += LINE_GAP

    def _add_text(self, text: str, color: str) -> None:
        """Add text below what there is, in as many lines as it needs."""
        bounds = QFontMetricsF(self.style.font).boundingRect(
            QRectF(0, 0, self.width, 10_000), Qt.TextFlag.TextWordWrap, text
        )
        self.texts.append((QRectF(0, self.height, self.width, bounds.height()), text, color))
        self.height += bounds.height()

    def _add_line(self, name: str, line: Line) -> None:
        if name:
            self._add_text(name, self.style.theme.muted_text)
            self.height += LINE_GAP
        self.height += self._add_image(line.latex, 0.0) + LINE_GAP
        if not isinstance(line.value, tuple):
            self._add_numbers("", line.substituted_x, line.value)
            return
        for axis, tex, value in zip(self.style.axes, (line.substituted_x, line.substituted_y), line.value, strict=True):
            self._add_numbers(axis, tex, value)

    def _add_image(self, tex: str, x: float) -> float:
        """Add a formula at the current height, smaller if it is too wide, and return its height."""
        size = self.style.math_size
        width = self._image_width(tex, size)
        if width > self.width - x:
            size = max(MIN_FORMULA_SIZE, size * (self.width - x) / width)
        self.images.append((QPointF(x, self.height), tex, size))
        return self._image(tex, size).height() / self.style.device_pixel_ratio

    def _image_width(self, tex: str, size: float) -> float:
        return self._image(tex, size).width() / self.style.device_pixel_ratio

    def _image(self, tex: str, size: float) -> QImage:
        return math_image(tex, size, self.style.theme.text, self.style.device_pixel_ratio)

    def _add_numbers(self, axis: str, tex: str, value: float) -> None:
        """Add a right-hand side with its numbers, and its value in another color."""
        size, theme = self.style.math_size, self.style.theme
        label = text_box(axis, size)
        indent = label.width + COLUMN_GAP if axis else 0.0
        result = format_number(value, DIGITS).tex
        terms = [] if tex == result else formula_boxes(tex, size)
        result_box = row_box([text_box(" = " if terms else "", size), *formula_boxes(result, size)])
        for number, row in enumerate(wrapped_rows([*terms, result_box], self.width - indent)):
            x, whole = indent, row_box(row)
            if axis and not number:
                self.boxes.append((0.0, self.height + whole.ascent, label, theme.muted_text))
            for box in row:
                color = theme.accent if box is result_box else theme.text
                self.boxes.append((x, self.height + whole.ascent, box, color))
                x += box.width
            self.height += whole.height + LINE_GAP

    def _add_value(self, name: str, symbol: str, value: Value) -> None:
        """Add a symbol and a name on the left, and the number or the pair on the right."""
        size, theme = self.style.math_size, self.style.theme
        numbers = pair_box(value, size)
        metrics, left, image_height = QFontMetricsF(self.style.font), 0.0, 0.0
        if symbol:
            image_height = self._add_image(symbol, 0.0)
            left = self._image_width(symbol, size) + COLUMN_GAP
        name_width = metrics.horizontalAdvance(name)
        height = max(metrics.height(), numbers.height, image_height)
        if symbol:
            top, tex, image_size = self.images.pop()
            self.images.append((top + QPointF(0.0, (height - image_height) / 2), tex, image_size))
        if name:
            self.texts.append((QRectF(left, self.height, self.width - left, height), name, theme.text))
        if left + name_width + COLUMN_GAP + numbers.width > self.width:
            self.height += height
            height = numbers.height
        x = max(0.0, self.width - numbers.width)
        self.boxes.append((x, self.height + (height + numbers.ascent - numbers.descent) / 2, numbers, theme.accent))
        self.height += height

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Draw the row with its upper left corner at a position."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(x + MARGIN, y)
        painter.setFont(self.style.font)
        for rect, text, color in self.texts:
            painter.setPen(QColor(color))
            painter.drawText(rect, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter, text)
        for point, tex, size in self.images:
            painter.drawImage(point, self._image(tex, size))
        for box_x, baseline, box, color in self.boxes:
            painter.setPen(QColor(color))
            box.paint(painter, box_x, baseline)
        painter.restore()


def pair_box(value: Value, size: float) -> Box:
    """Return a number, or a pair in parentheses."""
    if not isinstance(value, tuple):
        return row_box(formula_boxes(format_number(value, DIGITS).tex, size))
    x, y = (row_box(formula_boxes(format_number(each, DIGITS).tex, size)) for each in value)
    return row_box([text_box("(", size), x, text_box(", ", size), y, text_box(")", size)])
