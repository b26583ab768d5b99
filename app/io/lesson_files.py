"""Read and write lessons as JSON files; nothing in them is executed.

One JSON object in UTF-8, of at most 1 MiB. "thalweg_lesson" is the version of the format, 1. A small example:

    {"thalweg_lesson": 1, "title": "One step",
     "experiment": {"thalweg": 1, "surface": "sphere", "start": [3, 0], "steps": 1,
                    "runs": [{"optimizer": "sgd", "hyperparameters": {"lr": 0.1}}]},
     "question": {"text": "What is x after the step?", "measure": {"measure": "position"}, "tolerance": 0.01},
     "observe": "The step is 0.6 long.", "claims": [{"measure": "step_size", "equals": 0.6}]}

Keys with their defaults; "-" marks those that an object of that kind must have. Unknown keys are refused.

lesson
    title        -        text of at most 200 characters
    experiment   -        an experiment, as in its own file, with runs and 1 to 20,000 steps
    question     -        a question
    course       "own"    "first", "practice", "scripts", or "own"
    position     0        integer from 0 to 999: the place in the course
    observe      ""       what to look at
    claims       []       list of claims: the numbers to see there
    explanation  []       list of sentences
    formulas     []       at most 4 lines of mathtext, without dollar signs
    task         null     a task
    shows        []       what to open: "step_panel", "rate_curve", "settings_map", "basin_map", "formula", "code"
    references   []       list of texts

question
    text         -        what is asked before the runs start
    choices      []       2 to 8 choices, each a text or {"text": ..., "claims": [...]} that says it in numbers
    answer       0        index of the right choice, from 0
    measure      null     instead of choices: a claim that measures the number to predict
    tolerance    0        by how much a predicted number may differ

task
    text         -        what to reach
    free         -        names of the settings that may be changed
    goal         -        claims that all hold when it is reached

claim
    measure      -        what is measured; the names are in MEASURE_TEXTS of app.model.lesson_claim
    run          1        number of the run, from 1
    step         null     the step at which it is measured; null: the last one
    first_step   0        the first step of measures over several steps
    axis         "x"      "x" or "y"
    tolerance    0.01     the distance of "steps_within"
    bound        0        the limit of "first_beyond" and "steps_to_loss"
    setting      ""       the name of the setting of the measure "setting"
    instead      {}       settings by name with which the experiment is changed first
    equals       null     the claimed number, or the kind of the status
    margin       0        by how much the number may differ
    at_least     null     claimed limits of the number
    at_most      null

Settings are named run1.lr (any hyperparameter of a run or of its modifiers), run1.optimizer, start.x, start.y, steps,
surface, formula, parameter.a, standardized.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from app.io.experiment_json import to_json
from app.io.file_access import file_errors, open_regular_file, read_limited
from app.io.json_parts import Reader, list_of, optional, pop_version, read_experiment, read_part, read_text
from app.io.strict_json import check_depth, parse_json
from app.model.lesson import COURSES, Choice, Lesson, Question, Task
from app.model.lesson_claim import Claim
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.resources import ASSETS
from app.utils.validation import ExperimentError

LESSONS_FOLDER = ASSETS / "lessons"
LESSON_KEY, LESSON_VERSION = "thalweg_lesson", 1
MAX_LESSON_SIZE = 1 << 20  # bytes; a lesson has a few thousand, or 200,000 with a network


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
    check_depth(data)
    data = pop_version(data, LESSON_KEY, LESSON_VERSION, tr("a lesson"))
    if "name" in data:
        raise ExperimentError(tr("a lesson has the name of its file; remove the key name"))
    return read_part(Lesson, {**data, "name": name}, tr("lesson"), LESSON_PARTS)


def _read_claim(data: Any, field: str) -> Claim:
    return read_part(Claim, data, field, {})


def _read_choice(data: Any, field: str) -> Choice:
    data = {"text": data} if isinstance(data, str) else data
    return read_part(Choice, data, field, {"claims": list_of(_read_claim)})


def _read_question(data: Any, field: str) -> Question:
    readers = {"choices": list_of(_read_choice), "measure": optional(_read_claim)}
    return read_part(Question, data, field, readers)


def _read_task(data: Any, field: str) -> Task:
    return read_part(Task, data, field, {"free": list_of(read_text), "goal": list_of(_read_claim)})


LESSON_PARTS: Mapping[str, Reader] = {
    "experiment": read_experiment,
    "question": _read_question,
    "claims": list_of(_read_claim),
    "explanation": list_of(read_text),
    "formulas": list_of(read_text),
    "task": optional(_read_task),
    "shows": list_of(read_text),
    "references": list_of(read_text),
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
