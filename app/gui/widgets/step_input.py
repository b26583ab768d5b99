"""Event filter that turns keys and the mouse wheel into steps of the focused control.

The wheel over a control without the focus scrolls the panel instead.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

BURST_TIMEOUT = 400  # milliseconds without a step that end a burst; a burst is one undo step
WHEEL_NOTCH = 120  # in units of QWheelEvent.angleDelta (eighths of a degree); touch pads send less
_KEY, _TYPE, _SHIFT = Qt.Key, QEvent.Type, Qt.KeyboardModifier.ShiftModifier
VERTICAL_KEYS = {
    _KEY.Key_Up: (1, False),
    _KEY.Key_Down: (-1, False),
    _KEY.Key_PageUp: (1, True),
    _KEY.Key_PageDown: (-1, True),
}
HORIZONTAL_KEYS = {**VERTICAL_KEYS, _KEY.Key_Right: (1, False), _KEY.Key_Left: (-1, False)}


class StepInput(QObject):
    """An event filter that emits ``stepped(count, coarse)``; steps with Shift or by page keys are coarse.

    ``interaction_started`` is emitted before the first step of a burst, ``interaction_finished`` after the last: some
    time after the key was released or the wheel stopped, or when the widget loses the focus.
    """

    stepped = pyqtSignal(int, bool)
    interaction_started = pyqtSignal()
    interaction_finished = pyqtSignal()

    def __init__(self, widget: QWidget, keys: dict[Qt.Key, tuple[int, bool]]) -> None:
        super().__init__(widget)
        self.keys, self.stepping, self.notch_remainder = keys, False, 0
        self.idle_timer = QTimer(self, singleShot=True, interval=BURST_TIMEOUT)
        self.idle_timer.timeout.connect(self.end_interaction)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Turn key and wheel events into steps; end a burst when the widget loses the focus."""
        if isinstance(event, QKeyEvent):
            return self._handle_key(event)
        if isinstance(event, QWheelEvent):
            assert isinstance(watched, QWidget)
            if watched.hasFocus():
                self._handle_wheel(event)
            else:
                event.ignore()
            return True
        if event is not None and event.type() in (_TYPE.FocusOut, _TYPE.Hide, _TYPE.MouseButtonPress):
            self.end_interaction()
        return False

    def _handle_key(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        step = self.keys.get(Qt.Key(event.key())) if not modifiers & ~_SHIFT else None
        if step is None or event.type() not in (_TYPE.KeyPress, _TYPE.KeyRelease):
            return False
        if event.type() == _TYPE.KeyPress:
            self.idle_timer.stop()  # the burst lasts as long as the key is held down
            self._emit_step(step[0], step[1] or bool(modifiers))
        elif not event.isAutoRepeat() and self.stepping:
            self.idle_timer.start()
        return True

    def _handle_wheel(self, event: QWheelEvent) -> None:
        angle = event.angleDelta()
        self.notch_remainder += angle.y() or angle.x()  # with Shift, some systems scroll horizontally
        count = int(self.notch_remainder / WHEEL_NOTCH)
        self.notch_remainder -= count * WHEEL_NOTCH
        if count:
            self._emit_step(count, bool(event.modifiers() & _SHIFT))
            self.idle_timer.start()

    def _emit_step(self, count: int, coarse: bool) -> None:
        if not self.stepping:
            self.stepping = True
            self.interaction_started.emit()
        self.stepped.emit(count, coarse)

    def end_interaction(self) -> None:
        """End the current burst of steps."""
        self.idle_timer.stop()
        self.notch_remainder = 0
        if self.stepping:
            self.stepping = False
            self.interaction_finished.emit()
