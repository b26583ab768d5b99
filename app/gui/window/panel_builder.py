"""The panels and bars of a window, made in a theme and a language, and made anew when either is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

from app.gui.panels.playback_bar import Transport
from app.gui.panels.results.results_tabs import Foot
from app.gui.panels.run_status_line import Doing
from app.gui.panels.setup.side_panel import SidePanel
from app.gui.panels.timeline import TimeBar
from app.gui.window.focus_navigation import controls_of
from app.gui.window.menus import BAR, BESIDE, SETS

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow


def furnish(window: MainWindow) -> None:
    """Make them in the theme and the language of now, and connect them to the window."""
    session, theme, commands = window.session, window.theme, window.commands
    window.dress.put_on()
    window.side = SidePanel(session, window.settings, theme)
    window.foot = Foot(session, window.side.runs, theme)
    window.results = window.foot.results
    window.layout_.furnish(window.side, window.foot, theme)
    window.transport, window.time = Transport(session, theme), TimeBar(session, theme)
    window.transport.fill([commands[name] for name in BAR], commands["play"], [commands[name] for name in BESIDE])
    window.addToolBar(window.transport)
    window.addToolBarBreak()
    window.addToolBar(window.time)
    window.time.line.held.connect(window.scrub)
    window.foot.said.connect(window.say)
    window.side.runs.chosen.connect(window.choose)
    window.side.editor.offered = lambda: [commands[name] for name in SETS]
    window.side.editor.help.clicked.connect(commands["about_optimizer"].trigger)
    window.side.surface.help.clicked.connect(commands["about_surface"].trigger)
    bar = window.statusBar()
    assert bar is not None
    window.doing = Doing(session, window.side.runs)
    bar.addWidget(window.doing, 1)  # words of the moment take its place for a while
    commands.dress()


def refurnish(window: MainWindow) -> None:
    """New ones in place of the old; what is chosen in them stays, and so does the place of the keyboard."""
    window.side.fair.tuner.cancel()
    row, page, bar, stops = window.side.runs.row, window.foot.currentIndex(), window.statusBar(), controls_of(window)
    now, scrolled = window.focusWidget(), window.side.scrolled
    here = stops.index(now) if now in stops else None
    assert bar is not None
    bar.removeWidget(window.doing)
    window.doing.deleteLater()
    for tools in (window.transport, window.time):
        window.removeToolBar(tools)
        tools.deleteLater()
    window.commands.translate()
    furnish(window)
    window.presentation.refurnished()
    window.side.runs.list.setCurrentRow(row)
    window.foot.setCurrentIndex(page)

    def settle() -> None:
        window.side.scrolled = scrolled
        again = controls_of(window)
        if here is not None and len(again) == len(stops):
            again[here].setFocus()

    QTimer.singleShot(0, settle)  # once the new ones have their places
