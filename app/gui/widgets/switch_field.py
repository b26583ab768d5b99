"""A hyperparameter that is on or off, as a check box."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.gui.widgets.slider_field import explained, reset_button
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter


class Switch(QObject):
    """A check box and its reset for something that is on or off, in one row of a grid. ``typed(value)``: 0 or 1."""

    typed = pyqtSignal(float)

    def __init__(
        self, grid: QGridLayout, row: int, declared: Hyperparameter, name: str, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.declared = declared
        self.box = QCheckBox(tr(declared.label))
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
