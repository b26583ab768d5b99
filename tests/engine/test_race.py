"""Race: replay, rewind and forward to the bit; turning, diverging, the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.race import Race
from app.engine.trajectory import CHECKPOINT
from app.model.comparison import Fair
from app.model.edits import swapped, without_branch
from app.model.experiment import Experiment, Run
from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES
from tests.conftest import turn

KINDS = "sgd", "momentum", "adam", "lion", "lars", "prodigy", "bfgs", "nelder_mead"
ALL = Experiment(
    "rosenbrock", (-1.5, 2.0), (*(Run(name, {"lr": 1e-3}) for name in KINDS), Run.parse("adam noise=1 lookahead=5"))
)
FALL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 5.0}), Run("sgd", {"lr": 0.1})))


def columns(race: Race, last: int) -> list[bytes]:
    return [np.stack(track.part(0, last)).tobytes() for track in race.tracks]


@pytest.mark.parametrize(
    "run", [*(Run(name, {"lr": 1e-3}) for name in OPTIMIZERS), ALL.runs[-1]], ids=lambda run: run.optimizer
)
def test_a_race_is_the_path_of_trace(run: Run) -> None:
    race = Race(replace(ALL, runs=(run,)))
    race.advance(300)
    path = trace(run.optimizer, SURFACES["rosenbrock"], (-1.5, 2.0), 300, **run.hyperparameters)
    x, y, loss = race.tracks[0].part(0, 300)
    np.testing.assert_array_equal(np.column_stack([x, y]), path.positions)
    np.testing.assert_array_equal(loss, path.losses)


def test_the_state_at_any_step_is_what_it_was() -> None:
    race = Race(Experiment("himmelblau", runs=(Run("bfgs"), Run("nelder_mead"), Run("sgd"))))
    then = {}
    for step in range(1, 2 * CHECKPOINT + 3):
        race.advance(1)
        if step == 40:
            race = turn(race, 1, reflection=1.2)
        if step in (7, 39, 41, 43, CHECKPOINT, CHECKPOINT + 1):
            then[step] = [repr(track.point_at(step)) for track in race.tracks]
    for step in (43, 7, 39, 41, CHECKPOINT + 1, CHECKPOINT, 7, 43):
        assert [repr(track.point_at(step)) for track in race.tracks] == then[step]
    race.seek(39)
    race = turn(race, 1, reflection=1.1)
    race.advance(2)
    assert [repr(track.point_at(39)) for track in race.tracks] == then[39]
    assert repr(race.tracks[1].point_at(41)) != then[41][1], "another past is another state"


def test_rewinding_and_going_forward_is_exact() -> None:
    race, straight = Race(ALL), Race(ALL)
    race.advance(2 * CHECKPOINT + 100)
    straight.advance(2 * CHECKPOINT + 100)
    before = columns(race, race.step)
    for step in (2 * CHECKPOINT + 1, CHECKPOINT, CHECKPOINT - 1, 5, 0):
        race.seek(step)
        before_it = race.experiment
        race = turn(race, 0, lr=2e-3)
        assert race.extent == step
        race.advance(70)
        race.seek(step)
        race = race.take(before_it)
        assert race.extent == 2 * CHECKPOINT + 100, "what was computed once is there again"
        race.advance(2 * CHECKPOINT + 100 - step)
        assert columns(race, race.step) == before == columns(straight, straight.step)


def test_showing_an_earlier_step_forgets_nothing() -> None:
    race = Race(ALL)
    race.advance(50)
    before = columns(race, 50)
    race.seek(10)
    race.advance(15)
    assert (race.step, race.extent) == (25, 50)
    race.advance(30)
    assert (race.step, race.extent) == (55, 55)
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
    x = race.tracks[1].xs
    assert x[11] == x[10] - 0.2 * (x[10] / 10)
    assert list(race.tracks[1].learning_rates(12)) == [0.1] * 10 + [0.2] * 2


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
    assert race.tracks[1].tip.position == (race.tracks[1].xs[1900], race.tracks[1].ys[1900])
    assert race.tracks[1].timeline[-1] == (1900, {"lr": 0.05})


def test_one_run_diverges_and_the_other_goes_on() -> None:
    race = Race(FALL)
    race.advance(3000)
    gone = race.tracks[0].diverged_at
    assert gone is not None
    assert 100 < gone < 3000
    assert race.tracks[0].extent == gone - 1
    assert np.isfinite(np.stack(race.tracks[0].part(0, 3000))).all()
    assert abs(race.tracks[0].ys[-1]) > 1e100, "nothing is clamped"
    assert race.tracks[1].extent == 3000
    assert race.tracks[1].diverged_at is None


def test_going_back_before_it_diverged_revives_a_run() -> None:
    race = Race(FALL)
    race.advance(3000)
    gone = race.tracks[0].diverged_at
    assert gone
    race.seek(gone - 1)
    race = turn(race, 0, lr=1e-3)
    assert race.tracks[0].diverged_at is None
    race.advance(5)
    assert race.tracks[0].extent == gone + 4


def test_a_start_without_a_height_has_diverged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    needle = replace(SURFACES["sphere"], id="needle", function=lambda x, y: (1 / (x + 7), (0.0, 0.0)))
    monkeypatch.setitem(SURFACES, "needle", needle)
    race = Race(replace(FALL, surface="needle"))
    assert [track.diverged_at for track in race.tracks] == [0, 0]
    race.advance(5)
    assert race.step == 0, "there is nothing beyond"


def test_an_overflow_at_the_first_update_is_step_one() -> None:
    race = Race(Experiment("sphere", (1.0, 1.0), (Run("sgd", {"lr": 1e300}),)))
    race.advance(1)
    assert race.tracks[0].diverged_at == 1


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
            race.seek(int(amount * race.extent))
        else:
            race = turn(race, 0, lr=amount)
    track = race.tracks[0]
    assert track.extent == race.extent
    rates = [0.0, *track.learning_rates(race.extent)]
    fresh = trace("adam", SURFACES["elongated_bowl"], (-7.0, 2.0), race.extent, lr=lambda t: rates[min(t, race.extent)])
    x, y, _ = track.part(0, race.extent)
    np.testing.assert_array_equal(np.column_stack([x, y]), fresh.positions)


def test_what_is_changed_at_an_earlier_step_leaves_the_old_path_as_a_branch() -> None:
    race = Race(FALL)
    race.advance(60)
    race = turn(race, 1, lr=0.2)
    race.advance(60)
    old, other = race.tracks[1], race.tracks[0]
    race.seek(30)
    race = turn(race, 1, lr=0.3)
    branch = race.experiment.branches[0]
    assert (branch.steps, branch.since, branch.runs[0].slot) == (120, 30, 1)
    assert race.branches == [[old]]
    assert race.tracks[0] is other, "a run that was not touched keeps its future"
    assert (race.extent, race.tracks[1].extent, race.tracks[0].extent) == (30, 30, 120)
    race.advance(40)
    np.testing.assert_array_equal(race.tracks[1].part(0, 30), old.part(0, 30))
    assert list(race.tracks[1].learning_rates(40)) == [0.1] * 30 + [0.3] * 10
    assert list(old.learning_rates(120)) == [0.1] * 60 + [0.2] * 60
    back = race.take(swapped(race.experiment, 0, race.step, [track.extent for track in race.tracks]))
    assert back.tracks[1] is old
    assert back.branches[0] == [race.tracks[1]]
    assert back.experiment.branches[0].steps == 70
    gone = back.take(without_branch(back.experiment, 0))
    assert not gone.branches
    assert gone.take(back.experiment).branches == back.branches, "undo brings back the very path"


def test_a_budget_ends_a_run_and_a_larger_one_lets_it_go_on() -> None:
    race = Race(replace(FALL, runs=FALL.runs[1:], fair=Fair("evaluations", 40)))
    race.advance(100)
    assert (race.step, race.extent, race.tracks[0].extent) == (40, 40, 40)
    assert race.tracks[0].finished
    race = race.take(replace(race.experiment, fair=Fair("evaluations", 25)))
    assert race.tracks[0].extent == 25
    race = race.take(replace(race.experiment, fair=Fair()))
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
    sgd, search, simplex = race.tracks
    assert sgd.spent(30) == (30, 0)
    assert sgd.spent(60) == (90, 0), "sharpness-aware minimization asks for two gradients"
    assert search.spent(60)[0] >= 60
    assert simplex.spent(60)[0] == 0
    assert simplex.spent(60)[1] >= 60
    for track in race.tracks:
        gradients, values = track.evaluations(60)
        assert (gradients[-1], values[-1]) == track.spent(60)
        assert (np.diff(gradients + values) >= 0).all()
        fork = track.fork(45)
        fork.advance(15)
        assert fork.spent(60) == track.spent(60)


def test_a_budget_holds_for_rules_that_spend_more() -> None:
    race = Race(
        Experiment("elongated_bowl", (-7.0, 2.0), (Run("nelder_mead"), Run("sgd")), fair=Fair("evaluations", 50))
    )
    race.advance(100)
    assert race.step == 50
    simplex, sgd = race.tracks
    assert sgd.extent == 50
    assert simplex.extent < 50
    assert sum(simplex.spent(simplex.extent)) <= 50
    longer = simplex.fork(simplex.extent)
    longer.advance(1)
    assert sum(longer.spent(longer.extent)) > 50
    race.advance(5)
    assert (race.step, simplex.extent) == (50, longer.extent - 1)
