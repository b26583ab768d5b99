"""Labels of the lesson panel that wrap in its width."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton


def text_label(text: str, object_name: str = "") -> QLabel:
    """Return a label with plain text in several lines."""
    label = QLabel(text, objectName=object_name, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


def push_button(text: str, help_text: str, is_primary: bool = False) -> QPushButton:
    """Return a button that takes the focus by Tab only, so that Space starts playback after a click."""
    button = QPushButton(text, default=is_primary)
    button.setWhatsThis(help_text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
