"""Keyboard navigation: Tab moves between controls and F6 between panes.

The panes are visited as they lie on the screen, because docks can be moved; the controls of a pane in Qt's own order.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QMainWindow, QScrollArea, QWidget

from app.gui.widgets.focus_release import last_released_field
from app.gui.window.dock_layout import PANELS, DockLayout
from app.gui.window.window_panels import WindowPanels

FORWARD_REASON, BACKWARD_REASON = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason


class FocusNavigation:
    """Moves the keyboard focus between the controls and panes of a window."""

    def __init__(self, window: QMainWindow, dock_layout: DockLayout, panels: WindowPanels) -> None:
        self.window, self.dock_layout, self.panels = window, dock_layout, panels
        self.overlay: QWidget | None = None  # a page over the plots, the first pane
        self.last_focused: WeakKeyDictionary[QWidget, QWidget | None] = WeakKeyDictionary()  # by pane

    def panes(self) -> list[QWidget]:
        """Return the visible panes: a page over the plots, tool bars, views in reading order, panels, status bar."""
        docks = self.dock_layout.docks
        views = sorted((docks[name] for name in self.dock_layout.view_ids), key=_reading_position)
        panels = [docks[name] for name in reversed(PANELS)]
        toolbars = [self.panels.playback_bar, self.panels.timeline_bar]
        candidates = (self.overlay, *toolbars, *views, *panels, self.window.statusBar())
        return [pane for pane in candidates if pane is not None and pane.isVisible()]

    def all_tab_stops(self) -> list[QWidget]:
        """Return the tab stops of all panes, in order."""
        return [widget for pane in self.panes() for widget in tab_stops(self.window, pane)]

    def focus_next_control(self, forward: bool) -> bool:
        """Focus the next control, or the previous one; return whether there is any."""
        stops = self.all_tab_stops()
        focused = self.window.focusWidget()
        if focused is self.window or focused is None:
            focused = last_released_field(self.window)
        if not stops:
            return False
        if focused in stops:
            step = 1 if forward else -1
            _set_focus(stops[(stops.index(focused) + step) % len(stops)], forward)
        else:
            _set_focus(stops[0 if forward else -1], forward)
        return True

    def focus_next_pane(self, forward: bool) -> None:
        """Focus the next pane, or the previous one, at the control that had the focus there last."""
        stops_by_pane = [
            (pane, stops) for pane in self.panes() if (stops := tab_stops(_top_level(pane), _content(pane)))
        ]
        if not stops_by_pane:
            return
        focused = QApplication.focusWidget()
        current = next(
            (
                index
                for index, (pane, _) in enumerate(stops_by_pane)
                if focused is not None and (pane is focused or pane.isAncestorOf(focused))
            ),
            None,
        )
        if current is not None:
            self.last_focused[stops_by_pane[current][0]] = focused  # may be deleted later: only compare it
        step = 1 if forward else -1
        index = 0 if forward else -1
        if current is not None:
            index = (current + step) % len(stops_by_pane)
        pane, stops = stops_by_pane[index]
        _top_level(pane).activateWindow()
        last_focused = self.last_focused.get(pane)
        _set_focus(last_focused if last_focused in stops else stops[0], forward)

    def remember_focus(self) -> Callable[[], None]:
        """Return a callable that focuses the same tab stop again after the panels have been rebuilt."""
        stops, focused = self.all_tab_stops(), self.window.focusWidget()
        index = stops.index(focused) if focused in stops else None

        def restore() -> None:
            new_stops = self.all_tab_stops()
            if index is not None and len(new_stops) == len(stops):
                new_stops[index].setFocus()

        return restore


def tab_stops(window: QWidget, pane: QWidget) -> list[QWidget]:
    """Return the widgets of a pane that Tab stops at, except those in another top-level window.

    Their order is that of Qt: the order in which they were built, unless ``setTabOrder`` says otherwise.
    """
    chain = [pane]
    while (widget := chain[-1].nextInFocusChain()) is not None and widget is not pane:
        chain.append(widget)
    return [
        widget
        for widget in chain
        if (widget is pane or pane.isAncestorOf(widget))
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and not is_unchecked_in_group(widget)
    ]


def is_unchecked_in_group(widget: QWidget) -> bool:
    """Return whether another button of its exclusive group is checked; arrow keys reach it from there."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and group.checkedButton() not in (None, widget)


def _reading_position(pane: QWidget) -> tuple[int, int]:
    corner = pane.mapToGlobal(QPoint(0, 0))
    return corner.y(), corner.x()


def _top_level(widget: QWidget) -> QWidget:
    window = widget.window()
    assert window is not None
    return window


def _content(pane: QWidget) -> QWidget:
    """Return a pane without its title bar."""
    content = pane.widget() if isinstance(pane, QDockWidget) else None
    return content or pane


def _set_focus(widget: QWidget, forward: bool) -> None:
    widget.setFocus(FORWARD_REASON if forward else BACKWARD_REASON)
    ancestor = widget.parentWidget()
    while ancestor is not None:
        if isinstance(ancestor, QScrollArea):
            ancestor.ensureWidgetVisible(widget)
        ancestor = ancestor.parentWidget()
