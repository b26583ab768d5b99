"""The Qt palette of a theme."""

from __future__ import annotations

from PyQt6.QtGui import QColor, QPalette

from app.theming.theme import Theme


def palette(theme: Theme) -> QPalette:
    """Every role that the program's widgets use, so that dark is dark on systems without a dark theme of their own."""
    colors = QPalette()
    role = QPalette.ColorRole
    for where, color in (
        (role.Window, theme.panel),
        (role.WindowText, theme.text),
        (role.Base, theme.field),
        (role.Text, theme.text),
        (role.AlternateBase, theme.panel),
        (role.Button, theme.panel),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.field),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.PlaceholderText, theme.muted),
        (role.Mid, theme.line),
        (role.Dark, theme.line),
        (role.Light, theme.field),
        (role.Midlight, theme.line),
        (role.Shadow, theme.muted),
        (role.BrightText, theme.warning),
    ):
        colors.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        colors.setColor(QPalette.ColorGroup.Disabled, where, QColor(theme.faded))
    return colors
