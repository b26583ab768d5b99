"""Event filter that keeps keys for the focused control before a shortcut of the window consumes them."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QTabBar,
    QWidget,
)


class ShortcutOverrideFilter(QObject):
    """An application-wide event filter.

    For example, a slider keeps the arrow keys, Home, and End, but Space still starts playback.
    """

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Accept a shortcut override for keys that the focused widget uses."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            focus = QApplication.focusWidget()
            modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            if not modifiers and _uses_key(focus, event.key()):
                event.accept()
        return False


def _uses_key(focus: QWidget | None, key: int) -> bool:
    """Return whether a widget uses a key in its current state."""
    space, f2 = Qt.Key.Key_Space, Qt.Key.Key_F2
    is_arrow, is_home_or_end = key in (Qt.Key.Key_Left, Qt.Key.Key_Right), key in (Qt.Key.Key_Home, Qt.Key.Key_End)
    if isinstance(focus, QAbstractButton):  # arrow keys select within a button group
        return key == space or (is_arrow and focus.group() is not None)
    if isinstance(focus, QAbstractSlider | QTabBar):
        return is_arrow or is_home_or_end
    if isinstance(focus, QComboBox):
        return key == space or is_home_or_end
    if isinstance(focus, QAbstractItemView):
        edit_key_enabled = focus.editTriggers() & QAbstractItemView.EditTrigger.EditKeyPressed
        is_editable = bool(edit_key_enabled and focus.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable)
        return key == space or is_arrow or is_home_or_end or (key == f2 and is_editable)
    return False
