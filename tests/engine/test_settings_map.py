"""Settings maps and rate curves: single runs with the same settings, and the stability limit of theory."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.learning_rate_sweep import sweep_learning_rates
from app.engine.rest_classification import DIVERGED
from app.engine.settings_map import compute_rate_curve, default_names, settings_map
from app.engine.trajectory import Trajectory
from app.model.run import Run
from app.utils.progress_generators import finish
from optimizers import trace
from surfaces import SURFACES, from_formula

START = (-7.0, 2.0)


def last_loss(run: Run, steps: int) -> float:
    trajectory = Trajectory(run, SURFACES["elongated_bowl"], START)
    trajectory.advance(steps)
    return float("nan") if trajectory.head.diverged else float(trajectory.losses[-1])


def test_no_setting_beyond_the_stability_limit_of_momentum_arrives() -> None:
    result = settings_map(Run("momentum"), SURFACES["elongated_bowl"], START, 500, ("lr", "momentum"), 40)
    lr, momentum = np.meshgrid(result.first, result.second)
    beyond = lr > 2 * (1 + momentum) / 2.0  # the largest curvature is 2
    assert beyond.any()
    assert (result.outcome[beyond] < 0).all()
    assert (result.outcome[~beyond] == 0).any()
    assert (result.outcome[~beyond] != -2).all()


def test_cells_are_single_runs_with_rows_along_the_second_hyperparameter() -> None:
    result = settings_map(Run("adam"), SURFACES["elongated_bowl"], START, 60, ("lr", "beta2"), 5)
    assert result.outcome.shape == result.loss.shape == (result.second.size, result.first.size)
    for j, beta2 in enumerate(result.second):
        for i, lr in enumerate(result.first):
            expected = last_loss(Run("adam", {"lr": float(lr), "beta2": float(beta2)}), 60)
            assert result.loss[j, i] == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_integers_and_methods_without_batches_have_maps() -> None:
    lbfgs = settings_map(Run("lbfgs"), SURFACES["rosenbrock"], (-1.5, 2.0), 60, ("lr", "history_size"), 4)
    assert (lbfgs.second == np.round(lbfgs.second)).all()
    assert (lbfgs.outcome == 0).any()


def test_a_rate_curve_has_the_losses_of_single_runs() -> None:
    curve = finish(compute_rate_curve(Run("sgd"), SURFACES["elongated_bowl"], START, 80, np.geomspace(1e-3, 10, 15)))
    for lr, loss in zip(curve.learning_rates, curve.loss, strict=True):
        assert loss == pytest.approx(last_loss(Run("sgd", {"lr": float(lr)}), 80), rel=1e-9, nan_ok=True)
    assert (np.diff(curve.learning_rates) > 0).all()
    assert (curve.outcome[curve.learning_rates > 1.2] == -2).all()


def test_formulas_and_minima_are_shared_by_all_cells() -> None:
    surface = from_formula("(x^2 - 1)^2 + y^2")
    result = settings_map(Run("momentum"), surface, (-1.9, 0.5), 300, ("lr", "momentum"), 30)
    assert len(result.minima) == 2
    assert {0, 1} <= set(np.unique(result.outcome).tolist())


def test_default_names_are_the_learning_rate_and_the_most_telling_other() -> None:
    assert default_names(Run("momentum")) == ("lr", "momentum")
    assert default_names(Run("adam")) == ("lr", "beta2")
    assert default_names(Run("sgd")) is None


@pytest.mark.parametrize("run", ["sgd", "momentum", "adam noise=0.2 noise_seed=3", "adam cosine_steps=80", "rmsprop"])
def test_a_tuned_rate_is_at_the_lowest_point_of_the_rate_curve(run: str) -> None:
    parsed, surface, start = Run.parse(run), SURFACES["rosenbrock"], (-0.5, 2.5)
    sweep = finish(sweep_learning_rates(parsed, surface, start, 80))
    curve = finish(compute_rate_curve(parsed, surface, start, 80, sweep.learning_rates))
    lowest = curve.loss[sweep.learning_rates == sweep.best_learning_rate]
    np.testing.assert_allclose(lowest, np.nanmin(curve.loss), rtol=1e-9)
    np.testing.assert_allclose(curve.loss, sweep.losses, rtol=1e-9)


def test_the_final_loss_of_a_rate_curve_is_that_after_all_steps() -> None:
    """Runs that have arrived after a few steps go on to descend."""
    curve = finish(compute_rate_curve(Run("sgd"), SURFACES["sphere"], (-4.0, 3.0), 300, np.array([0.1, 0.3, 2.0])))
    np.testing.assert_allclose(curve.loss[:2], [25 * 0.8**600, 25 * 0.4**600], rtol=1e-6)
    assert (curve.steps[:2] > 0).all()
    assert curve.outcome[2] == DIVERGED


def test_the_axes_do_not_depend_on_the_setting_of_the_run() -> None:
    bowl = SURFACES["elongated_bowl"]
    one, other = (
        settings_map(Run("momentum", {"lr": lr, "momentum": beta}), bowl, bowl.start, 20, ("lr", "momentum"), 8)
        for lr, beta in ((0.1, 0.9), (3.0, 0.999))
    )
    assert (one.first == other.first).all()
    assert (one.outcome == other.outcome).all()
    assert one.includes(0.1, 0.9)
    assert not one.includes(1e6, 0.9)


@pytest.mark.parametrize("schedule", ["cosine_steps=40", "step_every=10 step_gamma=0.5", "warmup_steps=20"])
def test_schedules_apply_in_every_cell_after_other_cells_have_finished(schedule: str) -> None:
    run, bowl = Run.parse(f"momentum {schedule}"), SURFACES["elongated_bowl"]
    result = settings_map(run, bowl, START, 60, ("lr", "momentum"), 12)
    assert (result.outcome == DIVERGED).any(), "some cells finish early"
    for j, momentum in list(enumerate(result.second))[::4]:
        for i, lr in enumerate(result.first):
            if result.outcome[j, i] == -1:
                single = last_loss(Run(run.optimizer, {**run.hyperparameters, "lr": lr, "momentum": momentum}), 60)
                assert result.loss[j, i] == pytest.approx(single, rel=1e-9)


def test_the_lowest_loss_is_that_of_the_run_until_it_arrives_or_ends() -> None:
    surface, start, steps = SURFACES["himmelblau"], (1.0, -2.0), 60
    result = settings_map(Run("momentum"), surface, start, steps, ("lr", "momentum"), 12)
    assert (result.lowest_loss[np.isfinite(result.loss)] <= result.loss[np.isfinite(result.loss)]).all()
    assert (result.lowest_loss < 0.9 * result.loss).any()
    for row, column in np.argwhere(result.outcome == -1)[::7]:
        settings = {"lr": result.first[column], "momentum": result.second[row]}
        losses = trace("momentum", surface, start, steps, **settings).losses
        np.testing.assert_allclose(result.lowest_loss[row, column], losses.min(), rtol=1e-9)
    diverged = result.outcome == DIVERGED
    assert diverged.any()
    assert (result.lowest_loss[diverged] <= surface(*start)[0]).all()
