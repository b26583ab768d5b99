"""Commands of the settings map, the rate curve and the difference map: a submenu of the View menu."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.gui.window.actions.action import Action, ActionContext
from app.model.map_options import RATE_QUANTITIES, SETTINGS_QUANTITIES, MapOptions
from app.utils.i18n import tr

MAP_MENU = "View/Ma&ps"
SETTINGS_TEXTS = {  # by quantity
    "minimum": "Settings Map: &Minimum Reached",
    "steps": "Settings Map: S&teps to a Minimum",
    "loss": "Settings Map: L&oss",
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
        checked=lambda c: getattr(map_options(c), field) == value,
    )


def _export_action(view_id: str, text: str) -> Action:
    return Action(
        f"export_{view_id}",
        text,
        MAP_MENU,
        lambda c: _export(c, view_id),
        separator_before=view_id == "settings",
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
    "settings": "&Export Settings Map…",
    "rates": "Export Rate &Curve…",
    "difference": "Export D&ifference Map…",
}
MAP_ACTIONS: list[Action] = [
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
