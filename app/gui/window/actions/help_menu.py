"""Commands of the Help menu."""

from __future__ import annotations

from app.gui.window.actions.action import Action

HELP_ACTIONS: list[Action] = [
    Action("about_optimizer", "About this &Optimizer", "Help", lambda c: c.help.show_optimizer_page(), ["Ctrl+F1"]),
    Action("about_surface", "About this &Surface", "Help", lambda c: c.help.show_surface_page(), ["Ctrl+Shift+F1"]),
    Action(
        "whats_this",
        "&What's This?",
        "Help",
        lambda c: c.help.start_whats_this(),
        ["Shift+F1"],
        separator_before=True,
    ),
    Action("shortcuts", "&Keyboard Shortcuts", "Help", lambda c: c.help.show_shortcuts(), ["?", "F1"]),
    Action("about", "&About Thalweg", "Help", lambda c: c.help.show_about(), separator_before=True),
]
