"""Check box and reset button for a hyperparameter that is on or off."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.gui.widgets.slider_field import create_reset_button, hyperparameter_tooltip
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter


class SwitchField(QObject):
    """Check box and reset button in one row of a grid; ``value_committed(value)`` is emitted with 0.0 or 1.0."""

    value_committed = pyqtSignal(float)

    def __init__(
        self, grid: QGridLayout, row: int, spec: Hyperparameter, name: str, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.spec = spec
        self.check_box = QCheckBox(tr(spec.label))
        self.check_box.setToolTip(hyperparameter_tooltip(spec, name))
        self.check_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset_button = create_reset_button(spec, theme)
        grid.addWidget(self.check_box, row, 0, 1, 3)
        grid.addWidget(self.reset_button, row, 3)
        self.check_box.clicked.connect(lambda checked: self.value_committed.emit(float(checked)))
        self.reset_button.clicked.connect(lambda: self.value_committed.emit(spec.default))

    def show_value(self, value: float) -> None:
        """Show a value without emitting a signal."""
        self.check_box.setChecked(bool(value))
        self.reset_button.setEnabled(value != self.spec.default)
