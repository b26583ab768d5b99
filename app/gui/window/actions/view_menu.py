"""Commands of the View menu, except those of the loss plot."""

from __future__ import annotations

from app.gui.help.view_texts import VIEW_DESCRIPTIONS
from app.gui.window.actions.action import Action, ActionContext, views_built
from app.gui.window.actions.loss_view_menu import LOSS_VIEW_ACTIONS
from app.gui.window.actions.map_menu import MAP_ACTIONS, MAP_MENU
from app.gui.window.actions.plot_menu import PLOT_ACTIONS
from app.utils.i18n import language_codes, load_language


def _reset_layout(context: ActionContext) -> None:
    context.presentation_mode.leave()
    context.view_area.reset_layout()


def _zoom_action(action_id: str, text: str, factor: float, shortcuts: list[str], help_text: str) -> Action:
    return Action(
        action_id,
        text,
        "View",
        lambda c: c.view_area.zoom(factor),
        shortcuts,
        auto_repeat=True,
        enabled=views_built,
        help=help_text,
    )


def _pan_action(name: str, horizontal: float, vertical: float) -> Action:
    return Action(
        f"pan_{name.lower()}",
        f"Pan &{name}",
        "View/Pa&n Contour Plot",
        lambda c: c.view_area.pan(horizontal, vertical),
        [f"Alt+{name}"],
        auto_repeat=True,
        enabled=views_built,
    )


def _rotation_action(name: str, azimuth: float, elevation: float) -> Action:
    return Action(
        f"relief_{name.lower()}",
        f"{'Tilt' if elevation else 'Rotate'} &{name}",
        "View/Rot&ate 3D Surface",
        lambda c: c.view_area.camera_tool.move_camera(azimuth, elevation),
        [f"Alt+Shift+{name}"],
        auto_repeat=True,
        enabled=views_built,
    )


def _camera_zoom_action(action_id: str, text: str, factor: float, shortcuts: list[str]) -> Action:
    return Action(
        action_id,
        text,
        "View/Rot&ate 3D Surface",
        lambda c: c.view_area.camera_tool.move_camera(zoom=factor),
        shortcuts,
        auto_repeat=True,
        enabled=views_built,
    )


def _pane_action(action_id: str, text: str, forward: bool, shortcut: str, help_text: str) -> Action:
    return Action(
        action_id,
        text,
        "View",
        lambda c: c.focus_navigation.focus_next_pane(forward),
        [shortcut],
        separator_before=forward,
        auto_repeat=True,
        help=help_text,
    )


def _theme_action(theme_id: str, text: str) -> Action:
    return Action(
        f"theme_{theme_id}",
        text,
        "View/&Theme",
        lambda c: c.appearance.set_theme(theme_id),
        checked=lambda c: c.appearance.selected_theme == theme_id,
    )


def _language_action(code: str, text: str) -> Action:
    return Action(
        f"language_{code}",
        text,
        "View/Lan&guage",
        lambda c: c.appearance.set_language(code),
        checked=lambda c: c.appearance.selected_language == code,
        enabled=lambda c: not c.exporter.jobs,  # an animation must not change its language halfway
    )


