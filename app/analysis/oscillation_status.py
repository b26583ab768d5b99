"""Status of runs that repeat a cycle of positions or swing back and forth."""

from __future__ import annotations

from app.analysis.curvature import curvature_at
from app.analysis.motion import Oscillation
from app.analysis.run_snapshot import RunSnapshot
from app.analysis.stability_limit import compare_to_limit, stability_limit
from app.analysis.status_types import RunStatus
from app.utils.i18n import tr

GROWTH_TOLERANCE = 1e-3  # relative change of its width up to which a swing is said to keep its size


def cycle_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that repeats a cycle of positions exactly, or None."""
    cycle, oscillation = snapshot.motion.cycle, snapshot.motion.oscillation
    if cycle is None or cycle.width <= snapshot.rounding:
        return None
    text = tr(
        "comes back to the same {period} places every {period} steps, {width:.3g} apart{where}{reason}",
        period=cycle.period,
        width=cycle.width,
        where=snapshot.near_minimum_text(cycle.center, 0.6 * cycle.width),
        reason=_oscillation_cause(snapshot, oscillation)[1] if oscillation else "",
    )
    return RunStatus("cycling", tr("cycling, period {period}", period=cycle.period), text, period=float(cycle.period))


def oscillation_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that swings back and forth, or None."""
    oscillation = snapshot.motion.oscillation
    if oscillation is None:
        return None
    crosses_valley, cause = _oscillation_cause(snapshot, oscillation)
    change = abs(oscillation.growth - 1)
    size_text = (
        tr("keeps its size")
        if change < GROWTH_TOLERANCE
        else tr("is {growth:.3g} times as wide as the one before", growth=oscillation.growth)
        if change > 1
        else tr("is {percent:.2g} % wider than the one before", percent=100 * change)
        if oscillation.growth > 1
        else tr("is {percent:.2g} % narrower than the one before", percent=100 * change)
    )
    values = {
        "where": snapshot.near_minimum_text(oscillation.center, 0.6 * oscillation.width),
        "period": _format_period(oscillation.period),
        "width": oscillation.width,
        "size": size_text,
        "reason": cause,
    }
    text = (
        tr(
            "swings across the valley{where} every {period} steps, {width:.3g} wide, and each swing {size}{reason}",
            **values,
        )
        if crosses_valley
        else tr(
            "swings to and fro{where} every {period} steps, {width:.3g} wide, and each swing {size}{reason}", **values
        )
    )
    return RunStatus(
        "oscillating",
        tr("oscillating, period {period}", period=_format_period(oscillation.period)),
        text,
        period=oscillation.period,
    )


def _oscillation_cause(snapshot: RunSnapshot, oscillation: Oscillation) -> tuple[bool, str]:
    """Return whether a swing crosses a valley, and a text that explains it by the learning rate.

    The text is empty where the stability limit does not explain whether the swing grows or shrinks.
    """
    center = oscillation.center.real, oscillation.center.imag
    curvature = curvature_at(snapshot.surface, *center)
    if snapshot.is_nonsmooth or not curvature.component_along(oscillation.axis) >= 0.8 * curvature.largest:
        return False, ""
    crosses_valley = curvature.largest > 3 * abs(curvature.smallest)
    growing, shrinking = oscillation.growth > 1 + GROWTH_TOLERANCE, oscillation.growth < 1 - GROWTH_TOLERANCE
    limit, at_center = stability_limit(snapshot.trajectory, snapshot.step, center, snapshot.update), True
    if limit and growing and snapshot.learning_rate < limit.learning_rate:
        # The curvature may be larger at the ends of the swing than at its center.
        limit, at_center = stability_limit(snapshot.trajectory, snapshot.step, None, snapshot.update), False
    if (
        limit is None
        or (growing and snapshot.learning_rate < limit.learning_rate)
        or (shrinking and snapshot.learning_rate > limit.learning_rate)
    ):
        return crosses_valley, ""
    limit_text = compare_to_limit(snapshot.learning_rate, limit)
    return crosses_valley, tr(": {against} there", against=limit_text) if at_center else tr(
        ": {against} where it is now", against=limit_text
    )


def _format_period(period: float) -> str:
    """Format a period in steps with three digits."""
    return f"{period:.0f}" if period >= 99.5 or abs(period - round(period)) < 0.005 else f"{period:.3g}"
