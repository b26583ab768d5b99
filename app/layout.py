"""How the window is divided: splitters that can be dragged, parts that can be hidden, and both remembered."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QSplitter, QWidget

from app.settings import Settings

MOST = 0.42  # of the height, for what stands below the views
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class Layout:
    """``across``: the views with the read-out below them, beside the side panel. ``views``: the contour and ``beside``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.across, self.down, self.views, self.beside = (
            self._splitter(name, way) for name, way in (("across", ACROSS), ("down", DOWN), ("views", ACROSS), ("beside", DOWN)))
        self.waiting = QLabel("Drawing…", objectName="quiet", alignment=Qt.AlignmentFlag.AlignCenter)
        self.views.addWidget(self.waiting)
        self.down.addWidget(self.views)
        self.across.addWidget(self.down)
        self.wanted: dict[str, bool] = {}
        self.remembered = False
        self.panels: dict[str, QWidget] = {}

    @staticmethod
    def _splitter(name: str, way: Qt.Orientation) -> QSplitter:
        splitter = QSplitter(way)
        splitter.setObjectName(name)
        splitter.setHandleWidth(5)
        splitter.setChildrenCollapsible(False)
        return splitter

    def furnish(self, side: QWidget, results: QWidget) -> None:
        """Put in the panels; they may be new ones for another theme, in which case sizes and visibility stay."""
        sizes = self.across.sizes(), self.down.sizes()
        shown = {name: not panel.isHidden() for name, panel in self.panels.items()}
        for panel in self.panels.values():
            panel.setParent(None)
            panel.deleteLater()
        self.panels = {"side": side, "results": results}
        self.across.addWidget(side)
        self.down.addWidget(results)
        self.across.setStretchFactor(0, 1)
        self.down.setStretchFactor(0, 1)
        if shown:
            self.across.setSizes(sizes[0])
            self.down.setSizes(sizes[1])
        for name, panel in self.panels.items():
            panel.setVisible(shown.get(name, self.settings.flag(f"show/{name}", True)))

    def place(self, canvases: dict[str, QWidget]) -> None:
        """Put in the canvases: the contour is the large one."""
        for name, canvas in canvases.items():
            large = name == "contour"
            canvas.setMinimumSize(*((280, 200) if large else (150, 100)))
            (self.views if large else self.beside).addWidget(canvas)
            self.wanted[name] = self.settings.flag(f"show/{name}", True)
        self.waiting.hide()
        self.views.addWidget(self.beside)
        width = self.views.width()
        if not self._restore(self.views):
            self.views.setSizes([0, int(width * 0.6), int(width * 0.4)])
        self._restore(self.beside)

    def restore(self, results: int) -> None:
        """The sizes of last time; where there are none, the read-out gets the height it needs."""
        self._restore(self.across)
        self.remembered = self._restore(self.down)
        if not self.remembered:
            self.down.setSizes([10_000, results])

    def settle(self, results: int) -> None:
        """The same, once everything has its width and the read-out knows its letters."""
        if not self.remembered and not self.panels["results"].isHidden():
            self._divide(results)

    def make_room(self, results: int) -> None:
        """Give the read-out the height its rows need, as far as there is room; never take any from it."""
        above, below = self.down.sizes()
        if 0 < below < min(results, int(MOST * (above + below))):
            self._divide(results)

    def _divide(self, results: int) -> None:
        """So much height for the read-out, up to MOST of it; the rest for the views."""
        whole = sum(self.down.sizes())
        wanted = min(results, int(MOST * whole))
        self.down.setSizes([whole - wanted, wanted])

    def say_if_empty(self, words: str, empty: bool) -> None:
        """Words in place of the views, where none is shown."""
        self.waiting.setText(words)
        self.waiting.setVisible(empty)

    def _restore(self, splitter: QSplitter) -> bool:
        state = self.settings.state(f"layout/{splitter.objectName()}")
        return state is not None and splitter.restoreState(state)

    def keep(self) -> None:
        """Remember sizes and what is shown."""
        for splitter in (self.across, self.down, *((self.views, self.beside) if self.wanted else ())):
            self.settings.keep(f"layout/{splitter.objectName()}", splitter.saveState())
        for name in (*self.panels, *self.wanted):
            self.settings.keep(f"show/{name}", self.shows(name))

    def shows(self, name: str) -> bool:
        """Whether a view or a panel is wanted; a view that has nothing to show stays away all the same."""
        return self.wanted[name] if name in self.wanted else not self.panels[name].isHidden()

    def toggle(self, name: str) -> None:
        if name in self.wanted:
            self.wanted[name] = not self.wanted[name]
        else:
            self.panels[name].setVisible(self.panels[name].isHidden())
