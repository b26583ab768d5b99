"""Numbers in the texts of a lesson: each must be a setting, a stated limit, or a measured value."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from app.analysis.lessons.claim_check import CheckedClaim
from app.model.experiment import Experiment
from app.model.lesson_claim import Claim

# A number that stands alone: not part of a name (beta1), of a formula (x^2, 2/λ) or of a word (1-D)
NUMBER = re.compile(r"(?<![A-Za-z0-9_.,^/])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(e[-+]?\d+)?(?!-?[A-Za-z_^/]|\d|[.,]\d)")
ROUGH = 0.005


def unknown_numbers(text: str, known: Iterable[float]) -> list[str]:
    """Return the numbers in a text that are none of the known values, rounded to the digits shown; signs are ignored.

    A number with a single significant digit must be exact to a fraction ``ROUGH``.
    """
    values = [abs(value) for value in known]
    return [match[0] for match in NUMBER.finditer(text) if not any(_shows(match, value) for value in values)]


def _shows(match: re.Match[str], value: float) -> bool:
    digits = match[1].replace(",", "")
    number = float(digits + (match[2] or "") + (match[3] or ""))
    if math.isclose(number, value, rel_tol=1e-9, abs_tol=1e-9):
        return True
    decimals = len(match[2] or ".") - 1
    significant = (digits + (match[2] or "")[1:]).lstrip("0")
    unit = 10.0 ** (int((match[3] or "e0")[1:]) - decimals)
    allowed = unit / 2 * (1 + 1e-9)
    return abs(number - value) <= (allowed if len(significant) > 1 else min(allowed, ROUGH * abs(value)))


def known_numbers(experiment: Experiment, claims: Iterable[Claim], checked: Iterable[CheckedClaim]) -> set[float]:
    """Return the numbers that texts may state: settings, what claims name, and measured values."""
    numbers = [*_settings(experiment), *(number for claim in claims for number in _stated(claim))]
    measured = [each.value for each in checked]
    return {float(value) for value in [*numbers, *measured] if isinstance(value, (int, float)) and math.isfinite(value)}


def _settings(experiment: Experiment) -> Iterator[float | None]:
    yield from experiment.start or ()
    yield experiment.steps
    yield from experiment.parameters.values()
    for run in experiment.runs:
        yield from run.hyperparameters.values()
        yield run.replicas


def _stated(claim: Claim) -> Iterator[object]:
    yield from (claim.step, claim.first_step or None, claim.equals, claim.at_least, claim.at_most)
    yield claim.tolerance if claim.measure == "steps_within" else None
    yield claim.bound if claim.measure in ("first_beyond", "steps_to_loss") else None
    yield from claim.instead.values()
