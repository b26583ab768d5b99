"""Presentation mode: the figures fill the screen, large enough for the last row, with a line that says what is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, Qt
from PyQt6.QtWidgets import QToolBar, QWidget

from app.gui.panels.presentation_caption import Caption

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

LARGER = 1.6  # times the letters and lines of the figures


class Presentation:
    """All keys go on working: F9 brings the side panel, F12 the read-out; leaving puts everything back as it was."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.on = False
        self.caption = Caption(window.session)
        self.bar = QToolBar()
        self.bar.setObjectName("presentation")
        self.bar.setMovable(False)
        self.bar.addWidget(self.caption)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.bar)
        self.bar.hide()
        self.states, self.geometry = (QByteArray(), QByteArray()), QByteArray()  # of before
        self.shown: dict[str, bool] = {}
        self.maximized = False

    @property
    def _furniture(self) -> list[QWidget | None]:
        window = self.window
        return [window.menuBar(), window.statusBar(), window.transport, window.time]

    def toggle(self) -> None:
        self.leave() if self.on else self.begin()

    def begin(self) -> None:
        """Put away all but the figures."""
        window, layout = self.window, self.window.layout_
        self.on, self.shown = True, dict(layout.wanted)
        self.states = window.saveState(), layout.figures.saveState()
        self.geometry, self.maximized = window.saveGeometry(), window.isMaximized()
        for name in ("side", "results"):
            if layout.wanted[name]:
                layout.toggle(name)
        self._dress()
        window.showFullScreen()
        window.stage.show(window.theme)

    def _dress(self) -> None:
        for part in self._furniture:
            if part is not None:
                part.setVisible(not self.on)
        for dock in self.window.layout_.docks.values():
            dock.show_title(not self.on or dock.isFloating())
        self.bar.setVisible(self.on)
        self.window.stage.enlarge(LARGER if self.on else 1.0)
        self.refresh()

    def leave(self) -> None:
        """Everything as it was before."""
        if not self.on:
            return
        window, layout = self.window, self.window.layout_
        self.on = False
        self._dress()
        window.showMaximized() if self.maximized else window.showNormal()
        for name, shown in self.shown.items():
            if layout.wanted[name] != shown:
                layout.toggle(name)
        for each, state in zip((window, layout.figures), self.states, strict=True):
            each.restoreState(state)
        window.stage.show(window.theme)

    def refurnished(self) -> None:
        """The bars are new ones."""
        if self.on:
            self._dress()

    def refresh(self) -> None:
        """What is running, and how far it has come."""
        if self.on:
            self.caption.refresh(self.window.theme)
