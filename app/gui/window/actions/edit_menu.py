"""Commands of the Edit menu."""

from __future__ import annotations

from app.gui.widgets.number_field import discard_refused_entries
from app.gui.window.actions.action import Action, ActionContext, has_runs, views_built
from app.utils.i18n import tr


def _run_selected(context: ActionContext) -> bool:
    return context.panels.side_panel.run_list.selected_row >= 0


def _has_several_runs(context: ActionContext) -> bool:
    return len(context.session.experiment.runs) > 1


def _undo(context: ActionContext) -> None:
    context.session.store.undo()
    discard_refused_entries(context.window)


def _undo_text(context: ActionContext) -> str:
    name = context.session.store.undo_name
    return tr("&Undo {edit}", edit=tr(name)) if name else tr("&Undo")


def _redo_text(context: ActionContext) -> str:
    name = context.session.store.redo_name
    return tr("&Redo {edit}", edit=tr(name)) if name else tr("&Redo")


EDIT_ACTIONS: list[Action] = [
    Action(
        "undo",
        "&Undo",
        "Edit",
        _undo,
        ["Ctrl+Z"],
        enabled=lambda c: bool(c.session.store.undo_stack),
        help="Undoes the last change.",
        menu_text=_undo_text,
    ),
    Action(
        "redo",
        "&Redo",
        "Edit",
        lambda c: c.session.store.redo(),
        ["Ctrl+Shift+Z", "Ctrl+Y"],
        enabled=lambda c: bool(c.session.store.redo_stack),
        help="Redoes the last undone change.",
        menu_text=_redo_text,
    ),
    Action(
        "add",
        "&Add Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.add(),
        ["Ctrl+N"],
        separator_before=True,
        help="Adds a run.",
    ),
    Action(
        "duplicate",
        "&Duplicate Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.duplicate(),
        ["Ctrl+Shift+N"],
        enabled=_run_selected,
        help="Duplicates the selected run.",
    ),
    Action(
        "remove",
        "Remo&ve Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.remove(),
        ["Delete", "Ctrl+Backspace"],
        enabled=_run_selected,
        help="Removes the selected run. You can undo this.",
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
        help="Selects the next run in the list, wrapping around at the bottom.",
    ),
    Action(
        "previous_run",
        "Prev&ious Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.move_selection(-1),
        ["Ctrl+PgUp"],
        enabled=_has_several_runs,
        auto_repeat=True,
        help="Selects the previous run in the list, wrapping around at the top.",
    ),
    Action(
        "hide_run",
        "S&how/Hide Run",
        "Edit",
        lambda c: c.panels.side_panel.run_list.toggle_visibility(),
        ["Ctrl+H"],
        enabled=_run_selected,
        help="Shows or hides the path of the selected run. Hidden runs keep running.",
    ),
    Action(
        "color_run",
        "Run Co&lor…",
        "Edit",
        lambda c: c.panels.side_panel.run_list.pick_color(),
        enabled=_run_selected,
        help="Changes the color of the selected run.",
    ),
    Action(
        "copy_hyperparameters",
        "Cop&y Hyperparameters",
        "Edit",
        lambda c: c.notify(c.panels.side_panel.editor.copy()),
        ["Ctrl+Shift+H"],
        separator_before=True,
        enabled=_run_selected,
        help="Copies the optimizer and settings of the selected run as text.",
    ),
    Action(
        "paste_hyperparameters",
        "Past&e Hyperparameters",
        "Edit",
        lambda c: c.notify(c.panels.side_panel.editor.paste()),
        ["Ctrl+Shift+V"],
        enabled=_run_selected,
        help="Applies copied hyperparameters to the selected run.",
    ),
    Action(
        "reset_hyperparameters",
        "Rese&t All Hyperparameters",
        "Edit",
        lambda c: c.panels.side_panel.editor.reset_all(),
        enabled=lambda c: c.panels.side_panel.editor.is_modified,
        help="Resets all hyperparameters of the selected run to their defaults.",
    ),
    Action(
        "copy_picture",
        "Copy &Figure",
        "Edit",
        lambda c: c.exporter.copy_figure(),
        ["Ctrl+Shift+C"],
        separator_before=True,
        enabled=views_built,
        help="Copies the figure.",
    ),
    Action(
        "copy_table",
        "Copy Results Ta&ble",
        "Edit",
        lambda c: c.panels.results_tabs.results_page.copy("tsv"),
        enabled=has_runs,
        help="Copies the results as a table.",
    ),
    Action(
        "copy_code",
        "Copy &Code",
        "Edit",
        lambda c: c.exporter.copy_code(),
        enabled=has_runs,
        help="Copies a script that reproduces the simulation.",
    ),
    Action(
        "copy_command",
        "Copy Co&mmand Line",
        "Edit",
        lambda c: c.exporter.copy_command(),
        enabled=views_built,
        help="Copies the command that exports this figure from the command line.",
    ),
    Action(
        "pick_surface",
        "Select &Surface…",
        "Edit",
        lambda c: c.panels.side_panel.surface_selector.picker.showPopup(),
        ["Ctrl+L"],
        separator_before=True,
        enabled=lambda c: c.dock_layout.is_dock_enabled("side"),
        help="Opens a searchable list of surfaces.",
    ),
    Action(
        "pick_optimizer",
        "Select &Optimizer…",
        "Edit",
        lambda c: c.panels.side_panel.editor.picker.showPopup(),
        ["Ctrl+K"],
        enabled=lambda c: c.dock_layout.is_dock_enabled("side") and c.panels.side_panel.run_list.selected_row >= 0,
        help="Opens a searchable list of optimizers.",
    ),
]
