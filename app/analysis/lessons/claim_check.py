"""Check claims of lessons against simulated runs, and attempts at a task against its goal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.analysis.lessons.measures import MEASURES
from app.analysis.lessons.simulated_run import SimulatedRun
from app.model.experiment import Experiment
from app.model.lesson import Lesson, Question
from app.model.lesson_claim import MEASURE_TEXTS, Claim
from app.model.lesson_settings import setting_value, with_setting
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError

STEP_COUNTS = ("first_beyond", "steps_to_loss", "steps_within")  # measures whose value is a step, inf if there is none
STATUS_TEXTS = {  # by the kind of a status
    "start": gettext_noop("has not moved"),
    "descending": gettext_noop("descending"),
    "slow": gettext_noop("slow progress"),
    "oscillating": gettext_noop("oscillating"),
    "cycling": gettext_noop("in a cycle"),
    "wandering": gettext_noop("wandering"),
    "converged": gettext_noop("converged"),
    "resting": gettext_noop("at rest on a slope"),
    "saddle": gettext_noop("at a saddle point or maximum"),
    "climbing": gettext_noop("climbing"),
    "diverging": gettext_noop("diverging"),
    "diverged": gettext_noop("diverged"),
}


@dataclass(frozen=True)
class CheckedClaim:
    """A claim, the value that was measured, and whether the value is what the claim says."""

    claim: Claim
    value: float | str
    holds: bool


class ClaimChecker:
    """Checks claims about one experiment; runs that several claims are about are simulated once."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self._experiments: dict[str, Experiment] = {}
        self._runs: dict[tuple[str, int], SimulatedRun] = {}

    def check(self, claim: Claim) -> CheckedClaim:
        """Return a claim with the measured value; ExperimentError if it names what the experiment does not have."""
        with np.errstate(all="ignore"):
            value = MEASURES[claim.measure](self._run_of(claim), claim)
        return CheckedClaim(claim, value, claim.holds_for(value))

    def check_all(self, claims: Iterable[Claim]) -> list[CheckedClaim]:
        """Return claims with the measured values."""
        return [self.check(claim) for claim in claims]

    def _run_of(self, claim: Claim) -> SimulatedRun:
        changes = repr(sorted(claim.instead.items()))
        if changes not in self._experiments:
            experiment = self.experiment
            for name, value in claim.instead.items():
                experiment = with_setting(experiment, name, value)
            self._experiments[changes] = experiment
        experiment = self._experiments[changes]
        if claim.run > len(experiment.runs):
            raise ExperimentError(tr("the experiment has no run {number}", number=claim.run))
        key = changes, claim.run
        if key not in self._runs:
            self._runs[key] = SimulatedRun(experiment, claim.run)
        return self._runs[key]


def check_claim(claim: Claim, experiment: Experiment) -> CheckedClaim:
    """Return a claim with the value that an experiment gives."""
    return ClaimChecker(experiment).check(claim)


def true_answer(question: Question, experiment: Experiment) -> float:
    """Return the index of the right choice, or the measured number of a question without choices."""
    if question.measure is None:
        return question.answer
    return float(check_claim(question.measure, experiment).value)


def is_right(question: Question, prediction: float, answer: float) -> bool:
    """Return whether a prediction is the answer, or near enough to a number."""
    if question.measure is None:
        return prediction == answer
    return prediction == answer or math.isclose(
        prediction, answer, rel_tol=1e-9, abs_tol=question.tolerance * (1 + 1e-9)
    )


def attempted_experiment(lesson: Lesson, settings: Experiment) -> Experiment:
    """Return the experiment of a lesson with the free settings of its task taken from another experiment."""
    experiment = lesson.experiment
    for name in lesson.task.free if lesson.task else ():
        value = setting_value(settings, name)
        if value is not None and value != setting_value(experiment, name):
            experiment = with_setting(experiment, name, value)
    return experiment


def check_task(lesson: Lesson, attempt: Experiment) -> list[CheckedClaim]:
    """Return the claims of the goal of a task with what is measured in an attempt.

    Only the free settings of the attempt count; all others are those of the lesson. The goal is reached if all claims
    hold. A lesson without a task gives an empty list.
    """
    if lesson.task is None:
        return []
    return ClaimChecker(attempted_experiment(lesson, attempt)).check_all(lesson.task.goal)


def status_text(kind: str) -> str:
    """Return a kind of status in words."""
    return tr(STATUS_TEXTS[kind]) if kind in STATUS_TEXTS else kind


def measure_text(claim: Claim, experiment: Experiment) -> str:
    """Return what a claim measures, as words: "loss after step 300"."""
    steps = claim.instead.get("steps", experiment.steps)
    return tr(
        MEASURE_TEXTS[claim.measure],
        axis=claim.axis,
        step=steps if claim.step is None else claim.step,
        first_step=claim.first_step,
        bound=f"{claim.bound:g}",
        tolerance=f"{claim.tolerance:g}",
        setting=claim.setting,
    )


def value_text(checked: CheckedClaim) -> str:
    """Return a measured value with four digits, or a status in words; a step that is not reached is "never"."""
    value = checked.value
    if isinstance(value, str):
        return status_text(value)
    if np.isinf(value):
        return tr("never") if checked.claim.measure in STEP_COUNTS else tr("overflow")
    if np.isnan(value):
        return tr("unknown")
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e6 else f"{value:.4g}"
