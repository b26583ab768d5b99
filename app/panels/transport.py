"""The transport bar: play, step, back to the start, the speed, and the step that is shown."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from app.clock import FASTEST, SLOWEST
from app.panels.fields import Knob
from app.session import Session
from app.theme import Theme
from optimizers import Hyperparameter

SPEED = Hyperparameter(SLOWEST, FASTEST, "log", least=SLOWEST, most=FASTEST, label="speed", default=60.0)


class Transport(QToolBar):
    """The buttons are the window's actions; the speed is a knob like any other."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__("Transport")
        self.setObjectName("transport")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.session = session
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(10, 0, 0, 0)
        self.speed = Knob(grid, 0, SPEED, "speed", theme, holder, floating=True)
        self.speed.slider.setFixedWidth(180)
        grid.addWidget(QLabel("updates a second", objectName="quiet"), 0, 4)
        for changed in (self.speed.turned, self.speed.typed):
            changed.connect(session.clock.set_speed)
        self.speed.show_value(session.clock.speed)
        holder.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.holder = holder
        self.step = QLabel(objectName="step")
        self.step.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.refresh()

    def fill(self, actions: list, primary: object) -> None:
        """Put the actions on the bar, the primary one with its name."""
        for action in actions:
            self.addAction(action)
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton) and action is primary:
                button.setObjectName("play")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(self.holder)
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spring)
        self.addWidget(self.step)

    def refresh(self) -> None:
        words = f"Step {self.session.race.step:,}"
        if self.session.experiment.steps and self.session.race.step <= self.session.experiment.steps:
            words += f" of {self.session.experiment.steps:,}"
        if self.step.text() != words:
            self.step.setText(words)
