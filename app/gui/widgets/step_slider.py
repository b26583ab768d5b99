"""Slider whose keys and wheel step a value instead of the position of the handle."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PyQt6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

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
        self.mark: float | None = None  # position of a mark, from 0 to 1
        self.actionTriggered.connect(self._on_action)
        guard_wheel(self)

    def set_mark(self, position: float | None) -> None:
        """Draw a mark across the groove at a position from 0 to 1; None removes it."""
        if position != self.mark:
            self.mark = position
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the slider, and the mark over its groove."""
        super().paintEvent(event)
        if self.mark is None:
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style = self.style()
        assert style is not None
        handle = style.subControlRect(QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self)
        x = handle.width() / 2 + self.mark * (self.width() - handle.width())
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 2))
        painter.drawLine(QPointF(x, handle.top() - 2), QPointF(x, handle.bottom() + 2))

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
