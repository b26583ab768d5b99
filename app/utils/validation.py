"""Checks of what is given from outside, with one sentence for what cannot be used."""

from __future__ import annotations

import math
from collections.abc import Iterable
from difflib import get_close_matches
from reprlib import Repr
from typing import Any

from app.utils.i18n import tr

FARTHEST = 1e6
MOST_STEPS = 10_000_000
MANY = 20  # choices; of more, only those of a like name are said


class ExperimentError(ValueError):
    """An input that cannot be used; the message is one sentence that names the culprit and the choices."""


_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def short(value: Any) -> str:
    """The value as Python writes it, shortened to what a sentence can hold."""
    return _SHORT.repr(value)


def printable(words: str) -> str:
    """The words in one line: characters that cannot be shown, as a file's name may hold, are replaced."""
    return "".join(each if each.isprintable() else "\ufffd" for each in words)


def choice(kind: str, value: Any, among: Iterable[str]) -> str:
    """The value, if it is among the choices."""
    names = list(among)
    if value in names:
        return str(value)
    near = get_close_matches(str(value)[:60], names, 5, 0.5) if len(names) > MANY else names
    words = (
        tr("choose from {names}", names=", ".join(near))
        if near
        else tr("there are {n}, such as {names}", n=len(names), names=", ".join(names[:3]))
    )
    raise ExperimentError(tr("there is no {kind} {value}; {words}", kind=tr(kind), value=short(value), words=words))


def number(kind: str, value: Any) -> float:
    """The value as a finite float; text with a decimal comma is understood."""
    text = value.strip().replace(",", ".") if isinstance(value, str) else value
    try:
        result = math.nan if isinstance(value, bool) or "_" in str(text) else float(text)
    except (TypeError, ValueError, OverflowError):
        result = math.nan
    if not math.isfinite(result):
        raise ExperimentError(tr("{kind} must be a finite number, not {value}", kind=tr(kind), value=short(value)))
    return result


def start_number(kind: str, value: Any) -> float:
    """A coordinate of a start: a finite float that leaves room for the powers a surface makes of it."""
    result = number(kind, value)
    if abs(result) > FARTHEST:
        raise ExperimentError(
            tr(
                "{kind} must be between -{farthest:g} and {farthest:g}, not {result:g}",
                kind=tr(kind),
                farthest=FARTHEST,
                result=result,
            )
        )
    return result


def whole(kind: str, value: Any, least: int, most: int) -> int:
    """A whole number between the bounds, these included."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ExperimentError(
            tr(
                "{kind} must be a whole number from {least} to {most}, not {value}",
                kind=tr(kind),
                least=least,
                most=most,
                value=short(value),
            )
        )
    return value


def flag(kind: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ExperimentError(tr("{kind} must be true or false, not {value}", kind=tr(kind), value=short(value)))
    return value


def text(kind: str, value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ExperimentError(tr("{kind} must be a text of at most {most} characters", kind=tr(kind), most=most))
    if any("\ud800" <= letter <= "\udfff" for letter in value):  # half a letter: no file and no picture can hold it
        raise ExperimentError(
            tr("{kind} holds a character that cannot be written: {value!a}", kind=tr(kind), value=value[:40])
        )
    return value
