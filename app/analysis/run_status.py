"""What a run is doing, in a word and in a sentence: descending, crawling, oscillating, converged, at a saddle, diverged ...

It is judged by positions and losses, and by theory where the rule has one; never by later steps.
"""

from __future__ import annotations

import math

import numpy as np

from app.analysis.convergence import resting
from app.analysis.curvature import Bound, bound, curvature, in_force, penalty_of
from app.analysis.motion import Swing
from app.analysis.run_snapshot import FEW, PAUSE, Situation, Verdict
from app.engine.trajectory import Track
from app.utils.i18n import tr

__all__ = ["Verdict", "verdict"]

SLOW = 2000  # steps to what is left, at the pace of late, from which on a run crawls
STEADY = 1e-3  # by which a swing may grow or shrink and counts as of the same size
RECENT, LONG = 16, 256  # steps in which the loss is compared, and those of a run that often turns
OFTEN = 6  # turning points that make the last few steps say little
LOOK_BACK = 2000  # steps before a divergence among which the lowest loss is looked for
ON_THE_WAY = 8  # steps after that one in which the learning rate is held against its bound


def verdict(track: Track, step: int) -> Verdict:
    """What a run is doing after ``step``, judged by the steps up to there alone."""
    with np.errstate(all="ignore"):
        gone = track.diverged_at
        if gone is not None and step >= gone:
            return _diverged(track, gone)
        here = Situation(track, min(step, track.extent))
        if here.step == 0:
            return Verdict(
                "start",
                tr("start"),
                tr(
                    "starts at {place} with loss {loss:.4g}; {away}",
                    place=here.point(here.x, here.y),
                    loss=here.loss,
                    away=here.away,
                ),
            )
        return resting(here) or _cycling(here) or _swinging(here) or _crawling(here) or _moving(here)


def _cycling(here: Situation) -> Verdict | None:
    cycle, swing = here.motion.cycle, here.motion.swing
    if cycle is None or cycle.width <= here.rounding:
        return None
    words = tr(
        "comes back to the same {period} places every {period} steps, {width:.3g} apart{where}{reason}",
        period=cycle.period,
        width=cycle.width,
        where=here.about(cycle.centre, 0.6 * cycle.width),
        reason=_reason(here, swing)[1] if swing else "",
    )
    return Verdict("cycling", tr("cycling, period {period}", period=cycle.period), words, period=float(cycle.period))


def _swinging(here: Situation) -> Verdict | None:
    swing = here.motion.swing
    if swing is None:
        return None
    across, reason = _reason(here, swing)
    change = abs(swing.growth - 1)
    size = (
        tr("keeps its size")
        if change < STEADY
        else tr("is {growth:.3g} times as wide as the one before", growth=swing.growth)
        if change > 1
        else tr("is {percent:.2g} % wider than the one before", percent=100 * change)
        if swing.growth > 1
        else tr("is {percent:.2g} % narrower than the one before", percent=100 * change)
    )
    told = {
        "where": here.about(swing.centre, 0.6 * swing.width),
        "period": _steps(swing.period),
        "width": swing.width,
        "size": size,
        "reason": reason,
    }
    words = (
        tr(
            "swings across the valley{where} every {period} steps, {width:.3g} wide, and each swing {size}{reason}",
            **told,
        )
        if across
        else tr(
            "swings to and fro{where} every {period} steps, {width:.3g} wide, and each swing {size}{reason}", **told
        )
    )
    return Verdict(
        "oscillating", tr("oscillating, period {period}", period=_steps(swing.period)), words, period=swing.period
    )


def _reason(here: Situation, swing: Swing) -> tuple[bool, str]:
    """Whether a swing goes across a valley; and its learning rate against the bound, where that explains the swing."""
    middle = swing.centre.real, swing.centre.imag
    bend = curvature(here.surface, *middle)
    if here.creased or not bend.along(swing.axis) >= 0.8 * bend.largest:
        return False, ""
    across, growing, shrinking = (
        bend.largest > 3 * abs(bend.smallest),
        swing.growth > 1 + STEADY,
        swing.growth < 1 - STEADY,
    )
    limit, there = bound(here.track, here.step, middle, here.update), True
    if limit and growing and here.rate < limit.rate:  # its ends may be more curved than its middle
        limit, there = bound(here.track, here.step, None, here.update), False
    if limit is None or (growing and here.rate < limit.rate) or (shrinking and here.rate > limit.rate):
        return across, ""
    against = _against(here.rate, limit)
    return across, tr(": {against} there", against=against) if there else tr(
        ": {against} where it is now", against=against
    )


