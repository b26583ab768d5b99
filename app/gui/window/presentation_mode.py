"""Presentation mode: the plots fill the screen with larger text, above a caption with the progress of the runs."""

from __future__ import annotations

from PyQt6.QtCore import QByteArray, Qt
from PyQt6.QtWidgets import QMainWindow, QToolBar, QWidget

from app.gui.panels.presentation_caption import PresentationCaption
from app.gui.window.appearance import Appearance
from app.gui.window.dock_layout import DockLayout
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.session.session import Session

FONT_SCALE = 1.6  # of text and lines in the plots


class PresentationMode:
    """Switches presentation mode on and off. All shortcuts keep working; leaving restores the previous layout."""

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        appearance: Appearance,
        dock_layout: DockLayout,
        view_area: ViewArea,
        panels: WindowPanels,
    ) -> None:
        self.window, self.appearance, self.dock_layout = window, appearance, dock_layout
        self.view_area, self.panels = view_area, panels
        self.active = False
        self.caption = PresentationCaption(session)
        self.toolbar = QToolBar()
        self.toolbar.setObjectName("presentation")
        self.toolbar.setMovable(False)
        self.toolbar.addWidget(self.caption)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.toolbar)
        self.toolbar.hide()
        self.saved_states, self.saved_geometry = (QByteArray(), QByteArray()), QByteArray()
        self.saved_dock_enabled: dict[str, bool] = {}
        self.was_maximized = False
        panels.built.connect(self._on_panels_built)

    @property
    def _window_bars(self) -> list[QWidget | None]:
        return [self.window.menuBar(), self.window.statusBar(), self.panels.playback_bar, self.panels.timeline_bar]

    def toggle(self) -> None:
        """Enter or leave presentation mode."""
        self.leave() if self.active else self.enter()

    def enter(self) -> None:
        """Hide everything except the plots and fill the screen."""
        window, layout = self.window, self.dock_layout
        self.active, self.saved_dock_enabled = True, dict(layout.dock_enabled)
        self.saved_states = window.saveState(), layout.views_window.saveState()
        self.saved_geometry, self.was_maximized = window.saveGeometry(), window.isMaximized()
        for name in ("side", "results"):
            if layout.dock_enabled[name]:
                layout.toggle_dock(name)
        self._update_window()
        window.showFullScreen()
        self.view_area.show_scene()

    def _update_window(self) -> None:
        for widget in self._window_bars:
            if widget is not None:
                widget.setVisible(not self.active)
        for dock in self.dock_layout.docks.values():
            dock.show_title(not self.active or dock.isFloating())
        self.toolbar.setVisible(self.active)
        self.view_area.set_font_scale(FONT_SCALE if self.active else 1.0)
        self.refresh()

    def leave(self) -> None:
        """Restore the layout that the window had before."""
        if not self.active:
            return
        window, layout = self.window, self.dock_layout
        self.active = False
        self._update_window()
        window.showMaximized() if self.was_maximized else window.showNormal()
        for name, enabled in self.saved_dock_enabled.items():
            if layout.dock_enabled[name] != enabled:
                layout.toggle_dock(name)
        for main_window, state in zip((window, layout.views_window), self.saved_states, strict=True):
            main_window.restoreState(state)
        self.view_area.show_scene()

    def _on_panels_built(self) -> None:
        if self.active:
            self._update_window()

    def refresh(self) -> None:
        """Update the caption."""
        if self.active:
            self.caption.refresh(self.appearance.theme)
