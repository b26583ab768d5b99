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
        f"Start to the {name}" if horizontal else f"Start {name}",
        "Race/Move the Start",
        lambda c: c.view_area.contour_tool.move_start(horizontal, vertical),
        [f"Ctrl+Shift+{name}"],
        auto_repeat=True,
        enabled=views_built,
    )


SIMULATION_ACTIONS: list[Action] = [
    Action("play", "&Play", "Race", lambda c: c.session.clock.toggle(), ["Space"], "play"),
    Action("step", "One Step &Forward", "Race", lambda c: c.session.advance(1), ["Right"], "step", auto_repeat=True),
    Action(
        "back",
        "One Step &Back",
        "Race",
        lambda c: c.session.show_step(c.session.race.step - 1),
        ["Left"],
        "back",
        enabled=_after_start,
        auto_repeat=True,
    ),
    Action(
        "ten_steps", "Ten Steps Forward", "Race", lambda c: c.session.advance(10), ["Shift+Right"], auto_repeat=True
    ),
    Action(
        "ten_back",
        "Ten Steps Back",
        "Race",
        lambda c: c.session.show_step(c.session.race.step - 10),
        ["Shift+Left"],
        enabled=_after_start,
        auto_repeat=True,
    ),
    Action(
        "start",
        "To the &Start",
        "Race",
        lambda c: c.session.show_step(0),
        ["Home"],
        "start",
        enabled=_after_start,
    ),
    Action(
        "end",
        "To the &End",
        "Race",
        lambda c: c.session.show_step(c.session.race.last_step),
        ["End"],
        "end",
        enabled=lambda c: c.session.race.step < c.session.race.last_step,
    ),
    Action("restart", "&Race Anew", "Race", lambda c: c.session.restart(), ["Ctrl+R"]),
    Action(
        "faster",
        "Fas&ter",
        "Race",
        lambda c: _scale_speed(c, 2.0),
        ["Ctrl+Up"],
        separator_before=True,
        auto_repeat=True,
    ),
    Action("slower", "Slo&wer", "Race", lambda c: _scale_speed(c, 0.5), ["Ctrl+Down"], auto_repeat=True),
    Action(
        "flat_out",
        "As Fast as It &Goes",
        "Race",
        _toggle_maximum_speed,
        ["Ctrl+M"],
        checked=lambda c: c.session.clock.unlimited,
    ),
    Action(
        "turn_now",
        "Turn from &Now On",
        "Race",
        lambda c: c.session.set_edit_from_start(False),
        ["Ctrl+T"],
        separator_before=True,
        checked=lambda c: not c.session.edit_from_start,
    ),
    Action(
        "turn_start",
        "T&urn from the Start",
        "Race",
        lambda c: c.session.set_edit_from_start(True),
        ["Ctrl+Shift+T"],
        checked=lambda c: c.session.edit_from_start,
    ),
    Action(
        "keep_branch",
        "&Keep a Branch",
        "Race",
        lambda c: c.session.keep_branch(),
        ["Ctrl+B"],
        enabled=lambda c: c.session.race.last_step > 0 and bool(c.session.race.trajectories),
    ),
    _move_start_action("Left", -0.01, 0.0),
    _move_start_action("Right", 0.01, 0.0),
    _move_start_action("Up", 0.0, 0.01),
    _move_start_action("Down", 0.0, -0.01),
]
