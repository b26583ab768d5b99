"""Presentation mode: the plots fill the screen with larger text, above a caption with the progress of the runs."""

from __future__ import annotations

from PyQt6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer
from PyQt6.QtWidgets import QMainWindow, QToolBar, QWidget

from app.gui.panels.presentation_caption import PresentationCaption
from app.gui.window.appearance import Appearance
from app.gui.window.dock_layout import DockLayout
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.session.session import Session

FONT_SCALE = 1.6  # of text and lines in the plots
PANEL_FONT_SCALE = 1.3  # of the text in the side panel and the step panel
SETTLING_TIME = 30  # milliseconds without a change of its size after which the window has settled
MAX_SETTLING_PERIODS = 30  # for which the previous size of the window is awaited


class PresentationMode(QObject):
    """Switches presentation mode on and off. All shortcuts keep working; leaving restores the previous layout.

    The desktop gives the window its previous size some time after presentation mode has ended; only then the docks get
    theirs, to the pixel.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        appearance: Appearance,
        dock_layout: DockLayout,
        view_area: ViewArea,
        panels: WindowPanels,
    ) -> None:
        super().__init__(window)
        self.window, self.appearance, self.dock_layout = window, appearance, dock_layout
        self.view_area, self.panels = view_area, panels
        self.active = False
        self.caption = PresentationCaption(session)
        self.caption.selected_run = lambda: panels.side_panel.run_list.selected_row
        self.toolbar = QToolBar()
        self.toolbar.setObjectName("presentation")
        self.toolbar.setMovable(False)
        self.toolbar.addWidget(self.caption)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.toolbar)
        self.toolbar.hide()
        self.saved_states, self.saved_geometry = (QByteArray(), QByteArray()), QByteArray()
        self.saved_dock_enabled: dict[str, bool] = {}
        self.was_maximized, self.saved_size = False, QSize()
        self.restore_timer = QTimer(self, singleShot=True, interval=SETTLING_TIME)
        self.restore_timer.timeout.connect(self._restore_settled_layout)
        self.settling_periods = 0
        window.installEventFilter(self)
        panels.built.connect(self._on_panels_built)

    @property
    def _window_bars(self) -> list[QWidget | None]:
        return [self.window.menuBar(), self.window.statusBar(), self.panels.playback_bar, self.panels.timeline_bar]

    def toggle(self) -> None:
        """Enter or leave presentation mode."""
        self.leave() if self.active else self.enter()

    def enter(self) -> None:
        """Hide everything except the plots and the step panel, and fill the screen."""
        window, layout = self.window, self.dock_layout
        self.restore_now()
        layout.view_grid.restore()
        self.active, self.saved_dock_enabled = True, dict(layout.dock_enabled)
        self.saved_states = window.saveState(), layout.views_window.saveState()
        self.saved_geometry, self.was_maximized = window.saveGeometry(), window.isMaximized()
        self.saved_size = window.size()
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
        self.panels.set_font_scale(PANEL_FONT_SCALE if self.active else 1.0)
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
        self.view_area.show_scene()
        self.settling_periods = 0
        self.restore_timer.start()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Wait longer when the size of the window changes."""
        if event is not None and event.type() == QEvent.Type.Resize and self.restore_timer.isActive():
            self.restore_timer.start()
        return False

    def _restore_settled_layout(self) -> None:
        """Restore the sizes of the docks if the window has its previous size, or will not get it."""
        self.settling_periods += 1
        if self.window.size() != self.saved_size and self.settling_periods < MAX_SETTLING_PERIODS:
            self.restore_timer.start()
        else:
            self.dock_layout.restore_sizes(*self.saved_states)

    def restore_now(self) -> None:
        """Restore the sizes of the docks without waiting, if that is still to be done."""
        if self.restore_timer.isActive():
            self.restore_timer.stop()
            self.dock_layout.restore_sizes(*self.saved_states)

    def _on_panels_built(self) -> None:
        if self.active:
            self._update_window()

    def refresh(self) -> None:
        """Update the caption."""
        if self.active:
            self.caption.refresh(self.appearance.theme)
