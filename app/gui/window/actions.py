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
from app.gui.help.whats_this import start_whats_this
from app.gui.window.focus_navigation import focus_next_pane
from app.model.experiment import QUANTITIES, X_QUANTITIES, LossPlot
from app.utils.i18n import language_codes, load_language

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

MENUS = ("File", "Edit", "Race", "View", "Help")


@dataclass(frozen=True)
class Action:
    """``menu`` may name a submenu after a slash. ``checked`` makes it a toggle that shows a state."""

    id: str
    text: str
    menu: str
    callback: Callable[[MainWindow], Any]
    shortcuts: Sequence[str] = ()
    icon: str = ""
    enabled: Callable[[MainWindow], bool] = lambda window: True
    checked: Callable[[MainWindow], bool] | None = None
    separator_before: bool = False
    auto_repeat: bool = False


def _loss_plot_edit(**changes: str) -> Callable[[MainWindow], None]:
    return lambda w: w.session.change(lambda e: replace(e, loss_plot=replace(e.loss_plot, **changes)))


def _other_scale(loss_plot: LossPlot, field_name: str) -> str:
    return "linear" if getattr(loss_plot, field_name) == "log" else "log"


ACTIONS: list[Action] = [
    Action("open", "&Open…", "File", lambda w: w.documents.open(), ["Ctrl+O"]),
    Action("open_data", "Open &Data…", "File", lambda w: w.documents.open_data(), ["Ctrl+Shift+O"]),
    Action("save", "&Save", "File", lambda w: w.documents.save(), ["Ctrl+S"], separator_before=True),
    Action("save_as", "Save &As…", "File", lambda w: w.documents.save_as(), ["Ctrl+Shift+S"]),
    Action(
        "export_picture",
        "&Export Picture…",
        "File",
        lambda w: w.exporter.export_figure(),
        ["Ctrl+E"],
        separator_before=True,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "export_film",
        "Export &Film…",
        "File",
        lambda w: w.exporter.export_animation(),
        ["Ctrl+Shift+E"],
        enabled=lambda w: bool(w.canvases),
    ),
    Action("export_data", "Expor&t Data…", "File", lambda w: w.exporter.export_data(), ["Ctrl+D"]),
    Action(
        "export_code",
        "Export &Code…",
        "File",
        lambda w: w.exporter.export_code(),
        ["Ctrl+Shift+D"],
        enabled=lambda w: bool(w.session.experiment.runs),
    ),
    Action("quit", "&Quit", "File", lambda w: w.close(), ["Ctrl+Q"], separator_before=True),
    Action(
        "undo",
        "&Undo",
        "Edit",
        lambda w: w.session.store.undo(),
        ["Ctrl+Z"],
        enabled=lambda w: bool(w.session.store.undo_stack),
    ),
    Action(
        "redo",
        "&Redo",
        "Edit",
        lambda w: w.session.store.redo(),
        ["Ctrl+Shift+Z", "Ctrl+Y"],
        enabled=lambda w: bool(w.session.store.redo_stack),
    ),
    Action("add", "&Add Run", "Edit", lambda w: w.side_panel.run_list.add(), ["Ctrl+N"], separator_before=True),
    Action(
        "duplicate",
        "D&uplicate Run",
        "Edit",
        lambda w: w.side_panel.run_list.duplicate(),
        ["Ctrl+Shift+N"],
        enabled=lambda w: w.side_panel.run_list.selected_row >= 0,
    ),
    Action(
        "remove",
        "&Remove Run",
        "Edit",
        lambda w: w.side_panel.run_list.remove(),
        ["Delete", "Ctrl+Backspace"],
        enabled=lambda w: w.side_panel.run_list.selected_row >= 0,
    ),
    Action(
        "next_run",
        "&Next Run",
        "Edit",
        lambda w: w.side_panel.run_list.move_selection(1),
        ["Ctrl+PgDown"],
        separator_before=True,
        enabled=lambda w: len(w.session.experiment.runs) > 1,
        auto_repeat=True,
    ),
    Action(
        "previous_run",
        "Pre&vious Run",
        "Edit",
        lambda w: w.side_panel.run_list.move_selection(-1),
        ["Ctrl+PgUp"],
        enabled=lambda w: len(w.session.experiment.runs) > 1,
        auto_repeat=True,
    ),
    Action(
        "hide_run",
        "&Hide the Run, or Show It",
        "Edit",
        lambda w: w.side_panel.run_list.toggle_visibility(),
        ["Ctrl+H"],
        enabled=lambda w: w.side_panel.run_list.selected_row >= 0,
    ),
    Action(
        "color_run",
        "Co&lor of the Run…",
        "Edit",
        lambda w: w.side_panel.run_list.pick_color(),
        enabled=lambda w: w.side_panel.run_list.selected_row >= 0,
    ),
    Action(
        "copy_hyperparameters",
        "Copy &Hyperparameters",
        "Edit",
        lambda w: w.show_message(w.side_panel.editor.copy()),
        ["Ctrl+Shift+H"],
        separator_before=True,
        enabled=lambda w: w.side_panel.run_list.selected_row >= 0,
    ),
    Action(
        "paste_hyperparameters",
        "Paste Hyperparameters",
        "Edit",
        lambda w: w.show_message(w.side_panel.editor.paste()),
        ["Ctrl+Shift+V"],
        enabled=lambda w: w.side_panel.run_list.selected_row >= 0,
    ),
    Action(
        "reset_hyperparameters",
        "Reset All Hyperparameters",
        "Edit",
        lambda w: w.side_panel.editor.reset_all(),
        enabled=lambda w: w.side_panel.editor.is_modified,
    ),
    Action(
        "copy_picture",
        "Copy &Picture",
        "Edit",
        lambda w: w.exporter.copy_figure(),
        ["Ctrl+Shift+C"],
        separator_before=True,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "copy_table",
        "Copy &Table",
        "Edit",
        lambda w: w.exporter.copy_table(),
        enabled=lambda w: bool(w.session.experiment.runs),
    ),
    Action(
        "copy_code",
        "Copy &Code",
        "Edit",
        lambda w: w.exporter.copy_code(),
        enabled=lambda w: bool(w.session.experiment.runs),
    ),
    Action(
        "copy_command",
        "Copy Co&mmand",
        "Edit",
        lambda w: w.exporter.copy_command(),
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "pick_surface",
        "Choose &Surface…",
        "Edit",
        lambda w: w.side_panel.surface_selector.picker.showPopup(),
        ["Ctrl+L"],
        separator_before=True,
        enabled=lambda w: w.dock_layout.is_dock_enabled("side"),
    ),
    Action(
        "pick_optimizer",
        "Choose &Optimizer…",
        "Edit",
        lambda w: w.side_panel.editor.picker.showPopup(),
        ["Ctrl+K"],
        enabled=lambda w: w.dock_layout.is_dock_enabled("side") and w.side_panel.run_list.selected_row >= 0,
    ),
    Action("play", "&Play", "Race", lambda w: w.session.clock.toggle(), ["Space"], "play"),
    Action("step", "One Step &Forward", "Race", lambda w: w.session.advance(1), ["Right"], "step", auto_repeat=True),
    Action(
        "back",
        "One Step &Back",
        "Race",
        lambda w: w.session.show_step(w.session.race.step - 1),
        ["Left"],
        "back",
        enabled=lambda w: w.session.race.step > 0,
        auto_repeat=True,
    ),
    Action(
        "ten_steps", "Ten Steps Forward", "Race", lambda w: w.session.advance(10), ["Shift+Right"], auto_repeat=True
    ),
    Action(
        "ten_back",
        "Ten Steps Back",
        "Race",
        lambda w: w.session.show_step(w.session.race.step - 10),
        ["Shift+Left"],
        enabled=lambda w: w.session.race.step > 0,
        auto_repeat=True,
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
        lambda w: w.session.show_step(w.session.race.last_step),
        ["End"],
        "end",
        enabled=lambda w: w.session.race.step < w.session.race.last_step,
    ),
    Action("restart", "&Race Anew", "Race", lambda w: w.session.restart(), ["Ctrl+R"]),
    Action(
        "faster", "Fas&ter", "Race", lambda w: w.scale_speed(2.0), ["Ctrl+Up"], separator_before=True, auto_repeat=True
    ),
    Action("slower", "Slo&wer", "Race", lambda w: w.scale_speed(0.5), ["Ctrl+Down"], auto_repeat=True),
    Action(
        "flat_out",
        "As Fast as It &Goes",
        "Race",
        lambda w: w.toggle_maximum_speed(),
        ["Ctrl+M"],
        checked=lambda w: w.session.clock.unlimited,
    ),
    Action(
        "turn_now",
        "Turn from &Now On",
        "Race",
        lambda w: w.session.set_edit_from_start(False),
        ["Ctrl+T"],
        separator_before=True,
        checked=lambda w: not w.session.edit_from_start,
    ),
    Action(
        "turn_start",
        "T&urn from the Start",
        "Race",
        lambda w: w.session.set_edit_from_start(True),
        ["Ctrl+Shift+T"],
        checked=lambda w: w.session.edit_from_start,
    ),
    Action(
        "keep_branch",
        "&Keep a Branch",
        "Race",
        lambda w: w.session.keep_branch(),
        ["Ctrl+B"],
        enabled=lambda w: w.session.race.last_step > 0 and bool(w.session.race.trajectories),
    ),
    Action(
        "side",
        "&Side Panel",
        "View",
        lambda w: w.toggle_dock("side"),
        ["F9"],
        separator_before=True,
        checked=lambda w: w.dock_layout.is_dock_enabled("side"),
    ),
    Action(
        "results",
        "&Read-out",
        "View",
        lambda w: w.toggle_dock("results"),
        ["F12"],
        checked=lambda w: w.dock_layout.is_dock_enabled("results"),
    ),
    *(
        Action(
            f"curve_{name}",
            words[0].upper() + words[1:],
            "View/Loss View",
            _loss_plot_edit(quantity=name),
            checked=lambda w, name=name: w.session.experiment.loss_plot.quantity == name,
        )
        for name, words in QUANTITIES.items()
    ),
    *(
        Action(
            f"against_{name}",
            f"Against {words[0].upper() + words[1:]}",
            "View/Loss View",
            _loss_plot_edit(x_quantity=name),
            separator_before=name == "steps",
            checked=lambda w, name=name: w.session.experiment.loss_plot.x_quantity == name,
        )
        for name, words in X_QUANTITIES.items()
    ),
    Action(
        "log_x",
        "Logarithmic Step Axis",
        "View/Loss View",
        lambda w: _loss_plot_edit(x_scale=_other_scale(w.session.experiment.loss_plot, "x_scale"))(w),
        separator_before=True,
        checked=lambda w: w.session.experiment.loss_plot.x_scale == "log",
    ),
    Action(
        "log_y",
        "Logarithmic Height Axis",
        "View/Loss View",
        lambda w: _loss_plot_edit(y_scale=_other_scale(w.session.experiment.loss_plot, "y_scale"))(w),
        checked=lambda w: w.session.experiment.loss_plot.y_scale == "log",
    ),
    Action(
        "trials",
        "&Trial Points and Shapes",
        "View",
        lambda w: w.toggle_view_option("trials"),
        separator_before=True,
        checked=lambda w: bool(w.view_options["trials"]),
    ),
    Action(
        "equal",
        "&Equal Axes in the Contour",
        "View",
        lambda w: w.toggle_view_option("equal"),
        checked=lambda w: bool(w.view_options["equal"]),
    ),
    Action(
        "show_all",
        "Sho&w All of the Contour",
        "View",
        lambda w: w.view_area.reset_viewport(),
        ["Ctrl+0"],
        separator_before=True,
        enabled=lambda w: w.view_area.is_zoomed,
    ),
    *(
        Action(
            name,
            text,
            "View",
            lambda w, factor=factor: w.view_area.zoom(factor),
            keys,
            auto_repeat=True,
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
            lambda w, across=across, up=up: w.view_area.pan(across, up),
            [f"Alt+{name}"],
            auto_repeat=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, across, up in (("Left", -0.1, 0.0), ("Right", 0.1, 0.0), ("Up", 0.0, 0.1), ("Down", 0.0, -0.1))
    ),
    *(
        Action(
            f"start_{name.lower()}",
            f"Start to the {name}" if across else f"Start {name}",
            "Race/Move the Start",
            lambda w, across=across, up=up: w.view_area.contour_tool.move_start(across, up),
            [f"Ctrl+Shift+{name}"],
            auto_repeat=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, across, up in (("Left", -0.01, 0.0), ("Right", 0.01, 0.0), ("Up", 0.0, 0.01), ("Down", 0.0, -0.01))
    ),
    *(
        Action(
            f"relief_{name.lower()}",
            f"Turn {name}",
            "View/Turn the Relief",
            lambda w, across=across, up=up: w.view_area.camera_tool.move_camera(across, up),
            [f"Alt+Shift+{name}"],
            auto_repeat=True,
            enabled=lambda w: bool(w.canvases),
        )
        for name, across, up in (("Left", 5.0, 0.0), ("Right", -5.0, 0.0), ("Up", 0.0, 5.0), ("Down", 0.0, -5.0))
    ),
    *(
        Action(
            f"relief_{name}",
            text,
            "View/Turn the Relief",
            lambda w, factor=factor: w.view_area.camera_tool.move_camera(zoom=factor),
            keys,
            auto_repeat=True,
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
        lambda w: w.view_area.set_camera(None),
        ["Ctrl+1"],
        separator_before=True,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "turn_top",
        "Relief from &Above",
        "View",
        lambda w: w.view_area.set_camera((-90.0, 90.0)),
        ["Ctrl+2"],
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "present",
        "&Presentation",
        "View",
        lambda w: w.presentation_mode.toggle(),
        ["F11"],
        separator_before=True,
        checked=lambda w: w.presentation_mode.active,
        enabled=lambda w: bool(w.canvases),
    ),
    Action(
        "leave",
        "Leave the Presentation",
        "View",
        lambda w: w.presentation_mode.leave(),
        ["Esc"],
        enabled=lambda w: w.presentation_mode.active,
    ),
    Action("reset_layout", "&Reset the Layout", "View", lambda w: w.reset_layout(), enabled=lambda w: bool(w.canvases)),
    Action(
        "reduce_motion",
        "Reduce &Motion",
        "View",
        lambda w: w.reduced_motion.toggle(),
        checked=lambda w: w.reduced_motion.active,
    ),
    *(
        Action(
            f"{name}_part",
            f"{name.capitalize()} Part of the Window",
            "View",
            lambda w, forward=forward: focus_next_pane(w, forward),
            keys,
            separator_before=forward,
            auto_repeat=True,
        )
        for name, forward, keys in (("next", True, ["F6"]), ("previous", False, ["Shift+F6"]))
    ),
    *(
        Action(
            f"theme_{name}",
            text,
            "View/Theme",
            lambda w, name=name: w.set_theme(name),
            checked=lambda w, name=name: w.selected_theme == name,
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
            checked=lambda w, code=code: w.selected_language == code,
            enabled=lambda w: not w.exporter.jobs,
        )  # a film is in one language
        for code, text in (
            ("system", "As the System"),
            *((code, load_language(code).name) for code in language_codes()),
        )
    ),
    Action("about_optimizer", "About this &Optimizer", "Help", show_optimizer_help, ["Ctrl+F1"]),
    Action("about_surface", "About this &Surface", "Help", show_surface_help, ["Ctrl+Shift+F1"]),
    Action("whats_this", "&What's This?", "Help", start_whats_this, ["Shift+F1"], separator_before=True),
    Action("shortcuts", "&Keyboard Shortcuts", "Help", show_shortcuts, ["?", "F1"]),
    Action("about", "&About Thalweg", "Help", show_about, separator_before=True),
]


def view_actions() -> list[Action]:
    """A toggle for every view; made after the first paint, since the views bring matplotlib with them."""
    from app.views import VIEWS

    return [
        Action(
            f"view_{name}",
            f"&{view.title}",
            "View",
            lambda w, name=name: w.toggle_dock(name),
            [f"F{i + 2}"],
            enabled=lambda w, view=view: view.applies_to(w.current_scene()),
            checked=lambda w, name=name: w.dock_layout.is_dock_enabled(name),
        )
        for i, (name, view) in enumerate(VIEWS.items())
    ]
