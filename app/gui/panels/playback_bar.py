"""Playback tool bar: play, step, go to the start and the end, and the speed."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.gui.widgets.compact_toolbar import CompactToolBar
from app.gui.widgets.slider_field import SliderField
from app.session.playback_clock import MAX_SPEED, MIN_SPEED
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from optimizers import Hyperparameter

SPEED_SPEC = Hyperparameter(
    MIN_SPEED, MAX_SPEED, "log", minimum=MIN_SPEED, maximum=MAX_SPEED, label=gettext_noop("speed"), default=60.0
)


class PlaybackBar(CompactToolBar):
    """Tool bar with buttons for actions of the window and a speed field."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(tr("Playback"))
        self.setObjectName("transport")
        self.setIconSize(QSize(18, 18))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.session = session
        self.speed_container = QWidget()
        grid = QGridLayout(self.speed_container)
        grid.setContentsMargins(10, 0, 0, 0)
        self.speed = SliderField(grid, 0, SPEED_SPEC, "speed", theme, self.speed_container)
        self.speed.slider.setFixedWidth(160)
        for widget in (self.speed.label, self.speed.slider, self.speed.number_field):
            widget.setWhatsThis(tr("Steps per second. The actual speed may be lower on a slow computer."))
        grid.addWidget(QLabel(tr("steps/s"), objectName="quiet"), 0, 4)
        for signal in (self.speed.value_changing, self.speed.value_committed):
            signal.connect(session.clock.set_speed)
        self.speed.show_value(session.clock.speed)
        self.speed_container.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def populate(self, actions: Sequence[QAction], primary: QAction, trailing: Sequence[QAction]) -> None:
        """Add buttons for actions, the primary one with its text; ``trailing`` ones follow the speed, as text only."""
        for action in actions:
            self.addAction(action)
            button = self._style_button(action, self.toolButtonStyle())
            if action is primary:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setObjectName("play")
        self.addWidget(self.speed_container)
        for action in trailing:
            self.addAction(action)
            self._style_button(action, Qt.ToolButtonStyle.ToolButtonTextOnly).setObjectName("toggle")

    def _style_button(self, action: QAction, style: Qt.ToolButtonStyle) -> QToolButton:
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(style)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def refresh(self) -> None:
        """Disable the speed at maximum speed, where it has no effect."""
        for widget in (self.speed.slider, self.speed.number_field):
            widget.setEnabled(not self.session.clock.unlimited)
