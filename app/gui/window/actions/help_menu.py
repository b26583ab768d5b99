"""Commands of the Help menu."""

from __future__ import annotations

from app.gui.window.actions.action import Action, ActionContext


def _show_lessons(context: ActionContext) -> None:
    context.start_page.close()
    context.lessons.show_lessons()


HELP_ACTIONS: list[Action] = [
    Action(
        "lessons",
        "&Lessons",
        "Help",
        _show_lessons,
        ["Ctrl+Shift+L"],
        help="Shows short lessons: predict what a run does, watch it, and see why.",
    ),
    Action(
        "about_optimizer",
        "About This &Optimizer",
        "Help",
        lambda c: c.help.show_optimizer_page(),
        ["Ctrl+F1"],
        separator_before=True,
        help="Shows the formula, hyperparameters, and description of the selected run’s optimizer.",
    ),
    Action(
        "about_surface",
        "About This &Surface",
        "Help",
        lambda c: c.help.show_surface_page(),
        ["Ctrl+Shift+F1"],
        help="Shows the formula, minima, and description of the surface.",
    ),
    Action(
        "about_formulas",
        "About &Formulas",
        "Help",
        lambda c: c.help.show_formula_page(),
        help="Shows what can be typed as a formula: notations, functions, constants, and parameters.",
    ),
    Action(
        "whats_this",
        "&What's This?",
        "Help",
        lambda c: c.help.start_whats_this(),
        ["Shift+F1"],
        separator_before=True,
        help="Shows help for the next item you click. Press again for help on the focused item.",
    ),
    Action(
        "shortcuts",
        "&Keyboard Shortcuts",
        "Help",
        lambda c: c.help.show_shortcuts(),
        ["?", "F1"],
        help="Lists all keyboard shortcuts and mouse actions.",
    ),
    Action(
        "about",
        "&About Thalweg",
        "Help",
        lambda c: c.help.show_about(),
        separator_before=True,
        help="Shows version, license, and system information.",
    ),
]
