"""Every key, by the menu that its command stands in, and what the mouse does in the pictures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout

from app.gui.help.action_labels import keys_of, name_of
from app.gui.help.help_browser import Browser
from app.gui.help.view_texts import MOUSE
from app.gui.widgets.mnemonics import plain
from app.utils.i18n import tr

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

SIZE, FREE = QSize(800, 640), QSize(40, 80)  # pixels, and what stays free of the screen
HEADING = 2  # rows that a heading takes

Section = tuple[str, list[tuple[str, str]]]  # its heading, and what keys or mouse do there


class Shortcuts(QDialog):
    """Two columns that scroll where the screen is low."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("Keyboard and Mouse"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = Browser()
        self.table.setAccessibleName(tr("Keyboard and Mouse"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 10)
        column.addWidget(self.table)
        column.addWidget(buttons)
        screen = self.screen()
        assert screen is not None
        self.resize(SIZE.boundedTo(screen.availableGeometry().size() - FREE))
        self.table.show_page(_page([*by_menu(window), *by_mouse(window)]))
        self.table.setFocus()


def show_shortcuts(window: MainWindow) -> None:
    Shortcuts(window).open()


def by_menu(window: MainWindow) -> list[Section]:
    """A section for every menu and submenu that has a command with a key, in the order of the menus."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row, action in window.commands.actions.values():
        if row.shortcuts:
            found.setdefault(row.menu, []).append((f" {tr('or')} ".join(keys_of(action)), name_of(action)))
    menus = window.commands.menus
    return [
        (" › ".join(plain(menus[name].title()) for name in dict.fromkeys((top, menu))), rows)
        for top in menus
        if "/" not in top
        for menu, rows in found.items()
        if menu.partition("/")[0] == top
    ]


def by_mouse(window: MainWindow) -> list[Section]:
    """A section for every picture that there is."""
    known = [(canvas.accessibleName(), MOUSE[name]) for name, canvas in window.canvases.items() if name in MOUSE]
    return [
        (tr("Mouse in the view: {view}", view=view), [(tr(gesture), tr(what)) for gesture, what in gestures])
        for view, gestures in known
    ]


def _page(sections: list[Section]) -> str:
    columns: list[list[Section]] = [[], []]
    half = sum(HEADING + len(rows) for _, rows in sections) / 2
    filled = 0
    for heading, rows in sections:
        columns[filled + (HEADING + len(rows)) / 2 > half].append((heading, rows))
        filled += HEADING + len(rows)
    cells = "".join(
        f"<td width='50%' style='vertical-align: top'>{''.join(map(_section, column))}</td>" for column in columns
    )
    return f"<table width='100%' cellspacing='0'><tr>{cells}</tr></table>"


def _section(section: Section) -> str:
    heading, rows = section
    return (
        f"<h3>{escape(heading)}</h3><table cellspacing='0' width='100%'>"
        + "".join(f"<tr><td width='42%'><b>{escape(how)}</b></td><td>{escape(what)}</td></tr>" for how, what in rows)
        + "</table>"
    )
