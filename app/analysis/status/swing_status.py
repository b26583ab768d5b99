"""Status of runs that repeat a cycle of positions or swing back and forth."""

from __future__ import annotations

import numpy as np

from app.analysis.stability_limit import has_stability_theory
from app.analysis.status.cycle import MAX_CHANGE, Cycle
from app.analysis.status.oscillation import Oscillation
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.status_types import RunStatus
from app.analysis.status.swing_cause import SwingCause, swing_cause
from app.analysis.status.swing_forecast import GROWTH_TOLERANCE
from app.analysis.status.swing_search import present_oscillation
from app.analysis.status.varying_swing import varying_swing_status
from app.utils.i18n import tr

CENTER_RADIUS = 0.6  # a minimum is surrounded within this multiple of the width from the center
DIVERGENCE_WIDTH = 2.0  # growing swings wider than this multiple of the domain's diagonal do not become smaller again
NEXT_REPETITIONS, MIN_NEXT_STEPS = 3, 256  # of a cycle that are computed
DIVERGENCE_STEPS = 300  # next steps in which the swings must grow


def cycle_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that repeats a cycle of positions exactly, or None."""
    snapshot = snapshot.at_decision
    cycle = next((cycle for cycle in snapshot.motion.cycles if _repeats(snapshot, cycle)), None)
    if cycle is None or cycle.width <= snapshot.rounding:
        return None
    displacements = snapshot.motion.displacements[-cycle.period :]
    axis = complex(displacements[np.abs(displacements).argmax()])
    swing = Oscillation(float(cycle.period), cycle.width, 1.0, cycle.center, axis / abs(axis))
    cause = swing_cause(snapshot, swing, CENTER_RADIUS * cycle.width)
    values = {
        "period": cycle.period,
        "width": cycle.width,
        "where": snapshot.near_minimum_text(cycle.center, CENTER_RADIUS * cycle.width),
        "reason": cause.text,
    }
    text = (
        tr("repeats the same 2 points every 2 steps{where}; they are {width:.3g} apart{reason}", **values)
        if cycle.period == 2
        else tr(
            "repeats the same {period} points every {period} steps{where}; they are at most {width:.3g} apart{reason}",
            **values,
        )
    )
    if cause.relation == "exceeds" and cycle.period in (4, 8, 16, 32, 64, 128):
        text += tr(", and its 2-step cycle has period-doubled to {period} steps", period=cycle.period)
    return RunStatus(
        "cycling",
        tr("cycling, period {period}", period=cycle.period),
        text,
        period=float(cycle.period),
        width=cycle.width,
        growth=1.0,
        rate=cause.rate,
        bound=cause.bound,
        relation=cause.relation,
    )


def _repeats(snapshot: RunSnapshot, cycle: Cycle) -> bool:
    """Return whether the next steps repeat a cycle: a part of a long cycle may occur twice in a row."""
    min_steps = MIN_NEXT_STEPS if snapshot.trajectory.method.batched else MIN_NEXT_STEPS // 4
    repetitions = max(NEXT_REPETITIONS, -(-min_steps // cycle.period))
    steps = repetitions * cycle.period
    future = snapshot.future(steps)
    if len(future) < steps:
        return False
    last = snapshot.motion.sample_positions(snapshot.step - cycle.period + 1, snapshot.step)
    expected = np.tile(last, repetitions)
    return bool(
        (np.abs(future - expected) <= MAX_CHANGE * cycle.width * np.arange(1, steps + 1) + snapshot.rounding).all()
    )


def oscillation_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that swings back and forth, or None."""
    oscillation = present_oscillation(snapshot)
    if oscillation is None:
        return None
    cause = swing_cause(snapshot, oscillation, CENTER_RADIUS * oscillation.width)
    if oscillation.width <= snapshot.rounding and cause.relation != "exceeds":
        return None
    if varying := varying_swing_status(snapshot, oscillation):
        return varying
    if _diverges(snapshot, oscillation, cause):
        kind, short_text = "diverging", tr("diverging")
    elif oscillation.growth >= 1 + GROWTH_TOLERANCE:
        kind, short_text = "oscillating", tr("oscillating, growing")
    else:
        kind, short_text = "oscillating", tr("oscillating, period {period}", period=_format_period(oscillation.period))
    return RunStatus(
        kind,
        short_text,
        _swing_text(snapshot, oscillation, cause),
        period=oscillation.period,
        width=oscillation.width,
        growth=oscillation.growth,
        rate=cause.rate,
        bound=cause.bound,
        relation=cause.relation,
    )


def _diverges(snapshot: RunSnapshot, oscillation: Oscillation, cause: SwingCause) -> bool:
    """Return whether it is certain that growing swings will overflow.

    They are wider than the domain, the loss is higher than ever, and the run overflows in the next steps; or the
    learning rate exceeds its limit if there is one, and the swings grow in the next steps too.
    """
    if (
        oscillation.growth <= 1 + GROWTH_TOLERANCE
        or oscillation.width <= DIVERGENCE_WIDTH * snapshot.diagonal
        or snapshot.update.stages["rate"]
    ):
        return False
    losses = snapshot.trajectory.values_between(snapshot.surface_since, snapshot.step)[2]
    if losses[-int(oscillation.period) - 1 :].max() < losses.max():
        return False
    distances, third = np.abs(snapshot.future(DIVERGENCE_STEPS) - oscillation.center), DIVERGENCE_STEPS // 3
    if len(distances) < DIVERGENCE_STEPS:
        return True
    explained = cause.relation == "exceeds" or not has_stability_theory(snapshot.update)
    return explained and bool(distances[-third:].max() > distances[:third].max())


def _swing_text(snapshot: RunSnapshot, oscillation: Oscillation, cause: SwingCause) -> str:
    change = abs(oscillation.growth - 1)
    size_text = (
        tr("has the same amplitude as the last")
        if change < GROWTH_TOLERANCE
        else tr("is {growth:.3g} times as large as the last", growth=oscillation.growth)
        if change > 1
        else tr("is {percent:.2g}% larger than the last", percent=100 * change)
        if oscillation.growth > 1
        else tr("is {percent:.2g}% smaller than the last", percent=100 * change)
    )
    values = {
        "where": snapshot.near_minimum_text(oscillation.center, CENTER_RADIUS * oscillation.width),
        "period": _format_period(oscillation.period),
        "width": oscillation.width,
        "size": size_text,
        "reason": cause.text,
    }
    return (
        tr(
            "oscillates across the valley{where} with period {period} and width {width:.3g}; each half-oscillation "
            "{size}{reason}",
            **values,
        )
        if cause.crosses_valley
        else tr(
            "oscillates{where} with period {period} and width {width:.3g}; each half-oscillation {size}{reason}",
            **values,
        )
    )


def _format_period(period: float) -> str:
    """Format a period in steps with three digits."""
    return f"{period:.0f}" if period >= 99.5 or abs(period - round(period)) < 0.005 else f"{period:.3g}"
