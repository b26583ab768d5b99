"""Turns the rows of ACTIONS into menus, shortcuts and buttons, and keeps them true to what can be done now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu

from app.gui.widgets import icons
from app.gui.widgets.mnemonics import plain, underline_menu
from app.gui.window.actions import ACTIONS, MENUS, Action
from app.io import experiment_files
from app.utils.i18n import mark, tr
from app.utils.validation import printable

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

BAR, BESIDE = ("play", "start", "back", "step", "end"), ("flat_out",)
SETS = (
    "copy_hyperparameters",
    "paste_hyperparameters",
    "reset_hyperparameters",
)  # what a right click on the knobs offers


class Commands:
    """``actions`` holds every command by id, with the row it was made from."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.actions: dict[str, tuple[Action, QAction]] = {}
        self.menus: dict[str, QMenu] = {}
        self.add(ACTIONS)

    def __getitem__(self, name: str) -> QAction:
        return self.actions[name][1]

    def add(self, rows: Iterable[Action], before: str = "") -> None:
        """Make an action of each row, put them before another or at the end, and make the menus anew."""
        later = {} if not before else dict(list(self.actions.items())[list(self.actions).index(before) :])
        for name in later:
            del self.actions[name]
        for row in rows:
            action = QAction(self.window)
            self._name(action, row.text)
            action.setObjectName(row.id)
            action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
            action.setCheckable(row.checked is not None)
            action.setAutoRepeat(row.repeats)
            action.triggered.connect(lambda _, row=row: self.window.attempt(lambda: row.run(self.window)))
            self.window.addAction(action)
            self.actions[row.id] = row, action
        self.actions.update(later)
        self._fill()

    def _fill(self) -> None:
        bar = self.window.menuBar()
        assert bar is not None
        bar.clear()
        for menu in self.menus.values():
            menu.deleteLater()  # the bar would keep them
        self.menus = {name: self._menu(bar.addMenu(tr(f"&{name}"))) for name in MENUS}
        for row, action in self.actions.values():
            top, _, sub = row.menu.partition("/")
            if row.menu not in self.menus:
                self.menus[row.menu] = self._menu(self.menus[top].addMenu(tr(sub)))
            if row.gap and not self.menus[row.menu].isEmpty():
                self.menus[row.menu].addSeparator()
            self.menus[row.menu].addAction(action)
            if row.id == "open":
                self._recent(self._menu(self.menus[top].addMenu(tr("Open &Recent"))))
                self._examples(self._menu(self.menus[top].addMenu(tr("E&xamples"))))
        underline_menu(bar)

    @staticmethod
    def _menu(menu: QMenu | None) -> QMenu:
        """A menu whose rows get their letters when it opens: some change their words."""
        assert menu is not None
        menu.aboutToShow.connect(lambda: underline_menu(menu))
        return menu

    def _examples(self, menu: QMenu) -> None:
        for title, path in experiment_files.examples().values():
            action = menu.addAction(tr(title))
            assert action is not None
            action.triggered.connect(lambda _, path=path: self.window.attempt(lambda: self.window.files.take(path)))

    def _recent(self, menu: QMenu) -> None:
        """The last files, as they are when the menu is opened."""
        menu.setObjectName("recent")
        menu.aboutToShow.connect(lambda: self._list_recent(menu))
        self._list_recent(menu)

    def _list_recent(self, menu: QMenu) -> None:
        menu.clear()
        paths = self.window.settings.recent()
        for path in paths:
            words = printable(f"{path.name} – {path.parent}").replace("&", "&&")
            action = menu.addAction(words)
            assert action is not None
            action.triggered.connect(
                lambda _, path=path: self.window.attempt(lambda: self.window.files.open_recent(path))
            )
        menu.addSeparator()
        clear = menu.addAction(tr("&Clear"))
        assert clear is not None
        clear.setEnabled(bool(paths))
        clear.triggered.connect(lambda: self.window.settings.forget_recent())
        underline_menu(menu)

    def refresh(self) -> None:
        """What can be used, and what is switched on."""
        for row, action in self.actions.values():
            action.setEnabled(row.enabled(self.window))
            if row.checked is not None:
                action.setChecked(row.checked(self.window))

    def dress(self) -> None:
        """Icons and tool tips in the theme of now; Play is Pause while it plays."""
        running, theme = self.window.session.clock.running, self.window.theme
        self._name(self["play"], mark("Pause") if running else mark("&Play"))
        for row, action in self.actions.values():
            if row.icon:
                name = "pause" if row.id == "play" and running else row.icon
                action.setIcon(icons.icon(name, theme.on_accent if row.id == "play" else theme.text))
                action.setToolTip(f"{plain(action.text())} ({row.shortcuts[0]})")

    @staticmethod
    def _name(action: QAction, text: str) -> None:
        """In a menu with the letter of its key, on a button without."""
        action.setText(tr(text))
        action.setIconText(plain(tr(text)))

    def translate(self) -> None:
        """Texts in the language of now, and the menus with them."""
        for row, action in self.actions.values():
            self._name(action, row.text)
        self._fill()
