"""The main window: creates the session, the controllers, the panels and the views, and connects their signals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QMainWindow

from app.gui.dialogs.error_reporter import ErrorReporter
from app.gui.dialogs.message_boxes import show_error_message
from app.gui.help.help_controller import HelpController
from app.gui.widgets.shortcut_override import ShortcutOverrideFilter
from app.gui.window import floating_docks
from app.gui.window.actions.action import ActionContext
from app.gui.window.actions.action_registry import ActionRegistry
from app.gui.window.actions.view_menu import view_actions
from app.gui.window.appearance import Appearance
from app.gui.window.display_updater import DisplayUpdater
from app.gui.window.dock_layout import DockLayout
from app.gui.window.document_controller import DocumentController
from app.gui.window.export_controller import ExportController
from app.gui.window.export_source import ExportSource
from app.gui.window.focus_navigation import FocusNavigation
from app.gui.window.layout_guard import LayoutGuard
from app.gui.window.lesson_controller import LessonController
from app.gui.window.map_progress import MapProgress
from app.gui.window.presentation_mode import PresentationMode
from app.gui.window.reduced_motion import ReducedMotion
from app.gui.window.start_page_controller import StartPageController
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.gui.window.window_state import load_view_options, restore_geometry, restore_speed, save_window_state
from app.model.experiment import Experiment
from app.session.map_task import MapTask
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError, make_printable

INITIAL_STEPS = 60  # steps of the default experiment that are computed when the window opens
MESSAGE_DURATION = 6_000  # milliseconds that a message stays in the status bar

T = TypeVar("T")


class MainWindow(QMainWindow):
    """The window of the program.

    It is usable at once; ``build_views`` adds the canvases, which import matplotlib, after it is first shown.
    """

    def __init__(self, experiment: Experiment | None = None, source: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click next to the controls takes the focus from a field
        self.settings = Settings()
        self.error_reporter = ErrorReporter(self, self.show_error)
        self.session = Session(experiment) if experiment else Session()
        if experiment is None:
            self.session.advance(INITIAL_STEPS)
        self._create_parts(source)
        self.action_registry = ActionRegistry(self._action_context(), self.run_guarded)
        self.lessons.actions = self.start_page.actions = self.action_registry
        restore_speed(self.session.clock, self.settings)
        self.panels.built.connect(self._on_panels_built)
        self.panels.build(self.action_registry)
        self.action_registry.apply_theme()
        self.display_updater = DisplayUpdater(
            self.session,
            self.documents,
            self.view_area,
            self.dock_layout,
            self.panels,
            self.presentation_mode,
            self.help,
            self.action_registry,
            self.show_message,
            parent=self,
        )
        self.text_update_timer = self.display_updater.text_update_timer
        self._connect_signals()
        self.layout_guard = LayoutGuard(self, self.settings)
        restore_geometry(self, self.settings)
        self.dock_layout.restore()
        self.update_texts()

    def _create_parts(self, source: Path | None) -> None:
        session, settings = self.session, self.settings
        self.documents = DocumentController(self, session, settings, self.run_guarded, self.show_message, source)
        self.appearance = Appearance(self, settings)
        self.shortcut_override = ShortcutOverrideFilter(self)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self.shortcut_override)
        self.dock_layout = DockLayout(self, settings)
        self.reduced_motion = ReducedMotion(self, session.clock, settings)
        self.view_area = ViewArea(session, self.dock_layout, self.appearance, load_view_options(settings))
        self.map_progress = MapProgress(self, self.view_area.map_store)
        self.panels = WindowPanels(self, session, settings, self.appearance, self.dock_layout)
        self.lessons = LessonController(
            session,
            settings,
            self.documents,
            self.dock_layout,
            self.panels,
            self.view_area,
            self.toggle_dock,
            self.update_texts,
        )
        self.presentation_mode = PresentationMode(
            self, session, self.appearance, self.dock_layout, self.view_area, self.panels
        )
        self.focus_navigation = FocusNavigation(self, self.dock_layout, self.panels)
        self.start_page = StartPageController(
            self, session, settings, self.documents, self.view_area, self.panels, self.focus_navigation
        )
        self.exporter = ExportController(
            ExportSource(self, session, settings, self.documents, self.appearance, self.view_area),
            self.show_message,
            self.show_error,
        )
        self.help = HelpController(
            self, session, lambda: self.panels.side_panel, self.view_area.canvases, self.show_message
        )

    def _action_context(self) -> ActionContext:
        return ActionContext(
            window=self,
            session=self.session,
            settings=self.settings,
            documents=self.documents,
            exporter=self.exporter,
            panels=self.panels,
            view_area=self.view_area,
            dock_layout=self.dock_layout,
            appearance=self.appearance,
            presentation_mode=self.presentation_mode,
            reduced_motion=self.reduced_motion,
            focus_navigation=self.focus_navigation,
            help=self.help,
            lessons=self.lessons,
            start_page=self.start_page,
            notify=self.show_message,
        )

    def _connect_signals(self) -> None:
        self.session.message.connect(self.show_message)
        self.error_reporter.caught.connect(self.session.store.abandon_interaction)
        self.dock_layout.close_requested.connect(self.toggle_dock)
        self.panels.message.connect(self.show_message)
        self.panels.arrow_highlighted.connect(self.view_area.step_focus.highlight_arrow)
        self.panels.preview_changed.connect(self.view_area.step_focus.preview_step)
        self.appearance.theme_changed.connect(self.rebuild_panels)
        self.appearance.language_changed.connect(self._on_language_changed)

    # Views

    @property
    def canvases(self) -> dict[str, Any]:
        """The canvases by view id; empty until the window is shown."""
        return self.view_area.canvases

    @property
    def theme(self) -> Theme:
        """The current theme."""
        return self.appearance.theme

    def showEvent(self, event: QShowEvent | None) -> None:
        """Create the views once the window has been painted."""
        super().showEvent(event)
        QTimer.singleShot(0, self.build_views)

    def build_views(self) -> None:
        """Create the canvases and the actions that show and hide them."""
        if not self.canvases:
            self.view_area.selected_run = lambda: self.side_panel.run_list.selected_row
            self.view_area.select_run = lambda row: self.side_panel.run_list.list.setCurrentRow(row)
            self.view_area.build_canvases(self.error_reporter.handle_exception, self.action_registry.refresh)
            self.action_registry.add_actions(view_actions(), before="side")
            from app.gui.window.view_controls import add_view_controls

            for name, canvas in self.canvases.items():
                add_view_controls(name, self.dock_layout.docks[name], canvas, self.action_registry)
            self.display_updater.refresh_all()
            self.dock_layout.apply_initial_sizes()
            floating_docks.keep_above(self.dock_layout.docks.values(), self)
            self.layout_guard.confirm_later()
            QTimer.singleShot(0, self._report_lost_settings)  # once the views are painted

    def _report_lost_settings(self) -> None:
        if self.settings.set_aside is not None:
            path = make_printable(str(self.settings.set_aside))
            self.show_error(
                tr(
                    "all settings were reset because the settings file could not be read safely; it is kept as {path}",
                    path=path,
                )
            )
        elif self.layout_guard.layout_dropped:
            self.show_message(tr("The saved layout was not restored because the last start with it did not finish"))

    # Reactions to signals

    def _on_language_changed(self) -> None:
        self.session.retranslate()
        self.rebuild_panels()
        self.view_area.retranslate()

    def rebuild_panels(self) -> None:
        """Replace the panels for another theme or language, keeping the selection and the focus."""
        restore_focus = self.focus_navigation.remember_focus()
        self.action_registry.retranslate()
        self.action_registry.apply_theme()
        self.panels.rebuild(self.action_registry)
        QTimer.singleShot(0, restore_focus)
        self.display_updater.refresh_all()

    def _on_panels_built(self) -> None:
        panels = self.panels
        self.side_panel, self.results_tabs, self.readout_table = (
            panels.side_panel,
            panels.results_tabs,
            panels.results_tabs.readout_table,
        )
        self.playback_bar, self.timeline_bar = panels.playback_bar, panels.timeline_bar
        self.status_line = panels.status_line

    def set_theme(self, theme_id: str) -> None:
        """Select a theme by its id, or "system"."""
        self.appearance.set_theme(theme_id)

    def toggle_dock(self, name: str) -> None:
        """Show or hide a view or a panel."""
        self.view_area.toggle_dock(name)
        self.action_registry.refresh()

    def update_texts(self) -> None:
        """Update everything that is not a plot."""
        self.display_updater.update_texts()

    # Services for the controllers

    def run_guarded(self, operation: Callable[[], T]) -> T | None:
        """Run an operation that the user asked for; show the ``ExperimentError`` that it may raise and return None."""
        try:
            return operation()
        except ExperimentError as error:
            self.show_error(str(error))
            return None
        finally:
            self.action_registry.refresh()

    def show_error(self, message: str) -> None:
        """Show an error in a message box."""
        show_error_message(self, to_sentence(message))

    def show_message(self, message: str) -> None:
        """Show a message in the status bar for some seconds; an empty one clears it."""
        bar = self.statusBar()
        assert bar is not None
        if message:
            bar.showMessage(message, MESSAGE_DURATION)
        else:
            bar.clearMessage()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move the focus in the order of the panes."""
        return self.focus_navigation.focus_next_control(forward)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Ask about unsaved changes, stop all work and save the state of the window."""
        if not self.run_guarded(self.documents.confirm_discard):
            if event is not None:
                event.ignore()
            return
        self.session.stop()
        self.exporter.cancel_all()
        self.map_progress.cancel_all()
        self.side_panel.comparison_panel.tuning_task.cancel()
        for task in self.findChildren(MapTask):
            task.cancel()
        self.text_update_timer.stop()
        self.show_message("")
        geometry = self.presentation_mode.saved_geometry if self.presentation_mode.active else self.saveGeometry()
        self.presentation_mode.leave()
        self.presentation_mode.restore_now()
        self.layout_guard.confirm()
        self.dock_layout.save_state()
        save_window_state(self.settings, geometry, self.session.clock, self.view_area.view_options)
        super().closeEvent(event)
