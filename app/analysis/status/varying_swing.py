"""Status of a run with momentum that swings around a minimum while its amplitude varies.

Two modes with different periods, or a surface that is not quadratic, make the widths of its swings rise and fall. What
holds then is the period of the swings and the width over several of them.
"""

from __future__ import annotations

import math

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import StabilityLimit, compare_to_limit, has_stability_theory, stability_limit
from app.analysis.status.begun_swing import last_swing
from app.analysis.status.oscillation import Oscillation, principal_axis, turning_points
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.status_types import RunStatus
from app.analysis.status.swing_forecast import GROWTH_TOLERANCE
from app.analysis.status.swing_theory import swing_theory
from app.utils.i18n import tr

LENGTHS = (48, 120, 320)  # last steps that must surround the minimum, the fewest first
CENTER_RADIUS = 0.6  # a minimum is surrounded within this multiple of the diagonal of their box from their mean
NEXT_STEPS = 300  # next steps that must surround it too, and must not go further from it
MIN_NEXT_TURNS = 2  # of the next steps: a mode that has died out leaves a monotone approach
MAX_RETURN = 1.05  # of the largest distance from it
MAX_THEORY_ERROR = 0.5  # of the logarithm of a growth, relative to that in theory


def varying_swing_status(snapshot: RunSnapshot, oscillation: Oscillation | None = None) -> RunStatus | None:
    """Return the status of a run that swings around a minimum for which its learning rate is stable, or None.

    An oscillation that was found is the better description if its growth is that in theory; then the result is None.
    """
    if snapshot.is_noisy or snapshot.is_nonsmooth or snapshot.update.stages["rate"]:
        return None
    if not snapshot.motion.has_turned or not has_stability_theory(snapshot.update):
        return None
    if len(future := snapshot.future(NEXT_STEPS)) < NEXT_STEPS:
        return None
    minimum = snapshot.surrounded_minimum(complex(future.mean()), CENTER_RADIUS * _diagonal(future))
    limit = minimum and stability_limit(snapshot.trajectory, snapshot.step, minimum, snapshot.update)
    if not minimum or not limit or limit.relation_of(snapshot.learning_rate) != "below":
        return None
    factors = _growth_factors(snapshot, minimum)
    if not factors or (oscillation and _is_as_in_theory(oscillation, factors)) or not _goes_on(future):
        return None
    for length in LENGTHS:
        positions = snapshot.motion.positions[-length - 1 :]
        if _surround(positions, complex(*minimum), float(np.abs(future - complex(*minimum)).max())):
            return _describe(snapshot, positions, minimum, limit)
    return None


def _growth_factors(snapshot: RunSnapshot, minimum: tuple[float, float]) -> list[float]:
    """Return the factors per step of the modes that swing in theory."""
    curvature = curvature_at(snapshot.surface, *minimum, snapshot.penalty)
    theories = [
        swing_theory(snapshot.trajectory.method.id, snapshot.update.settings, each)
        for each in (curvature.largest, curvature.smallest)
    ]
    return [theory.factor for theory in theories if theory]


def _is_as_in_theory(oscillation: Oscillation, factors: list[float]) -> bool:
    expected = [math.log(factor) * oscillation.period / 2 for factor in factors]
    found = math.log(oscillation.growth)
    return any(abs(found - each) <= MAX_THEORY_ERROR * abs(each) + 2 * GROWTH_TOLERANCE for each in expected)


def _goes_on(future: np.ndarray) -> bool:
    """Return whether the next steps swing too: they turn twice along the direction of most of their motion."""
    axis = principal_axis(np.diff(future))
    return len(turning_points((future * axis.conjugate()).real)) >= MIN_NEXT_TURNS


def _surround(positions: np.ndarray, minimum: complex, distance: float) -> bool:
    """Return whether positions turn around a minimum, as far from it as a distance."""
    if last_swing(positions, principal_axis(np.diff(positions))) is None:
        return False
    reach = float(np.abs(positions - minimum).max())
    return distance <= MAX_RETURN * reach and abs(positions.mean() - minimum) <= CENTER_RADIUS * _diagonal(positions)


def _describe(
    snapshot: RunSnapshot, positions: np.ndarray, minimum: tuple[float, float], limit: StabilityLimit
) -> RunStatus:
    width = float(np.abs(positions[:, None] - positions[None, :]).max())
    text = tr(
        "oscillates around the minimum {place} with varying amplitude: its width over the last {steps} steps is "
        "{width:.3g}; there, {against}",
        place=snapshot.format_point(*minimum),
        steps=len(positions) - 1,
        width=width,
        against=compare_to_limit(snapshot.learning_rate, limit),
    )
    return RunStatus(
        "oscillating",
        tr("oscillating"),
        text,
        width=width,
        rate=snapshot.learning_rate,
        bound=limit.learning_rate,
        relation="below",
    )


def _diagonal(positions: np.ndarray) -> float:
    """Return the diagonal of the box around positions."""
    return math.hypot(float(np.ptp(positions.real)), float(np.ptp(positions.imag)))
