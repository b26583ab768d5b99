"""A start point that was clicked in the contour plot or on the curve and is not set yet."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QPushButton, QWidget

from app.gui.canvas.plot_canvas import BASE_DPI, PlotCanvas
from app.plotting.markers import MARKER_EDGE, MARKER_FACE
from app.utils.i18n import tr
from app.views.viewport_view import ViewportView

MARKER_RADIUS = 9  # pixels at BASE_DPI
BUTTON_DISTANCE = 8  # pixels between marker and button
KEY_EVENTS = QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress
# Why the focus leaves for a menu or another window only.
PASSING_REASONS = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class ProposalMarker(QWidget):
    """A pale start marker with a dashed ring."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a dashed ring on a pale disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.8)
        disc = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        painter.setPen(QPen(QColor(MARKER_FACE), 4.5))
        painter.setBrush(QColor(MARKER_FACE))
        painter.drawEllipse(disc)
        painter.setPen(QPen(QColor(MARKER_EDGE), 2.0, Qt.PenStyle.DotLine))
        painter.drawEllipse(disc)
        painter.end()


class StartProposal(QObject):
    """The proposed start point with a button beside it; it follows the visible part of the plane.

    ``confirmed`` is emitted when the button is clicked, or Enter is pressed in the canvas. Escape removes the proposal.
    """

    confirmed = pyqtSignal()

    def __init__(self, canvas: PlotCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.start: tuple[float, float] | None = None
        self.marker = ProposalMarker(canvas)
        self.button = QPushButton(canvas)
        self.translate()
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the canvas keeps the focus, and with it Enter and Escape
        self.button.hide()
        self.button.clicked.connect(self.confirmed)
        canvas.mpl_connect("draw_event", lambda _: self.place())
        canvas.installEventFilter(self)

    def translate(self) -> None:
        """Write the texts of the button in the current language."""
        self.button.setText(tr("Set start here"))
        self.button.setToolTip(tr("Press Enter to set the starting point here, or Esc to cancel"))

    def propose(self, start: tuple[float, float] | None) -> None:
        """Show a start point, or remove the proposal for None."""
        self.start = start
        self.place()

    @property
    def _pixel(self) -> np.ndarray:
        """The pixel (2,) of the proposed start point."""
        assert self.start is not None
        assert isinstance(self.canvas.view, ViewportView)
        pixel: np.ndarray = self.canvas.view.surface_pixels(np.array([self.start]))[0]
        return pixel

    def is_at(self, pixel: tuple[float, float], max_distance: float) -> bool:
        """Return whether the marker is shown at a pixel."""
        return not self.marker.isHidden() and math.dist(self._pixel, pixel) <= max_distance

    def place(self) -> None:
        """Move marker and button to where the start point is on the canvas; hide them outside the axes."""
        is_shown = self.start is not None and self.canvas.view.is_inside(self._pixel)
        if is_shown:
            scale, (x, y) = self.canvas.device_pixel_ratio, self._pixel
            center = QPoint(round(x / scale), round(self.canvas.height() - y / scale))
            radius = round(MARKER_RADIUS * self.canvas.figure.dpi / BASE_DPI / scale) + 3
            self.marker.setGeometry(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
            self.button.adjustSize()
            left = center.x() + radius + BUTTON_DISTANCE
            if left + self.button.width() > self.canvas.width():
                left = center.x() - radius - BUTTON_DISTANCE - self.button.width()
            top = min(max(center.y() - self.button.height() // 2, 0), self.canvas.height() - self.button.height())
            self.button.move(max(left, 0), top)
        for widget in (self.marker, self.button):
            widget.setVisible(is_shown)
            widget.raise_()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Use Enter and Escape in the canvas, before shortcuts of the window do; end with the focus of the canvas."""
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in PASSING_REASONS:
            self.propose(None)
        if self.start is None or not isinstance(event, QKeyEvent) or event.type() not in KEY_EVENTS:
            return False
        is_confirmed = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not is_confirmed and event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.confirmed.emit() if is_confirmed else self.propose(None)
        return True
