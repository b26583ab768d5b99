"""What a turned slider means, from now on or from the start, and how many replicas of a run go along."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from app.gui.widgets.slider_field import Knob
from app.model.experiment import Run
from app.model.run import MOST_REPLICAS
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import mark, tr
from optimizers import Hyperparameter

WAYS = {
    False: (mark("From now on"), mark("What is turned is felt from the next update on")),
    True: (mark("From the start"), mark("The whole path of the run is computed anew while you turn")),
}
REPLICAS = Hyperparameter(0, 50, "whole", most=MOST_REPLICAS, label=mark("replicas"), default=0.0)


class Since(QWidget):
    """Two buttons, one of which is pressed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(0)
        row.addWidget(QLabel(tr("Turn"), objectName="quiet"))
        row.addSpacing(8)
        self.group = QButtonGroup(self)
        self.buttons = {}
        for from_start, (words, tip) in WAYS.items():
            button = self.buttons[from_start] = QToolButton(
                text=tr(words), toolTip=tr(tip), checkable=True, objectName="segment"
            )
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, on=from_start: session.turn_from(on))
            self.group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        self.buttons[self.session.from_start].setChecked(True)


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
