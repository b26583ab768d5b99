"""Turns the rows of ACTIONS into menus, shortcuts and buttons, and keeps them true to what can be done now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu

from app.gui.widgets import icons
from app.gui.widgets.mnemonics import assign_menu_mnemonics, strip_mnemonic
from app.gui.window.actions import ACTIONS, MENUS, Action
from app.io import experiment_files
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import make_printable

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

TOOLBAR_ACTIONS, TOOLBAR_TOGGLES = ("play", "start", "back", "step", "end"), ("flat_out",)
HYPERPARAMETER_ACTIONS = (
    "copy_hyperparameters",
    "paste_hyperparameters",
    "reset_hyperparameters",
)  # what a right click on the knobs offers


class ActionRegistry:
    """``actions`` holds every command by id, with the row it was made from."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.actions: dict[str, tuple[Action, QAction]] = {}
        self.menus: dict[str, QMenu] = {}
        self.add_actions(ACTIONS)

    def __getitem__(self, name: str) -> QAction:
        return self.actions[name][1]

    def add_actions(self, rows: Iterable[Action], before: str = "") -> None:
        """Make an action of each row, put them before another or at the end, and make the menus anew."""
        following = {} if not before else dict(list(self.actions.items())[list(self.actions).index(before) :])
        for name in following:
            del self.actions[name]
        for row in rows:
            action = QAction(self.window)
            self._set_action_text(action, row.text)
            action.setObjectName(row.id)
            action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
            action.setCheckable(row.checked is not None)
            action.setAutoRepeat(row.auto_repeat)
            action.triggered.connect(lambda _, row=row: self.window.run_guarded(lambda: row.callback(self.window)))
            self.window.addAction(action)
            self.actions[row.id] = row, action
        self.actions.update(following)
        self._rebuild_menus()

    def _rebuild_menus(self) -> None:
        bar = self.window.menuBar()
        assert bar is not None
        bar.clear()
        for menu in self.menus.values():
            menu.deleteLater()  # the bar would keep them
        self.menus = {name: self._with_mnemonics(bar.addMenu(tr(f"&{name}"))) for name in MENUS}
        for row, action in self.actions.values():
            top, _, submenu = row.menu.partition("/")
            if row.menu not in self.menus:
                self.menus[row.menu] = self._with_mnemonics(self.menus[top].addMenu(tr(submenu)))
            if row.separator_before and not self.menus[row.menu].isEmpty():
                self.menus[row.menu].addSeparator()
            self.menus[row.menu].addAction(action)
            if row.id == "open":
                self._set_up_recent_menu(self._with_mnemonics(self.menus[top].addMenu(tr("Open &Recent"))))
                self._fill_examples_menu(self._with_mnemonics(self.menus[top].addMenu(tr("E&xamples"))))
        assign_menu_mnemonics(bar)

    @staticmethod
    def _with_mnemonics(menu: QMenu | None) -> QMenu:
        """A menu whose rows get their letters when it opens: some change their words."""
        assert menu is not None
        menu.aboutToShow.connect(lambda: assign_menu_mnemonics(menu))
        return menu

    def _fill_examples_menu(self, menu: QMenu) -> None:
        for title, path in experiment_files.examples().values():
            action = menu.addAction(tr(title))
            assert action is not None
            action.triggered.connect(
                lambda _, path=path: self.window.run_guarded(lambda: self.window.documents.open_path(path))
            )

    def _set_up_recent_menu(self, menu: QMenu) -> None:
        """The last files, as they are when the menu is opened."""
        menu.setObjectName("recent")
        menu.aboutToShow.connect(lambda: self._fill_recent_menu(menu))
        self._fill_recent_menu(menu)

    def _fill_recent_menu(self, menu: QMenu) -> None:
        menu.clear()
        paths = self.window.settings.recent_files()
        for path in paths:
            label = make_printable(f"{path.name} – {path.parent}").replace("&", "&&")
            action = menu.addAction(label)
            assert action is not None
            action.triggered.connect(
                lambda _, path=path: self.window.run_guarded(lambda: self.window.documents.open_recent(path))
            )
        menu.addSeparator()
        clear_action = menu.addAction(tr("&Clear"))
        assert clear_action is not None
        clear_action.setEnabled(bool(paths))
        clear_action.triggered.connect(lambda: self.window.settings.remove_recent_files())
        assign_menu_mnemonics(menu)

    def refresh(self) -> None:
        """What can be used, and what is switched on."""
        for row, action in self.actions.values():
            action.setEnabled(row.enabled(self.window))
            if row.checked is not None:
                action.setChecked(row.checked(self.window))

    def apply_theme(self) -> None:
        """Icons and tool tips in the theme of now; Play is Pause while it plays."""
        running, theme = self.window.session.clock.running, self.window.theme
        self._set_action_text(self["play"], gettext_noop("Pause") if running else gettext_noop("&Play"))
        for row, action in self.actions.values():
            if row.icon:
                icon_name = "pause" if row.id == "play" and running else row.icon
                action.setIcon(icons.load_icon(icon_name, theme.on_accent if row.id == "play" else theme.text))
                action.setToolTip(f"{strip_mnemonic(action.text())} ({row.shortcuts[0]})")

    @staticmethod
    def _set_action_text(action: QAction, text: str) -> None:
        """In a menu with the letter of its key, on a button without."""
        action.setText(tr(text))
        action.setIconText(strip_mnemonic(tr(text)))

    def retranslate(self) -> None:
        """Texts in the language of now, and the menus with them."""
        for row, action in self.actions.values():
            self._set_action_text(action, row.text)
        self._rebuild_menus()
