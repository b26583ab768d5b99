"""Parse JSON with limits on size, depth and numbers, and with one sentence for each error."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, shorten_repr

MAX_FILE_SIZE = 16 << 20  # bytes; an experiment has a few hundred, or about 600,000 with the largest data
MAX_CONTAINERS = 500_000  # lists and objects, two for each change of a run; they take up to 200 bytes each
MAX_COMMAS = 2_000_000  # values, which take up to 64 bytes each
MAX_DEPTH = 64  # an experiment needs eight; unknown keys must not exceed the stack when they are written again
DEPTH_MESSAGE = gettext_noop("the JSON text is nested more than {deepest} levels deep")
MAX_DIGITS = 300  # of an integer; more would not fit into a float


def parse_json(source: str | bytes) -> Any:
    """Return the value of a JSON text.

    Raises ExperimentError for text that is too large, not UTF-8 or not JSON, for numbers that are not finite and for
    keys that occur twice in an object.
    """
    if len(source) > MAX_FILE_SIZE:
        raise ExperimentError(
            tr("the file is too large; experiments are limited to {largest} MiB", largest=MAX_FILE_SIZE >> 20)
        )
    text = source.removeprefix("\ufeff") if isinstance(source, str) else _decode(source)
    if not text.strip():
        raise ExperimentError(tr("the file is empty"))
    if has_too_many_values(text):
        raise ExperimentError(
            tr(
                "it contains more than {containers:,} lists and objects or {values:,} values, the maximum for "
                "an experiment",
                containers=MAX_CONTAINERS,
                values=MAX_COMMAS,
            )
        )
    try:
        return json.loads(
            text,
            parse_constant=_reject_constant,
            parse_float=_parse_float,
            parse_int=_parse_int,
            object_pairs_hook=_parse_object,
        )
    except RecursionError:
        raise ExperimentError(tr(DEPTH_MESSAGE, deepest=MAX_DEPTH)) from None
    except json.JSONDecodeError as error:
        raise ExperimentError(_syntax_message(text.strip(), error)) from None


def why_too_large(text: str) -> str:
    """Return why the JSON text of an experiment could not be opened again, as part of a sentence; "" if it could."""
    if len(text) > MAX_FILE_SIZE:
        return tr("it would be larger than {largest} MiB", largest=MAX_FILE_SIZE >> 20)
    return tr("it has too many hyperparameter changes") if has_too_many_values(text) else ""


def has_too_many_values(text: str) -> bool:
    """Return whether a JSON text would become too many values; 16 MiB of empty lists would fill 700 MiB."""
    return text.count("[") + text.count("{") > MAX_CONTAINERS or text.count(",") > MAX_COMMAS


def _syntax_message(text: str, error: json.JSONDecodeError) -> str:
    is_truncated = error.pos >= len(text) or error.msg.startswith("Unterminated") or not text.endswith("}")
    if text.startswith("{") and is_truncated and error.msg != "Extra data":
        return tr(
            "the file is incomplete: the JSON text ends unexpectedly in line {line}", line=text.count(chr(10)) + 1
        )
    return tr(
        "it is not valid JSON: {lower}{msg} in line {lineno}, column {colno}",
        lower=error.msg[:1].lower(),
        msg=error.msg[1:],
        lineno=error.lineno,
        colno=error.colno,
    )


def _decode(source: bytes) -> str:
    if source[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in source[:1024]:
        raise ExperimentError(tr("it is not UTF-8 text (it may be UTF-16 or a binary file)"))
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise ExperimentError(tr("it is not UTF-8 text: line {line} uses another encoding", line=line)) from None


def _reject_constant(token: str) -> NoReturn:
    raise ExperimentError(tr("it contains {word}, which is not a finite number", word=token))


def _parse_float(token: str) -> float:
    value = float(token)
    if not math.isfinite(value):
        raise ExperimentError(tr("it contains {word}, which is not a finite number", word=shorten_repr(token)[1:-1]))
    return value


def _parse_int(token: str) -> int:
    if len(token) > MAX_DIGITS:
        raise ExperimentError(
            tr(
                "it contains a number with {word:,} digits; the maximum is {digits}",
                word=len(token),
                digits=MAX_DIGITS,
            )
        )
    return int(token)


def _parse_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ExperimentError(tr("the key {name} appears twice in the same object", name=shorten_repr(name)))
        result[name] = value
    return result


def check_depth(data: Any) -> None:
    """Raise ExperimentError if lists and objects are nested more than MAX_DEPTH deep."""
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise ExperimentError(tr(DEPTH_MESSAGE, deepest=MAX_DEPTH))
