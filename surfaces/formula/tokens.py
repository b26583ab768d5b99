"""Split the text of a formula into tokens."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from surfaces.formula.error import FormulaError
from surfaces.formula.names import ALIASES, GREEK_LETTERS, KNOWN_NAMES

MAX_LENGTH = 500  # characters of a formula
MAX_DIGITS = 40
LONG_RUN = 4  # letters from which on a run of unknown letters is not read as a product
TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<module>(?<![A-Za-z0-9])(?:np|numpy|math|Math|torch|tf|jnp|cmath|sympy|sp)\.(?=[A-Za-z]))
    | (?P<derivative>(?<![A-Za-z])d\s*/\s*d[xy]\b)
    | (?P<base>0[xXbBoO][0-9a-fA-F]+)
    | (?P<imaginary>[0-9.]+[jJ]\b)
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)
    | (?P<subscript>[₀-₉]+)
    | (?P<layout>\\(?:left|right|displaystyle|operatorname|mathrm|text|!)(?![A-Za-z]))
    | (?P<separator>\\(?:quad|qquad)(?![A-Za-z])|\\[,;:\ ])
    | (?P<latex>\\[A-Za-z]+)
    | (?P<identifier>__\w*)
    | (?P<word>log10|log2|atan2|[A-Za-z]+|[α-ω√])
    | (?P<operator>\*\*|<=|>=|==|!=|[-+*/^(),|<>={}\[\]_≤≥≠])
    """,
    re.VERBOSE,
)
SAME_CHARACTERS = str.maketrans("·×∙⋅∗÷−–—∕（），＋＝｜²³¹", "*****/---/(),+=|²³¹")
SAME_OPERATORS = {"**": "^", "≤": "<=", "≥": ">=", "≠": "!="}
SUBSCRIPT_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
LATEX_OPERATORS = {
    "cdot": "*",
    "times": "*",
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "le": "<=",
    "leq": "<=",
    "ge": ">=",
    "geq": ">=",
}
LATEX_FRACTIONS = ("frac", "dfrac", "tfrac")
REFUSED_CHARACTERS = {
    "!": "factorials are not supported",
    "%": "write mod(a, b) for the remainder",
    "∑": "write a sum as sum(k, 1, 5, ...)",
    "∏": "write a product as prod(k, 1, 5, ...)",
    ".": "a point must be part of a number, as in 0.5",
    "\\": "a backslash must begin a LaTeX command",
    "&": "write one condition inside another: where(a, where(b, 1, 0), 0)",
}

REFUSED_KINDS = {
    "derivative": "write only the function; the program computes its derivatives",
    "base": "write numbers in decimal form",
    "imaginary": "imaginary numbers are not supported",
    "identifier": "use only x, y, numbers, parameters, and known functions",
}


class Token(NamedTuple):
    """A piece of the text: ``kind`` is "number", "superscript", "word", "fraction", "end", or the operator itself.

    ``spaced`` says whether white space precedes it, ``separated`` whether a LaTeX space does.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    separated: bool = False


def tokenize(text: str, axes: tuple[str, ...]) -> list[Token]:
    """Return the tokens of a formula, the last of which has the kind "end"; FormulaError if there is another sign."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            "a formula can have at most {most} characters, not {length}",
            MAX_LENGTH,
            len(text),
            most=MAX_LENGTH,
            length=len(text),
        )
    plain, tokens, position, separators = text.translate(SAME_CHARACTERS), [], 0, set()
    while position < len(plain):
        match = TOKEN.match(plain, position)
        if match is None:
            raise _refused_character(text, position)
        kind, start, position = str(match.lastgroup), position, match.end()
        if kind in ("space", "separator"):
            separators.add(kind)
        elif kind not in ("layout", "module"):
            first, *others = _tokens_of(kind, match[0], start, axes)
            tokens += [first._replace(spaced=bool(separators), separated="separator" in separators), *others]
            separators = set()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _refused_character(text: str, position: int) -> FormulaError:
    character = text[position]
    template = REFUSED_CHARACTERS.get(character, "the character {character} cannot be used")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return FormulaError(template, position, position + 1, character=shown)


def _tokens_of(kind: str, text: str, start: int, axes: tuple[str, ...]) -> list[Token]:
    """Return the tokens of one match of the pattern."""
    end = start + len(text)
    if kind == "number":
        return [Token(kind, _checked_number(text, start), start, end)]
    if kind == "superscript":
        digits = text.translate(SUPERSCRIPT_DIGITS)
        if not re.fullmatch(r"-?\d{1,3}", digits):
            raise FormulaError("this exponent must be an integer of at most three digits", start, end)
        return [Token("^", "^", start, end), Token(kind, digits, start, end)]
    if kind == "subscript":
        return [Token("_", "_", start, end), Token("number", text.translate(SUBSCRIPT_DIGITS), start, end)]
    if kind == "operator":
        operator = SAME_OPERATORS.get(text, text)
        return [Token(operator, text, start, end)]
    if kind == "latex":
        return _latex_tokens(text[1:], start, end, axes)
    if kind == "word":
        return _word_tokens({**GREEK_LETTERS, "√": "sqrt"}.get(text, text), start, end, axes)
    raise FormulaError(REFUSED_KINDS[kind], start, end)


def _checked_number(text: str, start: int) -> str:
    if len(text) > MAX_DIGITS:
        raise FormulaError("this number has more than {most} digits", start, start + len(text), most=MAX_DIGITS)
    if math.isinf(float(text)):
        raise FormulaError("this number is too large", start, start + len(text))
    return text


def _latex_tokens(command: str, start: int, end: int, axes: tuple[str, ...]) -> list[Token]:
    if command in LATEX_OPERATORS:
        return [Token(LATEX_OPERATORS[command], command, start, end)]
    if command in LATEX_FRACTIONS:
        return [Token("fraction", command, start, end)]
    return _word_tokens(command, start, end, axes)


def _word_tokens(word: str, start: int, end: int, axes: tuple[str, ...]) -> list[Token]:
    """Return a run of letters as names: "axy" is the product of a, x and y, "xsin" that of x and the name sin."""
    if word in ("if", "else") or word in KNOWN_NAMES:
        return [Token("word", word, start, end)]
    if word.lower() in KNOWN_NAMES:
        return [Token("word", word.lower(), start, end)]
    parts, position = [], 0
    while position < len(word):
        length = next(
            (n for n in range(len(word) - position, 1, -1) if word[position : position + n] in KNOWN_NAMES), 1
        )
        parts.append(word[position : position + length])
        position += length
    letters = [part for part in parts if len(part) == 1 and part not in axes]
    if len(word) >= LONG_RUN and (len(letters) > 1 or "e" in letters):
        raise _unknown_name(word, start, end)
    tokens, position = [], start
    for part in parts:
        tokens.append(Token("word", part, position, position + len(part)))
        position += len(part)
    return tokens


def _unknown_name(word: str, start: int, end: int) -> FormulaError:
    import difflib  # takes several milliseconds

    close = difflib.get_close_matches(word.lower(), sorted(KNOWN_NAMES - ALIASES.keys()), n=1, cutoff=0.6)
    if close:
        return FormulaError(
            "there is no function {word}; did you mean {close}?", start, end, word=word[:30], close=close[0]
        )
    return FormulaError("there is no function or constant {word}", start, end, word=word[:30])
