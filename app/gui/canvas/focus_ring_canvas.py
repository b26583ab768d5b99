"""Matplotlib canvas that paints a ring while it has the keyboard focus."""

# mypy: disable-error-code="no-untyped-call"
# (matplotlib's Qt backend has no annotations)

from __future__ import annotations

from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFocusEvent, QPainter, QPen

from app.theming.theme import Theme

KEYBOARD_FOCUS_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class FocusRingCanvas(FigureCanvasQTAgg):
    """A canvas that records whether it received the focus by keyboard; only then the ring is shown."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.shows_focus_ring = False

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show the focus ring if the focus came by keyboard."""
        super().focusInEvent(event)
        self.shows_focus_ring = event is not None and event.reason() in KEYBOARD_FOCUS_REASONS
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Hide the focus ring."""
        super().focusOutEvent(event)
        self.shows_focus_ring = False
        self.update()

    def paint_focus_ring(self, theme: Theme) -> None:
        """Paint the ring inside the widget; to be called in ``paintEvent``."""
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme.accent), 2 * theme.focus_ring_width))  # the outer half is clipped
        painter.drawRect(self.rect())
        painter.end()
