"""Slider whose keys and wheel step a value instead of the position of the handle."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QSlider

from app.gui.widgets.wheel_guard import guard_wheel

WHEEL_NOTCH = 120  # in units of QWheelEvent.angleDelta (eighths of a degree); touchpads send less
_ACTION = QSlider.SliderAction
ACTION_STEPS = {
    _ACTION.SliderSingleStepAdd: 1,  # arrow keys and screen readers
    _ACTION.SliderSingleStepSub: -1,
    _ACTION.SliderPageStepAdd: 10,  # page keys and clicks next to the handle
    _ACTION.SliderPageStepSub: -10,
}


class StepSlider(QSlider):
    """A horizontal slider that emits ``stepped(steps)`` and stays where it is; only drags, Home, and End move it."""

    stepped = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.notch_remainder = 0
        self.actionTriggered.connect(self._on_action)
        guard_wheel(self)

    def _on_action(self, action: int) -> None:
        steps = ACTION_STEPS.get(_ACTION(action))
        if steps is not None:
            self.setSliderPosition(self.value())
            self.stepped.emit(steps)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Step once per notch."""
        assert event is not None
        angle = event.angleDelta()
        self.notch_remainder += angle.y() or angle.x()  # with Shift, some systems scroll horizontally
        steps = int(self.notch_remainder / WHEEL_NOTCH)
        self.notch_remainder -= steps * WHEEL_NOTCH
        if steps:
            self.stepped.emit(steps)
        event.accept()
