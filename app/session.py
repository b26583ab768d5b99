"""Session: one experiment at work. Connects store, race and clock; says what views and panels must show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from app.clock import Clock
from app.experiment import FIRST, MOST_STEPS, Experiment
from app.race import Race
from app.scenery import box_of
from app.store import Store
from surfaces.surface import Box

DRAGGED = 1000  # steps that are computed again while the start is dragged: a frame's worth
CAUGHT_UP = 20_000  # steps that are computed again when it is let go, at most: a blink's worth


class Session(QObject):
    """``raced``: a new race has begun. ``turned``: the same race, with other hyperparameters or looks.
    ``moved(first, last)``: the step that is shown went from first to last. ``ended(words)``: playing has stopped by itself.
    """

    raced = pyqtSignal()
    turned = pyqtSignal()
    moved = pyqtSignal(int, int)
    ended = pyqtSignal(str)

    def __init__(self, experiment: Experiment = FIRST) -> None:
        super().__init__()
        self.store = Store(experiment)
        self.clock = Clock()
        self.race = Race(experiment)
        self.box: Box = box_of(experiment)
        self.shown = 0  # the step that a drag of the start began at, to be caught up with when it ends
        self.store.changed.connect(self._changed)
        self.store.released.connect(self._released)
        self.clock.due.connect(self.advance)

    @property
    def experiment(self) -> Experiment:
        return self.store.experiment

    def change(self, how: Callable[[Experiment], Experiment], merge: str | None = None) -> None:
        """Set the experiment to what ``how`` makes of it."""
        self.store.set(how(self.experiment), merge)

    def set_start(self, x: float, y: float) -> None:
        self.store.set(replace(self.experiment, start=(x, y)), "start" if self.store.holding else None)

    def advance(self, count: int) -> None:
        """Make updates, up to where the experiment stops; then say so and pause."""
        race = self.race
        if not race.tracks:
            self._end("There is no run to race: add one.")
            return
        stop = self.experiment.steps if self.experiment.steps and race.step < self.experiment.steps else MOST_STEPS
        first = race.step
        race.advance(min(count, stop - first))
        if race.step > first:
            self.moved.emit(first, race.step)
        if all(track.diverged_at is not None and track.diverged_at <= race.step for track in race.tracks):
            self._end("Every run has diverged: lower a learning rate and start again.")
        elif race.step >= stop:
            self._end(f"Stopped at step {race.step:,}.")

    def _end(self, words: str) -> None:
        if self.clock.running:
            self.clock.pause()
            self.ended.emit(words)

    def show_step(self, step: int) -> None:
        """Show an earlier step, or one already known; playing goes on from there."""
        first = self.race.step
        self.race.seek(min(max(step, 0), self.race.extent))
        self.moved.emit(first, self.race.step)

    def restart(self) -> None:
        """Back to the start, with the hyperparameters as they are now."""
        self.shown = 0
        self.race = Race(self.experiment)
        self.raced.emit()

    def open(self, experiment: Experiment) -> None:
        """Show another experiment; it can be undone like any change."""
        self.clock.pause()
        if experiment.same_race(self.experiment):
            self.store.set(experiment)
            self.restart()
        else:
            self.store.set(experiment)

    def _changed(self, before: Experiment, after: Experiment) -> None:
        if before.same_race(after):
            self.race.turn(after)
            self.turned.emit()
            return
        dragged = self.store.holding and replace(before, start=after.start) == after
        steps = min(self.race.step, DRAGGED) if dragged or self.store.travelling else 0
        if dragged:
            self.shown = max(self.shown, self.race.step)
        else:
            self.box = box_of(after)
        self.race = Race(after)
        self.race.advance(steps)
        self.raced.emit()

    def _released(self) -> None:
        lost = min(self.shown, CAUGHT_UP) - self.race.step
        self.shown = 0
        if lost > 0:
            self.race.advance(lost)
        if lost > 0 or self.box != box_of(self.experiment):
            self.box = box_of(self.experiment)
            self.raced.emit()
