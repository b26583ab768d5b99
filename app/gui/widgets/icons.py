"""A theme as Qt wants it: palette, and the little pictures on buttons and in lists; the style sheet has a file of its own."""

from __future__ import annotations

import math
from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform
from PyQt6.QtSvg import QSvgRenderer

from app.theming.theme import Style, Theme
from app.utils.resources import ICONS

SIZE = 18
SCALES = (1.0, 1.5, 2.0, 3.0)  # pictures for such screens; Qt shrinks the next larger one for those between


def mark_path(mark: str, size: float) -> QPainterPath:
    """The outline of a run's mark, centered on the origin, ``size`` across."""
    path, r = QPainterPath(), size / 2
    if mark == "o":
        path.addEllipse(QPointF(0, 0), r, r)
        return path
    if mark == "s":
        path.addRect(QRectF(-r * 0.88, -r * 0.88, r * 1.76, r * 1.76))
        return path
    if mark in "PX":
        cross = QPainterPath()
        cross.addRect(QRectF(-r, -r / 3, size, size / 3))
        upright = QPainterPath()
        upright.addRect(QRectF(-r / 3, -r, size / 3, size))
        turned = cross.united(upright)
        return _rotated(turned, 45) if mark == "X" else turned
    corners, first = {"^": (3, -90), "v": (3, 90), "D": (4, -90), "p": (5, -90)}[mark]
    angles = [math.radians(first + 360 * k / corners) for k in range(corners)]
    path.addPolygon(QPolygonF([QPointF(r * math.cos(a), r * math.sin(a)) for a in angles]))
    path.closeSubpath()
    return path


def star(size: float) -> QPainterPath:
    """A star of five points, centered on the origin, ``size`` across."""
    tips = [(size / (2 if k % 2 == 0 else 5), math.radians(36 * k - 90)) for k in range(10)]
    return _polygon(*((r * math.cos(a), r * math.sin(a)) for r, a in tips))


def _rotated(path: QPainterPath, degrees: float) -> QPainterPath:
    return QTransform().rotate(degrees).map(path)


def _painted(paint: Callable[[QPainter], None]) -> QIcon:
    """What ``paint`` leaves on a field of SIZE x SIZE pixels, sharp on fine screens too."""
    icon = QIcon()
    for scale in SCALES:
        picture = QPixmap(round(SIZE * scale), round(SIZE * scale))
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
        painter.end()
        icon.addPixmap(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # else Qt tints it, and the color is what it shows
    return icon


def run_icon(style: Style, theme: Theme) -> QIcon:
    """A run's mark in its color; hollow where the run is hidden."""
    mark = mark_path(style.marker, 13)

    def paint(painter: QPainter) -> None:
        painter.translate(SIZE / 2, SIZE / 2)
        painter.setPen(QPen(QColor(style.color), 1))
        painter.setBrush(QColor(style.color if style.visible else theme.field))
        painter.drawPath(mark)

    return _painted(paint)


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
    path.closeSubpath()
    return path


def icon(name: str, color: str) -> QIcon:
    """The picture of that name in assets/icons, all of it in a color."""
    picture = QSvgRenderer((ICONS / f"{name}.svg").as_posix())

    def paint(painter: QPainter) -> None:
        field = QRectF(0, 0, SIZE, SIZE)
        picture.render(painter, field)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(field, QColor(color))

    return _painted(paint)
