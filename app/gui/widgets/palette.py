"""Qt palette of a theme."""

from __future__ import annotations

from PyQt6.QtGui import QColor, QPalette

from app.theming.theme import Theme


def create_palette(theme: Theme) -> QPalette:
    """Return a palette that sets every role in use, so that dark themes also work on systems without dark mode."""
    colors = QPalette()
    role = QPalette.ColorRole
    for color_role, color in (
        (role.Window, theme.panel_background),
        (role.WindowText, theme.text),
        (role.Base, theme.input_background),
        (role.Text, theme.text),
        (role.AlternateBase, theme.panel_background),
        (role.Button, theme.panel_background),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.input_background),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.PlaceholderText, theme.muted_text),
        (role.Mid, theme.divider),
        (role.Dark, theme.divider),
        (role.Light, theme.input_background),
        (role.Midlight, theme.divider),
        (role.Shadow, theme.muted_text),
        (role.BrightText, theme.warning),
    ):
        colors.setColor(color_role, QColor(color))
    for color_role in (role.WindowText, role.Text, role.ButtonText):
        colors.setColor(QPalette.ColorGroup.Disabled, color_role, QColor(theme.disabled_text))
    return colors
