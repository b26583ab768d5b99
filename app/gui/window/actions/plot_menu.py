"""Commands of the contour plot, the 3D surface and the paths on them: submenus of the View menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.analysis.height_map import height_map_for, vertical_height_map_for
from app.gui.window.actions.action import Action, ActionContext
from app.model.plot_options import COLORMAPS, PlotOptions

PATHS_MENU, LEVELS_MENU = "View/Paths and Mar&kers", "View/Levels and Color &Bar"
HEIGHT_MENU = "View/3D Surface: &Height"
LEVEL_COUNT_TEXTS = {5: "About &5 Lines", 10: "About &10 Lines", 20: "About &20 Lines", 30: "About &30 Lines"}


def _options(context: ActionContext) -> PlotOptions:
    return context.session.experiment.plot_options


def _set(context: ActionContext, **changes: Any) -> None:
    context.session.change(
        lambda experiment: replace(experiment, plot_options=replace(experiment.plot_options, **changes))
    )


def _height_scale(context: ActionContext) -> str:
    return vertical_height_map_for(context.session.displayed_experiment, context.session.bounds).scale


def _level_scale(context: ActionContext) -> str:
    return height_map_for(context.session.displayed_experiment, context.session.bounds).scale


def _scale_actions(name: str, menu: str, texts: tuple[str, str], scale: Callable[[ActionContext], str]) -> list[Action]:
    """Return a toggle between a linear and a logarithmic scale, and a command that lets the surface decide."""
    return [
        Action(
            f"{name}_log",
            texts[0],
            menu,
            lambda c: _set(c, **{f"{name}_scale": "linear" if scale(c) == "log" else "log"}),
            checked=lambda c: bool(c.view_area.canvases) and scale(c) == "log",  # no heights before the first paint
        ),
        Action(
            f"{name}_auto",
            texts[1],
            menu,
            lambda c: _set(c, **{f"{name}_scale": "auto"}),
            checked=lambda c: getattr(_options(c), f"{name}_scale") == "auto",
        ),
    ]


def _switch_action(
    action_id: str, text: str, menu: str, field: str, help_text: str, separator_before: bool = False
) -> Action:
    return Action(
        action_id,
        text,
        menu,
        lambda c: _set(c, **{field: not getattr(_options(c), field)}),
        separator_before=separator_before,
        checked=lambda c: getattr(_options(c), field),
        help=help_text,
    )


def _level_count_action(count: int, text: str) -> Action:
    return Action(
        f"levels_{count}",
        text,
        LEVELS_MENU,
        lambda c: _set(c, levels=count),
        separator_before=count == min(LEVEL_COUNT_TEXTS),
        checked=lambda c: _options(c).levels == count,
    )


def _colormap_action(name: str) -> Action:
    return Action(
        f"colormap_{name}",
        f"&{name.capitalize()}",
        LEVELS_MENU,
        lambda c: _set(c, colormap=name),
        separator_before=name == COLORMAPS[0],
        checked=lambda c: _options(c).colormap == name,
    )


HEIGHT_ACTIONS = _scale_actions(
    "height", HEIGHT_MENU, ("&Logarithmic Height", "&Automatic Height Scale"), _height_scale
)
LEVEL_ACTIONS = [
    *_scale_actions("level", LEVELS_MENU, ("&Logarithmic Spacing", "&Automatic Spacing"), _level_scale),
    *(_level_count_action(count, text) for count, text in LEVEL_COUNT_TEXTS.items()),
    Action(
        "level_fill",
        "&Filled Levels",
        LEVELS_MENU,
        lambda c: _set(c, level_style="lines" if _options(c).level_style == "filled" else "filled"),
        separator_before=True,
        checked=lambda c: _options(c).level_style == "filled",
        help="Fills the areas between the contour lines with colors.",
    ),
    _switch_action("level_labels", "La&bels", LEVELS_MENU, "level_labels", "Writes the loss on each contour line."),
]
COLORMAP_ACTIONS = [_colormap_action(name) for name in COLORMAPS]
AXES_ACTIONS = [
    _switch_action(
        "color_bar", "Color Ba&r", LEVELS_MENU, "color_bar", "Shows which color stands for which loss.", True
    ),
    _switch_action(
        "equal",
        "E&qual Aspect Ratio",
        LEVELS_MENU,
        "equal_axes",
        "Uses the same scale for x and y in the contour plot.",
    ),
]
PATH_ACTIONS = [
    _switch_action(
        "step_markers",
        "&Step Markers",
        PATHS_MENU,
        "step_markers",
        "Marks each step of a path where steps are far enough apart.",
    ),
    _switch_action(
        "step_arrows",
        "Step &Arrows",
        PATHS_MENU,
        "step_arrows",
        "Draws the parts of the displayed step of the selected run as arrows: memory, this gradient, pull to the "
        "origin, and the whole step. The arrow of the negative gradient shows only its direction.",
    ),
    _switch_action(
        "dashes", "&Dashed Paths", PATHS_MENU, "dashes", "Distinguishes the paths by dashes in every theme."
    ),
    Action(
        "trials",
        "S&how Search Trials",
        PATHS_MENU,
        lambda c: c.view_area.toggle_view_option("trials"),
        checked=lambda c: bool(c.view_area.view_options["trials"]),
        help="Shows the trial points of line searches and the simplex or sampling ellipse of derivative-free "
        "optimizers.",
    ),
]
PLOT_ACTIONS = [*PATH_ACTIONS, *LEVEL_ACTIONS, *COLORMAP_ACTIONS, *AXES_ACTIONS, *HEIGHT_ACTIONS]
