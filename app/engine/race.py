"""Race: the simulation of all runs of an experiment, its branches and replicas; computed steps are reused."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.trajectory import SurfacesByStep, Trajectory
from app.engine.trajectory_cache import RunStart, assign_trajectories
from app.model.experiment import Experiment
from surfaces import Surface

MAX_CACHED_TRAJECTORIES = 100  # without a run, kept for undo
MAX_CACHED_POINTS = 5_000_000  # in all cached trajectories together


class Race:
    """The simulation of an experiment at a displayed step.

    Parameters
    ----------
    experiment : Experiment
        The surface, the start and the runs.
    pool : iterable of Trajectory
        Trajectories that are reused for runs with the same path.

    Attributes
    ----------
    experiment : Experiment
        The experiment that is simulated.
    step : int
        The displayed step; computed steps after it are kept.
    shown_until : int
        The largest step displayed since the last restart; views show the paths from ``step`` to it as ghosts.
    trajectories : list of Trajectory
        One for each run.
    branch_trajectories : list of list of Trajectory
        For each branch, one for each of its runs.
    replica_trajectories : list of list of Trajectory
        For each run, one for each of its replicas.
    trajectory_cache : list of Trajectory
        Trajectories that no run uses now, the most recent first.
    """

    def __init__(self, experiment: Experiment, pool: Iterable[Trajectory] = ()) -> None:
        self.experiment = experiment
        self.step = self.shown_until = 0
        self.trajectory_cache = list(pool)
        assert experiment.start is not None
        start, runs = experiment.start, experiment.runs
        surfaces: SurfacesByStep = [*experiment.surfaces_by_step]
        run_starts: list[RunStart] = [(run, start, surfaces) for run in runs]
        for branch in experiment.branches:
            branch_surfaces: SurfacesByStep = [*experiment.surfaces_of(branch.parameter_timeline)]
            run_starts += [(run, branch.start, branch_surfaces) for run in branch.runs]
        run_starts += [(replica, start, surfaces) for run in runs for replica in run.replica_runs]
        budget = experiment.comparison.evaluation_budget
        trajectories = iter(assign_trajectories(run_starts, budget, self.trajectory_cache))
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
        """Set the budget of a trajectory, of a shorter copy if it has used more; return the trajectory."""
        if budget is not None and trajectory.last_step > trajectory.last_step_within_budget(budget):
            self.trajectory_cache.insert(0, trajectory)
            trajectory = trajectory.copy_until(trajectory.last_step_within_budget(budget))
        trajectory.set_budget(budget)
        return trajectory

    def _trim_cache(self) -> None:
        """Keep the most recent trajectories within the limits."""
        points_left, cached = MAX_CACHED_POINTS, []
        for trajectory in self.trajectory_cache[:MAX_CACHED_TRAJECTORIES]:
            if trajectory.last_step < points_left:
                cached.append(trajectory)
                points_left -= trajectory.last_step + 1
        for trajectory in cached:
            trajectory.derived.clear()
        self.trajectory_cache = cached

    @property
    def surface(self) -> Surface:
        """The surface at the displayed step."""
        return self.experiment.surface_at(self.step)

    @property
    def byte_count(self) -> int:
        """The approximate memory of all trajectories, in bytes."""
        return sum(trajectory.byte_count for trajectory in (*self.all_trajectories, *self.trajectory_cache))

    @property
    def all_trajectories(self) -> list[Trajectory]:
        """The trajectories of runs, branches and replicas."""
        return [
            *self.trajectories,
            *(trajectory for group in (*self.branch_trajectories, *self.replica_trajectories) for trajectory in group),
        ]

    @property
    def last_step(self) -> int:
        """The last step that is computed for every run that has not ended before."""
        active_steps = [trajectory.last_step for trajectory in self.trajectories if not trajectory.finished]
        return max(
            self.step,
            min(active_steps)
            if active_steps
            else max((trajectory.last_known_step for trajectory in self.trajectories), default=0),
        )

    @property
    def pending_runs(self) -> list[tuple[Trajectory, int]]:
        """Pairs (trajectory, goal) for runs that are not computed up to the displayed step."""
        return [
            (trajectory, self.step)
            for trajectory in self.trajectories
            if trajectory.last_step < self.step and not trajectory.finished
        ]

    @property
    def pending_branches(self) -> list[tuple[Trajectory, int]]:
        """Pairs (trajectory, goal) for branches that are not computed up to their length."""
        return [
            (trajectory, branch.steps)
            for branch, trajectories in zip(self.experiment.branches, self.branch_trajectories, strict=True)
            for trajectory in trajectories
            if trajectory.last_step < branch.steps and not trajectory.finished
        ]

    @property
    def pending_replicas(self) -> list[tuple[Trajectory, int]]:
        """Pairs (trajectory, goal) for replicas that are not computed as far as their runs."""
        goals = [
            (replica, min(self.step, trajectory.last_step))
            for trajectory, replicas in zip(self.trajectories, self.replica_trajectories, strict=True)
            for replica in replicas
        ]
        return [(replica, goal) for replica, goal in goals if replica.last_step < goal and not replica.finished]

    def advance(self, step_count: int) -> None:
        """Advance the displayed step and compute the steps of runs that are missing.

        Parameters
        ----------
        step_count : int
            The number of steps. The displayed step stops at the end of the longest run if all runs have ended.
        """
        first_step = self.step
        last_step = first_step + step_count
        for trajectory in self.trajectories:
            if trajectory.last_step < last_step:
                trajectory.advance(last_step - trajectory.last_step)
        self.step = last_step
        self.step = max(first_step, self.clamped_step)

    @property
    def clamped_step(self) -> int:
        """The displayed step, but not after the end of the longest run if all runs have ended."""
        if self.trajectories and all(trajectory.finished for trajectory in self.trajectories):
            return min(self.step, max(trajectory.last_known_step for trajectory in self.trajectories))
        return self.step

    def compute_pending(self) -> None:
        """Compute everything that is missing at the displayed step, including branches and replicas."""
        for trajectory, goal in (*self.pending_runs, *self.pending_branches, *self.pending_replicas):
            trajectory.advance(goal - trajectory.last_step)

    def seek(self, step: int) -> None:
        """Display a computed step.

        Parameters
        ----------
        step : int
            From 0 to ``last_step``.

        Raises
        ------
        IndexError
            If the step is not computed.
        """
        if not 0 <= step <= self.last_step:
            raise IndexError(f"step {step} is not between 0 and {self.last_step}")
        self.step = step

    def with_experiment(self, experiment: Experiment) -> Race:
        """Return the race of another experiment at the same step.

        Runs of both experiments keep their computed steps as far as they are the same; other steps are pending.

        Parameters
        ----------
        experiment : Experiment
            The new experiment.

        Returns
        -------
        Race
            This race with the new experiment if all trajectories are the same, otherwise a new one.
        """
        race = Race(experiment, [*self.all_trajectories, *self.trajectory_cache])
        race.step = self.step
        race.step, race.shown_until = race.clamped_step, self.shown_until
        unchanged = (race.trajectories, race.branch_trajectories, race.replica_trajectories) == (
            self.trajectories,
            self.branch_trajectories,
            self.replica_trajectories,
        )
        if unchanged and race.surface is self.surface:
            self.experiment = experiment
            return self
        return race
