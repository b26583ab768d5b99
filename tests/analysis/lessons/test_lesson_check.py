"""Lessons are checked as a whole: claims, choices, tasks, and numbers in texts; the shipped ones in every language."""

from __future__ import annotations

import json
import random
import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.analysis.lessons.claim_check import STATUS_TEXTS, check_task, is_right, true_answer
from app.analysis.lessons.lesson_check import LessonFinding, check_lesson
from app.analysis.lessons.text_numbers import unknown_numbers
from app.analysis.status.status_types import KINDS
from app.io.lesson_files import lesson_from_json, lesson_paths, load_lesson
from app.model.lesson import Lesson
from app.model.lesson_settings import setting_value, with_setting
from app.model.run import Run
from app.plotting.math_text import math_coverage
from app.utils.i18n import language_codes, load_language
from app.utils.validation import ExperimentError
from tests.lesson_examples import LESSON

SOLUTIONS: dict[str, dict[str, float]] = {
    "adam_first_step": {"run3.lr": 0.25},
    "adam_parts": {"run4.beta1": 0.0},
    "batch_size": {"run4.lr": 0.0015},
    "largest_learning_rate": {"run1.lr": 0.985},
    "learning_rate": {"run2.lr": 0.45},
    "momentum": {"run2.lr": 1.3358, "run2.momentum": 0.4026},
    "noise_floor": {"run1.lr": 0.03},
    "one_step": {"run1.lr": 0.5},
    "predict_the_limit": {"run1.lr": 0.2},
    "ravine": {"run1.lr": 0.89},
    "saddle": {"run1.lr": 0.1},
    "scale_per_coordinate": {"run2.lr": 2.5},
    "schedule": {"run1.exponential_gamma": 0.998},
    "script_line": {"run1.lr": 0.03, "run1.momentum": 0.8},
    "script_rosenbrock": {"start.x": -1, "start.y": 1, "run1.lr": 0.0005},
    "script_sgd": {"run1.lr": 0.49},
    "sensitivity": {"run3.lr": 0.5},
    "sharpness": {"run2.lr": 0.7},
    "too_much_momentum": {"run2.momentum": 0.45},
    "tune_first": {"run1.lr": 3},
    "warm_up": {"run2.warmup_steps": 40},
    "weight_decay": {"run2.decoupled_weight_decay": 0.02},
}


def lesson_with(**changes: Any) -> Lesson:
    return lesson_from_json(json.dumps({**deepcopy(LESSON), **changes}))


def false_findings(lesson: Lesson) -> list[LessonFinding]:
    return [finding for finding in check_lesson(lesson) if not finding.holds]


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_a_shipped_lesson_is_true_in_every_language(path: Path) -> None:
    lesson = load_lesson(path)
    languages = [load_language(code).texts for code in language_codes()]
    findings = check_lesson(lesson, [lambda text, texts=texts: texts.get(text, text) for texts in languages])  # type: ignore[misc]
    assert [finding for finding in findings if not finding.holds] == []
    assert len(lesson.question.choices) != 1
    assert all(choice.claims for choice in lesson.question.choices)
    assert lesson.observe
    assert lesson.explanation
    assert lesson.references
    assert lesson.task is not None
    for formula in lesson.formulas:
        assert math_coverage(formula, 12, 96).size
        assert not re.search(r"\\(?:mathrm|text)\{[^}]{4}", formula), "words in a formula cannot be translated"


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_the_task_of_a_shipped_lesson_has_a_solution(path: Path) -> None:
    lesson = load_lesson(path)
    attempt = lesson.experiment
    assert lesson.task is not None
    assert set(SOLUTIONS[path.stem]) == set(lesson.task.free)
    for name, value in SOLUTIONS[path.stem].items():
        attempt = with_setting(attempt, name, value)
    assert all(each.holds for each in check_task(lesson, attempt))


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_numbers_are_the_same_in_all_languages(path: Path) -> None:
    for text in load_lesson(path).texts:
        for code in language_codes()[1:]:
            numbers = [re.findall(r"\d[\d,.]*\d|\d", each) for each in (text, load_language(code).texts[text])]
            assert set(numbers[0]) - {"0"} == set(numbers[1]) - {"0"}, text  # Korean writes zero as 0


def test_a_true_lesson_has_only_true_findings() -> None:
    findings = check_lesson(lesson_with())
    assert {finding.part for finding in findings} >= {"claims[0]", "question.choices[0]", "task.goal"}
    assert all(finding.holds for finding in findings)


