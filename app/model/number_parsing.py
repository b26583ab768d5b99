"""Parse numbers that a user types, and describe in sentences what is allowed."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from app.utils.i18n import tr
from app.utils.number_format import shortest_repr
from app.utils.validation import ExperimentError, shorten_repr
from optimizers import Hyperparameter

NUMBER_PATTERN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
THOUSANDS_PATTERN = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")  # "1,000" may mean 1000 or 1
CHARACTER_MAP = {
    ord("\u2212"): "-",  # minus sign
    0x200B: None,  # zero-width space
    0xFEFF: None,  # zero-width no-break space
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},  # full-width characters to ASCII
}
POSITIVE_THRESHOLD = 1e-290  # a smaller positive minimum only excludes 0


class ParsedNumber(NamedTuple):
    """A number; ``interpretation_note`` explains how it was read if the text is ambiguous."""

    value: float
    interpretation_note: str = ""


def describe_allowed(spec: Hyperparameter) -> str:
    """Return the allowed values as text."""
    minimum, maximum = shortest_repr(spec.minimum), shortest_repr(spec.maximum)
    if spec.scale == "switch":
        return tr("0 (off) or 1 (on)")
    if spec.scale == "whole":
        if math.isinf(spec.maximum):
            return tr("an integer ≥ {least}", least=minimum)
        return tr("an integer from {least} to {most}", least=minimum, most=maximum)
    if math.isinf(spec.maximum):
        if math.isinf(spec.minimum):
            return tr("a finite number")
        return (
            tr("a number greater than 0")
            if 0 < spec.minimum < POSITIVE_THRESHOLD
            else tr("a number ≥ {least}", least=minimum)
        )
    if spec.maximum != round(spec.maximum, 6):  # the largest float below a bound that is not allowed
        return tr("a number ≥ {least} and < {most}", least=minimum, most=f"{spec.maximum:g}")
    return tr("a number from {least} to {most}", least=minimum, most=maximum)


def rejection_message(spec: Hyperparameter, name: str, given: str = "") -> str:
    """Return a sentence with the allowed values and, if given, the text that was rejected."""
    if not given:
        return tr("{name} must be {allowed}", name=name, allowed=describe_allowed(spec))
    return tr("{name} must be {allowed}, not {given}", name=name, allowed=describe_allowed(spec), given=given)


def parse_number(spec: Hyperparameter, text: str, name: str) -> ParsedNumber:
    """Return the number that a text represents.

    Raises ExperimentError if it is not a number, not allowed, or ambiguous.
    """
    cleaned = text.translate(CHARACTER_MAP).strip()
    if not NUMBER_PATTERN.fullmatch(cleaned):
        raise ExperimentError(_invalid_number_message(spec, name, cleaned))
    value, shortened = float(cleaned.replace(",", ".")), shorten_repr(cleaned).strip("'")
    thousands_match = THOUSANDS_PATTERN.fullmatch(cleaned)
    if spec.scale == "whole" and thousands_match:
        raise ExperimentError(
            tr(
                "enter {name} without thousands separators: {better}, not {given}",
                name=name,
                given=shortened,
                better=cleaned.replace(thousands_match[1], ""),
            )
        )
    if not math.isfinite(value):
        raise ExperimentError(rejection_message(spec, name, tr("{given}, which is too large", given=shortened)))
    try:
        spec.check(name, value)
    except ValueError:
        raise ExperimentError(rejection_message(spec, name, shortened)) from None
    return ParsedNumber(value, _interpretation_note(cleaned, value))


def _interpretation_note(cleaned: str, value: float) -> str:
    shortened = shorten_repr(cleaned).strip("'")
    thousands_match = THOUSANDS_PATTERN.fullmatch(cleaned)
    if thousands_match and thousands_match[1] == ",":
        return tr(
            "{given} was read as {value} because a comma is a decimal separator; if you meant thousands, type "
            "{thousand}",
            given=shortened,
            value=shortest_repr(value),
            thousand=cleaned.replace(",", ""),
        )
    if value == 0 and re.search("[1-9]", re.split("[eE]", cleaned)[0]):
        return tr("{given} is too small to represent and was read as 0", given=shortened)
    return ""


def _invalid_number_message(spec: Hyperparameter, name: str, cleaned: str) -> str:
    joined = re.sub(r"\s", "", cleaned)
    shortened = shorten_repr(cleaned)
    if joined != cleaned and NUMBER_PATTERN.fullmatch(joined):
        return tr(
            "enter {name} without spaces: {better}, not {given}",
            name=name,
            given=shortened,
            better=shorten_repr(joined).strip("'"),
        )
    if re.fullmatch(r"[+-]?\d+([.,]\d+){2,}", cleaned):
        return tr(
            "enter {name} with one decimal separator and no thousands separators, not {given}",
            name=name,
            given=shortened,
        )
    return rejection_message(spec, name, shortened)
