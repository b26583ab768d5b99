"""Status of runs that have overflowed, with the reason."""

from __future__ import annotations

from app.analysis.stability_limit import compare_to_limit, effective_update, stability_limit
from app.analysis.status_types import RunStatus
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

LOOK_BACK_STEPS = 2000  # steps before the divergence among which the lowest loss is searched
LIMIT_CHECK_STEPS = 8  # steps after the lowest loss in which the learning rate is compared with its limit


def divergence_status(trajectory: Trajectory, diverged_at: int) -> RunStatus:
    """Return the status of a run that has overflowed, with the reason.

    Reasons are a surface that is unbounded below and a learning rate above its stability limit; without either, the
    text gives the losses only.
    """
    short_text = tr("diverged at {step}", step=diverged_at)
    if diverged_at == 0:
        return RunStatus("diverged", short_text, tr("cannot start: the loss is not a finite number there"), diverged_at)
    # Before the last change of hyperparameters the learning rate may have been another one.
    last_change = max(step for step, _ in trajectory.hyperparameters_by_step if step < diverged_at)
    losses = trajectory.values_between(max(last_change, diverged_at - 1 - LOOK_BACK_STEPS), diverged_at - 1)[2]
    lowest_index, last_loss = int(losses.argmin()), float(losses[-1])
    start_step = diverged_at - len(losses) + lowest_index
    text = tr("left the range of numbers in update {step:,}", step=diverged_at)
    if last_loss < min(trajectory.losses[0], -1e6) and getattr(trajectory.surface, "minimum_loss", None) is None:
        text = tr("{words}: the surface falls without end, and the loss was {loss:.3g}", words=text, loss=last_loss)
        return RunStatus("diverged", short_text, text, diverged_at)
    text = tr(
        "{words}: the loss was {loss:.3g} after step {since:,}", words=text, loss=losses[lowest_index], since=start_step
    )
    if start_step < diverged_at - 1:
        text = tr("{words}, and {loss:.3g} at last", words=text, loss=last_loss)
    update = effective_update(trajectory, diverged_at)
    for step in range(start_step, min(start_step + LIMIT_CHECK_STEPS, diverged_at)):
        limit = stability_limit(trajectory, step, None, update)
        if limit and update.settings["lr"] > limit.learning_rate:
            text = tr(
                "{words}; at step {step:,} {against}",
                words=text,
                step=step,
                against=compare_to_limit(update.settings["lr"], limit),
            )
            break
    return RunStatus("diverged", short_text, text, diverged_at)
