"""Submenus of the map views whose rows depend on the runs: the axes of the settings map, and the compared run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QMenu

from app.engine.displayed_maps import axis_names, compared_run, settings_axes
from app.gui.window.actions.action import ActionContext
from app.gui.window.actions.map_menu import set_map_options
from app.model.run import Run
from app.utils.i18n import gettext_noop, tr

Choice = tuple[str, bool, Callable[[], object]]  # text of a row, whether it is checked, what it does


def _selected_run(context: ActionContext) -> Run | None:
    runs, index = context.session.displayed_experiment.runs, context.view_area.selected_run()
    return runs[index] if index is not None and 0 <= index < len(runs) else None


def axis_choices(axis: int, context: ActionContext) -> list[Choice]:
    """Return the hyperparameters that the x-axis (0) or the y-axis (1) of the settings map can show."""
    run = _selected_run(context)
    axes = None if run is None else settings_axes(context.session.experiment, run)
    if run is None or axes is None:
        return []

    def choose(name: str) -> None:
        chosen = [name, axes[1]] if axis == 0 else [axes[0], name]
        if chosen[0] == chosen[1]:  # the axes change places
            chosen[1 - axis] = axes[axis]
        set_map_options(context, settings_axes=tuple(chosen))

    return [
        (tr(run.method.spec(name).text_label(name)), name == axes[axis], partial(choose, name))
        for name in axis_names(run)
    ]


def run_choices(context: ActionContext) -> list[Choice]:
    """Return the runs with which the difference map can compare the selected one."""
    experiment, run = context.session.displayed_experiment, _selected_run(context)
    if run is None:
        return []
    compared = compared_run(experiment, run)
    return [
        (
            other.short_label,
            compared is not None and other.slot == compared.slot,
            partial(set_map_options, context, compared_slot=other.slot),
        )
        for other in experiment.runs
        if other.slot != run.slot
    ]


ChoiceList = Callable[[ActionContext], list[Choice]]
CHOICE_MENUS: dict[str, list[tuple[str, ChoiceList]]] = {
    "settings": [
        (gettext_noop("&X-Axis"), partial(axis_choices, 0)),
        (gettext_noop("&Y-Axis"), partial(axis_choices, 1)),
    ],
    "difference": [(gettext_noop("&Compare With"), run_choices)],
}


def add_choice_menus(view_id: str, menu: QMenu, context: ActionContext) -> None:
    """Add the submenus of a view, whose rows are made whenever the menu opens."""
    for title, choices in CHOICE_MENUS.get(view_id, []):
        submenu = menu.addMenu("")  # it gets its title when the menu opens
        assert submenu is not None
        menu.aboutToShow.connect(partial(_fill, submenu, title, choices, context))


def _fill(menu: QMenu, title: str, choices: ChoiceList, context: ActionContext) -> None:
    menu.clear()
    menu.setTitle(tr(title))  # the language may have changed
    group, rows = QActionGroup(menu), choices(context)
    for text, is_checked, choose in rows:
        action = menu.addAction(text.replace("&", "&&"))
        assert action is not None
        action.setCheckable(True)
        action.setChecked(is_checked)
        action.setActionGroup(group)
        action.triggered.connect(lambda _, choose=choose: choose())
    menu.setEnabled(bool(rows))
