"""Gives keys back to the control that has the focus and uses them, before a shortcut of the window takes them away."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSlider, QApplication, QComboBox, QWidget

_KEY = Qt.Key
USED: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
    (QAbstractButton, {_KEY.Key_Space}),
    (QAbstractSlider, {_KEY.Key_Left, _KEY.Key_Right}),
    (QComboBox, {_KEY.Key_Space, _KEY.Key_Home, _KEY.Key_End}),
    (QAbstractItemView, {_KEY.Key_Space, _KEY.Key_Home, _KEY.Key_End}))


class OwnKeys(QObject):
    """A filter for the whole application. A slider keeps its arrows, but Space and Home still move the race."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            focus = QApplication.focusWidget()
            if any(isinstance(focus, kind) and event.key() in keys for kind, keys in USED):
                event.accept()
        return False
