"""Runs on a formula whose parameters change during the runs."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from app.analysis.metric_series import metric_series
from app.analysis.results import run_results
from app.analysis.run_status import run_status
from app.analysis.status.forecast import forecast_positions
from app.analysis.step_explanation.explanation import explain
from app.engine.race import Race
from app.io.experiment_json import from_json, to_json
from app.model import edits
from app.model.experiment import Experiment
from app.model.run import Run
from app.views import Scene

FORMULA = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2 + a x"
RUNS = (
    Run("adam", {"lr": 0.1}),
    Run("bfgs"),
    Run("nelder_mead"),
    Run("sgd", {"lr": 0.002, "noise": 0.1, "noise_seed": 1}, replicas=2),
)


def turned(race: Race, step: int, from_start: bool = False, **values: float) -> Race:
    """Return the race after parameters were changed at a step."""
    race.seek(step)
    requested = race.experiment.as_of_step(step)
    for name, value in values.items():
        requested = requested.with_parameter(name, value)
    lengths = [trajectory.last_displayed_step for trajectory in race.trajectories]
    return race.with_experiment(edits.apply_edit(race.experiment, requested, step, lengths, from_start))


def advanced(experiment: Experiment, steps: int) -> Race:
    race = Race(experiment)
    race.advance(steps)
    race.compute_pending()
    for trajectory in race.trajectories:
        trajectory.last_displayed_step = steps
    return race


def test_the_past_stays_and_the_old_future_becomes_a_branch() -> None:
    race = advanced(Experiment(formula=FORMULA, runs=RUNS), 100)
    old = [trajectory.losses.tolist() for trajectory in race.trajectories]
    race = turned(race, 40, a=30.0)
    race.advance(60)
    race.compute_pending()
    assert race.experiment.parameter_timeline.by_step == [(0, {"a": 1.0}), (40, {"a": 30.0})]
    assert [trajectory.losses.tolist() for trajectory in race.branch_trajectories[0]] == old
    for trajectory, losses in zip(race.trajectories, old, strict=True):
        assert trajectory.losses[:40].tolist() == losses[:40]
        assert trajectory.losses[40] == pytest.approx(losses[40] + 29.0 * trajectory.xs[40])
    assert race.experiment.labels[0].endswith("a changed at step 40")


def test_every_loss_and_state_belongs_to_the_surface_of_its_step() -> None:
    race = turned(advanced(Experiment(formula=FORMULA, runs=RUNS), 50), 40, a=30.0)
    race.advance(1500)
    race.compute_pending()
    for trajectory in race.all_trajectories[: len(RUNS)]:
        points = list(trajectory.iter_points(trajectory.last_step))
        for step in (0, 39, 40, 41, 1024, trajectory.last_step):
            point = trajectory.point_at(min(step, trajectory.last_step))
            loss, gradient = trajectory.surface_at(point.t)(*point.position)
            assert (point.loss, point.gradient) == (loss, gradient)
            assert (points[point.t].loss, trajectory.losses[point.t]) == (loss, loss)


@pytest.mark.slow
def test_any_order_of_edits_gives_the_paths_of_the_saved_file() -> None:
    rng = random.Random(3)
    runs = (Run("adam"), Run("momentum", {"lr": 0.02}), Run("newton"), Run("lbfgs"))
    race = advanced(Experiment(formula="a x^2 + b y^2 + c sin(3x)", runs=runs), 20)
    experiments = [race.experiment]
    for k in range(120):
        choice, branches = rng.random(), race.experiment.branches
        if choice < 0.4:
            race.advance(rng.randrange(1, 60))
        elif choice < 0.6:
            race.seek(rng.randrange(race.last_step + 1))
        elif choice < 0.85:
            values = {rng.choice("abc"): round(rng.uniform(0.2, 3), 2)}
            race = turned(race, race.step, rng.random() < 0.2, **values)
        elif choice < 0.95 and branches:
            lengths = [trajectory.last_displayed_step for trajectory in race.trajectories]
            index = rng.randrange(len(branches))
            race = race.with_experiment(edits.with_branch_switched(race.experiment, index, race.step, lengths))
        else:
            race = race.with_experiment(rng.choice(experiments))
        race.compute_pending()
        experiments.append(race.experiment)
        for trajectory in race.trajectories:
            trajectory.last_displayed_step = max(trajectory.last_displayed_step, race.step)
        if k % 20 == 0:
            fresh = Race(from_json(to_json(race.experiment)))
            fresh.step = race.step
            fresh.compute_pending()
            for one, other in zip(race.all_trajectories, fresh.all_trajectories, strict=True):
                count = min(len(one.xs), len(other.xs))
                assert one.xs[:count] == other.xs[:count]
                assert one.losses[:count] == other.losses[:count]


def test_a_value_from_the_start_applies_to_branches_and_keeps_other_changes() -> None:
    race = advanced(Experiment(formula="a x^2 + b y^2", runs=(Run("adam"),)), 30)
    race = turned(turned(race, 20, b=3.0), 20, from_start=True, a=2.0)
    assert race.experiment.parameter_timeline.by_step == [(0, {"a": 2.0, "b": 1.0}), (20, {"a": 2.0, "b": 3.0})]
    assert race.experiment.branches[0].parameters == {"a": 2.0, "b": 1.0}


def test_at_step_0_nothing_is_kept() -> None:
    race = turned(advanced(Experiment(formula="a x^2 + y^2", runs=(Run("adam"),)), 30), 0, a=2.0)
    assert race.experiment.parameter_timeline.by_step == [(0, {"a": 2.0})]
    assert not race.experiment.branches


def test_a_run_stops_where_the_new_surface_has_no_value_and_undo_continues_it() -> None:
    experiment = Experiment(
        formula="log(a + x)^2 + y^2", parameters={"a": 5.0}, start=(-1.0, 2.0), runs=(Run("sgd", {"lr": 0.05}),)
    )
    race = turned(advanced(experiment, 20), 20, a=0.5)
    race.advance(5)
    trajectory = race.trajectories[0]
    assert (trajectory.last_step, trajectory.diverged_at) == (19, 20)
    assert "no value" in run_status(trajectory, 20).sentence
    again = race.with_experiment(experiment)
    again.step = 30
    again.compute_pending()
    assert again.trajectories[0].losses == advanced(experiment, 30).trajectories[0].losses


def test_statuses_results_and_metrics_use_the_surface_of_their_step() -> None:
    experiment = Experiment(formula="(x - a)^2 + y^2", start=(3.0, 2.0), runs=(Run("sgd", {"lr": 0.2}),))
    race = turned(advanced(experiment, 100), 100, a=-2.0)
    race.advance(100)
    trajectory = race.trajectories[0]
    assert run_status(trajectory, 99).minimum == pytest.approx((1.0, 0.0))
    assert run_status(trajectory, 100).short_text == "surface changed"
    assert run_status(trajectory, 104).kind == "descending"
    end = run_status(trajectory, 200)
    assert end.minimum == pytest.approx((-2.0, 0.0))
    assert end.since is not None
    assert end.since > 100
    for step, center in ((90, 1.0), (100, -2.0), (150, -2.0)):
        distance = math.hypot(trajectory.xs[step] - center, trajectory.ys[step])
        assert run_results(race, step)[0].distance_to_minimum == pytest.approx(distance, abs=1e-9)
        assert metric_series(trajectory, "distance").values_up_to(step)[step] == pytest.approx(distance, abs=1e-9)
        assert metric_series(trajectory, "above").values_up_to(step)[step] == pytest.approx(trajectory.losses[step])
    steps_to_tolerance = run_results(race, 200)[0].steps_to_tolerance
    assert steps_to_tolerance is not None
    assert 100 < steps_to_tolerance < 120


def test_forecasts_and_explanations_use_the_surface_of_their_step() -> None:
    experiment = Experiment(formula="(x - a)^2 + y^2", start=(3.0, 2.0), runs=(Run("momentum", {"lr": 0.05}),))
    straight = advanced(experiment, 60).trajectories[0]
    race = turned(advanced(experiment, 30), 30, a=-2.0)
    race.advance(30)
    trajectory = race.trajectories[0]
    expected = np.array(straight.xs[21:41]) + 1j * np.array(straight.ys[21:41])
    np.testing.assert_array_equal(forecast_positions(trajectory, 20, 20), expected)
    before, after = explain(trajectory, 30), explain(trajectory, 31)
    assert before.before.gradient[0] == pytest.approx(2 * (trajectory.xs[29] - 1.0))
    assert before.after.loss == pytest.approx((trajectory.xs[30] - 1.0) ** 2 + trajectory.ys[30] ** 2)
    assert after.before.gradient[0] == pytest.approx(2 * (trajectory.xs[30] + 2.0))


def test_views_of_losses_over_the_plane_put_all_steps_on_the_displayed_surface() -> None:
    race = turned(advanced(Experiment(formula=FORMULA, runs=(Run("adam", {"lr": 0.1}),)), 50), 40, a=30.0)
    race.advance(20)
    trajectory, steps = race.trajectories[0], np.array([0, 30, 40, 60])
    for displayed in (39, 60):
        race.seek(displayed)
        x, y, loss = Scene(race).values_on_surface(trajectory, steps)
        np.testing.assert_array_equal(loss, race.surface(x, y)[0])
