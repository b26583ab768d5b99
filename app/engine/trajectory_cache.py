"""Find or create the trajectory of each run, reusing computed steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from app.engine.trajectory import INFINITE_STEPS, SurfacesByStep, Trajectory
from app.model.run import Run
from optimizers import Optimizer

RunStart = tuple[Run, tuple[float, float], SurfacesByStep]
Timeline = list[tuple[int, Mapping[str, float]]]


class TrajectoryIndex:
    """Trajectories by method, start and first hyperparameters: those with different keys have no step in common."""

    def __init__(self, trajectories: Iterable[Trajectory]) -> None:
        self._groups: defaultdict[Any, list[Trajectory]] = defaultdict(list)
        for trajectory in trajectories:
            self.add(trajectory)

    @staticmethod
    def _key(method: Optimizer, start: tuple[float, float], timeline: Timeline) -> Any:
        return method.id, start, tuple(sorted(timeline[0][1].items()))

    def _group_of(self, trajectory: Trajectory) -> list[Trajectory]:
        return self._groups[self._key(trajectory.method, trajectory.start, trajectory.hyperparameters_by_step)]

    def add(self, trajectory: Trajectory) -> None:
        """Add a trajectory as the last one of its group."""
        self._group_of(trajectory).append(trajectory)

    def remove(self, trajectory: Trajectory) -> None:
        """Remove a trajectory."""
        self._group_of(trajectory).remove(trajectory)

    def candidates(self, run: Run, start: tuple[float, float]) -> list[Trajectory]:
        """Return the trajectories that may have steps in common with a run, in the order in which they were added."""
        return self._groups.get(self._key(run.method, start, run.hyperparameters_by_step), [])


def assign_trajectories(run_starts: Iterable[RunStart], budget: int | None, pool: list[Trajectory]) -> list[Trajectory]:
    """Return a trajectory for each run, from the pool or with as many shared steps as possible.

    If several trajectories of the pool match, one with the same budget is preferred, then the longest. Used
    trajectories are removed from the pool.
    """
    run_starts = list(run_starts)
    available, assigned = TrajectoryIndex(pool), TrajectoryIndex(())
    trajectories: list[Trajectory | None] = []
    for run, start, surfaces in run_starts:
        match = max(
            (each for each in available.candidates(run, start) if _is_exact(each, run, surfaces, start)),
            key=lambda trajectory: (trajectory.budget == budget, trajectory.last_known_step),
            default=None,
        )
        if match is not None:
            available.remove(match)
            assigned.add(match)
        trajectories.append(match)
    for k, (run, start, surfaces) in enumerate(run_starts):
        if trajectories[k] is None:
            trajectories[k] = _make_trajectory(run, surfaces, start, available, assigned)
    result = [trajectory for trajectory in trajectories if trajectory is not None]
    used = set(map(id, result))
    pool[:] = [trajectory for trajectory in pool if id(trajectory) not in used]
    return result


def _is_exact(trajectory: Trajectory, run: Run, surfaces: SurfacesByStep, start: tuple[float, float]) -> bool:
    """Return whether a trajectory is that of a run; the last entries are compared first, in constant time."""
    return (
        trajectory.hyperparameters_by_step[-1] == run.hyperparameters_by_step[-1]
        and trajectory.surfaces_by_step[-1] == surfaces[-1]
        and trajectory.last_common_step(run, surfaces, start) == INFINITE_STEPS
    )


def _make_trajectory(
    run: Run,
    surfaces: SurfacesByStep,
    start: tuple[float, float],
    available: TrajectoryIndex,
    assigned: TrajectoryIndex,
) -> Trajectory:
    """Return a trajectory with the longest known past: one that is available if it loses no steps, else a copy."""
    shared_steps, best, best_is_available = 0, None, False
    for index in (assigned, available):  # >= prefers the available ones: reusing one of them is cheaper than a copy
        for trajectory in index.candidates(run, start):
            common_steps = min(trajectory.last_common_step(run, surfaces, start), trajectory.last_known_step)
            if common_steps >= max(shared_steps, 1):
                shared_steps, best, best_is_available = common_steps, trajectory, index is available
    if best is None:
        result = Trajectory(run, surfaces[0][1], start, surfaces[1:])
    elif best_is_available and shared_steps == best.last_known_step and not best.needs_other_loss(surfaces):
        available.remove(best)
        result = best.assign_run(run, surfaces)
    else:
        result = best.copy_until(shared_steps).assign_run(run, surfaces)
    assigned.add(result)
    return result
