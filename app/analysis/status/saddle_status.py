"""Status of runs that stay at a saddle point or at a maximum."""

from __future__ import annotations

from app.analysis.stationary_points import StationaryPoint
from app.analysis.status.rest import SETTLED_STEPS
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.status_types import RunStatus
from app.utils.i18n import tr

MIN_STEPS = 3  # steps that a run must have spent near the point, and that it needed at its slowest for the tolerance


def saddle_status(snapshot: RunSnapshot, point: StationaryPoint, radius: float) -> RunStatus | None:
    """Return the status of a run that stays within ``radius`` of a saddle point or maximum, or None.

    A run that passes at full speed is not at the point; one that has been slow there is, until it leaves the radius.
    """
    start_step = snapshot.first_step_within(point.x, point.y, radius)
    stay = snapshot.step - start_step
    step_sizes = snapshot.motion.step_sizes[-max(stay, 1) :]
    was_slow = float(step_sizes.min(initial=0.0 if not len(step_sizes) else float(step_sizes[0])))
    if was_slow * MIN_STEPS > snapshot.tolerance:
        return None
    if stay < MIN_STEPS and not (start_step == 0 and snapshot.gradient_norm == 0):
        return None
    return _describe(snapshot, point, start_step)


def _describe(snapshot: RunSnapshot, point: StationaryPoint, start_step: int) -> RunStatus:
    """Return the status at a saddle point or maximum; both have the kind "saddle"."""
    large, small = point.curvature.largest, point.curvature.smallest
    if getattr(snapshot.surface, "dimension", 2) == 1:
        return _describe_on_line(snapshot, point, start_step)
    curvature_text = tr("the Hessian eigenvalues are {large:.3g} and {small:.3g}", large=large, small=small)
    if point.degenerate:
        curvature_text = (
            tr("the Hessian is zero there") if large == small == 0 else curvature_text + tr(" (inconclusive)")
        )
        curvature_text += (
            tr(", but the loss decreases in some directions")
            if point.kind == "saddle"
            else tr(", but the loss does not increase in any direction")
        )
    values = {"place": snapshot.format_point(point.x, point.y), "since": start_step, "shape": curvature_text}
    at_rest = snapshot.motion.recent_step_size * SETTLED_STEPS <= snapshot.tolerance
    if point.kind == "saddle":
        short_text = tr("at saddle point")
        text = (
            tr("has been at the saddle point {place} since step {since:,}: {shape}", **values)
            if at_rest
            else tr("has been near the saddle point {place} since step {since:,}: {shape}", **values)
        )
    else:
        short_text = tr("at maximum")
        text = (
            tr("has been at the maximum {place} since step {since:,}: {shape}", **values)
            if at_rest
            else tr("has been near the maximum {place} since step {since:,}: {shape}", **values)
        )
    return RunStatus("saddle", short_text, text, since=start_step)


def _describe_on_line(snapshot: RunSnapshot, point: StationaryPoint, start_step: int) -> RunStatus:
    """Return the status at an inflection point or a maximum of a curve."""
    values = {"place": snapshot.format_point(point.x, point.y), "since": start_step, "value": point.curvature.largest}
    if point.kind == "saddle":
        short_text = tr("at inflection point")
        text = tr("has been near the inflection point {place} since step {since:,}", **values)
    else:
        short_text = tr("at maximum")
        text = tr("has been near the maximum {place} since step {since:,}: f″ is {value:.3g}", **values)
    return RunStatus("saddle", short_text, text, since=start_step)
