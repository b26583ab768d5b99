"""The answers of the person at this computer, kept in a file next to the settings until they are handed in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.io.lesson_answers_files import load_answers, save_answers
from app.model.experiment import Experiment
from app.model.lesson_answers import MAX_ANSWERS, MAX_ATTEMPTS, MAX_NAME_LENGTH, LessonAnswer, LessonAnswers
from app.system.settings_file import rename_to_backup, settings_file
from app.utils.validation import ExperimentError


def record_file() -> Path:
    """Return the path of the file with the answers."""
    return settings_file().parent / "lesson_answers.json"


class LessonRecord:
    """The answers by the name of the lesson; a file that cannot be read is kept under another name.

    The first prediction counts, because the answer is known afterwards; attempts are added.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.can_write = path, True
        answers: tuple[LessonAnswer, ...] = ()
        try:
            answers = load_answers(path).answers
        except ExperimentError:  # also where there is none
            self._set_aside()
        self.answers = {answer.lesson: answer for answer in answers}

    def _set_aside(self) -> None:
        """Rename a file that cannot be read, for example one of a later version; do not write if that fails."""
        if self.path.exists():
            with suppress(ExperimentError):
                rename_to_backup(self.path)
            self.can_write = not self.path.exists()

    def record_prediction(self, lesson: str, prediction: float | None, confidence: str) -> None:
        """Keep a prediction, unless there is one already."""
        answer = self._answer(lesson)
        if answer.prediction is None:
            self._set_answer(replace(answer, prediction=prediction, confidence=confidence))

    def record_attempt(self, lesson: str, settings: Mapping[str, Any], is_solved: bool) -> None:
        """Add an attempt at the task unless it was made before, as undo does.

        When there are too many, only one that solves the task is added, in place of the last.
        """
        answer = self._answer(lesson)
        attempts = answer.attempts
        if len(attempts) == MAX_ATTEMPTS:
            attempts = attempts[:-1] if is_solved else attempts
        if len(attempts) < MAX_ATTEMPTS and settings not in attempts:
            self._set_answer(replace(answer, attempts=(*attempts, dict(settings))))

    def _answer(self, lesson: str) -> LessonAnswer:
        name = lesson[:MAX_NAME_LENGTH]
        return self.answers.get(name, LessonAnswer(name))

    def _set_answer(self, answer: LessonAnswer) -> None:
        self.answers.pop(answer.lesson, None)
        self.answers[answer.lesson] = answer
        self.answers = dict(list(self.answers.items())[-MAX_ANSWERS:])

    def save(self) -> None:
        """Write the file. A folder that cannot be written must not stop a lesson: the answers of this start remain."""
        if self.answers and self.can_write:
            with suppress(ExperimentError, OSError):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                save_answers(LessonAnswers(answers=tuple(self.answers.values())), self.path)

    def answers_of(self, name: str, experiment: Experiment | None) -> LessonAnswers:
        """Return the answers to hand in, under the name that was typed; ExperimentError if it is too long."""
        return LessonAnswers(name, tuple(self.answers.values()), experiment)
