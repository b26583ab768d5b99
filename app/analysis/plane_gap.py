"""How the loss of a run with many parameters differs from the loss on the plane that shows it."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from app.analysis.landscape_text import losses_differ
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr
from surfaces import Surface


def differs_from_plane(trajectory: Trajectory, step: int) -> bool:
    """Return whether the loss after a step differs from that on the plane; False for a run on the surface itself."""
    if trajectory.projected_problem is None:
        return False
    shown = _loss_on_plane(trajectory, step)
    return bool(losses_differ(np.array(trajectory.losses[step]), np.array(shown)))


def plane_gap_text(trajectory: Trajectory, step: int) -> str:
    """Return the loss on the plane that shows a run if it is not the true one after a step; otherwise ""."""
    shown = _loss_on_plane(trajectory, step)
    if math.isnan(shown):
        return tr("The run is outside the part of the plane that is shown.")
    if not differs_from_plane(trajectory, step):
        return ""
    return tr("On the plane, the loss is {shown:.4g} instead of {true:.4g}.", shown=shown, true=trajectory.losses[step])


def off_plane_text(trajectory: Trajectory, step: int) -> str:
    """Return how far a run is off the plane that shows it, also as a share of its distance from the start there."""
    projected = trajectory.projected_problem
    way = math.hypot(trajectory.xs[step] - trajectory.xs[0], trajectory.ys[step] - trajectory.ys[0])
    if projected is None or not way > 0:
        return ""
    distance = projected.project(trajectory.point_at(step).x[0])[2]
    return tr(
        "Distance off the plane: {distance:.3g}, {share:.0%} of that from the start on the plane.",
        distance=distance,
        share=distance / way,
    )


def _loss_on_plane(trajectory: Trajectory, step: int) -> float:
    surface = cast(Surface, trajectory.surface_at(step))
    return surface.loss_at(trajectory.xs[step], trajectory.ys[step])
