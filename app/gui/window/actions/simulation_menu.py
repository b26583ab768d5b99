"""Commands of the menu that runs the simulation."""

from __future__ import annotations

from app.gui.dialogs.go_to_step import show_go_to_step
from app.gui.window.actions.action import Action, ActionContext, views_built
from app.gui.window.actions.plane_menu import PLANE_ACTIONS
from app.session.playback import replays, toggle_playback
from app.utils.i18n import tr


def _after_start(context: ActionContext) -> bool:
    return context.session.race.step > 0


def _unlocked(context: ActionContext) -> bool:
    """Return whether steps can be made; a lesson asks for a prediction before."""
    return not context.session.locked


def _play_tool_tip(context: ActionContext) -> str:
    if context.session.locked:
        return tr("Answer the question of the lesson first, or skip it.")
    return (
        tr("Play again from step 0 (Space). Step Forward goes past the stop step.") if replays(context.session) else ""
    )


def _scale_speed(context: ActionContext, factor: float) -> None:
    clock = context.session.clock
    clock.set_speed(clock.speed * factor)
    context.panels.playback_bar.speed.show_value(round(clock.speed, 3))


def _toggle_maximum_speed(context: ActionContext) -> None:
    context.session.clock.unlimited = not context.session.clock.unlimited
    context.panels.playback_bar.refresh()


def _move_start_action(name: str, horizontal: float, vertical: float) -> Action:
    return Action(
        f"start_{name.lower()}",
        f"Move Start &{name}",
        "Simulation/Mo&ve Starting Point",
        lambda c: c.view_area.contour_tool.move_start(horizontal, vertical),
        [f"Ctrl+Shift+{name}"],
        auto_repeat=True,
        enabled=views_built,
    )


SIMULATION_ACTIONS: list[Action] = [
    Action(
        "play",
        "&Play",
        "Simulation",
        lambda c: toggle_playback(c.session),
        ["Space"],
        "play",
        enabled=_unlocked,
        help="Starts or pauses the simulation. At the stop step, plays again from step 0.",
        tool_tip=_play_tool_tip,
    ),
    Action(
        "step",
        "Step &Forward",
        "Simulation",
        lambda c: c.session.advance(1),
        ["Right"],
        "step",
        enabled=_unlocked,
        auto_repeat=True,
        help="Advances all runs by one step.",
    ),
    Action(
        "back",
        "Step &Back",
        "Simulation",
        lambda c: c.session.show_step(c.session.race.step - 1),
        ["Left"],
        "back",
        enabled=_after_start,
        auto_repeat=True,
        help="Goes back one step. Computed steps are kept.",
    ),
    Action(
        "ten_steps",
        "Forward 10 S&teps",
        "Simulation",
        lambda c: c.session.advance(10),
        ["Shift+Right"],
        enabled=_unlocked,
        auto_repeat=True,
        help="Advances all runs by 10 steps.",
    ),
    Action(
        "ten_back",
        "B&ack 10 Steps",
        "Simulation",
        lambda c: c.session.show_step(c.session.race.step - 10),
        ["Shift+Left"],
        enabled=_after_start,
        auto_repeat=True,
        help="Goes back 10 steps. Computed steps are kept.",
    ),
    Action(
        "start",
        "Go to &Start",
        "Simulation",
        lambda c: c.session.show_step(0),
        ["Home"],
        "start",
        enabled=_after_start,
        help="Goes back to step 0. Computed steps are kept.",
    ),
    Action(
        "end",
        "Go to &End",
        "Simulation",
        lambda c: c.session.show_step(c.session.race.last_step),
        ["End"],
        "end",
        enabled=lambda c: c.session.race.step < c.session.race.last_step,
        help="Goes to the last computed step.",
    ),
    Action(
        "go_to_step",
        "&Go to Step…",
        "Simulation",
        lambda c: show_go_to_step(c.window, c.session),
        ["Ctrl+G"],
        enabled=lambda c: c.session.race.last_step > 0,
        help="Goes to a computed step that you enter.",
    ),
    Action(
        "restart",
        "&Restart",
        "Simulation",
        lambda c: c.session.restart(),
        ["Ctrl+R"],
        help="Clears the paths and goes back to step 0 with the current hyperparameters.",
    ),
    Action(
        "faster",
        "Speed &Up",
        "Simulation",
        lambda c: _scale_speed(c, 2.0),
        ["Ctrl+Up"],
        separator_before=True,
        auto_repeat=True,
        help="Doubles the speed.",
    ),
    Action(
        "slower",
        "Slow &Down",
        "Simulation",
        lambda c: _scale_speed(c, 0.5),
        ["Ctrl+Down"],
        auto_repeat=True,
        help="Halves the speed.",
    ),
    Action(
        "flat_out",
        "&Maximum Speed",
        "Simulation",
        _toggle_maximum_speed,
        ["Ctrl+M"],
        checked=lambda c: c.session.clock.unlimited,
        help="Runs as fast as the display can keep up with, regardless of the speed setting.",
    ),
    Action(
        "turn_now",
        "Apply Changes from &Now On",
        "Simulation",
        lambda c: c.session.set_edit_from_start(False),
        ["Ctrl+T"],
        separator_before=True,
        checked=lambda c: not c.session.edit_from_start,
        help="Hyperparameter changes take effect from the next step.",
    ),
    Action(
        "turn_start",
        "Apply C&hanges from the Start",
        "Simulation",
        lambda c: c.session.set_edit_from_start(True),
        ["Ctrl+Shift+T"],
        checked=lambda c: c.session.edit_from_start,
        help="Hyperparameter changes take effect from step 0. The entire path is recomputed.",
    ),
    Action(
        "keep_branch",
        "Save as Bran&ch",
        "Simulation",
        lambda c: c.session.keep_branch(),
        ["Ctrl+B"],
        enabled=lambda c: c.session.race.last_step > 0 and bool(c.session.race.trajectories),
        help="Saves the current paths as a branch, shown in a lighter color, so you can compare them with later ones.",
    ),
    _move_start_action("Left", -0.01, 0.0),
    _move_start_action("Right", 0.01, 0.0),
    _move_start_action("Up", 0.0, 0.01),
    _move_start_action("Down", 0.0, -0.01),
    *PLANE_ACTIONS,
]
