"""Race: exact replay and rewind, changes during the run, divergence, budgets and branches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.race import Race
from app.engine.trajectory import CHECKPOINT_INTERVAL, Trajectory
from app.model.comparison import ComparisonMode
from app.model.edits import with_branch_switched, without_branch
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES
from tests.edits import with_hyperparameters

OPTIMIZER_IDS = "sgd", "momentum", "adam", "lion", "lars", "prodigy", "bfgs", "nelder_mead"
MANY_RUNS = Experiment(
    "rosenbrock",
    (-1.5, 2.0),
    (*(Run(name, {"lr": 1e-3}) for name in OPTIMIZER_IDS), Run.parse("adam noise=1 lookahead=5")),
)
ONE_DIVERGES = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 5.0}), Run("sgd", {"lr": 0.1})))


def columns(race: Race, last: int) -> list[bytes]:
    return [np.stack(trajectory.values_between(0, last)).tobytes() for trajectory in race.trajectories]


@pytest.mark.parametrize(
    "run", [*(Run(name, {"lr": 1e-3}) for name in OPTIMIZERS), MANY_RUNS.runs[-1]], ids=lambda run: run.optimizer
)
def test_race_has_the_same_path_as_trace(run: Run) -> None:
    race = Race(replace(MANY_RUNS, runs=(run,)))
    race.advance(300)
    path = trace(run.optimizer, SURFACES["rosenbrock"], (-1.5, 2.0), 300, **run.hyperparameters)
    x, y, loss = race.trajectories[0].values_between(0, 300)
    np.testing.assert_array_equal(np.column_stack([x, y]), path.positions)
    np.testing.assert_array_equal(loss, path.losses)


@pytest.mark.parametrize("index", [0, 1], ids=["diverged", "not diverged"])
def test_state_at_a_step_that_is_not_computed_raises_index_error(index: int) -> None:
    race = Race(ONE_DIVERGES)
    race.advance(2000)
    trajectory = race.trajectories[index]
    assert (trajectory.diverged_at is None) == bool(index)
    assert trajectory.point_at(trajectory.last_step).t == trajectory.last_step
    for step in (-1, trajectory.last_step + 1, trajectory.last_step + 5000):
        with pytest.raises(IndexError, match=f"step {step} is not between 0 and {trajectory.last_step}"):
            trajectory.point_at(step)
        with pytest.raises(IndexError, match=f"step {step} is not between 0 and {trajectory.last_step}"):
            next(trajectory.iter_points(step))


def test_state_at_an_earlier_step_is_recomputed_exactly() -> None:
    race = Race(Experiment("himmelblau", runs=(Run("bfgs"), Run("nelder_mead"), Run("sgd"))))
    recorded_states = {}
    for step in range(1, 2 * CHECKPOINT_INTERVAL + 3):
        race.advance(1)
        if step == 40:
            race = with_hyperparameters(race, 1, reflection=1.2)
        if step in (7, 39, 41, 43, CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL + 1):
            recorded_states[step] = [repr(trajectory.point_at(step)) for trajectory in race.trajectories]
    for step in (43, 7, 39, 41, CHECKPOINT_INTERVAL + 1, CHECKPOINT_INTERVAL, 7, 43):
        assert [repr(trajectory.point_at(step)) for trajectory in race.trajectories] == recorded_states[step]
    race.seek(39)
    race = with_hyperparameters(race, 1, reflection=1.1)
    race.advance(2)
    assert [repr(trajectory.point_at(39)) for trajectory in race.trajectories] == recorded_states[39]
    assert repr(race.trajectories[1].point_at(41)) != recorded_states[41][1], "another history leads to another state"


@pytest.mark.slow
def test_rewind_and_forward_is_exact() -> None:
    race, uninterrupted = Race(MANY_RUNS), Race(MANY_RUNS)
    race.advance(2 * CHECKPOINT_INTERVAL + 100)
    uninterrupted.advance(2 * CHECKPOINT_INTERVAL + 100)
    before = columns(race, race.step)
    for step in (2 * CHECKPOINT_INTERVAL + 1, CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL - 1, 5, 0):
        race.seek(step)
        experiment_before = race.experiment
        race = with_hyperparameters(race, 0, lr=2e-3)
        assert race.last_step == step
        race.advance(70)
        race.seek(step)
        race = race.with_experiment(experiment_before)
        assert race.last_step == 2 * CHECKPOINT_INTERVAL + 100, "computed steps are reused"
        race.advance(2 * CHECKPOINT_INTERVAL + 100 - step)
        assert columns(race, race.step) == before == columns(uninterrupted, uninterrupted.step)


def test_displaying_an_earlier_step_keeps_computed_steps() -> None:
    race = Race(MANY_RUNS)
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


def test_change_applies_from_the_next_update_without_a_restart() -> None:
    race, unchanged = Race(ONE_DIVERGES), Race(ONE_DIVERGES)
    for simulation in (race, unchanged):
        simulation.advance(10)
    assert with_hyperparameters(race, 1, lr=0.2) is race
    race.advance(10)
    unchanged.advance(10)
    assert columns(race, 10)[1] == columns(unchanged, 10)[1]
    x = race.trajectories[1].xs
    assert x[11] == x[10] - 0.2 * (x[10] / 10)
    assert list(race.trajectories[1].learning_rates(12)) == [0.1] * 10 + [0.2] * 2


def test_recomputed_steps_use_the_history_of_changes() -> None:
    race = Race(ONE_DIVERGES)
    for rate in (0.3, 0.02, 0.4):
        race.advance(700)
        race = with_hyperparameters(race, 1, lr=rate)
    race.advance(10)
    before = columns(race, 1900)[1]
    race.seek(1900)
    race = with_hyperparameters(race, 1, lr=0.05)
    assert columns(race, 1900)[1] == before
    assert race.trajectories[1].head.position == (race.trajectories[1].xs[1900], race.trajectories[1].ys[1900])
    assert race.trajectories[1].hyperparameters_by_step[-1] == (1900, {"lr": 0.05})


def test_other_runs_continue_after_one_diverges() -> None:
    race = Race(ONE_DIVERGES)
    race.advance(3000)
    diverged_at = race.trajectories[0].diverged_at
    assert diverged_at is not None
    assert 100 < diverged_at < 3000
    assert race.trajectories[0].last_step == diverged_at - 1
    assert np.isfinite(np.stack(race.trajectories[0].values_between(0, 3000))).all()
    assert abs(race.trajectories[0].ys[-1]) > 1e100, "values are not clipped"
    assert race.trajectories[1].last_step == 3000
    assert race.trajectories[1].diverged_at is None


def test_change_before_the_divergence_continues_a_run() -> None:
    race = Race(ONE_DIVERGES)
    race.advance(3000)
    diverged_at = race.trajectories[0].diverged_at
    assert diverged_at
    race.seek(diverged_at - 1)
    race = with_hyperparameters(race, 0, lr=1e-3)
    assert race.trajectories[0].diverged_at is None
    race.advance(5)
    assert race.trajectories[0].last_step == diverged_at + 4


def test_start_without_a_finite_loss_diverges_at_step_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    needle = replace(SURFACES["sphere"], id="needle", function=lambda x, y: (1 / (x + 7), (0.0, 0.0)))
    monkeypatch.setitem(SURFACES, "needle", needle)
    race = Race(replace(ONE_DIVERGES, surface_id="needle"))
    assert [trajectory.diverged_at for trajectory in race.trajectories] == [0, 0]
    race.advance(5)
    assert race.step == 0, "there are no further steps"


def test_overflow_in_the_first_update_diverges_at_step_one() -> None:
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
@pytest.mark.slow
def test_path_matches_its_learning_rates_after_any_actions(actions: list) -> None:
    experiment = Experiment("elongated_bowl", (-7.0, 2.0), (Run("adam", {"lr": 0.1}),))
    race = Race(experiment)
    for action, amount in actions:
        if action == "go":
            race.advance(amount)
        elif action == "seek":
            race.seek(int(amount * race.last_step))
        else:
            race = with_hyperparameters(race, 0, lr=amount)
    trajectory = race.trajectories[0]
    assert trajectory.last_step == race.last_step
    rates = [0.0, *trajectory.learning_rates(race.last_step)]
    path = trace(
        "adam", SURFACES["elongated_bowl"], (-7.0, 2.0), race.last_step, lr=lambda t: rates[min(t, race.last_step)]
    )
    x, y, _ = trajectory.values_between(0, race.last_step)
    np.testing.assert_array_equal(np.column_stack([x, y]), path.positions)


def test_change_at_an_earlier_step_keeps_the_old_path_as_a_branch() -> None:
    race = Race(ONE_DIVERGES)
    race.advance(60)
    race = with_hyperparameters(race, 1, lr=0.2)
    race.advance(60)
    old_trajectory, untouched = race.trajectories[1], race.trajectories[0]
    race.seek(30)
    race = with_hyperparameters(race, 1, lr=0.3)
    branch = race.experiment.branches[0]
    assert (branch.steps, branch.left_at_step, branch.runs[0].slot) == (120, 30, 1)
    assert race.branch_trajectories == [[old_trajectory]]
    assert race.trajectories[0] is untouched, "an unchanged run keeps its computed steps"
    assert (race.last_step, race.trajectories[1].last_step, race.trajectories[0].last_step) == (30, 30, 120)
    race.advance(40)
    np.testing.assert_array_equal(race.trajectories[1].values_between(0, 30), old_trajectory.values_between(0, 30))
    assert list(race.trajectories[1].learning_rates(40)) == [0.1] * 30 + [0.3] * 10
    assert list(old_trajectory.learning_rates(120)) == [0.1] * 60 + [0.2] * 60
    switched = race.with_experiment(
        with_branch_switched(race.experiment, 0, race.step, [trajectory.last_step for trajectory in race.trajectories])
    )
    assert switched.trajectories[1] is old_trajectory
    assert switched.branch_trajectories[0] == [race.trajectories[1]]
    assert switched.experiment.branches[0].steps == 70
    branchless = switched.with_experiment(without_branch(switched.experiment, 0))
    assert not branchless.branch_trajectories
    assert branchless.with_experiment(switched.experiment).branch_trajectories == switched.branch_trajectories, (
        "undo restores the same trajectories"
    )


def test_budget_ends_a_run_and_removing_it_continues_the_run() -> None:
    race = Race(replace(ONE_DIVERGES, runs=ONE_DIVERGES.runs[1:], comparison=ComparisonMode("evaluations", 40)))
    race.advance(100)
    assert (race.step, race.last_step, race.trajectories[0].last_step) == (40, 40, 40)
    assert race.trajectories[0].finished
    race = race.with_experiment(replace(race.experiment, comparison=ComparisonMode("evaluations", 25)))
    assert race.trajectories[0].last_step == 25
    race = race.with_experiment(replace(race.experiment, comparison=ComparisonMode()))
    race.advance(100)
    uninterrupted = Race(race.experiment)
    uninterrupted.advance(race.step)
    assert columns(race, race.step) == columns(uninterrupted, race.step)


def test_evaluations_are_counted_per_method() -> None:
    runs = (
        Run("sgd", {"lr": 0.1}),
        Run("backtracking") if "backtracking" in OPTIMIZERS else Run("newton"),
        Run("nelder_mead"),
    )
    race = Race(Experiment("elongated_bowl", (-7.0, 2.0), runs))
    race.advance(30)
    race = with_hyperparameters(race, 0, sam=0.05)
    race.advance(30)
    sgd, line_search, nelder_mead = race.trajectories
    assert sgd.evaluation_counts(30) == (30, 0)
    assert sgd.evaluation_counts(60) == (90, 0), "sharpness-aware minimization needs two gradients"
    assert line_search.evaluation_counts(60)[0] >= 60
    assert nelder_mead.evaluation_counts(60)[0] == 0
    assert nelder_mead.evaluation_counts(60)[1] >= 60
    for trajectory in race.trajectories:
        gradients, values = trajectory.evaluation_arrays(60)
        assert (gradients[-1], values[-1]) == trajectory.evaluation_counts(60)
        assert (np.diff(gradients + values) >= 0).all()
        copied = trajectory.copy_until(45)
        copied.advance(15)
        assert copied.evaluation_counts(60) == trajectory.evaluation_counts(60)


def test_budget_holds_for_methods_with_several_evaluations_per_step() -> None:
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
    nelder_mead, sgd = race.trajectories
    assert sgd.last_step == 50
    assert nelder_mead.last_step < 50
    assert sum(nelder_mead.evaluation_counts(nelder_mead.last_step)) <= 50
    longer = nelder_mead.copy_until(nelder_mead.last_step)
    longer.advance(1)
    assert sum(longer.evaluation_counts(longer.last_step)) > 50
    race.advance(5)
    assert (race.step, nelder_mead.last_step) == (50, longer.last_step - 1)


def test_the_work_of_an_edit_grows_linearly_with_the_number_of_replicas(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = tuple(Run("sgd", {"lr": 1e-4 * (k + 1), "noise": 0.1}, replicas=50) for k in range(6))
    experiment, comparisons = Experiment("rosenbrock", (-1.0, 1.0), runs), []
    race = Race(experiment)
    last_common_step = Trajectory.last_common_step
    monkeypatch.setattr(Trajectory, "last_common_step", lambda *args: comparisons.append(0) or last_common_step(*args))
    edited = race.with_experiment(replace(experiment, start=(0.5, 0.5)))
    restored = edited.with_experiment(experiment.with_run(0, Run("adam", slot=0)))
    assert len(comparisons) <= 2 * len(race.all_trajectories)
    assert set(map(id, restored.trajectories[1:])) <= set(map(id, race.trajectories))


@pytest.mark.parametrize("optimizer", ["adam", "bfgs"])
def test_a_step_that_runs_out_of_memory_leaves_the_steps_before_it(optimizer: str) -> None:
    surface, free = SURFACES["rosenbrock"], [40]

    def hungry(x: float, y: float) -> object:
        free[0] -= 1
        if free[0] < 0:
            raise MemoryError
        return surface(x, y)

    trajectory, whole = (Trajectory(Run(optimizer), function, (-1.0, 1.0)) for function in (hungry, surface))
    trajectory.advance(5)
    whole.advance(5)
    with pytest.raises(MemoryError):
        trajectory.advance(10_000)
    assert len(trajectory.xs) == len(trajectory.ys) == len(trajectory.losses) == trajectory.head.t + 1
    free[0] = 10**9
    trajectory.advance(100 - trajectory.last_step)
    whole.advance(100 - whole.last_step)
    assert (trajectory.xs, trajectory.losses) == (whole.xs, whole.losses)
    assert trajectory.evaluation_counts(100) == whole.evaluation_counts(100)


def test_what_is_computed_from_the_steps_is_released_with_the_last_run_that_uses_them() -> None:
    race = Race(Experiment("sphere", (1.0, 1.0), (Run("sgd", slot=0), Run("adam", slot=1))))
    race.advance(10)
    for trajectory in race.trajectories:
        trajectory.derived["something"] = bytes(10)
    first, second = race.trajectories
    race.with_experiment(race.experiment.without_run(0))
    assert (first.derived, list(second.derived)) == ({}, ["something"])
    assert first.copy_until(5).derived is not first.derived
