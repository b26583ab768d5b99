"""Race: all runs of an experiment, step by step."""

from __future__ import annotations

from app.experiment import Experiment
from app.track import Track


class Race:
    """All runs of an experiment, step by step. ``step`` is the step that is shown; the past beyond it is kept."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.surface = experiment.land
        assert experiment.start is not None
        self.tracks = [Track(run, self.surface, experiment.start) for run in experiment.runs]
        self.step = 0
        self.extent = 0

    def advance(self, count: int) -> None:
        """Go ``count`` steps on: through the kept past first, then by new updates."""
        known = min(count, self.extent - self.step)
        self.step += known
        if count > known:
            for track in self.tracks:
                track.advance(count - known)
            self.step = self.extent = self.extent + count - known

    def with_runs_of(self, experiment: Experiment) -> Race:
        """A race of other runs from the same start: those that are in both keep their past, new ones are still to catch up."""
        race = Race(experiment)
        kept = {(run.slot, run.optimizer): track for run, track in zip(self.experiment.runs, self.tracks, strict=True)}
        race.tracks = [kept.get((run.slot, run.optimizer), track) for run, track in zip(experiment.runs, race.tracks, strict=True)]
        race.step, race.extent = self.step, self.extent
        race.turn(experiment)
        return race

    def seek(self, step: int) -> None:
        """Show an earlier step, or a later one that is already known; IndexError for any other."""
        if not 0 <= step <= self.extent:
            raise IndexError(f"step {step} is not between 0 and {self.extent}")
        self.step = step

    def turn(self, experiment: Experiment) -> None:
        """Take the hyperparameters of ``experiment`` from the next update on; it must be the same race otherwise.

        Where an earlier step is shown, the steps after it are forgotten if any hyperparameter differs.
        """
        if not self.experiment.same_race(experiment):
            raise ValueError("another surface, start or optimizer needs a new Race")
        changed = [run.hyperparameters != track.timeline[-1][1]
                   for run, track in zip(experiment.runs, self.tracks, strict=True)]
        if any(changed) and self.step < self.extent:
            for track in self.tracks:
                track.forget_after(self.step)
            self.extent = self.step
        for run, track in zip(experiment.runs, self.tracks, strict=True):
            track.turn(run.hyperparameters, self.step)
        self.experiment = experiment
