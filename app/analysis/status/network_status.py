"""Status of runs of a problem with many parameters, from their losses and from the gradient of all parameters."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from app.analysis.status.status_types import RunStatus
from app.engine.projected_descent import ProjectedPoint
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

LOSS_WINDOW = 16  # steps over which the loss is compared


def network_status(trajectory: Trajectory, step: int) -> RunStatus:
    """Return whether the loss of a run falls, rises or does neither; nothing is said about the plane that shows it."""
    diverged_at = trajectory.diverged_at
    if diverged_at is not None and step >= diverged_at:
        text = tr("overflowed at step {step:,}", step=diverged_at)
        short_text = tr("diverged at step {step}", step=diverged_at)
        return RunStatus("diverged", short_text, text, since=diverged_at, diverged_at=diverged_at)
    step = min(step, trajectory.last_step)
    losses = trajectory.values_between(max(0, step - LOSS_WINDOW), step)[2]
    gradient = tr("gradient norm of all parameters: {norm:.3g}", norm=gradient_norm_at(trajectory, step))
    loss = float(losses[-1])
    if step == 0:
        text = tr("starts with loss {loss:.4g}; {gradient}", loss=loss, gradient=gradient)
        return RunStatus("start", tr("at start"), text)
    values = {"change": abs(loss - float(losses[0])), "loss": loss, "steps": len(losses) - 1, "gradient": gradient}
    if f"{losses[0]:.4g}" == f"{loss:.4g}":
        text = tr("the loss has stayed at {loss:.4g} over the last {steps} steps; {gradient}", **values)
        return RunStatus("wandering", tr("wandering"), text)
    if loss < losses[0]:
        text = tr(
            "the loss has decreased by {change:.3g} to {loss:.4g} over the last {steps} steps; {gradient}", **values
        )
        return RunStatus("descending", tr("descending"), text)
    text = tr("the loss has increased by {change:.3g} to {loss:.4g} over the last {steps} steps; {gradient}", **values)
    return RunStatus("climbing", tr("loss rising"), text)


def gradient_norm_at(trajectory: Trajectory, step: int) -> float:
    """Return the norm of the gradient of all parameters after a step."""
    gradient = np.asarray(trajectory.point_at(step).gradient, float)
    return float(np.linalg.norm(gradient)) if np.isfinite(gradient).all() else math.nan


def step_size_at(trajectory: Trajectory, step: int) -> float:
    """Return the distance that a step has moved all parameters; nan for step 0, which is the start."""
    return cast(ProjectedPoint, trajectory.point_at(step)).step_size
