"""Commands of the menu that runs the simulation."""

from __future__ import annotations

from app.gui.window.actions.action import Action, ActionContext, views_built


def _after_start(context: ActionContext) -> bool:
    return context.session.race.step > 0


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
        f"Start to the &{name}" if horizontal else f"Start &{name}",
        "Race/&Move the Start",
        lambda c: c.view_area.contour_tool.move_start(horizontal, vertical),
        [f"Ctrl+Shift+{name}"],
        auto_repeat=True,
        enabled=views_built,
    )


SIMULATION_ACTIONS: list[Action] = [
    Action(
        "play",
        "&Play",
        "Race",
        lambda c: c.session.clock.toggle(),
        ["Space"],
        "play",
        help="Lets the race go on, or pauses it.",
    ),
    Action(
        "step",
        "One Step &Forward",
        "Race",
        lambda c: c.session.advance(1),
        ["Right"],
        "step",
        auto_repeat=True,
        help="Makes one update of every run.",
    ),
    Action(
        "back",
        "One Step &Back",
        "Race",
        lambda c: c.session.show_step(c.session.race.step - 1),
        ["Left"],
        "back",
        enabled=_after_start,
        auto_repeat=True,
        help="Shows the step before; nothing is lost.",
    ),
    Action(
        "ten_steps",
        "Ten Steps Forwar&d",
        "Race",
        lambda c: c.session.advance(10),
        ["Shift+Right"],
        auto_repeat=True,
        help="Makes ten updates of every run.",
    ),
    Action(
        "ten_back",
        "Ten Steps B&ack",
        "Race",
        lambda c: c.session.show_step(c.session.race.step - 10),
        ["Shift+Left"],
        enabled=_after_start,
        auto_repeat=True,
        help="Shows the step that lies ten before this one; nothing is lost.",
    ),
    Action(
        "start",
        "To the &Start",
        "Race",
        lambda c: c.session.show_step(0),
        ["Home"],
        "start",
        enabled=_after_start,
        help="Shows the start; all steps stay known.",
    ),
    Action(
        "end",
        "To the &End",
        "Race",
        lambda c: c.session.show_step(c.session.race.last_step),
        ["End"],
        "end",
        enabled=lambda c: c.session.race.step < c.session.race.last_step,
        help="Shows the last step that is known.",
    ),
    Action(
        "restart",
        "&Race Anew",
        "Race",
        lambda c: c.session.restart(),
        ["Ctrl+R"],
        help="Goes back to the start, with the hyperparameters as they are now.",
    ),
    Action(
        "faster",
        "Fas&ter",
        "Race",
        lambda c: _scale_speed(c, 2.0),
        ["Ctrl+Up"],
        separator_before=True,
        auto_repeat=True,
        help="Doubles the speed.",
    ),
    Action(
        "slower",
        "Slo&wer",
        "Race",
        lambda c: _scale_speed(c, 0.5),
        ["Ctrl+Down"],
        auto_repeat=True,
        help="Halves the speed.",
    ),
    Action(
        "flat_out",
        "As Fast as It &Goes",
        "Race",
        _toggle_maximum_speed,
        ["Ctrl+M"],
        checked=lambda c: c.session.clock.unlimited,
        help="Makes as many updates as the pictures can show, whatever the speed is set to.",
    ),
    Action(
        "turn_now",
        "Turn from &Now On",
        "Race",
        lambda c: c.session.set_edit_from_start(False),
        ["Ctrl+T"],
        separator_before=True,
        checked=lambda c: not c.session.edit_from_start,
        help="What is turned is felt from the next update on.",
    ),
    Action(
        "turn_start",
        "T&urn from the Start",
        "Race",
        lambda c: c.session.set_edit_from_start(True),
        ["Ctrl+Shift+T"],
        checked=lambda c: c.session.edit_from_start,
        help="What is turned is felt from the start: the whole path is computed anew.",
    ),
    Action(
        "keep_branch",
        "&Keep a Branch",
        "Race",
        lambda c: c.session.keep_branch(),
        ["Ctrl+B"],
        enabled=lambda c: c.session.race.last_step > 0 and bool(c.session.race.trajectories),
        help="Keeps the paths of now, pale, to compare them with what comes.",
    ),
    _move_start_action("Left", -0.01, 0.0),
    _move_start_action("Right", 0.01, 0.0),
    _move_start_action("Up", 0.0, 0.01),
    _move_start_action("Down", 0.0, -0.01),
]
