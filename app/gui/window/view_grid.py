"""The grid of the views: two columns, whose views share the height; one of them can fill the grid."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PyQt6.QtCore import QByteArray, Qt
from PyQt6.QtWidgets import QMainWindow

from app.gui.widgets.dock import Dock

LEFT_COLUMN = ("contour", "curve", "fit", "settings", "difference")  # from the top; others are in the right column
SEPARATOR = 5  # pixels between two docks, as in the style sheet
HORIZONTAL, VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class ViewGrid:
    """Arranges the docks of the views in ``window``. ``maximized`` is the id of the view that fills it."""

    def __init__(self, window: QMainWindow) -> None:
        self.window = window
        self.docks: dict[str, Dock] = {}
        self.maximized: str | None = None
        self.saved_state = QByteArray()  # before a view was maximized

    def add(self, docks: Mapping[str, Dock]) -> None:
        """Place the docks of the views, all hidden."""
        self.docks = dict(docks)
        self.arrange()

    @property
    def columns(self) -> list[list[str]]:
        """The ids of the views in each column, from the top."""
        left = [name for name in LEFT_COLUMN if name in self.docks]
        return [left, [name for name in self.docks if name not in left]]

    def arrange(self) -> None:
        """Place the views as initially, all hidden; a view that does not apply must not take space."""
        self.maximized = None
        for dock in self.docks.values():
            dock.setFloating(False)
            self.window.removeDockWidget(dock)
        columns = [[self.docks[name] for name in column] for column in self.columns]
        first_docks = [column[0] for column in columns]  # split into columns first, and then into rows
        self.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first_docks[0])
        for before, dock in pairwise(first_docks):
            self.window.splitDockWidget(before, dock, HORIZONTAL)
        for column in columns:
            for above, dock in pairwise(column):
                self.window.splitDockWidget(above, dock, VERTICAL)
        for dock in self.docks.values():
            dock.hide()

    def _docked(self, column: list[str]) -> list[str]:
        return [name for name in column if not (self.docks[name].isHidden() or self.docks[name].isFloating())]

    def show_only(self, names: set[str]) -> None:
        """Show some of the views; a column to which one is added, or which loses one, is divided equally."""
        if self.maximized is not None and self.maximized not in names:
            self.restore()
        before = [self._docked(column) for column in self.columns]
        for name, dock in self.docks.items():
            hidden_by_other = self.maximized not in (None, name) and not dock.isFloating()
            dock.setVisible(name in names and not hidden_by_other)
        if self.maximized is not None:
            return
        after = [self._docked(column) for column in self.columns]
        for old, new in zip(before, after, strict=True):
            if old and new and old != new:
                self._share_height(new)
        if [bool(column) for column in before] != [bool(column) for column in after]:
            self.share_equally()

    def share_equally(self) -> None:
        """Give all columns the same width and, in each, all views the same height."""
        columns = [docked for column in self.columns if (docked := self._docked(column))]
        width = max((self.window.width() - SEPARATOR * (len(columns) - 1)) // max(len(columns), 1), 1)
        self.window.resizeDocks([self.docks[column[0]] for column in columns], [width] * len(columns), HORIZONTAL)
        for column in columns:
            self._share_height(column)

    def _share_height(self, column: list[str]) -> None:
        height = max((self.window.height() - SEPARATOR * (len(column) - 1)) // len(column), 1)
        self.window.resizeDocks([self.docks[name] for name in column], [height] * len(column), VERTICAL)

    def toggle_maximized(self, name: str) -> None:
        """Let a view fill the grid, or restore the others; a floating view stays as it is."""
        if self.maximized is not None:
            self.restore()
        elif not self.docks[name].isFloating():
            self.saved_state, self.maximized = self.window.saveState(), name
            self.docks[name].set_maximized(True)
            for other, dock in self.docks.items():
                if other != name and not dock.isFloating():
                    dock.hide()

    def restore(self) -> None:
        """Restore the views that a maximized one replaced, in their sizes."""
        if self.maximized is not None:
            self.docks[self.maximized].set_maximized(False)
            self.maximized = None
            self.window.restoreState(self.saved_state)
