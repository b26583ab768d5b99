"""Why a run swings: its learning rate compared with the stability limit, and the theory of quadratics."""

from __future__ import annotations

import math
from typing import NamedTuple

from app.analysis.curvature import Curvature, curvature_at
from app.analysis.stability_limit import (
    StabilityLimit,
    adaptive_limit,
    compare_to_limit,
    distinct_digits,
    has_stability_theory,
    stability_limit,
)
from app.analysis.status.oscillation import Oscillation
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.swing_forecast import GROWTH_TOLERANCE
from app.analysis.status.swing_theory import swing_theory
from app.utils.i18n import tr

# Relative differences up to which a period, and the logarithm of a growth, are those of the theory
SAME_PERIOD, SAME_GROWTH = 0.1, 0.1


class SwingCause(NamedTuple):
    """The cause of a swing as a text and as numbers; the text is empty where no limit explains the swing."""

    crosses_valley: bool = False
    text: str = ""
    rate: float | None = None
    bound: float | None = None
    relation: str | None = None


NO_CAUSE = SwingCause()


def swing_cause(snapshot: RunSnapshot, swing: Oscillation, radius: float) -> SwingCause:
    """Return why a run swings.

    The curvature is that at the minimum within ``radius`` of the center, if there is one: at the center itself it is
    smaller or larger where the surface is not quadratic.
    """
    minimum = snapshot.surrounded_minimum(swing.center, radius)
    place = minimum or (swing.center.real, swing.center.imag)
    curvature = curvature_at(snapshot.surface, *place)
    if snapshot.is_nonsmooth:
        return NO_CAUSE
    theory = _theory_text(snapshot, swing, curvature)
    if not curvature.component_along(swing.axis) >= 0.8 * curvature.largest:
        return SwingCause(text=theory)
    crosses_valley = curvature.largest > 3 * abs(curvature.smallest)
    limit = stability_limit(snapshot.trajectory, snapshot.step, place, snapshot.update)
    if limit is None:
        return _adaptive_cause(snapshot, swing, minimum, radius, crosses_valley)
    relation = limit.relation_of(snapshot.learning_rate)
    if _explains(relation, swing.growth, minimum is not None, bool(theory)):
        against = compare_to_limit(snapshot.learning_rate, limit)
        text = _at_place(snapshot, swing, minimum, radius, against) + theory
        return SwingCause(crosses_valley, text, snapshot.learning_rate, limit.learning_rate, relation)
    return _cause_at_position(snapshot, swing, crosses_valley)


def _at_place(
    snapshot: RunSnapshot, swing: Oscillation, minimum: tuple[float, float] | None, radius: float, against: str
) -> str:
    """Return a text that says where a comparison holds: "there" where the status has named the minimum."""
    if snapshot.near_minimum_text(swing.center, radius):
        return tr("; there, {against}", against=against)
    if minimum:
        return tr("; at the minimum {place}, {against}", place=snapshot.format_point(*minimum), against=against)
    return tr("; in the middle of the oscillation, {against}", against=against)


def _explains(relation: str, growth: float, around_minimum: bool, as_in_theory: bool) -> bool:
    """Return whether a relation to the limit fits a swing.

    Above the limit a swing becomes narrower only toward a cycle around a minimum. Below it, one keeps its size only if
    theory says so: without damping, or just below the limit.
    """
    if growth < 1 - GROWTH_TOLERANCE:
        return relation == "below" or (relation == "exceeds" and around_minimum)
    if growth > 1 + GROWTH_TOLERANCE:
        return relation == "exceeds"
    return relation in ("equal", "exceeds") or as_in_theory


def _cause_at_position(snapshot: RunSnapshot, swing: Oscillation, crosses_valley: bool) -> SwingCause:
    """Return the cause of a growing swing at whose ends the curvature is larger than at its center."""
    limit: StabilityLimit | None = stability_limit(snapshot.trajectory, snapshot.step, None, snapshot.update)
    if limit is None or swing.growth < 1 - GROWTH_TOLERANCE:
        return SwingCause(crosses_valley)
    relation = limit.relation_of(snapshot.learning_rate)
    if relation != "exceeds":
        return SwingCause(crosses_valley)
    text = tr("; at the current point, {against}", against=compare_to_limit(snapshot.learning_rate, limit))
    return SwingCause(crosses_valley, text, snapshot.learning_rate, limit.learning_rate, relation)


def _theory_text(snapshot: RunSnapshot, swing: Oscillation, curvature: Curvature) -> str:
    """Return a text with period and factor on a quadratic, where they are known and the swing has that period."""
    along = curvature.component_along(swing.axis)
    eigenvalue = min((curvature.largest, curvature.smallest), key=lambda each: abs(each - along))
    if not has_stability_theory(snapshot.update):
        return ""
    theory = swing_theory(snapshot.trajectory.method.id, snapshot.update.settings, eigenvalue + snapshot.penalty)
    if theory is None or abs(swing.period - theory.period) > SAME_PERIOD * theory.period:
        return ""
    log_growth, expected = math.log(swing.growth), math.log(theory.factor) * theory.period / 2
    if abs(expected - log_growth) > SAME_GROWTH * abs(log_growth) + 2 * GROWTH_TOLERANCE:
        return ""
    return tr(
        "; {reason}: in theory, period {period:.4g} and factor {factor:.4g} per step",
        reason=theory.reason,
        period=theory.period,
        factor=theory.factor,
    )


def _adaptive_cause(
    snapshot: RunSnapshot,
    swing: Oscillation,
    minimum: tuple[float, float] | None,
    radius: float,
    crosses_valley: bool,
) -> SwingCause:
    """Return the cause of a swing of Adam or RMSprop that grows because its effective learning rate is too large."""
    place = minimum or (swing.center.real, swing.center.imag)
    compared = adaptive_limit(snapshot.trajectory, snapshot.step, place, snapshot.update)
    if compared is None or swing.growth < 1 + GROWTH_TOLERANCE:
        return SwingCause(crosses_valley)
    rate, limit = compared
    if limit.relation_of(rate) != "exceeds":
        return SwingCause(crosses_valley)
    digits = distinct_digits(rate, limit.learning_rate)
    against = tr(
        "the effective learning rate lr/√v = {rate} exceeds the stability limit {formula} = {limit}",
        rate=f"{rate:.{digits}g}",
        formula=limit.formula,
        limit=f"{limit.learning_rate:.{digits}g}",
    )
    text = _at_place(snapshot, swing, minimum, radius, against)
    return SwingCause(crosses_valley, text, rate, limit.learning_rate, "exceeds")
