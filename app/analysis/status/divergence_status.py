"""Status of runs that have overflowed, with the reason."""

from __future__ import annotations

import math
from dataclasses import replace

from app.analysis.stability_limit import compare_to_limit, effective_update, stability_limit
from app.analysis.status.status_types import RunStatus
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

LIMIT_CHECK_STEPS = 8  # steps after the lowest loss in which the learning rate is compared with its limit


def divergence_status(trajectory: Trajectory, diverged_at: int) -> RunStatus:
    """Return the status of a run that has overflowed, with the reason.

    Reasons are a surface that is unbounded below and a learning rate above its stability limit; without either, the
    text gives the losses only.
    """
    short_text = tr("diverged at step {step}", step=diverged_at)
    if diverged_at == 0:
        text = tr("cannot start: the loss is not finite at the starting point")
        return RunStatus("diverged", short_text, text, since=0, diverged_at=0)
    text = tr("overflowed at step {step:,}", step=diverged_at)
    status = RunStatus("diverged", short_text, text, since=diverged_at, diverged_at=diverged_at)
    losses = trajectory.values_between(0, diverged_at - 1)[2]
    lowest_step, last_loss = int(losses.argmin()), float(losses[-1])
    if last_loss < min(float(losses[0]), -1e6) and getattr(trajectory.surface, "minimum_loss", None) is None:
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
