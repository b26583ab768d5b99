"""What turns one declared hyperparameter: a knob (slider, field, reset) or a switch; and lists that leave the wheel alone."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QSlider, QToolButton, QWidget

from app.gui.widgets import icons
from app.gui.widgets.inline_message import Slip, Words
from app.gui.widgets.number_field import NumberField
from app.gui.widgets.step_input import ACROSS, Nudges
from app.model.number_parsing import allowed
from app.model.number_stepping import stepped
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter

STOPS = 1000
LABEL = 88  # pixels; longer names wrap
_ACT = QSlider.SliderAction
PAGED = {
    _ACT.SliderSingleStepAdd: (1, False),
    _ACT.SliderSingleStepSub: (-1, False),  # by a screen reader
    _ACT.SliderPageStepAdd: (1, True),
    _ACT.SliderPageStepSub: (-1, True),
}  # by a click beside the handle


class Knob(QObject):
    """Slider, field and reset for a declared number, in one row of a grid.

    ``turned(value)`` follows the slider and every step by key or wheel, which is ``seized`` and ``let_go``; ``typed(value)`` is
    a number or a reset. A step of the slider is that of the field, but it ends where the slider does.
    What is wrong is said below the row, or over what is there where the row is to stay as high as it is (``floating``).
    """

    turned = pyqtSignal(float)
    typed = pyqtSignal(float)
    seized = pyqtSignal()
    let_go = pyqtSignal()

    def __init__(
        self,
        grid: QGridLayout,
        row: int,
        declared: Hyperparameter,
        name: str,
        theme: Theme,
        parent: QWidget,
        floating: bool = False,
    ) -> None:
        super().__init__(parent)
        self.declared = declared
        self.stops = round(declared.high - declared.low) if declared.scale == "whole" else STOPS
        self.label = QLabel(tr(declared.label), wordWrap=True)
        self.label.setFixedWidth(min(LABEL, self.label.fontMetrics().horizontalAdvance(self.label.text()) + 2))
        self.label.setToolTip(explained(declared, name))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, self.stops)
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(self.label.text())
        self.slider.setAccessibleDescription(self.label.toolTip())  # a label's tip nobody hears
        self.nudges = Nudges(self.slider, ACROSS)
        self.field = NumberField(declared)
        self.field.setFixedWidth(self.field.sizeHint().width())
        self.reset = reset_button(declared, theme)
        self.wrong = Slip(self.field) if floating else Words()
        for column, widget in enumerate((self.label, self.slider, self.field, self.reset)):
            grid.addWidget(widget, row, column)
        if not floating:
            grid.addWidget(self.wrong, row + 1, 0, 1, 4)
        self.slider.valueChanged.connect(lambda stop: self._turn(declared.value(stop / self.stops)))
        self.slider.sliderPressed.connect(self.seized)
        self.slider.sliderReleased.connect(self.let_go)
        self.slider.actionTriggered.connect(self._page)
        self.nudges.taken.connect(self._nudge)
        for source in (self.nudges, self.field):
            source.seized.connect(self.seized)
            source.let_go.connect(self.let_go)
        self.field.turned.connect(self._turn)
        self.field.committed.connect(self._set)
        self.field.refused.connect(self.wrong.say)
        self.reset.clicked.connect(lambda: self._set(declared.default))

    def show_value(self, value: float) -> None:
        """Show a value without saying that it was turned."""
        stop = round(self.declared.position(value) * self.stops)
        if self.declared.value(self.slider.value() / self.stops) != value:
            self.slider.blockSignals(True)
            self.slider.setValue(stop)
            self.slider.blockSignals(False)
        self.field.show_value(value)
        self.reset.setEnabled(value != self.declared.default)

    def _turn(self, value: float) -> None:
        self.show_value(value)
        self.turned.emit(value)

    def _nudge(self, count: int, coarse: bool) -> None:
        now = self.field.value
        value = stepped(self.declared, now, count, coarse)
        value = (
            min(value, max(self.declared.value(1.0), now))
            if count > 0
            else max(value, min(self.declared.value(0.0), now))
        )
        if value != now:
            self._turn(value)

    def _page(self, action: int) -> None:
        """Go a step of the value instead of so many stops."""
        step = PAGED.get(_ACT(action))
        if step is not None:
            self.slider.setSliderPosition(self.slider.value())
            self._nudge(*step)

    def _set(self, value: float) -> None:
        self.show_value(value)
        self.typed.emit(value)


def explained(declared: Hyperparameter, name: str) -> str:
    """What may be set, and under which name a file or the command line does so."""
    return tr(
        "{name}: {allowed}; default {default}", name=name, allowed=allowed(declared), default=f"{declared.default:g}"
    )


def reset_button(declared: Hyperparameter, theme: Theme) -> QToolButton:
    """A button that leads back to the default."""
    shown = (tr("off"), tr("on"))[bool(declared.default)] if declared.scale == "switch" else f"{declared.default:g}"
    button = QToolButton(
        objectName="reset", toolTip=tr("Back to {value}", value=shown), icon=icons.icon("reset", theme.muted)
    )
    button.setAccessibleName(tr("Reset {name}", name=tr(declared.label)))
    return button
