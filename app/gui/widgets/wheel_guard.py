"""Ignore the mouse wheel over widgets that do not have the focus."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QComboBox, QWidget


class WheelGuard(QObject):
    """An event filter: the wheel scrolls the panel, and turns a list or a number only where it has the focus."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def guard_wheel(widget: QWidget) -> None:
    """Keep the wheel from changing a widget that has no focus. A list takes the focus by Tab only: a click leaves Space to Play."""
    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus if isinstance(widget, QComboBox) else Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(WheelGuard(widget))
