"""Mnemonics: the underlined letters that open a menu's row or go to a field with Alt, each given once."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from PyQt6.QtWidgets import QCheckBox, QFormLayout, QLabel, QMenu, QMenuBar, QPushButton, QWidget

MARK = re.compile(r"&(.)")  # a doubled one stands for itself


def letter_of(text: str) -> str:
    """The letter that is marked in a text, in lower case; empty where none is."""
    return next((found[1].lower() for found in MARK.finditer(text) if found[1].isalnum()), "")


def unmarked(text: str) -> str:
    """The text without the mark, and without a letter in brackets that stands there for its sake."""
    text = re.sub(r"\s*\(&\w\)", "", text)
    return MARK.sub(lambda found: found[1] if found[1].isalnum() else found[0], text)


def plain(text: str) -> str:
    """The text as a person reads it."""
    return unmarked(text).replace("&&", "&")


def marked(texts: Sequence[str]) -> list[str]:
    """The texts with a letter marked in each, no letter twice: its own mark where that is free, else the first letter of a word,
    else any other; where none is free, somebody else takes another one. A text without a letter of the alphabet, as in Korean,
    gets one behind it. What cannot have any stays without."""
    wishes = [_wishes(text) for text in texts]
    held: dict[str, int] = {}

    def seat(k: int, asked: set[str]) -> bool:
        """Give the text a letter, if need be one whose holder can take another; an augmenting path, as Kuhn's algorithm has it."""
        free = next((letter for letter in wishes[k] if letter not in held), "")
        if free:
            held[free] = k
            return True
        for letter in wishes[k]:
            if letter not in asked:
                asked.add(letter)
                if seat(held[letter], asked):
                    held[letter] = k
                    return True
        return False

    for k in sorted(range(len(texts)), key=lambda k: not letter_of(texts[k])):
        seat(k, set())
    letters = {k: letter for letter, k in held.items()}
    return [_mark(text, letters.get(k, "")) for k, text in enumerate(texts)]


def _wishes(text: str) -> list[str]:
    """The letters that may be marked in a text, best first."""
    bare = unmarked(text).replace("&&", "  ")
    places = [k for k, letter in enumerate(bare) if letter.isascii() and letter.isalnum()]
    places.sort(key=lambda k: k > 0 and bare[k - 1].isalnum())
    own = letter_of(text)
    return list(dict.fromkeys([*own, *(bare[k].lower() for k in places)])) or list(string.ascii_lowercase)


def _mark(text: str, letter: str) -> str:
    if letter == letter_of(text):
        return text
    bare = unmarked(text)
    words = bare.replace("&&", "  ").lower()
    places = [k for k, other in enumerate(words) if other == letter]
    if not letter or places:
        k = min(places, key=lambda k: k > 0 and words[k - 1].isalnum(), default=0)
        return f"{bare[:k]}&{bare[k:]}" if letter else bare
    dots = "…" if bare.endswith("…") else ""
    return f"{bare.removesuffix('…')}(&{letter.upper()}){dots}"


def underline_menu(menu: QMenu | QMenuBar) -> None:
    """A letter for every row of a menu."""
    rows = [action for action in menu.actions() if not action.isSeparator() and action.text()]
    for action, text in zip(rows, marked([action.text() for action in rows]), strict=True):
        if action.text() != text:
            action.setText(text)


def underline_dialog(dialog: QWidget) -> None:
    """A letter for every field, check box and button of a dialog that is seen; a row of a form names its first field."""
    for form in dialog.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            label, field = (
                form.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
            )
            name, line = label.widget() if label is not None else None, field.layout() if field is not None else None
            first = line.itemAt(0) if line is not None else None
            if isinstance(name, QLabel) and first is not None and first.widget() is not None:
                name.setBuddy(first.widget())
    named = [label for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    rows = [
        row
        for row in (*named, *dialog.findChildren(QCheckBox), *dialog.findChildren(QPushButton))
        if row.text() and row.isVisibleTo(dialog)
    ]
    for row, text in zip(rows, marked([row.text() for row in rows]), strict=True):
        row.setText(text)
