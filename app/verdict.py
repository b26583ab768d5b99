"""What a run is doing, in a word and in a sentence: descending, crawling, oscillating, converged, at a saddle, diverged ...

It is judged by positions and losses, and by theory where the rule has one; never by later steps.
"""

from __future__ import annotations

import math

import numpy as np

from app.curvature import Bound, bound, curvature, in_force, penalty_of
from app.motion import Swing
from app.rest import resting
from app.situation import FEW, PAUSE, Situation, Verdict
from app.track import Track

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
            return Verdict("start", "start", f"starts at {here.point(here.x, here.y)} with loss {here.loss:.4g}; {here.away}")
        return resting(here) or _cycling(here) or _swinging(here) or _crawling(here) or _moving(here)


def _cycling(here: Situation) -> Verdict | None:
    cycle, swing = here.motion.cycle, here.motion.swing
    if cycle is None or cycle.width <= here.rounding:
        return None
    words = (f"comes back to the same {cycle.period} places every {cycle.period} steps, {cycle.width:.3g} apart"
             f"{here.about(cycle.centre, 0.6 * cycle.width)}{_reason(here, swing)[1] if swing else ''}")
    return Verdict("cycling", f"cycling, period {cycle.period}", words, period=float(cycle.period))


def _swinging(here: Situation) -> Verdict | None:
    swing = here.motion.swing
    if swing is None:
        return None
    across, reason = _reason(here, swing)
    change = abs(swing.growth - 1)
    size = ("keeps its size" if change < STEADY else f"is {swing.growth:.3g} times as wide as the one before" if change > 1 else
            f"is {100 * change:.2g} % {'wider' if swing.growth > 1 else 'narrower'} than the one before")
    words = (f"swings {'across the valley' if across else 'to and fro'}{here.about(swing.centre, 0.6 * swing.width)} every "
             f"{_steps(swing.period)} steps, {swing.width:.3g} wide, and each swing {size}{reason}")
    return Verdict("oscillating", f"oscillating, period {_steps(swing.period)}", words, period=swing.period)


def _reason(here: Situation, swing: Swing) -> tuple[bool, str]:
    """Whether a swing goes across a valley; and its learning rate against the bound, where that explains the swing."""
    middle = swing.centre.real, swing.centre.imag
    bend = curvature(here.surface, *middle)
    if here.creased or not bend.along(swing.axis) >= 0.8 * bend.largest:
        return False, ""
    across, growing, shrinking = bend.largest > 3 * abs(bend.smallest), swing.growth > 1 + STEADY, swing.growth < 1 - STEADY
    limit, where = bound(here.track, here.step, middle, here.update), "there"
    if limit and growing and here.rate < limit.rate:  # its ends may be more curved than its middle
        limit, where = bound(here.track, here.step, None, here.update), "where it is now"
    if limit is None or (growing and here.rate < limit.rate) or (shrinking and here.rate > limit.rate):
        return across, ""
    return across, f": {_against(here.rate, limit)} {where}"


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
        words = "does not move, for the learning rate is 0"
    elif gradient == 0:
        words = f"{f'moves {pace:.2g} a step' if pace else 'does not move'}: the ground is level here, without any gradient"
    elif still >= FEW:
        words = f"has stood still, to rounding, for {still} steps with gradient norm {gradient:.3g}"
    else:
        faster = ", but gets faster" if motion.lengths[-1] > 1.2 * motion.lengths[-FEW:].mean() else ""
        words = f"crawls{faster}: {pace:.2g} a step with gradient norm {gradient:.3g}"
        limit = bound(here.track, here.step, None, here.update)
        if limit and here.rate < limit.rate / 100 and gradient * limit.rate < here.diagonal / 10:
            words += f", for {_against(here.rate, limit).replace('is below', 'is far below')}"
    return Verdict("crawling", "standing still" if still >= min(FEW, here.step) else "crawling", f"{words}; {here.away}")


