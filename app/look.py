"""A theme as Qt wants it: palette, style sheet, and the little pictures on buttons and in lists."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPainterPathStroker, QPalette, QPen, QPixmap, QPolygonF, QTransform

from app.theme import Style, Theme


def palette(theme: Theme) -> QPalette:
    """Every role that the program's widgets use, so that dark is dark on systems without a dark theme of their own."""
    colors = QPalette()
    role = QPalette.ColorRole
    for where, color in ((role.Window, theme.panel), (role.WindowText, theme.text), (role.Base, theme.field),
                         (role.Text, theme.text), (role.AlternateBase, theme.panel), (role.Button, theme.panel),
                         (role.ButtonText, theme.text),
                         (role.ToolTipBase, theme.field), (role.ToolTipText, theme.text), (role.Highlight, theme.accent),
                         (role.HighlightedText, theme.on_accent), (role.Link, theme.accent), (role.PlaceholderText, theme.muted),
                         (role.Mid, theme.line), (role.Dark, theme.line), (role.Light, theme.field), (role.Midlight, theme.line),
                         (role.Shadow, theme.muted), (role.BrightText, theme.warning)):
        colors.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        colors.setColor(QPalette.ColorGroup.Disabled, where, QColor(theme.blend(theme.muted, 0.45, theme.panel)))
    return colors


def sheet(theme: Theme) -> str:
    """What a palette cannot say: spacing, headings, the Play button, a field with a wrong input."""
    return f"""
        QToolTip {{ color: {theme.text}; background: {theme.field}; border: 1px solid {theme.line}; padding: 4px; }}
        QMainWindow::separator {{ background: {theme.panel}; width: 5px; height: 5px; }}
        QMainWindow::separator:hover {{ background: {theme.accent}; }}
        QWidget#dock_title {{ background: {theme.panel}; }}
        QLabel#title {{ color: {theme.muted}; font-weight: bold; }}
        QToolBar#presentation {{ border: 0; border-top: 1px solid {theme.line}; }}
        QToolBar {{ border: 0; border-bottom: 1px solid {theme.line}; spacing: 6px; padding: 3px 8px 1px 8px; }}
        QToolButton#toggle {{ border: 1px solid {theme.line}; padding: 4px 10px; }}
        QToolButton#toggle:checked {{ background: {theme.blend(theme.accent, 0.8, theme.field)}; border-color: {theme.accent}; }}
        QToolButton {{ padding: 5px 10px; border-radius: 5px; }}
        QToolButton:hover {{ background: {theme.line}; }}
        QToolButton:pressed {{ background: {theme.blend(theme.line, 0.3, theme.muted)}; }}
        QToolButton#play {{ background: {theme.accent}; color: {theme.on_accent}; font-weight: bold; min-width: 74px; }}
        QToolButton#play:hover {{ background: {theme.blend(theme.accent, 0.15, theme.text)}; }}
        QToolButton#reset {{ padding: 2px; }}
        QToolButton#segment {{ border: 1px solid {theme.line}; border-radius: 0; padding: 3px 10px; background: {theme.field}; }}
        QToolButton#segment:checked {{ background: {theme.blend(theme.accent, 0.8, theme.field)}; border-color: {theme.accent}; }}
        QToolBar#transport {{ border-bottom: 0; }}
        QToolBar#time {{ padding: 0 10px 1px 10px; }}
        QStatusBar {{ border-top: 1px solid {theme.line}; }}
        QStatusBar::item {{ border: 0; }}
        QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.line}; }}
        QLabel#heading {{ color: {theme.muted}; font-weight: bold; padding-top: 4px; }}
        QLabel#part {{ color: {theme.muted}; font-weight: bold; padding-top: 3px; }}
        QLabel#quiet {{ color: {theme.muted}; }}
        QLabel#wrong {{ color: {theme.warning}; }}
        QLabel#slip {{ color: {theme.warning}; background: {theme.field}; border: 1px solid {theme.warning}; border-radius: 4px;
                       padding: 4px 6px; }}
        QLabel#step {{ font-size: 17px; font-weight: bold; padding: 0 6px; }}
        QLineEdit[wrong="true"] {{ border: 2px solid {theme.warning}; }}
        QTableWidget::item {{ padding: 0 6px; }}
        QTableWidget {{ border: 0; border-top: 1px solid {theme.line}; gridline-color: {theme.line}; }}
        QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: 0; border-bottom: 1px solid {theme.line};
                                padding: 3px 6px; }}
        QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
        QScrollArea {{ border: 0; }}
        QWidget#popup {{ background: {theme.panel}; border: 1px solid {theme.line}; }}
        QListView {{ border: 1px solid {theme.line}; border-radius: 4px; background: {theme.field}; }}
        QListWidget {{ border: 1px solid {theme.line}; border-radius: 4px; }}
        QListWidget::item {{ padding: 3px 2px; }}
        QListWidget::item:selected {{ background: {theme.blend(theme.accent, 0.8, theme.field)}; color: {theme.text}; }}
    """


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


