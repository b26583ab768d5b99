"""Learning rates of runs in all dimensions of a problem: sweeps and rate curves are those of real runs."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from app.engine.basin_map import basin_map
from app.engine.displayed_maps import PROBLEM_STEPS, map_steps, rate_curves_job, settings_map_job
from app.engine.learning_rate_sweep import sweep_learning_rates
from app.engine.map_job import MapState
from app.engine.problem_experiment import with_problem
from app.engine.race import Race
from app.engine.rest_classification import DIVERGED
from app.engine.settings_map import compute_rate_curve, settings_map
from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.run import Run
from app.utils.progress_generators import finish
from app.utils.validation import ExperimentError
from app.views.scene import Scene
from app.views.settings_map_view import shown_quantity
from tests.views.drawing import draw_view

RUNS = Run("sgd", {"lr": 0.5}, rate_edited=True), Run("adam", {"lr": 0.02, "minibatch": 8}, rate_edited=True)
RATES = np.array([0.003, 0.1, 1.0, 1e6])


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return with_problem(Experiment(runs=RUNS, map_options=MapOptions(steps=10)), "moons", {"points": 20})


def final_loss(experiment: Experiment, run: Run, rate: float, steps: int) -> float:
    race = Race(replace(experiment, runs=(run.with_learning_rate(rate),)))
    race.advance(steps)
    trajectory = race.trajectories[0]
    return float("nan") if trajectory.diverged_at is not None else trajectory.losses[steps]


@pytest.mark.parametrize("index", [0, 1])
def test_a_sweep_has_the_final_losses_of_the_runs_themselves(experiment: Experiment, index: int) -> None:
    run, start = experiment.runs[index], experiment.start
    assert start is not None
    sweep = finish(sweep_learning_rates(run, experiment.surface, start, 12, learning_rates=RATES))
    expected = [final_loss(experiment, run, rate, 12) for rate in RATES.tolist()]
    np.testing.assert_array_equal(sweep.losses, expected)
    assert sweep.best_learning_rate == RATES[np.nanargmin(expected)]
    assert sweep.initial_loss == Race(experiment).trajectories[0].losses[0]


def test_a_rate_curve_has_final_losses_and_no_minimum(experiment: Experiment) -> None:
    run, start = experiment.runs[0], experiment.start
    assert start is not None
    curve = finish(compute_rate_curve(run, experiment.surface, start, 12, RATES))
    np.testing.assert_array_equal(curve.loss, [final_loss(experiment, run, rate, 12) for rate in RATES.tolist()])
    assert (curve.steps == -1).all()


def test_a_job_is_small_and_goes_to_a_worker(experiment: Experiment) -> None:
    job = rate_curves_job(experiment)
    assert job is not None
    assert not job.is_batched
    assert max(job.sizes) <= 31
    assert pickle.loads(pickle.dumps(job)) == job
    assert map_steps(replace(experiment, map_options=MapOptions())) == PROBLEM_STEPS


def test_the_view_draws_the_curves(experiment: Experiment) -> None:
    job = rate_curves_job(experiment)
    assert job is not None
    view, _ = draw_view("rates", experiment)
    assert view.scene is not None
    scene = Scene(view.scene.race, maps={"rates": MapState(job, finish(job.compute(5)))}, selected_run=0)
    view.show_scene(scene)
    assert len(view.values) == 2  # type: ignore[attr-defined]
    assert view.axes.get_ylabel() == "final loss"
    assert view.axes.get_yscale() == "log"
    assert view.applies_to(scene)


def test_maps_of_runs_on_the_plane_are_refused(experiment: Experiment) -> None:
    assert experiment.start is not None
    with pytest.raises(ExperimentError, match="runs of a network leave the plane"):
        basin_map(experiment.runs[0], experiment.surface, 5, 4)


def test_a_settings_map_has_the_losses_of_runs_in_all_dimensions(experiment: Experiment) -> None:
    start, run = experiment.start, Run("momentum")
    assert start is not None
    names = "lr", "momentum"
    result = settings_map(run, experiment.surface, start, 6, names, 4)
    for row, column in ((0, 1), (3, 0), (2, 3)):
        settings = {"lr": float(result.first[column]), "momentum": float(result.second[row])}
        race = Race(replace(experiment, runs=(replace(run, hyperparameters=settings),)))
        race.advance(6)
        trajectory = race.trajectories[0]
        diverged = trajectory.diverged_at is not None
        assert (result.outcome[row, column] == DIVERGED) == diverged
        if not diverged:
            assert result.loss[row, column] == trajectory.losses[6]
            assert result.lowest_loss[row, column] == min(trajectory.losses)
    job = settings_map_job(experiment, run)
    assert job is not None
    parts = [job.compute(4, slice(k, None, 2)) for k in range(2)]
    merged, whole = job.merge([finish(part) for part in parts]), finish(job.compute(4))
    np.testing.assert_array_equal(merged.loss, whole.loss)
    shown = replace(experiment, runs=(run,))
    view, _ = draw_view("settings", shown)
    assert view.scene is not None
    view.show_scene(Scene(view.scene.race, maps={"settings": MapState(job, whole)}, selected_run=0))
    assert view.color_bar is not None  # type: ignore[attr-defined]
    assert shown_quantity(replace(shown, map_options=MapOptions(settings_quantity="steps"))) == "loss"
