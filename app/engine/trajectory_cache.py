"""Find or make the trajectory of each run, reusing what is already computed."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.trajectory import INFINITE_STEPS, Trajectory
from app.model.run import Run
from optimizers.loss import SurfaceFunction

RunStart = tuple[Run, tuple[float, float]]


def assign_trajectories(
    run_starts: Iterable[RunStart], surface: SurfaceFunction, budget: int | None, pool: list[Trajectory]
) -> list[Trajectory]:
    """A track for each run with its start, taken out of the pool where one is there: whole, or what they have in common.

    Of several that are whole: one with that budget, then the longest.
    """
    run_starts = list(run_starts)
    trajectories: list[Trajectory | None] = []
    for run, start in run_starts:
        matches = (track for track in pool if track.last_common_step(run, surface, start) == INFINITE_STEPS)
        match = max(matches, key=lambda track: (track.budget == budget, track.last_known_step), default=None)
        if match is not None:
            pool.remove(match)
        trajectories.append(match)
    for k, (run, start) in enumerate(run_starts):
        if trajectories[k] is None:
            trajectories[k] = _make_trajectory(
                run, surface, start, pool, [track for track in trajectories if track is not None]
            )
    return [trajectory for trajectory in trajectories if trajectory is not None]


def _make_trajectory(
    run: Run, surface: SurfaceFunction, start: tuple[float, float], pool: list[Trajectory], assigned: list[Trajectory]
) -> Trajectory:
    """A track with as much of a known past as there is: one of the pool itself where nothing of it is lost, else a fork."""
    shared_steps, best = 0, None
    for trajectory in (*assigned, *pool):  # of equals the last: a fork costs more than one of the pool
        common_steps = min(trajectory.last_common_step(run, surface, start), trajectory.last_known_step)
        if common_steps >= max(shared_steps, 1):
            shared_steps, best = common_steps, trajectory
    if best is None:
        return Trajectory(run, surface, start)
    if shared_steps == best.last_known_step and any(track is best for track in pool):
        pool.remove(best)
        return best.assign_run(run)
    return best.copy_until(shared_steps).assign_run(run)
