"""Check a whole lesson: its claims, its question, its task, and the numbers in its texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.analysis.lessons.claim_check import (
    CheckedClaim,
    ClaimChecker,
    measure_text,
    status_text,
    value_text,
)
from app.analysis.lessons.text_numbers import known_numbers, unknown_numbers
from app.model.experiment import Experiment
from app.model.lesson import Lesson
from app.model.lesson_claim import Claim
from app.utils.i18n import tr
from app.utils.validation import ExperimentError


@dataclass(frozen=True)
class LessonFinding:
    """One thing that was checked: the part of the lesson, as in its file, what was found, and whether it is true."""

    part: str
    text: str
    holds: bool


def check_lesson(lesson: Lesson, translations: Iterable[Callable[[str], str]] = (str,)) -> list[LessonFinding]:
    """Return everything that is checked in a lesson; the numbers in its texts are checked in each translation."""
    try:
        return list(_findings(lesson, translations))
    except ExperimentError as error:  # of a claim that changes what the experiment does not have
        return [LessonFinding("claims", str(error), False)]


def _findings(lesson: Lesson, translations: Iterable[Callable[[str], str]]) -> Iterator[LessonFinding]:
    checker = ClaimChecker(lesson.experiment)
    checked = checker.check_all(lesson.claims)
    for index, each in enumerate(checked):
        yield LessonFinding(f"claims[{index}]", claim_report(each, lesson), each.holds)
    if lesson.question.measure is not None:
        answer = checker.check(lesson.question.measure)
        is_number = isinstance(answer.value, float) and abs(answer.value) < float("inf")
        yield LessonFinding("question.measure", claim_report(answer, lesson), is_number and answer.holds)
        checked = [*checked, answer]
    for index, choice in enumerate(lesson.question.choices):
        results = checker.check_all(choice.claims)
        is_right = index == lesson.question.answer
        if results:
            report = "; ".join(claim_report(each, lesson) for each in results)
            text = (
                tr("the right choice: {report}", report=report)
                if is_right
                else tr("a wrong choice: {report}", report=report)
            )
            yield LessonFinding(f"question.choices[{index}]", text, all(each.holds for each in results) == is_right)
            checked = [*checked, *results]
    yield from _task_findings(lesson, checker)
    known = known_numbers(lesson.experiment, lesson.all_claims, checked)
    for translate in translations:
        yield from _number_findings(map(translate, lesson.texts), known)


def _task_findings(lesson: Lesson, checker: ClaimChecker) -> Iterator[LessonFinding]:
    if lesson.task is None:
        return
    results = checker.check_all(lesson.task.goal)
    report = "; ".join(claim_report(each, lesson) for each in results)
    is_reached = all(each.holds for each in results)
    text = (
        tr("the goal is already reached at the start: {report}", report=report)
        if is_reached
        else tr("the goal is not reached at the start: {report}", report=report)
    )
    yield LessonFinding("task.goal", text, not is_reached)


def _number_findings(texts: Iterable[str], known: set[float]) -> Iterator[LessonFinding]:
    for text in texts:
        for number in unknown_numbers(text, known):
            message = tr("{number} is neither a setting nor the value of a claim: {text}", number=number, text=text)
            yield LessonFinding("texts", message, False)


def claim_report(checked: CheckedClaim, lesson: Lesson) -> str:
    """Return what a claim measures, the value, and what is claimed."""
    subject, condition = claim_subject(checked.claim, lesson.experiment), condition_text(checked.claim)
    value = value_text(checked)
    return (
        tr("{measure}: {value}, claimed: {condition}", measure=subject, value=value, condition=condition)
        if condition
        else tr("{measure}: {value}", measure=subject, value=value)
    )


def claim_subject(claim: Claim, experiment: Experiment) -> str:
    """Return what a claim measures and, if there are several runs, of which run."""
    subject = measure_text(claim, experiment)
    if len(experiment.runs) > 1 and claim.measure != "setting":
        subject = tr("{measure} (run {run})", measure=subject, run=claim.run)
    changes = ", ".join(f"{name} = {value}" for name, value in claim.instead.items())
    return tr("{measure} with {changes}", measure=subject, changes=changes) if changes else subject


def condition_text(claim: Claim) -> str:
    """Return what a claim says about its value: "at least 3, at most 5"; empty if it only measures."""
    if isinstance(claim.equals, str):
        return status_text(claim.equals)
    parts = []
    if claim.equals is not None:
        margin = f" ± {claim.margin:g}" if claim.margin else ""
        parts.append(f"{claim.equals:g}{margin}")
    if claim.at_least is not None:
        parts.append(tr("at least {limit:g}", limit=claim.at_least))
    if claim.at_most is not None:
        parts.append(tr("at most {limit:g}", limit=claim.at_most))
    return ", ".join(parts)
