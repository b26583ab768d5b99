"""Everything that is known about a run at each of its steps: what the tables of numbers are written from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from app.engine.race import Race
from app.engine.time_budget import reached
from app.engine.trajectory import Track
from app.utils.i18n import in_english
from optimizers import PARTS
from optimizers.descent import Point

PIECE = 500  # rows between two looks at whether it is still wanted
SLICE = 0.02  # seconds of racing between two looks; the window, which may be waiting, feels no more


class Row(NamedTuple):
    """One step of a run. ``lr`` is what the update that led here used, nan at the start and for a rule without one.

    ``evaluations``: of the loss or its gradient, in all that led here. ``state``: (value for x, value for y) of a rule that
    works coordinate by coordinate; of any other what it keeps, None where it has nothing yet.
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
class Record:
    """One run, or one of a branch (its label and number from 1), or a replica (its number from 1), up to its step ``last``."""

    track: Track
    name: str
    label: str
    last: int
    branch: str = ""
    branch_number: int = 0
    replica: int = 0

    @property
    def separable(self) -> bool:
        return self.track.rule.separable

    def rows(self) -> Iterator[Row]:
        track = self.track
        rates = chain([math.nan], track.learning_rates(self.last))
        for point, rate in zip(track.points(self.last), rates, strict=True):
            slope = point.slope if math.isfinite(point.loss) else (math.nan, math.nan)
            spent = sum(track.spent(point.t))
            yield Row(point.t, *point.position, point.loss, *slope, rate, spent, self._state(point))

    def _state(self, point: Point) -> dict[str, Any]:
        """The rule's state, then that of the parts it is combined with, as lookahead_slow."""
        kept = zip(point.x[1:], point.y[1:], strict=True) if self.separable else point.x[1:]
        state: dict[str, Any] = dict(zip(self.track.rule.state, kept, strict=True))
        for part in self.parts:
            state |= {
                f"{part}_{name}": value
                for name, value in zip(
                    PARTS[part].state, point.parts.get(part, [None] * len(PARTS[part].state)), strict=True
                )
            }
        return state

    @property
    def parts(self) -> list[str]:
        """The parts with a state of their own that it was ever combined with."""
        known = {name for _, hyperparameters in self.track.timeline for name in hyperparameters}
        return [name for name, part in PARTS.items() if name in known and part.state and name in self.track.rule.parts]


def recorded(race: Race) -> list[Record]:
    """Every run of the race up to the step that is shown, then the branches, then the replicas; with their labels in English."""
    with in_english():
        return _recorded(race)


def _recorded(race: Race) -> list[Record]:
    experiment = race.experiment
    named = list(zip(race.tracks, experiment.names, experiment.labels, strict=True))
    records = [Record(track, name, label, min(race.step, track.extent)) for track, name, label in named]
    for number, (branch, tracks) in enumerate(zip(experiment.branches, race.branches, strict=True), 1):
        names = replace(experiment, runs=branch.runs, branches=()).names
        records += [
            Record(track, name, run.label, min(branch.steps, track.extent), branch.label, number)
            for track, name, run in zip(tracks, names, branch.runs, strict=True)
        ]
    for (track, name, label), bundle in zip(named, race.bundles, strict=True):
        records += [
            Record(replica, name, label, min(race.step, track.extent, replica.extent), replica=k)
            for k, replica in enumerate(bundle, 1)
        ]
    return records


def completing(race: Race) -> Iterator[float]:
    """Let what is late come as far as it is to be shown; yields while it is on its way."""
    while not reached([*race.late, *race.late_branches, *race.late_replicas], SLICE):
        yield 0.0


def plain(value: Any) -> Any:
    """A number, an array or nothing as strict JSON has it: null for what is not finite."""
    if isinstance(value, (tuple, list, np.ndarray)):
        return [plain(part) for part in value]
    return None if value is None or not math.isfinite(value) else float(value)