def _icon(paths: list[QPainterPath], color: str, edge: str | None = None, size: int = 18) -> QIcon:
    """Paths in a square of 18 units around the origin, filled with a color, sharp at twice the size."""
    icon = QIcon()
    for scale in (1, 2, 3):
        picture = QPixmap(QSize(size, size) * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(size / 2, size / 2)
        painter.scale(size / 18, size / 18)
        painter.setPen(QPen(QColor(edge), 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        for path in paths:
            painter.drawPath(path)
        painter.end()
        icon.addPixmap(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # else Qt tints it, and the color is what it shows
    return icon


def run_icon(style: Style, theme: Theme) -> QIcon:
    """A run's mark in its color; hollow where the run is hidden."""
    return _icon([mark_path(style.marker, 13)], style.color if style.visible else theme.field, style.color)


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
    path.closeSubpath()
    return path


def _bar(left: float, top: float, width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(left, top, width, height), 1, 1)
    return path


def _arc_arrow() -> list[QPainterPath]:
    ring = QPainterPath()
    ring.arcMoveTo(QRectF(-6, -6, 12, 12), 60)
    ring.arcTo(QRectF(-6, -6, 12, 12), 60, 270)
    stroker = QPainterPathStroker()
    stroker.setWidth(2)
    return [stroker.createStroke(ring), _polygon((1, -9), (7.5, -5), (1.5, -1))]


SHAPES = {
    "play": [_polygon((-5, -7), (7, 0), (-5, 7))],
    "pause": [_bar(-6, -7, 4, 14), _bar(2, -7, 4, 14)],
    "step": [_polygon((-6, -7), (3, 0), (-6, 7)), _bar(4, -7, 3, 14)],
    "back": [_polygon((6, -7), (-3, 0), (6, 7)), _bar(-7, -7, 3, 14)],
    "start": [_polygon((7, -6), (-0.5, 0), (7, 6)), _polygon((0, -6), (-7, 0), (0, 6)), _bar(-9, -6, 2, 12)],
    "end": [_polygon((-7, -6), (0.5, 0), (-7, 6)), _polygon((0, -6), (7, 0), (0, 6)), _bar(7, -6, 2, 12)],
    "reset": _arc_arrow(),
    "add": [_bar(-7, -1.25, 14, 2.5), _bar(-1.25, -7, 2.5, 14)],
    "cross": [_rotated(_bar(-7, -1, 14, 2), 45), _rotated(_bar(-7, -1, 14, 2), -45)],
    "float": [_bar(-7, -7, 10, 2), _bar(-7, -7, 2, 10), _bar(-3, -3, 10, 10)],
    "remove": [_bar(-7, -1.25, 14, 2.5)],
    "duplicate": [_bar(-7, -7, 9, 2), _bar(-7, -7, 2, 9), _bar(-2, -2, 9, 9)],
}


def icon(name: str, color: str) -> QIcon:
    """One of SHAPES in a color."""
    return _icon(SHAPES[name], color)
