"""The controls of each view: buttons in its title bar, and the same commands in its context menu.

A view has at most one command that shows everything again (home) and one that switches between a linear and a
logarithmic scale; all others are its options. ``VIEW_CONTROLS`` names them by the ids of ``ACTIONS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from app.gui.widgets import icons
from app.gui.widgets.corner_buttons import ActionButton, CornerButton, CornerMenuButton
from app.gui.widgets.dock import Dock
from app.gui.window.actions.action_registry import ActionRegistry
from app.gui.window.actions.map_menu import STEP_TEXTS
from app.gui.window.actions.plot_menu import LEVEL_COUNT_TEXTS
from app.gui.window.map_choices import add_choice_menus
from app.model.experiment import QUANTITIES, X_QUANTITIES
from app.model.map_options import RATE_QUANTITIES, SETTINGS_QUANTITIES
from app.model.plot_options import COLORMAPS
from app.utils.i18n import gettext_noop


@dataclass(frozen=True)
class ViewControls:
    """Ids of the commands of a view; an empty string in ``options`` is a separator."""

    home: str = ""
    scale: str = ""
    options: Sequence[str] = ()


STEP_ACTIONS = tuple(f"map_steps_{count or 'auto'}" for count in STEP_TEXTS)
VIEW_CONTROLS: dict[str, ViewControls] = {
    "contour": ViewControls(
        home="show_all",
        scale="level_log",
        options=(
            *("zoom_in", "zoom_out", "", "equal", "step_markers", "step_arrows", "trials"),
            *("", "basin_map", "basin_finer", "basin_continue"),
            *("", "level_fill", "level_labels", "color_bar"),
            *("", *(f"levels_{count}" for count in LEVEL_COUNT_TEXTS)),
            *("", *(f"colormap_{name}" for name in COLORMAPS)),
        ),
    ),
    "relief": ViewControls(
        home="turn_back",
        scale="height_log",
        options=("turn_top", "relief_nearer", "relief_farther", "", "height_auto", "step_markers", "step_arrows"),
    ),
    "curve": ViewControls(
        home="show_all",
        scale="height_log",
        options=("zoom_in", "zoom_out", "", "height_auto", "step_markers", "trials"),
    ),
    "loss": ViewControls(
        scale="log_y",
        options=(
            *(f"curve_{name}" for name in QUANTITIES),
            "",
            *(f"against_{name}" for name in X_QUANTITIES),
            "",
            "log_x",
        ),
    ),
    "settings": ViewControls(
        options=(*(f"settings_color_{name}" for name in SETTINGS_QUANTITIES), "", *STEP_ACTIONS, "", "export_settings")
    ),
    "rates": ViewControls(
        options=(*(f"rates_{name}" for name in RATE_QUANTITIES), "", *STEP_ACTIONS, "", "export_rates")
    ),
    "difference": ViewControls(options=(*STEP_ACTIONS, "", "export_difference")),
}


def add_view_controls(view_id: str, dock: Dock, canvas: QWidget, actions: ActionRegistry) -> None:
    """Add the buttons of a view to its dock, and a context menu to its canvas."""
    controls = VIEW_CONTROLS.get(view_id, ViewControls())
    buttons: list[CornerButton] = []
    if controls.options:
        options_menu = QMenu(dock)
        add_choice_menus(view_id, options_menu, actions.context)
        _fill_menu(options_menu, actions, controls.options)
        buttons.append(
            CornerMenuButton(
                options_menu, gettext_noop("Options"), lambda theme: icons.load_icon("options", theme.muted_text)
            )
        )
    if controls.scale:
        buttons.append(ActionButton(actions[controls.scale], lambda theme: icons.load_icon("scale", theme.muted_text)))
    if controls.home:
        buttons.append(ActionButton(actions[controls.home], lambda theme: icons.load_icon("home", theme.muted_text)))
    dock.set_corner_buttons(buttons)
    canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    canvas.customContextMenuRequested.connect(
        lambda position: context_menu(view_id, dock, actions).popup(canvas.mapToGlobal(position))
    )


def context_menu(view_id: str, dock: Dock, actions: ActionRegistry) -> QMenu:
    """Return a menu with all commands of a view; it is deleted when it closes."""
    controls, menu = VIEW_CONTROLS.get(view_id, ViewControls()), QMenu(dock)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.addAction(dock.maximize_action)
    _fill_menu(menu, actions, [name for name in (controls.home, controls.scale) if name])
    if controls.options:
        menu.addSeparator()
        add_choice_menus(view_id, menu, actions.context)
        _fill_menu(menu, actions, controls.options)
    menu.addSeparator()
    menu.addActions([dock.float_action, dock.close_action])
    return menu


def _fill_menu(menu: QMenu, actions: Mapping[str, QAction], names: Sequence[str]) -> None:
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
