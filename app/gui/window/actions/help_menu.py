"""Commands of the Help menu."""

from __future__ import annotations

from app.gui.window.actions.action import Action

HELP_ACTIONS: list[Action] = [
    Action(
        "about_optimizer",
        "About this &Optimizer",
        "Help",
        lambda c: c.help.show_optimizer_page(),
        ["Ctrl+F1"],
        help="Tells the formula, the hyperparameters and the story of the chosen run's optimizer.",
    ),
    Action(
        "about_surface",
        "About this &Surface",
        "Help",
        lambda c: c.help.show_surface_page(),
        ["Ctrl+Shift+F1"],
        help="Tells the formula, the lowest points and the lesson of the surface.",
    ),
    Action(
        "whats_this",
        "&What's This?",
        "Help",
        lambda c: c.help.start_whats_this(),
        ["Shift+F1"],
        separator_before=True,
        help="Explains what you click next; pressed again, it explains what has the focus.",
    ),
    Action(
        "shortcuts",
        "&Keyboard Shortcuts",
        "Help",
        lambda c: c.help.show_shortcuts(),
        ["?", "F1"],
        help="Lists every key, and what the mouse does in the pictures.",
    ),
    Action(
        "about",
        "&About Thalweg",
        "Help",
        lambda c: c.help.show_about(),
        separator_before=True,
        help="Tells the version and the license, and what the program runs on.",
    ),
]
