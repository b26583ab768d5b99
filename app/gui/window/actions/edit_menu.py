"""Commands of the Edit menu."""

from __future__ import annotations

from app.gui.window.actions.action import Action, ActionContext, has_runs, views_built


def _run_selected(context: ActionContext) -> bool:
    return context.panels.side_panel.run_list.selected_row >= 0


def _has_several_runs(context: ActionContext) -> bool:
    return len(context.session.experiment.runs) > 1


EDIT_ACTIONS: list[Action] = [
    Action(
        "undo",
        "&Undo",
        "Edit",
        lambda c: c.session.store.undo(),
        ["Ctrl+Z"],
        enabled=lambda c: bool(c.session.store.undo_stack),
    ),
    Action(
        "redo",
        "&Redo",
        "Edit",
        lambda c: c.session.store.redo(),
        ["Ctrl+Shift+Z", "Ctrl+Y"],
        enabled=lambda c: bool(c.session.store.redo_stack),
    ),
    Action("add", "&Add Run", "Edit", lambda c: c.panels.side_panel.run_list.add(), ["Ctrl+N"], separator_before=True),
    Action(
        "duplicate",
        "D&uplicate Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.duplicate(),
        ["Ctrl+Shift+N"],
        enabled=_run_selected,
    ),
    Action(
        "remove",
        "&Remove Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.remove(),
        ["Delete", "Ctrl+Backspace"],
        enabled=_run_selected,
    ),
    Action(
        "next_run",
        "&Next Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.move_selection(1),
        ["Ctrl+PgDown"],
        separator_before=True,
        enabled=_has_several_runs,
        auto_repeat=True,
    ),
    Action(
        "previous_run",
        "Pre&vious Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.move_selection(-1),
        ["Ctrl+PgUp"],
        enabled=_has_several_runs,
        auto_repeat=True,
    ),
    Action(
        "hide_run",
        "&Hide the Run, or Show It",
        "Edit",
        lambda c: c.panels.side_panel.run_list.toggle_visibility(),
        ["Ctrl+H"],
        enabled=_run_selected,
    ),
    Action(
        "color_run",
        "Co&lor of the Run…",
        "Edit",
        lambda c: c.panels.side_panel.run_list.pick_color(),
        enabled=_run_selected,
    ),
    Action(
        "copy_hyperparameters",
        "Copy &Hyperparameters",
        "Edit",
        lambda c: c.notify(c.panels.side_panel.editor.copy()),
        ["Ctrl+Shift+H"],
        separator_before=True,
        enabled=_run_selected,
    ),
    Action(
        "paste_hyperparameters",
        "Paste Hyperparameters",
        "Edit",
        lambda c: c.notify(c.panels.side_panel.editor.paste()),
        ["Ctrl+Shift+V"],
        enabled=_run_selected,
    ),
    Action(
        "reset_hyperparameters",
        "Reset All Hyperparameters",
        "Edit",
        lambda c: c.panels.side_panel.editor.reset_all(),
        enabled=lambda c: c.panels.side_panel.editor.is_modified,
    ),
    Action(
        "copy_picture",
        "Copy &Picture",
        "Edit",
        lambda c: c.exporter.copy_figure(),
        ["Ctrl+Shift+C"],
        separator_before=True,
        enabled=views_built,
    ),
    Action(
        "copy_table",
        "Copy &Table",
        "Edit",
        lambda c: c.panels.results_tabs.results_page.copy("tsv"),
        enabled=has_runs,
    ),
    Action(
        "copy_code",
        "Copy &Code",
        "Edit",
        lambda c: c.exporter.copy_code(),
        enabled=has_runs,
    ),
    Action(
        "copy_command",
        "Copy Co&mmand",
        "Edit",
        lambda c: c.exporter.copy_command(),
        enabled=views_built,
    ),
    Action(
        "pick_surface",
        "Choose &Surface…",
        "Edit",
        lambda c: c.panels.side_panel.surface_selector.picker.showPopup(),
        ["Ctrl+L"],
        separator_before=True,
        enabled=lambda c: c.dock_layout.is_dock_enabled("side"),
    ),
    Action(
        "pick_optimizer",
        "Choose &Optimizer…",
        "Edit",
        lambda c: c.panels.side_panel.editor.picker.showPopup(),
        ["Ctrl+K"],
        enabled=lambda c: c.dock_layout.is_dock_enabled("side") and c.panels.side_panel.run_list.selected_row >= 0,
    ),
]
