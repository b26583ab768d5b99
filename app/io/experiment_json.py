"""The file format of an experiment: written down here, read here, written here; files and pictures carry the same text.

One JSON object, text in UTF-8, of at most 16 MiB. The shortest that says something:

    {"thalweg": 1, "surface": "beale", "runs": [{"optimizer": "adam", "hyperparameters": {"lr": 0.1}}]}

"thalweg" is the version of the format, 1 or "1.MINOR", and the only key that must be there. A newer minor version is read, a
newer major one refused. Other keys may be left out; then the default holds, which stands between name and meaning; "-" marks
those that an object of that kind must have. Keys that this version does not know are kept and written again. The numbers are
finite, no key stands twice in an object, and objects and lists are nested at most 64 deep. Ids are those of "thalweg list".

experiment
    surface          "rosenbrock"  id of the surface
    start            null          [x, y], each from -1e6 to 1e6; null: the surface's own
    runs             []            list of at most 24 runs
    steps            null          whole number from 0 to 10,000,000 where playing stops by itself; null: it does not
    curve            {}            a curve
    title            ""            text of at most 200 characters
    data             null          [[x, ...], [y, ...]], at most 10,000 points that the surface is made from; null: not from any
    branches         []            list of at most 100 branches, whose steps x runs are at most 20,000,000 in all; oldest first
    fair             {}            a fair
    settled          false         whether playing stops when every run has converged
    shown            0             whole number from 0 to 10,000,000: the step that was on the screen when it was saved

run
    optimizer        -             id of the optimizer
    hyperparameters  {}            names with numbers: those of the optimizer and of the parts it is combined with, as they are now
    visible          true          whether it is drawn
    color            null          "#rrggbb"; null: the palette's
    slot             null          whole number from 0 to 999, its place in the palette; null: the next free one
    earlier          []            list of at most 100,000 [step, hyperparameters], in force up to that step, from 1; steps rise
    replicas         0             whole number from 0 to 100: how many more such runs go along, each with seeds of its own

curve
    quantity         "loss"        what the loss view shows: "loss", "above", "distance", "gradient", "step" or "rate"
    x_scale          "linear"      "linear" or "log"
    y_scale          "log"         "linear" or "log"
    against          "steps"       what it is shown against: "steps", "evaluations" or "time"

branch
    runs             -             list of 1 to 24 runs that took another way, each with a slot of its own
    start            -             [x, y], where they began
    steps            -             whole number from 0 to 10,000,000: how far they went
    since            0             whole number from 0 to 10,000,000: the step at which they were left
    name             ""            text of at most 80 characters
    visible          true          whether it is drawn

fair
    mode             ""            what makes the race fair: "" for nothing, "rate", "tuned" or "evaluations"
    budget           0             whole number from 0 to 10,000,000: steps a rate was tuned for, or evaluations a run may use
    of               0             whole number from 0 to 4,294,967,295: fingerprint of the experiment whose rates were tuned
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, NoReturn

from app.model.branch import MOST_RUNS, Branch
from app.model.comparison import Fair
from app.model.experiment import MOST_BRANCHES, Curve, Experiment
from app.model.run import Run
from app.utils.i18n import mark, tr
from app.utils.validation import ExperimentError, short

FORMAT = 1
LARGEST = 16 << 20  # bytes; an experiment is a few hundred, or some 600,000 with all the points that it may hold
DEEPEST = (
    64  # our own objects need eight; what is kept of a newer version must be written again without running out of stack
)
TOO_DEEP = mark("its JSON is nested more than {deepest} deep")
DIGITS = 300  # of a whole number: more would not fit into a float


def to_json(experiment: Experiment, indent: int | None = 2) -> str:
    return json.dumps({"thalweg": FORMAT, **_plain(experiment)}, indent=indent) + "\n"


def _plain(value: Any) -> Any:
    """Our objects as dictionaries, with the keys that were only kept at their end."""
    if is_dataclass(value):
        known = {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name != "extra"}
        return {**known, **{key: kept for key, kept in value.extra.items() if key not in known}}  # type: ignore[union-attr]
    return [_plain(each) for each in value] if value.__class__ is tuple else value


def from_json(source: str | bytes) -> Experiment:
    """ExperimentError, in one sentence, for whatever is not an experiment."""
    data = _parsed(source)
    if not isinstance(data, dict) or "thalweg" not in data:
        raise ExperimentError(tr('it is JSON, but not an experiment: it has no key "thalweg"'))
    _check_version(data.pop("thalweg"))
    _check_depth(data)
    runs = _list(
        mark("runs"), data.get("runs", []), MOST_RUNS, tr("an experiment holds at most {most} runs, not {n:,}")
    )
    branches = _list(
        mark("branches"),
        data.get("branches", []),
        MOST_BRANCHES,
        tr("an experiment holds at most {most} branches, not {n:,}"),
    )
    return _build(
        Experiment,
        mark("experiment"),
        {
            **data,
            "runs": _runs(runs),
            "curve": _build(Curve, mark("curve"), data.get("curve", {})),
            "fair": _build(Fair, mark("mode of a fair race"), data.get("fair", {})),
            "branches": tuple(map(_branch, branches)),
        },
    )


def _parsed(source: str | bytes) -> Any:
    """What the JSON says; numbers that are none and keys that stand twice are not let through."""
    if len(source) > LARGEST:
        raise ExperimentError(tr("it is larger than {largest} MiB, which no experiment may be", largest=LARGEST >> 20))
    words = source.removeprefix("\ufeff") if isinstance(source, str) else _decoded(source)
    if not words.strip():
        raise ExperimentError(tr("it is empty"))
    try:
        return json.loads(
            words, parse_constant=_no_number, parse_float=_float, parse_int=_int, object_pairs_hook=_object
        )
    except RecursionError:
        raise ExperimentError(tr(TOO_DEEP, deepest=DEEPEST)) from None
    except json.JSONDecodeError as error:
        raise ExperimentError(_what_is_wrong(words.strip(), error)) from None


def _what_is_wrong(words: str, error: json.JSONDecodeError) -> str:
    ends = error.pos >= len(words) or error.msg.startswith("Unterminated") or not words.endswith("}")
    if words.startswith("{") and ends and error.msg != "Extra data":
        return tr("it is cut off: its JSON ends in line {line}, before it is complete", line=words.count(chr(10)) + 1)
    return tr(
        "it is not JSON: {lower}{msg} in line {lineno}, column {colno}",
        lower=error.msg[:1].lower(),
        msg=error.msg[1:],
        lineno=error.lineno,
        colno=error.colno,
    )


def _decoded(source: bytes) -> str:
    if source[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in source[:1024]:
        raise ExperimentError(tr("it is written in UTF-16, or is no text at all; an experiment is text in UTF-8"))
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise ExperimentError(tr("it is not text in UTF-8: line {line} is in another encoding", line=line)) from None


def _no_number(word: str) -> NoReturn:
    raise ExperimentError(tr("it holds {word}, which is no finite number", word=word))


def _float(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise ExperimentError(tr("it holds {word}, which is no finite number", word=short(word)[1:-1]))
    return value


def _int(word: str) -> int:
    if len(word) > DIGITS:
        raise ExperimentError(
            tr(
                "it holds a number of {word:,} digits, and {digits} is the most that can be read",
                word=len(word),
                digits=DIGITS,
            )
        )
    return int(word)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ExperimentError(tr("the key {name} stands twice in one object", name=short(name)))
        made[name] = value
    return made


def _check_version(value: Any) -> None:
    found = re.fullmatch(r"(\d{1,9})(\.\d{1,9})?", str(value)) if isinstance(value, (int, float, str)) else None
    if found is None or int(found[1]) < 1:
        raise ExperimentError(
            tr(
                'its key "thalweg" must be the version of the format, {format}, not {value}',
                format=FORMAT,
                value=short(value),
            )
        )
    if int(found[1]) > FORMAT:
        raise ExperimentError(
            tr(
                "it was written by a newer Thalweg (format {found}); this one reads format {format}: update Thalweg",
                found=found[0],
                format=FORMAT,
            )
        )


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise ExperimentError(tr(TOO_DEEP, deepest=DEEPEST))


def _list(kind: str, data: Any, most: int, words: str) -> list[Any]:
    if not isinstance(data, list):
        raise ExperimentError(tr("{kind} must be a list, not {data}", kind=tr(kind), data=short(data)))
    if len(data) > most:  # before a million of them are made
        raise ExperimentError(words.format(most=most, n=len(data)))
    return data


def _runs(data: list[Any]) -> tuple[Run, ...]:
    return tuple(_build(Run, mark("run"), run) for run in data)


def _branch(data: Any) -> Branch:
    if isinstance(data, dict):
        runs = _list(
            tr("the runs of a branch"), data.get("runs"), MOST_RUNS, tr("a branch holds at most {most} runs, not {n:,}")
        )
        data = {"start": None, "steps": None, **data, "runs": _runs(runs)}
    made: Branch = _build(Branch, mark("branch"), data)
    return made


def _build(cls: Callable[..., Any], kind: str, data: Any) -> Any:
    """The object of a class, with the keys it does not know as its ``extra``."""
    names = [field.name for field in fields(cls) if field.name != "extra"]  # type: ignore[arg-type]
    if not isinstance(data, dict):
        raise ExperimentError(
            tr(
                "the {kind} must be an object with {names}, not {data}",
                kind=tr(kind),
                names=", ".join(names),
                data=short(data),
            )
        )
    if cls is Run and "optimizer" not in data:
        Run.parse("")
    known = {key: value for key, value in data.items() if key in names}
    return cls(**known, extra={key: value for key, value in data.items() if key not in names})
