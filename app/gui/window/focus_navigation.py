"""How the keyboard walks through the window: Tab from control to control, F6 from part to part, each from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QScrollArea, QWidget

from app.gui.widgets.number_field import GIVEN

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

FORWARD, BACKWARD = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason


def parts(window: MainWindow) -> list[QWidget]:
    """What is seen of the bars, the views in the order in which they are read, the tables, the side panel, the foot."""
    views = in_reading_order(window, [dock for name, dock in window.layout_.docks.items() if name in window.canvases])
    panels = [window.layout_.docks[name] for name in ("results", "side")]
    bars = [window.transport, window.time]
    return [part for part in (*bars, *views, *panels, window.statusBar()) if part is not None and part.isVisible()]


def in_reading_order(window: QWidget, widgets: list[QWidget]) -> list[QWidget]:
    """Line by line: what has its middle above the bottom of a line's first widget belongs to that line."""

    def place(widget: QWidget) -> QPoint:
        return widget.mapTo(window, QPoint(0, 0)) if widget.window() is window else widget.mapToGlobal(QPoint(0, 0))

    left = sorted(widgets, key=lambda widget: (place(widget).y(), place(widget).x()))
    ordered: list[QWidget] = []
    while left:
        bottom = place(left[0]).y() + left[0].height()
        line = [widget for widget in left if place(widget).y() + widget.height() / 2 <= bottom]
        ordered += sorted(line, key=lambda widget: place(widget).x())
        left = [widget for widget in left if widget not in line]
    return ordered


def controls(window: QWidget, part: QWidget) -> list[QWidget]:
    """What Tab stops at in a part of the window, what floats in a window of its own aside."""
    stops = [
        widget
        for widget in (part, *part.findChildren(QWidget))
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and not in_the_shade(widget)
    ]
    return in_reading_order(window, stops)


def controls_of(window: MainWindow) -> list[QWidget]:
    """All that Tab stops at, in its order."""
    return [widget for part in parts(window) for widget in controls(window, part)]


def in_the_shade(widget: QWidget) -> bool:
    """Whether it is one of some buttons of which one is pressed, and not that one: arrows go to it from there."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and group.checkedButton() not in (None, widget)


def to_control(window: MainWindow, forward: bool) -> bool:
    """Tab, or Shift+Tab; whether there was anything to go to."""
    stops = controls_of(window)
    now = window.focusWidget()
    if now is window or now is None:
        now = getattr(window, GIVEN, None)
    if not stops:
        return False
    if now in stops:
        step = 1 if forward else -1
        _go(stops[(stops.index(now) + step) % len(stops)], forward)
    else:
        _go(stops[0 if forward else -1], forward)
    return True


def to_part(window: MainWindow, forward: bool) -> None:
    """The next part of the window, or the one before; a part that was left is come back to where it was left."""
    known = [(part, stops) for part in parts(window) if (stops := controls(part.window(), _inside(part)))]
    now = QApplication.focusWidget()
    here = next(
        (k for k, (part, _) in enumerate(known) if now is not None and (part is now or part.isAncestorOf(now))), None
    )
    if not known:
        return
    if here is not None:
        known[here][0].left_at = now  # only to be compared: it may be gone by then
    step = 1 if forward else -1
    part, stops = known[(here + step) % len(known) if here is not None else 0 if forward else -1]
    part.window().activateWindow()
    left_at = getattr(part, "left_at", None)
    _go(left_at if left_at in stops else stops[0], forward)


def _inside(part: QWidget) -> QWidget:
    """A part without the buttons of its title."""
    held = part.widget() if isinstance(part, QDockWidget) else None
    return held or part


def _go(widget: QWidget, forward: bool) -> None:
    widget.setFocus(FORWARD if forward else BACKWARD)
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
