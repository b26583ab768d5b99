"""Store, clock and session: undo, time into updates, and what restarts what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from app.engine.time_budget import advance_within
from app.io.experiment_json import from_json, to_json
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.session.experiment_store import ExperimentStore
from app.session.playback_clock import MAX_CATCH_UP_SECONDS, PlaybackClock
from app.session.session import MAX_DRAG_STEPS, Session
from optimizers import trace

pytestmark = pytest.mark.usefixtures("application")


def turned(experiment: Experiment, rate: float) -> Experiment:
    return experiment.with_run(0, experiment.runs[0].with_hyperparameter("lr", rate))


def test_undo_and_redo_go_all_the_way() -> None:
    store = ExperimentStore(DEFAULT_EXPERIMENT)
    seen = [DEFAULT_EXPERIMENT]
    store.changed.connect(lambda before, after: seen.append(after))
    versions = [turned(DEFAULT_EXPERIMENT, rate) for rate in (0.1, 0.2, 0.3)]
    for version in versions:
        store.set(version)
    for expected in (versions[1], versions[0], DEFAULT_EXPERIMENT, DEFAULT_EXPERIMENT):
        store.undo()
        assert store.experiment == expected
    for expected in (*versions, versions[-1]):
        store.redo()
        assert store.experiment == expected
    store.undo()
    store.set(turned(DEFAULT_EXPERIMENT, 9.0))
    store.redo()
    assert store.experiment == turned(DEFAULT_EXPERIMENT, 9.0), "a change after an undo ends the redo"
    assert len(seen) == 1 + 3 + 3 + 3 + 1 + 1


def test_a_drag_is_one_undo_step_and_two_drags_are_two() -> None:
    store = ExperimentStore(DEFAULT_EXPERIMENT)
    for drag in (1, 2):
        store.begin_interaction()
        for k in range(5):
            store.set(turned(DEFAULT_EXPERIMENT, drag + k / 10), merge_key="0 lr")
        store.end_interaction()
    assert len(store.undo_stack) == 2
    store.undo()
    assert store.experiment == turned(DEFAULT_EXPERIMENT, 1.4)
    store.undo()
    assert store.experiment == DEFAULT_EXPERIMENT


def test_setting_the_same_is_nothing() -> None:
    store = ExperimentStore(DEFAULT_EXPERIMENT)
    store.set(from_json(to_json(DEFAULT_EXPERIMENT)))
    assert not store.undo_stack


def test_the_clock_makes_whole_updates_of_any_time(application: QApplication) -> None:
    clock, made = PlaybackClock(), []
    clock.steps_due.connect(made.append)
    clock.set_speed(1)
    for _ in range(100):
        clock.advance_time(0.016)
    assert made == [1]
    clock.set_speed(10_000)
    made.clear()
    for _ in range(100):
        clock.advance_time(0.016)
    assert sum(made) == pytest.approx(16_000, abs=1)
    made.clear()
    clock.advance_time(3600)
    assert made == [pytest.approx(10_000 * MAX_CATCH_UP_SECONDS, abs=1)], "a machine that slept does not catch up"
    clock.set_speed(1e9)
    assert clock.speed == 10_000


def test_what_is_due_is_made_and_said() -> None:
    session, moves = Session(), []
    session.step_changed.connect(lambda first, last: moves.append((first, last)))
    session.clock.steps_due.emit(7)
    session.clock.steps_due.emit(3)
    assert moves == [(0, 7), (7, 10)]
    assert session.race.step == 10


def test_a_hyperparameter_restarts_nothing_and_another_ground_starts_anew() -> None:
    session = Session()
    session.advance(20)
    race = session.race
    session.change(lambda e: turned(e, 0.002))
    assert session.race is race
    assert race.trajectories[0].hyperparameters_by_step[-1] == (20, {"lr": 0.002})
    for change in (
        lambda e: e.with_surface("beale"),
        lambda e: replace(e, start=(0.0, 0.0)),
    ):
        session.advance(5)
        session.change(change)
        assert session.race.step == 0
        assert len(session.race.trajectories) == len(session.experiment.runs)


def test_runs_join_and_leave_without_a_restart_and_undo_brings_them_back() -> None:
    session = Session()
    session.advance(20)
    session.change(lambda e: turned(e, 0.002))
    session.advance(20)
    stayed = session.race.trajectories[0]
    for change in (
        lambda e: e.with_added_run(Run("bfgs")),
        lambda e: e.without_run(1),
        lambda e: e.with_run(1, Run("lion", slot=2)),
    ):
        session.change(change)
        assert session.race.step == session.race.last_step == 40
        assert session.race.trajectories[0] is stayed, "it keeps the past that was turned on its way"
        assert [track.last_step for track in session.race.trajectories] == [40] * len(session.experiment.runs)
    new = session.race.trajectories[1]
    np.testing.assert_array_equal(
        new.values_between(0, 40)[0], trace("lion", new.surface, session.experiment.start, 40).positions[:, 0]
    )
    for _ in range(3):
        session.store.undo()
        assert session.race.step == 40
    assert [run.optimizer for run in session.experiment.runs] == [run.optimizer for run in DEFAULT_EXPERIMENT.runs]
    assert session.race.trajectories[0] is stayed


def test_a_run_that_joins_an_earlier_step_catches_up_with_the_whole_past() -> None:
    session = Session()
    session.advance(60)
    session.show_step(25)
    session.change(lambda e: e.with_added_run(Run("adam", {"lr": 0.01})))
    assert (session.race.step, session.race.last_step) == (25, 60)
    assert session.race.trajectories[-1].last_step == 60


def test_advancing_ends_when_its_time_is_over() -> None:
    made = []
    assert advance_within(made.append, 1000, 10.0)
    assert sum(made) == 1000
    assert max(made) == 256
    made.clear()
    assert not advance_within(made.append, 1000, 0.0)
    assert not made


def test_dragging_the_start_drags_the_paths_and_the_box_waits() -> None:
    session = Session()
    session.advance(2000)
    box = session.bounds
    session.store.begin_interaction()
    session.set_start(-6.0, 0.0)
    session.set_start(-7.0, 0.0)
    assert session.race.trajectories[2].last_step == MAX_DRAG_STEPS
    assert session.bounds == box
    session.store.end_interaction()
    assert session.race.trajectories[2].last_step == session.race.step == 2000
    assert session.bounds != box
    assert session.race.step == 2000
    assert len(session.store.undo_stack) == 1
    session.store.undo()
    assert session.experiment == DEFAULT_EXPERIMENT
    assert session.bounds == box


def test_it_stops_where_the_experiment_says_and_goes_on_when_asked() -> None:
    session, said = Session(replace(DEFAULT_EXPERIMENT, steps=30)), []
    session.message.connect(said.append)
    session.clock.play()
    session.advance(100)
    assert session.race.step == 30
    assert not session.clock.running
    assert said == ["Stopped at step 30."]
    session.advance(5)
    assert session.race.step == 35


def test_it_stops_when_all_have_diverged_or_nothing_races() -> None:
    session = Session(Experiment("sphere", runs=(Run("sgd", {"lr": 10.0}),)))
    session.clock.play()
    session.advance(1000)
    assert not session.clock.running
    session.change(lambda e: e.without_run(0))
    session.clock.play()
    session.advance(1)
    assert not session.clock.running


def test_going_back_and_home() -> None:
    session = Session()
    session.advance(10)
    session.show_step(9)
    assert (session.race.step, session.race.last_step) == (9, 10)
    session.show_step(-5)
    assert session.race.step == 0
    session.advance(10)
    session.change(lambda e: turned(e, 0.01))
    session.restart()
    assert session.race.step == 0
    assert session.race.trajectories[0].hyperparameters_by_step == [(0, {"lr": 0.01})]


def test_opening_an_experiment_always_begins_a_race() -> None:
    session = Session()
    for experiment in (DEFAULT_EXPERIMENT, turned(DEFAULT_EXPERIMENT, 0.5), DEFAULT_EXPERIMENT.with_surface("beale")):
        session.advance(10)
        session.load_experiment(experiment)
        assert session.experiment == experiment
        assert session.race.step == 0
        assert session.race.trajectories[0].hyperparameters_by_step == [(0, experiment.runs[0].hyperparameters)]
