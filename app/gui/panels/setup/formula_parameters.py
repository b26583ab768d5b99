"""Sliders for the parameters of a formula."""

from __future__ import annotations

import math
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.gui.panels.setup.parameter_range import ParameterRange, range_around
from app.gui.widgets.inline_message import InlineMessage
from app.gui.widgets.number_field import NumberField
from app.gui.widgets.slider_field import SliderField
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter


class RangeRow(QWidget):
    """Fields for both ends of a slider. ``changed(range)`` is emitted for a range from a lower to a higher number."""

    changed = pyqtSignal(object)

    def __init__(self, name: str, shown: ParameterRange) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("Slider from"), objectName="quiet"))
        labels = (
            tr("lower end of the slider of {name}", name=name),
            tr("upper end of the slider of {name}", name=name),
        )
        self.fields = []
        for label, value in zip(labels, shown, strict=True):
            field = NumberField(Hyperparameter(*shown, minimum=-math.inf, label=label))
            field.show_value(value)
            field.setWhatsThis(
                tr("An end of the slider. Between positive numbers with a ratio of 100 or more, it is logarithmic.")
            )
            field.value_committed.connect(self._emit_range)
            field.value_changing.connect(self._emit_range)
            self.fields.append(field)
        row.addWidget(self.fields[0], 1)
        row.addWidget(QLabel(tr("to"), objectName="quiet"))
        row.addWidget(self.fields[1], 1)

    def _emit_range(self) -> None:
        low, high = (field.value for field in self.fields)
        if low < high and math.isfinite(high - low):
            self.changed.emit(ParameterRange(low, high))


class ParameterForm(QWidget):
    """A slider for each parameter, with a button that shows the ends of the slider."""

    def __init__(self, ranges: dict[str, ParameterRange], open_ranges: set[str], theme: Theme) -> None:
        super().__init__()
        self.fields: dict[str, SliderField] = {}
        self.range_rows: dict[str, RangeRow] = {}
        self.range_buttons: dict[str, QToolButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for name, shown in ranges.items():
            row = grid.rowCount()
            field = self.fields[name] = SliderField(grid, row, shown.spec(name), name, theme, self)
            help_text = tr(
                "Parameter {name} of the formula. A change applies to the steps that follow, or from the start of all "
                "runs if changes apply from the start.",
                name=name,
            )
            for widget in (field.label, field.slider):
                widget.setToolTip(help_text)
            for widget in (field.slider, field.number_field):
                widget.setWhatsThis(help_text)
            button = self.range_buttons[name] = QToolButton(objectName="reset", text="↔", checkable=True)
            button.setToolTip(tr("Range of the slider"))
            button.setAccessibleName(tr("Range of the slider of {name}", name=name))
            button.setWhatsThis(tr("Shows the ends of the slider, which you can change."))
            grid.addWidget(button, row, 4)
            range_row = self.range_rows[name] = RangeRow(name, shown)
            grid.addWidget(range_row, row + 2, 0, 1, 5)
            range_row.setVisible(name in open_ranges)
            button.setChecked(name in open_ranges)
            button.toggled.connect(range_row.setVisible)


class FormulaParameters(QWidget):
    """The form of the parameters, rebuilt for other parameters or ranges."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.ranges: dict[str, ParameterRange] = {}
        self.value_ranges: dict[str, ParameterRange] = {}  # where the user has not chosen one
        self.form = ParameterForm({}, set(), theme)
        self.error_label = InlineMessage()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.column.addWidget(self.form)
        self.column.addWidget(self.error_label)
        self.refresh()

    def refresh(self) -> None:
        """Show the parameters of the experiment."""
        experiment = self.session.displayed_experiment
        parameters = experiment.parameters
        self.setVisible(bool(parameters))
        ranges = {}
        for name, value in parameters.items():
            chosen = experiment.parameter_ranges.get(name)
            known = ParameterRange(*chosen) if chosen else self.value_ranges.get(name)
            if known is None or not known.contains(value):
                known = self.value_ranges[name] = range_around(value)
            ranges[name] = known
        if list(ranges.items()) != list(self.ranges.items()):
            self._rebuild(ranges)
        for name, value in parameters.items():
            self.form.fields[name].show_value(value)
        if not self.session.store.interaction_active:
            self.error_label.show_message("")

    def _rebuild(self, ranges: dict[str, ParameterRange]) -> None:
        self.ranges = ranges
        open_ranges = {name for name, button in self.form.range_buttons.items() if button.isChecked()}
        old, self.form = self.form, ParameterForm(ranges, open_ranges, self.theme)
        self.column.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        store = self.session.store
        for name, field in self.form.fields.items():
            field.value_changing.connect(lambda value, name=name: self._set_value(name, value, f"parameter {name}"))
            field.value_committed.connect(lambda value, name=name: self._set_value(name, value))
            field.interaction_started.connect(store.begin_interaction)
            field.interaction_finished.connect(store.end_interaction)
            # Rebuilt after the event: the field that reports the range is a part of the form.
            self.form.range_rows[name].changed.connect(
                lambda shown, name=name: self._set_range(name, shown), Qt.ConnectionType.QueuedConnection
            )

    def _set_range(self, name: str, shown: ParameterRange) -> None:
        experiment = self.session.experiment
        if name in experiment.parameters and shown != self.ranges.get(name):
            ranges = {**experiment.parameter_ranges, name: (shown.low, shown.high)}
            self.session.store.set(replace(experiment, parameter_ranges=ranges), f"slider range of {name}")

    def _set_value(self, name: str, value: float, merge_key: str | None = None) -> None:
        try:
            self.session.change(lambda experiment: experiment.with_parameter(name, value), merge_key)
            self.error_label.show_message("")
        except ExperimentError as error:
            message = str(error)
            self.error_label.show_message(to_sentence(message))
