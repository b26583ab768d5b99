"""Checks of what is given from outside, with one sentence for what cannot be used."""

from __future__ import annotations

import math
from collections.abc import Iterable
from difflib import get_close_matches
from reprlib import Repr
from typing import Any

from app.utils.i18n import tr

MAX_COORDINATE = 1e6
MAX_STEPS = 10_000_000
MAX_LISTED_CHOICES = 20  # choices; of more, only those of a like name are said


class ExperimentError(ValueError):
    """An input that cannot be used; the message is one sentence that names the culprit and the choices."""


_SHORT_REPR = Repr()
_SHORT_REPR.maxstring = _SHORT_REPR.maxother = 60


def shorten_repr(value: Any) -> str:
    """The value as Python writes it, shortened to what a sentence can hold."""
    return _SHORT_REPR.repr(value)


def make_printable(text: str) -> str:
    """The words in one line: characters that cannot be shown, as a file's name may hold, are replaced."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def check_choice(label: str, value: Any, choices: Iterable[str]) -> str:
    """The value, if it is among the choices."""
    names = list(choices)
    if value in names:
        return str(value)
    similar = get_close_matches(str(value)[:60], names, 5, 0.5) if len(names) > MAX_LISTED_CHOICES else names
    hint = (
        tr("choose from {names}", names=", ".join(similar))
        if similar
        else tr("there are {n}, such as {names}", n=len(names), names=", ".join(names[:3]))
    )
    raise ExperimentError(
        tr("there is no {kind} {value}; {words}", kind=tr(label), value=shorten_repr(value), words=hint)
    )


def check_number(label: str, value: Any) -> float:
    """The value as a finite float; text with a decimal comma is understood."""
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
    """A coordinate of a start: a finite float that leaves room for the powers a surface makes of it."""
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
    """A whole number between the bounds, these included."""
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise ExperimentError(
            tr(
                "{kind} must be a whole number from {least} to {most}, not {value}",
                kind=tr(label),
                least=minimum,
                most=maximum,
                value=shorten_repr(value),
            )
        )
    return value


def check_bool(label: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ExperimentError(
            tr("{kind} must be true or false, not {value}", kind=tr(label), value=shorten_repr(value))
        )
    return value


def check_text(label: str, value: Any, max_length: int) -> str:
    if not isinstance(value, str) or len(value) > max_length:
        raise ExperimentError(tr("{kind} must be a text of at most {most} characters", kind=tr(label), most=max_length))
    if any(
        "\ud800" <= character <= "\udfff" for character in value
    ):  # half a letter: no file and no picture can hold it
        raise ExperimentError(
            tr("{kind} holds a character that cannot be written: {value!a}", kind=tr(label), value=value[:40])
        )
    return value
