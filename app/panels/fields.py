"""A field for one number, and what turns one declared hyperparameter: a knob (slider, field, reset) or a switch."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PyQt6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QSlider, QToolButton, QWidget

from app import look
from app.checks import number
from app.panels.words import Slip, Words
from app.theme import Theme
from optimizers import Hyperparameter

STOPS = 1000
LABEL = 88  # pixels; longer names wrap
WIDEST = "-0.00000000"  # what a field has room for


class NumberField(QLineEdit):
    """A line for one number. A good entry is ``committed``; a wrong one is ``refused`` in words, and the last good stays known."""

    committed = pyqtSignal(float)
    refused = pyqtSignal(str)

    def __init__(self, name: str, check: Callable[[float], object] = float) -> None:
        super().__init__()
        self.name, self.check = name, check
        self.value = 0.0
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(name)
        self.editingFinished.connect(self._finish)
        self.returnPressed.connect(self._leave)
        self.textEdited.connect(lambda: self._mark(""))

    def show_value(self, value: float) -> None:
        """Show a value from outside; what is being typed is left alone unless the value differs from the last one."""
        if value != self.value or not (self.isModified() or self.text() == self.written(value)):
            self.value = value
            self._write()

    def written(self, value: float) -> str:
        """A value in as many digits as there is room for, ten at most; its exponent is always seen."""
        wide = self.fontMetrics().horizontalAdvance
        texts = (f"{value:.{digits}g}" for digits in range(10, 0, -1))
        return next((text for text in texts if wide(text) <= wide(WIDEST)), f"{value:.0e}")

    def _write(self) -> None:
        self.setText(self.written(self.value))
        self.setCursorPosition(0)
        self._mark("")

    def _mark(self, words: str) -> None:
        if bool(words) != bool(self.property("wrong")):
            self.setProperty("wrong", bool(words))
            style = self.style()
            if style is not None:
                style.unpolish(self)
                style.polish(self)
            self.update()  # the frame, too, where the field has the focus
        self.setToolTip(words)
        self.refused.emit(words)

    def _finish(self) -> None:
        if not self.isModified():
            return
        try:
            value = number(self.name, self.text())
            self.check(value)
        except ValueError as error:
            self._mark(str(error))
            return
        self.value = value
        self._write()
        self.committed.emit(value)

    def _leave(self) -> None:
        """After Enter the keys belong to the race again, unless the entry is wrong."""
        self._finish()  # Qt says that Enter was pressed before it says that editing is finished
        if not self.property("wrong"):
            self.give_back()

    def give_back(self) -> None:
        """Give the focus to the window: where nobody has it, Qt hands it to the first control when the window is next active."""
        window = self.window()
        assert window is not None
        window.setFocus()

    def event(self, event: QEvent | None) -> bool:
        """Undo and redo are the experiment's, unless something is being typed here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not self.isModified() and (
                event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self._write()
            self.give_back()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(WIDEST) + 12, super().sizeHint().height())


class Knob(QObject):
    """Slider, field and reset for a declared number, in one row of a grid.

    ``turned(value)`` follows the slider, which is ``seized`` and ``let_go``; ``typed(value)`` is a number or a reset.
    What is wrong is said below the row, or over what is there where the row is to stay as high as it is (``floating``).
    """

    turned = pyqtSignal(float)
    typed = pyqtSignal(float)
    seized = pyqtSignal()
    let_go = pyqtSignal()

    def __init__(self, grid: QGridLayout, row: int, declared: Hyperparameter, name: str, theme: Theme, parent: QWidget,
                 floating: bool = False) -> None:
        super().__init__(parent)
        self.declared = declared
        self.stops = round(declared.high - declared.low) if declared.scale == "whole" else STOPS
        self.label = QLabel(declared.label, wordWrap=True)
        self.label.setFixedWidth(min(LABEL, self.label.fontMetrics().horizontalAdvance(declared.label) + 2))
        self.label.setToolTip(explained(declared, name))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, self.stops)
        self.slider.setPageStep(max(self.stops // 20, 1))
        self.slider.setSingleStep(max(self.stops // 100, 1))
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(declared.label)
        self.slider.setAccessibleDescription(self.label.toolTip())  # a label's tip nobody hears
        quiet_wheel(self.slider)
        self.field = NumberField(declared.label, lambda value: declared.check(declared.label, value))
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

    def _set(self, value: float) -> None:
        self.show_value(value)
        self.typed.emit(value)


class Switch(QObject):
    """A check box and its reset for something that is on or off, in one row of a grid. ``typed(value)``: 0 or 1."""

    typed = pyqtSignal(float)

    def __init__(self, grid: QGridLayout, row: int, declared: Hyperparameter, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.declared = declared
        self.box = QCheckBox(declared.label)
        self.box.setToolTip(explained(declared, name))
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset = reset_button(declared, theme)
        grid.addWidget(self.box, row, 0, 1, 3)
        grid.addWidget(self.reset, row, 3)
        self.box.clicked.connect(lambda on: self.typed.emit(float(on)))
        self.reset.clicked.connect(lambda: self.typed.emit(declared.default))

    def show_value(self, value: float) -> None:
        """Show a value without saying that it was switched."""
        self.box.setChecked(bool(value))
        self.reset.setEnabled(value != self.declared.default)


def explained(declared: Hyperparameter, name: str) -> str:
    """What may be set, and under which name a file or the command line does so."""
    return f"{name}: {declared.allowed}; default {declared.default:g}"


def reset_button(declared: Hyperparameter, theme: Theme) -> QToolButton:
    """A button that leads back to the default."""
    shown = ("off", "on")[bool(declared.default)] if declared.scale == "switch" else f"{declared.default:g}"
    button = QToolButton(objectName="reset", toolTip=f"Back to {shown}", icon=look.icon("reset", theme.muted))
    button.setAccessibleName(f"Reset {declared.label}")
    return button


class QuietWheel(QObject):
    """An event filter: the wheel scrolls the panel, and turns a slider or a list only where it was clicked first."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QWheelEvent) and isinstance(watched, (QSlider, QComboBox)) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def quiet_wheel(widget: QWidget) -> None:
    """Keep the wheel from changing a widget that has no focus. A list takes the focus by Tab only: a click leaves Space to Play."""
    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus if isinstance(widget, QComboBox) else Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(QuietWheel(widget))
