"""Form with a field for each hyperparameter of a run, grouped under headings for its modifiers."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from app.gui.panels.setup.safe_rate_row import SafeRateRow
from app.gui.widgets import icons
from app.gui.widgets.slider_field import SliderField
from app.gui.widgets.switch_field import SwitchField
from app.model.hyperparameter_text import default_hyperparameters
from app.model.run import Run
from app.model.source_text import translate_source
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter, Modifier


class HyperparameterForm(QWidget):
    """Sliders and check boxes for the hyperparameters of one run.

    ``value_changing(name, value)`` is emitted while a slider is dragged or a value is stepped, ``value_committed(name,
    value)`` for a typed value, a reset, or a switch, and ``safe_rate_requested`` by the button below the learning rate,
    whose slider has the range of ``rate_spec``. ``remove_requested(modifier)`` and ``apply_to_all_runs(modifier)``
    are emitted by the buttons next to the heading of a modifier.
    """

    value_changing = pyqtSignal(str, float)
    value_committed = pyqtSignal(str, float)
    interaction_started = pyqtSignal()
    interaction_finished = pyqtSignal()
    safe_rate_requested = pyqtSignal()
    remove_requested = pyqtSignal(object)
    apply_to_all_runs = pyqtSignal(object)

    def __init__(self, run: Run, theme: Theme, rate_spec: Hyperparameter | None = None) -> None:
        super().__init__()
        self.theme = theme
        self.fields: dict[str, SliderField | SwitchField] = {}
        self.remove_buttons: dict[str, QToolButton] = {}
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 2, 0, 2)
        self.grid.setHorizontalSpacing(6)
        self.grid.setVerticalSpacing(4)
        self.grid.setColumnStretch(1, 1)
        default_values = default_hyperparameters(run)
        self.safe_rate_row: SafeRateRow | None = None
        for name, spec in run.method.hyperparameters.items():
            self._add_field(name, rate_spec if name == "lr" and rate_spec is not None else spec)
            if name == "lr" and run.method.has_learning_rate:
                self._add_safe_rate_row()
        for modifier in run.modifiers:
            self._add_modifier_heading(modifier)
            for name, spec in modifier.hyperparameters.items():
                self._add_field(name, replace(spec, default=default_values[name]))

    def show_values(self, run: Run) -> None:
        """Show the hyperparameters of a run that has the same optimizer and modifiers."""
        for name, field in self.fields.items():
            field.show_value(run.hyperparameters[name])

    def _add_field(self, name: str, spec: Hyperparameter) -> None:
        field_type = SwitchField if spec.scale == "switch" else SliderField
        field = self.fields[name] = field_type(self.grid, self.grid.rowCount(), spec, name, self.theme, self)
        field.value_committed.connect(lambda value: self.value_committed.emit(name, value))
        if isinstance(field, SliderField):
            field.value_changing.connect(lambda value: self.value_changing.emit(name, value))
            field.interaction_started.connect(self.interaction_started)
            field.interaction_finished.connect(self.interaction_finished)

    def _add_safe_rate_row(self) -> None:
        field = self.fields["lr"]
        assert isinstance(field, SliderField)
        self.safe_rate_row = SafeRateRow(field)
        self.safe_rate_row.button.clicked.connect(self.safe_rate_requested)
        self.grid.addWidget(self.safe_rate_row, self.grid.rowCount(), 0, 1, 4)

    def _add_modifier_heading(self, modifier: Modifier) -> None:
        """Add the name of a modifier, with a button that removes it and one that applies it to all runs."""
        remove_text = tr("Remove {name}", name=tr(modifier.name))
        remove_button = self.remove_buttons[modifier.id] = QToolButton(objectName="reset", toolTip=remove_text)
        remove_button.setAccessibleName(remove_text)
        remove_button.setIcon(icons.load_icon("cross", self.theme.muted_text))
        remove_button.clicked.connect(lambda: self.remove_requested.emit(modifier))
        apply_button = QToolButton(
            objectName="reset",
            toolTip=tr("Use this modifier with the same settings for all runs"),
            text=tr("apply to all"),
        )
        apply_button.setAccessibleName(tr("Apply {name} to all runs", name=tr(modifier.name)))
        apply_button.clicked.connect(lambda: self.apply_to_all_runs.emit(modifier))
        row, heading = self.grid.rowCount(), QLabel(tr(modifier.name), objectName="part", wordWrap=True)
        heading.setToolTip(f"<p>{tr(modifier.summary)}</p><p>{translate_source(modifier.source)}</p>")
        self.grid.addWidget(heading, row, 0, 1, 2)
        self.grid.addWidget(apply_button, row, 2, Qt.AlignmentFlag.AlignRight)
        self.grid.addWidget(remove_button, row, 3)
