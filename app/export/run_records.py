"""Records of a race, run by run and step by step, from which the data formats are written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from app.engine.race import Race
from app.engine.time_budget import catch_up
from app.engine.trajectory import Trajectory
from app.utils.i18n import in_english
from optimizers import MODIFIERS
from optimizers.descent import Point

ROWS_PER_YIELD = 500  # an export can be canceled after this number of rows
SLICE_SECONDS = 0.02  # seconds of simulation per iteration: short enough to keep the window responsive


class Row(NamedTuple):
    """One step of a run.

    ``lr`` is the learning rate of the update that led to this step, nan at the start and for an optimizer without a
    learning rate. ``evaluations`` is the number of loss and gradient evaluations up to this step. ``state`` maps each
    state variable to (value for x, value for y) for a separable optimizer, otherwise to its value, None if there is
    none yet. For a problem with many parameters, x, y and the gradient are those on the plane that shows it, and
    ``state`` is not that of the optimizer but the metrics by name, for example the loss on test data.
    """

    step: int
    x: float
    y: float
    loss: float
    grad_x: float
    grad_y: float
    lr: float
    evaluations: int
    state: dict[str, Any]


@dataclass(frozen=True)
class RunRecord:
    """One run up to ``last_step``: of the race, of a branch (numbered from 1), or a replica (numbered from 1)."""

    trajectory: Trajectory
    name: str
    label: str
    last_step: int
    branch_label: str = ""
    branch_number: int = 0
    replica_number: int = 0

    @property
    def separable(self) -> bool:
        """Whether the optimizer updates each coordinate independently."""
        return self.trajectory.method.separable

    def rows(self) -> Iterator[Row]:
        """Iterate over the steps of the run, from 0 to ``last_step``."""
        trajectory, projected = self.trajectory, self.trajectory.projected_problem
        learning_rates = chain([math.nan], trajectory.learning_rates(self.last_step))
        for point, learning_rate in zip(trajectory.iter_points(self.last_step), learning_rates, strict=True):
            if projected is None:
                state, gradient = self._state(point), point.gradient
            else:
                first, second = projected.plane.directions @ point.gradient
                gradient = (float(first), float(second))
                state = {name: compute(point.x[0]) for name, compute in projected.problem.metrics.items()}
            gradient = gradient if math.isfinite(point.loss) else (math.nan, math.nan)
            evaluations = sum(trajectory.evaluation_counts(point.t))
            yield Row(point.t, *point.position, point.loss, *gradient, learning_rate, evaluations, state)

    def _state(self, point: Point) -> dict[str, Any]:
        """Return the state of the optimizer and of its modifiers, the latter as in ``lookahead_slow``."""
        values = zip(point.x[1:], point.y[1:], strict=True) if self.separable else point.x[1:]
        state: dict[str, Any] = dict(zip(self.trajectory.method.state, values, strict=True))
        for modifier in self.stateful_modifiers:
            state |= {
                f"{modifier}_{name}": value
                for name, value in zip(
                    MODIFIERS[modifier].state,
                    point.modifier_states.get(modifier, [None] * len(MODIFIERS[modifier].state)),
                    strict=True,
                )
            }
        return state

    @property
    def stateful_modifiers(self) -> list[str]:
        """The modifiers with a state of their own that were active at any step."""
        used_names = {
            name for _, hyperparameters in self.trajectory.hyperparameters_by_step for name in hyperparameters
        }
        return [
            name
            for name, modifier in MODIFIERS.items()
            if name in used_names and modifier.state and name in self.trajectory.method.modifiers
        ]


def collect_records(race: Race) -> list[RunRecord]:
    """Return the runs of the race up to its displayed step, then the branches, then the replicas.

    Labels are in English in every language, since other programs read them.
    """
    with in_english():
        return _collect_records(race)


def _collect_records(race: Race) -> list[RunRecord]:
    experiment = race.experiment
    entries = list(zip(race.trajectories, experiment.names, experiment.labels, strict=True))
    records = [
        RunRecord(trajectory, name, label, min(race.step, trajectory.last_step)) for trajectory, name, label in entries
    ]
    for branch_number, (branch, trajectories) in enumerate(
        zip(experiment.branches, race.branch_trajectories, strict=True), 1
    ):
        names = replace(experiment, runs=branch.runs, branches=()).names
        branch_label = branch.label_beside(
            experiment.start, experiment.parameter_timeline, experiment.surface.dimension
        )
        records += [
            RunRecord(trajectory, name, run.label, min(branch.steps, trajectory.last_step), branch_label, branch_number)
            for trajectory, name, run in zip(trajectories, names, branch.runs, strict=True)
        ]
    for (trajectory, name, label), replicas in zip(entries, race.replica_trajectories, strict=True):
        records += [
            RunRecord(replica, name, label, min(race.step, trajectory.last_step, replica.last_step), replica_number=k)
            for k, replica in enumerate(replicas, 1)
        ]
    return records


def iter_catch_up(race: Race) -> Iterator[float]:
    """Compute pending runs, branches and replicas up to the displayed step, in short slices; yield after each."""
    while not catch_up([*race.pending_runs, *race.pending_branches, *race.pending_replicas], SLICE_SECONDS):
        yield 0.0


def to_json_value(value: Any) -> Any:
    """Return a number, array or None as a value for strict JSON, with None for non-finite numbers."""
    if isinstance(value, (tuple, list, np.ndarray)):
        return [to_json_value(element) for element in value]
    return None if value is None or not math.isfinite(value) else float(value)
