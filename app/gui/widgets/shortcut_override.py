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

_KEY = Qt.Key
ARROW_KEYS = {_KEY.Key_Left, _KEY.Key_Right}
HOME_END_KEYS = {_KEY.Key_Home, _KEY.Key_End}
WIDGET_KEYS: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
    (QAbstractButton, {_KEY.Key_Space}),
    (QAbstractSlider, ARROW_KEYS | HOME_END_KEYS),
    (QComboBox, {_KEY.Key_Space, *HOME_END_KEYS}),
    (QTabBar, ARROW_KEYS | HOME_END_KEYS),
    (QAbstractItemView, {_KEY.Key_Space, *ARROW_KEYS, *HOME_END_KEYS}),
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
            if not modifiers and (
                _uses_key(focus, event.key())
                or any(isinstance(focus, kind) and event.key() in keys for kind, keys in WIDGET_KEYS)
            ):
                event.accept()
        return False


def _uses_key(focus: QWidget | None, key: int) -> bool:
    """Return whether a widget uses a key in its current state."""
    if isinstance(focus, QAbstractButton):  # arrow keys select within a button group
        return key in ARROW_KEYS and focus.group() is not None
    if isinstance(focus, QAbstractItemView) and key == _KEY.Key_F2:
        edit_key_enabled = focus.editTriggers() & QAbstractItemView.EditTrigger.EditKeyPressed
        return bool(edit_key_enabled and focus.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable)
    return False
