"""Rows of the table of a class: what students answered, with every number computed again from the experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.analysis.lessons.claim_check import check_task, is_right, true_answer
from app.analysis.lessons.simulated_run import SimulatedRun
from app.model.experiment import Experiment
from app.model.lesson import Lesson
from app.model.lesson_answers import LessonAnswer, LessonAnswers
from app.model.lesson_settings import with_setting
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

COLUMNS = (
    "file",
    "name",
    "lesson",
    "prediction",
    "answer",
    "right",
    "confidence",
    "attempts",
    "reached_in_attempt",
    "settings",
    "surface",
    "runs",
    "steps",
    "lowest_loss",
    "error",
)
Row = dict[str, str | float]


def class_rows(answers: LessonAnswers, lessons: Mapping[str, Lesson]) -> Iterator[Row]:
    """Yield a row for each answer of a student, and one for an experiment of the student's own."""
    for answer in answers.answers:
        row: Row = {"name": answers.name, "lesson": answer.lesson}
        try:
            lesson = lessons.get(answer.lesson)
            if lesson is None:
                raise ExperimentError(tr("there is no lesson with this name"))
            row |= _prediction_cells(answer, lesson) | _attempt_cells(answer, lesson)
        except ExperimentError as error:
            row["error"] = str(error)
        yield row
    if answers.experiment is not None:
        yield {"name": answers.name, **_experiment_cells(answers.experiment)}


def _prediction_cells(answer: LessonAnswer, lesson: Lesson) -> Row:
    right_answer = true_answer(lesson.question, lesson.experiment)
    choices = lesson.question.choices
    prediction = answer.prediction
    if prediction is not None and choices and prediction not in range(len(choices)):
        raise ExperimentError(tr("the question has no choice {number:g}", number=prediction + 1))

    def shown(value: float) -> str | float:
        return choices[int(value)].text if choices else value

    return {
        "prediction": "" if prediction is None else shown(prediction),
        "answer": shown(right_answer),
        "right": "" if prediction is None else "yes" if is_right(lesson.question, prediction, right_answer) else "no",
        "confidence": answer.confidence,
    }


def _attempt_cells(answer: LessonAnswer, lesson: Lesson) -> Row:
    """Return the cells about the attempts at the task: the first that reaches the goal, else the last one."""
    cells: Row = {"attempts": len(answer.attempts), "reached_in_attempt": "", "settings": ""}
    for number, attempt in enumerate(answer.attempts, 1):
        cells["settings"] = ", ".join(f"{name}={value}" for name, value in attempt.items())
        if reaches_goal(lesson, attempt):
            return {**cells, "reached_in_attempt": number}
    return cells


def reaches_goal(lesson: Lesson, attempt: Mapping[str, object]) -> bool:
    """Return whether settings that were tried reach the goal of a lesson; those that are not free are ignored."""
    if lesson.task is None:
        return False
    experiment = lesson.experiment
    for name in lesson.task.free:
        if name in attempt:
            experiment = with_setting(experiment, name, attempt[name])
    return all(each.holds for each in check_task(lesson, experiment))


def _experiment_cells(experiment: Experiment) -> Row:
    runs = [SimulatedRun(experiment, number) for number in range(1, len(experiment.runs) + 1)]
    return {
        "surface": experiment.formula or experiment.surface_id,
        "runs": ", ".join(run.label for run in experiment.runs),
        "steps": max((run.last_step for run in runs), default=0),
        "lowest_loss": min((float(run.losses.min()) for run in runs), default=""),
    }
