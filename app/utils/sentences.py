"""Messages as sentences."""

from __future__ import annotations


def to_sentence(message: str) -> str:
    """Return a message with a capital letter and a full stop, unless it ends with a mark already; empty if it is.

    In a script without capital letters, a Latin letter at the beginning is a name such as x or sin, and stays.
    """
    if not message:
        return ""
    has_capitals = not any(character.isalpha() and character.upper() == character.lower() for character in message)
    first = message[0].upper() if has_capitals else message[0]
    return f"{first}{message[1:]}{'' if message[-1] in '.?!' else '.'}"
