"""Session: one experiment at work. Connects store, race and clock; says what views and panels must show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from PyQt6.QtCore import QObject, pyqtSignal

from app.clock import Clock
from app.experiment import FIRST, MOST_STEPS, Experiment
from app.race import Race
from app.scenery import box_of
from app.store import Store
from surfaces.surface import Box

DRAGGED = 1000  # steps that are computed again while the start is dragged, at most
CAUGHT_UP = 20_000  # steps that are computed again when it is let go, or by a run that joins, at most
FRAME, BLINK = 0.1, 1.0  # seconds that this may take: a rule that searches needs a hundred times as long as Adam


def in_time(advance: Callable[[int], None], count: int, seconds: float, piece: int = 1) -> bool:
    """Advance by ``count`` in pieces that grow from ``piece``; False where the time was over before the last of them."""
    began = perf_counter()
    while count > 0 and perf_counter() - began < seconds:
        advance(min(piece, count))
        count, piece = count - piece, max(piece, min(2 * piece, 256))
    return count <= 0


def run(race: Race, count: int, seconds: float) -> None:
    """Make as many updates of ``count`` as there is time for. Rules on floats need a millisecond for a thousand."""
    in_time(race.advance, count, seconds, 1024 if all(track.rule.batched for track in race.tracks) else 1)


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
        run(race, min(count, stop - first), FRAME)
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
        if before.same_ground(after) and self._reseat(after):
            return
        dragged = self.store.holding and replace(before, start=after.start) == after
        steps = min(self.race.step, DRAGGED) if dragged or self.store.travelling else 0
        if dragged:
            self.shown = max(self.shown, self.race.step)
        else:
            self.box = box_of(after)
        self.race = Race(after)
        run(self.race, steps, FRAME)
        self.raced.emit()

    def _reseat(self, after: Experiment) -> bool:
        """Race other runs and keep the past of those that stay; False where the new ones are too slow to catch up."""
        race = self.race.with_runs_of(after)
        late = [track for track in race.tracks if track.extent < race.extent and not track.tip.diverged]
        for track in late:
            if race.extent > CAUGHT_UP or not in_time(track.advance, race.extent - track.extent, BLINK / len(late)):
                return False
        self.race = race
        self.raced.emit()
        return True

    def _released(self) -> None:
        lost = min(self.shown, CAUGHT_UP) - self.race.step
        self.shown = 0
        if lost > 0:
            run(self.race, lost, BLINK)
        if lost > 0 or self.box != box_of(self.experiment):
            self.box = box_of(self.experiment)
            self.raced.emit()
