"""Gives keys back to the control that has the focus and uses them, before a shortcut of the window takes them away."""

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
ARROW_KEYS, HOME_END_KEYS = {_KEY.Key_Left, _KEY.Key_Right}, {_KEY.Key_Home, _KEY.Key_End}
WIDGET_KEYS: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
    (QAbstractButton, {_KEY.Key_Space}),
    (QAbstractSlider, ARROW_KEYS | HOME_END_KEYS),
    (QComboBox, {_KEY.Key_Space, *HOME_END_KEYS}),
    (QTabBar, ARROW_KEYS | HOME_END_KEYS),
    (QAbstractItemView, {_KEY.Key_Space, *ARROW_KEYS, *HOME_END_KEYS}),
)


class ShortcutOverrideFilter(QObject):
    """A filter for the whole application. A slider keeps its arrows, Home and End, but Space still plays."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
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
    """Whether a control uses a key because of what it is at the moment."""
    if isinstance(focus, QAbstractButton):  # arrows choose among buttons of which one is pressed
        return key in ARROW_KEYS and focus.group() is not None
    return (
        isinstance(focus, QAbstractItemView)
        and key == _KEY.Key_F2
        and bool(
            focus.editTriggers() & QAbstractItemView.EditTrigger.EditKeyPressed
            and focus.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable
        )
    )  # it edits the current entry
