"""Messages as sentences."""

from __future__ import annotations


def to_sentence(message: str) -> str:
    """Return a message with a capital letter and a full stop, unless it ends with a mark already; empty if it is."""
    if not message:
        return ""
    return f"{message[0].upper()}{message[1:]}{'' if message[-1] in '.?!' else '.'}"
