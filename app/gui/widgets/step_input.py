"""The keys and the wheel of a control that has the focus, as steps; the wheel over one that has not scrolls the panel."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

BURST = 400  # milliseconds without a step, after which what was stepped is one edit
NOTCH = 120  # of a wheel, in Qt's units; a touch pad turns by less
_KEY, _TYPE, _SHIFT = Qt.Key, QEvent.Type, Qt.KeyboardModifier.ShiftModifier
UPRIGHT = {
    _KEY.Key_Up: (1, False),
    _KEY.Key_Down: (-1, False),
    _KEY.Key_PageUp: (1, True),
    _KEY.Key_PageDown: (-1, True),
}
ACROSS = {**UPRIGHT, _KEY.Key_Right: (1, False), _KEY.Key_Left: (-1, False)}


class Nudges(QObject):
    """An event filter. ``taken(count, coarse)``: so many steps, with Shift or by a page key coarse ones.

    ``seized`` comes before the first of a burst of steps, ``let_go`` after the last: a key is up again, or the focus gone.
    """

    taken = pyqtSignal(int, bool)
    seized = pyqtSignal()
    let_go = pyqtSignal()

    def __init__(self, widget: QWidget, keys: dict[Qt.Key, tuple[int, bool]]) -> None:
        super().__init__(widget)
        self.keys, self.on, self.turned = keys, False, 0
        self.pause = QTimer(self, singleShot=True, interval=BURST)
        self.pause.timeout.connect(self.end)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent):
            return self._key(event)
        if isinstance(event, QWheelEvent):
            assert isinstance(watched, QWidget)
            if watched.hasFocus():
                self._wheel(event)
            else:
                event.ignore()
            return True
        if event is not None and event.type() in (_TYPE.FocusOut, _TYPE.Hide, _TYPE.MouseButtonPress):
            self.end()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        step = self.keys.get(Qt.Key(event.key())) if not modifiers & ~_SHIFT else None
        if step is None or event.type() not in (_TYPE.KeyPress, _TYPE.KeyRelease):
            return False
        if event.type() == _TYPE.KeyPress:
            self.pause.stop()  # while it is held down
            self._take(step[0], step[1] or bool(modifiers))
        elif not event.isAutoRepeat() and self.on:
            self.pause.start()
        return True

    def _wheel(self, event: QWheelEvent) -> None:
        angle = event.angleDelta()
        self.turned += angle.y() or angle.x()  # some systems turn the wheel sideways with Shift
        count = int(self.turned / NOTCH)
        self.turned -= count * NOTCH
        if count:
            self._take(count, bool(event.modifiers() & _SHIFT))
            self.pause.start()

    def _take(self, count: int, coarse: bool) -> None:
        if not self.on:
            self.on = True
            self.seized.emit()
        self.taken.emit(count, coarse)

    def end(self) -> None:
        """The burst is over."""
        self.pause.stop()
        self.turned = 0
        if self.on:
            self.on = False
            self.let_go.emit()
