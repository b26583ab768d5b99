"""Edits of a race, as the session applies them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.engine.race import Race
from app.model.edits import apply_edit
from app.model.experiment import Experiment


def edit(race: Race, change: Callable[[Experiment], Experiment], from_start: bool = False) -> Race:
    """Return the race after a change of its experiment at the displayed step, or at the start."""
    last_steps = [trajectory.last_step for trajectory in race.trajectories]
    changed = change(race.experiment.as_of_step(race.step))
    return race.with_experiment(apply_edit(race.experiment, changed, race.step, last_steps, from_start))


def with_hyperparameters(race: Race, index: int, **hyperparameters: float) -> Race:
    """Return the race after a change of some hyperparameters of one run at the displayed step."""

    def change(experiment: Experiment) -> Experiment:
        run = experiment.runs[index]
        return experiment.with_run(index, replace(run, hyperparameters={**run.hyperparameters, **hyperparameters}))

    return edit(race, change)
