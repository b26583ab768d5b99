"""How the keyboard walks through the window: Tab from control to control, F6 from part to part, each from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QScrollArea, QWidget

from app.gui.widgets.number_field import last_released_field

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

FORWARD_REASON, BACKWARD_REASON = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason


def panes(window: MainWindow) -> list[QWidget]:
    """What is seen of the bars, the views in the order in which they are read, the tables, the side panel, the foot."""
    views = in_reading_order(
        window, [dock for name, dock in window.dock_layout.docks.items() if name in window.canvases]
    )
    panels = [window.dock_layout.docks[name] for name in ("results", "side")]
    toolbars = [window.playback_bar, window.timeline_bar]
    return [pane for pane in (*toolbars, *views, *panels, window.statusBar()) if pane is not None and pane.isVisible()]


def in_reading_order(window: QWidget, widgets: list[QWidget]) -> list[QWidget]:
    """Line by line: what has its middle above the bottom of a line's first widget belongs to that line."""

    def position(widget: QWidget) -> QPoint:
        return widget.mapTo(window, QPoint(0, 0)) if widget.window() is window else widget.mapToGlobal(QPoint(0, 0))

    remaining = sorted(widgets, key=lambda widget: (position(widget).y(), position(widget).x()))
    ordered: list[QWidget] = []
    while remaining:
        bottom = position(remaining[0]).y() + remaining[0].height()
        line = [widget for widget in remaining if position(widget).y() + widget.height() / 2 <= bottom]
        ordered += sorted(line, key=lambda widget: position(widget).x())
        remaining = [widget for widget in remaining if widget not in line]
    return ordered


def tab_stops(window: QWidget, pane: QWidget) -> list[QWidget]:
    """What Tab stops at in a part of the window, what floats in a window of its own aside."""
    result = [
        widget
        for widget in (pane, *pane.findChildren(QWidget))
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and not is_unchecked_in_group(widget)
    ]
    return in_reading_order(window, result)


def all_tab_stops(window: MainWindow) -> list[QWidget]:
    """All that Tab stops at, in its order."""
    return [widget for pane in panes(window) for widget in tab_stops(window, pane)]


def is_unchecked_in_group(widget: QWidget) -> bool:
    """Whether it is one of some buttons of which one is pressed, and not that one: arrows go to it from there."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and group.checkedButton() not in (None, widget)


def focus_next_control(window: MainWindow, forward: bool) -> bool:
    """Tab, or Shift+Tab; whether there was anything to go to."""
    stops = all_tab_stops(window)
    focused = window.focusWidget()
    if focused is window or focused is None:
        focused = last_released_field(window)
    if not stops:
        return False
    if focused in stops:
        step = 1 if forward else -1
        _set_focus(stops[(stops.index(focused) + step) % len(stops)], forward)
    else:
        _set_focus(stops[0 if forward else -1], forward)
    return True


def focus_next_pane(window: MainWindow, forward: bool) -> None:
    """The next part of the window, or the one before; a part that was left is come back to where it was left."""
    stops_by_pane = [
        (part, stops) for part in panes(window) if (stops := tab_stops(part.window(), _pane_content(part)))
    ]
    focused = QApplication.focusWidget()
    current = next(
        (
            k
            for k, (part, _) in enumerate(stops_by_pane)
            if focused is not None and (part is focused or part.isAncestorOf(focused))
        ),
        None,
    )
    if not stops_by_pane:
        return
    if current is not None:
        stops_by_pane[current][0].last_focused = focused  # only to be compared: it may be gone by then
    step = 1 if forward else -1
    pane, stops = stops_by_pane[(current + step) % len(stops_by_pane) if current is not None else 0 if forward else -1]
    pane.window().activateWindow()
    last_focused = getattr(pane, "last_focused", None)
    _set_focus(last_focused if last_focused in stops else stops[0], forward)


def _pane_content(pane: QWidget) -> QWidget:
    """A part without the buttons of its title."""
    content = pane.widget() if isinstance(pane, QDockWidget) else None
    return content or pane


def _set_focus(widget: QWidget, forward: bool) -> None:
    widget.setFocus(FORWARD_REASON if forward else BACKWARD_REASON)
    ancestor = widget.parentWidget()
    while ancestor is not None:
        if isinstance(ancestor, QScrollArea):
            ancestor.ensureWidgetVisible(widget)
        ancestor = ancestor.parentWidget()
