"""Lessons are read strictly: what they need, nothing else, and one sentence that names file and field."""

from __future__ import annotations

import copy
import json
import os
import random
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from app.analysis.lessons.lesson_check import check_lesson
from app.io import lesson_files
from app.io.lesson_files import (
    MAX_LESSON_SIZE,
    is_lesson,
    lesson_from_json,
    lesson_paths,
    lesson_to_json,
    load_lesson,
    load_lessons,
    save_lesson,
)
from app.io.strict_json import parse_json
from app.model.lesson import COURSES, Lesson, Question, Task
from app.model.lesson_claim import Claim
from app.utils.validation import ExperimentError
from tests.lesson_examples import LESSON, mutated


def with_value(*path: Any, value: Any) -> str:
    """Return the JSON of the example with one value replaced."""
    document = copy.deepcopy(LESSON)
    owner = document
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    return json.dumps(document)


def lesson_or_error(source: str) -> Lesson | str:
    try:
        return lesson_from_json(source)
    except ExperimentError as error:
        return str(error)


def test_a_lesson_is_read_with_its_defaults() -> None:
    lesson = lesson_from_json(json.dumps(LESSON), "parabola")
    assert (lesson.name, lesson.title, lesson.course, lesson.position) == ("parabola", "A parabola", "own", 0)
    assert [run.hyperparameters["lr"] for run in lesson.experiment.runs] == [0.1, 0.9]
    assert lesson.question.choices[1].claims[0].equals == -2.4
    assert lesson.task is not None
    assert lesson.task.free == ("run1.lr",)
    assert (lesson.claims[0].run, lesson.claims[0].instead) == (1, {})


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_a_saved_lesson_is_read_again(path: Path, tmp_path: Path) -> None:
    lesson = load_lesson(path)
    save_lesson(lesson, tmp_path / path.name)
    assert load_lesson(tmp_path / path.name) == lesson


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (with_value("klaims", value=[]), "lesson has an unknown key 'klaims'"),
        (with_value("thalweg_lesson", value=2), 'the key "thalweg_lesson" must be 1, not 2'),
        (with_value("thalweg_lesson", value=True), "must be 1, not True"),
        (with_value("name", value="other"), "remove the key name"),
        (with_value("title", value=" "), "title must not be empty"),
        (with_value("course", value="second"), "unknown course 'second'"),
        (with_value("experiment", "steps", value=None), "needs steps from 1 to 20,000"),
        (with_value("experiment", "steps", value=20_001), "needs steps from 1 to 20,000"),
        (with_value("experiment", "runs", value=[]), "needs at least one run"),
        (with_value("experiment", "runs", 0, "optimizer", value="sgdd"), "experiment: unknown optimizer 'sgdd'"),
        (with_value("claims", 0, "run", value=3), "a claim names run 3, but the experiment has 2"),
        (with_value("claims", 0, "measure", value="speed"), "lesson.claims[0]: unknown measure 'speed'"),
        (with_value("claims", 0, "equals", value="six"), "claims[0]: equals must be a finite number"),
        (with_value("claims", 0, "step", value=-1), "claims[0]: step must be an integer from 0"),
        (with_value("claims", 0, "instead", value={"speed": 3}), "there is no setting 'speed'"),
        (with_value("question", "answer", value=2), "question: answer must be an integer from 0 to 1"),
        (with_value("question", "choices", value=["only one"]), "a question needs 2 to 8 choices"),
        (with_value("question", "measure", value={"measure": "loss"}), "either choices or a measure"),
        (with_value("question", "choices", 0, value=3), "lesson.question.choices[0] must be an object, not 3"),
        (with_value("task", "goal", 0, value={"measure": "loss"}), "every claim of a goal needs equals"),
        (with_value("task", "free", value=[]), "a task needs at least one free setting"),
        (with_value("task", "free", value=["parameter.a"]), "the task changes parameter.a"),
        (with_value("formulas", value=["x"] * 5), "formulas can have at most 4 lines, not 5"),
        (with_value("shows", value=["window"]), "unknown shows 'window'"),
        (with_value("explanation", value="text"), "explanation must be a list"),
        ("[]", 'the key "thalweg_lesson" is missing'),
        ('{"thalweg": 1}', 'the key "thalweg_lesson" is missing'),
        ('{"thalweg_lesson": 1}', "lesson needs the key title"),
    ],
)
def test_an_error_names_the_field(source: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(source)
    with pytest.raises(ExperimentError) as error:
        load_lesson(path)
    text = str(error.value)
    assert message in text
    assert text.startswith(f"cannot open {path}: ")
    assert "\n" not in text


def test_a_large_file_or_a_pipe_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(b" " * (MAX_LESSON_SIZE + 1))
    with pytest.raises(ExperimentError, match="lessons are limited to 1 MiB"):
        load_lesson(path)
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ExperimentError, match="named pipe"):
        load_lesson(tmp_path / "pipe.json")


