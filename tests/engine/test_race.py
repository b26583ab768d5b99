"""Race: replay, rewind and forward to the bit; turning, diverging, the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.race import Race
from app.engine.trajectory import CHECKPOINT_INTERVAL
from app.model.comparison import ComparisonMode
from app.model.edits import with_branch_switched, without_branch
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES
from tests.conftest import turn

KINDS = "sgd", "momentum", "adam", "lion", "lars", "prodigy", "bfgs", "nelder_mead"
ALL = Experiment(
    "rosenbrock", (-1.5, 2.0), (*(Run(name, {"lr": 1e-3}) for name in KINDS), Run.parse("adam noise=1 lookahead=5"))
)
FALL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 5.0}), Run("sgd", {"lr": 0.1})))


def columns(race: Race, last: int) -> list[bytes]:
    return [np.stack(track.values_between(0, last)).tobytes() for track in race.trajectories]


@pytest.mark.parametrize(
    "run", [*(Run(name, {"lr": 1e-3}) for name in OPTIMIZERS), ALL.runs[-1]], ids=lambda run: run.optimizer
)
def test_a_race_is_the_path_of_trace(run: Run) -> None:
    race = Race(replace(ALL, runs=(run,)))
    race.advance(300)
    path = trace(run.optimizer, SURFACES["rosenbrock"], (-1.5, 2.0), 300, **run.hyperparameters)
    x, y, loss = race.trajectories[0].values_between(0, 300)
    np.testing.assert_array_equal(np.column_stack([x, y]), path.positions)
    np.testing.assert_array_equal(loss, path.losses)


def test_the_state_at_any_step_is_what_it_was() -> None:
    race = Race(Experiment("himmelblau", runs=(Run("bfgs"), Run("nelder_mead"), Run("sgd"))))
    then = {}
    for step in range(1, 2 * CHECKPOINT_INTERVAL + 3):
        race.advance(1)
        if step == 40:
            race = turn(race, 1, reflection=1.2)
        if step in (7, 39, 41, 43, CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL + 1):
            then[step] = [repr(track.point_at(step)) for track in race.trajectories]
    for step in (43, 7, 39, 41, CHECKPOINT_INTERVAL + 1, CHECKPOINT_INTERVAL, 7, 43):
        assert [repr(track.point_at(step)) for track in race.trajectories] == then[step]
    race.seek(39)
    race = turn(race, 1, reflection=1.1)
    race.advance(2)
    assert [repr(track.point_at(39)) for track in race.trajectories] == then[39]
    assert repr(race.trajectories[1].point_at(41)) != then[41][1], "another past is another state"


def test_rewinding_and_going_forward_is_exact() -> None:
    race, straight = Race(ALL), Race(ALL)
    race.advance(2 * CHECKPOINT_INTERVAL + 100)
    straight.advance(2 * CHECKPOINT_INTERVAL + 100)
    before = columns(race, race.step)
    for step in (2 * CHECKPOINT_INTERVAL + 1, CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL - 1, 5, 0):
        race.seek(step)
        before_it = race.experiment
        race = turn(race, 0, lr=2e-3)
        assert race.last_step == step
        race.advance(70)
        race.seek(step)
        race = race.with_experiment(before_it)
        assert race.last_step == 2 * CHECKPOINT_INTERVAL + 100, "what was computed once is there again"
        race.advance(2 * CHECKPOINT_INTERVAL + 100 - step)
        assert columns(race, race.step) == before == columns(straight, straight.step)


def test_showing_an_earlier_step_forgets_nothing() -> None:
    race = Race(ALL)
    race.advance(50)
    before = columns(race, 50)
    race.seek(10)
    race.advance(15)
    assert (race.step, race.last_step) == (25, 50)
    race.advance(30)
    assert (race.step, race.last_step) == (55, 55)
    assert columns(race, 50) == before
    with pytest.raises(IndexError):
        race.seek(56)


def test_a_turn_is_felt_from_the_next_update_on_and_restarts_nothing() -> None:
    race, plain = Race(FALL), Race(FALL)
    for each in (race, plain):
        each.advance(10)
    assert turn(race, 1, lr=0.2) is race
    race.advance(10)
    plain.advance(10)
    assert columns(race, 10)[1] == columns(plain, 10)[1]
    x = race.trajectories[1].xs
    assert x[11] == x[10] - 0.2 * (x[10] / 10)
    assert list(race.trajectories[1].learning_rates(12)) == [0.1] * 10 + [0.2] * 2


def test_a_race_that_was_turned_replays_its_turns() -> None:
    race = Race(FALL)
    for rate in (0.3, 0.02, 0.4):
        race.advance(700)
        race = turn(race, 1, lr=rate)
    race.advance(10)
    before = columns(race, 1900)[1]
    race.seek(1900)
    race = turn(race, 1, lr=0.05)
    assert columns(race, 1900)[1] == before
    assert race.trajectories[1].head.position == (race.trajectories[1].xs[1900], race.trajectories[1].ys[1900])
    assert race.trajectories[1].hyperparameters_by_step[-1] == (1900, {"lr": 0.05})


def test_one_run_diverges_and_the_other_goes_on() -> None:
    race = Race(FALL)
    race.advance(3000)
    gone = race.trajectories[0].diverged_at
    assert gone is not None
    assert 100 < gone < 3000
    assert race.trajectories[0].last_step == gone - 1
    assert np.isfinite(np.stack(race.trajectories[0].values_between(0, 3000))).all()
    assert abs(race.trajectories[0].ys[-1]) > 1e100, "nothing is clamped"
    assert race.trajectories[1].last_step == 3000
    assert race.trajectories[1].diverged_at is None


def test_going_back_before_it_diverged_revives_a_run() -> None:
    race = Race(FALL)
    race.advance(3000)
    gone = race.trajectories[0].diverged_at
    assert gone
    race.seek(gone - 1)
    race = turn(race, 0, lr=1e-3)
    assert race.trajectories[0].diverged_at is None
    race.advance(5)
    assert race.trajectories[0].last_step == gone + 4


def test_a_start_without_a_height_has_diverged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    needle = replace(SURFACES["sphere"], id="needle", function=lambda x, y: (1 / (x + 7), (0.0, 0.0)))
    monkeypatch.setitem(SURFACES, "needle", needle)
    race = Race(replace(FALL, surface_id="needle"))
    assert [track.diverged_at for track in race.trajectories] == [0, 0]
    race.advance(5)
    assert race.step == 0, "there is nothing beyond"


def test_an_overflow_at_the_first_update_is_step_one() -> None:
    race = Race(Experiment("sphere", (1.0, 1.0), (Run("sgd", {"lr": 1e300}),)))
    race.advance(1)
    assert race.trajectories[0].diverged_at == 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("go"), st.integers(0, 1500)),
            st.tuples(st.just("seek"), st.floats(0, 1)),
            st.tuples(st.just("turn"), st.floats(1e-4, 0.5)),
        ),
        max_size=12,
    )
)
def test_whatever_is_done_the_past_is_what_the_timeline_says(deeds: list) -> None:
    experiment = Experiment("elongated_bowl", (-7.0, 2.0), (Run("adam", {"lr": 0.1}),))
    race = Race(experiment)
    for deed, amount in deeds:
        if deed == "go":
            race.advance(amount)
        elif deed == "seek":
            race.seek(int(amount * race.last_step))
        else:
            race = turn(race, 0, lr=amount)
    track = race.trajectories[0]
    assert track.last_step == race.last_step
    rates = [0.0, *track.learning_rates(race.last_step)]
    fresh = trace(
        "adam", SURFACES["elongated_bowl"], (-7.0, 2.0), race.last_step, lr=lambda t: rates[min(t, race.last_step)]
    )
    x, y, _ = track.values_between(0, race.last_step)
    np.testing.assert_array_equal(np.column_stack([x, y]), fresh.positions)


def test_what_is_changed_at_an_earlier_step_leaves_the_old_path_as_a_branch() -> None:
    race = Race(FALL)
    race.advance(60)
    race = turn(race, 1, lr=0.2)
    race.advance(60)
    old, other = race.trajectories[1], race.trajectories[0]
    race.seek(30)
    race = turn(race, 1, lr=0.3)
    branch = race.experiment.branches[0]
    assert (branch.steps, branch.left_at_step, branch.runs[0].slot) == (120, 30, 1)
    assert race.branch_trajectories == [[old]]
    assert race.trajectories[0] is other, "a run that was not touched keeps its future"
    assert (race.last_step, race.trajectories[1].last_step, race.trajectories[0].last_step) == (30, 30, 120)
    race.advance(40)
    np.testing.assert_array_equal(race.trajectories[1].values_between(0, 30), old.values_between(0, 30))
    assert list(race.trajectories[1].learning_rates(40)) == [0.1] * 30 + [0.3] * 10
    assert list(old.learning_rates(120)) == [0.1] * 60 + [0.2] * 60
    back = race.with_experiment(
        with_branch_switched(race.experiment, 0, race.step, [track.last_step for track in race.trajectories])
    )
    assert back.trajectories[1] is old
    assert back.branch_trajectories[0] == [race.trajectories[1]]
    assert back.experiment.branches[0].steps == 70
    gone = back.with_experiment(without_branch(back.experiment, 0))
    assert not gone.branch_trajectories
    assert gone.with_experiment(back.experiment).branch_trajectories == back.branch_trajectories, (
        "undo brings back the very path"
    )


def test_a_budget_ends_a_run_and_a_larger_one_lets_it_go_on() -> None:
    race = Race(replace(FALL, runs=FALL.runs[1:], comparison=ComparisonMode("evaluations", 40)))
    race.advance(100)
    assert (race.step, race.last_step, race.trajectories[0].last_step) == (40, 40, 40)
    assert race.trajectories[0].finished
    race = race.with_experiment(replace(race.experiment, comparison=ComparisonMode("evaluations", 25)))
    assert race.trajectories[0].last_step == 25
    race = race.with_experiment(replace(race.experiment, comparison=ComparisonMode()))
    race.advance(100)
    straight = Race(race.experiment)
    straight.advance(race.step)
    assert columns(race, race.step) == columns(straight, race.step)


def test_evaluations_are_counted_as_the_rule_spends_them() -> None:
    runs = (
        Run("sgd", {"lr": 0.1}),
        Run("backtracking") if "backtracking" in OPTIMIZERS else Run("newton"),
        Run("nelder_mead"),
    )
    race = Race(Experiment("elongated_bowl", (-7.0, 2.0), runs))
    race.advance(30)
    race = turn(race, 0, sam=0.05)
    race.advance(30)
    sgd, search, simplex = race.trajectories
    assert sgd.evaluation_counts(30) == (30, 0)
    assert sgd.evaluation_counts(60) == (90, 0), "sharpness-aware minimization asks for two gradients"
    assert search.evaluation_counts(60)[0] >= 60
    assert simplex.evaluation_counts(60)[0] == 0
    assert simplex.evaluation_counts(60)[1] >= 60
    for track in race.trajectories:
        gradients, values = track.evaluation_arrays(60)
        assert (gradients[-1], values[-1]) == track.evaluation_counts(60)
        assert (np.diff(gradients + values) >= 0).all()
        fork = track.copy_until(45)
        fork.advance(15)
        assert fork.evaluation_counts(60) == track.evaluation_counts(60)


def test_a_budget_holds_for_rules_that_spend_more() -> None:
    race = Race(
        Experiment(
            "elongated_bowl",
            (-7.0, 2.0),
            (Run("nelder_mead"), Run("sgd")),
            comparison=ComparisonMode("evaluations", 50),
        )
    )
    race.advance(100)
    assert race.step == 50
    simplex, sgd = race.trajectories
    assert sgd.last_step == 50
    assert simplex.last_step < 50
    assert sum(simplex.evaluation_counts(simplex.last_step)) <= 50
    longer = simplex.copy_until(simplex.last_step)
    longer.advance(1)
    assert sum(longer.evaluation_counts(longer.last_step)) > 50
    race.advance(5)
    assert (race.step, simplex.last_step) == (50, longer.last_step - 1)
