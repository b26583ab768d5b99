"""Run modal dialogs, except where nobody could answer them."""

from __future__ import annotations

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog

UNATTENDED_PLATFORMS = ("offscreen", "minimal")  # Qt platforms without a screen


def is_unattended() -> bool:
    """Return whether the program runs without a screen, so that a modal dialog would wait forever."""
    return QGuiApplication.platformName() in UNATTENDED_PLATFORMS


def run_modal(dialog: QDialog, unattended_result: int = 0) -> int:
    """Show a modal dialog and return its result; without a screen return ``unattended_result`` at once."""
    return unattended_result if is_unattended() else dialog.exec()
