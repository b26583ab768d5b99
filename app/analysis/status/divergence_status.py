"""Status of runs that have overflowed, with the reason."""

from __future__ import annotations

import math
from array import array
from dataclasses import replace

import numpy as np

from app.analysis.stability_limit import compare_to_limit, effective_update, stability_limit
from app.analysis.status.status_types import RunStatus
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr
from optimizers.descent import descend

LARGEST_LOSS = 1e100  # a gradient that is not finite at a greater loss has overflowed
LIMIT_CHECK_STEPS = 8  # steps after the lowest loss in which the learning rate is compared with its limit


def divergence_status(trajectory: Trajectory, diverged_at: int) -> RunStatus:
    """Return the status of a run that has overflowed or stopped, with the reason.

    Reasons are a point without a gradient, a surface that is unbounded below and a learning rate above its stability
    limit; without any of them, the text gives the losses only.
    """
    short_text = tr("diverged at step {step}", step=diverged_at)
    if getattr(trajectory.surface_at(diverged_at), "minima_estimated", False):
        undefined_status = _undefined_status(trajectory, diverged_at)
        if undefined_status is not None:
            return undefined_status
    if diverged_at == 0:
        text = tr("cannot start: the loss is not finite at the starting point")
        return RunStatus("diverged", short_text, text, since=0, diverged_at=0)
    text = tr("overflowed at step {step:,}", step=diverged_at)
    status = RunStatus("diverged", short_text, text, since=diverged_at, diverged_at=diverged_at)
    losses = trajectory.values_between(0, diverged_at - 1)[2]
    lowest_step, last_loss = int(losses.argmin()), float(losses[-1])
    if (
        last_loss < min(float(losses[0]), -1e6)
        and getattr(trajectory.surface_at(diverged_at), "minimum_loss", None) is None
    ):
        text = tr("{words}: the loss is unbounded below and had reached {loss:.3g}", words=text, loss=last_loss)
        return replace(status, sentence=text)
    text = tr(
        "{words}: the lowest loss was {loss:.3g}, after step {since:,}",
        words=text,
        loss=losses[lowest_step],
        since=lowest_step,
    )
    if lowest_step < diverged_at - 1:
        text = tr("{words}, and the last was {loss:.3g}", words=text, loss=last_loss)
    return _add_reason(replace(status, sentence=text), trajectory, lowest_step, diverged_at)


def _add_reason(status: RunStatus, trajectory: Trajectory, lowest_step: int, diverged_at: int) -> RunStatus:
    """Name the first of the steps after the lowest loss in which the learning rate exceeds its limit."""
    update = effective_update(trajectory, diverged_at)
    # Before the last change of hyperparameters the learning rate may have been another one.
    last_change = max(step for step, _ in trajectory.hyperparameters_by_step if step < diverged_at)
    first_step = max(lowest_step, last_change)
    for step in range(first_step, min(first_step + LIMIT_CHECK_STEPS, diverged_at)):
        limit = stability_limit(trajectory, step, None, update)
        learning_rate = update.settings.get("lr", math.nan)
        if limit and limit.relation_of(learning_rate) == "exceeds":
            text = tr(
                "{words}; at step {step:,}, {against}",
                words=status.sentence,
                step=step,
                against=compare_to_limit(learning_rate, limit),
            )
            return replace(status, sentence=text, rate=learning_rate, bound=limit.learning_rate, relation="exceeds")
    return status


def _undefined_status(trajectory: Trajectory, diverged_at: int) -> RunStatus | None:
    """Return the status of a run that has stopped where the loss or its gradient is not defined; otherwise None.

    The functions of the catalog are defined everywhere; a formula may not be, as the gradient of sqrt(x^2 + y^2) at 0.
    """
    x, y, loss, has_gradient = _last_evaluation(trajectory, diverged_at)
    surface = trajectory.surface_at(diverged_at)
    is_line, is_mapped = getattr(surface, "dimension", 2) == 1, getattr(surface, "is_mapped", False)
    values = {"place": f"x = {x:.4g}" if is_line else f"({x:.4g}, {y:.4g})", "loss": loss, "step": diverged_at}
    if math.isfinite(x) and math.isfinite(y) and math.isnan(loss) and is_mapped:
        reason = tr("it left the mapped area, outside which the loss is not known")
        short_text = tr("left the mapped area at step {step}", **values)
    elif math.isfinite(x) and math.isfinite(y) and math.isnan(loss):
        reason = tr("the loss has no value at {place}", **values)
        short_text = tr("no value at step {step}", **values)
    elif abs(loss) < LARGEST_LOSS and not has_gradient:
        reason = tr("no slope here: at {place} the loss is {loss:.4g} without a gradient", **values)
        short_text = tr("no slope at step {step}", **values)
    else:
        return None
    text = (
        tr("stopped at step {step:,}: {reason}", step=diverged_at, reason=reason)
        if diverged_at
        else tr("cannot start: {reason}", reason=reason)
    )
    return RunStatus("diverged", short_text, text, since=diverged_at, diverged_at=diverged_at)


def _last_evaluation(trajectory: Trajectory, diverged_at: int) -> tuple[float, float, float, bool]:
    """Return x, y, and loss of the evaluation at which a run has stopped, and whether the gradient is finite there."""
    evaluations: list[tuple[float, float, float, bool]] = []
    surface, last_surface = (trajectory.surface_at(max(step, 0)) for step in (diverged_at - 1, diverged_at))

    def evaluate(x: float, y: float) -> tuple[float, tuple[float, float]]:
        """Evaluate arrays, which give nan where floats raise an error."""
        loss, (grad_x, grad_y) = surface(np.array([x], float), np.array([y], float))
        gradient = float(grad_x[0]), float(grad_y[0])
        evaluations.append((float(x), float(y), float(loss[0]), all(map(math.isfinite, gradient))))
        return float(loss[0]), gradient

    if diverged_at == 0:
        evaluate(*trajectory.start)
        return evaluations[-1]
    point = trajectory.point_at(diverged_at - 1)
    x, y = trajectory.xs[diverged_at - 1], trajectory.ys[diverged_at - 1]
    if all(map(math.isfinite, point.gradient)):
        columns = array("d"), array("d"), array("d")
        descend(trajectory.method, evaluate, point, trajectory.hyperparameters_at(diverged_at), 1, *columns)
    else:  # the gradient was not defined at the last position
        evaluate(x, y)
    if evaluations and last_surface is not surface:  # it may have no value where the surface before had one
        surface = last_surface
        evaluate(*evaluations[-1][:2])
    return evaluations[-1] if evaluations else (x, y, trajectory.losses[diverged_at - 1], True)
