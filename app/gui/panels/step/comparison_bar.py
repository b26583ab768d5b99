"""Controls that select what a step is compared with: nothing, a changed hyperparameter, or another run."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.gui.widgets.slider_field import SliderField
from app.gui.widgets.switch_field import SwitchField
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.run import Run
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter

NOTHING, CHANGE = "nothing", "change"  # items of the combo box; those of runs are their indices


class ComparisonBar(QWidget):
    """The choice and, for a changed hyperparameter, its name and its value.

    ``changed`` is emitted when something else is to be shown, ``apply_requested(name, value)`` by the button that makes
    the change.
    """

    changed = pyqtSignal()
    apply_requested = pyqtSignal(str, float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.value = 0.0  # of the changed hyperparameter
        self.form_key: tuple[object, ...] = ()  # run, hyperparameter, and present value that the field was made for
        self.combo = QComboBox(accessibleName=tr("Compare with"))
        self.combo.setWhatsThis(
            tr("Shows the step of another run next to this one, or what this step would be with a changed value.")
        )
        self.name_combo = QComboBox(accessibleName=tr("Hyperparameter to change"))
        self.apply_button = QPushButton(tr("Apply"), toolTip=tr("Give the run this value"))
        for combo in (self.combo, self.name_combo):
            guard_wheel(combo)
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.change_box = QWidget()
        self.field: SliderField | SwitchField | None = None
        self._build_layout()
        self.combo.activated.connect(lambda _: self.changed.emit())
        self.name_combo.activated.connect(lambda _: self.changed.emit())
        self.apply_button.clicked.connect(lambda: self.apply_requested.emit(self.name, self.value))

    def _build_layout(self) -> None:
        row, name_row = QHBoxLayout(), QHBoxLayout()
        label = QLabel(tr("Compare with"))
        label.setBuddy(self.combo)
        row.addWidget(label)
        row.addWidget(self.combo, 1)
        name_row.addWidget(self.name_combo, 1)
        name_row.addWidget(self.apply_button)
        self.field_box = QWidget()
        self.change_layout = QVBoxLayout(self.change_box)
        self.change_layout.addLayout(name_row)
        self.change_layout.addWidget(self.field_box)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self.change_box)
        for each in (self.change_layout, layout):
            each.setContentsMargins(0, 0, 0, 0)
            each.setSpacing(3)

    @property
    def choice(self) -> object:
        """NOTHING, CHANGE, or the index of a run."""
        return self.combo.currentData()

    @property
    def name(self) -> str:
        """The name of the changed hyperparameter."""
        return str(self.name_combo.currentData())

    def refresh(self, runs: Sequence[Run], selected_row: int) -> None:
        """Offer the runs other than the selected one, and the hyperparameters of that one."""
        run = runs[selected_row]
        others: list[tuple[str, object]] = [
            (f"{number}: {other.short_label}", number - 1)
            for number, other in enumerate(runs, 1)
            if number - 1 != selected_row
        ]
        _fill(self.combo, [(tr("nothing"), NOTHING), (tr("a changed hyperparameter"), CHANGE), *others])
        specs = _hyperparameters(run)
        _fill(self.name_combo, [(tr(spec.label), name) for name, spec in specs.items()])
        self.change_box.setVisible(self.choice == CHANGE and bool(specs))
        if self.choice == CHANGE and specs:
            self._refresh_field(run, selected_row, specs[self.name])

    def _refresh_field(self, run: Run, row: int, spec: Hyperparameter) -> None:
        """Make the field for another hyperparameter; show the present value if that has changed."""
        present = run.hyperparameters[self.name]
        if self.form_key[:3] != (row, run.optimizer, self.name):
            self._replace_field(spec)
        if self.form_key != (row, run.optimizer, self.name, present):
            self.value = present
            assert self.field is not None
            self.field.show_value(present)
        self.form_key = (row, run.optimizer, self.name, present)
        self.apply_button.setEnabled(self.value != present)

    def _replace_field(self, spec: Hyperparameter) -> None:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(1, 1)
        field_type = SwitchField if spec.scale == "switch" else SliderField
        self.field = field_type(grid, 0, spec, self.name, self.theme, box)
        self.field.value_committed.connect(self._set_value)
        if isinstance(self.field, SliderField):
            self.field.value_changing.connect(self._set_value)
        self.change_layout.replaceWidget(self.field_box, box)
        self.field_box.hide()
        self.field_box.deleteLater()
        self.field_box = box

    def _set_value(self, value: float) -> None:
        self.value = value
        if isinstance(self.field, SwitchField):
            self.field.show_value(value)
        self.changed.emit()


def _hyperparameters(run: Run) -> dict[str, Hyperparameter]:
    """Return the hyperparameters of a run and of its modifiers."""
    specs = dict(run.method.hyperparameters)
    for modifier in run.modifiers:
        specs |= modifier.hyperparameters
    return specs


def _fill(combo: QComboBox, entries: list[tuple[str, object]]) -> None:
    """Offer other entries; the choice stays if it is still offered."""
    if [(combo.itemText(k), combo.itemData(k)) for k in range(combo.count())] == entries:
        return
    chosen = combo.currentData()
    combo.clear()
    for text, data in entries:
        combo.addItem(text, data)
    combo.setCurrentIndex(max(0, next((k for k, (_, data) in enumerate(entries) if data == chosen), 0)))
