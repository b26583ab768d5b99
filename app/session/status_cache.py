"""Cache of the status and of the stability of each run at the displayed step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.analysis.local_stability import LocalStability, local_stability
from app.analysis.run_status import RunStatus, run_status
from app.engine.race import Race
from app.engine.trajectory import Trajectory

Value = TypeVar("Value")
Entries = dict[int, tuple[tuple[Trajectory, int, int], Value]]


class StatusCache:
    """The last computed values of each run; they are recomputed when the trajectory or the displayed step changes."""

    def __init__(self) -> None:
        self._statuses: Entries[RunStatus] = {}
        self._stabilities: Entries[LocalStability | None] = {}

    def run_status(self, race: Race, index: int) -> RunStatus:
        """Return the status of a run at the displayed step."""
        return _cached(self._statuses, race, index, lambda run: run_status(run, min(race.step, run.last_known_step)))

    def local_stability(self, race: Race, index: int) -> LocalStability | None:
        """Return the stability of a run at the displayed step."""
        return _cached(self._stabilities, race, index, lambda run: local_stability(run, race.step))

    def clear(self) -> None:
        """Remove all statuses, because their texts are in another language."""
        self._statuses.clear()


def _cached(entries: Entries[Value], race: Race, index: int, compute: Callable[[Trajectory], Value]) -> Value:
    """Return the value of a run, from ``entries`` if its trajectory and the displayed step are the same."""
    trajectory = race.trajectories[index]
    for removed in [k for k in entries if k >= len(race.trajectories)]:
        del entries[removed]
    key = trajectory, race.step, trajectory.last_step
    if index not in entries or entries[index][0] != key:
        entries[index] = key, compute(trajectory)
    return entries[index][1]
