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
from app.utils.i18n import mark, tr

MOST, FIGURES = 0.42, 280  # of the height, for what stands below the views; pixels that these keep
SIDE = 340  # pixels of the side panel's width, at first
LARGE = 0.6  # of the figures' width, for the contour, at first
FORM = 7  # of what is remembered: another number where the parts are others
SEEN = 40  # pixels of a floating part that must lie on a screen, or it is taken back
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
AREA = Qt.DockWidgetArea


class Layout:
    """``docks`` by the id of a view, "side" or "results". ``wanted``: which of them the person wants to see; a view may
    have nothing to show all the same. ``left(name)`` is called when somebody hides one by its cross."""

    def __init__(self, window: QMainWindow, settings: Settings, left: Callable[[str], None]) -> None:
        self.window, self.settings, self.left = window, settings, left
        self.figures = QMainWindow()
        self.figures.setWindowFlags(Qt.WindowType.Widget)
        self.figures.setObjectName("figures")
        self.waiting = QLabel(tr("Drawing…"), objectName="quiet", alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.figures.setCentralWidget(self.waiting)
        for each in (window, self.figures):
            each.setDockNestingEnabled(True)
            each.setAnimated(False)
        window.setCentralWidget(self.figures)
        for corner in (Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, AREA.RightDockWidgetArea)
        for corner in (Qt.Corner.TopLeftCorner, Qt.Corner.BottomLeftCorner):
            window.setCorner(corner, AREA.LeftDockWidgetArea)
        self.docks: dict[str, Dock] = {}
        self.wanted: dict[str, bool] = {}
        for name, title in (("side", mark("Side panel")), ("results", mark("Read-out and results"))):
            self._dock(name, title)
        self.known: dict[str, bool] = {}  # which part of the layout was remembered

    def _dock(self, name: str, title: str) -> Dock:
        dock = self.docks[name] = Dock(name, title)
        self.wanted[name] = self.settings.flag(f"show/{name}", True)
        dock.left.connect(lambda: self.left(name))
        return dock

    @property
    def views(self) -> list[str]:
        return [name for name in self.docks if name not in ("side", "results")]

    def furnish(self, side: QWidget, results: QWidget, theme: Theme) -> None:
        """Put in the panels; they may be new ones, in which case sizes and visibility stay."""
        for name, panel in (("side", side), ("results", results)):
            self.docks[name].hold(panel)
        for dock in self.docks.values():
            dock.dress(theme)

    def place(self, canvases: dict[str, QWidget], titles: dict[str, str], theme: Theme) -> None:
        """Put in the canvases: the contour is the large one."""
        for name, canvas in canvases.items():
            canvas.setMinimumSize(*((280, 200) if name == "contour" else (150, 100)))
            dock = self._dock(name, titles[name])
            dock.hold(canvas)
            dock.dress(theme)
        self.waiting.hide()
        self._arrange_figures()
        self.known["figures"] = self._recall("figures", self.figures)

    def _arrange_panels(self, results: int) -> None:
        for name, area in (("side", AREA.RightDockWidgetArea), ("results", AREA.BottomDockWidgetArea)):
            self.docks[name].setFloating(False)
            self.window.addDockWidget(area, self.docks[name])
        self.window.resizeDocks([self.docks["side"]], [SIDE], ACROSS)
        self.window.resizeDocks([self.docks["results"]], [results], DOWN)

    def _arrange_figures(self) -> None:
        """The contour, and beside it the other views, one below the other; whoever shows them knows which have anything to show."""
        first, *others = (self.docks[name] for name in sorted(self.views, key=lambda name: name != "contour"))
        for dock in (first, *others):
            dock.setFloating(False)
            self.figures.removeDockWidget(dock)
        self.figures.addDockWidget(AREA.LeftDockWidgetArea, first)
        above = first
        for dock in others:
            self.figures.splitDockWidget(above, dock, ACROSS if above is first else DOWN)
            above = dock
        for dock in (first, *others):
            dock.hide()  # what has nothing to show may not even ask for room

    def _share(self) -> None:
        """Most of the width for the contour, and equal heights for what stands beside it."""
        seen = [
            dock for dock in (self.docks[name] for name in self.views) if not (dock.isHidden() or dock.isFloating())
        ]
        beside = [dock for dock in seen if dock is not self.docks["contour"]]
        if len(beside) < len(seen) and beside:
            width = self.figures.width()
            self.figures.resizeDocks(
                [self.docks["contour"], beside[0]], [int(width * LARGE), int(width * (1 - LARGE))], ACROSS
            )
        self.figures.resizeDocks(beside, [self.figures.height()] * len(beside), DOWN)

    def restore(self, results: int) -> None:
        """The panels where they were last time; where that is not known, the read-out gets the height it needs."""
        self._arrange_panels(results)
        self.known["window"] = self._recall("window", self.window)
        self._show_panels()

    def _recall(self, name: str, window: QMainWindow) -> bool:
        """Bring back what was remembered, and what of it no screen shows any more."""
        state = self.settings.state(f"layout/{name}")
        known = state is not None and window.restoreState(state, FORM)
        for dock in window.findChildren(Dock, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if dock.isFloating() and not reachable(dock):
                dock.setFloating(False)
        return known

    def _show_panels(self) -> None:
        for name in ("side", "results"):
            self.docks[name].setVisible(self.wanted[name])

    def reset(self, results: int) -> None:
        """Everything shown, where it is at first."""
        for name in self.wanted:
            self.wanted[name] = True
        self._arrange_panels(results)
        self._arrange_figures()
        self._show_panels()
        self.known.clear()

    def settle(self, results: int) -> None:
        """Once it is known what is seen, and how wide: sizes for what has none from last time."""
        if not self.known.get("window") and self.shows("results"):
            self._divide(results)
        if not self.known.get("figures"):
            self._share()

    def make_room(self, results: int) -> None:
        """Give the read-out the height its rows need, as far as there is room; never take any from it."""
        below = self.docks["results"].height()
        if self.shows("results") and below < min(self._needed(results), self._most):
            self._divide(results)

    @property
    def _most(self) -> int:
        whole = self.figures.height() + self.docks["results"].height()
        return min(int(MOST * whole), whole - FIGURES)

    def _needed(self, results: int) -> int:
        bar = self.docks["results"].titleBarWidget()
        return results + (bar.sizeHint().height() if bar is not None else 0)

    def _divide(self, results: int) -> None:
        """So much height for the read-out, up to MOST of it; the rest for the views."""
        if self.docks["results"].isFloating() or self.docks["results"].isHidden():
            return
        self.window.resizeDocks([self.docks["results"]], [min(self._needed(results), self._most)], DOWN)

    def say_if_empty(self, words: str, empty: bool) -> None:
        """Words in place of the views, where none is shown."""
        self.waiting.setText(words)
        self.waiting.setVisible(empty)

    def keep(self) -> None:
        """Remember places and sizes, and what is shown."""
        self.settings.keep("layout/window", self.window.saveState(FORM))
        if self.views:
            self.settings.keep("layout/figures", self.figures.saveState(FORM))
        for name, wanted in self.wanted.items():
            self.settings.keep(f"show/{name}", wanted)

    def shows(self, name: str) -> bool:
        """Whether a view or a panel is wanted; a view that has nothing to show stays away all the same."""
        return self.wanted[name]

    def toggle(self, name: str) -> None:
        """Whether it has anything to show is asked later, of views."""
        self.wanted[name] = not self.wanted[name]
        self.docks[name].setVisible(self.wanted[name])


def reachable(window: QWidget) -> bool:
    """Whether enough of a window lies on a screen to take hold of it by its title."""
    title = window.geometry()
    title.setHeight(SEEN)
    return any(
        (seen := screen.availableGeometry().intersected(title)).width() >= SEEN and seen.height() >= SEEN // 2
        for screen in QGuiApplication.screens()
    )
