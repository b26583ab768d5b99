"""Boxes of typeset text: what they draw, side by side, over each other, and in parentheses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from PyQt6.QtCore import QLineF, QPointF
from PyQt6.QtGui import QFont, QFontDatabase, QFontMetricsF, QPainter, QPainterPath

AXIS_HEIGHT = 0.27  # of the font size: how high the bar of a fraction is above the baseline
GAP = 0.12  # of the font size, between the bar of a fraction or a root and what is next to it


@dataclass(frozen=True)
class Box:
    """A drawing on a baseline, in device-independent pixels.

    ``texts`` are (x, y of the baseline, font size, text), ``lines`` are (x1, y1, x2, y2); y points down from the
    baseline of the box.
    """

    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0
    texts: Sequence[tuple[float, float, float, str]] = field(default=(), repr=False)
    lines: Sequence[tuple[float, float, float, float]] = field(default=(), repr=False)

    @property
    def height(self) -> float:
        """The whole height."""
        return self.ascent + self.descent

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box with its drawing moved to the right and down; the width stays."""
        texts = [(x + dx, y + dy, size, text) for x, y, size, text in self.texts]
        lines = [(x1 + dx, y1 + dy, x2 + dx, y2 + dy) for x1, y1, x2, y2 in self.lines]
        return Box(self.width, self.ascent - dy, self.descent + dy, texts, lines)

    def paint(self, painter: QPainter, x: float, baseline: float) -> None:
        """Draw the box with the pen of the painter."""
        for text_x, text_y, size, text in self.texts:
            painter.setFont(math_font(size))
            painter.drawText(QPointF(x + text_x, baseline + text_y), text)
        for x1, y1, x2, y2 in self.lines:
            painter.drawLine(QLineF(x + x1, baseline + y1, x + x2, baseline + y2))


@cache
def _math_family() -> str:
    """Return the family of the font in which matplotlib sets formulas."""
    from app.plotting.math_text import math_font_file  # imports matplotlib

    number = QFontDatabase.addApplicationFont(math_font_file())
    return (QFontDatabase.applicationFontFamilies(number) or [QFont().family()])[0]


@lru_cache(64)
def math_font(size: float) -> QFont:
    """Return the font of numbers in formulas. ``size`` is in pixels."""
    font = QFont(_math_family())
    font.setPixelSize(max(1, round(size)))
    return font


@lru_cache(4096)
def _text_width(text: str, size: float) -> float:
    return QFontMetricsF(math_font(size)).horizontalAdvance(text)


def text_box(text: str, size: float) -> Box:
    """Return a box of one line of text."""
    return Box(_text_width(text, size), 0.72 * size, 0.22 * size, [(0.0, 0.0, size, text)])


def row_box(boxes: Sequence[Box]) -> Box:
    """Return boxes side by side on one baseline."""
    x, moved = 0.0, []
    for box in boxes:
        moved.append(box.moved(x, 0.0))
        x += box.width
    ascent, descent = (max((getattr(box, name) for box in boxes), default=0.0) for name in ("ascent", "descent"))
    return Box(
        x, ascent, descent, [t for box in moved for t in box.texts], [each for box in moved for each in box.lines]
    )


def fraction_box(numerator: Box, denominator: Box, size: float) -> Box:
    """Return one box over another with a bar between them."""
    width, axis, gap = max(numerator.width, denominator.width) + 2 * GAP * size, -AXIS_HEIGHT * size, GAP * size
    above = numerator.moved((width - numerator.width) / 2, axis - gap - numerator.descent)
    below = denominator.moved((width - denominator.width) / 2, axis + gap + denominator.ascent)
    return Box(
        width,
        above.ascent,
        below.descent,
        [*above.texts, *below.texts],
        [*above.lines, *below.lines, (GAP * size / 2, axis, width - GAP * size / 2, axis)],
    )


def root_box(content: Box, size: float) -> Box:
    """Return a box below the sign of a square root."""
    sign, top, foot = 0.55 * size, -content.ascent - GAP * size, content.descent
    inside = content.moved(sign, 0.0)
    middle = (top + foot) / 2
    lines = [
        (0.05 * size, middle, 0.2 * size, middle - 0.08 * size),
        (0.2 * size, middle - 0.08 * size, 0.34 * size, foot),
        (0.34 * size, foot, sign - 0.04 * size, top),
        (sign - 0.04 * size, top, sign + content.width, top),
    ]
    width = sign + content.width + 0.08 * size
    return Box(width, content.ascent + 2 * GAP * size, foot, inside.texts, [*inside.lines, *lines])


def raised_box(content: Box, base: Box, size: float) -> Box:
    """Return a box as the exponent of another one, which it stands beside."""
    return content.moved(0.04 * size, -max(0.38 * size, base.ascent - 0.45 * size))


def fenced_box(left: str, content: Box, right: str, size: float) -> Box:
    """Return a box in parentheses or bars that are as high as the box."""
    if content.height <= 1.3 * size:
        return row_box([text_box(left, size), content, text_box(right, size)])
    if left == "|":
        bars = Box(
            0.3 * size,
            content.ascent,
            content.descent,
            (),
            [(0.15 * size, -content.ascent, 0.15 * size, content.descent)],
        )
        return row_box([bars, content, bars])
    return row_box([_parenthesis(content, size, 1), content, _parenthesis(content, size, -1)])


def _parenthesis(content: Box, size: float, direction: int) -> Box:
    """Return a parenthesis of short lines; ``direction`` is 1 for the left one."""
    width = 0.38 * size
    path = QPainterPath(QPointF(0.75 * width, -content.ascent))
    middle = (content.descent - content.ascent) / 2
    path.quadTo(QPointF(-0.15 * width, middle), QPointF(0.75 * width, content.descent))
    points = [path.pointAtPercent(k / 12) for k in range(13)]
    xs = [point.x() if direction > 0 else width - point.x() for point in points]
    lines = [(xs[k], points[k].y(), xs[k + 1], points[k + 1].y()) for k in range(12)]
    return Box(width, content.ascent, content.descent, (), lines)
