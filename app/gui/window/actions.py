"""ACTIONS: every command once, with its text, shortcut, menu, what it does and when it can be used.

A row here is all it takes: the menu, the tool bar, the shortcut and the table under Help are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.gui.help.about_dialog import show_about
from app.gui.help.help_window import show_optimizer_help, show_surface_help
from app.gui.help.shortcuts_dialog import show_shortcuts
from app.gui.help.whats_this import ask_what_this_is
from app.gui.window.focus_navigation import to_part
from app.model.experiment import AGAINST, QUANTITIES, Curve
from app.utils.i18n import codes, language

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

MENUS = ("File", "Edit", "Race", "View", "Help")


@dataclass(frozen=True)
class Action:
    """``menu`` may name a submenu after a slash. ``checked`` makes it a toggle that shows a state."""

    id: str
    text: str
    menu: str
    run: Callable[[MainWindow], Any]
    shortcuts: Sequence[str] = ()
    icon: str = ""
    enabled: Callable[[MainWindow], bool] = lambda window: True
    checked: Callable[[MainWindow], bool] | None = None
    gap: bool = False
    repeats: bool = False


def _curve(**changes: str) -> Callable[[MainWindow], None]:
    return lambda w: w.session.change(lambda e: replace(e, curve=replace(e.curve, **changes)))


def _flip(curve: Curve, axis: str) -> str:
    return "linear" if getattr(curve, axis) == "log" else "log"


ACTIONS: list[Action] = [
    Action("open", "&Open…", "File", lambda w: w.files.open(), ["Ctrl+O"]),
    Action("open_data", "Open &Data…", "File", lambda w: w.files.open_data(), ["Ctrl+Shift+O"]),
    Action("save", "&Save", "File", lambda w: w.files.save(), ["Ctrl+S"], gap=True),
    Action("save_as", "Save &As…", "File", lambda w: w.files.save_as(), ["Ctrl+Shift+S"]),
    Action(
        "export_picture",
        "&Export Picture…",
        "File",
        lambda w: w.exporting.picture(),
        ["Ctrl+E"],
        gap=True,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "export_film",
        "Export &Film…",
        "File",
        lambda w: w.exporting.film(),
        ["Ctrl+Shift+E"],
        enabled=lambda w: bool(w.canvases),
    ),
    Action("export_data", "Expor&t Data…", "File", lambda w: w.exporting.data(), ["Ctrl+D"]),
    Action(
        "export_code",
        "Export &Code…",
        "File",
        lambda w: w.exporting.code(),
        ["Ctrl+Shift+D"],
        enabled=lambda w: bool(w.session.experiment.runs),
    ),
    Action("quit", "&Quit", "File", lambda w: w.close(), ["Ctrl+Q"], gap=True),
    Action(
        "undo",
        "&Undo",
        "Edit",
        lambda w: w.session.store.undo(),
        ["Ctrl+Z"],
        enabled=lambda w: bool(w.session.store.past),
    ),
    Action(
        "redo",
        "&Redo",
        "Edit",
        lambda w: w.session.store.redo(),
        ["Ctrl+Shift+Z", "Ctrl+Y"],
        enabled=lambda w: bool(w.session.store.future),
    ),
    Action("add", "&Add Run", "Edit", lambda w: w.side.runs.add(), ["Ctrl+N"], gap=True),
    Action(
        "duplicate",
        "D&uplicate Run",
        "Edit",
        lambda w: w.side.runs.duplicate(),
        ["Ctrl+Shift+N"],
        enabled=lambda w: w.side.runs.row >= 0,
    ),
    Action(
        "remove",
        "&Remove Run",
        "Edit",
        lambda w: w.side.runs.remove(),
        ["Delete", "Ctrl+Backspace"],
        enabled=lambda w: w.side.runs.row >= 0,
    ),
    Action(
        "next_run",
        "&Next Run",
        "Edit",
        lambda w: w.side.runs.choose(1),
        ["Ctrl+PgDown"],
        gap=True,
        enabled=lambda w: len(w.session.experiment.runs) > 1,
        repeats=True,
    ),
    Action(
        "previous_run",
        "Pre&vious Run",
        "Edit",
        lambda w: w.side.runs.choose(-1),
        ["Ctrl+PgUp"],
        enabled=lambda w: len(w.session.experiment.runs) > 1,
        repeats=True,
    ),
    Action(
        "hide_run",
        "&Hide the Run, or Show It",
        "Edit",
        lambda w: w.side.runs.toggle(),
        ["Ctrl+H"],
        enabled=lambda w: w.side.runs.row >= 0,
    ),
    Action(
        "color_run",
        "Co&lor of the Run…",
        "Edit",
        lambda w: w.side.runs.pick_color(),
        enabled=lambda w: w.side.runs.row >= 0,
    ),
    Action(
        "copy_hyperparameters",
        "Copy &Hyperparameters",
        "Edit",
        lambda w: w.say(w.side.editor.copy()),
        ["Ctrl+Shift+H"],
        gap=True,
        enabled=lambda w: w.side.runs.row >= 0,
    ),
    Action(
        "paste_hyperparameters",
        "Paste Hyperparameters",
        "Edit",
        lambda w: w.say(w.side.editor.paste()),
        ["Ctrl+Shift+V"],
        enabled=lambda w: w.side.runs.row >= 0,
    ),
    Action(
        "reset_hyperparameters",
        "Reset All Hyperparameters",
        "Edit",
        lambda w: w.side.editor.reset_all(),
        enabled=lambda w: w.side.editor.turned,
    ),
    Action(
        "copy_picture",
        "Copy &Picture",
        "Edit",
        lambda w: w.exporting.copy_picture(),
        ["Ctrl+Shift+C"],
        gap=True,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "copy_table",
        "Copy &Table",
        "Edit",
        lambda w: w.exporting.copy_table(),
        enabled=lambda w: bool(w.session.experiment.runs),
    ),
    Action(
        "copy_code",
        "Copy &Code",
        "Edit",
        lambda w: w.exporting.copy_code(),
        enabled=lambda w: bool(w.session.experiment.runs),
    ),
    Action(
        "copy_command",
        "Copy Co&mmand",
        "Edit",
        lambda w: w.exporting.copy_command(),
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "pick_surface",
        "Choose &Surface…",
        "Edit",
        lambda w: w.side.surface.picker.showPopup(),
        ["Ctrl+L"],
        gap=True,
        enabled=lambda w: w.layout_.shows("side"),
    ),
    Action(
        "pick_optimizer",
        "Choose &Optimizer…",
        "Edit",
        lambda w: w.side.editor.picker.showPopup(),
        ["Ctrl+K"],
        enabled=lambda w: w.layout_.shows("side") and w.side.runs.row >= 0,
    ),
    Action("play", "&Play", "Race", lambda w: w.session.clock.toggle(), ["Space"], "play"),
    Action("step", "One Step &Forward", "Race", lambda w: w.session.advance(1), ["Right"], "step", repeats=True),
    Action(
        "back",
        "One Step &Back",
        "Race",
        lambda w: w.session.show_step(w.session.race.step - 1),
        ["Left"],
        "back",
        enabled=lambda w: w.session.race.step > 0,
        repeats=True,
    ),
    Action("ten_steps", "Ten Steps Forward", "Race", lambda w: w.session.advance(10), ["Shift+Right"], repeats=True),
    Action(
        "ten_back",
        "Ten Steps Back",
        "Race",
        lambda w: w.session.show_step(w.session.race.step - 10),
        ["Shift+Left"],
        enabled=lambda w: w.session.race.step > 0,
        repeats=True,
    ),
    Action(
        "start",
        "To the &Start",
        "Race",
        lambda w: w.session.show_step(0),
        ["Home"],
        "start",
        enabled=lambda w: w.session.race.step > 0,
    ),
    Action(
        "end",
        "To the &End",
        "Race",
        lambda w: w.session.show_step(w.session.race.extent),
        ["End"],
        "end",
        enabled=lambda w: w.session.race.step < w.session.race.extent,
    ),
    Action("restart", "&Race Anew", "Race", lambda w: w.session.restart(), ["Ctrl+R"]),
    Action("faster", "Fas&ter", "Race", lambda w: w.set_speed(2.0), ["Ctrl+Up"], gap=True, repeats=True),
    Action("slower", "Slo&wer", "Race", lambda w: w.set_speed(0.5), ["Ctrl+Down"], repeats=True),
    Action(
        "flat_out",
        "As Fast as It &Goes",
        "Race",
        lambda w: w.go_flat_out(),
        ["Ctrl+M"],
        checked=lambda w: w.session.clock.unlimited,
    ),
    Action(
        "turn_now",
        "Turn from &Now On",
        "Race",
        lambda w: w.session.turn_from(False),
        ["Ctrl+T"],
        gap=True,
        checked=lambda w: not w.session.from_start,
    ),
    Action(
        "turn_start",
        "T&urn from the Start",
        "Race",
        lambda w: w.session.turn_from(True),
        ["Ctrl+Shift+T"],
        checked=lambda w: w.session.from_start,
    ),
    Action(
        "keep_branch",
        "&Keep a Branch",
        "Race",
        lambda w: w.session.keep_branch(),
        ["Ctrl+B"],
        enabled=lambda w: w.session.race.extent > 0 and bool(w.session.race.tracks),
    ),
    Action(
        "side",
        "&Side Panel",
        "View",
        lambda w: w.toggle("side"),
        ["F9"],
        gap=True,
        checked=lambda w: w.layout_.shows("side"),
    ),
    Action(
        "results",
        "&Read-out",
        "View",
        lambda w: w.toggle("results"),
        ["F12"],
        checked=lambda w: w.layout_.shows("results"),
    ),
    *(
        Action(
            f"curve_{name}",
            words[0].upper() + words[1:],
            "View/Loss View",
            _curve(quantity=name),
            checked=lambda w, name=name: w.session.experiment.curve.quantity == name,
        )
        for name, words in QUANTITIES.items()
    ),
    *(
        Action(
            f"against_{name}",
            f"Against {words[0].upper() + words[1:]}",
            "View/Loss View",
            _curve(against=name),
            gap=name == "steps",
            checked=lambda w, name=name: w.session.experiment.curve.against == name,
        )
        for name, words in AGAINST.items()
    ),
    Action(
        "log_x",
        "Logarithmic Step Axis",
        "View/Loss View",
        lambda w: _curve(x_scale=_flip(w.session.experiment.curve, "x_scale"))(w),
        gap=True,
        checked=lambda w: w.session.experiment.curve.x_scale == "log",
    ),
    Action(
        "log_y",
        "Logarithmic Height Axis",
        "View/Loss View",
        lambda w: _curve(y_scale=_flip(w.session.experiment.curve, "y_scale"))(w),
        checked=lambda w: w.session.experiment.curve.y_scale == "log",
    ),
    Action(
        "trials",
        "&Trial Points and Shapes",
        "View",
        lambda w: w.toggle_option("trials"),
        gap=True,
        checked=lambda w: bool(w.options["trials"]),
    ),
    Action(
        "equal",
        "&Equal Axes in the Contour",
        "View",
        lambda w: w.toggle_option("equal"),
        checked=lambda w: bool(w.options["equal"]),
    ),
    Action(
        "show_all",
        "Sho&w All of the Contour",
        "View",
        lambda w: w.stage.show_all(),
        ["Ctrl+0"],
        gap=True,
        enabled=lambda w: w.stage.zoomed,
    ),
    *(
        Action(
            name,
            text,
            "View",
            lambda w, factor=factor: w.stage.zoom(factor),
            keys,
            repeats=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, text, factor, keys in (
            ("zoom_in", "Zoom &In", 0.8, ["Ctrl++", "Ctrl+="]),
            ("zoom_out", "Zoom &Out", 1.25, ["Ctrl+-"]),
        )
    ),
    *(
        Action(
            f"pan_{name.lower()}",
            f"Move {name}",
            "View/Move the Contour",
            lambda w, across=across, up=up: w.stage.pan(across, up),
            [f"Alt+{name}"],
            repeats=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, across, up in (("Left", -0.1, 0.0), ("Right", 0.1, 0.0), ("Up", 0.0, 0.1), ("Down", 0.0, -0.1))
    ),
    *(
        Action(
            f"start_{name.lower()}",
            f"Start to the {name}" if across else f"Start {name}",
            "Race/Move the Start",
            lambda w, across=across, up=up: w.stage.start.nudge(across, up),
            [f"Ctrl+Shift+{name}"],
            repeats=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, across, up in (("Left", -0.01, 0.0), ("Right", 0.01, 0.0), ("Up", 0.0, 0.01), ("Down", 0.0, -0.01))
    ),
    *(
        Action(
            f"relief_{name.lower()}",
            f"Turn {name}",
            "View/Turn the Relief",
            lambda w, across=across, up=up: w.stage.turn.move_camera(across, up),
            [f"Alt+Shift+{name}"],
            repeats=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, across, up in (("Left", 5.0, 0.0), ("Right", -5.0, 0.0), ("Up", 0.0, 5.0), ("Down", 0.0, -5.0))
    ),
    *(
        Action(
            f"relief_{name}",
            text,
            "View/Turn the Relief",
            lambda w, factor=factor: w.stage.turn.move_camera(zoom=factor),
            keys,
            repeats=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, text, factor, keys in (
            ("nearer", "Nearer", 1.1, ["Alt++", "Alt+="]),
            ("farther", "Farther Away", 1 / 1.1, ["Alt+-"]),
        )
    ),
    Action(
        "turn_back",
        "Relief from the &Front",
        "View",
        lambda w: w.stage.turn_relief(None),
        ["Ctrl+1"],
        gap=True,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "turn_top",
        "Relief from &Above",
        "View",
        lambda w: w.stage.turn_relief((-90.0, 90.0)),
        ["Ctrl+2"],
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "present",
        "&Presentation",
        "View",
        lambda w: w.presentation.toggle(),
        ["F11"],
        gap=True,
        checked=lambda w: w.presentation.on,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "leave",
        "Leave the Presentation",
        "View",
        lambda w: w.presentation.leave(),
        ["Esc"],
        enabled=lambda w: w.presentation.on,
    ),
    Action("reset_layout", "&Reset the Layout", "View", lambda w: w.reset_layout(), enabled=lambda w: bool(w.canvases)),
    Action("reduce_motion", "Reduce &Motion", "View", lambda w: w.calm.toggle(), checked=lambda w: w.calm.on),
    *(
        Action(
            f"{name}_part",
            f"{name.capitalize()} Part of the Window",
            "View",
            lambda w, forward=forward: to_part(w, forward),
            keys,
            gap=forward,
            repeats=True,
        )
        for name, forward, keys in (("next", True, ["F6"]), ("previous", False, ["Shift+F6"]))
    ),
    *(
        Action(
            f"theme_{name}",
            text,
            "View/Theme",
            lambda w, name=name: w.set_theme(name),
            checked=lambda w, name=name: w.theme_choice == name,
        )
        for name, text in (
            ("system", "As the System"),
            ("light", "Light"),
            ("dark", "Dark"),
            ("contrast", "High Contrast"),
        )
    ),
    *(
        Action(
            f"language_{code}",
            text,
            "View/Language",
            lambda w, code=code: w.set_language(code),
            checked=lambda w, code=code: w.language_choice == code,
            enabled=lambda w: not w.exporting.jobs,
        )  # a film is in one language
        for code, text in (("system", "As the System"), *((code, language(code).name) for code in codes()))
    ),
    Action("about_optimizer", "About this &Optimizer", "Help", show_optimizer_help, ["Ctrl+F1"]),
    Action("about_surface", "About this &Surface", "Help", show_surface_help, ["Ctrl+Shift+F1"]),
    Action("whats_this", "&What's This?", "Help", ask_what_this_is, ["Shift+F1"], gap=True),
    Action("shortcuts", "&Keyboard Shortcuts", "Help", show_shortcuts, ["?", "F1"]),
    Action("about", "&About Thalweg", "Help", show_about, gap=True),
]


def view_actions() -> list[Action]:
    """A toggle for every view; made after the first paint, since the views bring matplotlib with them."""
    from app.views import VIEWS

    return [
        Action(
            f"view_{name}",
            f"&{view.title}",
            "View",
            lambda w, name=name: w.toggle(name),
            [f"F{i + 2}"],
            enabled=lambda w, view=view: view.applies(w.scene()),
            checked=lambda w, name=name: w.layout_.shows(name),
        )
        for i, (name, view) in enumerate(VIEWS.items())
    ]
