"""Status of runs at rest: at a minimum, on a line of minima, or where a penalty balances the gradient."""

from __future__ import annotations

import math

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.stationary_points import StationaryPoint, find_stationary_point, is_lowest_around
from app.analysis.status.fading_scale import for_now_text
from app.analysis.status.regularization import balance_text, has_regularization
from app.analysis.status.rest import has_stopped, is_at_rest
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.saddle_status import saddle_status
from app.analysis.status.status_types import RunStatus
from app.utils.i18n import tr

SEARCH_RADIUS_FACTOR = 10  # a stationary point is searched within this multiple of the tolerance
SAME_LOSS = 1e-6  # difference from the lowest loss, relative to it and at least to 1, up to which a loss is as low


def rest_status(snapshot: RunSnapshot) -> RunStatus | None:
    """Return the status of a run that has converged or is at a saddle point or maximum; None for any other run."""
    tolerance, minimum = snapshot.tolerance, snapshot.nearest_minimum
    if (
        minimum
        and snapshot.distance_to_minimum <= tolerance
        and is_lowest_around(snapshot.surface, *minimum, tolerance)
        and is_at_rest(snapshot, *minimum)
    ):
        return _global_minimum_status(snapshot, *minimum)
    radius = SEARCH_RADIUS_FACTOR * tolerance
    if not np.abs(snapshot.motion.positions[-4:] - snapshot.motion.position).max() <= radius:
        return None
    point = find_stationary_point(snapshot.surface, snapshot.x, snapshot.y, radius, snapshot.penalty)
    if point and point.kind == "minimum" and snapshot.distance_to(point.x, point.y) <= tolerance:
        if is_at_rest(snapshot, point.x, point.y):
            return _found_minimum_status(snapshot, point)
    elif point and point.kind == "flat" and _is_lowest_level(snapshot) and is_at_rest(snapshot, snapshot.x, snapshot.y):
        return _flat_status(snapshot)
    elif point and point.kind in ("saddle", "maximum") and (status := saddle_status(snapshot, point, radius)):
        return status
    if has_regularization(snapshot.update):
        return _balance_status(snapshot, snapshot.x, snapshot.y) if has_stopped(snapshot) else None
    x, y = snapshot.x, snapshot.y
    if point is None and snapshot.gradient_norm and is_lowest_around(snapshot.surface, x, y, tolerance, True):
        return _local_minimum_status(snapshot, x, y) if has_stopped(snapshot) else None
    return None


def _global_minimum_status(snapshot: RunSnapshot, x: float, y: float) -> RunStatus:
    start_step, count = snapshot.first_step_within(x, y, snapshot.tolerance), len(snapshot.minima)
    point_text = snapshot.format_point(x, y)
    if snapshot.minima_estimated:
        minimum_text = (
            tr("the lowest minimum found {place}", place=point_text)
            if count == 1
            else tr("{place}, one of the {count} lowest minima found,", place=point_text, count=count)
        )
    else:
        minimum_text = (
            tr("the global minimum {place}", place=point_text)
            if count == 1
            else tr("{place}, one of {count} global minima,", place=point_text, count=count)
        )
    text = tr(
        "has been within {tolerance:.2g} of {which} since step {since:,}; the loss is {loss:.4g}",
        tolerance=snapshot.tolerance,
        which=minimum_text,
        since=start_step,
        loss=snapshot.loss,
    )
    text += for_now_text(snapshot, x, y)
    return RunStatus("converged", tr("converged"), text, since=start_step, minimum=(x, y))


def _found_minimum_status(snapshot: RunSnapshot, point: StationaryPoint) -> RunStatus:
    """Return the status at a minimum that is not a known global one, or is a minimum only with a penalty."""
    if snapshot.penalty:
        return _balance_status(snapshot, point.x, point.y)
    return _local_minimum_status(snapshot, point.x, point.y, point.on_line)


def _local_minimum_status(snapshot: RunSnapshot, x: float, y: float, on_line: bool = False) -> RunStatus:
    start_step = snapshot.first_step_within(x, y, snapshot.tolerance)
    values = {
        "tolerance": snapshot.tolerance,
        "place": snapshot.format_point(x, y),
        "since": start_step,
        "loss": snapshot.loss,
    }
    text = (
        tr("has been on a line of minima, near {place}, since step {since:,}; the loss is {loss:.4g}", **values)
        if on_line
        else tr(
            "has been within {tolerance:.2g} of the local minimum {place} since step {since:,}; the loss is {loss:.4g}",
            **values,
        )
    )
    text += _loss_gap_text(snapshot) + for_now_text(snapshot, x, y)
    short_text = tr("converged") if on_line else tr("converged (local)")
    return RunStatus("converged", short_text, text, since=start_step, minimum=(x, y))


def _loss_gap_text(snapshot: RunSnapshot) -> str:
    """Return a text that compares the loss with that of the known global minimum, or the lowest minimum found."""
    if snapshot.minimum_loss is None:
        return ""
    gap = snapshot.loss - snapshot.minimum_loss
    same = abs(gap) <= SAME_LOSS * max(1.0, abs(snapshot.minimum_loss))
    if snapshot.minima_estimated and (same or gap > 0):
        return tr(", as low as the lowest minimum found") if same else tr(", {gap:.3g} above the lowest found", gap=gap)
    if same:
        return tr(", as low as the global minimum")
    if gap > 0:
        return tr(", {gap:.3g} above the global minimum", gap=gap)
    return tr(", {gap:.3g} below the lowest known minimum", gap=-gap)


def _is_lowest_level(snapshot: RunSnapshot) -> bool:
    """Return whether a flat region may consist of minima: no lower loss is known."""
    lowest = snapshot.minimum_loss
    return lowest is None or snapshot.loss <= lowest + SAME_LOSS * max(1.0, abs(lowest))


def _flat_status(snapshot: RunSnapshot) -> RunStatus:
    start_step = snapshot.first_step_within(snapshot.x, snapshot.y, snapshot.tolerance)
    text = tr(
        "has been at {place}, on a flat region of minima, since step {since:,}; the loss is {loss:.4g}",
        place=snapshot.format_point(snapshot.x, snapshot.y),
        since=start_step,
        loss=snapshot.loss,
    )
    return RunStatus("converged", tr("converged"), text, since=start_step, minimum=(snapshot.x, snapshot.y))


def _balance_status(snapshot: RunSnapshot, x: float, y: float) -> RunStatus:
    """Return the status of a run that a penalty holds at a point: on a slope, or at a saddle point."""
    start_step = snapshot.first_step_within(x, y, snapshot.tolerance)
    values = {
        "place": snapshot.format_point(x, y),
        "since": start_step,
        "penalty": balance_text(snapshot.update, complex(snapshot.x, snapshot.y), snapshot.gradient),
        "away": snapshot.minimum_distance_text,
    }
    fills_saddle = curvature_at(snapshot.surface, x, y).smallest < 0 and math.hypot(x, y) <= snapshot.tolerance
    text = (
        tr(
            "has been at {place} since step {since:,}, a saddle point that {penalty} turns into a minimum; {away}",
            **values,
        )
        if fills_saddle
        else tr("has been at {place} since step {since:,}, where {penalty} balances the gradient; {away}", **values)
    )
    text += for_now_text(snapshot, x, y)
    return RunStatus("converged", tr("converged (weight decay)"), text, since=start_step)
