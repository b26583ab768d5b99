"""Languages: what is translated is whole, and nothing that is shown has been forgotten."""

from __future__ import annotations

from string import Formatter

import pytest

from app.language import ENGLISH, codes, language, of_the_system, speak, spoken, tr

OTHERS = [code for code in codes() if code != "en"]


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_values_of_its_original(code: str) -> None:
    texts = language(code).texts
    assert texts
    assert {english: fields(words) for english, words in texts.items()} == {english: fields(english) for english in texts}


def test_english_is_spoken_where_nothing_else_is_known() -> None:
    assert language("tlh") is ENGLISH
    assert language("../languages/ko") is ENGLISH
    assert tr("{n} of {most}", n=2, most="{n}") == "2 of {n}"


def test_a_language_that_is_spoken_answers() -> None:
    speak(language("ko"))
    assert spoken().code == "ko"
    assert tr("English") == "한국어"
    assert tr("never written {here}", here=3) == "never written 3"


@pytest.mark.parametrize(("words", "code"), [("ko_KR.UTF-8", "ko"), ("ko", "ko"), ("en_US.UTF-8", "en"), ("C", "en"), ("de", "en")])
def test_the_system_chooses(words: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", words)
    assert of_the_system() == code
