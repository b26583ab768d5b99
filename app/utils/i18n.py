"""The language that the program speaks. English texts are the keys; ``assets/languages/<code>/*.json`` hold those of another.

A file there maps English texts to translated ones: ``{"{steps:,} steps": "{steps:,}단계"}``; the folder's files are read as
one, and the entry "English" of one of them gives the language's own name. A text without an entry is said in English.
Names of optimizers, surfaces, authors and frameworks, ids and formulas stay as they are. The command line speaks English,
since scripts read it; the window speaks what its user chose.
"""

from __future__ import annotations

import json
import locale
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.utils.resources import ASSETS

LANGUAGES_FOLDER = ASSETS / "languages"


@dataclass(frozen=True)
class Language:
    """``name`` is what the language calls itself; ``texts`` are its words by the English ones."""

    code: str
    name: str
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


ENGLISH = Language("en", "English")
_current_language = ENGLISH


def tr(text: str, /, **values: object) -> str:
    """The text in the language that is spoken, with values in place of its ``{names}``.

    Give it whole sentences, or whole pieces of one whose place another piece's ``{name}`` decides: word order differs.
    Call it when the words are shown, not when a module is loaded: the language may change while the program runs.
    """
    translated = _current_language.texts.get(text, text)
    return translated.format(**values) if values else translated


def gettext_noop(text: str) -> str:
    """The text itself: it stands in a table now, and ``tr`` says it when it is shown."""
    return text


def set_language(language: Language) -> None:
    """From now on ``tr`` answers in this language; what is on the screen already has to be written anew."""
    global _current_language
    _current_language = language


def current_language() -> Language:
    return _current_language


@contextmanager
def in_english() -> Iterator[None]:
    """For what other programs read: data, scripts and tables are the same whatever the window speaks."""
    previous = _current_language
    set_language(ENGLISH)
    try:
        yield
    finally:
        set_language(previous)


def language_codes() -> list[str]:
    """English, and every language that there is a folder for."""
    return ["en", *sorted(path.name for path in LANGUAGES_FOLDER.iterdir() if path.is_dir())]


def load_language(code: str) -> Language:
    """The language of a code; English where there is none."""
    texts: dict[str, str] = {}
    if code != "en" and code in language_codes():
        for path in sorted((LANGUAGES_FOLDER / code).glob("*.json")):
            texts.update(json.loads(path.read_text(encoding="utf-8")))
    return Language(code, texts.pop("English"), texts) if texts else ENGLISH  # in the menu, English is called English


def system_language() -> str:
    """The code of the language that the system is set to, as far as the program speaks it."""
    locale_name = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    code = (locale_name or locale.getlocale()[0] or "").replace("-", "_").partition("_")[0].lower()
    return code if code in language_codes() else "en"
