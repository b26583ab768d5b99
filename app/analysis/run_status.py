"""What a run is doing after a step: descending, slow, oscillating, converged, at a saddle point, diverged and so on.

The status follows from positions and losses up to that step, from the state of the optimizer there, and from the
stability limit if the optimizer has one; computed steps after it and later edits never change it.
"""

from __future__ import annotations

import numpy as np

from app.analysis.status.divergence_status import divergence_status
from app.analysis.status.movement_status import movement_status
from app.analysis.status.network_status import network_status
from app.analysis.status.rest_status import rest_status
from app.analysis.status.run_snapshot import RunSnapshot
from app.analysis.status.slow_status import slow_progress_status
from app.analysis.status.status_types import RunStatus
from app.analysis.status.swing_status import cycle_status, oscillation_status
from app.analysis.status.varying_swing import varying_swing_status
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

__all__ = ["RunStatus", "run_status"]


def run_status(trajectory: Trajectory, step: int) -> RunStatus:
    """Return what a run is doing after ``step``.

    Only the steps up to there are used, and what follows from them under the hyperparameters of that step.
    """
    with np.errstate(all="ignore"):
        if trajectory.projected_problem is not None:
            return network_status(trajectory, step)
        diverged_at = trajectory.diverged_at
        if diverged_at is not None and step >= diverged_at:
            return divergence_status(trajectory, diverged_at)
        snapshot = RunSnapshot(trajectory, min(step, trajectory.last_step))
        if snapshot.age == 0:
            return _start_status(snapshot)
        return (
            rest_status(snapshot)
            or cycle_status(snapshot)
            or oscillation_status(snapshot)
            or varying_swing_status(snapshot)
            or slow_progress_status(snapshot)
            or movement_status(snapshot)
        )


def _start_status(snapshot: RunSnapshot) -> RunStatus:
    text = tr(
        "starts at {place} with loss {loss:.4g}; {away}",
        place=snapshot.format_point(snapshot.x, snapshot.y),
        loss=snapshot.loss,
        away=snapshot.minimum_distance_text,
    )
    if snapshot.step:
        text = tr(
            "the surface has changed at this step: the loss at {place} is now {loss:.4g}; {away}",
            place=snapshot.format_point(snapshot.x, snapshot.y),
            loss=snapshot.loss,
            away=snapshot.minimum_distance_text,
        )
        return RunStatus("start", tr("surface changed"), text, since=snapshot.step)
    return RunStatus("start", tr("at start"), text)
