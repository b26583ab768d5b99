"""Computation of pending steps in bounded time, so that the window stays responsive."""

from __future__ import annotations

from app.engine.race import Race
from app.engine.time_budget import catch_up
from app.engine.trajectory import INFINITE_STEPS
from app.model.experiment import Experiment

MAX_DRAG_STEPS = 1000  # steps of a run that are recomputed during a drag; the rest follows when the drag ends
RESPONSE_SECONDS = 0.1  # time within which the window must respond
SLICE_SECONDS = 0.010  # duration of one slice of background work


def catch_up_runs(race: Race, seconds: float, dragging: bool) -> bool:
    """Compute pending runs up to the displayed step, or fewer steps during a drag; return whether all got there."""
    max_step = MAX_DRAG_STEPS if dragging else INFINITE_STEPS
    pending = [
        (trajectory, min(goal, max_step))
        for trajectory, goal in race.pending_runs
        if trajectory.last_step < min(goal, max_step)
    ]
    return catch_up(pending, seconds)


def catch_up_new_runs(
    race: Race, before: Experiment, after: Experiment, last_step: int, recomputed_from_start: bool
) -> None:
    """Compute new runs up to ``last_step`` if there is time, with ``recomputed_from_start`` the other runs too."""
    old_slots = {run.slot for run in before.runs}
    catch_up(
        [
            (trajectory, last_step)
            for run, trajectory in zip(after.runs, race.trajectories, strict=True)
            if trajectory.last_step < last_step and (recomputed_from_start or run.slot not in old_slots)
        ],
        RESPONSE_SECONDS,
    )
