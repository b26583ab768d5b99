"""Session: one experiment at work. Connects store, race and clock; says what views and panels must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.analysis.run_status import RunStatus, run_status
from app.engine.race import Race
from app.engine.time_budget import advance_within, catch_up, initial_chunk_size
from app.engine.trajectory import INFINITE_STEPS, Trajectory
from app.model import edits
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, MAX_TOTAL_STEPS, Experiment
from app.model.plot_domain import plot_bounds
from app.session.experiment_store import ExperimentStore
from app.session.playback_clock import FRAME_INTERVAL as TICK
from app.session.playback_clock import PlaybackClock
from app.utils.i18n import tr
from app.utils.validation import MAX_STEPS, ExperimentError
from surfaces.surface import Bounds

MAX_DRAG_STEPS = (
    1000  # steps that are computed again while something is dragged, at most; the rest follows when it is let go
)
RESPONSE_SECONDS, SLICE_SECONDS = 0.1, 0.010  # seconds that an answer may take, and a piece of what is done beside it
CONVERGENCE_CHECK_INTERVAL = 100  # steps between two looks at whether all have converged
SLICES_PER_REDRAW = 16  # pieces of work between two pictures of it


class Session(QObject):
    """``raced``: the paths are others. ``turned``: the same ones, with other hyperparameters to come, or other looks.
    ``moved(first, last)``: the step that is shown went from first to last. ``grown``: replicas have come farther.
    ``ended(words)``: playing has stopped by itself, or something cannot be done.
    """

    trajectories_changed = pyqtSignal()
    hyperparameters_changed = pyqtSignal()
    step_changed = pyqtSignal(int, int)
    replicas_advanced = pyqtSignal()
    message = pyqtSignal(str)

    def __init__(self, experiment: Experiment = DEFAULT_EXPERIMENT) -> None:
        super().__init__()
        self.store = ExperimentStore(experiment)
        self.clock = PlaybackClock()
        self.race = Race(experiment)
        self.bounds: Bounds = plot_bounds(experiment)
        self.edit_from_start = False  # whether what is turned is felt from the start of the race on, or from now on
        self.stopped_on_convergence = (
            False  # whether all had converged when playing stopped: who plays on does not want to be stopped again
        )
        self.pending_timer = QTimer(self, interval=TICK)  # what is late catches up beside all else
        self.pending_timer.timeout.connect(self._compute_slice)
        self.slice_count = 0
        self._cached_statuses: dict[int, tuple[Trajectory, int, int, RunStatus]] = {}
        self.store.changed.connect(self._on_experiment_changed)
        self.store.interaction_finished.connect(self._on_interaction_finished)
        self.clock.steps_due.connect(self.advance)
        self._jump_to_step(experiment.displayed_step)

    @property
    def experiment(self) -> Experiment:
        return self.store.experiment

    @property
    def displayed_experiment(self) -> Experiment:
        """The experiment as it stood at the step that is shown: what controls show, and what is edited."""
        return self.experiment.as_of_step(self.race.step)

    @property
    def displayed_lengths(self) -> list[int]:
        """How far each run has been seen to go: what may be known beyond, from an earlier race, is nobody's loss."""
        return [
            min(trajectory.last_displayed_step, trajectory.last_step)
            if trajectory.finished
            else trajectory.last_displayed_step
            for trajectory in self.race.trajectories
        ]

    def run_status(self, index: int) -> RunStatus:
        """What a run is doing at the step that is shown; judged once for all who ask."""
        trajectory, step = self.race.trajectories[index], self.race.step
        cached = self._cached_statuses.get(index)
        if cached is None or cached[:3] != (trajectory, step, trajectory.last_step):
            cached = self._cached_statuses[index] = (
                trajectory,
                step,
                trajectory.last_step,
                run_status(trajectory, min(step, trajectory.last_known_step)),
            )
        return cached[3]

    def retranslate(self) -> None:
        """Verdicts are to be said in another language."""
        self._cached_statuses.clear()

    def change(self, edit: Callable[[Experiment], Experiment], merge_key: str | None = None) -> None:
        """Edit the experiment at the step that is shown: ``how`` makes the wanted one of the one that is seen."""
        current = self.experiment
        if merge_key is not None and not self.store.interaction_active:
            merge_key += f" at {self.race.step}"  # what is turned at another step is another edit
        self.store.set(
            edits.apply_edit(
                current, edit(self.displayed_experiment), self.race.step, self.displayed_lengths, self.edit_from_start
            ),
            merge_key,
        )

    def set_edit_from_start(self, from_start: bool) -> None:
        """What is turned is felt from the start of the race on, or from now on."""
        self.edit_from_start = from_start
        self.hyperparameters_changed.emit()

    def set_start(self, x: float, y: float) -> None:
        self.change(lambda e: replace(e, start=(x, y)), "start" if self.store.interaction_active else None)
        if self.race.step == 0:  # whoever comes by a start where runs began before has not seen them go again
            for trajectory in self.race.trajectories:
                trajectory.last_displayed_step = 0

    def set_stop(self, merge_key: str | None = None, **changes: Any) -> None:
        """Let playing stop at so many ``steps``, None for never, or when all have ``settled``."""
        self.store.set(replace(self.experiment, **changes), merge_key)
        self.stopped_on_convergence = False

    def advance(self, step_count: int) -> None:
        """Make updates, up to where the experiment stops; then say so and pause."""
        race = self.race
        if not race.trajectories:
            self._pause_with_message(tr("There is no run to race: add one."))
            return
        if race.pending_runs and not self._catch_up_runs(RESPONSE_SECONDS):
            self.pending_timer.start()
            return
        first_step, steps = race.step, self.experiment.steps
        stop_step = steps if steps and first_step < steps else MAX_STEPS
        converged = self._advance_within_frame(min(step_count, stop_step - first_step))
        self.stopped_on_convergence = self.stopped_on_convergence or converged
        if race.step > first_step:
            self._notify_step_changed(first_step)
        if race.pending_replicas:
            self.pending_timer.start()
        if all(trajectory.finished for trajectory in race.trajectories) and race.step >= race.last_step:
            all_diverged = all(track.head.diverged for track in race.trajectories)
            self._pause_with_message(
                tr("Every run has diverged: lower a learning rate and start again.")
                if all_diverged
                else tr(
                    "Every run has diverged or used its {budget:,} evaluations.",
                    budget=self.experiment.comparison.budget,
                )
            )
        elif race.step >= stop_step:
            self._pause_with_message(tr("Stopped at step {step:,}.", step=race.step))
        elif converged:
            self._pause_with_message(tr("Every run has converged: stopped at step {step:,}.", step=race.step))

    def _advance_within_frame(self, step_count: int) -> bool:
        """Make up to ``count`` updates, as many as there is time for; whether all have converged, which ends them."""
        race, start_time = self.race, perf_counter()
        check_convergence = self.experiment.stop_when_converged and not self.stopped_on_convergence
        while step_count > 0 and perf_counter() - start_time < RESPONSE_SECONDS:
            chunk_size, first_step = (
                min(step_count, CONVERGENCE_CHECK_INTERVAL - race.step % CONVERGENCE_CHECK_INTERVAL)
                if check_convergence
                else step_count,
                race.step,
            )
            advance_within(race.advance, chunk_size, RESPONSE_SECONDS, initial_chunk_size(*race.trajectories))
            step_count -= chunk_size
            if race.step == first_step:
                break
            if check_convergence and race.step % CONVERGENCE_CHECK_INTERVAL == 0 and self.all_converged:
                return True
        return False

    @property
    def all_converged(self) -> bool:
        """Whether no run goes on: each has converged, or has ended otherwise."""
        return all(
            (trajectory.finished and self.race.step >= trajectory.last_known_step)
            or self.run_status(k).kind == "converged"
            for k, trajectory in enumerate(self.race.trajectories)
        )

    def _pause_with_message(self, message: str) -> None:
        if self.clock.running:
            self.clock.pause()
            self.message.emit(message)

    def show_step(self, step: int) -> None:
        """Show an earlier step, or one already known; playing goes on from there."""
        first_step = self.race.step
        self.race.seek(min(max(step, 0), self.race.last_step))
        self.stopped_on_convergence = False
        self._notify_step_changed(first_step)

    def _notify_step_changed(self, first_step: int) -> None:
        self._record_displayed_steps()
        self.step_changed.emit(first_step, self.race.step)

    def _record_displayed_steps(self) -> None:
        for trajectory in self.race.trajectories:
            trajectory.last_displayed_step = max(trajectory.last_displayed_step, self.race.step)

    def restart(self) -> None:
        """Back to the start, with the hyperparameters as they are now."""
        self.store.set(edits.restarted(self.displayed_experiment))
        self._restart_at()

    def load_experiment(self, experiment: Experiment) -> None:
        """Show another experiment, at the step where it was saved; it can be undone like any change."""
        self.clock.pause()
        self.store.set(experiment)
        self._restart_at(experiment.displayed_step)

    def set_comparison(
        self, comparison: ComparisonMode, learning_rates: Mapping[int | None, float], merge_key: str | None = None
    ) -> None:
        """Make the race a fair one, with these learning rates by slot; where any is given, it begins anew."""
        self.store.set(
            edits.with_comparison(
                self.displayed_experiment if learning_rates else self.experiment, comparison, learning_rates
            ),
            merge_key,
        )
        if learning_rates:
            self._restart_at()

    # Branches

    def keep_branch(self) -> None:
        """Keep the paths of now, to compare them with what comes."""
        self.store.set(edits.with_branch(self.experiment, self.race.step, self.displayed_lengths))

    def switch_branch(self, index: int) -> None:
        """Make a branch current; what was raced becomes the branch."""
        try:
            self.store.set(edits.with_branch_switched(self.experiment, index, self.race.step, self.displayed_lengths))
        except ExperimentError as error:
            self.message.emit(tr("It cannot be raced: {error}.", error=error))

    def remove_branch(self, index: int) -> None:
        self.store.set(edits.without_branch(self.experiment, index))

    def change_branch(self, index: int, **changes: Any) -> None:
        """Give a branch another name, show or hide it."""
        self.store.set(edits.with_branch_changed(self.experiment, index, **changes))

    def _restart_at(self, step: int = 0) -> None:
        self._jump_to_step(step)
        self.trajectories_changed.emit()

    def _jump_to_step(self, step: int) -> None:
        """Show a step, known or not: what is late follows, and of many runs no more than there is room for."""
        race, run_count = self.race, sum(1 + run.replicas for run in self.experiment.runs)
        race.step, self.stopped_on_convergence = min(step, MAX_TOTAL_STEPS // run_count) if run_count else 0, False
        if self._catch_up_runs(RESPONSE_SECONDS):
            race.step = race.clamped_step
        self._record_displayed_steps()
        if race.pending_runs or race.pending_branches or race.pending_replicas:
            self.pending_timer.start()

    def _on_experiment_changed(self, before: Experiment, after: Experiment) -> None:
        old_race, last_step = self.race, self.race.last_step
        self.race, self.stopped_on_convergence = old_race.with_experiment(after), False
        if not before.same_surface_and_start(after) and not (
            self.store.interaction_active and before.surface_id == after.surface_id
        ):
            self.bounds, self.race.step = plot_bounds(after), 0
            if self.store.restoring:
                self.race.step = self.race.last_step
        elif not self.store.interaction_active:
            self._catch_up_new_runs(before, last_step)
        self._record_displayed_steps()
        if (
            not (self._catch_up_runs(RESPONSE_SECONDS) and catch_up(self.race.pending_branches, RESPONSE_SECONDS))
            or self.race.pending_replicas
        ):
            self.pending_timer.start()
        (self.hyperparameters_changed if self.race is old_race else self.trajectories_changed).emit()

    def _catch_up_new_runs(self, before: Experiment, last_step: int) -> None:
        """Let runs that are new, or are computed anew from the start, come as far as the others are known, if there is time."""
        slots = {run.slot for run in before.runs}
        catch_up(
            [
                (trajectory, last_step)
                for run, trajectory in zip(self.experiment.runs, self.race.trajectories, strict=True)
                if trajectory.last_step < last_step and (self.edit_from_start or run.slot not in slots)
            ],
            RESPONSE_SECONDS,
        )

    # What is late

    def _catch_up_runs(self, seconds: float) -> bool:
        """Let the runs that are late come as far as they are shown, if there is time; while something is dragged, not too far."""
        max_step = MAX_DRAG_STEPS if self.store.interaction_active else INFINITE_STEPS
        pending = [
            (trajectory, min(goal, max_step))
            for trajectory, goal in self.race.pending_runs
            if trajectory.last_step < min(goal, max_step)
        ]
        return catch_up(pending, seconds)

    def _compute_slice(self) -> None:
        """A piece of the work that is left: runs first, then branches and replicas."""
        self.slice_count += 1
        self.pending_timer.setInterval(TICK if self.clock.running else 0)
        runs_pending, branches_pending = (
            bool(self.race.pending_runs) and not self.store.interaction_active,
            bool(self.race.pending_branches),
        )
        background = self.race.pending_branches if branches_pending else self.race.pending_replicas
        finished = self._catch_up_runs(SLICE_SECONDS) if runs_pending else catch_up(background, SLICE_SECONDS)
        if finished and not (runs_pending and self.race.pending_branches) and not self.race.pending_replicas:
            self.pending_timer.stop()
        if finished or self.slice_count % SLICES_PER_REDRAW == 0:
            (self.trajectories_changed if runs_pending or branches_pending else self.replicas_advanced).emit()

    def _on_interaction_finished(self) -> None:
        runs_pending = bool(self.race.pending_runs)
        if not self._catch_up_runs(RESPONSE_SECONDS):
            self.pending_timer.start()
        if runs_pending or self.bounds != plot_bounds(self.experiment):
            self.bounds = plot_bounds(self.experiment)
            self.trajectories_changed.emit()

    def stop(self) -> None:
        """End all that runs by itself."""
        self.clock.pause()
        self.pending_timer.stop()
