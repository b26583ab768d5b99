"""The oscillation of a run: found in its last steps, and confirmed by its next ones."""

from __future__ import annotations

import math

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.status.begun_swing import begun_oscillation, widest_mode
from app.analysis.status.motion import WINDOW
from app.analysis.status.oscillation import Oscillation, exact_oscillation, linear_recurrence
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.swing_cause import SAME_PERIOD
from app.analysis.status.swing_forecast import goes_on

HYSTERESIS_STEPS = 4  # steps ago at which an oscillation must have been seen too
MAX_DISTANCE = 4.0  # from the center of an oscillation, relative to its width
WIDER_MODE = 1.5  # a mode that is wider than another one by this factor is the one that is reported
EXACT_STEPS = 60  # last positions whose mean is near the center of a swing


def present_oscillation(snapshot: RunSnapshot) -> Oscillation | None:
    """Return the oscillation of a run, or None."""
    seen = _seen_oscillation(snapshot)
    if seen is None or not seen.is_exact:
        return seen or begun_oscillation(snapshot)
    mode = widest_mode(snapshot)
    return mode if mode and mode.width > WIDER_MODE * seen.width else seen


def _seen_oscillation(snapshot: RunSnapshot) -> Oscillation | None:
    """Return the oscillation of a run, or None.

    Its numbers are those of the last steps, whenever it was decided that there is one.
    """
    decided, steps = _lasting_oscillation(snapshot.at_decision), snapshot.step - snapshot.at_decision.step
    if decided is None or not steps:
        return decided
    decided = decided.after(steps)
    if not _contains(decided, snapshot.motion.position):
        return None
    now = snapshot.motion.oscillation and _refined(snapshot, snapshot.motion.oscillation)
    return now if now and goes_on(snapshot, now) else decided


def _lasting_oscillation(snapshot: RunSnapshot) -> Oscillation | None:
    """Return the oscillation that was seen a few steps ago too and that goes on, or None.

    One that is not seen at a single step, but before and after it, lasts.
    """
    motion = snapshot.motion
    if motion.oscillation is None and not motion.direction_changes(WINDOW):
        return None
    before = motion.earlier(HYSTERESIS_STEPS).oscillation
    if before is None or (motion.is_steady and motion.earlier(2 * HYSTERESIS_STEPS).oscillation is None):
        return _exact_oscillation(snapshot)
    seen = [_refined(snapshot, each) for each in (motion.oscillation, before.after(HYSTERESIS_STEPS)) if each]
    seen = [each for each in seen if _contains(each, motion.position)]
    return next((each for each in seen if goes_on(snapshot, each)), None) or _exact_oscillation(snapshot)


def _refined(snapshot: RunSnapshot, oscillation: Oscillation) -> Oscillation:
    """Return an oscillation with the period and growth along an eigenvector of the Hessian, if they are exact there.

    Along other directions the swings of two modes with different periods overlap.
    """
    angle = curvature_at(snapshot.surface, oscillation.center.real, oscillation.center.imag).angle
    along = complex(math.cos(angle), math.sin(angle))
    axis = max((along, 1j * along), key=lambda each: abs((oscillation.axis * each.conjugate()).real))
    components = (snapshot.motion.displacements * axis.conjugate()).real
    exact = linear_recurrence(components) if np.isfinite(components).all() and components.any() else None
    if exact is None or abs(exact[0] - oscillation.period) > SAME_PERIOD * oscillation.period:
        return oscillation
    return oscillation._replace(period=exact[0], growth=exact[1], axis=axis, is_exact=True)


def _contains(oscillation: Oscillation, position: complex) -> bool:
    """Return whether a position lies within the swings of an oscillation or one swing further."""
    distance = abs(((position - oscillation.center) * oscillation.axis.conjugate()).real)
    return distance <= MAX_DISTANCE * oscillation.width * max(1.0, oscillation.growth)


def _exact_oscillation(snapshot: RunSnapshot) -> Oscillation | None:
    """Return the oscillation along an eigenvector of the Hessian that follows a linear recurrence, or None."""
    positions = snapshot.motion.positions
    center = complex(positions[-EXACT_STEPS:].mean())
    angle = curvature_at(snapshot.surface, center.real, center.imag).angle
    along = complex(math.cos(angle), math.sin(angle))
    found = [each for each in (exact_oscillation(positions, axis) for axis in (along, 1j * along)) if each]
    return max(found, key=lambda each: each.width, default=None)