def _crawling(here: Situation) -> Verdict | None:
    """Far too slow for what is left: to the minimum that the curvature predicts, else to the nearest that is known."""
    motion, gradient = here.motion, here.gradient
    if here.step < FEW and gradient and here.rate:
        return None
    moved = np.flatnonzero(motion.lengths > here.rounding)
    still = len(motion.moves) - 1 - int(moved[-1]) if moved.size else len(motion.moves)
    bend = curvature(here.surface, here.x, here.y, penalty_of(here.update))
    left = here.left if here.nearest else here.diagonal / 10
    if bend.smallest > 0 and not here.creased:
        left = min(left, gradient / bend.smallest)
    stands = still >= (PAUSE if here.rate else FEW)
    if float(motion.lengths[-128:].mean()) * SLOW >= left and not stands:
        return None
    pace = motion.pace(PAUSE)
    if here.rate == 0 and still >= min(FEW, here.step):
        words = tr("does not move, for the learning rate is 0")
    elif gradient == 0:
        words = (
            tr("moves {pace:.2g} a step: the ground is level here, without any gradient", pace=pace)
            if pace
            else tr("does not move: the ground is level here, without any gradient")
        )
    elif still >= FEW:
        words = tr(
            "has stood still, to rounding, for {still} steps with gradient norm {gradient:.3g}",
            still=still,
            gradient=gradient,
        )
    else:
        words = (
            tr(
                "crawls, but gets faster: {pace:.2g} a step with gradient norm {gradient:.3g}",
                pace=pace,
                gradient=gradient,
            )
            if motion.lengths[-1] > 1.2 * motion.lengths[-FEW:].mean()
            else tr("crawls: {pace:.2g} a step with gradient norm {gradient:.3g}", pace=pace, gradient=gradient)
        )
        limit = bound(here.track, here.step, None, here.update)
        if limit and here.rate < limit.rate / 100 and gradient * limit.rate < here.diagonal / 10:
            words = tr("{words}, for {against}", words=words, against=_against(here.rate, limit))
    brief = tr("standing still") if still >= min(FEW, here.step) else tr("crawling")
    return Verdict("crawling", brief, f"{words}; {here.away}")


