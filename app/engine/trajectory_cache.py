"""Find or create the trajectory of each run, reusing computed steps."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.trajectory import INFINITE_STEPS, Trajectory
from app.model.run import Run
from optimizers.loss import SurfaceFunction

RunStart = tuple[Run, tuple[float, float]]


def assign_trajectories(
    run_starts: Iterable[RunStart], surface: SurfaceFunction, budget: int | None, pool: list[Trajectory]
) -> list[Trajectory]:
    """Return a trajectory for each run and start, taken from the pool or with as many shared steps as possible.

    If several trajectories of the pool match, one with the same budget is preferred, then the longest. Used
    trajectories are removed from the pool.
    """
    run_starts = list(run_starts)
    trajectories: list[Trajectory | None] = []
    for run, start in run_starts:
        matches = (
            trajectory for trajectory in pool if trajectory.last_common_step(run, surface, start) == INFINITE_STEPS
        )
        match = max(
            matches, key=lambda trajectory: (trajectory.budget == budget, trajectory.last_known_step), default=None
        )
        if match is not None:
            pool.remove(match)
        trajectories.append(match)
    for k, (run, start) in enumerate(run_starts):
        if trajectories[k] is None:
            trajectories[k] = _make_trajectory(
                run, surface, start, pool, [trajectory for trajectory in trajectories if trajectory is not None]
            )
    return [trajectory for trajectory in trajectories if trajectory is not None]


def _make_trajectory(
    run: Run, surface: SurfaceFunction, start: tuple[float, float], pool: list[Trajectory], assigned: list[Trajectory]
) -> Trajectory:
    """Return a trajectory with the longest known past: one of the pool if it loses no steps, else a copy."""
    shared_steps, best = 0, None
    for trajectory in (*assigned, *pool):  # >= prefers the pool: reusing one of it is cheaper than a copy
        common_steps = min(trajectory.last_common_step(run, surface, start), trajectory.last_known_step)
        if common_steps >= max(shared_steps, 1):
            shared_steps, best = common_steps, trajectory
    if best is None:
        return Trajectory(run, surface, start)
    if shared_steps == best.last_known_step and any(trajectory is best for trajectory in pool):
        pool.remove(best)
        return best.assign_run(run)
    return best.copy_until(shared_steps).assign_run(run)