VIEW_ACTIONS: list[Action] = [
    Action(
        "side",
        "&Side Panel",
        "View",
        lambda c: c.view_area.toggle_dock("side"),
        ["F9"],
        separator_before=True,
        checked=lambda c: c.dock_layout.is_dock_enabled("side"),
        help="Shows or hides the settings panel.",
    ),
    Action(
        "results",
        "Res&ults Panel",
        "View",
        lambda c: c.view_area.toggle_dock("results"),
        ["F12"],
        checked=lambda c: c.dock_layout.is_dock_enabled("results"),
        help="Shows or hides the panel with values, results, and branches.",
    ),
    Action(
        "step_panel",
        "Step E&quations",
        "View",
        lambda c: c.view_area.toggle_dock("step_panel"),
        ["F7"],
        checked=lambda c: c.dock_layout.is_dock_enabled("step_panel"),
        help="Shows or hides the panel that takes the displayed step of the selected run apart.",
    ),
    *LOSS_VIEW_ACTIONS,
    *PLOT_ACTIONS,
    *MAP_ACTIONS,
    Action(
        "show_all",
        "&Reset Zoom",
        "View",
        lambda c: c.view_area.reset_viewport(),
        ["Ctrl+0"],
        separator_before=True,
        enabled=lambda c: c.view_area.is_zoomed,
        help="Zooms out to show the whole surface.",
    ),
    Action(
        "look_at_step",
        "&Look at This Step",
        "View/Paths and Mar&kers",
        lambda c: c.view_area.step_focus.toggle_look(),
        ["Shift+F7"],
        enabled=lambda c: views_built(c) and c.session.race.surface.dimension == 2,
        checked=lambda c: bool(c.view_area.canvases) and c.view_area.step_focus.is_looking,
        help="Zooms the contour plot to the displayed step of the selected run, or back.",
    ),
    _zoom_action("zoom_in", "Zoom &In", 0.8, ["Ctrl++", "Ctrl+="], "Zooms in on the contour plot or the curve."),
    _zoom_action("zoom_out", "&Zoom Out", 1.25, ["Ctrl+-"], "Zooms out of the contour plot or the curve."),
    _pan_action("Left", -0.1, 0.0),
    _pan_action("Right", 0.1, 0.0),
    _pan_action("Up", 0.0, 0.1),
    _pan_action("Down", 0.0, -0.1),
    _rotation_action("Left", 5.0, 0.0),
    _rotation_action("Right", -5.0, 0.0),
    _rotation_action("Up", 0.0, 5.0),
    _rotation_action("Down", 0.0, -5.0),
    _camera_zoom_action("relief_nearer", "Move &Closer", 1.1, ["Alt++", "Alt+="]),
    _camera_zoom_action("relief_farther", "Move &Away", 1 / 1.1, ["Alt+-"]),
    Action(
        "turn_back",
        "3D Surface: Default &View",
        "View/Rot&ate 3D Surface",
        lambda c: c.view_area.set_camera(None),
        ["Ctrl+1"],
        separator_before=True,
        enabled=views_built,
        help="Restores the default angle and zoom of the 3D surface.",
    ),
    Action(
        "turn_top",
        "3D Surface: Top Vie&w",
        "View/Rot&ate 3D Surface",
        lambda c: c.view_area.set_camera((-90.0, 90.0)),
        ["Ctrl+2"],
        enabled=views_built,
        help="Shows the surface from directly above.",
    ),
    Action(
        "present",
        "Presentation &Mode",
        "View",
        lambda c: c.presentation_mode.toggle(),
        ["F11"],
        separator_before=True,
        checked=lambda c: c.presentation_mode.active,
        enabled=views_built,
        help="Shows the views full screen with larger text.",
    ),
    Action(
        "leave",
        "&Exit Presentation Mode",
        "View",
        lambda c: c.presentation_mode.leave(),
        ["Esc"],
        enabled=lambda c: c.presentation_mode.active,
        help="Restores the window to its state before presentation mode.",
    ),
    Action(
        "reset_layout",
        "Reset La&yout",
        "View",
        _reset_layout,
        enabled=views_built,
        help="Restores the default arrangement of views and panels.",
    ),
    Action(
        "reduce_motion",
        "Re&duce Motion",
        "View",
        lambda c: c.reduced_motion.toggle(),
        checked=lambda c: c.reduced_motion.active,
        help="Redraws only a few times per second and turns off animations.",
    ),
    _pane_action("next_part", "Ne&xt Pane", True, "F6", "Moves the keyboard focus to the next pane."),
    _pane_action(
        "previous_part",
        "Pre&vious Pane",
        False,
        "Shift+F6",
        "Moves the keyboard focus to the previous pane.",
    ),
    _theme_action("system", "Use &System Setting"),
    _theme_action("light", "&Light"),
    _theme_action("dark", "&Dark"),
    _theme_action("contrast", "&High Contrast"),
    _language_action("system", "Use &System Setting"),
    *(_language_action(code, load_language(code).name) for code in language_codes()),
]


VIEW_KEYS = {  # F6 goes to the next pane
    "contour": "F2",
    "relief": "F3",
    "loss": "F4",
    "fit": "F5",
    "curve": "Shift+F2",
    "settings": "F8",
    "rates": "Shift+F8",
    "difference": "Ctrl+F8",
}
MAP_VIEW_IDS = ("settings", "rates", "difference")
MENU_TEXTS = {"curve": "Curve (&1D)"}  # of views whose letters are all taken


def _view_action(view_id: str, title: str) -> Action:
    return Action(
        f"view_{view_id}",
        MENU_TEXTS.get(view_id, f"&{title}"),
        MAP_MENU if view_id in MAP_VIEW_IDS else "View",
        lambda c: c.view_area.toggle_dock(view_id),
        [VIEW_KEYS[view_id]],
        enabled=lambda c: c.view_area.is_applicable(view_id),
        checked=lambda c: c.dock_layout.is_dock_enabled(view_id),
        help=VIEW_DESCRIPTIONS[view_id],
    )


def view_actions() -> list[Action]:
    """Return a toggle for every view; called after the first paint, because the views import matplotlib."""
    from app.views import VIEWS

    return [_view_action(view_id, view.title) for view_id, view in VIEWS.items()]
