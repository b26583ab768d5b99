"""The panels and bars of the window, which are rebuilt when the theme or the language changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMainWindow, QStatusBar, QWidget

from app.gui.panels.playback_bar import PlaybackBar
from app.gui.panels.results.results_tabs import ResultsTabs
from app.gui.panels.run_status_line import RunStatusLine
from app.gui.panels.setup.side_panel import SidePanel
from app.gui.panels.timeline_bar import TimelineBar
from app.gui.widgets.lazy_panel import LazyPanel
from app.gui.window.appearance import Appearance
from app.gui.window.dock_layout import DockLayout
from app.session.session import Session
from app.session.settings import Settings

TOOLBAR_ACTIONS = ("play", "start", "back", "step", "end")
TOOLBAR_TOGGLES = ("flat_out",)  # after the speed
HYPERPARAMETER_ACTIONS = ("copy_hyperparameters", "paste_hyperparameters", "reset_hyperparameters")


class WindowPanels(QObject):
    """Builds and holds the current panels and bars, which are other objects after every ``built``.

    The other signals forward those of the current panels.
    """

    built = pyqtSignal()
    run_selected = pyqtSignal()
    scrubbing_changed = pyqtSignal(bool)
    message = pyqtSignal(str)
    arrow_highlighted = pyqtSignal(str)
    preview_changed = pyqtSignal(object)

    side_panel: SidePanel
    results_tabs: ResultsTabs
    step_host: LazyPanel
    lesson_host: LazyPanel
    playback_bar: PlaybackBar
    timeline_bar: TimelineBar
    status_line: RunStatusLine

    def __init__(
        self, window: QMainWindow, session: Session, settings: Settings, appearance: Appearance, dock_layout: DockLayout
    ) -> None:
        super().__init__(window)
        self.window, self.session, self.settings = window, session, settings
        self.appearance, self.dock_layout = appearance, dock_layout
        self.panel_font_scale = 1.0
        self._status_bar.messageChanged.connect(self._hide_status_behind)

    def build(self, actions: Mapping[str, QAction]) -> None:
        """Create the panels in the current theme and language. ``actions``: the Qt actions by command id."""
        session, theme = self.session, self.appearance.theme
        self.appearance.apply_theme()
        self.side_panel = SidePanel(session, self.settings, theme)
        self.results_tabs = ResultsTabs(session, self.side_panel.run_list, theme)
        self.step_host, self.lesson_host = LazyPanel("step"), LazyPanel("lesson")
        self.step_host.build = lambda: self._build_step_panel(actions)
        self.dock_layout.set_panels(self.side_panel, self.results_tabs, self.step_host, self.lesson_host, theme)
        self.playback_bar, self.timeline_bar = PlaybackBar(session, theme), TimelineBar(session, theme)
        self.playback_bar.populate(
            [actions[name] for name in TOOLBAR_ACTIONS], actions["play"], [actions[name] for name in TOOLBAR_TOGGLES]
        )
        self.window.addToolBar(self.playback_bar)
        self.window.addToolBarBreak()
        self.window.addToolBar(self.timeline_bar)
        self.timeline_bar.timeline.drag_changed.connect(self.scrubbing_changed)
        self.results_tabs.message.connect(self.message)
        self.side_panel.run_list.selection_changed.connect(self.run_selected)
        self.side_panel.editor.context_actions = lambda: [actions[name] for name in HYPERPARAMETER_ACTIONS]
        self.side_panel.editor.help_button.clicked.connect(actions["about_optimizer"].trigger)
        self.side_panel.surface_selector.help_button.clicked.connect(actions["about_surface"].trigger)
        self.side_panel.surface_selector.formula_editor.help_requested.connect(actions["about_formulas"].trigger)
        self.status_line = RunStatusLine(session, self.side_panel.run_list)
        self.status_line.curvature_requested.connect(lambda: self._show_curvature(actions["step_panel"]))
        self._status_bar.addWidget(self.status_line, 1)
        self._hide_status_behind(self._status_bar.currentMessage())
        self.built.emit()

    @property
    def step_panel(self) -> Any:
        """The step panel, which is imported and built if it is not yet."""
        self.step_host.build_now()
        return self.step_host.panel

    def _build_step_panel(self, actions: Mapping[str, QAction]) -> QWidget:
        from app.gui.panels.step.step_panel import StepPanel

        panel = StepPanel(self.session, self.side_panel.run_list, self.appearance.theme)
        panel.set_font_scale(self.panel_font_scale)
        panel.set_step_actions(actions["back"], actions["step"])
        panel.message.connect(self.message)
        panel.arrow_highlighted.connect(self.arrow_highlighted)
        panel.preview_changed.connect(lambda: self.preview_changed.emit(panel.previewed_after))
        return panel

    def set_font_scale(self, scale: float) -> None:
        """Scale the text of the panels beside the plots."""
        self.panel_font_scale = scale
        self.side_panel.set_font_scale(scale)
        self.lesson_host.set_font_scale(scale)
        if self.step_host.panel is not None:
            self.step_panel.set_font_scale(scale)

    @property
    def _status_bar(self) -> QStatusBar:
        bar = self.window.statusBar()
        assert bar is not None
        return bar

    def _hide_status_behind(self, message: str) -> None:
        # The status bar hides it as well, but shows it over the message when a progress bar is added or removed
        self.status_line.setHidden(bool(message))

    def _show_curvature(self, toggle_step_panel: QAction) -> None:
        if not self.dock_layout.is_dock_enabled("step_panel") or self.dock_layout.is_behind("step_panel"):
            toggle_step_panel.trigger()
        self.step_panel.show_curvature()

    def rebuild(self, actions: Mapping[str, QAction]) -> None:
        """Replace the panels, keeping the selected run, the selected tab and the scroll position."""
        self.side_panel.comparison_panel.tuning_task.cancel()
        selected_row, scroll_position = self.side_panel.run_list.selected_row, self.side_panel.scroll_position
        tab_index = self.results_tabs.currentIndex()
        self._status_bar.removeWidget(self.status_line)
        self.status_line.deleteLater()
        for toolbar in (self.playback_bar, self.timeline_bar):
            self.window.removeToolBar(toolbar)
            toolbar.deleteLater()
        self.build(actions)
        self.side_panel.run_list.list.setCurrentRow(selected_row)
        self.results_tabs.setCurrentIndex(tab_index)

        def restore_scroll_position() -> None:
            self.side_panel.scroll_position = scroll_position

        QTimer.singleShot(0, restore_scroll_position)  # once the new panels have their geometry

    def refresh(self) -> None:
        """Update what the panels show."""
        self.results_tabs.refresh()
        self.status_line.refresh()
        self.playback_bar.refresh()
        self.timeline_bar.refresh()
        self.side_panel.refresh()
        if self.step_host.panel is not None:
            self.step_panel.refresh()
