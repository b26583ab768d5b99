"""Fields that describe a measure of a lesson: what, of which run, and at which step."""

from __future__ import annotations

import math
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.gui.dialogs.form_widgets import make_combo_box
from app.model.experiment import Experiment
from app.model.lesson_claim import AXES, MAX_LESSON_STEPS, MEASURE_TEXTS, Claim
from app.model.number_parsing import parse_number
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

STEP_SPEC = Hyperparameter(0, MAX_LESSON_STEPS, "whole", minimum=0, maximum=MAX_LESSON_STEPS, label="step")
NUMBER_SPEC = Hyperparameter(0.0, 1.0, minimum=-math.inf, label="value")
FORM_MEASURES = [name for name in MEASURE_TEXTS if name not in ("setting", "status")]  # whose value is a number
PARTS = {  # of a claim that have a number field
    "first_step": gettext_noop("from step"),
    "step": gettext_noop("step"),
    "bound": gettext_noop("bound"),
    "tolerance": gettext_noop("tolerance"),
}
DEFAULTS = {"first_step": "0", "bound": "0", "tolerance": "0.01"}  # of an empty field; without a step it is the last


class ClaimFields(QWidget):
    """A combo box for the measure, and the fields that it needs; ``changed`` is emitted by all of them."""

    changed = pyqtSignal()

    def __init__(self, experiment: Experiment, name: str) -> None:
        super().__init__()
        self.measure_combo = make_combo_box({measure: _general_text(measure) for measure in FORM_MEASURES}, name)
        self.run_combo = QComboBox(accessibleName=tr("Run"))
        for number, run in enumerate(experiment.runs, 1):
            self.run_combo.addItem(f"{number}: {run.short_label}", number)
        self.axis_combo = QComboBox(accessibleName=tr("Coordinate"))
        for axis in AXES:
            self.axis_combo.addItem(axis, axis)
        self.fields = {part: QLineEdit(placeholderText=DEFAULTS.get(part, tr("last"))) for part in PARTS}
        self.labels = {part: QLabel(tr(label)) for part, label in PARTS.items()}
        column, first_row, second_row = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(first_row)
        column.addLayout(second_row)
        first_row.addWidget(self.measure_combo, 1)
        first_row.addWidget(self.run_combo)
        second_row.addWidget(self.axis_combo)
        for part in PARTS:
            self.labels[part].setBuddy(self.fields[part])
            self.fields[part].setMaximumWidth(80)
            second_row.addWidget(self.labels[part])
            second_row.addWidget(self.fields[part])
            self.fields[part].textChanged.connect(self.changed)
        second_row.addStretch(1)
        for combo in (self.measure_combo, self.run_combo, self.axis_combo):
            combo.currentIndexChanged.connect(self._on_selected)
        self._on_selected()

    def _on_selected(self) -> None:
        """Show the fields that the measure needs."""
        text = MEASURE_TEXTS[self.measure_combo.currentData()]
        self.axis_combo.setVisible("{axis}" in text)
        self.run_combo.setVisible(self.run_combo.count() > 1)
        for part, field in self.fields.items():
            is_needed = f"{{{part}}}" in text
            field.setVisible(is_needed)
            self.labels[part].setVisible(is_needed)
        self.changed.emit()

    def claim(self, **condition: Any) -> Claim:
        """Return the claim, with a condition if one is given; ExperimentError if a field is not a number."""
        values: dict[str, Any] = {
            part: number_in(field, STEP_SPEC if part in ("step", "first_step") else NUMBER_SPEC, tr(PARTS[part]))
            for part, field in self.fields.items()
            if not field.isHidden() and field.text().strip()
        }
        for part in ("step", "first_step"):
            if part in values:
                values[part] = int(values[part])
        return Claim(
            self.measure_combo.currentData(),
            run=self.run_combo.currentData(),
            axis=self.axis_combo.currentData(),
            **values,
            **condition,
        )


def number_in(field: QLineEdit, spec: Hyperparameter, name: str) -> float:
    """Return the number in a field; ExperimentError if it is none."""
    if not field.text().strip():
        raise ExperimentError(tr("enter a number for {name}", name=name))
    return parse_number(spec, field.text(), name).value


def _general_text(measure: str) -> str:
    """Return what a measure is about, with symbols in place of its numbers."""
    return tr(MEASURE_TEXTS[measure], axis="x", step="t", first_step="s", bound="b", tolerance="r", setting="")