def _moving(here: Situation) -> Verdict:
    """Descending, climbing, or wandering where it is neither."""
    motion, track = here.motion, here.track
    many = min(LONG, here.step // 2, len(motion.moves))
    if many >= 24 and motion.turns(many) >= OFTEN:
        losses = track.part(here.step - many, here.step)[2]
        early, late = np.sort(losses[: many // 3]), np.sort(losses[-(many // 3) :])
        before, after, tail = float(early[len(early) // 2]), float(late[len(late) // 2]), len(early) // 8
        if after < early[tail] and before > late[-1 - tail]:
            words = tr(
                "on the whole the loss has fallen in {steps} steps, from about {before:.4g} to about {after:.4g}; {away}",
                steps=many,
                before=before,
                after=after,
                away=here.away,
            )
            return Verdict("descending", tr("descending"), words)
        if after > early[-1 - tail] and before < late[tail]:
            words = tr(
                "on the whole the loss has risen in {steps} steps, from about {before:.4g} to about {after:.4g}; {away}",
                steps=many,
                before=before,
                after=after,
                away=here.away,
            )
            return Verdict("climbing", tr("climbing"), words)
        return _wandering(here, losses)
    losses = track.part(max(0, here.step - RECENT), here.step)[2]
    late = np.diff(losses[-4:])
    if (late > 0).all():  # what it did before it turned does not count
        losses = losses[losses.argmin() :]
    elif (late < 0).all():
        losses = losses[losses.argmax() :]
    steps, change = len(losses) - 1, here.loss - float(losses[0])
    if change:
        span = tr("{steps} steps", steps=steps) if steps > 1 else tr("a step")
        told = {"change": abs(change), "loss": here.loss, "span": span, "away": here.away}
        if change < 0:
            words = tr("the loss has fallen by {change:.3g} to {loss:.4g} in {span}; {away}", **told)
            return Verdict("descending", tr("descending"), words)
        return Verdict(
            "climbing", tr("climbing"), tr("the loss has risen by {change:.3g} to {loss:.4g} in {span}; {away}", **told)
        )
    if here.step < FEW:
        return Verdict(
            "start",
            tr("start"),
            tr("too few steps to say: the loss is {loss:.4g} as at the start; {away}", loss=here.loss, away=here.away),
        )
    words = tr(
        "moves {pace:.3g} a step, and the loss, {loss:.4g}, is as {steps} steps before; {away}",
        pace=motion.pace(steps),
        loss=here.loss,
        steps=steps,
        away=here.away,
    )
    return Verdict("wandering", tr("wandering"), words)


def _wandering(here: Situation, losses: np.ndarray) -> Verdict:
    steps, motion = len(losses) - 1, here.motion
    places = motion.z[-steps - 1 :]
    centre, pace = complex(places.mean()), float(motion.lengths[-steps:].mean())
    low, high = f"{losses.min():.4g}", f"{losses.max():.4g}"
    loss = tr("between {low} and {high}", low=low, high=high) if low != high else low
    words = tr(
        "wanders{where}, {pace:.3g} a step, and neither falls nor rises: in {steps} steps the loss was {loss}; {away}",
        where=here.about(centre, 2 * float(np.abs(places - centre).mean())),
        pace=pace,
        steps=steps,
        loss=loss,
        away=here.away,
    )
    if here.noisy:
        words = tr("{words}; the noise of its gradient keeps it moving", words=words)
    return Verdict("wandering", tr("wandering"), words)


def _diverged(track: Track, gone: int) -> Verdict:
    """Why the numbers overflowed: no lowest point, a learning rate beyond its bound, or what is seen."""
    short = tr("diverged at {step}", step=gone)
    if gone == 0:
        return Verdict("diverged", short, tr("cannot start: the loss is not a finite number there"), gone)
    turned = max(since for since, _ in track.timeline if since < gone)  # before that it had another learning rate
    losses = track.part(max(turned, gone - 1 - LOOK_BACK), gone - 1)[2]
    low, last = int(losses.argmin()), float(losses[-1])
    since, words = gone - len(losses) + low, tr("left the range of numbers in update {step:,}", step=gone)
    if last < min(track.losses[0], -1e6) and getattr(track.surface, "lowest", None) is None:
        words = tr("{words}: the surface falls without end, and the loss was {loss:.3g}", words=words, loss=last)
        return Verdict("diverged", short, words, gone)
    words = tr("{words}: the loss was {loss:.3g} after step {since:,}", words=words, loss=losses[low], since=since)
    if since < gone - 1:
        words = tr("{words}, and {loss:.3g} at last", words=words, loss=last)
    update = in_force(track, gone)
    for step in range(since, min(since + ON_THE_WAY, gone)):
        limit = bound(track, step, None, update)
        if limit and update.settings["lr"] > limit.rate:
            words = tr(
                "{words}; at step {step:,} {against}",
                words=words,
                step=step,
                against=_against(update.settings["lr"], limit),
            )
            break
    return Verdict("diverged", short, words, gone)


def _steps(period: float) -> str:
    """A period in steps, to three digits."""
    return f"{period:.0f}" if period >= 99.5 or abs(period - round(period)) < 0.005 else f"{period:.3g}"


def _against(rate: float, limit: Bound) -> str:
    """A learning rate beside its bound, in as many digits as tell them apart."""
    if math.isclose(rate, limit.rate, rel_tol=1e-9):
        return tr("the learning rate {rate:.6g} is exactly {formula}", rate=rate, formula=limit.formula)
    digits = next((d for d in range(3, 10) if f"{rate:.{d}g}" != f"{limit.rate:.{d}g}"), 10)
    told = {"rate": f"{rate:.{digits}g}", "formula": limit.formula, "limit": f"{limit.rate:.{digits}g}"}
    if rate > limit.rate:
        return tr("the learning rate {rate} exceeds {formula} = {limit}", **told)
    if rate < limit.rate / 100:
        return tr("the learning rate {rate} is far below {formula} = {limit}", **told)
    return tr("the learning rate {rate} is below {formula} = {limit}", **told)
