"""What a lesson tells a student: measured values, and whether the goal of a task is reached."""

from __future__ import annotations

from collections.abc import Sequence

from app.analysis.lessons.claim_check import CheckedClaim, value_text
from app.analysis.lessons.lesson_check import claim_subject, condition_text
from app.model.experiment import Experiment
from app.model.lesson import Question
from app.utils.i18n import tr


def measured_line(checked: CheckedClaim, experiment: Experiment) -> str:
    """Return what was measured: "loss after step 300: 0.12"."""
    return tr("{measure}: {value}", measure=claim_subject(checked.claim, experiment), value=value_text(checked))


def goal_line(checked: CheckedClaim, experiment: Experiment) -> str:
    """Return what was measured and what the goal is."""
    return tr(
        "{measure}: {value} (goal: {condition})",
        measure=claim_subject(checked.claim, experiment),
        value=value_text(checked),
        condition=condition_text(checked.claim),
    )


def goal_text(goal: Sequence[CheckedClaim], experiment: Experiment) -> str:
    """Return whether a goal is reached, in one sentence, and what was measured, one line each."""
    if not goal:
        return tr("The goal cannot be measured with these settings.")
    open_count = sum(not each.holds for each in goal)
    heading = (
        tr("Goal reached:")
        if not open_count
        else tr("Not reached yet:")
        if len(goal) == 1
        else tr("Not reached yet, {reached} of {all} conditions hold:", reached=len(goal) - open_count, all=len(goal))
    )
    lines = [f"{'✓' if each.holds else '✗'} {goal_line(each, experiment)}" for each in goal]
    return "\n".join([heading, *lines])


def answer_text(question: Question, value: float) -> str:
    """Return an answer as words: the text of a choice, or a number."""
    if question.measure is not None:
        return value_text(CheckedClaim(question.measure, value, True))
    return tr(question.choices[int(value)].text)
