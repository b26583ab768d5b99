"""Field for the number of replicas of a run."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QWidget

from app.gui.widgets.slider_field import SliderField
from app.model.run import MAX_REPLICAS, Run
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from optimizers import Hyperparameter

REPLICA_COUNT_SPEC = Hyperparameter(0, 50, "whole", maximum=MAX_REPLICAS, label=gettext_noop("replicas"), default=0.0)


class ReplicaCountField(QWidget):
    """Slider for the number of replicas; visible only for runs that use random numbers."""

    count_changed = pyqtSignal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 2)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.slider_field = SliderField(grid, 0, REPLICA_COUNT_SPEC, "replicas", theme, self)
        for widget in (self.slider_field.label, self.slider_field.slider, self.slider_field.number_field):
            widget.setWhatsThis(tr("Number of additional copies of this run with different random seeds."))
        self.slider_field.value_changing.connect(lambda count: self.count_changed.emit(int(count)))
        self.slider_field.value_committed.connect(lambda count: self.count_changed.emit(int(count)))

    def show_run(self, run: Run) -> None:
        """Show the number of replicas of a run."""
        self.setVisible(bool(run.seeds) or run.replicas > 0)
        self.slider_field.show_value(float(run.replicas))
