"""Every key, by the menu that its command stands in, and what the mouse does in the pictures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout

from app.gui.help.action_labels import action_name, shortcut_texts
from app.gui.help.help_browser import HelpBrowser
from app.gui.help.view_texts import MOUSE_GESTURES
from app.gui.widgets.mnemonics import strip_mnemonic
from app.utils.i18n import tr

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

DIALOG_SIZE, SCREEN_MARGIN = QSize(800, 640), QSize(40, 80)  # pixels, and what stays free of the screen
HEADING_ROWS = 2  # rows that a heading takes

Section = tuple[str, list[tuple[str, str]]]  # its heading, and what keys or mouse do there


class ShortcutsDialog(QDialog):
    """Two columns that scroll where the screen is low."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("Keyboard and Mouse"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.browser = HelpBrowser()
        self.browser.setAccessibleName(tr("Keyboard and Mouse"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 10)
        column.addWidget(self.browser)
        column.addWidget(buttons)
        screen = self.screen()
        assert screen is not None
        self.resize(DIALOG_SIZE.boundedTo(screen.availableGeometry().size() - SCREEN_MARGIN))
        self.browser.show_page(_page_html([*menu_sections(window), *mouse_sections(window)]))
        self.browser.setFocus()


def show_shortcuts(window: MainWindow) -> None:
    ShortcutsDialog(window).open()


def menu_sections(window: MainWindow) -> list[Section]:
    """A section for every menu and submenu that has a command with a key, in the order of the menus."""
    rows_by_menu: dict[str, list[tuple[str, str]]] = {}
    for row, action in window.action_registry.actions.values():
        if row.shortcuts:
            rows_by_menu.setdefault(row.menu, []).append(
                (f" {tr('or')} ".join(shortcut_texts(action)), action_name(action))
            )
    menus = window.action_registry.menus
    return [
        (" › ".join(strip_mnemonic(menus[name].title()) for name in dict.fromkeys((top, menu))), rows)
        for top in menus
        if "/" not in top
        for menu, rows in rows_by_menu.items()
        if menu.partition("/")[0] == top
    ]


def mouse_sections(window: MainWindow) -> list[Section]:
    """A section for every picture that there is."""
    views = [
        (canvas.accessibleName(), MOUSE_GESTURES[name])
        for name, canvas in window.canvases.items()
        if name in MOUSE_GESTURES
    ]
    return [
        (tr("Mouse in the view: {view}", view=view), [(tr(gesture), tr(effect)) for gesture, effect in gestures])
        for view, gestures in views
    ]


def _page_html(sections: list[Section]) -> str:
    columns: list[list[Section]] = [[], []]
    half = sum(HEADING_ROWS + len(rows) for _, rows in sections) / 2
    row_count = 0
    for heading, rows in sections:
        columns[row_count + (HEADING_ROWS + len(rows)) / 2 > half].append((heading, rows))
        row_count += HEADING_ROWS + len(rows)
    cells = "".join(
        f"<td width='50%' style='vertical-align: top'>{''.join(map(_section_html, column))}</td>" for column in columns
    )
    return f"<table width='100%' cellspacing='0'><tr>{cells}</tr></table>"


def _section_html(section: Section) -> str:
    heading, rows = section
    return (
        f"<h3>{escape(heading)}</h3><table cellspacing='0' width='100%'>"
        + "".join(
            f"<tr><td width='42%'><b>{escape(keys)}</b></td><td>{escape(effect)}</td></tr>" for keys, effect in rows
        )
        + "</table>"
    )
