"""Place of the step panel: behind a tab of the side panel or, in a wide window, beside it."""

from __future__ import annotations

from PyQt6.QtWidgets import QMainWindow, QTabBar

from app.gui.widgets.dock import Dock
from app.gui.window.view_grid import HORIZONTAL
from app.utils.i18n import tr

WIDE_WINDOW = 1500  # pixels at which both panels and the views have enough space
STEP_PANEL_WIDTH = 340  # pixels, beside the side panel


def place_step_dock(window: QMainWindow, side: Dock, step: Dock) -> None:
    """Place the dock of the step panel, unless the user has put it somewhere else than behind the side panel."""
    if step not in window.tabifiedDockWidgets(side) or side.isHidden():
        return
    if window.width() >= WIDE_WINDOW:
        window.splitDockWidget(side, step, HORIZONTAL)
        window.resizeDocks([side, step], [side.width(), STEP_PANEL_WIDTH], HORIZONTAL)


def name_tab_bars(window: QMainWindow) -> None:
    """Name the tabs that Qt makes for docks at one place, for screen readers."""
    for tab_bar in window.findChildren(QTabBar):
        if tab_bar.parent() is window:
            tab_bar.setAccessibleName(tr("Panels at this place"))
