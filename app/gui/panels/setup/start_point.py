"""The start point's coordinates as two number fields."""

from __future__ import annotations

from PyQt6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from app.gui.widgets import icons
from app.gui.widgets.inline_message import Words
from app.gui.widgets.number_field import NumberField
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.validation import FARTHEST
from optimizers import Hyperparameter
from surfaces.surface import Surface


def coordinates(land: Surface) -> list[Hyperparameter]:
    """What a start may be: it is stepped by a hundredth of the surface's box."""
    return [
        Hyperparameter(low, high, least=-FARTHEST, most=FARTHEST, label=tr("start {axis}", axis=axis.split()[0]))
        for axis, (low, high) in zip(land.axes, land.box, strict=True)
    ]


class Start(QWidget):
    """The two coordinates of the start, each a field, and a way back to the surface's own start."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session = session
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        self.names = [QLabel(), QLabel()]
        self.land = session.experiment.land
        self.fields = [NumberField(declared) for declared in coordinates(self.land)]
        self.wrong = Words()
        for i, (name, field) in enumerate(zip(self.names, self.fields, strict=True)):
            grid.addWidget(name, 0, 2 * i)
            grid.addWidget(field, 0, 2 * i + 1)
            for changed in (field.committed, field.turned):
                changed.connect(self._set)
            field.refused.connect(self._say)
            field.seized.connect(session.store.hold)
            field.let_go.connect(session.store.release)
        self.reset = QToolButton(objectName="reset", toolTip=tr("Back to the surface's own start"))
        self.reset.setAccessibleName(tr("Reset start"))
        self.reset.setIcon(icons.icon("reset", theme.muted))
        self.reset.clicked.connect(lambda: session.set_start(*session.experiment.land.start))
        grid.addWidget(self.reset, 0, 4)
        grid.addWidget(self.wrong, 1, 0, 1, 5)
        self.refresh()

    def refresh(self) -> None:
        experiment = self.session.experiment
        assert experiment.start is not None
        if self.land is not experiment.land:
            self.land = experiment.land
            for field, declared in zip(self.fields, coordinates(self.land), strict=True):
                field.declare(declared)
                field.restore()  # what was wrong was wrong elsewhere
        for name, field, axis, value in zip(
            self.names, self.fields, experiment.land.axes, experiment.start, strict=True
        ):
            name.setText(axis.split()[0])
            field.show_value(value)
        self.reset.setEnabled(experiment.start != experiment.land.start)

    def _set(self) -> None:
        self.session.set_start(self.fields[0].value, self.fields[1].value)

    def _say(self) -> None:
        self.wrong.say("\n".join(field.words for field in self.fields if field.words))
