"""MainWindow: puts views and panels together and passes signals on. No logic of the race lives here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QMainWindow

from app.gui.dialogs.error_reporter import ErrorReporter
from app.gui.dialogs.message_boxes import show_error_message
from app.gui.help.help_window import refresh_help
from app.gui.panels.playback_bar import PlaybackBar
from app.gui.panels.results.readout_table import ReadoutTable
from app.gui.panels.results.results_tabs import ResultsTabs
from app.gui.panels.run_status_line import RunStatusLine
from app.gui.panels.setup.side_panel import SidePanel
from app.gui.panels.timeline import TimelineBar
from app.gui.widgets.shortcut_override import ShortcutOverrideFilter
from app.gui.window.actions import view_actions
from app.gui.window.appearance import Appearance
from app.gui.window.dock_layout import DockLayout
from app.gui.window.document_controller import DocumentController
from app.gui.window.export_controller import ExportController
from app.gui.window.focus_navigation import focus_next_control
from app.gui.window.menus import ActionRegistry
from app.gui.window.panel_builder import build_panels, rebuild_panels
from app.gui.window.presentation_mode import PresentationMode
from app.gui.window.reduced_motion import ReducedMotion
from app.gui.window.view_area import ViewArea
from app.gui.window.window_state import load_view_options, restore_window, save_window
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.validation import ExperimentError

INITIAL_STEPS = 60  # steps of the first race that are there when the window opens
TEXT_UPDATE_INTERVAL = 100  # milliseconds between two writings of figures: faster cannot be read
MESSAGE_DURATION = 6_000  # milliseconds a word stays at the foot of the window


class MainWindow(QMainWindow):
    """The shell stands at once; ``populate`` adds the canvases, which bring matplotlib, in the first idle moment."""

    side_panel: SidePanel
    results_tabs: ResultsTabs
    readout_table: ReadoutTable
    playback_bar: PlaybackBar
    timeline_bar: TimelineBar
    status_line: RunStatusLine

    def __init__(self, experiment: Experiment | None = None, source: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside the controls takes the focus from a field
        self.settings = Settings()
        self.error_reporter = ErrorReporter(self)
        self.session = Session(experiment) if experiment else Session()
        if experiment is None:
            self.session.advance(INITIAL_STEPS)
        self.documents, self.exporter = DocumentController(self, source), ExportController(self)
        self.view_options = load_view_options(self.settings)
        self.appearance = Appearance(self)
        self.shortcut_override = ShortcutOverrideFilter(self)
        self.application = QApplication.instance()
        assert isinstance(self.application, QApplication)
        self.application.installEventFilter(self.shortcut_override)
        self.dock_layout = DockLayout(self, self.settings, self.toggle_dock)
        self.reduced_motion = ReducedMotion(self)
        self.view_area = ViewArea(self.session, self.dock_layout, self.view_options)
        self.action_registry = ActionRegistry(self)
        build_panels(self)
        self.presentation_mode = PresentationMode(self)
        self.text_update_timer = QTimer(self, singleShot=True, interval=TEXT_UPDATE_INTERVAL)
        self.text_update_timer.timeout.connect(self.update_texts)
        self._connect_signals()
        restore_window(self)
        self.update_texts()

    # The views

    @property
    def canvases(self) -> dict[str, Any]:
        """The canvases by view id; none until the shell has been shown."""
        return self.view_area.canvases

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.build_views)

    def build_views(self) -> None:
        """Make the canvases, and the menu's rows that belong to them."""
        if not self.canvases:
            self.view_area.selected_run = lambda: self.side_panel.run_list.selected_row
            self.view_area.build_canvases(
                self.theme,
                self.error_reporter.handle_exception,
                lambda place: self.action_registry.menus["View/Loss View"].exec(place),
                self.action_registry.refresh,
            )
            self.action_registry.add_actions(view_actions(), before="side")
            self.refresh_all()
            self._apply_initial_sizes()

    def _apply_initial_sizes(self) -> None:
        """The read-out has its width, and so knows its height."""
        self.dock_layout.apply_initial_sizes(self.results_tabs.preferred_height())

    def current_scene(self) -> Any:
        """What the views are to show now."""
        return self.view_area.current_scene(self.theme)

    # What happens

    def _connect_signals(self) -> None:
        session = self.session
        session.trajectories_changed.connect(self._on_trajectories_changed)
        session.hyperparameters_changed.connect(self.refresh_all)
        session.step_changed.connect(self._on_step_changed)
        session.replicas_advanced.connect(self._on_replicas_advanced)
        session.message.connect(self.show_message)
        self.documents.document_state.changed.connect(self.update_title)
        session.clock.playing_changed.connect(self._on_playing_changed)

    def _on_trajectories_changed(self) -> None:
        self.view_area.show_scene(self.theme)
        if self.session.store.interaction_active:
            self._schedule_text_update()
            return
        self.show_message("")
        self.update_texts()
        self.dock_layout.grow_results(self.results_tabs.preferred_height())

    def refresh_all(self) -> None:
        self.view_area.show_scene(self.theme)
        self.update_texts()

    def _on_step_changed(self, first_step: int, last_step: int) -> None:
        self.view_area.advance(first_step, last_step)
        if not self.session.clock.running:
            self.show_message("")  # what was said of another step
        self._schedule_text_update()

    def _schedule_text_update(self) -> None:
        if not self.text_update_timer.isActive():
            self.text_update_timer.start()

    def update_texts(self) -> None:
        """Everything in words and figures."""
        self.results_tabs.refresh()
        self.status_line.refresh()
        self.playback_bar.refresh()
        self.timeline_bar.refresh()
        self.side_panel.refresh()
        self.action_registry.refresh()
        self.presentation_mode.refresh()
        refresh_help(self)
        if not self.session.clock.running:
            self.view_area.update_descriptions()
        self.update_title()

    def update_title(self) -> None:
        """What is shown, and whether anything of it is not saved."""
        path = self.documents.document_state.path
        self.setWindowTitle(f"{self.documents.name.replace('[*]', '[*][*]')}[*] – Thalweg")  # a doubled mark is none
        self.setWindowFilePath(str(path) if path else "")
        self.setWindowModified(self.documents.document_state.modified)

    def _on_replicas_advanced(self) -> None:
        self.view_area.refresh_background(throttled=self.session.clock.running)

    def on_run_selected(self) -> None:
        """Another run is the chosen one: it stands out in every view."""
        self.action_registry.refresh()
        refresh_help(self)
        self.view_area.show_scene(self.theme)
        self._schedule_text_update()

    def _on_playing_changed(self, running: bool) -> None:
        self.action_registry.apply_theme()
        if running:
            self.show_message("")
        else:
            self.view_area.refresh_background()
        self._schedule_text_update()

    def run_guarded(self, operation: Callable[[], Any]) -> Any:
        """Do what a person asked for; if it cannot be done, say so in one sentence and stay as things were: the answer is None."""
        try:
            return operation()
        except ExperimentError as error:
            self.show_error(str(error))
            return None
        finally:
            self.action_registry.refresh()

    def show_error(self, message: str) -> None:
        """Say in a box what cannot be done."""
        show_error_message(self, message[0].upper() + message[1:] + ".")

    def show_message(self, message: str) -> None:
        """A short word at the foot of the window."""
        bar = self.statusBar()
        assert bar is not None
        if message:
            bar.showMessage(message, MESSAGE_DURATION)
        else:
            bar.clearMessage()

    def toggle_maximum_speed(self) -> None:
        """As fast as the pictures can be drawn, or again at the speed that is set."""
        self.session.clock.unlimited = not self.session.clock.unlimited
        self.update_texts()

    def set_scrubbing(self, active: bool) -> None:
        """The time line is dragged, or was let go."""
        if active:
            self.session.clock.pause()
        self.view_area.set_scrubbing(active)

    def scale_speed(self, factor: float) -> None:
        self.session.clock.set_speed(self.session.clock.speed * factor)
        self.playback_bar.speed.show_value(round(self.session.clock.speed, 3))

    # Looks

    @property
    def theme(self) -> Theme:
        return self.appearance.theme

    @property
    def selected_theme(self) -> str:
        return self.appearance.selected_theme

    @property
    def selected_language(self) -> str:
        return self.appearance.selected_language

    def set_theme(self, theme_id: str) -> None:
        self.appearance.set_theme(theme_id)

    def set_language(self, language_code: str) -> None:
        self.appearance.set_language(language_code)

    def rebuild_panels(self) -> None:
        """New panels, in other colors or another language; what is chosen in them stays."""
        rebuild_panels(self)
        self.refresh_all()

    def reset_layout(self) -> None:
        """Everything where it is at first."""
        self.presentation_mode.leave()
        self.dock_layout.reset(self.results_tabs.preferred_height())
        self.view_area.show_scene(self.theme)
        QTimer.singleShot(0, self._apply_initial_sizes)

    def toggle_view_option(self, name: str) -> None:
        """Switch one of OPTIONS."""
        self.view_options[name] = not self.view_options[name]
        self.view_area.show_scene(self.theme)

    def toggle_dock(self, name: str) -> None:
        """Show or hide a view or a panel."""
        self.dock_layout.toggle_dock(name)
        self.view_area.show_scene(self.theme)
        self.action_registry.refresh()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return focus_next_control(self, forward)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if not self.run_guarded(self.documents.confirm_discard):
            if event is not None:
                event.ignore()
            return
        self.session.stop()
        self.exporter.cancel_all()
        self.side_panel.comparison_panel.tuning_task.cancel()
        self.text_update_timer.stop()
        self.show_message("")
        geometry = self.presentation_mode.saved_geometry if self.presentation_mode.active else self.saveGeometry()
        self.presentation_mode.leave()
        save_window(self, geometry)
        super().closeEvent(event)
