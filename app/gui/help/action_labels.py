"""Texts of actions as they are displayed."""

from __future__ import annotations

from PyQt6.QtGui import QAction, QKeySequence

from app.utils.i18n import strip_mnemonic


def action_name(action: QAction) -> str:
    """Return the text of an action without its mnemonic."""
    return strip_mnemonic(action.text())


def shortcut_texts(action: QAction) -> list[str]:
    """Return the shortcuts of an action in the notation of the system."""
    return [each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()]
