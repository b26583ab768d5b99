"""The layout of the window: docks that can be moved, floated and hidden, and that are restored at the next start.

The window has docks for the side panel, the results, the step panel and lessons; its central widget is a second main
window whose docks are the views. A larger window therefore gives its additional space to the views, in equal shares.
"""

from __future__ import annotations

from PyQt6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QLabel, QMainWindow, QWidget

from app.gui.panels.results.results_tabs import ResultsTabs
from app.gui.widgets.dock import Dock
from app.gui.window import floating_docks
from app.gui.window.step_dock import name_tab_bars, place_beside
from app.gui.window.view_grid import HORIZONTAL, SEPARATOR, VERTICAL, ViewGrid
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

VIEW_ROWS = 2  # rows of the grid of views, each of which should have a third of the height of the window
COMFORTABLE_VIEW_HEIGHT = 280  # pixels of a view that may have less than a third, so that many runs are in a large font
MAX_RESULTS_FRACTION = 0.42  # of the height, for the results below the views
MIN_VIEWS_HEIGHT = 280  # pixels that are left for the views
SIDE_PANEL_WIDTH = 340  # pixels, initially
LAYOUT_VERSION = 10  # of the saved state; increase it when the docks change
DockArea = Qt.DockWidgetArea
PANELS = {
    "side": gettext_noop("Side panel"),
    "results": gettext_noop("Results panel"),
    "step_panel": gettext_noop("Step"),
    "lesson": gettext_noop("Lesson"),
}
HIDDEN_PANELS = ("step_panel", "lesson")  # initially; behind a tab of the side panel, or beside it


