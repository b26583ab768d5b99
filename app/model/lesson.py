"""Lesson: an experiment with a question to answer before it runs, what to observe, an explanation and a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.model.experiment import Experiment
from app.model.lesson_claim import MAX_LESSON_STEPS, Claim
from app.model.lesson_settings import check_setting_name, setting_value
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_choice, check_integer, check_number, check_text

COURSES = {  # by id, in the order in which they are shown
    "first": gettext_noop("First course"),
    "practice": gettext_noop("Training in practice"),
    "scripts": gettext_noop("From script to experiment"),
    "own": gettext_noop("My lessons"),
}
SHOWN = ("step_panel", "rate_curve", "settings_map", "basin_map", "formula", "code")  # what a lesson can open
MAX_CHOICES, MAX_CLAIMS, MAX_LINES, MAX_FORMULAS = 8, 40, 20, 4
MAX_TEXT = 2000  # characters


@dataclass(frozen=True)
class Choice:
    """A possible answer. ``claims`` say it in numbers: all hold for the right choice, and not all for a wrong one."""

    text: str
    claims: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        _check_filled(self, "text", MAX_TEXT)
        _check_claims(self.claims)


@dataclass(frozen=True)
class Question:
    """What is asked before the runs start.

    Either there are ``choices`` and ``answer`` is the index of the right one, or the answer is a number that
    ``measure`` measures; a predicted number is right if it differs by at most ``tolerance``.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    answer: int = 0
    measure: Claim | None = None
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        _check_filled(self, "text", MAX_TEXT)
        if self.measure is None:
            if not 2 <= len(self.choices) <= MAX_CHOICES:
                raise ExperimentError(
                    tr("a question needs 2 to {most} choices, or a measure for a number", most=MAX_CHOICES)
                )
            check_integer(gettext_noop("answer"), self.answer, 0, len(self.choices) - 1)
        elif self.choices:
            raise ExperimentError(tr("a question has either choices or a measure, not both"))
        elif self.measure.measure == "status":
            raise ExperimentError(tr("the answer to a question without choices must be a number"))
        object.__setattr__(self, "tolerance", check_number("tolerance", self.tolerance))
        if self.tolerance < 0:
            raise ExperimentError(tr("tolerance must not be negative"))

    @property
    def is_measured(self) -> bool:
        """Whether the program measures the answer: a number, or a choice with claims."""
        return self.measure is not None or bool(self.choices[self.answer].claims)


@dataclass(frozen=True)
class Task:
    """What to try afterwards: the ``free`` settings may be changed until all claims of ``goal`` hold."""

    text: str
    free: tuple[str, ...]
    goal: tuple[Claim, ...]

    def __post_init__(self) -> None:
        _check_filled(self, "text", MAX_TEXT)
        if not self.free or not self.goal:
            raise ExperimentError(tr("a task needs at least one free setting and one claim as its goal"))
        for name in self.free:
            check_setting_name(name)
        _check_claims(self.goal)
        if not all(claim.has_condition for claim in self.goal):
            raise ExperimentError(tr("every claim of a goal needs equals, at_least, or at_most"))


@dataclass(frozen=True)
class Lesson:
    """A lesson. ``name`` is the stem of its file, ``position`` its place in the ``course``.

    ``observe`` says what to look at, and ``claims`` are the numbers to see there. ``explanation`` are sentences,
    ``formulas`` lines of mathtext without dollar signs, ``shows`` names of what the lesson opens.
    """

    name: str
    title: str
    experiment: Experiment
    question: Question
    course: str = "own"
    position: int = 0
    observe: str = ""
    claims: tuple[Claim, ...] = ()
    explanation: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    task: Task | None = None
    shows: tuple[str, ...] = ()
    references: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        _check_filled(self, "title", 200)
        check_choice(gettext_noop("course"), self.course, COURSES)
        check_integer(gettext_noop("position"), self.position, 0, 999)
        object.__setattr__(self, "observe", check_text("observe", self.observe, MAX_TEXT))
        _check_claims(self.claims)
        _check_lines("explanation", self.explanation, MAX_LINES)
        _check_lines("formulas", self.formulas, MAX_FORMULAS)
        _check_lines("references", self.references, MAX_LINES)
        for name in self.shows:
            check_choice("shows", name, SHOWN)
        self._check_experiment()

    def _check_experiment(self) -> None:
        if not self.experiment.runs:
            raise ExperimentError(tr("the experiment of a lesson needs at least one run"))
        if self.experiment.steps is None or not 1 <= self.experiment.steps <= MAX_LESSON_STEPS:
            raise ExperimentError(
                tr("the experiment of a lesson needs steps from 1 to {most:,}", most=MAX_LESSON_STEPS)
            )
        for claim in self.all_claims:
            if claim.run > len(self.experiment.runs):
                raise ExperimentError(
                    tr(
                        "a claim names run {run}, but the experiment has {runs}",
                        run=claim.run,
                        runs=len(self.experiment.runs),
                    )
                )
        for name in self.task.free if self.task else ():
            if name.startswith("parameter.") and setting_value(self.experiment, name) is None:
                raise ExperimentError(tr("the task changes {name}, which the experiment does not have", name=name))

    @property
    def all_claims(self) -> tuple[Claim, ...]:
        """All claims of question, observations and task."""
        measure = () if self.question.measure is None else (self.question.measure,)
        choices = [claim for choice in self.question.choices for claim in choice.claims]
        return (*measure, *choices, *self.claims, *(self.task.goal if self.task else ()))

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that are translated."""
        choices = [choice.text for choice in self.question.choices]
        task = (self.task.text,) if self.task else ()
        texts = (self.title, self.question.text, *choices, self.observe, *self.explanation, *task)
        return tuple(text for text in texts if text)


def _check_filled(value: Any, name: str, max_length: int) -> None:
    text = check_text(name, getattr(value, name), max_length)
    if not text.strip():
        raise ExperimentError(tr("{name} must not be empty", name=name))
    object.__setattr__(value, name, text)


def _check_claims(claims: Sequence[Claim]) -> None:
    if len(claims) > MAX_CLAIMS:
        raise ExperimentError(tr("there can be at most {most} claims, not {n}", most=MAX_CLAIMS, n=len(claims)))


def _check_lines(name: str, lines: Sequence[Any], most: int) -> None:
    if len(lines) > most:
        raise ExperimentError(tr("{name} can have at most {most} lines, not {n}", name=name, most=most, n=len(lines)))
    for line in lines:
        check_text(name, line, MAX_TEXT)
