"""Menus, shortcuts and buttons made from the rows of ``ACTIONS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu

from app.gui.help.whats_this import explain_action
from app.gui.widgets import icons
from app.gui.widgets.mnemonics import assign_menu_mnemonics, strip_mnemonic
from app.gui.window.actions import ACTIONS, MENUS
from app.gui.window.actions.action import Action, ActionContext
from app.io import experiment_files
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import make_printable


class ActionRegistry(Mapping[str, QAction]):
    """The Qt actions of the window, by command id.

    ``actions`` also holds the row that each was made from. ``run_guarded`` runs a callback and shows the
    ``ExperimentError`` that it may raise.
    """

    def __init__(self, context: ActionContext, run_guarded: Callable[[Callable[[], object]], object]) -> None:
        self.context, self.run_guarded = context, run_guarded
        self.window = context.window
        self.actions: dict[str, tuple[Action, QAction]] = {}
        self.menus: dict[str, QMenu] = {}
        self.add_actions(ACTIONS)

    def __getitem__(self, action_id: str) -> QAction:
        return self.actions[action_id][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.actions)

    def __len__(self) -> int:
        return len(self.actions)

    def add_actions(self, rows: Iterable[Action], before: str = "") -> None:
        """Create an action for each row, before another action or at the end, and rebuild the menus."""
        following = {} if not before else dict(list(self.actions.items())[list(self.actions).index(before) :])
        for action_id in following:
            del self.actions[action_id]
        for row in rows:
            self.actions[row.id] = row, self._create_action(row)
        self.actions.update(following)
        self._rebuild_menus()

    def _create_action(self, row: Action) -> QAction:
        action = QAction(self.window)
        action.setObjectName(row.id)
        action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
        action.setCheckable(row.checked is not None)
        self._set_action_text(row, action, row.text)
        action.setAutoRepeat(row.auto_repeat)
        action.triggered.connect(lambda: self.run_guarded(lambda: row.callback(self.context)))
        self.window.addAction(action)
        return action

    def _rebuild_menus(self) -> None:
        bar = self.window.menuBar()
        assert bar is not None
        bar.clear()
        for menu in self.menus.values():
            menu.deleteLater()  # clear() does not delete them
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
        """Assign mnemonics whenever the menu opens, because the text of some actions changes."""
        assert menu is not None
        menu.aboutToShow.connect(lambda: assign_menu_mnemonics(menu))
        return menu

    def _add_menu_item(self, menu: QMenu, label: str, callback: Callable[[], object]) -> QAction:
        action = menu.addAction(label)
        assert action is not None
        action.triggered.connect(lambda: self.run_guarded(callback))
        return action

    def _fill_examples_menu(self, menu: QMenu) -> None:
        for title, path in experiment_files.examples().values():
            self._add_menu_item(menu, tr(title), partial(self.context.documents.open_path, path))

    def _set_up_recent_menu(self, menu: QMenu) -> None:
        menu.setObjectName("recent")
        menu.aboutToShow.connect(lambda: self._fill_recent_menu(menu))
        self._fill_recent_menu(menu)

    def _fill_recent_menu(self, menu: QMenu) -> None:
        menu.clear()
        paths = self.context.settings.recent_files()
        for path in paths:
            label = make_printable(f"{path.name} – {path.parent}").replace("&", "&&")
            self._add_menu_item(menu, label, partial(self.context.documents.open_recent, path))
        menu.addSeparator()
        clear_action = menu.addAction(tr("&Clear"))
        assert clear_action is not None
        clear_action.setEnabled(bool(paths))
        clear_action.triggered.connect(lambda: self.context.settings.remove_recent_files())
        assign_menu_mnemonics(menu)

    def refresh(self) -> None:
        """Update which actions are enabled and which are checked."""
        for row, action in self.actions.values():
            action.setEnabled(row.enabled(self.context))
            if row.checked is not None:
                action.setChecked(row.checked(self.context))

    def apply_theme(self) -> None:
        """Update icons and tool tips for the theme; the text of Play is Pause during playback."""
        running, theme = self.context.session.clock.running, self.context.appearance.theme
        self._set_action_text(*self.actions["play"], gettext_noop("Pause") if running else gettext_noop("&Play"))
        for row, action in self.actions.values():
            if row.icon:
                icon_name = "pause" if row.id == "play" and running else row.icon
                action.setIcon(icons.load_icon(icon_name, theme.on_accent if row.id == "play" else theme.text))
                action.setToolTip(f"{strip_mnemonic(action.text())} ({row.shortcuts[0]})")

    @staticmethod
    def _set_action_text(row: Action, action: QAction, text: str) -> None:
        """Set the text with its mnemonic for menus and without it for buttons, and the help."""
        action.setText(tr(text))
        action.setIconText(strip_mnemonic(tr(text)))
        action.setWhatsThis(explain_action(action, tr(row.help)))

    def retranslate(self) -> None:
        """Translate the texts again and rebuild the menus."""
        for row, action in self.actions.values():
            self._set_action_text(row, action, row.text)
        self._rebuild_menus()
