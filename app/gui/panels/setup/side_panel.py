"""The side panel: surface, start, runs, and the chosen run's hyperparameters, from top to bottom."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.gui.panels.setup.comparison_mode import FairRace
from app.gui.panels.setup.run_editor import RunEditor
from app.gui.panels.setup.run_list import RunList
from app.gui.widgets import icons
from app.gui.widgets.help_button import help_button
from app.gui.widgets.inline_message import Words
from app.gui.widgets.number_field import NumberField
from app.gui.widgets.picker import Picker
from app.model.catalog import surface_entries
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import mark, tr
from app.utils.validation import FARTHEST, ExperimentError
from optimizers import Hyperparameter
from surfaces import SURFACES
from surfaces.surface import Surface


class Ground(QWidget):
    """The surface: a picker, and what it teaches."""

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.picker = Picker("surface", surface_entries(), settings, theme)
        self.picker.chosen.connect(self._choose)
        self.help = help_button(tr("What this surface is"))
        self.note = QLabel(objectName="quiet", wordWrap=True)
        self.wrong = QLabel(objectName="wrong", wordWrap=True)
        self.refused: Experiment | None = None  # the experiment that ``wrong`` was said of
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self.picker, 1)
        top.addWidget(self.help)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addWidget(self.wrong)
        self.refresh()

    def refresh(self) -> None:
        land = self.session.experiment.land
        self.picker.show_choice(land.id)
        words = " ".join(tr(said) for said in (land.note, land.kinks) if said)
        if self.note.text() != words:
            self.note.setText(words)
            self.note.setVisible(bool(words))
        self.wrong.setVisible(self.refused is self.session.experiment)

    def _choose(self, chosen: str) -> None:
        self.refused = None
        if chosen != self.session.experiment.surface:
            try:
                self.session.change(lambda e: e.on(chosen))
            except ExperimentError as error:  # it cannot be made from the data there are
                self.wrong.setText(f"{SURFACES[chosen].name}: {error}.")
                self.refused = self.session.experiment
        self.refresh()


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


class SidePanel(QScrollArea):
    """Everything that can be turned, in a column that scrolls where the window is low."""

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(318)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes to what is in it
        self.surface = Ground(session, settings, theme)
        self.start = Start(session, theme)
        self.runs = RunList(session, settings, theme)
        self.fair = FairRace(session, self.runs)
        self.editor = RunEditor(session, self.runs, settings, theme)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(5)
        for heading, widget in (
            (mark("Surface"), self.surface),
            (mark("Start"), self.start),
            (mark("Runs"), self.runs),
            ("", self.fair),
            (mark("Optimizer of the chosen run"), self.editor),
        ):
            if heading:
                layout.addWidget(QLabel(tr(heading), objectName="heading"))
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setWidget(body)
        self.editor.grown.connect(lambda: QTimer.singleShot(0, self._show_foot))  # once it has its new height

    def _show_foot(self) -> None:
        self.ensureWidgetVisible(self.editor.add)

    @property
    def scrolled(self) -> int:
        """How far down the column is scrolled, in pixels."""
        bar = self.verticalScrollBar()
        return bar.value() if bar is not None else 0

    @scrolled.setter
    def scrolled(self, pixels: int) -> None:
        bar = self.verticalScrollBar()
        assert bar is not None
        bar.setValue(pixels)

    def refresh(self) -> None:
        """Show the experiment as it is."""
        for part in (self.surface, self.start, self.runs, self.fair, self.editor):
            part.refresh()
