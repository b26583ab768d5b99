"""Ignore the mouse wheel over widgets that do not have the focus."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QComboBox, QWidget


class WheelGuard(QObject):
    """An event filter that lets the panel scroll when the wheel is used over a widget without the focus."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Ignore wheel events while the watched widget does not have the focus."""
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def guard_wheel(widget: QWidget) -> None:
    """Keep the mouse wheel from changing a widget without the focus.

    A combo box then takes the focus by Tab only, so that Space still starts playback after a click.
    """
    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus if isinstance(widget, QComboBox) else Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(WheelGuard(widget))
