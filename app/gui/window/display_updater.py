"""Updates of the plots and the texts when the session changes."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer

from app.gui.help.help_controller import HelpController
from app.gui.window.actions.action_registry import ActionRegistry
from app.gui.window.dock_layout import DockLayout
from app.gui.window.document_controller import DocumentController
from app.gui.window.presentation_mode import PresentationMode
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.session.session import Session

TEXT_UPDATE_INTERVAL = 100  # milliseconds between two updates of the texts during playback


class DisplayUpdater(QObject):
    """Connects the signals of the session and the panels to the plots and the texts.

    Plots are updated at once, with every frame. Texts are updated when ``text_update_timer`` expires if they may change
    with every frame.
    """

    def __init__(
        self,
        session: Session,
        documents: DocumentController,
        view_area: ViewArea,
        dock_layout: DockLayout,
        panels: WindowPanels,
        presentation_mode: PresentationMode,
        help_controller: HelpController,
        action_registry: ActionRegistry,
        notify: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.session, self.documents, self.view_area, self.dock_layout = session, documents, view_area, dock_layout
        self.panels, self.presentation_mode, self.help_controller = panels, presentation_mode, help_controller
        self.action_registry, self.notify = action_registry, notify
        self.text_update_timer = QTimer(self, singleShot=True, interval=TEXT_UPDATE_INTERVAL)
        self.text_update_timer.timeout.connect(self.update_texts)
        session.trajectories_changed.connect(self._on_trajectories_changed)
        session.hyperparameters_changed.connect(self.refresh_all)
        session.step_changed.connect(self._on_step_changed)
        session.replicas_advanced.connect(self._on_replicas_advanced)
        session.clock.playing_changed.connect(self._on_playing_changed)
        panels.run_selected.connect(self._on_run_selected)
        panels.scrubbing_changed.connect(self._on_scrubbing_changed)

    def refresh_all(self) -> None:
        """Update the plots and the texts."""
        self.view_area.show_scene()
        self.update_texts()

    def update_texts(self) -> None:
        """Update everything that is not a plot."""
        self.panels.refresh()
        self.action_registry.refresh()
        self.presentation_mode.refresh()
        self.help_controller.refresh()
        if not self.session.clock.running:
            self.view_area.update_descriptions()
        self.documents.update_title()

    def _schedule_text_update(self) -> None:
        if not self.text_update_timer.isActive():
            self.text_update_timer.start()

    def _on_trajectories_changed(self) -> None:
        self.view_area.show_scene()
        if self.session.store.interaction_active:
            self._schedule_text_update()
            return
        self.notify("")
        self.update_texts()
        self.dock_layout.refit_results()

    def _on_step_changed(self, first_step: int, last_step: int) -> None:
        self.view_area.advance(first_step, last_step)
        if last_step > first_step and not self.session.race.pending_replicas:  # those known already
            self.view_area.refresh_background(throttled=self.session.clock.running)
        if not self.session.clock.running:
            self.notify("")  # the message was about another step
        if self.session.clock.running and self.session.clock.speed * self.text_update_timer.interval() <= 1000:
            self.update_texts()  # at once: a step is shown long enough to compare the texts with the plots
        else:
            self._schedule_text_update()

    def _on_replicas_advanced(self) -> None:
        self.view_area.refresh_background(throttled=self.session.clock.running)

    def _on_playing_changed(self, running: bool) -> None:
        self.action_registry.apply_theme()
        if running:
            self.notify("")
        else:
            self.view_area.refresh_background()
            self.view_area.raise_selected_run()
        self._schedule_text_update()

    def _on_run_selected(self) -> None:
        self.action_registry.refresh()
        self.help_controller.refresh()
        self.view_area.show_scene()
        self._schedule_text_update()

    def _on_scrubbing_changed(self, active: bool) -> None:
        if active:
            self.session.clock.pause()
        self.view_area.set_scrubbing(active)
