"""Sources of optimizers, modifiers and surfaces in the language of the window."""

from __future__ import annotations

import re

from app.utils.i18n import tr

SEPARATORS = re.compile(r"(; |, |: |\. (?=[A-Z]))")


def source_parts(source: str) -> list[str]:
    """Return the parts of a source, references and notes, alternating with what separates them."""
    return SEPARATORS.split(source)


def translate_source(source: str) -> str:
    """Return a source with its notes ("algorithm 1", "as in PyTorch") translated; authors and titles stay."""
    return "".join(part if SEPARATORS.fullmatch(part) else tr(part) for part in source_parts(source) if part)
