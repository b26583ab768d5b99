"""Place of the step and lesson panels: behind a tab of the side panel or, in a wide window, beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtWidgets import QMainWindow, QTabBar

from app.gui.widgets.dock import Dock
from app.gui.window.view_grid import HORIZONTAL
from app.utils.i18n import tr

WIDE_WINDOW = 1500  # pixels at which both panels and the views have enough space
PANEL_WIDTH = 340  # pixels, beside the side panel


def place_beside(window: QMainWindow, side: Dock, dock: Dock, others: Iterable[Dock]) -> None:
    """Place a dock beside the side panel, unless the user has put it somewhere else than behind a tab of it.

    If one of the ``others`` is beside the side panel already, the dock becomes a tab of that.
    """
    if dock not in window.tabifiedDockWidgets(side) or side.isHidden() or window.width() < WIDE_WINDOW:
        return
    area, width = window.dockWidgetArea(side), side.width()
    behind_side = window.tabifiedDockWidgets(side)
    for other in others:
        is_shown = not other.isHidden() and not other.isFloating() and window.dockWidgetArea(other) == area
        if is_shown and other not in behind_side:
            window.tabifyDockWidget(other, dock)
            return
    # Qt refuses to split docks that are tabs, also where the others of them are hidden
    window.removeDockWidget(dock)
    window.addDockWidget(area, dock, HORIZONTAL)
    dock.show()
    window.resizeDocks([side, dock], [width, PANEL_WIDTH], HORIZONTAL)


def name_tab_bars(window: QMainWindow) -> None:
    """Name the tabs that Qt makes for docks at one place, for screen readers."""
    for tab_bar in window.findChildren(QTabBar):
        if tab_bar.parent() is window:
            tab_bar.setAccessibleName(tr("Panels at this place"))
