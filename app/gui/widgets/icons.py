"""Icons drawn with Qt: run markers, and the SVG files of ``assets/icons`` in a theme color."""

from __future__ import annotations

import math
from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QApplication, QStyleOption

from app.theming.theme import Style, Theme
from app.utils.resources import ICONS

ICON_SIZE = 18  # pixels


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


class _PaintedIconEngine(QIconEngine):
    """Draws an icon when it is shown, with ``paint`` on ICON_SIZE x ICON_SIZE pixels, sharp at every pixel ratio."""

    def __init__(self, paint: Callable[[QPainter], None]) -> None:
        super().__init__()
        self._paint = paint

    def clone(self) -> QIconEngine:
        """Return a copy."""
        return _PaintedIconEngine(self._paint)

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        """Return the size in device pixels that is drawn where ``size`` is free: ICON_SIZE logical pixels at most."""
        application = QApplication.instance()
        ratio = application.devicePixelRatio() if isinstance(application, QApplication) else 1.0
        return size.boundedTo(QSize(ICON_SIZE, ICON_SIZE) * ratio)

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the icon into a rectangle."""
        if painter is not None and not rect.isEmpty():
            ratio = painter.device().devicePixelRatioF()  # type: ignore[union-attr]
            painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon in device pixels, gray if disabled; the icon of a selected row is not tinted."""
        pixmap = QPixmap(size)
        if pixmap.isNull():  # a row without height, in a very small window
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size.width() / ICON_SIZE, size.height() / ICON_SIZE)
        self._paint(painter)
        painter.end()
        style = QApplication.style()
        if mode != QIcon.Mode.Disabled or style is None:
            return pixmap
        return style.generatedIconPixmap(mode, pixmap, QStyleOption())


def run_icon(style: Style, theme: Theme) -> QIcon:
    """Return the marker of a run in its color, hollow if the run is hidden."""
    path = marker_path(style.marker, 13)

    def paint(painter: QPainter) -> None:
        painter.translate(ICON_SIZE / 2, ICON_SIZE / 2)
        painter.setPen(QPen(QColor(style.color), 1))
        painter.setBrush(QColor(style.color if style.visible else theme.input_background))
        painter.drawPath(path)

    return QIcon(_PaintedIconEngine(paint))


def _polygon_path(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
    path.closeSubpath()
    return path


def load_icon(name: str, color: str) -> QIcon:
    """Return the icon ``assets/icons/<name>.svg`` filled with one color."""

    def paint(painter: QPainter) -> None:
        rect = QRectF(0, 0, ICON_SIZE, ICON_SIZE)
        QSvgRenderer((ICONS / f"{name}.svg").as_posix()).render(painter, rect)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(rect, QColor(color))

    return QIcon(_PaintedIconEngine(paint))
