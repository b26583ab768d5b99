"""Labels of the lesson panel that wrap in its width."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton


def text_label(text: str, object_name: str = "") -> QLabel:
    """Return a label with plain text in several lines."""
    label = QLabel(text, objectName=object_name, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setIndent(0)  # aligned with others, also if the style sheet gives it a border or padding
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


def restyle(label: QLabel, object_name: str) -> None:
    """Give a label another name, and with it other rules of the style sheet."""
    label.setObjectName(object_name)
    style = label.style()
    if style is not None:
        style.unpolish(label)
        style.polish(label)


def push_button(text: str, help_text: str, is_primary: bool = False) -> QPushButton:
    """Return a button that takes the focus by Tab only, so that Space starts playback after a click."""
    button = QPushButton(text, default=is_primary)
    button.setWhatsThis(help_text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
