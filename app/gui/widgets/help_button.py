"""A small button that asks what something is."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QToolButton


def help_button(tip: str) -> QToolButton:
    """Whoever makes the window connects it to the help, which stands above the panels."""
    button = QToolButton(objectName="reset", text="?", toolTip=tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
