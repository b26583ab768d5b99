"""Race: all runs of an experiment and of its branches, step by step; what was computed once is not computed again."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.trajectory import Trajectory
from app.engine.trajectory_cache import RunStart, assign_trajectories
from app.model.experiment import Experiment

MAX_CACHED_TRAJECTORIES = 100  # tracks that are kept though no run has them any more, for undo
MAX_CACHED_POINTS = 5_000_000  # points of them in all


class Race:
    """``step`` is the step that is shown; the past beyond it is kept. ``branches``: the tracks of each branch's runs.

    ``bundles``: the tracks of each run's replicas.
    """

    def __init__(self, experiment: Experiment, pool: Iterable[Trajectory] = ()) -> None:
        self.experiment, self.surface, self.step = experiment, experiment.surface, 0
        self.trajectory_cache = list(pool)
        assert experiment.start is not None
        start, runs = experiment.start, experiment.runs
        run_starts: list[RunStart] = [(run, start) for run in runs]
        run_starts += [(run, branch.start) for branch in experiment.branches for run in branch.runs]
        run_starts += [(replica, start) for run in runs for replica in run.replica_runs]
        budget = experiment.comparison.evaluation_budget
        trajectories = iter(assign_trajectories(run_starts, self.surface, budget, self.trajectory_cache))
        self.trajectories = [self._with_budget(next(trajectories), budget) for _ in runs]
        self.branch_trajectories = [
            [self._with_budget(next(trajectories), None) for _ in branch.runs] for branch in experiment.branches
        ]
        self.replica_trajectories = [
            [self._with_budget(next(trajectories), budget) for _ in range(run.replicas)] for run in runs
        ]
        for branch, branch_group in zip(experiment.branches, self.branch_trajectories, strict=True):
            for trajectory in branch_group:
                trajectory.last_displayed_step = max(trajectory.last_displayed_step, branch.steps)
        self._trim_cache()

    def _with_budget(self, trajectory: Trajectory, budget: int | None) -> Trajectory:
        """The track with a budget; a shorter one where it has spent more than that."""
        if budget is not None and trajectory.last_step > trajectory.last_step_within_budget(budget):
            self.trajectory_cache.insert(0, trajectory)
            trajectory = trajectory.copy_until(trajectory.last_step_within_budget(budget))
        trajectory.set_budget(budget)
        return trajectory

    def _trim_cache(self) -> None:
        """Keep what was left last, as far as there is room."""
        points_left, cached = MAX_CACHED_POINTS, []
        for trajectory in self.trajectory_cache[:MAX_CACHED_TRAJECTORIES]:
            if trajectory.last_step < points_left:
                cached.append(trajectory)
                points_left -= trajectory.last_step + 1
        self.trajectory_cache = cached

    @property
    def all_trajectories(self) -> list[Trajectory]:
        """All tracks of runs, branches and replicas."""
        return [
            *self.trajectories,
            *(trajectory for group in (*self.branch_trajectories, *self.replica_trajectories) for trajectory in group),
        ]

    @property
    def last_step(self) -> int:
        """The last step that is known of every run that has not ended before."""
        active_steps = [trajectory.last_step for trajectory in self.trajectories if not trajectory.finished]
        return max(
            self.step,
            min(active_steps)
            if active_steps
            else max((track.last_known_step for track in self.trajectories), default=0),
        )

    @property
    def pending_runs(self) -> list[tuple[Trajectory, int]]:
        """The runs that have not come as far as they are to be shown, and how far that is."""
        return [
            (trajectory, self.step)
            for trajectory in self.trajectories
            if trajectory.last_step < self.step and not trajectory.finished
        ]

    @property
    def pending_branches(self) -> list[tuple[Trajectory, int]]:
        """The same for branches, for which the race need not wait."""
        return [
            (trajectory, branch.steps)
            for branch, trajectories in zip(self.experiment.branches, self.branch_trajectories, strict=True)
            for trajectory in trajectories
            if trajectory.last_step < branch.steps and not trajectory.finished
        ]

    @property
    def pending_replicas(self) -> list[tuple[Trajectory, int]]:
        """The same for replicas, which go as far as their runs."""
        goals = [
            (replica, min(self.step, trajectory.last_step))
            for trajectory, replicas in zip(self.trajectories, self.replica_trajectories, strict=True)
            for replica in replicas
        ]
        return [(track, goal) for track, goal in goals if track.last_step < goal and not track.finished]

    def advance(self, step_count: int) -> None:
        """Go ``count`` steps on: through the past that is known, then by new updates."""
        first_step = self.step
        self.step += step_count
        for trajectory in self.trajectories:
            if trajectory.last_step < self.step:
                trajectory.advance(self.step - trajectory.last_step)
        self.step = max(first_step, self.clamped_step)

    @property
    def clamped_step(self) -> int:
        """The step; where all have ended, no more than the longest of them came to, since there is nothing beyond."""
        if self.trajectories and all(trajectory.finished for trajectory in self.trajectories):
            return min(self.step, max(track.last_known_step for track in self.trajectories))
        return self.step

    def compute_pending(self) -> None:
        """Let all that is late, of branches and replicas too, come as far as it is to be shown."""
        for trajectory, goal in (*self.pending_runs, *self.pending_branches, *self.pending_replicas):
            trajectory.advance(goal - trajectory.last_step)

    def seek(self, step: int) -> None:
        """Show an earlier step, or a later one that is already known; IndexError for any other."""
        if not 0 <= step <= self.last_step:
            raise IndexError(f"step {step} is not between 0 and {self.last_step}")
        self.step = step

    def with_experiment(self, experiment: Experiment) -> Race:
        """The race of another experiment, at the same step: this one where all its tracks are the same, which then may go on
        otherwise from now on. Runs that are in both keep their past as far as it is the same; others are late."""
        race = Race(experiment, [*self.all_trajectories, *self.trajectory_cache])
        race.step = self.step
        race.step = race.clamped_step
        unchanged = (race.trajectories, race.branch_trajectories, race.replica_trajectories) == (
            self.trajectories,
            self.branch_trajectories,
            self.replica_trajectories,
        )
        if unchanged and race.surface is self.surface:
            self.experiment = experiment
            return self
        return race
