"""Read and write lessons as JSON files; nothing in them is executed.

One JSON object in UTF-8, of at most 1 MiB, with the fields of ``Lesson`` and of its parts as keys; unknown keys are
refused. "thalweg_lesson" is the version of the format, 1. A small example:

    {"thalweg_lesson": 1, "title": "One step",
     "experiment": {"thalweg": 1, "surface": "sphere", "start": [3, 0], "steps": 1,
                    "runs": [{"optimizer": "sgd", "hyperparameters": {"lr": 0.1}}]},
     "question": {"text": "What is x after the step?", "measure": {"measure": "position"}, "tolerance": 0.01},
     "observe": "The step is 0.6 long.", "claims": [{"measure": "step_size", "equals": 0.6}]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from app.io.experiment_json import from_json, to_json
from app.io.file_access import file_errors, open_regular_file, read_limited
from app.io.strict_json import check_depth, parse_json
from app.model.lesson import COURSES, Choice, Lesson, Question, Task
from app.model.lesson_claim import Claim
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.resources import ASSETS
from app.utils.validation import ExperimentError, shorten_repr

LESSONS_FOLDER = ASSETS / "lessons"
LESSON_KEY, LESSON_VERSION = "thalweg_lesson", 1
MAX_LESSON_SIZE = 1 << 20  # bytes; a lesson has a few thousand, or 200,000 with a network
Part = TypeVar("Part", Claim, Choice, Question, Task, Lesson)


def lesson_paths(folder: Path = LESSONS_FOLDER) -> list[Path]:
    """Return the paths of the lesson files in a folder, by name; none if there is no such folder."""
    return sorted(path for path in folder.glob("*.json") if path.is_file())


def load_lessons(paths: Iterable[Path]) -> tuple[list[Lesson], list[str]]:
    """Return the lessons in files, in the order of courses and positions, and a message for each file without one."""
    lessons, messages = [], []
    for path in paths:
        try:
            lessons.append(load_lesson(path))
        except ExperimentError as error:
            messages.append(str(error))
    order = list(COURSES)
    return sorted(lessons, key=lambda each: (order.index(each.course), each.position, each.name)), messages


def load_lesson(path: Path) -> Lesson:
    """Return the lesson in a file; ExperimentError with one sentence that names the file and the field."""
    with file_errors(path), open_regular_file(path) as file:
        return lesson_from_json(
            read_limited(file, tr("the file is too large; lessons are limited to {largest} MiB"), MAX_LESSON_SIZE),
            path.name.partition(".")[0],
        )


def is_lesson(source: str | bytes) -> bool:
    """Return whether a text is the JSON of a lesson, possibly with errors, and not of an experiment."""
    try:
        data = parse_json(source)
    except ExperimentError:
        return False
    return isinstance(data, dict) and LESSON_KEY in data


def is_lesson_file(path: Path) -> bool:
    """Return whether a file is that of a lesson, possibly with errors; False if it cannot be read."""
    if path.suffix.lower() != ".json":
        return False
    try:
        with open_regular_file(path) as file:
            content = file.read(MAX_LESSON_SIZE + 1)
    except (OSError, ExperimentError):
        return False
    return f'"{LESSON_KEY}"'.encode() in content and (len(content) > MAX_LESSON_SIZE or is_lesson(content))


def lesson_from_json(source: str | bytes, name: str = "lesson") -> Lesson:
    """Return the lesson in a JSON text; ``name`` is that of the lesson."""
    data = parse_json(source)
    if not isinstance(data, dict) or LESSON_KEY not in data:
        raise ExperimentError(tr('it is a JSON file, but not a lesson: the key "{key}" is missing', key=LESSON_KEY))
    check_depth(data)
    version = data.pop(LESSON_KEY)
    if version != LESSON_VERSION or isinstance(version, bool):
        raise ExperimentError(
            tr(
                'the key "{key}" must be {version}, not {value}; update Thalweg to open lessons of a newer version',
                key=LESSON_KEY,
                version=LESSON_VERSION,
                value=shorten_repr(version),
            )
        )
    if "name" in data:
        raise ExperimentError(tr("a lesson has the name of its file; remove the key name"))
    return _build(Lesson, {**data, "name": name}, tr("lesson"), LESSON_PARTS)


def _build(cls: type[Part], data: Any, field: str, readers: Mapping[str, Callable[[Any, str], Any]]) -> Part:
    """Return an object of a class, with some fields read by functions; errors begin with the name of the field."""
    known = {each.name: each for each in fields(cls)}
    if not isinstance(data, dict):
        raise ExperimentError(tr("{field} must be an object, not {value}", field=field, value=shorten_repr(data)))
    for key in data:
        if key not in known:
            raise ExperimentError(
                tr(
                    "{field} has an unknown key {key}; the keys are {names}",
                    field=field,
                    key=shorten_repr(key),
                    names=", ".join(known),
                )
            )
    for key, each in known.items():
        if each.default is MISSING and each.default_factory is MISSING and key not in data:
            raise ExperimentError(tr("{field} needs the key {key}", field=field, key=key))
    prefix = "" if cls is Lesson else f"{field}."
    values = {key: readers[key](value, prefix + key) if key in readers else value for key, value in data.items()}
    try:
        return cls(**values)
    except ExperimentError as error:
        raise ExperimentError(tr("{field}: {error}", field=field, error=error)) from None


def _read_claim(data: Any, field: str) -> Claim:
    return _build(Claim, data, field, {})


def _read_choice(data: Any, field: str) -> Choice:
    return _build(Choice, {"text": data} if isinstance(data, str) else data, field, {"claims": _list_of(_read_claim)})


def _read_question(data: Any, field: str) -> Question:
    readers = {"choices": _list_of(_read_choice), "measure": _optional(_read_claim)}
    return _build(Question, data, field, readers)


def _read_task(data: Any, field: str) -> Task:
    return _build(Task, data, field, {"free": _list_of(_read_text), "goal": _list_of(_read_claim)})


def _read_text(data: Any, field: str) -> str:
    if not isinstance(data, str):
        raise ExperimentError(tr("{field} must be text, not {value}", field=field, value=shorten_repr(data)))
    return data


def _read_experiment(data: Any, field: str) -> Any:
    try:
        return from_json(json.dumps(data))
    except ExperimentError as error:
        raise ExperimentError(tr("{field}: {error}", field=field, error=error)) from None


def _list_of(reader: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, ...]]:
    def read(data: Any, field: str) -> tuple[Any, ...]:
        if not isinstance(data, list) or len(data) > 100:
            raise ExperimentError(
                tr(
                    "{field} must be a list of at most {most} entries, not {value}",
                    field=field,
                    most=100,
                    value=shorten_repr(data),
                )
            )
        return tuple(reader(each, f"{field}[{k}]") for k, each in enumerate(data))

    return read


def _optional(reader: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda data, field: None if data is None else reader(data, field)


LESSON_PARTS: Mapping[str, Callable[[Any, str], Any]] = {
    "experiment": _read_experiment,
    "question": _read_question,
    "claims": _list_of(_read_claim),
    "explanation": _list_of(_read_text),
    "formulas": _list_of(_read_text),
    "task": _optional(_read_task),
    "shows": _list_of(_read_text),
    "references": _list_of(_read_text),
}


def lesson_to_json(lesson: Lesson) -> str:
    """Return a lesson as JSON text, without the fields that have their default."""
    values = {"thalweg_lesson": LESSON_VERSION, **_to_json_value(lesson)}
    del values["name"]
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _to_json_value(value: Any) -> Any:
    match value:
        case Lesson() | Question() | Choice() | Task() | Claim():
            own = {each.name: getattr(value, each.name) for each in fields(value)}
            defaults = {each.name: each.default for each in fields(value) if each.default is not MISSING}
            return {
                name: _to_json_value(item)
                for name, item in own.items()
                if name not in defaults or item != defaults[name]
                if item not in ((), {})
            }
        case tuple():
            return [_to_json_value(item) for item in value]
        case Mapping():
            return dict(value)
    return json.loads(to_json(value)) if hasattr(value, "surface_id") else value


def save_lesson(lesson: Lesson, path: Path) -> None:
    """Write a lesson, completely or not at all."""
    with atomic_write(path) as file:
        file.write(lesson_to_json(lesson))
