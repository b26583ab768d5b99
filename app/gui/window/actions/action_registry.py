"""Menus, shortcuts and buttons made from the rows of ``ACTIONS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar

from app.gui.help.whats_this import explain_action
from app.gui.widgets import icons
from app.gui.window.actions import ACTIONS, MENUS
from app.gui.window.actions.action import Action, ActionContext
from app.io import experiment_files
from app.utils.i18n import gettext_noop, strip_mnemonic, tr
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
        self.menus = {name: self._add_menu(bar, f"&{name}") for name in MENUS}
        for row, action in self.actions.values():
            top, _, submenu = row.menu.partition("/")
            if row.menu not in self.menus:
                self.menus[row.menu] = self._add_menu(self.menus[top], submenu)
            if row.separator_before and not self.menus[row.menu].isEmpty():
                self.menus[row.menu].addSeparator()
            self.menus[row.menu].addAction(action)
            if row.id == "open":
                self._set_up_recent_menu(self._add_menu(self.menus[top], gettext_noop("Open &Recent")))
                self._fill_examples_menu(self._add_menu(self.menus[top], gettext_noop("E&xamples")))

    @staticmethod
    def _add_menu(parent: QMenuBar | QMenu, text: str) -> QMenu:
        menu = parent.addMenu(tr(text))
        assert menu is not None
        return menu

    def _add_numbered_row(self, menu: QMenu, number: int, label: str, callback: Callable[[], object]) -> None:
        """Add a row for a file; the numbers up to nine are mnemonics."""
        action = menu.addAction(f"{'&' if number < 10 else ''}{number} {label.replace('&', '&&')}")
        assert action is not None
        action.triggered.connect(lambda: self.run_guarded(callback))

    def _fill_examples_menu(self, menu: QMenu) -> None:
        for number, (title, path) in enumerate(experiment_files.examples().values(), 1):
            self._add_numbered_row(menu, number, tr(title), partial(self.context.documents.open_path, path))

    def _set_up_recent_menu(self, menu: QMenu) -> None:
        menu.setObjectName("recent")
        menu.aboutToShow.connect(lambda: self._fill_recent_menu(menu))
        self._fill_recent_menu(menu)

    def _fill_recent_menu(self, menu: QMenu) -> None:
        menu.clear()
        paths = self.context.settings.recent_files()
        for number, path in enumerate(paths, 1):
            label = make_printable(f"{path.name} – {path.parent}")
            self._add_numbered_row(menu, number, label, partial(self.context.documents.open_recent, path))
        menu.addSeparator()
        clear_action = menu.addAction(tr("&Clear List"))
        assert clear_action is not None
        clear_action.setEnabled(bool(paths))
        clear_action.triggered.connect(lambda: self.context.settings.remove_recent_files())

    def refresh(self) -> None:
        """Update which actions are enabled and which are checked, and the texts that depend on the state."""
        for row, action in self.actions.values():
            action.setEnabled(row.enabled(self.context))
            if row.menu_text is not None and action.text() != (text := row.menu_text(self.context)):
                action.setText(text)  # buttons keep the short text, which is the icon text
                action.setWhatsThis(explain_action(action, tr(row.help)))
            if row.tool_tip is not None:
                action.setToolTip(row.tool_tip(self.context) or self._usual_tool_tip(row, action))
            if row.checked is not None:
                action.setChecked(row.checked(self.context))

    def apply_theme(self) -> None:
        """Update the icons for the theme; the text of Play is Pause during playback."""
        running, theme = self.context.session.clock.running, self.context.appearance.theme
        self._set_action_text(*self.actions["play"], gettext_noop("&Pause") if running else gettext_noop("&Play"))
        for row, action in self.actions.values():
            if row.icon:
                icon_name = "pause" if row.id == "play" and running else row.icon
                action.setIcon(icons.load_icon(icon_name, theme.on_accent if row.id == "play" else theme.text))

    @staticmethod
    def _usual_tool_tip(row: Action, action: QAction) -> str:
        return f"{action.iconText()} ({row.shortcuts[0]})" if row.shortcuts else action.iconText()

    @staticmethod
    def _set_action_text(row: Action, action: QAction, text: str) -> None:
        """Set the text with its mnemonic for menus and without it for buttons, and the help."""
        action.setText(tr(text))
        action.setIconText(strip_mnemonic(tr(text)))
        action.setToolTip(ActionRegistry._usual_tool_tip(row, action))
        action.setWhatsThis(explain_action(action, tr(row.help)))

    def retranslate(self) -> None:
        """Translate the texts again and rebuild the menus."""
        for row, action in self.actions.values():
            self._set_action_text(row, action, row.text)
        self._rebuild_menus()
