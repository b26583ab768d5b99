"""The shortcuts dialog: every shortcut by menu, and what the mouse does in the views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QMenu, QMenuBar, QVBoxLayout, QWidget

from app.gui.help.action_labels import shortcut_texts
from app.gui.help.help_browser import HelpBrowser
from app.gui.help.view_texts import MOUSE_GESTURES
from app.utils.i18n import strip_mnemonic, tr

DIALOG_SIZE = QSize(800, 640)  # pixels
SCREEN_MARGIN = QSize(40, 80)  # pixels of the screen that stay free
HEADING_ROWS = 2  # rows that a heading takes

Section = tuple[str, list[tuple[str, str]]]  # a heading, and rows of a shortcut or gesture and its effect


class ShortcutsDialog(QDialog):
    """Shows sections in two columns, which scroll on a low screen."""

    def __init__(self, parent: QWidget, sections: list[Section]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard and Mouse Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.browser = HelpBrowser()
        self.browser.setAccessibleName(tr("Keyboard and Mouse Shortcuts"))
        self.browser.setWhatsThis(tr("All keyboard shortcuts and mouse actions. You can select and copy the text."))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 10)
        column.addWidget(self.browser)
        column.addWidget(buttons)
        screen = self.screen()
        assert screen is not None
        self.resize(DIALOG_SIZE.boundedTo(screen.availableGeometry().size() - SCREEN_MARGIN))
        self.browser.show_page(_page_html(sections))
        self.browser.setFocus()


def menu_sections(menu_bar: QMenuBar) -> list[Section]:
    """Return a section for every menu and submenu that contains an action with a shortcut."""
    sections = []
    for action in menu_bar.actions():
        menu = action.menu()
        assert menu is not None
        sections += [(" › ".join(titles), rows) for titles, rows in _menu_rows(menu, []) if rows]
    return sections


def _menu_rows(menu: QMenu, parent_titles: list[str]) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """Yield the titles and the rows of a menu, then those of its submenus."""
    titles = [*parent_titles, strip_mnemonic(menu.title())]
    yield titles, [_action_row(action) for action in menu.actions() if action.shortcuts()]
    for action in menu.actions():
        submenu = action.menu()
        if submenu is not None:
            yield from _menu_rows(submenu, titles)


def _action_row(action: QAction) -> tuple[str, str]:
    return f" {tr('or')} ".join(shortcut_texts(action)), action.iconText()  # without what undo and redo would do


def mouse_sections(canvases: Mapping[str, QWidget]) -> list[Section]:
    """Return a section for every view. ``canvases`` are by view id."""
    return [
        (
            tr("Mouse actions: {view}", view=canvas.accessibleName()),
            [(tr(gesture), tr(effect)) for gesture, effect in MOUSE_GESTURES[name]],
        )
        for name, canvas in canvases.items()
        if name in MOUSE_GESTURES
    ]


def _page_html(sections: list[Section]) -> str:
    """Return the sections in two columns of about the same height."""
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
