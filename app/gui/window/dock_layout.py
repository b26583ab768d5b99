"""How the window is divided: parts that can be dragged, floated and hidden, all of it remembered.

The window itself has docks for the side panel and what stands below; in its middle lies a second one, whose docks are the
figures: so a larger window gives its room to them, in equal shares.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel, QMainWindow, QWidget

from app.gui.widgets.dock import Dock
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

MAX_RESULTS_FRACTION, MIN_VIEWS_HEIGHT = (
    0.42,
    280,
)  # of the height, for what stands below the views; pixels that these keep
SIDE_PANEL_WIDTH = 340  # pixels of the side panel's width, at first
CONTOUR_FRACTION = 0.6  # of the figures' width, for the contour, at first
LAYOUT_VERSION = 7  # of what is remembered: another number where the parts are others
MIN_VISIBLE_PIXELS = 40  # pixels of a floating part that must lie on a screen, or it is taken back
HORIZONTAL, VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
DockArea = Qt.DockWidgetArea


class DockLayout:
    """``docks`` by the id of a view, "side" or "results". ``wanted``: which of them the person wants to see; a view may
    have nothing to show all the same. ``left(name)`` is called when somebody hides one by its cross."""

    def __init__(self, window: QMainWindow, settings: Settings, on_close_requested: Callable[[str], None]) -> None:
        self.window, self.settings, self.on_close_requested = window, settings, on_close_requested
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
        for name, title in (("side", gettext_noop("Side panel")), ("results", gettext_noop("Read-out and results"))):
            self._add_dock(name, title)
        self.state_restored: dict[str, bool] = {}  # which part of the layout was remembered

    def _add_dock(self, name: str, title: str) -> Dock:
        dock = self.docks[name] = Dock(name, title)
        self.dock_enabled[name] = self.settings.get_bool(f"show/{name}", True)
        dock.close_requested.connect(lambda: self.on_close_requested(name))
        return dock

    @property
    def view_ids(self) -> list[str]:
        return [name for name in self.docks if name not in ("side", "results")]

    def set_panels(self, side_panel: QWidget, results_tabs: QWidget, theme: Theme) -> None:
        """Put in the panels; they may be new ones, in which case sizes and visibility stay."""
        for name, panel in (("side", side_panel), ("results", results_tabs)):
            self.docks[name].replace_widget(panel)
        for dock in self.docks.values():
            dock.apply_theme(theme)

    def add_canvases(self, canvases: dict[str, QWidget], titles: dict[str, str], theme: Theme) -> None:
        """Put in the canvases: the contour is the large one."""
        for name, canvas in canvases.items():
            canvas.setMinimumSize(*((280, 200) if name == "contour" else (150, 100)))
            dock = self._add_dock(name, titles[name])
            dock.replace_widget(canvas)
            dock.apply_theme(theme)
        self.placeholder.hide()
        self._arrange_views()
        self.state_restored["figures"] = self._restore_state("figures", self.views_window)

    def _arrange_panels(self, results_height: int) -> None:
        for name, area in (("side", DockArea.RightDockWidgetArea), ("results", DockArea.BottomDockWidgetArea)):
            self.docks[name].setFloating(False)
            self.window.addDockWidget(area, self.docks[name])
        self.window.resizeDocks([self.docks["side"]], [SIDE_PANEL_WIDTH], HORIZONTAL)
        self.window.resizeDocks([self.docks["results"]], [results_height], VERTICAL)

    def _arrange_views(self) -> None:
        """The contour, and beside it the other views, one below the other; whoever shows them knows which have anything to show."""
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
            dock.hide()  # what has nothing to show may not even ask for room

    def _resize_views(self) -> None:
        """Most of the width for the contour, and equal heights for what stands beside it."""
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

    def restore(self, results_height: int) -> None:
        """The panels where they were last time; where that is not known, the read-out gets the height it needs."""
        self._arrange_panels(results_height)
        self.state_restored["window"] = self._restore_state("window", self.window)
        self._update_panel_visibility()

    def _restore_state(self, name: str, window: QMainWindow) -> bool:
        """Bring back what was remembered, and what of it no screen shows any more."""
        state = self.settings.get_bytes(f"layout/{name}")
        restored = state is not None and window.restoreState(state, LAYOUT_VERSION)
        for dock in window.findChildren(Dock, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if dock.isFloating() and not is_reachable(dock):
                dock.setFloating(False)
        return restored

    def _update_panel_visibility(self) -> None:
        for name in ("side", "results"):
            self.docks[name].setVisible(self.dock_enabled[name])

    def reset(self, results_height: int) -> None:
        """Everything shown, where it is at first."""
        for name in self.dock_enabled:
            self.dock_enabled[name] = True
        self._arrange_panels(results_height)
        self._arrange_views()
        self._update_panel_visibility()
        self.state_restored.clear()

    def apply_initial_sizes(self, results_height: int) -> None:
        """Once it is known what is seen, and how wide: sizes for what has none from last time."""
        if not self.state_restored.get("window") and self.is_dock_enabled("results"):
            self._resize_results(results_height)
        if not self.state_restored.get("figures"):
            self._resize_views()

    def grow_results(self, results_height: int) -> None:
        """Give the read-out the height its rows need, as far as there is room; never take any from it."""
        current_height = self.docks["results"].height()
        if self.is_dock_enabled("results") and current_height < min(
            self._needed_height(results_height), self._max_results_height
        ):
            self._resize_results(results_height)

    @property
    def _max_results_height(self) -> int:
        total_height = self.views_window.height() + self.docks["results"].height()
        return min(int(MAX_RESULTS_FRACTION * total_height), total_height - MIN_VIEWS_HEIGHT)

    def _needed_height(self, results_height: int) -> int:
        bar = self.docks["results"].titleBarWidget()
        return results_height + (bar.sizeHint().height() if bar is not None else 0)

    def _resize_results(self, results_height: int) -> None:
        """So much height for the read-out, up to MOST of it; the rest for the views."""
        if self.docks["results"].isFloating() or self.docks["results"].isHidden():
            return
        self.window.resizeDocks(
            [self.docks["results"]], [min(self._needed_height(results_height), self._max_results_height)], VERTICAL
        )

    def show_placeholder(self, message: str, visible: bool) -> None:
        """Words in place of the views, where none is shown."""
        self.placeholder.setText(message)
        self.placeholder.setVisible(visible)

    def save_state(self) -> None:
        """Remember places and sizes, and what is shown."""
        self.settings.set_value("layout/window", self.window.saveState(LAYOUT_VERSION))
        if self.view_ids:
            self.settings.set_value("layout/figures", self.views_window.saveState(LAYOUT_VERSION))
        for name, enabled in self.dock_enabled.items():
            self.settings.set_value(f"show/{name}", enabled)

    def is_dock_enabled(self, name: str) -> bool:
        """Whether a view or a panel is wanted; a view that has nothing to show stays away all the same."""
        return self.dock_enabled[name]

    def toggle_dock(self, name: str) -> None:
        """Whether it has anything to show is asked later, of views."""
        self.dock_enabled[name] = not self.dock_enabled[name]
        self.docks[name].setVisible(self.dock_enabled[name])


def is_reachable(window: QWidget) -> bool:
    """Whether enough of a window lies on a screen to take hold of it by its title."""
    title_rect = window.geometry()
    title_rect.setHeight(MIN_VISIBLE_PIXELS)
    return any(
        (visible_rect := screen.availableGeometry().intersected(title_rect)).width() >= MIN_VISIBLE_PIXELS
        and visible_rect.height() >= MIN_VISIBLE_PIXELS // 2
        for screen in QGuiApplication.screens()
    )