def _moving(here: Situation) -> Verdict:
    """Descending, climbing, or wandering where it is neither."""
    motion, track = here.motion, here.track
    many = min(LONG, here.step // 2, len(motion.moves))
    if many >= 24 and motion.turns(many) >= OFTEN:
        losses = track.part(here.step - many, here.step)[2]
        early, late = np.sort(losses[:many // 3]), np.sort(losses[-(many // 3):])
        before, after, tail = float(early[len(early) // 2]), float(late[len(late) // 2]), len(early) // 8
        if after < early[tail] and before > late[-1 - tail]:
            return Verdict("descending", "descending", f"{_trend('fallen', before, after, many)}; {here.away}")
        if after > early[-1 - tail] and before < late[tail]:
            return Verdict("climbing", "climbing", f"{_trend('risen', before, after, many)}; {here.away}")
        return _wandering(here, losses)
    losses = track.part(max(0, here.step - RECENT), here.step)[2]
    late = np.diff(losses[-4:])
    if (late > 0).all():  # what it did before it turned does not count
        losses = losses[losses.argmin():]
    elif (late < 0).all():
        losses = losses[losses.argmax():]
    steps, change = len(losses) - 1, here.loss - float(losses[0])
    if change:
        kind, verb = ("descending", "fallen") if change < 0 else ("climbing", "risen")
        span = f"{steps} steps" if steps > 1 else "a step"
        return Verdict(kind, kind, f"the loss has {verb} by {abs(change):.3g} to {here.loss:.4g} in {span}; {here.away}")
    if here.step < FEW:
        return Verdict("start", "start", f"too few steps to say: the loss is {here.loss:.4g} as at the start; {here.away}")
    words = f"moves {motion.pace(steps):.3g} a step, and the loss, {here.loss:.4g}, is as {steps} steps before; {here.away}"
    return Verdict("wandering", "wandering", words)


def _trend(verb: str, before: float, after: float, steps: int) -> str:
    return f"on the whole the loss has {verb} in {steps} steps, from about {before:.4g} to about {after:.4g}"


def _wandering(here: Situation, losses: np.ndarray) -> Verdict:
    steps, motion = len(losses) - 1, here.motion
    places = motion.z[-steps - 1:]
    centre, pace = complex(places.mean()), float(motion.lengths[-steps:].mean())
    low, high = f"{losses.min():.4g}", f"{losses.max():.4g}"
    words = (f"wanders{here.about(centre, 2 * float(np.abs(places - centre).mean()))}, {pace:.3g} a step, "
             f"and neither falls nor rises: in {steps} steps the loss was {f'between {low} and {high}' if low != high else low}; "
             f"{here.away}{'; the noise of its gradient keeps it moving' if here.noisy else ''}")
    return Verdict("wandering", "wandering", words)


def _diverged(track: Track, gone: int) -> Verdict:
    """Why the numbers overflowed: no lowest point, a learning rate beyond its bound, or what is seen."""
    short = f"diverged at {gone}"
    if gone == 0:
        return Verdict("diverged", short, "cannot start: the loss is not a finite number there", gone)
    turned = max(since for since, _ in track.timeline if since < gone)  # before that it had another learning rate
    losses = track.part(max(turned, gone - 1 - LOOK_BACK), gone - 1)[2]
    low, last = int(losses.argmin()), float(losses[-1])
    since, words = gone - len(losses) + low, f"left the range of numbers in update {gone:,}"
    if last < min(track.losses[0], -1e6) and getattr(track.surface, "lowest", None) is None:
        return Verdict("diverged", short, f"{words}: the surface falls without end, and the loss was {last:.3g}", gone)
    words += f": the loss was {losses[low]:.3g} after step {since:,}" + (f", and {last:.3g} at last" if since < gone - 1 else "")
    update = in_force(track, gone)
    for step in range(since, min(since + ON_THE_WAY, gone)):
        limit = bound(track, step, None, update)
        if limit and update.settings["lr"] > limit.rate:
            words += f"; at step {step:,} {_against(update.settings['lr'], limit)}"
            break
    return Verdict("diverged", short, words, gone)


def _steps(period: float) -> str:
    """A period in steps, to three digits."""
    return f"{period:.0f}" if period >= 99.5 or abs(period - round(period)) < 0.005 else f"{period:.3g}"


def _against(rate: float, limit: Bound) -> str:
    """A learning rate beside its bound, in as many digits as tell them apart."""
    if math.isclose(rate, limit.rate, rel_tol=1e-9):
        return f"the learning rate {rate:.6g} is exactly {limit.formula}"
    digits = next((d for d in range(3, 10) if f"{rate:.{d}g}" != f"{limit.rate:.{d}g}"), 10)
    relation = "exceeds" if rate > limit.rate else "is below"
    return f"the learning rate {rate:.{digits}g} {relation} {limit.formula} = {limit.rate:.{digits}g}"