def test_the_format_is_described_completely() -> None:
    """Each object has a paragraph with a line for each key: name, default, meaning."""
    for cls in (Lesson, Question, Task, Claim):
        _, _, rest = str(lesson_files.__doc__).partition(f"\n{cls.__name__.lower()}\n")
        described = [line.split()[:2] for line in rest.partition("\n\n")[0].splitlines()]
        assert [name for name, _ in described] == [field.name for field in fields(cls) if field.name != "name"]
        for field, (_, default) in zip((f for f in fields(cls) if f.name != "name"), described, strict=True):
            is_required = field.default is MISSING and field.default_factory is MISSING
            assert is_required == (default == "-"), field.name
            if field.default is not MISSING and field.default != ():
                assert json.loads(default) == field.default, field.name


def test_the_example_of_the_format_is_true() -> None:
    example = str(lesson_files.__doc__).partition("example:\n")[2].partition("\n\nKeys")[0]
    findings = check_lesson(lesson_from_json(example, "one_step"))
    assert len(findings) == 2
    assert all(finding.holds for finding in findings)


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps(LESSON))
    (tmp_path / "broken.json").write_text("{")
    lessons, messages = load_lessons(lesson_paths(tmp_path))
    assert [lesson.name for lesson in lessons] == ["a", "b"]
    assert len(messages) == 1
    assert "broken.json" in messages[0]
    assert lesson_paths(tmp_path / "nowhere") == []


def test_shipped_lessons_are_ordered_by_course() -> None:
    lessons, messages = load_lessons(reversed(lesson_paths()))
    assert messages == []
    assert len(lessons) >= 15
    courses = [lesson.course for lesson in lessons]
    assert list(dict.fromkeys(courses)) == list(COURSES)[:3]
    for course in dict.fromkeys(courses):
        positions = [lesson.position for lesson in lessons if lesson.course == course]
        assert positions == list(range(1, len(positions) + 1))


def test_lessons_and_experiments_are_told_apart() -> None:
    assert is_lesson(json.dumps(LESSON))
    assert is_lesson(b'{"thalweg_lesson": 99}')
    assert not is_lesson('{"thalweg": 1}')
    assert not is_lesson(b"\xff\xfe")
    assert not is_lesson("[1")


@pytest.mark.parametrize("seed", range(20))
def test_any_change_of_a_file_gives_a_lesson_or_one_sentence(seed: int) -> None:
    """What can be read can also be checked and written."""
    generator = random.Random(seed)
    for _ in range(40):
        source = mutated(LESSON, generator)
        lesson = lesson_or_error(source)
        if isinstance(lesson, str):
            assert lesson
            assert "\n" not in lesson
            continue
        assert parse_json(lesson_to_json(lesson))["title"] == lesson.title
        if lesson.experiment.steps is not None and lesson.experiment.steps <= 20:
            assert all(finding.part for finding in check_lesson(lesson))
