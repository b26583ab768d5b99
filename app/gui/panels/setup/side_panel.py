"""Side panel: surface, start point, runs, and the editor of the selected run."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QFontInfo
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.gui.panels.setup.comparison_mode import ComparisonPanel
from app.gui.panels.setup.run_editor import RunEditor
from app.gui.panels.setup.run_list import RunList
from app.gui.panels.setup.start_point import StartPoint
from app.gui.panels.setup.surface_selector import SurfaceSelector
from app.gui.widgets.inline_message import FloatingMessage
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

MIN_WIDTH = 318  # pixels


class SidePanel(QScrollArea):
    """Scrollable column with all settings of the experiment."""

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(MIN_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes to the widgets inside
        self.surface_selector = SurfaceSelector(session, settings, theme)
        self.start_point = StartPoint(session, theme)
        self.run_list = RunList(session, settings, theme)
        self.comparison_panel = ComparisonPanel(session, self.run_list)
        self.editor = RunEditor(session, self.run_list, settings, theme)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(5)
        for heading, widget in (
            (gettext_noop("Surface"), self.surface_selector),
            (gettext_noop("Starting point"), self.start_point),
            (gettext_noop("Runs"), self.run_list),
            ("", self.comparison_panel),
            (gettext_noop("Optimizer of the selected run"), self.editor),
        ):
            if heading:
                layout.addWidget(QLabel(tr(heading), objectName="heading"))
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setWidget(body)
        scroll_bar = self.verticalScrollBar()
        assert scroll_bar is not None
        scroll_bar.valueChanged.connect(self._move_messages)
        # The editor gets its new height only after the event.
        self.editor.modifier_added.connect(lambda: QTimer.singleShot(0, self._show_add_button))

    def _move_messages(self) -> None:
        """Let messages that float over the panel follow their fields."""
        window = self.window()
        for message in window.findChildren(FloatingMessage) if window is not None else []:
            if self.isAncestorOf(message.anchor):
                message.follow_anchor()

    def _show_add_button(self) -> None:
        self.ensureWidgetVisible(self.editor.add_button)

    @property
    def scroll_position(self) -> int:
        """The vertical scroll position in pixels."""
        bar = self.verticalScrollBar()
        return bar.value() if bar is not None else 0

    @scroll_position.setter
    def scroll_position(self, pixels: int) -> None:
        bar = self.verticalScrollBar()
        assert bar is not None
        bar.setValue(pixels)

    def set_font_scale(self, scale: float) -> None:
        """Scale the text and the width by a factor."""
        size = QFontInfo(QApplication.font()).pixelSize() * scale
        self.setStyleSheet(f"QWidget {{ font-size: {round(size)}px; }}" if scale != 1.0 else "")
        self.setMinimumWidth(round(MIN_WIDTH * scale))
        self.refresh()

    def refresh(self) -> None:
        """Show the current experiment."""
        for panel in (self.surface_selector, self.start_point, self.run_list, self.comparison_panel, self.editor):
            panel.refresh()
