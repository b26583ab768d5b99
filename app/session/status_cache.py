"""Cache of the status of each run at the displayed step."""

from __future__ import annotations

from app.analysis.run_status import RunStatus, run_status
from app.engine.race import Race
from app.engine.trajectory import Trajectory


class StatusCache:
    """The last computed status of each run; it is recomputed when the trajectory or the displayed step changes."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[Trajectory, int, int, RunStatus]] = {}

    def run_status(self, race: Race, index: int) -> RunStatus:
        """Return the status of a run at the displayed step."""
        trajectory, step = race.trajectories[index], race.step
        for removed in [k for k in self._entries if k >= len(race.trajectories)]:
            del self._entries[removed]
        cached = self._entries.get(index)
        if cached is None or cached[:3] != (trajectory, step, trajectory.last_step):
            status = run_status(trajectory, min(step, trajectory.last_known_step))
            cached = self._entries[index] = (trajectory, step, trajectory.last_step, status)
        return cached[3]

    def clear(self) -> None:
        """Remove all entries, because their texts are in another language."""
        self._entries.clear()
