"""Oscillations that have only begun: the first turning points are known, and the next steps show the others."""

from __future__ import annotations

import math

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import has_stability_theory
from app.analysis.status.motion import WINDOW
from app.analysis.status.oscillation import Oscillation, find_oscillation, linear_recurrence, turning_points
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.swing_forecast import goes_on

WINDOWS = (24, 60, 160)  # next steps, and at most as many last ones, in which the oscillation is searched
MIN_TURNS = 4  # in such a window
MAX_FIRST_TURNS = 6  # turning points after which the last steps alone must show an oscillation
MODE_STEPS = 30  # last and next steps that follow the linear recurrence of a mode
MAX_DRIFT = 1.5  # drift across a mode within its period, relative to its width
MAX_SWING_DRIFT = 10.0  # the same if that is part of a longer swing


def begun_oscillation(snapshot: RunSnapshot) -> Oscillation | None:
    """Return the oscillation of a run that has turned at least once and goes on turning; None if there is none."""
    motion = snapshot.motion
    if not motion.has_turned or snapshot.is_noisy or not snapshot.trajectory.method.batched:
        return None
    if snapshot.update.stages["rate"]:
        return None
    if mode := widest_mode(snapshot):
        return mode
    turns = motion.direction_changes(WINDOW)
    for steps in WINDOWS if 0 < turns <= MAX_FIRST_TURNS else ():
        future = snapshot.future(steps)
        if len(future) < steps:
            return None
        oscillation = find_oscillation(np.concatenate([motion.positions[-steps - 1 :], future]), MIN_TURNS)
        swing = oscillation and last_swing(motion.positions, oscillation.axis)
        if oscillation and swing is not None:
            center = complex(future[: max(2, round(oscillation.period))].mean())
            begun = oscillation._replace(width=float(abs(swing[-1] - swing[0])), center=center)
            if goes_on(snapshot, begun._replace(is_exact=False)):
                return begun
    return None


def widest_mode(snapshot: RunSnapshot) -> Oscillation | None:
    """Return the widest mode along an eigenvector of the Hessian that has turned; None if the run drifts rather."""
    motion, future = snapshot.motion, snapshot.future(MODE_STEPS)
    center = complex(motion.positions[-MODE_STEPS:].mean())
    angle = curvature_at(snapshot.surface, center.real, center.imag).angle
    if not has_stability_theory(snapshot.update) or len(future) < MODE_STEPS or not math.isfinite(angle):
        return None
    positions = np.concatenate([motion.positions[-MODE_STEPS - 1 :], future])
    along = complex(math.cos(angle), math.sin(angle))
    exact = {axis: _recurrence_along(snapshot, positions, axis) for axis in (along, 1j * along)}
    modes = [
        Oscillation(period, float(np.ptp((swing / axis).real)), growth, complex(positions.mean()), axis, True)
        for axis, (period, growth) in ((axis, found) for axis, found in exact.items() if found)
        if (swing := last_swing(motion.positions, axis)) is not None
    ]
    widest = max(modes, key=lambda mode: mode.width, default=None)
    if widest is None:
        return None
    max_drift = MAX_SWING_DRIFT if all(exact.values()) else MAX_DRIFT
    steps = min(round(widest.period), len(motion.displacements))
    drift = motion.position - motion.positions[-1 - steps]
    return widest if abs((drift / widest.axis).imag) <= max_drift * widest.width else None


def _recurrence_along(snapshot: RunSnapshot, positions: np.ndarray, axis: complex) -> tuple[float, float] | None:
    components = (np.diff(positions) / axis).real
    if not np.isfinite(components).all() or np.abs(components).max() <= snapshot.rounding:
        return None
    return linear_recurrence(components)


def last_swing(positions: np.ndarray, axis: complex) -> np.ndarray | None:
    """Return the positions of the last complete swing along an axis; None before the first turning point."""
    turns = turning_points((positions * axis.conjugate()).real)
    if not len(turns):
        return None
    return positions[int(turns[-2]) if len(turns) > 1 else 0 : int(turns[-1]) + 1]
