"""The number of replicas of a run."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QWidget

from app.gui.widgets.slider_field import Knob
from app.model.experiment import Run
from app.model.run import MOST_REPLICAS
from app.theming.theme import Theme
from app.utils.i18n import mark
from optimizers import Hyperparameter

REPLICAS = Hyperparameter(0, 50, "whole", most=MOST_REPLICAS, label=mark("replicas"), default=0.0)


class Replicas(QWidget):
    """A knob for the number of replicas, for a run that draws random numbers."""

    turned = pyqtSignal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 2)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.knob = Knob(grid, 0, REPLICAS, "replicas", theme, self)
        self.knob.turned.connect(lambda count: self.turned.emit(int(count)))
        self.knob.typed.connect(lambda count: self.turned.emit(int(count)))

    def show_run(self, run: Run) -> None:
        self.setVisible(bool(run.seeds) or run.replicas > 0)
        self.knob.show_value(float(run.replicas))
