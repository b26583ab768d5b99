"""The panels and bars of a window, made in a theme and a language, and made anew when either is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

from app.gui.panels.playback_bar import PlaybackBar
from app.gui.panels.results.results_tabs import ResultsTabs
from app.gui.panels.run_status_line import RunStatusLine
from app.gui.panels.setup.side_panel import SidePanel
from app.gui.panels.timeline import TimelineBar
from app.gui.window.focus_navigation import all_tab_stops
from app.gui.window.menus import HYPERPARAMETER_ACTIONS, TOOLBAR_ACTIONS, TOOLBAR_TOGGLES

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow


def build_panels(window: MainWindow) -> None:
    """Make them in the theme and the language of now, and connect them to the window."""
    session, theme, actions = window.session, window.theme, window.action_registry
    window.appearance.apply_theme()
    window.side_panel = SidePanel(session, window.settings, theme)
    window.results_tabs = ResultsTabs(session, window.side_panel.run_list, theme)
    window.readout_table = window.results_tabs.readout_table
    window.dock_layout.set_panels(window.side_panel, window.results_tabs, theme)
    window.playback_bar, window.timeline_bar = PlaybackBar(session, theme), TimelineBar(session, theme)
    window.playback_bar.populate(
        [actions[name] for name in TOOLBAR_ACTIONS], actions["play"], [actions[name] for name in TOOLBAR_TOGGLES]
    )
    window.addToolBar(window.playback_bar)
    window.addToolBarBreak()
    window.addToolBar(window.timeline_bar)
    window.timeline_bar.timeline.drag_changed.connect(window.set_scrubbing)
    window.results_tabs.message.connect(window.show_message)
    window.side_panel.run_list.selection_changed.connect(window.on_run_selected)
    window.side_panel.editor.context_actions = lambda: [actions[name] for name in HYPERPARAMETER_ACTIONS]
    window.side_panel.editor.help_button.clicked.connect(actions["about_optimizer"].trigger)
    window.side_panel.surface_selector.help_button.clicked.connect(actions["about_surface"].trigger)
    bar = window.statusBar()
    assert bar is not None
    window.status_line = RunStatusLine(session, window.side_panel.run_list)
    bar.addWidget(window.status_line, 1)  # words of the moment take its place for a while
    actions.apply_theme()


def rebuild_panels(window: MainWindow) -> None:
    """New ones in place of the old; what is chosen in them stays, and so does the place of the keyboard."""
    window.side_panel.comparison_panel.tuning_task.cancel()
    selected_row, tab_index, bar, tab_stops = (
        window.side_panel.run_list.selected_row,
        window.results_tabs.currentIndex(),
        window.statusBar(),
        all_tab_stops(window),
    )
    focused, scroll_position = window.focusWidget(), window.side_panel.scroll_position
    focus_index = tab_stops.index(focused) if focused in tab_stops else None
    assert bar is not None
    bar.removeWidget(window.status_line)
    window.status_line.deleteLater()
    for toolbar in (window.playback_bar, window.timeline_bar):
        window.removeToolBar(toolbar)
        toolbar.deleteLater()
    window.action_registry.retranslate()
    build_panels(window)
    window.presentation_mode.on_panels_rebuilt()
    window.side_panel.run_list.list.setCurrentRow(selected_row)
    window.results_tabs.setCurrentIndex(tab_index)

    def restore_focus() -> None:
        window.side_panel.scroll_position = scroll_position
        new_tab_stops = all_tab_stops(window)
        if focus_index is not None and len(new_tab_stops) == len(tab_stops):
            new_tab_stops[focus_index].setFocus()

    QTimer.singleShot(0, restore_focus)  # once the new ones have their places
