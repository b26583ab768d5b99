"""Whether a run has come to rest, and where: at a minimum, at a saddle, or where weight decay holds it.

A gradient alone decides nothing: a ball that rolls over the minimum has none, and one that turns has no speed. A run has
converged where it is within the tolerance of a minimum and its speed, its swings or its stay say that it will not leave.
"""

from __future__ import annotations

import numpy as np

from app.analysis.curvature import Stationary, penalty_of, stationary
from app.analysis.run_snapshot import PAUSE, Situation, Verdict
from app.utils.i18n import tr

STAY = (
    300  # steps within the tolerance after which a run stays there, and steps in which one at rest would not leave it
)
LINGER = 10  # times the tolerance: so near a saddle, and so much slower than that, a run lingers
STEPS = 3  # for which it must have been there


def resting(here: Situation) -> Verdict | None:
    """Converged or at a saddle; None of a run that moves, or has stopped where nothing holds it."""
    motion, tolerance = here.motion, here.tolerance
    swing = motion.swing
    still = not here.noisy and (
        float(motion.lengths[-1]) * STAY <= tolerance
        or (swing is not None and swing.width <= tolerance and swing.growth < 1.05)
    )
    slow = motion.speed * STEPS <= tolerance
    if not (still or slow or _lately(here)):
        return None
    if here.nearest and here.left <= tolerance and (still or _stayed(here, *here.nearest)):
        return _at_global(here, *here.nearest)
    found = stationary(here.surface, here.x, here.y, LINGER * tolerance, penalty_of(here.update))
    if (
        found
        and found.kind == "minimum"
        and here.off(found.x, found.y) <= tolerance
        and (still or _stayed(here, found.x, found.y))
    ):
        return _at_local(here, found.x, found.y)
    if found and found.kind in ("saddle", "maximum") and slow:
        since = here.since(found.x, found.y, LINGER * tolerance)
        if here.step - since >= STEPS or (since == 0 and here.gradient == 0):
            return _at_saddle(here, found, since)
    return _balanced(here)


def _lately(here: Situation) -> bool:
    """Whether its last steps fit into a circle as wide as the tolerance; a quick look before ``_stayed``."""
    places = here.motion.z[-STAY - 1 :]
    return len(places) > STAY and bool((np.abs(places - places[-1]) <= 2 * here.tolerance).all())


def _stayed(here: Situation, x: float, y: float) -> bool:
    """Whether it has been near a point for so long that it will not leave."""
    return here.since(x, y, here.tolerance) <= here.step - STAY


def _at_global(here: Situation, x: float, y: float) -> Verdict:
    since, count = here.since(x, y, here.tolerance), len(here.minima)
    place = here.point(x, y)
    which = (
        tr("the global minimum {place}", place=place)
        if count == 1
        else tr("{place}, one of {count} global minima,", place=place, count=count)
    )
    words = tr(
        "has been within {tolerance:.2g} of {which} since step {since:,}; the loss is {loss:.4g}",
        tolerance=here.tolerance,
        which=which,
        since=since,
        loss=here.loss,
    )
    return Verdict("converged", tr("converged"), words, since, minimum=(x, y))


def _at_local(here: Situation, x: float, y: float) -> Verdict:
    """At a minimum that is not among the known global ones, or is one only together with the weight decay."""
    since, decay = here.since(x, y, here.tolerance), penalty_of(here.update)
    if decay:
        return _held(here, decay, since)
    words = tr(
        "has been within {tolerance:.2g} of the local minimum {place} since step {since:,}; the loss is {loss:.4g}",
        tolerance=here.tolerance,
        place=here.point(x, y),
        since=since,
        loss=here.loss,
    )
    if here.lowest is not None:
        gap = here.loss - here.lowest
        words += (
            tr(", as low as the global minimum")
            if abs(gap) <= 1e-6 * max(1.0, abs(here.lowest))
            else tr(", {gap:.3g} above the global minimum", gap=gap)
            if gap > 0
            else tr(", {gap:.3g} below the lowest minimum that is known", gap=-gap)
        )
    return Verdict("converged", tr("converged (local)"), words, since, minimum=(x, y))


def _balanced(here: Situation) -> Verdict | None:
    """At rest on a slope, for a weight decay beside the gradient holds it there; None where that cannot be told.

    The decay alone would move it a hundred times as fast, and it has become a thousand times as slow as it was on average.
    """
    parts = {part.id: settings[part.id] for stage in here.update.stages.values() for part, _, settings in stage}
    given = parts | here.update.settings
    decay = float(given.get("weight_decay") or given.get("decoupled_weight_decay") or 0.0)
    rate = here.rate if here.track.rule.has_rate else 1.0
    position, pace = here.motion.here, here.motion.pace(PAUSE)
    whole = here.off(here.track.xs[0], here.track.ys[0]) / here.step
    if not decay or here.step < PAUSE or pace * 1000 > whole or not pace * 100 < rate * decay * abs(position):
        return None
    return _held(here, decay, here.motion.within(position, here.tolerance))


def _held(here: Situation, decay: float, since: int) -> Verdict:
    place = here.point(here.x, here.y)
    words = tr(
        "has rested at {place} since step {since:,}, where the weight decay of {decay:g} balances the slope; {away}",
        place=place,
        since=since,
        decay=decay,
        away=here.away,
    )
    return Verdict("converged", tr("converged (decay)"), words, since)


def _at_saddle(here: Situation, found: Stationary, since: int) -> Verdict:
    """At a saddle or a maximum: the kind is the same, the words are not."""
    large, small = found.bend.largest, found.bend.smallest
    shape = tr("the Hessian has the eigenvalues {large:.3g} and {small:.3g}", large=large, small=small)
    if found.degenerate:
        shape = tr("the Hessian is 0 there") if large == small == 0 else shape + tr(", which decide nothing")
        shape += (
            tr(", yet the ground falls to some sides")
            if found.kind == "saddle"
            else tr(", yet the ground rises to no side")
        )
    told = {"place": here.point(found.x, found.y), "since": since, "shape": shape}
    at_rest = here.motion.speed * STAY <= here.tolerance
    if found.kind == "saddle":
        brief = tr("at a saddle")
        words = (
            tr("has rested at a saddle {place} since step {since:,}: {shape}", **told)
            if at_rest
            else tr("has lingered at a saddle {place} since step {since:,}: {shape}", **told)
        )
    else:
        brief = tr("at a maximum")
        words = (
            tr("has rested at a maximum {place} since step {since:,}: {shape}", **told)
            if at_rest
            else tr("has lingered at a maximum {place} since step {since:,}: {shape}", **told)
        )
    return Verdict("saddle", brief, words, since)
