"""Names of the stages, parts and points of an explained step, translated."""

from __future__ import annotations

import re

from app.utils.i18n import gettext_noop, tr
from optimizers import MODIFIERS

# Other stages are names in the code of the rule, which its symbols show
STAGE_NAMES = {"gradient": gettext_noop("gradient"), "x": gettext_noop("new position")}
PART_NAMES = {
    "memory": gettext_noop("memory"),
    "gradient": gettext_noop("this gradient"),
    "origin": gettext_noop("pull to the origin"),
    "constant": gettext_noop("initial value"),
    "step": gettext_noop("step"),
}
POINT_NAMES = {
    "trials": gettext_noop("trial"),
    "simplex": gettext_noop("vertex"),
    "evaluated": gettext_noop("evaluated point"),
    "centroid": gettext_noop("centroid"),
    "worst": gettext_noop("worst vertex"),
    "mean": gettext_noop("average"),
    "x0": gettext_noop("start"),
}


def stage_name(name: str) -> str:
    """Return the name of a stage, empty if it is a name in the code."""
    return tr(MODIFIERS[name].name) if name in MODIFIERS else tr(STAGE_NAMES.get(name, ""))


def part_name(name: str) -> str:
    """Return the name of a part of a step."""
    return tr(MODIFIERS[name].name) if name in MODIFIERS else tr(PART_NAMES.get(name, name))


def point_name(name: str) -> str:
    """Return the name of a point that a step used, with its number if there are several."""
    base, number = re.fullmatch(r"(.*?)(?: (\d+))?", name, re.DOTALL).groups()  # type: ignore[union-attr]
    first, _, rest = base.partition(" ")
    if first == "before" and rest in MODIFIERS:
        text = tr("before {modifier}", modifier=tr(MODIFIERS[rest].name))
    elif first in MODIFIERS:
        text = f"{tr(MODIFIERS[first].name)}: {rest}"
    else:
        text = tr(POINT_NAMES.get(base, base))
    return f"{text} {number}" if number else text
