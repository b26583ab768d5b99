"""Translation of texts. The English text is the key; ``assets/languages/<code>/*.json`` hold the translations.

These files map English texts to translated ones: ``{"{steps:,} steps": "{steps:,}단계"}``. All files of a folder are
merged, and the entry "English" in one of them is the language's own name. A text without an entry is shown in English.
Names of optimizers, authors and frameworks, ids and formulas are not translated. The command line is always
in English because scripts read it; the window uses the language that the user has selected.

"&" stands before the mnemonic, the letter that selects a menu row or a field with Alt. Each is used once in a menu or a
dialog; a text without Latin letters gets one at its end, as in "열기(&O)…".
"""

from __future__ import annotations

import json
import locale
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.utils.resources import ASSETS

LANGUAGES_FOLDER = ASSETS / "languages"


@dataclass(frozen=True)
class Language:
    """A language of the user interface.

    ``name`` is the language's own name with its mnemonic; ``texts`` maps English texts to translations.
    """

    code: str
    name: str
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


ENGLISH = Language("en", "&English")
_current_language = ENGLISH


def tr(text: str, /, **values: object) -> str:
    """Return the translation of a text into the current language, with ``values`` in place of its ``{names}``.

    Pass whole sentences, or parts that another text includes through a ``{name}``, because word order differs between
    languages. Call it when the text is shown and not at import: the language can change while the program runs.
    """
    translated = _current_language.texts.get(text, text)
    return translated.format(**values) if values else translated


def gettext_noop(text: str) -> str:
    """Mark a text for translation and return it unchanged; ``tr`` translates it when it is shown."""
    return text


def strip_mnemonic(text: str) -> str:
    """Return the text of a menu row or a label as it is displayed, without the mark of its mnemonic.

    An added letter, "(&O)", is removed as well, and "&&" stands for "&".
    """
    return re.sub(r"\s*\(&\w\)|&([\w&])", r"\1", text)


def set_language(language: Language) -> None:
    """Set the language that ``tr`` uses. Texts that are already shown must be rewritten by the caller."""
    global _current_language
    _current_language = language


def current_language() -> Language:
    """Return the language that ``tr`` uses."""
    return _current_language


@contextmanager
def in_english() -> Iterator[None]:
    """Switch ``tr`` to English for a block, for output that other programs read (data, scripts, tables)."""
    previous = _current_language
    set_language(ENGLISH)
    try:
        yield
    finally:
        set_language(previous)


def language_codes() -> list[str]:
    """Return "en" and the codes of all languages that have a folder in the assets."""
    return ["en", *sorted(path.name for path in LANGUAGES_FOLDER.iterdir() if path.is_dir())]


def load_language(code: str) -> Language:
    """Return the language with a code; English if there are no texts for it."""
    texts: dict[str, str] = {}
    if code != "en" and code in language_codes():
        for path in sorted((LANGUAGES_FOLDER / code).glob("*.json")):
            texts.update(json.loads(path.read_text(encoding="utf-8")))
    return Language(code, texts.pop("English"), texts) if texts else ENGLISH


def system_language() -> str:
    """Return the code of the system language, or "en" if it is not available."""
    locale_name = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    code = (locale_name or locale.getlocale()[0] or "").replace("-", "_").partition("_")[0].lower()
    return code if code in language_codes() else "en"
