"""User-visible texts use the terms of the glossary, not those that it replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.texts import ROOT, literal_texts, table_texts

# By replaced term, as a regular expression for whole words: the term to use.
REPLACED_TERMS = {
    "reliefs?": "3D surface",
    "pictures?": "figure or plot",
    "films?": "animation",
    "rac(?:e|es|ed|ing)": "simulation, experiment, run or compare",
    "fair": "comparison mode",
    "chosen (?:run|branch|step)": "selected",
    "read-?out": "values or results",
    "time line": "timeline",
    "transport": "playback",
    "conventions?": "implementation",
    "updates? (?:a|per) second": "steps/s",
    "as fast as it goes": "maximum speed",
    "(?:frames|degrees|°|steps|updates|pixels|dots) an? (?:second|frame|inch)": "per second, per frame, per inch",
    "anew": "restart",
    "whence|beside": "from where, next to",
    "whole number": "integer",
    "running means?": "moving average",
    "for ever": "forever",
    "lowest (?:point|place)s?": "global minimum",
    "hilltops?|hollows?|dents?|pits?|gorges?|troughs?": "maximum, local minimum, valley",
    "ground": "surface",
    "even slope": "constant slope",
    "kinks?": "non-differentiable",
    "step length": "step size",
    "hops|hopping|to and fro": "oscillates or jumps",
    "crawl(?:s|ing)?|standing still|linger(?:s|ed)|rested": "slow progress, stalled, stays near, settles",
    "swings?": "oscillation",
    "put aside|forget all": "rename, reset",
    "mends?": "fix",
    "as the system": "use system setting",
    "wheel": "hover over, scroll",
    "suffix": "file name extension",
    "parameter-free": "learning-rate-free",
    "favourites?|neighbours?|colours?|centimetres?|cancelled|behaviour|grey|towards": "American spelling",
}
PATTERN = re.compile("|".join(rf"\b(?:{term})(?!\w)" for term in REPLACED_TERMS), re.IGNORECASE)
NAMES = re.compile(r"[\w{}'./-]+\.(?:json|png|csv|mp4|py|pdf|npz)\b|races(?= --to)|--view relief|relief(?= \(3D)")


def message_texts() -> Iterator[str]:
    """Yield the literals that the command line, the checks and exported scripts can show."""
    for folder in ("cli", "system", "export"):
        for path in (ROOT / "app" / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
                    yield node.value


def replaced_terms_in(text: str) -> list[str]:
    """Return the replaced terms in a text of several words, apart from placeholders, file names and view ids."""
    if " " not in text.strip():
        return []  # an id
    visible = re.sub(r"\{[^{}]*\}", "{}", text.replace("&", ""))
    return PATTERN.findall(NAMES.sub("", visible))


@pytest.mark.parametrize("texts", [literal_texts() | table_texts(), set(message_texts())], ids=["window", "messages"])
def test_no_text_uses_a_term_that_the_glossary_replaced(texts: set[str]) -> None:
    assert len(texts) > 200
    assert {text: found for text in texts if (found := replaced_terms_in(text))} == {}


def test_the_terms_are_recognized() -> None:
    assert replaced_terms_in("Turn the &Relief as in race.json --view relief") == ["Relief"]
    assert replaced_terms_in("a wheel and 25 frames a second, towards {film}") == [
        "wheel",
        "frames a second",
        "towards",
    ]
    assert replaced_terms_in("Trace a second time; partial, compared, tracer") == []
