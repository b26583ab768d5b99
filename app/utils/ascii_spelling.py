"""Spell characters in ASCII, for a console whose encoding lacks them."""

from __future__ import annotations

import unicodedata

SPELLINGS = {
    **dict.fromkeys("‐‑‒–—―−⁃", "-"),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("·⋅∙•∗☆★", "*"),
    **dict.fromkeys("≈≃∼∝", "~"),
    "‹": "<",
    "›": ">",
    "×": "x",
    "÷": "/",
    "⁄": "/",
    "∕": "/",
    "±": "+/-",
    "∓": "-/+",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≪": "<<",
    "≫": ">>",
    "→": "->",
    "←": "<-",
    "↔": "<->",
    "⇒": "=>",
    "√": "sqrt",
    "∞": "inf",
    "∇": "grad",
    "∂": "d",
    "∑": "sum",
    "∏": "prod",
    "∈": "in",
    "‖": "||",
    "∥": "||",
    "°": " deg",
    "✓": "+",
    "✗": "-",
    "µ": "u",  # the sign of micro, not the Greek letter
    "ß": "ss",
    "Æ": "AE",
    "æ": "ae",
    "Œ": "OE",
    "œ": "oe",
    "Ø": "O",
    "ø": "o",
    "Ł": "L",
    "ł": "l",
    "Đ": "D",
    "đ": "d",
    "ı": "i",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₩": "KRW",
    "₹": "INR",
}


def spell_in_ascii(text: str) -> str:
    """Return a text in ASCII: symbols and Greek letters in words, letters without accents, "?" for what is left.

    A superscript follows "^": 10⁻³ becomes 10^-3.
    """
    parts, after_superscript = [], False
    for character in text:
        decomposed = unicodedata.normalize("NFKD", character)
        is_superscript = unicodedata.decomposition(character).startswith("<super>")
        name_words = unicodedata.name(character, "").split()
        if character.isascii():
            spelled = character
        elif character in SPELLINGS:
            spelled = SPELLINGS[character]
        elif decomposed != character:
            base = spell_in_ascii(decomposed)
            spelled = "?" if set(base) == {"?"} else "^" * (is_superscript and not after_superscript) + base
        elif name_words[:1] == ["GREEK"] and "LETTER" in name_words:
            letter = name_words[-1].lower().replace("lamda", "lambda")
            spelled = letter.capitalize() if "CAPITAL" in name_words else letter
        else:
            spelled = "" if unicodedata.combining(character) else "?"
        parts.append(spelled)
        after_superscript = is_superscript
    return "".join(parts)
