"""Commands of the settings map, the rate curve and the difference map: a submenu of the View menu."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.engine.map_job import shows_basin_map
from app.gui.window.actions.action import Action, ActionContext
from app.model.map_options import DEFAULT_MAP_OPTIONS, RATE_QUANTITIES, SETTINGS_QUANTITIES, MapOptions
from app.utils.i18n import tr
from app.utils.validation import MAX_STEPS

MAP_MENU = "View/Ma&ps"
FINE_BASIN_SIZE = 400  # starts per axis
SETTINGS_TEXTS = {  # by quantity
    "minimum": "Settings Map: &Minimum Reached",
    "steps": "Settings Map: S&teps to a Minimum",
    "loss": "Settings Map: L&oss",
    "lowest": "Settings Map: Lo&west Loss",
    "divergence": "Settings Map: Di&vergence",
}
RATE_TEXTS = {"loss": "Rate Curve: Final &Loss", "steps": "Rate Curve: Steps to a Mi&nimum"}
STEP_TEXTS: dict[int | None, str] = {
    None: "&Automatic Number of Steps",
    100: "&100 Steps",
    500: "&500 Steps",
    2000: "&2,000 Steps",
    10_000: "10,&000 Steps",
}


MINIMUM_ACTIONS = "rates_steps", "settings_color_minimum", "settings_color_steps"  # not of a network


def map_options(context: ActionContext) -> MapOptions:
    """Return the options of the maps of the experiment."""
    return context.session.experiment.map_options


def set_map_options(context: ActionContext, **changes: Any) -> None:
    """Change options of the maps of the experiment."""
    context.session.change(
        lambda experiment: replace(experiment, map_options=replace(experiment.map_options, **changes))
    )


def _option_action(action_id: str, text: str, field: str, value: Any, separator_before: bool) -> Action:
    return Action(
        action_id,
        text,
        MAP_MENU,
        lambda c: set_map_options(c, **{field: value}),
        separator_before=separator_before,
        enabled=lambda c: action_id not in MINIMUM_ACTIONS or c.session.experiment.problem is None,
        checked=lambda c: getattr(map_options(c), field) == value,
    )


def _export_action(view_id: str, text: str) -> Action:
    return Action(
        f"export_{view_id}",
        text,
        MAP_MENU,
        lambda c: _export(c, view_id),
        separator_before=view_id == "contour",
        enabled=lambda c: c.dock_layout.dock_enabled.get(view_id, False),
        help="Exports the map as arrays (NPZ), as a table (CSV), or as a figure with a key (PNG, SVG, PDF).",
    )


def _export(context: ActionContext, view_id: str) -> None:
    from app.gui.window.map_export import export_map  # imports matplotlib

    if context.view_area.map_store.has_map(view_id):
        context.notify(export_map(context.exporter.source, view_id))
    else:
        context.notify(tr("There is no map yet."))


EXPORT_TEXTS = {
    "contour": "E&xport Basin Map…",
    "settings": "&Export Settings Map…",
    "rates": "Export Rate &Curve…",
    "difference": "Export D&ifference Map…",
}


def shows_basins(context: ActionContext) -> bool:
    """Return whether the contour plot shows a basin map."""
    return shows_basin_map(context.session.experiment)


def _toggle_basins(context: ActionContext) -> None:
    shown = shows_basins(context)
    context.session.change(
        lambda experiment: replace(experiment, plot_options=replace(experiment.plot_options, basin_map=not shown))
    )


def _toggle_fine_basins(context: ActionContext) -> None:
    is_fine = map_options(context).basin_size == FINE_BASIN_SIZE
    set_map_options(context, basin_size=DEFAULT_MAP_OPTIONS.basin_size if is_fine else FINE_BASIN_SIZE)


def _basins_can_continue(context: ActionContext) -> bool:
    """Return whether a finished basin map has runs that are still on their way."""
    state = context.view_area.map_store.states.get("contour")
    if not shows_basins(context) or state is None or state.progress is not None or state.result is None:
        return False
    from app.engine.rest_classification import ON_ITS_WAY  # not before the first map

    return 2 * state.job.steps <= MAX_STEPS and bool((state.result.outcome == ON_ITS_WAY).any())


def _continue_basins(context: ActionContext) -> None:
    steps = 2 * context.view_area.map_store.states["contour"].job.steps
    set_map_options(context, steps=steps)


BASIN_ACTIONS = [
    Action(
        "basin_map",
        "&Basin Map",
        MAP_MENU,
        _toggle_basins,
        ["B"],
        enabled=lambda c: c.session.experiment.problem is None,
        checked=shows_basins,
        help="Colors the contour plot by the minimum to which the selected run leads from each starting point; "
        "lighter means fewer steps. After a zoom, it is computed again for the visible part.",
    ),
    Action(
        "basin_finer",
        "Finer Basin Ma&p",
        MAP_MENU,
        _toggle_fine_basins,
        enabled=shows_basins,
        checked=lambda c: map_options(c).basin_size == FINE_BASIN_SIZE,
        help="Computes the basin map with four times as many starting points.",
    ),
    Action(
        "basin_continue",
        "Contin&ue Basin Map",
        MAP_MENU,
        _continue_basins,
        enabled=_basins_can_continue,
        help="Doubles the number of steps for the starting points whose runs are still moving.",
    ),
]
MAP_ACTIONS: list[Action] = [
    *BASIN_ACTIONS,
    *(
        _option_action(f"settings_color_{name}", SETTINGS_TEXTS[name], "settings_quantity", name, name == "minimum")
        for name in SETTINGS_QUANTITIES
    ),
    *(
        _option_action(f"rates_{name}", RATE_TEXTS[name], "rate_quantity", name, name == "loss")
        for name in RATE_QUANTITIES
    ),
    *(
        _option_action(f"map_steps_{count or 'auto'}", text, "steps", count, count is None)
        for count, text in STEP_TEXTS.items()
    ),
    *(_export_action(view_id, text) for view_id, text in EXPORT_TEXTS.items()),
]
