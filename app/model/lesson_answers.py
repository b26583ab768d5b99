"""Answers of a student to lessons: what was predicted, what was tried, and the student's own experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.model.experiment import Experiment
from app.model.lesson_settings import check_setting_name
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_choice, check_number, check_text, shorten_repr

CONFIDENCES = {  # how sure a student was of a prediction, by id; "" if nothing was selected
    "sure": gettext_noop("sure"),
    "rather_sure": gettext_noop("rather sure"),
    "guessing": gettext_noop("guessing"),
    "": gettext_noop("not stated"),
}
MAX_ANSWERS, MAX_ATTEMPTS, MAX_NAME_LENGTH = 200, 50, 100


@dataclass(frozen=True)
class LessonAnswer:
    """The answer to one lesson.

    ``lesson`` is its name, ``prediction`` the index of a choice or a number, None if the question was skipped.
    ``attempts`` at the task are settings by name, in the order in which they were tried.
    """

    lesson: str
    prediction: float | None = None
    confidence: str = ""
    attempts: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        check_text(gettext_noop("lesson"), self.lesson, MAX_NAME_LENGTH)
        if self.prediction is not None:
            object.__setattr__(self, "prediction", check_number(gettext_noop("prediction"), self.prediction))
        check_choice(gettext_noop("confidence"), self.confidence, CONFIDENCES)
        if len(self.attempts) > MAX_ATTEMPTS:
            raise ExperimentError(
                tr("there can be at most {most} attempts, not {n}", most=MAX_ATTEMPTS, n=len(self.attempts))
            )
        for attempt in self.attempts:
            if not isinstance(attempt, Mapping):
                raise ExperimentError(
                    tr("an attempt must be an object with settings, not {value}", value=shorten_repr(attempt))
                )
            for name in attempt:
                check_setting_name(name)


@dataclass(frozen=True)
class LessonAnswers:
    """All answers of a student, with the name that was typed, and an experiment of the student's own."""

    name: str = ""
    answers: tuple[LessonAnswer, ...] = ()
    experiment: Experiment | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", check_text(gettext_noop("name"), self.name, MAX_NAME_LENGTH))
        if len(self.answers) > MAX_ANSWERS:
            raise ExperimentError(
                tr("there can be at most {most} answers, not {n}", most=MAX_ANSWERS, n=len(self.answers))
            )
