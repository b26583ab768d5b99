"""A small button that asks what something is."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QToolButton


def create_help_button(tooltip: str) -> QToolButton:
    """Whoever makes the window connects it to the help, which stands above the panels."""
    button = QToolButton(objectName="reset", text="?", toolTip=tooltip)
    button.setAccessibleName(tooltip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
