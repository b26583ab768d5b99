"""Experiment store, playback clock and session: undo, steps per time, and what an edit restarts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from app.engine import trajectory as trajectory_module
from app.engine.time_budget import advance_within
from app.io.experiment_json import from_json, to_json
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.session import experiment_store, memory_limit
from app.session.document_state import DocumentState
from app.session.experiment_store import ExperimentStore
from app.session.pending_work import MAX_DRAG_STEPS
from app.session.playback_clock import MAX_CATCH_UP_SECONDS, PlaybackClock
from app.session.session import Session
from optimizers import trace

pytestmark = pytest.mark.usefixtures("application")


def with_learning_rate(experiment: Experiment, learning_rate: float) -> Experiment:
    return experiment.with_run(0, experiment.runs[0].with_hyperparameter("lr", learning_rate))


def test_undo_and_redo_restore_all_versions() -> None:
    store = ExperimentStore(DEFAULT_EXPERIMENT)
    emitted = [DEFAULT_EXPERIMENT]
    store.changed.connect(lambda before, after: emitted.append(after))
    versions = [with_learning_rate(DEFAULT_EXPERIMENT, learning_rate) for learning_rate in (0.1, 0.2, 0.3)]
    for version in versions:
        store.set(version)
    for expected in (versions[1], versions[0], DEFAULT_EXPERIMENT, DEFAULT_EXPERIMENT):
        store.undo()
        assert store.experiment == expected
    for expected in (*versions, versions[-1]):
        store.redo()
        assert store.experiment == expected
    store.undo()
    store.set(with_learning_rate(DEFAULT_EXPERIMENT, 9.0))
    store.redo()
    assert store.experiment == with_learning_rate(DEFAULT_EXPERIMENT, 9.0), (
        "a change after an undo clears the redo stack"
    )
    assert len(emitted) == 1 + 3 + 3 + 3 + 1 + 1


def test_each_drag_is_one_undo_step() -> None:
    store = ExperimentStore(DEFAULT_EXPERIMENT)
    for drag in (1, 2):
        store.begin_interaction()
        for k in range(5):
            store.set(with_learning_rate(DEFAULT_EXPERIMENT, drag + k / 10), merge_key="0 lr")
        store.end_interaction()
    assert len(store.undo_stack) == 2
    store.undo()
    assert store.experiment == with_learning_rate(DEFAULT_EXPERIMENT, 1.4)
    store.undo()
    assert store.experiment == DEFAULT_EXPERIMENT


def test_setting_an_equal_experiment_is_no_undo_step() -> None:
    store = ExperimentStore(DEFAULT_EXPERIMENT)
    store.set(from_json(to_json(DEFAULT_EXPERIMENT)))
    assert not store.undo_stack


def test_the_clock_emits_whole_steps_for_any_elapsed_time(application: QApplication) -> None:
    clock, steps = PlaybackClock(), []
    clock.steps_due.connect(steps.append)
    clock.set_speed(1)
    for _ in range(100):
        clock.advance_time(0.016)
    assert steps == [1]
    clock.set_speed(10_000)
    steps.clear()
    for _ in range(100):
        clock.advance_time(0.016)
    assert sum(steps) == pytest.approx(16_000, abs=1)
    steps.clear()
    clock.advance_time(3600)
    assert steps == [pytest.approx(10_000 * MAX_CATCH_UP_SECONDS, abs=1)], "after a suspend, steps are limited"
    clock.set_speed(1e9)
    assert clock.speed == 10_000


def test_due_steps_are_computed_and_announced() -> None:
    session, changes = Session(), []
    session.step_changed.connect(lambda first, last: changes.append((first, last)))
    session.clock.steps_due.emit(7)
    session.clock.steps_due.emit(3)
    assert changes == [(0, 7), (7, 10)]
    assert session.race.step == 10


def test_another_surface_restarts_but_a_start_or_a_hyperparameter_does_not() -> None:
    session = Session()
    session.advance(20)
    race = session.race
    session.change(lambda e: with_learning_rate(e, 0.002))
    assert session.race is race
    assert race.trajectories[0].hyperparameters_by_step[-1] == (20, {"lr": 0.002})
    session.change(lambda e: replace(e, start=(0.0, 0.0)))
    assert [trajectory.last_step for trajectory in session.race.trajectories] == [20] * 3
    assert session.race.step == 20
    session.change(lambda e: e.with_surface("beale"))
    assert session.race.step == 0
    assert len(session.race.trajectories) == len(session.experiment.runs)


def test_another_start_shows_the_same_step_and_undo_brings_the_old_paths_back() -> None:
    session = Session()
    session.advance(300)
    paths = [np.stack(trajectory.values_between(0, 300)).tobytes() for trajectory in session.race.trajectories]
    session.set_start(1.5, -0.5)
    for run, trajectory in zip(session.experiment.runs, session.race.trajectories, strict=True):
        expected = trace(run.optimizer, trajectory.surface_at(0), (1.5, -0.5), 300, **run.hyperparameters)
        np.testing.assert_array_equal(trajectory.values_between(0, 300)[0], expected.positions[:, 0])
    session.advance(20)
    session.store.undo()
    assert session.race.step == 320
    assert [np.stack(trajectory.values_between(0, 300)).tobytes() for trajectory in session.race.trajectories] == paths
    session.show_step(20)
    session.set_start(0.0, 0.0)
    assert session.race.step == 20
    session.store.undo()
    assert (session.race.step, session.race.last_step) == (20, 320)
    session.set_start(0.5, 0.0)
    session.restart()
    session.advance(5)
    session.store.undo()
    assert session.race.step == 320, "the whole race is there again"


def test_a_start_from_which_all_runs_diverge_does_not_end_the_race_at_that_step() -> None:
    session = Session(Experiment("rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.001}),)))
    session.advance(200)
    for start in ((40.0, 2.0), (-0.5, 2.5), (40.0, 2.0), (-0.4, 2.5)):
        session.set_start(*start)
        assert session.race.step == 200
        assert session.race.trajectories[0].finished == (start == (40.0, 2.0))


def test_steps_that_take_too_long_after_another_start_follow_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    session, redrawn = Session(), []
    session.advance(30_000)
    for module in ("pending_work", "session"):
        monkeypatch.setattr(f"app.session.{module}.RESPONSE_SECONDS", 0.0)
    session.trajectories_changed.connect(lambda: redrawn.append(session.race.trajectories[0].last_step))
    session.set_start(1.5, -0.5)
    assert (session.race.step, redrawn) == (30_000, [0])
    assert session.pending_timer.isActive()
    while session.pending_timer.isActive():
        session.pending_timer.timeout.emit()
    assert redrawn[-1] == session.race.step == 30_000


def test_every_edit_has_a_name_that_undo_and_redo_show() -> None:
    session, names = Session(), []
    x = tuple(float(k) for k in range(9))
    for edit in (
        lambda: session.change(lambda e: e.with_added_run(Run("bfgs"))),
        lambda: session.change(lambda e: e.without_run(1)),
        lambda: session.change(lambda e: e.with_run(0, e.runs[0].with_optimizer("nadam"))),
        lambda: session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.0001))),
        lambda: session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("noise", 0.1))),
        lambda: session.change(lambda e: e.with_run(0, replace(e.runs[0], replicas=2))),
        lambda: session.change(lambda e: e.with_run(0, replace(e.runs[0], visible=False))),
        lambda: session.change(lambda e: e.with_run(0, replace(e.runs[0], visible=True))),
        lambda: session.change(lambda e: e.with_run(0, replace(e.runs[0], color="#123456"))),
        lambda: session.change(lambda e: e.with_added_run(Run("adam")), name="Duplicate Run"),
        session.keep_branch,
        lambda: session.change_branch(0, name="before"),
        lambda: session.change_branch(0, visible=False),
        lambda: session.set_start(0.0, 0.5),
        lambda: session.switch_branch(0),
        lambda: session.remove_branch(0),
        lambda: session.set_stop(steps=50),
        lambda: session.change(lambda e: replace(e, loss_plot=replace(e.loss_plot, y_scale="linear"))),
        lambda: session.set_comparison(ComparisonMode("rate"), dict.fromkeys(range(4), 0.1)),
        lambda: session.set_comparison(ComparisonMode(), {}),
        lambda: session.set_comparison(ComparisonMode("tuned", 20), {0: 0.2, 2: 0.1}),
        lambda: (
            session.advance(9) or session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.0001)))
        ),
        session.restart,
        lambda: session.change(lambda e: e.with_surface("beale")),
        lambda: session.change(lambda e: e.with_data(x, x)),
        lambda: session.load_experiment(DEFAULT_EXPERIMENT),
        lambda: session.store.set(replace(session.experiment, title="x")),
    ):
        before = session.experiment
        edit()
        assert session.experiment != before
        names.append(session.store.undo_name)
        if names[-1] == "Add Run":
            session.advance(10)
    assert names == [
        "Add Run",
        "Remove Run",
        "Change Optimizer",
        "Change Hyperparameter",
        "Add Modifier",
        "Change Replicas",
        "Hide Run",
        "Show Run",
        "Change Run Color",
        "Duplicate Run",
        "Save as Branch",
        "Rename Branch",
        "Hide Branch",
        "Set Start",
        "Switch Branch",
        "Delete Branch",
        "Change Stop Condition",
        "Change Loss View",
        "Change Comparison Mode",
        "Change Comparison Mode",
        "Tune Learning Rates",
        "Change Hyperparameter",
        "Restart",
        "Change Surface",
        "Open Data",
        "Open Experiment",
        "Change Experiment",
    ]
    assert session.store.redo_name == ""
    for name in reversed(names):
        assert session.store.undo_name == name
        session.store.undo()
        assert session.store.redo_name == name
    assert session.store.undo_name == ""
    for name in names:
        session.store.redo()
        assert session.store.undo_name == name


def test_adding_removing_and_replacing_runs_does_not_restart_and_can_be_undone() -> None:
    session = Session()
    session.advance(20)
    session.change(lambda e: with_learning_rate(e, 0.002))
    session.advance(20)
    trajectory_before = session.race.trajectories[0]
    for change in (
        lambda e: e.with_added_run(Run("bfgs")),
        lambda e: e.without_run(1),
        lambda e: e.with_run(1, Run("lion", slot=2)),
    ):
        session.change(change)
        assert session.race.step == session.race.last_step == 40
        assert session.race.trajectories[0] is trajectory_before, (
            "the run keeps its past with the changed hyperparameter"
        )
        assert [trajectory.last_step for trajectory in session.race.trajectories] == [40] * len(session.experiment.runs)
    new = session.race.trajectories[1]
    np.testing.assert_array_equal(
        new.values_between(0, 40)[0], trace("lion", new.surface_at(0), session.experiment.start, 40).positions[:, 0]
    )
    for _ in range(3):
        session.store.undo()
        assert session.race.step == 40
    assert [run.optimizer for run in session.experiment.runs] == [run.optimizer for run in DEFAULT_EXPERIMENT.runs]
    assert session.race.trajectories[0] is trajectory_before


def test_a_run_added_at_an_earlier_step_is_computed_to_the_last_step() -> None:
    session = Session()
    session.advance(60)
    session.show_step(25)
    session.change(lambda e: e.with_added_run(Run("adam", {"lr": 0.01})))
    assert (session.race.step, session.race.last_step) == (25, 60)
    assert session.race.trajectories[-1].last_step == 60


def test_advancing_stops_when_its_time_is_over() -> None:
    chunks = []
    assert advance_within(chunks.append, 1000, 10.0)
    assert sum(chunks) == 1000
    assert max(chunks) == 256
    chunks.clear()
    assert not advance_within(chunks.append, 1000, 0.0)
    assert not chunks


def test_dragging_the_start_moves_the_paths_and_keeps_the_bounds_until_the_end() -> None:
    session = Session()
    session.advance(2000)
    bounds = session.bounds
    session.store.begin_interaction()
    session.set_start(-6.0, 0.0)
    session.set_start(-7.0, 0.0)
    assert session.race.trajectories[2].last_step == MAX_DRAG_STEPS
    assert session.bounds == bounds
    session.store.end_interaction()
    assert session.race.trajectories[2].last_step == session.race.step == 2000
    assert session.bounds != bounds
    assert session.race.step == 2000
    assert len(session.store.undo_stack) == 1
    session.store.undo()
    assert session.experiment == DEFAULT_EXPERIMENT
    assert session.bounds == bounds


def test_playback_stops_at_the_stop_step_and_can_continue() -> None:
    session, messages = Session(replace(DEFAULT_EXPERIMENT, steps=30)), []
    session.message.connect(messages.append)
    session.clock.play()
    session.advance(100)
    assert session.race.step == 30
    assert not session.clock.running
    assert messages == [], "the step is displayed already"
    session.advance(5)
    assert session.race.step == 35


def test_playback_stops_when_all_runs_have_diverged_or_there_is_none() -> None:
    session = Session(Experiment("sphere", runs=(Run("sgd", {"lr": 10.0}),)))
    session.clock.play()
    session.advance(1000)
    assert not session.clock.running
    session.change(lambda e: e.without_run(0))
    session.clock.play()
    session.advance(1)
    assert not session.clock.running


def test_showing_earlier_steps_and_restarting() -> None:
    session = Session()
    session.advance(10)
    session.show_step(9)
    assert (session.race.step, session.race.last_step) == (9, 10)
    session.show_step(-5)
    assert session.race.step == 0
    session.advance(10)
    session.change(lambda e: with_learning_rate(e, 0.01))
    session.restart()
    assert session.race.step == 0
    assert session.race.trajectories[0].hyperparameters_by_step == [(0, {"lr": 0.01})]


def test_loading_an_experiment_always_restarts() -> None:
    session = Session()
    for experiment in (
        DEFAULT_EXPERIMENT,
        with_learning_rate(DEFAULT_EXPERIMENT, 0.5),
        DEFAULT_EXPERIMENT.with_surface("beale"),
    ):
        session.advance(10)
        session.load_experiment(experiment)
        assert session.experiment == experiment
        assert session.race.step == 0
        assert session.race.trajectories[0].hyperparameters_by_step == [(0, experiment.runs[0].hyperparameters)]


def test_playback_pauses_where_the_steps_take_too_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    session, messages = Session(DEFAULT_EXPERIMENT), []
    session.message.connect(messages.append)
    session.advance(100)
    monkeypatch.setattr(memory_limit, "physical_memory", lambda: session.race.byte_count)
    session.clock.play()
    session.advance(100)
    assert (session.race.step, session.clock.running, len(messages)) == (100, False, 1)
    session.restart()
    session.show_step(50)
    assert session.race.step == 50


def test_running_out_of_memory_pauses_and_keeps_the_steps_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    session, messages = Session(DEFAULT_EXPERIMENT), []
    session.message.connect(messages.append)
    session.advance(100)

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(trajectory_module, "descend_on", fail)
        session.clock.play()
        session.advance(100)
    assert (session.race.step, session.clock.running, len(messages)) == (100, False, 1)
    session.advance(100)
    assert session.race.step == 200


def test_the_undo_stack_is_bounded_by_memory_and_the_last_change_can_always_be_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(experiment_store, "MAX_UNDO_BYTES", 200_000)
    x = tuple(float(k) for k in range(1000))
    opened = [DEFAULT_EXPERIMENT.with_data(x, (float(n), *x[1:])) for n in range(20)]
    session = Session(DEFAULT_EXPERIMENT)
    documents = DocumentState(session.store, None)
    for k, experiment in enumerate(opened):
        session.load_experiment(experiment)
        documents.add_entry(experiment, Path(f"{k}.json"))
        for title in "ab":  # shares the data with the opened one and takes little
            session.store.set(replace(session.experiment, title=title))
    assert 3 <= len(session.store.undo_stack) < 20
    assert len(documents.entries) <= len(session.store.undo_stack)
    while session.store.undo_stack:
        session.store.undo()
    assert documents.index == 0
    while session.store.redo_stack:
        session.store.redo()
    assert (session.experiment.data, documents.path) == (opened[-1].data, Path("19.json"))
    monkeypatch.setattr(experiment_store, "MAX_UNDO_BYTES", 1)
    session.load_experiment(opened[0])
    session.store.undo()
    assert session.experiment.data == opened[-1].data
