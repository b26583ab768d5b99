"""Check values from outside (files, command line, user interface), with one sentence for each error."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from reprlib import Repr
from typing import Any

from app.utils.i18n import tr

MAX_COORDINATE = 1e6
MAX_STEPS = 10_000_000
# With one of these in its title, an SVG or PNG cannot be read again; tabs and line breaks may stay
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
MAX_LISTED_CHOICES = 20  # of longer lists, an error message names only similar choices


class ExperimentError(ValueError):
    """An input that cannot be used; the message is one sentence that names the value and what is allowed."""


_SHORT_REPR = Repr()
_SHORT_REPR.maxstring = _SHORT_REPR.maxother = 60


def shorten_repr(value: Any) -> str:
    """Return the repr of a value, shortened to what fits into a sentence."""
    return _SHORT_REPR.repr(value)


def make_printable(text: str) -> str:
    """Replace characters that cannot be printed, such as the line breaks that a file name may contain."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def check_choice(label: str, value: Any, choices: Iterable[str]) -> str:
    """Return the value if it is one of the choices, otherwise raise ExperimentError with similar ones."""
    names = list(choices)
    if value in names:
        return str(value)
    from difflib import get_close_matches  # takes several milliseconds, and is needed only for errors

    similar = get_close_matches(str(value)[:60], names, 5, 0.5) if len(names) > MAX_LISTED_CHOICES else names
    hint = (
        tr("choose from {names}", names=", ".join(similar))
        if similar
        else tr("there are {n} to choose from, for example {names}", n=len(names), names=", ".join(names[:3]))
    )
    raise ExperimentError(tr("unknown {kind} {value}; {words}", kind=tr(label), value=shorten_repr(value), words=hint))


def check_number(label: str, value: Any) -> float:
    """Return the value as a finite float; text is parsed and may have a decimal comma."""
    text = value.strip().replace(",", ".") if isinstance(value, str) else value
    try:
        result = math.nan if isinstance(value, bool) or "_" in str(text) else float(text)
    except (TypeError, ValueError, OverflowError):
        result = math.nan
    if not math.isfinite(result):
        raise ExperimentError(
            tr("{kind} must be a finite number, not {value}", kind=tr(label), value=shorten_repr(value))
        )
    return result


def check_coordinate(label: str, value: Any) -> float:
    """Return a start coordinate as a float; the limit leaves room for the powers that surfaces compute."""
    result = check_number(label, value)
    if abs(result) > MAX_COORDINATE:
        raise ExperimentError(
            tr(
                "{kind} must be between -{farthest:g} and {farthest:g}, not {result:g}",
                kind=tr(label),
                farthest=MAX_COORDINATE,
                result=result,
            )
        )
    return result


def check_integer(label: str, value: Any, minimum: int, maximum: int) -> int:
    """Return the value if it is an int from ``minimum`` to ``maximum``."""
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise ExperimentError(
            tr(
                "{kind} must be an integer from {least} to {most}, not {value}",
                kind=tr(label),
                least=minimum,
                most=maximum,
                value=shorten_repr(value),
            )
        )
    return value


def check_bool(label: str, value: Any) -> bool:
    """Return the value if it is a bool."""
    if not isinstance(value, bool):
        raise ExperimentError(
            tr("{kind} must be true or false, not {value}", kind=tr(label), value=shorten_repr(value))
        )
    return value


def check_text(label: str, value: Any, max_length: int) -> str:
    """Return a text of at most ``max_length`` characters that can be encoded, without those that XML forbids."""
    if not isinstance(value, str) or len(value) > max_length:
        raise ExperimentError(tr("{kind} must be text of at most {most} characters", kind=tr(label), most=max_length))
    if any("\ud800" <= character <= "\udfff" for character in value):  # lone surrogates cannot be encoded in UTF-8
        raise ExperimentError(tr("{kind} contains an invalid character: {value!a}", kind=tr(label), value=value[:40]))
    return CONTROL_CHARACTERS.sub("", value)