@pytest.mark.parametrize(
    ("changes", "part", "text"),
    [
        ({"claims": [*LESSON["claims"], {"measure": "loss", "step": 0, "equals": 8}]}, "claims[2]", ": 9, claimed: 8"),
        ({"question": {**LESSON["question"], "answer": 0}}, "question.choices[0]", "the right choice"),
        ({"question": {**LESSON["question"], "answer": 0}}, "question.choices[1]", "a wrong choice"),
        ({"observe": "The first run needs 0.7 for its first step."}, "texts", "0.7 is neither"),
        ({"explanation": ["Every step multiplies x by −0.79."]}, "texts", "0.79 is neither"),
        ({"task": {**LESSON["task"], "goal": [{"measure": "loss", "at_most": 9}]}}, "task.goal", "already reached"),
        ({"claims": [{"measure": "loss", "instead": {"run2.speed": 3}}]}, "claims", "has no hyperparameter"),
        ({"claims": [{"measure": "loss", "instead": {"run7.lr": 3}}]}, "claims", "has no run 7"),
        ({"claims": [{"measure": "loss", "instead": {"parameter.a": 3}}]}, "claims", "no parameter a"),
        (
            {"question": {"text": "When?", "measure": {"measure": "first_beyond", "bound": 99}}},
            "question.measure",
            "never",
        ),
    ],
)
def test_what_is_false_is_found(changes: dict[str, Any], part: str, text: str) -> None:
    found = false_findings(lesson_with(**changes))
    assert any(finding.part == part and text in finding.text for finding in found), found


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("x is 2.4 after a step", []),
        ("x is 2.40", []),
        ("x is −2.4", []),
        ("x is 2.5", ["2.5"]),
        ("about 66 steps", []),
        ("about 67 steps", ["67"]),
        ("1,308 steps", []),
        ("1308단계", []),
        ("loss 0.0025", []),
        ("loss 0.003", ["0.003"]),
        ("7 of them", ["7"]),
        ("f = x² + 4x, x^2/20, beta1, 2/λ in 1-D", []),
        ("2.4.", []),
        ("(2.4, 66)", []),
    ],
)
def test_numbers_in_texts(text: str, unknown: list[str]) -> None:
    assert unknown_numbers(text, [2.4, 65.8, 1308, 0.002485]) == unknown


def test_any_wrong_digit_in_a_text_is_found() -> None:
    """Change one digit of each number of the shipped texts: no other number of the lesson may hide it too often."""
    generator, found, total = random.Random(1), 0, 0
    for path in lesson_paths():
        lesson = load_lesson(path)
        for line in lesson.explanation:
            places = [match.start() for match in re.finditer(r"(?<=\.\d)\d", line)]
            if places:
                place = generator.choice(places)
                wrong = f"{line[:place]}{(int(line[place]) + 5) % 10}{line[place + 1 :]}"
                total += 1
                found += bool(false_findings(replace(lesson, explanation=(wrong,))))
    assert total > 10
    assert found >= 0.9 * total


def test_only_the_free_settings_of_an_attempt_count() -> None:
    lesson = lesson_with()
    attempt = with_setting(lesson.experiment, "run1.lr", 0.5)
    assert all(each.holds for each in check_task(lesson, attempt))
    moved = with_setting(lesson.experiment, "start.x", 0.0)
    assert not all(each.holds for each in check_task(lesson, moved))
    other = replace(attempt, runs=(attempt.runs[0].without_history(),))
    assert all(each.holds for each in check_task(lesson, other))


def test_a_change_during_the_run_counts_from_the_start() -> None:
    lesson = lesson_with()
    run = lesson.experiment.runs[0].with_change_at_step(10, {"lr": 0.5})
    assert all(each.holds for each in check_task(lesson, lesson.experiment.with_run(0, run)))


def test_every_kind_of_status_has_words() -> None:
    assert set(STATUS_TEXTS) == set(KINDS)


def test_a_number_is_right_within_the_tolerance() -> None:
    question = {"text": "Where?", "measure": {"measure": "position", "step": 1}, "tolerance": 0.05}
    lesson = lesson_with(question=question)
    answer = true_answer(lesson.question, lesson.experiment)
    assert answer == pytest.approx(2.4)
    assert [is_right(lesson.question, guess, answer) for guess in (2.4, 2.44, 2.46, -2.4)] == [True, True, False, False]
    assert 2.95 - 2.94 > 0.01  # in floats
    assert is_right(replace(lesson.question, tolerance=0.01), 2.95, 2.94)
    choices = lesson_with().question
    assert true_answer(choices, lesson.experiment) == 1
    assert [is_right(choices, guess, 1) for guess in (0, 1)] == [False, True]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run1.lr", 0.3),
        ("run2.weight_decay", 0.1),
        ("run1.optimizer", "adam"),
        ("start.x", 1.5),
        ("steps", 7),
        ("surface", "beale"),
        ("formula", "x^4"),
    ],
)
def test_a_setting_has_the_value_that_was_set(name: str, value: float | str) -> None:
    changed = with_setting(lesson_with().experiment, name, value)
    assert setting_value(changed, name) == value


@pytest.mark.parametrize(
    "name", ["run1.lr", "run1.optimizer", "start.x", "steps", "surface", "formula", "standardized"]
)
@pytest.mark.parametrize("value", [None, [], {}, "x" * 1000, 10**400, -1e9, "\ud800"])
def test_a_strange_value_of_a_setting_is_one_sentence(name: str, value: Any) -> None:
    if (name, value) == ("steps", None):
        assert with_setting(lesson_with().experiment, name, value).steps is None
        return
    with pytest.raises(ExperimentError) as error:
        with_setting(lesson_with().experiment, name, value)
    assert "\n" not in str(error.value)


def test_a_modifier_is_added_with_its_other_values() -> None:
    experiment = with_setting(lesson_with().experiment, "run1.noise", 0.5)
    assert experiment.runs[0] == Run("sgd", {"lr": 0.1, "noise": 0.5}, slot=0)
