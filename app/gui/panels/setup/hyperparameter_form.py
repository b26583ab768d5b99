"""A run's hyperparameters: a knob or a switch for each, and a group with a name for each part it is combined with."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from app.gui.widgets import icons
from app.gui.widgets.slider_field import Knob
from app.gui.widgets.switch_field import Switch
from app.model.experiment import Run
from app.model.hyperparameter_text import defaults
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Hyperparameter, Part


class Knobs(QWidget):
    """``turned(name, value)`` follows a slider, ``typed(name, value)`` is said once.

    ``dropped(part)``: it shall go; ``spread(part)``: every run shall have it.
    """

    turned = pyqtSignal(str, float)
    typed = pyqtSignal(str, float)
    seized = pyqtSignal()
    let_go = pyqtSignal()
    dropped = pyqtSignal(object)
    spread = pyqtSignal(object)

    def __init__(self, run: Run, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.knobs: dict[str, Knob | Switch] = {}
        self.crosses: dict[str, QToolButton] = {}
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 2, 0, 2)
        self.grid.setHorizontalSpacing(6)
        self.grid.setVerticalSpacing(4)
        self.grid.setColumnStretch(1, 1)
        first = defaults(run)
        for name, declared in run.rule.hyperparameters.items():
            self._add(name, declared)
        for part in run.parts:
            self._head(part)
            for name, declared in part.hyperparameters.items():
                self._add(name, replace(declared, default=first[name]))

    def show_values(self, run: Run) -> None:
        for name, knob in self.knobs.items():
            knob.show_value(run.hyperparameters[name])

    def _add(self, name: str, declared: Hyperparameter) -> None:
        kind = Switch if declared.scale == "switch" else Knob
        knob = self.knobs[name] = kind(self.grid, self.grid.rowCount(), declared, name, self.theme, self)
        knob.typed.connect(lambda value: self.typed.emit(name, value))
        if isinstance(knob, Knob):
            knob.turned.connect(lambda value: self.turned.emit(name, value))
            knob.seized.connect(self.seized)
            knob.let_go.connect(self.let_go)

    def _head(self, part: Part) -> None:
        """A part's name, and the cross that takes it away."""
        away = tr("Remove {name}", name=tr(part.name))
        cross = self.crosses[part.id] = QToolButton(objectName="reset", toolTip=away)
        cross.setAccessibleName(away)
        cross.setIcon(icons.icon("cross", self.theme.muted))
        cross.clicked.connect(lambda: self.dropped.emit(part))
        every = QToolButton(
            objectName="reset", toolTip=tr("Give every run this part with the same settings"), text=tr("to all")
        )
        every.setAccessibleName(tr("Give every run {name}", name=tr(part.name)))
        every.clicked.connect(lambda: self.spread.emit(part))
        row, title = self.grid.rowCount(), QLabel(tr(part.name), objectName="part", wordWrap=True)
        title.setToolTip(f"<p>{tr(part.note)}</p><p>{part.source}</p>")
        self.grid.addWidget(title, row, 0, 1, 2)
        self.grid.addWidget(every, row, 2, Qt.AlignmentFlag.AlignRight)
        self.grid.addWidget(cross, row, 3)
