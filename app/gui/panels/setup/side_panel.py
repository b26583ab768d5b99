"""The side panel: surface, start, runs, and the chosen run's hyperparameters, from top to bottom."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from app.gui.panels.setup.comparison_mode import FairRace
from app.gui.panels.setup.run_editor import RunEditor
from app.gui.panels.setup.run_list import RunList
from app.gui.panels.setup.start_point import Start
from app.gui.panels.setup.surface_selector import Ground
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import mark, tr


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
