"""Words of actions, as a person reads them."""

from __future__ import annotations

from PyQt6.QtGui import QAction, QKeySequence

from app.gui.widgets.mnemonics import strip_mnemonic


def action_name(action: QAction) -> str:
    """Its text without what marks a letter for the keyboard; "(&F)" where a language has no key of its own for it."""
    return strip_mnemonic(action.text())


def shortcut_texts(action: QAction) -> list[str]:
    """Its shortcuts as they are written on this system."""
    return [each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()]
