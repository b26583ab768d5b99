"""The session: one experiment in use, connected to its race, playback clock and undo history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.analysis.local_stability import LocalStability
from app.analysis.run_status import RunStatus
from app.engine.race import Race
from app.engine.time_budget import catch_up
from app.model import edits
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, MAX_TOTAL_STEPS, Experiment
from app.model.plot_domain import plot_bounds
from app.session.experiment_store import ExperimentStore
from app.session.frame_advance import advance_within_frame, all_converged
from app.session.memory_limit import exceeds_memory_limit, release_memory
from app.session.pending_work import RESPONSE_SECONDS, SLICE_SECONDS, catch_up_new_runs, catch_up_runs
from app.session.playback_clock import FRAME_INTERVAL, PlaybackClock
from app.session.status_cache import StatusCache
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import MAX_STEPS, ExperimentError
from surfaces.surface import Bounds

SLICES_PER_REDRAW = 16  # slices of background work between two redraws


class Session(QObject):
    """One experiment in use: views and panels read its state, connect to its signals and edit through its methods.

    Parameters
    ----------
    experiment : Experiment
        The experiment to begin with, displayed at its ``displayed_step``.

    Attributes
    ----------
    store : ExperimentStore
        The experiment with undo and redo.
    clock : PlaybackClock
        The playback timer; its ``steps_due`` signal calls `advance`.
    race : Race
        The trajectories of all runs, branches and replicas, and the displayed step. Edits may replace the object.
    bounds : Bounds
        The plotted range, ((left, right), (bottom, top)) in coordinates of the surface. It does not change during a
        drag.
    edit_from_start : bool
        Whether an edit of hyperparameters applies from the start of the run, or from the displayed step on.
    stopped_on_convergence : bool
        Whether playback has stopped because all runs had converged; playback then does not stop for that again.
    locked : bool
        Whether no step may be made, because a prediction has to be made before.
    pending_timer : QTimer
        Computes pending steps in slices while it is active.

    Signals
    -------
    trajectories_changed()
        The displayed paths are different ones: after an edit, a restart, undo, or background work on runs and branches.
    hyperparameters_changed()
        The paths are the same, but the experiment changed: hyperparameters of steps to come, names, colors, visibility.
    step_changed(first_step: int, last_step: int)
        The displayed step went from ``first_step`` to ``last_step``.
    replicas_advanced()
        Background work has extended the paths of replicas.
    message(text: str)
        Playback has stopped by itself, or an action is not possible. The text is translated.

    Notes
    -----
    Every edit goes through the store, so undo, dragging and opening a file take the same path: the store emits
    ``changed``, and the race of the new experiment keeps what is still valid of the old trajectories. What cannot be
    computed within ``RESPONSE_SECONDS`` is left to ``pending_timer``.
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
        self.edit_from_start = False
        self.stopped_on_convergence = False
        self.locked = False
        self.pending_timer = QTimer(self, interval=FRAME_INTERVAL)
        self.pending_timer.timeout.connect(self._compute_slice)
        self._slice_count = 0
        self._statuses = StatusCache()
        self.store.changed.connect(self._on_experiment_changed)
        self.store.interaction_finished.connect(self._on_interaction_finished)
        self.clock.steps_due.connect(self.advance)
        self._jump_to_step(experiment.displayed_step)

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is saved."""
        return self.store.experiment

    @property
    def displayed_experiment(self) -> Experiment:
        """The experiment as of the displayed step: controls show it, and edits begin from it."""
        return self.experiment.as_of_step(self.race.step)

    @property
    def displayed_lengths(self) -> list[int]:
        """The last displayed step of each run.

        Steps beyond it may be cached from an earlier race; an edit that discards only those keeps no branch.
        """
        return [
            min(trajectory.last_displayed_step, trajectory.last_step)
            if trajectory.finished
            else trajectory.last_displayed_step
            for trajectory in self.race.trajectories
        ]

    def run_status(self, index: int) -> RunStatus:
        """Return the status of a run at the displayed step, from a cache."""
        return self._statuses.run_status(self.race, index)

    def local_stability(self, index: int) -> LocalStability | None:
        """Return the stability of a run at the displayed step, from a cache."""
        return self._statuses.local_stability(self.race, index)

    def retranslate(self) -> None:
        """Discard cached texts after a change of language."""
        self._statuses.clear()

    def change(self, edit: Callable[[Experiment], Experiment], merge_key: str | None = None, name: str = "") -> None:
        """Edit the experiment at the displayed step.

        Parameters
        ----------
        edit : callable
            A pure function from the displayed experiment to the requested one.
        merge_key : str, optional
            Consecutive edits with the same key at the same step, or within one drag, are one undo step.
        name : str, optional
            What undo and redo call the edit, if not by what it changes.
        """
        current = self.experiment
        if merge_key is not None and not self.store.interaction_active:
            merge_key += f" at {self.race.step}"
        self._set_edited(
            edits.apply_edit(
                current, edit(self.displayed_experiment), self.race.step, self.displayed_lengths, self.edit_from_start
            ),
            merge_key,
            name,
        )

    def _set_edited(self, experiment: Experiment, merge_key: str | None = None, name: str = "") -> None:
        """Set the experiment and report branches that did not fit any more."""
        branches_dropped = edits.drops_branches(self.experiment, experiment)
        self.store.set(experiment, merge_key, name)
        if branches_dropped:
            self.message.emit(tr("The oldest branches were deleted to stay within the limits. Undo restores them."))

    def set_edit_from_start(self, from_start: bool) -> None:
        """Let edits of hyperparameters apply from the start of the run, or from the displayed step on."""
        self.edit_from_start = from_start
        self.hyperparameters_changed.emit()

    def set_start(self, x: float, y: float) -> None:
        """Move the start of all runs; their paths are computed again, up to the displayed step."""
        self.change(lambda e: replace(e, start=(x, y)), "start" if self.store.interaction_active else None)
        if self.race.step == 0:  # cached trajectories of an earlier race with this start have not been displayed again
            for trajectory in self.race.trajectories:
                trajectory.last_displayed_step = 0

    def set_stop(self, merge_key: str | None = None, **changes: Any) -> None:
        """Set when playback stops.

        Parameters
        ----------
        merge_key : str, optional
            Consecutive changes with the same key are one undo step.
        **changes : int, bool or None
            ``steps``, the step at which playback stops (None for no limit), and ``stop_when_converged``, whether it
            also stops when every run has converged.

        Raises
        ------
        ExperimentError
            If a value is not allowed.
        """
        self.store.set(replace(self.experiment, **changes), merge_key)
        self.stopped_on_convergence = False

    def advance(self, step_count: int) -> None:
        """Advance the race; pause where the experiment stops, with a message if that is not at its stop step.

        Parameters
        ----------
        step_count : int
            The largest number of steps. Fewer are made if they take longer than ``RESPONSE_SECONDS``, and none while
            the runs are not computed up to the displayed step.
        """
        race = self.race
        if self.locked:
            self._pause_with_message(tr("Answer the question of the lesson first, or skip it."))
            return
        if not race.trajectories:
            self._pause_with_message(tr("Nothing to run. Add a run first."))
            return
        if race.pending_runs and not self._catch_up_runs(RESPONSE_SECONDS):
            self.pending_timer.start()
            return
        if exceeds_memory_limit(race):
            self._pause_for_memory()
            return
        first_step, steps = race.step, self.experiment.steps
        stop_step = steps if steps and first_step < steps else MAX_STEPS
        check_convergence = self.experiment.stop_when_converged and not self.stopped_on_convergence
        is_converged = partial(all_converged, race, self._statuses) if check_convergence else None
        try:
            converged = advance_within_frame(race, min(step_count, stop_step - first_step), is_converged)
        except MemoryError:
            converged = False
            self._pause_for_memory()
        self.stopped_on_convergence = self.stopped_on_convergence or converged
        if race.step > first_step:
            self._notify_step_changed(first_step)
        if race.pending_replicas:
            self.pending_timer.start()
        if all(trajectory.finished for trajectory in race.trajectories) and race.step >= race.last_step:
            self._pause_with_message(self._all_finished_message())
        elif first_step < race.step == steps:
            self.clock.pause()  # without a message: it was set to stop here, and the step is displayed
        elif race.step >= stop_step:
            self._pause_with_message(tr("Paused at step {step:,}.", step=race.step))
        elif converged:
            self._pause_with_message(tr("All runs have converged. Paused at step {step:,}.", step=race.step))

    def _pause_for_memory(self) -> None:
        self.clock.pause()
        self.message.emit(tr("There is no memory for more steps. Restart, or remove runs."))

    def _all_finished_message(self) -> str:
        if all(trajectory.head.diverged for trajectory in self.race.trajectories):
            return tr("All runs have diverged. Reduce a learning rate and restart.")
        return tr(
            "Every run has diverged or used up its {budget:,} evaluations.", budget=self.experiment.comparison.budget
        )

    def _pause_with_message(self, message: str) -> None:
        if self.clock.running:
            self.clock.pause()
            self.message.emit(message)

    def show_step(self, step: int) -> None:
        """Display a computed step; playback continues from there.

        Parameters
        ----------
        step : int
            Clipped to the range from 0 to ``race.last_step``.
        """
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
        self.race.shown_until = max(self.race.shown_until, self.race.step)

    def restart(self) -> None:
        """Return to the start, with the displayed hyperparameters for the whole run."""
        self.store.set(edits.restarted(self.displayed_experiment), name=gettext_noop("Restart"))
        self._restart_at()

    def load_experiment(self, experiment: Experiment) -> None:
        """Replace the experiment and display the step at which it was saved; undo restores the previous one."""
        self.clock.pause()
        self.store.set(experiment, name=gettext_noop("Open Experiment"))
        self._restart_at(experiment.displayed_step)

    def set_comparison(
        self, comparison: ComparisonMode, learning_rates: Mapping[int | None, float], merge_key: str | None = None
    ) -> None:
        """Set the comparison mode and learning rates.

        Parameters
        ----------
        comparison : ComparisonMode
            The new comparison mode.
        learning_rates : mapping of int or None to float
            New learning rates by slot. If there are any, they apply from the start; the displayed step is kept.
        merge_key : str, optional
            See `change`.
        """
        step = self.race.step
        self.store.set(
            edits.with_comparison(
                self.displayed_experiment if learning_rates else self.experiment, comparison, learning_rates
            ),
            merge_key,
        )
        if learning_rates:
            self._restart_at(step)

    # Branches

    def keep_branch(self) -> None:
        """Keep the displayed paths as a branch for comparison."""
        self._set_edited(edits.with_branch(self.experiment, self.race.step, self.displayed_lengths))

    def switch_branch(self, index: int) -> None:
        """Make a branch the current experiment; the current paths become the branch."""
        try:
            self._set_edited(
                edits.with_branch_switched(self.experiment, index, self.race.step, self.displayed_lengths),
                name=gettext_noop("Switch Branch"),
            )
        except ExperimentError as error:
            self.message.emit(tr("Cannot run this experiment: {error}.", error=error))

    def remove_branch(self, index: int) -> None:
        """Delete a branch."""
        self.store.set(edits.without_branch(self.experiment, index))

    def change_branch(self, index: int, **changes: Any) -> None:
        """Change fields of a branch, such as its name or visibility."""
        self.store.set(edits.with_branch_changed(self.experiment, index, **changes))

    def _restart_at(self, step: int = 0) -> None:
        self._jump_to_step(step)
        self.trajectories_changed.emit()

    def _jump_to_step(self, step: int) -> None:
        """Display a step, computed or not; with many runs no more steps than ``MAX_TOTAL_STEPS`` for all together."""
        race, run_count = self.race, sum(1 + run.replicas for run in self.experiment.runs)
        race.step, self.stopped_on_convergence = min(step, MAX_TOTAL_STEPS // run_count) if run_count else 0, False
        if self._catch_up_runs(RESPONSE_SECONDS):
            race.step = race.clamped_step
        race.shown_until = race.step
        self._record_displayed_steps()
        if race.pending_runs or race.pending_branches or race.pending_replicas:
            self.pending_timer.start()

    def _on_experiment_changed(self, before: Experiment, after: Experiment) -> None:
        old_race, last_step = self.race, self.race.last_step
        self.race, self.stopped_on_convergence = old_race.with_experiment(after), False
        if (before.surface_id, before.data, before.formula) != (after.surface_id, after.data, after.formula):
            self._leave_surface(after)
        elif before.start != after.start:
            self._move_start(after, old_race.step)
        elif not self.store.interaction_active:
            self.bounds = plot_bounds(after)
            catch_up_new_runs(self.race, before, after, last_step, self.edit_from_start)
        self._record_displayed_steps()
        caught_up = self._catch_up_runs(RESPONSE_SECONDS) and catch_up(self.race.pending_branches, RESPONSE_SECONDS)
        if not caught_up or self.race.pending_replicas:
            self.pending_timer.start()
        (self.hyperparameters_changed if self.race is old_race else self.trajectories_changed).emit()
        release_memory(old_race, self.race)

    def _leave_surface(self, experiment: Experiment) -> None:
        """Display the start of an experiment on another surface, after undo and redo all that is computed."""
        self.bounds = plot_bounds(experiment)
        self.race.step = self.race.shown_until = 0
        if self.store.restoring:
            self.race.step = self.race.last_step

    def _move_start(self, experiment: Experiment, step: int) -> None:
        """Keep the displayed step for another start; after an undo over a restart, display all that is computed."""
        self.race.step = step
        if self.store.restoring and self.race.shown_until < self.race.last_step:
            self.race.step = self.race.last_step
        if not self.store.interaction_active:
            self.bounds = plot_bounds(experiment)

    def _catch_up_runs(self, seconds: float) -> bool:
        return catch_up_runs(self.race, seconds, dragging=self.store.interaction_active)

    def _compute_slice(self) -> None:
        """Compute one slice of pending steps: runs first, then branches, then replicas."""
        self._slice_count += 1
        self.pending_timer.setInterval(FRAME_INTERVAL if self.clock.running else 0)
        runs_pending = bool(self.race.pending_runs) and not self.store.interaction_active
        branches_pending = bool(self.race.pending_branches)
        background = self.race.pending_branches if branches_pending else self.race.pending_replicas
        try:
            finished = self._catch_up_runs(SLICE_SECONDS) if runs_pending else catch_up(background, SLICE_SECONDS)
        except MemoryError:
            self.pending_timer.stop()
            self._pause_for_memory()
            return
        if finished and not (runs_pending and self.race.pending_branches) and not self.race.pending_replicas:
            self.pending_timer.stop()
        if finished or self._slice_count % SLICES_PER_REDRAW == 0:
            (self.trajectories_changed if runs_pending or branches_pending else self.replicas_advanced).emit()

    def _on_interaction_finished(self) -> None:
        runs_pending = bool(self.race.pending_runs)
        if not self._catch_up_runs(RESPONSE_SECONDS):
            self.pending_timer.start()
        if runs_pending or self.bounds != plot_bounds(self.experiment):
            self.bounds = plot_bounds(self.experiment)
            self.trajectories_changed.emit()

    def stop(self) -> None:
        """Stop playback and background work."""
        self.clock.pause()
        self.pending_timer.stop()
