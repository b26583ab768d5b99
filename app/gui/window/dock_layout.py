"""The layout of the window: docks that can be moved, floated and hidden, and that are restored at the next start.

The window has docks for the side panel and the results; its central widget is a second main window whose docks are
the views. A larger window therefore gives its additional space to the views, in equal shares.
"""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel, QMainWindow, QWidget

from app.gui.panels.results.results_tabs import ResultsTabs
from app.gui.widgets.dock import Dock
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

MAX_RESULTS_FRACTION = 0.42  # of the height, for the results below the views
MIN_VIEWS_HEIGHT = 280  # pixels that are left for the views
SIDE_PANEL_WIDTH = 340  # pixels, initially
CONTOUR_FRACTION = 0.6  # of the width of the views, for the contour plot, initially
LAYOUT_VERSION = 7  # of the saved state; increase it when the docks change
MIN_VISIBLE_PIXELS = 40  # pixels of a floating dock that must be on a screen; otherwise it is docked again
HORIZONTAL, VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
DockArea = Qt.DockWidgetArea


class DockLayout(QObject):
    """Arranges the docks of a window.

    ``docks`` are by view id, "side" or "results". ``dock_enabled`` holds which of them should be visible; an enabled
    view is hidden nevertheless while it does not apply to the experiment. ``close_requested`` is emitted with the name
    of a dock when its close button is clicked.
    """

    close_requested = pyqtSignal(str)
    results_tabs: ResultsTabs

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        super().__init__(window)
        self.window, self.settings = window, settings
        self.views_window = QMainWindow()
        self.views_window.setWindowFlags(Qt.WindowType.Widget)
        self.views_window.setObjectName("figures")
        self.placeholder = QLabel(
            tr("Drawing…"), objectName="quiet", alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True
        )
        self.views_window.setCentralWidget(self.placeholder)
        for each in (window, self.views_window):
            each.setDockNestingEnabled(True)
            each.setAnimated(False)
        window.setCentralWidget(self.views_window)
        for corner in (Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, DockArea.RightDockWidgetArea)
        for corner in (Qt.Corner.TopLeftCorner, Qt.Corner.BottomLeftCorner):
            window.setCorner(corner, DockArea.LeftDockWidgetArea)
        self.docks: dict[str, Dock] = {}
        self.dock_enabled: dict[str, bool] = {}
        for name, title in (("side", gettext_noop("Side panel")), ("results", gettext_noop("Results panel"))):
            self._add_dock(name, title)
        self.state_restored: dict[str, bool] = {}  # by part of the layout: whether a saved state was restored

    def _add_dock(self, name: str, title: str) -> Dock:
        dock = self.docks[name] = Dock(name, title)
        self.dock_enabled[name] = self.settings.get_bool(f"show/{name}", True)
        dock.close_requested.connect(lambda: self.close_requested.emit(name))
        return dock

    @property
    def view_ids(self) -> list[str]:
        """The ids of the views, in the order of the docks."""
        return [name for name in self.docks if name not in ("side", "results")]

    def set_panels(self, side_panel: QWidget, results_tabs: ResultsTabs, theme: Theme) -> None:
        """Put the panels into their docks; when they replace others, sizes and visibility stay."""
        self.results_tabs = results_tabs
        for name, panel in (("side", side_panel), ("results", results_tabs)):
            self.docks[name].replace_widget(panel)
        for dock in self.docks.values():
            dock.apply_theme(theme)

    def add_canvases(self, canvases: dict[str, QWidget], titles: dict[str, str], theme: Theme) -> None:
        """Add a dock for each canvas."""
        for name, canvas in canvases.items():
            canvas.setMinimumSize(*((280, 200) if name == "contour" else (150, 100)))
            dock = self._add_dock(name, titles[name])
            dock.replace_widget(canvas)
            dock.apply_theme(theme)
        self.placeholder.hide()
        self._arrange_views()
        self.state_restored["figures"] = self._restore_state("figures", self.views_window)

    def _arrange_panels(self) -> None:
        for name, area in (("side", DockArea.RightDockWidgetArea), ("results", DockArea.BottomDockWidgetArea)):
            self.window.addDockWidget(area, self.docks[name])
            if self.docks[name].isFloating():
                self.docks[name].setFloating(False)
        self.window.resizeDocks([self.docks["side"]], [SIDE_PANEL_WIDTH], HORIZONTAL)
        self.window.resizeDocks([self.docks["results"]], [self.results_tabs.preferred_height()], VERTICAL)

    def _arrange_views(self) -> None:
        """Place the contour plot on the left and the other views in a column on the right, all hidden."""
        contour_dock, *other_docks = (
            self.docks[name] for name in sorted(self.view_ids, key=lambda name: name != "contour")
        )
        for dock in (contour_dock, *other_docks):
            dock.setFloating(False)
            self.views_window.removeDockWidget(dock)
        self.views_window.addDockWidget(DockArea.LeftDockWidgetArea, contour_dock)
        previous_dock = contour_dock
        for dock in other_docks:
            self.views_window.splitDockWidget(
                previous_dock, dock, HORIZONTAL if previous_dock is contour_dock else VERTICAL
            )
            previous_dock = dock
        for dock in (contour_dock, *other_docks):
            dock.hide()  # a view that does not apply must not take space; ViewArea shows the others

    def _resize_views(self) -> None:
        """Give most of the width to the contour plot, and equal heights to the views on its right."""
        visible_docks = [
            dock for dock in (self.docks[name] for name in self.view_ids) if not (dock.isHidden() or dock.isFloating())
        ]
        other_docks = [dock for dock in visible_docks if dock is not self.docks["contour"]]
        if len(other_docks) < len(visible_docks) and other_docks:
            width = self.views_window.width()
            self.views_window.resizeDocks(
                [self.docks["contour"], other_docks[0]],
                [int(width * CONTOUR_FRACTION), int(width * (1 - CONTOUR_FRACTION))],
                HORIZONTAL,
            )
        self.views_window.resizeDocks(other_docks, [self.views_window.height()] * len(other_docks), VERTICAL)

    def restore(self) -> None:
        """Restore the saved layout of the panels; without one, the results get the height that they need."""
        self._arrange_panels()
        self.state_restored["window"] = self._restore_state("window", self.window)
        self._update_panel_visibility()

    def _restore_state(self, name: str, window: QMainWindow) -> bool:
        """Restore the saved state of a main window, and dock what would float outside all screens."""
        state = self.settings.get_bytes(f"layout/{name}")
        restored = state is not None and window.restoreState(state, LAYOUT_VERSION)
        for dock in window.findChildren(Dock, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if dock.isFloating() and not is_reachable(dock):
                dock.setFloating(False)
        return restored

    def keep_floating_above(self) -> None:
        """Keep docks above the window that float since before it was shown, by showing them again.

        The desktop learns only when a window is shown to which other window it belongs.
        """
        for dock in self.docks.values():
            handle = dock.windowHandle()
            if dock.isFloating() and dock.isVisible() and handle is not None:
                dock.hide()
                handle.setTransientParent(self.window.windowHandle())
                dock.show()

    def _update_panel_visibility(self) -> None:
        for name in ("side", "results"):
            self.docks[name].setVisible(self.dock_enabled[name])

    def reset(self) -> None:
        """Enable all docks and arrange them as initially."""
        for name in self.dock_enabled:
            self.dock_enabled[name] = True
        self._arrange_panels()
        self._arrange_views()
        self._update_panel_visibility()
        self.state_restored.clear()
        QTimer.singleShot(0, self.apply_initial_sizes)  # once it is decided which views apply

    def apply_initial_sizes(self) -> None:
        """Set the sizes of the docks that have no saved state; call it when the visible docks have their width."""
        if not self.state_restored.get("window") and self.is_dock_enabled("results"):
            self._resize_results()
        if not self.state_restored.get("figures"):
            self._resize_views()

    def grow_results(self) -> None:
        """Increase the height of the results, if there is space, so that all rows fit; never decrease it."""
        current_height = self.docks["results"].height()
        needed_height = min(self._needed_results_height, self._max_results_height)
        if self.is_dock_enabled("results") and current_height < needed_height:
            self._resize_results()

    @property
    def _max_results_height(self) -> int:
        total_height = self.views_window.height() + self.docks["results"].height()
        return min(int(MAX_RESULTS_FRACTION * total_height), total_height - MIN_VIEWS_HEIGHT)

    @property
    def _needed_results_height(self) -> int:
        bar = self.docks["results"].titleBarWidget()
        return self.results_tabs.preferred_height() + (bar.sizeHint().height() if bar is not None else 0)

    def _resize_results(self) -> None:
        if self.docks["results"].isFloating() or self.docks["results"].isHidden():
            return
        height = min(self._needed_results_height, self._max_results_height)
        self.window.resizeDocks([self.docks["results"]], [height], VERTICAL)

    def show_placeholder(self, message: str, visible: bool) -> None:
        """Show or hide a message in place of the views."""
        self.placeholder.setText(message)
        self.placeholder.setVisible(visible)

    def save_state(self) -> None:
        """Save the positions, the sizes and which docks are enabled."""
        self.settings.set_value("layout/window", self.window.saveState(LAYOUT_VERSION))
        if self.view_ids:
            self.settings.set_value("layout/figures", self.views_window.saveState(LAYOUT_VERSION))
        for name, enabled in self.dock_enabled.items():
            self.settings.set_value(f"show/{name}", enabled)

    def is_dock_enabled(self, name: str) -> bool:
        """Return whether a view or a panel should be visible."""
        return self.dock_enabled[name]

    def toggle_dock(self, name: str) -> None:
        """Enable or disable a dock; ``ViewArea.show_scene`` then hides views that do not apply."""
        self.dock_enabled[name] = not self.dock_enabled[name]
        self.docks[name].setVisible(self.dock_enabled[name])


def is_reachable(window: QWidget) -> bool:
    """Return whether enough of the title bar of a window is on a screen to move it with the mouse."""
    title_rect = window.geometry()
    title_rect.setHeight(MIN_VISIBLE_PIXELS)
    return any(
        (visible_rect := screen.availableGeometry().intersected(title_rect)).width() >= MIN_VISIBLE_PIXELS
        and visible_rect.height() >= MIN_VISIBLE_PIXELS // 2
        for screen in QGuiApplication.screens()
    )
