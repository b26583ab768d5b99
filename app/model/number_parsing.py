"""What may be entered for a number, and what was: told in whole sentences."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from app.utils.i18n import tr
from app.utils.number_format import spelled
from app.utils.validation import ExperimentError, short
from optimizers import Hyperparameter

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")  # 1,000 is a thousand to some, and one to others
AS_TYPED = {
    ord("\u2212"): "-",
    0x200B: None,
    0xFEFF: None,  # a minus sign; what is not seen
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
}  # full-width letters and digits
TINY = 1e-290  # the least that is allowed to be no more than a word for "above 0"


class Entered(NamedTuple):
    """``note``: how it was understood, where that may not be what was meant."""

    value: float
    note: str = ""


def allowed(declared: Hyperparameter) -> str:
    """The allowed values in words."""
    least, most = spelled(declared.least), spelled(declared.most)
    if declared.scale == "switch":
        return tr("0 (off) or 1 (on)")
    if declared.scale == "whole":
        if math.isinf(declared.most):
            return tr("a whole number of at least {least}", least=least)
        return tr("a whole number from {least} to {most}", least=least, most=most)
    if math.isinf(declared.most):
        if math.isinf(declared.least):
            return tr("a finite number")
        return tr("a number above 0") if 0 < declared.least < TINY else tr("a number of at least {least}", least=least)
    if declared.most != round(declared.most, 6):  # the last number before it
        return tr("a number of at least {least} and below {most}", least=least, most=f"{declared.most:g}")
    return tr("a number from {least} to {most}", least=least, most=most)


def refusal(declared: Hyperparameter, name: str, text: str = "") -> str:
    """A sentence that says what may be entered instead of a text, or rather than go on."""
    if not text:
        return tr("{name} must be {allowed}", name=name, allowed=allowed(declared))
    return tr("{name} must be {allowed}, not {given}", name=name, allowed=allowed(declared), given=text)


def entered(declared: Hyperparameter, text: str, name: str) -> Entered:
    """The number that a text tells; ExperimentError with a sentence for what is none, may not be, or may be two."""
    typed = text.translate(AS_TYPED).strip()
    if not NUMBER.fullmatch(typed):
        raise ExperimentError(_not_a_number(declared, name, typed))
    value, plain, grouped = float(typed.replace(",", ".")), short(typed).strip("'"), GROUPED.fullmatch(typed)
    if declared.scale == "whole" and grouped:
        raise ExperimentError(
            tr(
                "{name} must be written with nothing between thousands: {better}, not {given}",
                name=name,
                given=plain,
                better=typed.replace(grouped[1], ""),
            )
        )
    if not math.isfinite(value):
        raise ExperimentError(refusal(declared, name, tr("{given}, which is too large", given=plain)))
    try:
        declared.check(name, value)
    except ValueError:
        raise ExperimentError(refusal(declared, name, plain)) from None
    if grouped and grouped[1] == ",":
        return Entered(
            value,
            tr(
                "{given} was read as {value}: a comma is a decimal point; write {thousand} "
                "for a thousand times as much",
                given=plain,
                value=spelled(value),
                thousand=typed.replace(",", ""),
            ),
        )
    if value == 0 and re.search("[1-9]", re.split("[eE]", typed)[0]):
        return Entered(value, tr("{given} was read as 0: it is closer to 0 than any other number", given=plain))
    return Entered(value)


def _not_a_number(declared: Hyperparameter, name: str, typed: str) -> str:
    together = re.sub(r"\s", "", typed)
    given = short(typed)
    if together != typed and NUMBER.fullmatch(together):
        return tr(
            "{name} must be written without spaces: {better}, not {given}",
            name=name,
            given=given,
            better=short(together).strip("'"),
        )
    if re.fullmatch(r"[+-]?\d+([.,]\d+){2,}", typed):
        return tr(
            "{name} must be written with one decimal point and nothing between thousands, not {given}",
            name=name,
            given=given,
        )
    return refusal(declared, name, given)
