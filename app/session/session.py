"""Session: one experiment at work. Connects store, race and clock; says what views and panels must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.analysis.run_status import Verdict, verdict
from app.engine.race import Race
from app.engine.time_budget import first_piece, in_time, reached
from app.engine.trajectory import FOREVER, Track
from app.model import edits
from app.model.comparison import Fair
from app.model.experiment import FIRST, LONGEST, MOST_STEPS, Experiment
from app.model.plot_domain import box_of
from app.session.experiment_store import Store
from app.session.playback_clock import FRAME as TICK
from app.session.playback_clock import Clock
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from surfaces.surface import Box

DRAGGED = 1000  # steps that are computed again while something is dragged, at most; the rest follows when it is let go
FRAME, SLICE = 0.1, 0.010  # seconds that an answer may take, and a piece of what is done beside it
CHECK = 100  # steps between two looks at whether all have converged
SHOWN = 16  # pieces of work between two pictures of it


class Session(QObject):
    """``raced``: the paths are others. ``turned``: the same ones, with other hyperparameters to come, or other looks.
    ``moved(first, last)``: the step that is shown went from first to last. ``grown``: replicas have come farther.
    ``ended(words)``: playing has stopped by itself, or something cannot be done.
    """

    raced = pyqtSignal()
    turned = pyqtSignal()
    moved = pyqtSignal(int, int)
    grown = pyqtSignal()
    ended = pyqtSignal(str)

    def __init__(self, experiment: Experiment = FIRST) -> None:
        super().__init__()
        self.store = Store(experiment)
        self.clock = Clock()
        self.race = Race(experiment)
        self.box: Box = box_of(experiment)
        self.from_start = False  # whether what is turned is felt from the start of the race on, or from now on
        self.rested = (
            False  # whether all had converged when playing stopped: who plays on does not want to be stopped again
        )
        self.work = QTimer(self, interval=TICK)  # what is late catches up beside all else
        self.work.timeout.connect(self._work)
        self.pieces = 0
        self._judged: dict[int, tuple[Track, int, int, Verdict]] = {}
        self.store.changed.connect(self._changed)
        self.store.released.connect(self._released)
        self.clock.due.connect(self.advance)
        self._stand(experiment.shown)

    @property
    def experiment(self) -> Experiment:
        return self.store.experiment

    @property
    def seen(self) -> Experiment:
        """The experiment as it stood at the step that is shown: what controls show, and what is edited."""
        return self.experiment.at(self.race.step)

    @property
    def extents(self) -> list[int]:
        """How far each run has been seen to go: what may be known beyond, from an earlier race, is nobody's loss."""
        return [min(track.seen, track.extent) if track.finished else track.seen for track in self.race.tracks]

    def verdict(self, index: int) -> Verdict:
        """What a run is doing at the step that is shown; judged once for all who ask."""
        track, step = self.race.tracks[index], self.race.step
        known = self._judged.get(index)
        if known is None or known[:3] != (track, step, track.extent):
            known = self._judged[index] = track, step, track.extent, verdict(track, min(step, track.reach))
        return known[3]

    def judge_anew(self) -> None:
        """Verdicts are to be said in another language."""
        self._judged.clear()

    def change(self, how: Callable[[Experiment], Experiment], merge: str | None = None) -> None:
        """Edit the experiment at the step that is shown: ``how`` makes the wanted one of the one that is seen."""
        now = self.experiment
        if merge is not None and not self.store.holding:
            merge += f" at {self.race.step}"  # what is turned at another step is another edit
        self.store.set(edits.edited(now, how(self.seen), self.race.step, self.extents, self.from_start), merge)

    def turn_from(self, start: bool) -> None:
        """What is turned is felt from the start of the race on, or from now on."""
        self.from_start = start
        self.turned.emit()

    def set_start(self, x: float, y: float) -> None:
        self.change(lambda e: replace(e, start=(x, y)), "start" if self.store.holding else None)
        if self.race.step == 0:  # whoever comes by a start where runs began before has not seen them go again
            for track in self.race.tracks:
                track.seen = 0

    def stop_at(self, merge: str | None = None, **where: Any) -> None:
        """Let playing stop at so many ``steps``, None for never, or when all have ``settled``."""
        self.store.set(replace(self.experiment, **where), merge)
        self.rested = False

    def advance(self, count: int) -> None:
        """Make updates, up to where the experiment stops; then say so and pause."""
        race = self.race
        if not race.tracks:
            self._end(tr("There is no run to race: add one."))
            return
        if race.late and not self._catch_up(FRAME):
            self.work.start()
            return
        first, steps = race.step, self.experiment.steps
        stop = steps if steps and first < steps else MOST_STEPS
        settled = self._play(min(count, stop - first))
        self.rested = self.rested or settled
        if race.step > first:
            self._move(first)
        if race.late_replicas:
            self.work.start()
        if all(track.finished for track in race.tracks) and race.step >= race.extent:
            gone = all(track.tip.diverged for track in race.tracks)
            self._end(
                tr("Every run has diverged: lower a learning rate and start again.")
                if gone
                else tr(
                    "Every run has diverged or used its {budget:,} evaluations.", budget=self.experiment.fair.budget
                )
            )
        elif race.step >= stop:
            self._end(tr("Stopped at step {step:,}.", step=race.step))
        elif settled:
            self._end(tr("Every run has converged: stopped at step {step:,}.", step=race.step))

    def _play(self, count: int) -> bool:
        """Make up to ``count`` updates, as many as there is time for; whether all have converged, which ends them."""
        race, began = self.race, perf_counter()
        looking = self.experiment.settled and not self.rested
        while count > 0 and perf_counter() - began < FRAME:
            piece, first = min(count, CHECK - race.step % CHECK) if looking else count, race.step
            in_time(race.advance, piece, FRAME, first_piece(*race.tracks))
            count -= piece
            if race.step == first:
                break
            if looking and race.step % CHECK == 0 and self.all_settled:
                return True
        return False

    @property
    def all_settled(self) -> bool:
        """Whether no run goes on: each has converged, or has ended otherwise."""
        return all(
            (track.finished and self.race.step >= track.reach) or self.verdict(k).kind == "converged"
            for k, track in enumerate(self.race.tracks)
        )

    def _end(self, words: str) -> None:
        if self.clock.running:
            self.clock.pause()
            self.ended.emit(words)

    def show_step(self, step: int) -> None:
        """Show an earlier step, or one already known; playing goes on from there."""
        first = self.race.step
        self.race.seek(min(max(step, 0), self.race.extent))
        self.rested = False
        self._move(first)

    def _move(self, first: int) -> None:
        self._see()
        self.moved.emit(first, self.race.step)

    def _see(self) -> None:
        for track in self.race.tracks:
            track.seen = max(track.seen, self.race.step)

    def restart(self) -> None:
        """Back to the start, with the hyperparameters as they are now."""
        self.store.set(edits.started_over(self.seen))
        self._begin()

    def open(self, experiment: Experiment) -> None:
        """Show another experiment, at the step where it was saved; it can be undone like any change."""
        self.clock.pause()
        self.store.set(experiment)
        self._begin(experiment.shown)

    def race_fairly(self, fair: Fair, rates: Mapping[int | None, float], merge: str | None = None) -> None:
        """Make the race a fair one, with these learning rates by slot; where any is given, it begins anew."""
        self.store.set(edits.made_fair(self.seen if rates else self.experiment, fair, rates), merge)
        if rates:
            self._begin()

    # Branches

    def keep_branch(self) -> None:
        """Keep the paths of now, to compare them with what comes."""
        self.store.set(edits.with_branch(self.experiment, self.race.step, self.extents))

    def take_branch(self, index: int) -> None:
        """Make a branch current; what was raced becomes the branch."""
        try:
            self.store.set(edits.swapped(self.experiment, index, self.race.step, self.extents))
        except ExperimentError as error:
            self.ended.emit(tr("It cannot be raced: {error}.", error=error))

    def drop_branch(self, index: int) -> None:
        self.store.set(edits.without_branch(self.experiment, index))

    def change_branch(self, index: int, **changes: Any) -> None:
        """Give a branch another name, show or hide it."""
        self.store.set(edits.with_branch_changed(self.experiment, index, **changes))

    def _begin(self, step: int = 0) -> None:
        self._stand(step)
        self.raced.emit()

    def _stand(self, step: int) -> None:
        """Show a step, known or not: what is late follows, and of many runs no more than there is room for."""
        race, racers = self.race, sum(1 + run.replicas for run in self.experiment.runs)
        race.step, self.rested = min(step, LONGEST // racers) if racers else 0, False
        if self._catch_up(FRAME):
            race.step = race.last
        self._see()
        if race.late or race.late_branches or race.late_replicas:
            self.work.start()

    def _changed(self, before: Experiment, after: Experiment) -> None:
        old, extent = self.race, self.race.extent
        self.race, self.rested = old.take(after), False
        if not before.same_ground(after) and not (self.store.holding and before.surface == after.surface):
            self.box, self.race.step = box_of(after), 0
            if self.store.travelling:
                self.race.step = self.race.extent
        elif not self.store.holding:
            self._join(before, extent)
        self._see()
        if not (self._catch_up(FRAME) and reached(self.race.late_branches, FRAME)) or self.race.late_replicas:
            self.work.start()
        (self.turned if self.race is old else self.raced).emit()

    def _join(self, before: Experiment, extent: int) -> None:
        """Let runs that are new, or are computed anew from the start, come as far as the others are known, if there is time."""
        slots = {run.slot for run in before.runs}
        reached(
            [
                (track, extent)
                for run, track in zip(self.experiment.runs, self.race.tracks, strict=True)
                if track.extent < extent and (self.from_start or run.slot not in slots)
            ],
            FRAME,
        )

    # What is late

    def _catch_up(self, seconds: float) -> bool:
        """Let the runs that are late come as far as they are shown, if there is time; while something is dragged, not too far."""
        most = DRAGGED if self.store.holding else FOREVER
        late = [(track, min(goal, most)) for track, goal in self.race.late if track.extent < min(goal, most)]
        return reached(late, seconds)

    def _work(self) -> None:
        """A piece of the work that is left: runs first, then branches and replicas."""
        self.pieces += 1
        self.work.setInterval(TICK if self.clock.running else 0)
        late, left = bool(self.race.late) and not self.store.holding, bool(self.race.late_branches)
        company = self.race.late_branches if left else self.race.late_replicas
        done = self._catch_up(SLICE) if late else reached(company, SLICE)
        if done and not (late and self.race.late_branches) and not self.race.late_replicas:
            self.work.stop()
        if done or self.pieces % SHOWN == 0:
            (self.raced if late or left else self.grown).emit()

    def _released(self) -> None:
        late = bool(self.race.late)
        if not self._catch_up(FRAME):
            self.work.start()
        if late or self.box != box_of(self.experiment):
            self.box = box_of(self.experiment)
            self.raced.emit()

    def rest(self) -> None:
        """End all that runs by itself."""
        self.clock.pause()
        self.work.stop()
