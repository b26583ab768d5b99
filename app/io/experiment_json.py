"""Read and write the JSON format of an experiment. Files and exported figures carry the same text.

One JSON object in UTF-8, of at most 16 MiB. The shortest that holds something:

    {"thalweg": 1, "surface": "beale", "runs": [{"optimizer": "adam", "hyperparameters": {"lr": 0.1}}]}

"thalweg" is the version of the format, 1 or "1.MINOR", and the only required key. A newer minor version is read, a newer
major version is refused. Every other key has a default, which stands between name and meaning; "-" marks the keys that an
object of that kind must have. Keys that this version does not know are kept and written again. Numbers are finite, no key
occurs twice in an object, and objects and lists are nested at most 64 deep. Ids are those of "thalweg list".

experiment
    surface              "rosenbrock"  id of the surface
    start                null          [x, y], each from -1e6 to 1e6; null: the start of the surface
    runs                 []            list of at most 24 runs
    steps                null          integer from 0 to 10,000,000 at which playback stops; null: it does not
    loss_plot            {}            a loss plot
    title                ""            text of at most 200 characters
    data                 null          [[x, ...], [y, ...]], at most 10,000 points that make the surface; null: no data
    branches             []            list of at most 100 branches, at most 20,000,000 steps x runs in all; oldest first
    comparison           {}            a comparison
    stop_when_converged  false         whether playback stops when every run has converged
    displayed_step       0             integer from 0 to 10,000,000: the step on the screen when it was saved

run
    optimizer            -             id of the optimizer
    hyperparameters      {}            names with numbers, of the optimizer and of its modifiers, as they are now
    visible              true          whether it is drawn
    color                null          "#rrggbb"; null: the color of the palette
    slot                 null          integer from 0 to 999, its index in the palette; null: the next free one
    history              []            list of at most 100,000 [step, hyperparameters], valid up to that step; steps rise
    replicas             0             integer from 0 to 100: how many more such runs, each with other seeds

loss plot
    quantity             "loss"        what is plotted: "loss", "above", "distance", "gradient", "step" or "rate"
    x_scale              "linear"      "linear" or "log"
    y_scale              "log"         "linear" or "log"
    x_quantity           "steps"       the quantity of the x-axis: "steps", "evaluations" or "time"

branch
    runs                 -             list of 1 to 24 runs, each with a slot of its own
    start                -             [x, y], where they start
    steps                -             integer from 0 to 10,000,000: the number of computed steps
    left_at_step         0             integer from 0 to 10,000,000: the step at which the branch was left
    name                 ""            text of at most 80 characters
    visible              true          whether it is drawn

comparison
    mode                 ""            what makes the runs comparable: "" for nothing, "rate", "tuned" or "evaluations"
    budget               0             integer from 0 to 10,000,000: steps of tuning, or evaluations per run
    fingerprint          0             integer from 0 to 4,294,967,295: of the experiment whose rates were tuned
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields, is_dataclass
from typing import Any, NoReturn

from app.model.branch import MAX_RUNS, Branch
from app.model.comparison import ComparisonMode
from app.model.experiment import MAX_BRANCHES, Experiment, LossPlot
from app.model.run import Run
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, shorten_repr

FORMAT_VERSION = 1
MAX_FILE_SIZE = 16 << 20  # bytes; an experiment is a few hundred, or some 600,000 with all the points that it may hold
MAX_DEPTH = 64  # our objects need eight; unknown keys of a newer version must be written again within the stack
DEPTH_MESSAGE = gettext_noop("its JSON is nested more than {deepest} deep")
MAX_DIGITS = 300  # of a whole number: more would not fit into a float
KEYS: dict[type, dict[str, str]] = {Experiment: {"surface_id": "surface"}}  # fields with another key in the file
OLD_KEYS: dict[type, dict[str, str]] = {  # keys that earlier versions wrote, and their names today
    Experiment: {
        "curve": "loss_plot",
        "fair": "comparison",
        "settled": "stop_when_converged",
        "shown": "displayed_step",
    },
    LossPlot: {"against": "x_quantity"},
    Branch: {"since": "left_at_step"},
    ComparisonMode: {"of": "fingerprint"},
    Run: {"earlier": "history"},
}


def to_json(experiment: Experiment, indent: int | None = 2) -> str:
    return json.dumps({"thalweg": FORMAT_VERSION, **_to_json_value(experiment)}, indent=indent) + "\n"


def keys_of(cls: type) -> dict[str, str]:
    """Return the key in the file of every field of a class."""
    special = KEYS.get(cls, {})
    return {field.name: special.get(field.name, field.name) for field in fields(cls) if field.name != "extra"}


def _to_json_value(value: Any) -> Any:
    """Return our objects as dictionaries, unknown keys of a newer version last."""
    if is_dataclass(value):
        keys = keys_of(type(value))
        own_values = {key: _to_json_value(getattr(value, name)) for name, key in keys.items()}
        return {**own_values, **{key: extra for key, extra in value.extra.items() if key not in own_values}}  # type: ignore[attr-defined]
    return [_to_json_value(item) for item in value] if value.__class__ is tuple else value


def from_json(source: str | bytes) -> Experiment:
    """ExperimentError, in one sentence, for whatever is not an experiment."""
    data = _parse(source)
    if not isinstance(data, dict) or "thalweg" not in data:
        raise ExperimentError(tr('it is JSON, but not an experiment: it has no key "thalweg"'))
    _check_version(data.pop("thalweg"))
    _check_depth(data)
    data = _with_new_keys(Experiment, data)
    runs = _check_list(
        gettext_noop("runs"), data.get("runs", []), MAX_RUNS, tr("an experiment holds at most {most} runs, not {n:,}")
    )
    branches = _check_list(
        gettext_noop("branches"),
        data.get("branches", []),
        MAX_BRANCHES,
        tr("an experiment holds at most {most} branches, not {n:,}"),
    )
    return _build(
        Experiment,
        gettext_noop("experiment"),
        {
            **data,
            "runs": _build_runs(runs),
            "loss_plot": _build(LossPlot, gettext_noop("curve"), data.get("loss_plot", {})),
            "comparison": _build(ComparisonMode, gettext_noop("mode of a fair race"), data.get("comparison", {})),
            "branches": tuple(map(_build_branch, branches)),
        },
    )


def _parse(source: str | bytes) -> Any:
    """What the JSON says; numbers that are none and keys that stand twice are not let through."""
    if len(source) > MAX_FILE_SIZE:
        raise ExperimentError(
            tr("it is larger than {largest} MiB, which no experiment may be", largest=MAX_FILE_SIZE >> 20)
        )
    text = source.removeprefix("\ufeff") if isinstance(source, str) else _decode(source)
    if not text.strip():
        raise ExperimentError(tr("it is empty"))
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


def _syntax_message(text: str, error: json.JSONDecodeError) -> str:
    is_truncated = error.pos >= len(text) or error.msg.startswith("Unterminated") or not text.endswith("}")
    if text.startswith("{") and is_truncated and error.msg != "Extra data":
        return tr("it is cut off: its JSON ends in line {line}, before it is complete", line=text.count(chr(10)) + 1)
    return tr(
        "it is not JSON: {lower}{msg} in line {lineno}, column {colno}",
        lower=error.msg[:1].lower(),
        msg=error.msg[1:],
        lineno=error.lineno,
        colno=error.colno,
    )


def _decode(source: bytes) -> str:
    if source[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in source[:1024]:
        raise ExperimentError(tr("it is written in UTF-16, or is no text at all; an experiment is text in UTF-8"))
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise ExperimentError(tr("it is not text in UTF-8: line {line} is in another encoding", line=line)) from None


def _reject_constant(token: str) -> NoReturn:
    raise ExperimentError(tr("it holds {word}, which is no finite number", word=token))


def _parse_float(token: str) -> float:
    value = float(token)
    if not math.isfinite(value):
        raise ExperimentError(tr("it holds {word}, which is no finite number", word=shorten_repr(token)[1:-1]))
    return value


def _parse_int(token: str) -> int:
    if len(token) > MAX_DIGITS:
        raise ExperimentError(
            tr(
                "it holds a number of {word:,} digits, and {digits} is the most that can be read",
                word=len(token),
                digits=MAX_DIGITS,
            )
        )
    return int(token)


def _parse_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ExperimentError(tr("the key {name} stands twice in one object", name=shorten_repr(name)))
        result[name] = value
    return result


def _check_version(value: Any) -> None:
    match = re.fullmatch(r"(\d{1,9})(\.\d{1,9})?", str(value)) if isinstance(value, (int, float, str)) else None
    if match is None or int(match[1]) < 1:
        raise ExperimentError(
            tr(
                'its key "thalweg" must be the version of the format, {format}, not {value}',
                format=FORMAT_VERSION,
                value=shorten_repr(value),
            )
        )
    if int(match[1]) > FORMAT_VERSION:
        raise ExperimentError(
            tr(
                "it was written by a newer Thalweg (format {found}); this one reads format {format}: update Thalweg",
                found=match[0],
                format=FORMAT_VERSION,
            )
        )


def _check_depth(data: Any) -> None:
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


def _check_list(label: str, data: Any, maximum: int, length_message: str) -> list[Any]:
    if not isinstance(data, list):
        raise ExperimentError(tr("{kind} must be a list, not {data}", kind=tr(label), data=shorten_repr(data)))
    if len(data) > maximum:  # before a million of them are made
        raise ExperimentError(length_message.format(most=maximum, n=len(data)))
    return data


def _build_runs(data: list[Any]) -> tuple[Run, ...]:
    return tuple(_build(Run, gettext_noop("run"), run) for run in data)


def _build_branch(data: Any) -> Branch:
    if isinstance(data, dict):
        runs = _check_list(
            tr("the runs of a branch"), data.get("runs"), MAX_RUNS, tr("a branch holds at most {most} runs, not {n:,}")
        )
        data = {"start": None, "steps": None, **data, "runs": _build_runs(runs)}
    branch: Branch = _build(Branch, gettext_noop("branch"), data)
    return branch


def _with_new_keys(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    """Rename the keys of earlier versions; where both forms are given the new one counts."""
    old_keys = OLD_KEYS.get(cls, {})
    renamed = {old_keys[key]: value for key, value in data.items() if key in old_keys}
    return {**renamed, **{key: value for key, value in data.items() if key not in old_keys}}


def _build(cls: type, label: str, data: Any) -> Any:
    """Return the object of a class; keys that it does not know become its ``extra``."""
    names = {key: name for name, key in keys_of(cls).items()}
    if not isinstance(data, dict):
        raise ExperimentError(
            tr(
                "the {kind} must be an object with {names}, not {data}",
                kind=tr(label),
                names=", ".join(names),
                data=shorten_repr(data),
            )
        )
    if cls is Run and "optimizer" not in data:
        Run.parse("")
    data = _with_new_keys(cls, data)
    own_values = {names[key]: value for key, value in data.items() if key in names}
    return cls(**own_values, extra={key: value for key, value in data.items() if key not in names})
