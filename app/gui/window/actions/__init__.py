"""Every command once: its text, menu, shortcut, what it does and when it is available.

To add a command, add a row to the list of its menu. The menus, the tool bar, the shortcuts and the shortcut table under
Help are made from the rows.
"""

from __future__ import annotations

from app.gui.window.actions.action import Action
from app.gui.window.actions.edit_menu import EDIT_ACTIONS
from app.gui.window.actions.file_menu import FILE_ACTIONS
from app.gui.window.actions.help_menu import HELP_ACTIONS
from app.gui.window.actions.simulation_menu import SIMULATION_ACTIONS
from app.gui.window.actions.view_menu import VIEW_ACTIONS

MENUS = ("File", "Edit", "Simulation", "View", "Help")
ACTIONS: list[Action] = [*FILE_ACTIONS, *EDIT_ACTIONS, *SIMULATION_ACTIONS, *VIEW_ACTIONS, *HELP_ACTIONS]