class DockLayout(QObject):
    """Arranges the docks of a window.

    ``docks`` are by view id, or by the name of a panel. ``dock_enabled`` holds which of them should be visible; an
    enabled view is hidden nevertheless while it does not apply to the experiment, or while another one is maximized.
    ``close_requested`` is emitted with the name of a dock when its close button is clicked.
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
        self.shown_initially: dict[str, bool] = {}
        self.view_grid = ViewGrid(self.views_window)
        for name, title in PANELS.items():
            self._add_dock(name, title, name not in HIDDEN_PANELS)
        self.views_restored = False  # whether a saved layout of the views was restored
        self.fit_key: tuple[object, ...] = ()  # that of the last time when the results were fitted
        self.fit_timer = QTimer(self, singleShot=True, interval=0)
        self.fit_timer.timeout.connect(self.fit_results)
        window.installEventFilter(self)
        self.docks["results"].installEventFilter(self)
        self.docks["results"].topLevelChanged.connect(lambda _: self.fit_timer.start())
        self.docks["results"].dockLocationChanged.connect(lambda _: self.fit_timer.start())

    def _add_dock(self, name: str, title: str, shown: bool = True) -> Dock:
        """Add a dock, ``shown`` unless the settings say otherwise."""
        dock = self.docks[name] = Dock(name, title)
        self.shown_initially[name] = shown
        self.dock_enabled[name] = self.settings.get_bool(f"show/{name}", shown)
        dock.close_requested.connect(lambda: self.close_requested.emit(name))
        dock.detached.connect(
            lambda: floating_docks.place_beside(dock, self.window, self.views_window, self.docks.values())
        )
        return dock

    @property
    def view_ids(self) -> list[str]:
        """The ids of the views, in the order of the docks."""
        return [name for name in self.docks if name not in PANELS]

    def set_panels(
        self, side: QWidget, results_tabs: ResultsTabs, step: QWidget, lesson: QWidget, theme: Theme
    ) -> None:
        """Put the panels into their docks; when they replace others, sizes and visibility stay."""
        self.results_tabs = results_tabs
        for name, panel in zip(PANELS, (side, results_tabs, step, lesson), strict=True):
            self.docks[name].replace_widget(panel)
        self.docks["results"].set_heading(results_tabs.tab_bar)
        results_tabs.currentChanged.connect(lambda _: self.fit_timer.start())
        for dock in self.docks.values():
            dock.apply_theme(theme)
        name_tab_bars(self.window)
        self.fit_timer.start()

    def add_canvases(
        self, canvases: dict[str, QWidget], titles: dict[str, str], hidden: set[str], theme: Theme
    ) -> None:
        """Add a dock for each canvas; those of ``hidden`` views are not shown initially."""
        for name, canvas in canvases.items():
            canvas.setMinimumSize(*((200, 150) if name in ("contour", "curve") else (150, 100)))
            dock = self._add_dock(name, titles[name], name not in hidden)
            dock.replace_widget(canvas)
            dock.apply_theme(theme)
            dock.maximize_action.triggered.connect(lambda _, name=name: self.view_grid.toggle_maximized(name))
        self.placeholder.hide()
        self.view_grid.add({name: self.docks[name] for name in canvases})
        self.views_restored = self._restore_state("figures", self.views_window)

    def _arrange_panels(self) -> None:
        for name in PANELS:
            area = DockArea.BottomDockWidgetArea if name == "results" else DockArea.RightDockWidgetArea
            self.window.addDockWidget(area, self.docks[name])
            if self.docks[name].isFloating():
                self.docks[name].setFloating(False)
        for name in HIDDEN_PANELS:
            self.window.tabifyDockWidget(self.docks["side"], self.docks[name])
        self.window.resizeDocks([self.docks["side"]], [SIDE_PANEL_WIDTH], HORIZONTAL)

    def restore(self) -> None:
        """Restore the saved layout of the panels."""
        self._arrange_panels()
        self._restore_state("window", self.window)
        self._update_panel_visibility()
        self._activate_layouts()
        name_tab_bars(self.window)
        self.fit_results()

    def _restore_state(self, name: str, window: QMainWindow) -> bool:
        """Restore the saved state of a main window, with every floating dock on a screen."""
        state = self.settings.get_bytes(f"layout/{name}")
        restored = state is not None and window.restoreState(state, LAYOUT_VERSION)
        for dock in window.findChildren(Dock, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if dock.isFloating():
                floating_docks.move_onto_screen(dock)
        return restored

    def _update_panel_visibility(self) -> None:
        for name in PANELS:
            self.docks[name].setVisible(self.dock_enabled[name])

    def reset(self) -> None:
        """Enable and arrange the docks as initially."""
        self.dock_enabled.update(self.shown_initially)
        self._arrange_panels()
        self.view_grid.arrange()
        self._update_panel_visibility()
        self.views_restored = False
        QTimer.singleShot(0, self.apply_initial_sizes)

    def apply_initial_sizes(self) -> None:
        """Set the sizes of the docks that have no saved state; call it when it is decided which views apply."""
        self.fit_results()
        self._activate_layouts()
        if not self.views_restored:
            self.view_grid.share_equally()
            self._activate_layouts()

    def _activate_layouts(self) -> None:
        """Give the docks at once the sizes that they would otherwise get after the next paint."""
        for window in (self.window, self.views_window):
            layout = window.layout()
            assert layout is not None
            layout.activate()

    def fit_results(self) -> None:
        """Make the results as high as their content, if there is space."""
        self.fit_timer.stop()
        dock = self.docks["results"]
        area = self.window.dockWidgetArea(dock)
        if dock.isFloating() or area not in (DockArea.TopDockWidgetArea, DockArea.BottomDockWidgetArea):
            return
        self.fit_key = self._fit_key()
        title_height = dock.title_bar.sizeHint().height()
        total_height = self.views_window.height() + dock.height()
        view_heights = self.window.height() // 3 + 1, COMFORTABLE_VIEW_HEIGHT
        limits = [total_height - title_height - VIEW_ROWS * height - SEPARATOR for height in view_heights]
        maximum = min(int(MAX_RESULTS_FRACTION * total_height), total_height - MIN_VIEWS_HEIGHT)
        height = title_height + self.results_tabs.height_within([*limits, maximum - title_height])
        if not dock.isHidden():
            self.window.resizeDocks([dock], [max(height, 1)], VERTICAL)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Fit the results again when their width or the height of the window has changed."""
        if event is not None and event.type() == QEvent.Type.Resize and self._fit_key() != self.fit_key:
            self.fit_timer.start()
        return False

    def _fit_key(self) -> tuple[object, ...]:
        """Return what the height of the results depends on; the user may make them lower until it changes."""
        return self.docks["results"].width(), self.window.height(), self.results_tabs.content_key()

    def refit_results(self) -> None:
        """Fit the results if their content has changed."""
        if self._fit_key() != self.fit_key:
            self.fit_results()

    def restore_sizes(self, window_state: QByteArray, views_state: QByteArray) -> None:
        """Restore what ``saveState`` of the window and of the window of the views returned before."""
        self._activate_layouts()  # the docks must have the space that they had then
        self.window.restoreState(window_state)
        self._activate_layouts()
        self.views_window.restoreState(views_state)
        self.fit_timer.stop()
        self.fit_key = self._fit_key()

    def show_views(self, names: set[str]) -> None:
        """Show those of some views that are enabled."""
        self.view_grid.show_only({name for name in names if self.dock_enabled[name]})

    def show_placeholder(self, message: str, visible: bool) -> None:
        """Show or hide a message in place of the views."""
        self.placeholder.setText(message)
        self.placeholder.setVisible(visible)

    def save_state(self) -> None:
        """Save the positions, the sizes and which docks are enabled."""
        self.fit_timer.stop()
        self.view_grid.restore()
        self.settings.set_value("layout/window", self.window.saveState(LAYOUT_VERSION))
        if self.view_ids:
            self.settings.set_value("layout/figures", self.views_window.saveState(LAYOUT_VERSION))
        for name, enabled in self.dock_enabled.items():
            self.settings.set_value(f"show/{name}", enabled)

    def is_dock_enabled(self, name: str) -> bool:
        """Return whether a view or a panel should be visible."""
        return self.dock_enabled[name]

    def toggle_dock(self, name: str) -> None:
        """Enable or disable a dock; a view is shown or hidden by ``ViewArea.show_scene`` only."""
        self.dock_enabled[name] = not self.dock_enabled[name]
        if name in self.view_grid.docks:
            self.view_grid.restore()
            return
        self.docks[name].setVisible(self.dock_enabled[name])
        if name in HIDDEN_PANELS and self.dock_enabled[name]:
            others = [self.docks[each] for each in HIDDEN_PANELS if each != name]
            place_beside(self.window, self.docks["side"], self.docks[name], others)
            self.docks[name].raise_()
            name_tab_bars(self.window)

    def is_behind(self, name: str) -> bool:
        """Return whether a panel is shown, but another one at the same place covers it."""
        dock = self.docks[name]
        others = self.window.tabifiedDockWidgets(dock)
        return self.dock_enabled[name] and any(not each.isHidden() for each in others) and not dock.is_in_front
