"""Mnemonics: the underlined letters (marked by ``&``) that select a menu item or a field with Alt.

Each letter is assigned once within a menu or a dialog, in every language.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from PyQt6.QtWidgets import QCheckBox, QFormLayout, QLabel, QMenu, QMenuBar, QPushButton, QWidget

MNEMONIC_PATTERN = re.compile(r"&(.)")  # "&&" is a literal ampersand


def mnemonic_of(text: str) -> str:
    """Return the mnemonic of a text in lower case, or an empty string."""
    return next((match[1].lower() for match in MNEMONIC_PATTERN.finditer(text) if match[1].isalnum()), "")


def remove_ampersand(text: str) -> str:
    """Return a text without its mnemonic mark; a letter in parentheses added for it, "(&X)", is removed as well."""
    text = re.sub(r"\s*\(&\w\)", "", text)
    return MNEMONIC_PATTERN.sub(lambda match: match[1] if match[1].isalnum() else match[0], text)


def strip_mnemonic(text: str) -> str:
    """Return a text as it is displayed, without mnemonic mark and with "&&" as "&"."""
    return remove_ampersand(text).replace("&&", "&")


def assign_mnemonics(texts: Sequence[str]) -> list[str]:
    """Return the texts with distinct mnemonics.

    A text keeps its own mnemonic if it is free; otherwise it gets the first letter of a word, then any other letter.
    If all of these are taken, another text gives up its letter for a different one. Texts without Latin letters, as
    in Korean, get a letter in parentheses at the end. Texts for which no letter is left get none.
    """
    candidates = [_candidate_letters(text) for text in texts]
    owners: dict[str, int] = {}

    def assign(k: int, visited: set[str]) -> bool:
        """Assign a letter to text ``k`` along an augmenting path (Kuhn's algorithm); return whether that worked."""
        free = next((letter for letter in candidates[k] if letter not in owners), "")
        if free:
            owners[free] = k
            return True
        for letter in candidates[k]:
            if letter not in visited:
                visited.add(letter)
                if assign(owners[letter], visited):
                    owners[letter] = k
                    return True
        return False

    for k in sorted(range(len(texts)), key=lambda k: not mnemonic_of(texts[k])):
        assign(k, set())
    letters = {k: letter for letter, k in owners.items()}
    return [_set_mnemonic(text, letters.get(k, "")) for k, text in enumerate(texts)]


def _candidate_letters(text: str) -> list[str]:
    """Return the possible mnemonics of a text, best first."""
    label = remove_ampersand(text).replace("&&", "  ")
    positions = [k for k, letter in enumerate(label) if letter.isascii() and letter.isalnum()]
    positions.sort(key=lambda k: k > 0 and label[k - 1].isalnum())
    existing = mnemonic_of(text)
    return list(dict.fromkeys([*existing, *(label[k].lower() for k in positions)])) or list(string.ascii_lowercase)


def _set_mnemonic(text: str, letter: str) -> str:
    if letter == mnemonic_of(text):
        return text
    label = remove_ampersand(text)
    lowered = label.replace("&&", "  ").lower()
    positions = [k for k, other in enumerate(lowered) if other == letter]
    if not letter or positions:
        k = min(positions, key=lambda k: k > 0 and lowered[k - 1].isalnum(), default=0)
        return f"{label[:k]}&{label[k:]}" if letter else label
    ellipsis = "…" if label.endswith("…") else ""
    return f"{label.removesuffix('…')}(&{letter.upper()}){ellipsis}"


def assign_menu_mnemonics(menu: QMenu | QMenuBar) -> None:
    """Assign mnemonics to all items of a menu."""
    rows = [action for action in menu.actions() if not action.isSeparator() and action.text()]
    for action, text in zip(rows, assign_mnemonics([action.text() for action in rows]), strict=True):
        if action.text() != text:
            action.setText(text)


def assign_dialog_mnemonics(dialog: QWidget) -> None:
    """Assign mnemonics to the visible form labels, check boxes, and buttons of a dialog.

    A label of a form row whose field is a layout becomes the buddy of the first widget in that layout.
    """
    for form in dialog.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            label_item = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
            field_item = form.itemAt(row, QFormLayout.ItemRole.FieldRole)
            label = label_item.widget() if label_item is not None else None
            field_layout = field_item.layout() if field_item is not None else None
            first_item = field_layout.itemAt(0) if field_layout is not None else None
            if isinstance(label, QLabel) and first_item is not None and first_item.widget() is not None:
                label.setBuddy(first_item.widget())
    candidates: list[QLabel | QCheckBox | QPushButton] = [
        *(label for label in dialog.findChildren(QLabel) if label.buddy() is not None),
        *dialog.findChildren(QCheckBox),
        *dialog.findChildren(QPushButton),
    ]
    widgets = [widget for widget in candidates if widget.text() and widget.isVisibleTo(dialog)]
    for widget, text in zip(widgets, assign_mnemonics([widget.text() for widget in widgets]), strict=True):
        widget.setText(text)
