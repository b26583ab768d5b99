"""Icons drawn with Qt: run markers, and the SVG files of ``assets/icons`` in a theme color."""

from __future__ import annotations

import math
from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform
from PyQt6.QtSvg import QSvgRenderer

from app.theming.theme import Style, Theme
from app.utils.resources import ICONS

ICON_SIZE = 18  # pixels
SPARE_PIXEL_RATIO = 2.0  # painted besides those of the screens; a screen connected later gets it scaled down


def marker_path(marker: str, size: float) -> QPainterPath:
    """Return the outline of a run marker (a matplotlib marker code), ``size`` wide, centered on the origin."""
    path, r = QPainterPath(), size / 2
    if marker == "o":
        path.addEllipse(QPointF(0, 0), r, r)
        return path
    if marker == "s":
        path.addRect(QRectF(-r * 0.88, -r * 0.88, r * 1.76, r * 1.76))
        return path
    if marker in "PX":
        horizontal_bar = QPainterPath()
        horizontal_bar.addRect(QRectF(-r, -r / 3, size, size / 3))
        vertical_bar = QPainterPath()
        vertical_bar.addRect(QRectF(-r / 3, -r, size / 3, size))
        plus = horizontal_bar.united(vertical_bar)
        return _rotated(plus, 45) if marker == "X" else plus
    corners, first_angle = {"^": (3, -90), "v": (3, 90), "D": (4, -90), "p": (5, -90)}[marker]
    angles = [math.radians(first_angle + 360 * k / corners) for k in range(corners)]
    path.addPolygon(QPolygonF([QPointF(r * math.cos(a), r * math.sin(a)) for a in angles]))
    path.closeSubpath()
    return path


def star_path(size: float) -> QPainterPath:
    """Return a five-pointed star, ``size`` wide, centered on the origin."""
    points = [(size / (2 if k % 2 == 0 else 5), math.radians(36 * k - 90)) for k in range(10)]
    return _polygon_path(*((r * math.cos(a), r * math.sin(a)) for r, a in points))


def _rotated(path: QPainterPath, degrees: float) -> QPainterPath:
    return QTransform().rotate(degrees).map(path)


def _paint_icon(paint: Callable[[QPainter], None]) -> QIcon:
    """Return an icon that ``paint`` draws on ICON_SIZE x ICON_SIZE pixels, once for each pixel ratio of a screen."""
    icon = QIcon()
    for scale in {SPARE_PIXEL_RATIO, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}:
        pixmap = QPixmap(round(ICON_SIZE * scale), round(ICON_SIZE * scale))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
        painter.end()
        icon.addPixmap(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # Qt would tint the icon of a selected row
    return icon


def run_icon(style: Style, theme: Theme) -> QIcon:
    """Return the marker of a run in its color, hollow if the run is hidden."""
    path = marker_path(style.marker, 13)

    def paint(painter: QPainter) -> None:
        painter.translate(ICON_SIZE / 2, ICON_SIZE / 2)
        painter.setPen(QPen(QColor(style.color), 1))
        painter.setBrush(QColor(style.color if style.visible else theme.input_background))
        painter.drawPath(path)

    return _paint_icon(paint)


def _polygon_path(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
    path.closeSubpath()
    return path


def load_icon(name: str, color: str) -> QIcon:
    """Return the icon ``assets/icons/<name>.svg`` filled with one color."""
    svg = QSvgRenderer((ICONS / f"{name}.svg").as_posix())

    def paint(painter: QPainter) -> None:
        rect = QRectF(0, 0, ICON_SIZE, ICON_SIZE)
        svg.render(painter, rect)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(rect, QColor(color))

    return _paint_icon(paint)
