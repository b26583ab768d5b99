"""Read and write the answers of students as JSON files.

{"thalweg_answers": 1, "name": "Kim", "answers": [
    {"lesson": "one_step", "prediction": 2.4, "confidence": "sure", "attempts": [{"run1.lr": 0.2}]}],
 "experiment": {"thalweg": 1, "surface": "beale", "runs": [{"optimizer": "adam"}]}}
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.io.experiment_json import to_json
from app.io.file_access import file_errors, open_regular_file, read_limited
from app.io.json_parts import list_of, optional, pop_version, read_experiment, read_part
from app.io.strict_json import check_depth, parse_json
from app.model.lesson_answers import LessonAnswer, LessonAnswers
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr

ANSWERS_KEY, ANSWERS_VERSION = "thalweg_answers", 1


def load_answers(path: Path) -> LessonAnswers:
    """Return the answers in a file; ExperimentError with one sentence if there are none."""
    with file_errors(path), open_regular_file(path) as file:
        return answers_from_json(read_limited(file, tr("the file is too large; answers are limited to {largest} MiB")))


def answers_from_json(source: str | bytes) -> LessonAnswers:
    """Return the answers in a JSON text."""
    data = parse_json(source)
    check_depth(data)
    data = pop_version(data, ANSWERS_KEY, ANSWERS_VERSION, tr("a file of answers"))
    readers = {"answers": list_of(_read_answer), "experiment": optional(read_experiment)}
    return read_part(LessonAnswers, data, tr("file"), readers)


def _read_answer(data: Any, field: str) -> LessonAnswer:
    return read_part(LessonAnswer, data, field, {"attempts": list_of(lambda attempt, _: attempt)})


def answers_to_json(answers: LessonAnswers) -> str:
    """Return answers as JSON text."""
    values = {
        ANSWERS_KEY: ANSWERS_VERSION,
        "name": answers.name,
        "answers": [
            {
                "lesson": each.lesson,
                "prediction": each.prediction,
                "confidence": each.confidence,
                "attempts": [dict(attempt) for attempt in each.attempts],
            }
            for each in answers.answers
        ],
        "experiment": None if answers.experiment is None else json.loads(to_json(answers.experiment)),
    }
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def save_answers(answers: LessonAnswers, path: Path) -> None:
    """Write answers, completely or not at all."""
    with atomic_write(path) as file:
        file.write(answers_to_json(answers))
