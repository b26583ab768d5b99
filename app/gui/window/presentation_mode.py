"""Presentation mode: the figures fill the screen, large enough for the last row, with a line that says what is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, Qt
from PyQt6.QtWidgets import QToolBar, QWidget

from app.gui.panels.presentation_caption import PresentationCaption

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

FONT_SCALE = 1.6  # times the letters and lines of the figures


class PresentationMode:
    """All keys go on working: F9 brings the side panel, F12 the read-out; leaving puts everything back as it was."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.active = False
        self.caption = PresentationCaption(window.session)
        self.toolbar = QToolBar()
        self.toolbar.setObjectName("presentation")
        self.toolbar.setMovable(False)
        self.toolbar.addWidget(self.caption)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.toolbar)
        self.toolbar.hide()
        self.saved_states, self.saved_geometry = (QByteArray(), QByteArray()), QByteArray()  # of before
        self.saved_dock_enabled: dict[str, bool] = {}
        self.was_maximized = False

    @property
    def _window_bars(self) -> list[QWidget | None]:
        window = self.window
        return [window.menuBar(), window.statusBar(), window.playback_bar, window.timeline_bar]

    def toggle(self) -> None:
        self.leave() if self.active else self.enter()

    def enter(self) -> None:
        """Put away all but the figures."""
        window, layout = self.window, self.window.dock_layout
        self.active, self.saved_dock_enabled = True, dict(layout.dock_enabled)
        self.saved_states = window.saveState(), layout.views_window.saveState()
        self.saved_geometry, self.was_maximized = window.saveGeometry(), window.isMaximized()
        for name in ("side", "results"):
            if layout.dock_enabled[name]:
                layout.toggle_dock(name)
        self._update_window()
        window.showFullScreen()
        window.view_area.show_scene(window.theme)

    def _update_window(self) -> None:
        for widget in self._window_bars:
            if widget is not None:
                widget.setVisible(not self.active)
        for dock in self.window.dock_layout.docks.values():
            dock.show_title(not self.active or dock.isFloating())
        self.toolbar.setVisible(self.active)
        self.window.view_area.set_font_scale(FONT_SCALE if self.active else 1.0)
        self.refresh()

    def leave(self) -> None:
        """Everything as it was before."""
        if not self.active:
            return
        window, layout = self.window, self.window.dock_layout
        self.active = False
        self._update_window()
        window.showMaximized() if self.was_maximized else window.showNormal()
        for name, enabled in self.saved_dock_enabled.items():
            if layout.dock_enabled[name] != enabled:
                layout.toggle_dock(name)
        for window_part, state in zip((window, layout.views_window), self.saved_states, strict=True):
            window_part.restoreState(state)
        window.view_area.show_scene(window.theme)

    def on_panels_rebuilt(self) -> None:
        """The bars are new ones."""
        if self.active:
            self._update_window()

    def refresh(self) -> None:
        """What is running, and how far it has come."""
        if self.active:
            self.caption.refresh(self.window.theme)
