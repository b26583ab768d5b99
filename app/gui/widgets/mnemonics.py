"""Mnemonics: the underlined letters that open a menu's row or go to a field with Alt, each given once."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from PyQt6.QtWidgets import QCheckBox, QFormLayout, QLabel, QMenu, QMenuBar, QPushButton, QWidget

MNEMONIC_PATTERN = re.compile(r"&(.)")  # a doubled one stands for itself


def mnemonic_of(text: str) -> str:
    """The letter that is marked in a text, in lower case; empty where none is."""
    return next((match[1].lower() for match in MNEMONIC_PATTERN.finditer(text) if match[1].isalnum()), "")


def remove_ampersand(text: str) -> str:
    """The text without the mark, and without a letter in brackets that stands there for its sake."""
    text = re.sub(r"\s*\(&\w\)", "", text)
    return MNEMONIC_PATTERN.sub(lambda found: found[1] if found[1].isalnum() else found[0], text)


def strip_mnemonic(text: str) -> str:
    """The text as a person reads it."""
    return remove_ampersand(text).replace("&&", "&")


def assign_mnemonics(texts: Sequence[str]) -> list[str]:
    """The texts with a letter marked in each, no letter twice: its own mark where that is free, else the first letter of a word,
    else any other; where none is free, somebody else takes another one. A text without a letter of the alphabet, as in Korean,
    gets one behind it. What cannot have any stays without."""
    candidates = [_candidate_letters(text) for text in texts]
    owners: dict[str, int] = {}

    def assign(k: int, asked: set[str]) -> bool:
        """Give the text a letter, if need be one whose holder can take another; an augmenting path, as Kuhn's algorithm has it."""
        free = next((letter for letter in candidates[k] if letter not in owners), "")
        if free:
            owners[free] = k
            return True
        for letter in candidates[k]:
            if letter not in asked:
                asked.add(letter)
                if assign(owners[letter], asked):
                    owners[letter] = k
                    return True
        return False

    for k in sorted(range(len(texts)), key=lambda k: not mnemonic_of(texts[k])):
        assign(k, set())
    letters = {k: letter for letter, k in owners.items()}
    return [_set_mnemonic(text, letters.get(k, "")) for k, text in enumerate(texts)]


def _candidate_letters(text: str) -> list[str]:
    """The letters that may be marked in a text, best first."""
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
    """A letter for every row of a menu."""
    rows = [action for action in menu.actions() if not action.isSeparator() and action.text()]
    for action, text in zip(rows, assign_mnemonics([action.text() for action in rows]), strict=True):
        if action.text() != text:
            action.setText(text)


def assign_dialog_mnemonics(dialog: QWidget) -> None:
    """A letter for every field, check box and button of a dialog that is seen; a row of a form names its first field."""
    for form in dialog.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            label, field_item = (
                form.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
            )
            row_label, field_layout = (
                label.widget() if label is not None else None,
                field_item.layout() if field_item is not None else None,
            )
            first = field_layout.itemAt(0) if field_layout is not None else None
            if isinstance(row_label, QLabel) and first is not None and first.widget() is not None:
                row_label.setBuddy(first.widget())
    labels = [label for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    rows = [
        row
        for row in (*labels, *dialog.findChildren(QCheckBox), *dialog.findChildren(QPushButton))
        if row.text() and row.isVisibleTo(dialog)
    ]
    for row, text in zip(rows, assign_mnemonics([row.text() for row in rows]), strict=True):
        row.setText(text)
