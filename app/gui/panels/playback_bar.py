"""The transport bar: play, step, go to the start and the end, and the speed."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from app.gui.widgets.slider_field import Knob
from app.session.playback_clock import FASTEST, SLOWEST
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import mark, tr
from optimizers import Hyperparameter

SPEED = Hyperparameter(SLOWEST, FASTEST, "log", least=SLOWEST, most=FASTEST, label=mark("speed"), default=60.0)


class Transport(QToolBar):
    """The buttons are the window's actions; the speed is a knob like any other."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(tr("Transport"))
        self.setObjectName("transport")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.session = session
        self.holder = QWidget()
        grid = QGridLayout(self.holder)
        grid.setContentsMargins(10, 0, 0, 0)
        self.speed = Knob(grid, 0, SPEED, "speed", theme, self.holder, floating=True)
        self.speed.slider.setFixedWidth(160)
        grid.addWidget(QLabel(tr("updates a second"), objectName="quiet"), 0, 4)
        for changed in (self.speed.turned, self.speed.typed):
            changed.connect(session.clock.set_speed)
        self.speed.show_value(session.clock.speed)
        self.holder.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def fill(self, actions: list, primary: object, after: list) -> None:
        """Put actions on the bar, the primary one with its name; some ``after`` the speed, as words."""
        for action in actions:
            self.addAction(action)
            button = self._button(action, self.toolButtonStyle())
            if action is primary:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setObjectName("play")
        self.addWidget(self.holder)
        for action in after:
            self.addAction(action)
            self._button(action, Qt.ToolButtonStyle.ToolButtonTextOnly).setObjectName("toggle")

    def _button(self, action: object, style: Qt.ToolButtonStyle) -> QToolButton:
        button = self.widgetForAction(action)  # type: ignore[arg-type]
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(style)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def refresh(self) -> None:
        """The speed counts for nothing where it goes as fast as it can."""
        for widget in (self.speed.slider, self.speed.field):
            widget.setEnabled(not self.session.clock.unlimited)
