"""Slider, number field, and reset button for one declared hyperparameter."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QAbstractSpinBox, QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.gui.widgets import icons
from app.gui.widgets.inline_message import FloatingMessage
from app.gui.widgets.number_field import NumberField, step_with_modifiers
from app.gui.widgets.step_slider import StepSlider
from app.model.number_parsing import describe_allowed
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter

SLIDER_STEPS = 1000
MAX_LABEL_WIDTH = 88  # pixels; longer names wrap


class SliderField(QObject):
    """Slider, number field, and reset button for a hyperparameter, in one row of a grid.

    ``value_changing(value)`` is emitted while the slider is dragged and for every step by key or wheel, between
    ``interaction_started`` and ``interaction_finished``; ``value_committed(value)`` for a typed number or a reset.
    Slider steps equal field steps but end at the slider's range. Error messages float over the layout, below the row.
    """

    value_changing = pyqtSignal(float)
    value_committed = pyqtSignal(float)
    interaction_started = pyqtSignal()
    interaction_finished = pyqtSignal()

    def __init__(
        self,
        grid: QGridLayout,
        row: int,
        spec: Hyperparameter,
        name: str,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.spec = spec
        self.slider_steps = round(spec.slider_max - spec.slider_min) if spec.scale == "whole" else SLIDER_STEPS
        self.label = QLabel(tr(spec.label), wordWrap=True)
        self.label.setFixedWidth(
            min(MAX_LABEL_WIDTH, self.label.fontMetrics().horizontalAdvance(self.label.text()) + 2)
        )
        help_lines = hyperparameter_help(spec, name)
        help_html = hyperparameter_tooltip(spec, name)
        self.label.setToolTip(help_html)
        self.slider = StepSlider()
        self.slider.setRange(0, self.slider_steps)
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(self.label.text())
        self.slider.setAccessibleDescription(" ".join(help_lines))  # screen readers do not read the tooltip of a label
        self.slider.setToolTip(help_html)
        self.number_field = NumberField(spec)
        self.number_field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)  # the slider is as good
        self.number_field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.number_field.set_hint(help_html)
        self.number_field.setWhatsThis(help_html)  # its tool tip shows messages as well
        self.slider.setWhatsThis(help_html)
        self.reset_button = create_reset_button(spec, theme)
        self.error_label = FloatingMessage(self.number_field)
        for column, widget in enumerate((self.label, self.slider, self.number_field, self.reset_button)):
            grid.addWidget(widget, row, column)
        self._connect_signals()

    def _connect_signals(self) -> None:
        spec = self.spec
        self.slider.valueChanged.connect(
            lambda position: self._change_value(spec.from_slider(position / self.slider_steps))
        )
        self.slider.stepped.connect(self._step_by)
        self.slider.sliderPressed.connect(self.number_field.end_interaction)
        self.slider.sliderPressed.connect(self.interaction_started)
        self.slider.sliderReleased.connect(self.interaction_finished)
        self.number_field.interaction_started.connect(self.interaction_started)
        self.number_field.interaction_finished.connect(self.interaction_finished)
        self.number_field.value_changing.connect(self._change_value)
        self.number_field.value_committed.connect(self._commit_value)
        self.number_field.message_changed.connect(self.error_label.show_message)
        self.reset_button.clicked.connect(lambda: self._commit_value(spec.default))

    def show_value(self, value: float) -> None:
        """Show a value without emitting a signal."""
        position = round(self.spec.to_slider(value) * self.slider_steps)
        if self.spec.from_slider(self.slider.value() / self.slider_steps) != value:
            self.slider.blockSignals(True)
            self.slider.setValue(position)
            self.slider.blockSignals(False)
        self.number_field.show_value(value)
        self.reset_button.setEnabled(value != self.spec.default)

    def show_mark(self, value: float | None) -> None:
        """Mark a value on the slider; None, or a value outside the slider, removes the mark."""
        inside = value is not None and self.spec.slider_min <= value <= self.spec.slider_max
        self.slider.set_mark(self.spec.to_slider(value) if value is not None and inside else None)

    def _change_value(self, value: float) -> None:
        self.show_value(value)
        self.value_changing.emit(value)

    def _step_by(self, steps: int) -> None:
        """Step like the number field, but not beyond the end of the slider."""
        current = self.number_field.value
        lowest, highest = sorted((current, self.spec.from_slider(float(steps > 0))))
        value = step_with_modifiers(self.spec, current, steps)
        self.number_field.change_value(min(max(value, lowest), highest))

    def _commit_value(self, value: float) -> None:
        self.show_value(value)
        self.value_committed.emit(value)


def hyperparameter_help(spec: Hyperparameter, name: str) -> list[str]:
    """Return what a hyperparameter does, and its name in files with its allowed values and its default."""
    facts = tr(
        "{name}: {allowed}; default {default}", name=name, allowed=describe_allowed(spec), default=f"{spec.default:g}"
    )
    return [tr(spec.explanation), facts] if spec.explanation else [facts]


def hyperparameter_tooltip(spec: Hyperparameter, name: str) -> str:
    """Return the lines of ``hyperparameter_help`` as HTML, which wraps in a tool tip."""
    return "<br>".join(map(escape, hyperparameter_help(spec, name)))


def create_reset_button(spec: Hyperparameter, theme: Theme) -> QToolButton:
    """Return a button that resets a hyperparameter to its default; the caller connects it."""
    default_text = (tr("off"), tr("on"))[bool(spec.default)] if spec.scale == "switch" else f"{spec.default:g}"
    button = QToolButton(
        objectName="reset",
        toolTip=tr("Reset to {value}", value=default_text),
        icon=icons.load_icon("reset", theme.muted_text),
    )
    button.setAccessibleName(tr("Reset {name}", name=tr(spec.label)))
    return button
