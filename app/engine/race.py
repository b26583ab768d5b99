"""Race: all runs of an experiment and of its branches, step by step; what was computed once is not computed again."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.trajectory import Track
from app.engine.trajectory_cache import Seat, seated
from app.model.experiment import Experiment

ATTIC = 100  # tracks that are kept though no run has them any more, for undo
POINTS = 5_000_000  # points of them in all


class Race:
    """``step`` is the step that is shown; the past beyond it is kept. ``branches``: the tracks of each branch's runs.

    ``bundles``: the tracks of each run's replicas.
    """

    def __init__(self, experiment: Experiment, pool: Iterable[Track] = ()) -> None:
        self.experiment, self.surface, self.step = experiment, experiment.land, 0
        self.attic = list(pool)
        assert experiment.start is not None
        start, runs = experiment.start, experiment.runs
        seats: list[Seat] = [(run, start) for run in runs]
        seats += [(run, branch.start) for branch in experiment.branches for run in branch.runs]
        seats += [(replica, start) for run in runs for replica in run.others]
        budget = experiment.fair.evaluations
        tracks = iter(seated(seats, self.surface, budget, self.attic))
        self.tracks = [self._granted(next(tracks), budget) for _ in runs]
        self.branches = [[self._granted(next(tracks), None) for _ in branch.runs] for branch in experiment.branches]
        self.bundles = [[self._granted(next(tracks), budget) for _ in range(run.replicas)] for run in runs]
        for branch, left in zip(experiment.branches, self.branches, strict=True):
            for track in left:
                track.seen = max(track.seen, branch.steps)
        self._clear_attic()

    def _granted(self, track: Track, budget: int | None) -> Track:
        """The track with a budget; a shorter one where it has spent more than that."""
        if budget is not None and track.extent > track.affordable(budget):
            self.attic.insert(0, track)
            track = track.fork(track.affordable(budget))
        track.grant(budget)
        return track

    def _clear_attic(self) -> None:
        """Keep what was left last, as far as there is room."""
        room, kept = POINTS, []
        for track in self.attic[:ATTIC]:
            if track.extent < room:
                kept.append(track)
                room -= track.extent + 1
        self.attic = kept

    @property
    def every(self) -> list[Track]:
        """All tracks of runs, branches and replicas."""
        return [*self.tracks, *(track for part in (*self.branches, *self.bundles) for track in part)]

    @property
    def extent(self) -> int:
        """The last step that is known of every run that has not ended before."""
        going = [track.extent for track in self.tracks if not track.finished]
        return max(self.step, min(going) if going else max((track.reach for track in self.tracks), default=0))

    @property
    def late(self) -> list[tuple[Track, int]]:
        """The runs that have not come as far as they are to be shown, and how far that is."""
        return [(track, self.step) for track in self.tracks if track.extent < self.step and not track.finished]

    @property
    def late_branches(self) -> list[tuple[Track, int]]:
        """The same for branches, for which the race need not wait."""
        return [
            (track, branch.steps)
            for branch, tracks in zip(self.experiment.branches, self.branches, strict=True)
            for track in tracks
            if track.extent < branch.steps and not track.finished
        ]

    @property
    def late_replicas(self) -> list[tuple[Track, int]]:
        """The same for replicas, which go as far as their runs."""
        goals = [
            (replica, min(self.step, track.extent))
            for track, bundle in zip(self.tracks, self.bundles, strict=True)
            for replica in bundle
        ]
        return [(track, goal) for track, goal in goals if track.extent < goal and not track.finished]

    def advance(self, count: int) -> None:
        """Go ``count`` steps on: through the past that is known, then by new updates."""
        first = self.step
        self.step += count
        for track in self.tracks:
            if track.extent < self.step:
                track.advance(self.step - track.extent)
        self.step = max(first, self.last)

    @property
    def last(self) -> int:
        """The step; where all have ended, no more than the longest of them came to, since there is nothing beyond."""
        if self.tracks and all(track.finished for track in self.tracks):
            return min(self.step, max(track.reach for track in self.tracks))
        return self.step

    def complete(self) -> None:
        """Let all that is late, of branches and replicas too, come as far as it is to be shown."""
        for track, goal in (*self.late, *self.late_branches, *self.late_replicas):
            track.advance(goal - track.extent)

    def seek(self, step: int) -> None:
        """Show an earlier step, or a later one that is already known; IndexError for any other."""
        if not 0 <= step <= self.extent:
            raise IndexError(f"step {step} is not between 0 and {self.extent}")
        self.step = step

    def take(self, experiment: Experiment) -> Race:
        """The race of another experiment, at the same step: this one where all its tracks are the same, which then may go on
        otherwise from now on. Runs that are in both keep their past as far as it is the same; others are late."""
        race = Race(experiment, [*self.every, *self.attic])
        race.step = self.step
        race.step = race.last
        same = (race.tracks, race.branches, race.bundles) == (self.tracks, self.branches, self.bundles)
        if same and race.surface is self.surface:
            self.experiment = experiment
            return self
        return race
