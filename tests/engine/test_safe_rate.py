"""Safe learning rates: they descend, follow the scale of the loss, and replace only rates that the user has not set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.engine.safe_rate import descends, learning_rate_spec, safe_learning_rate, with_safe_rates
from app.model.comparison import ComparisonMode
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES, Surface

BOWL, ROSENBROCK = SURFACES["elongated_bowl"], SURFACES["rosenbrock"]
RATE_BASED = [optimizer.id for optimizer in OPTIMIZERS.values() if optimizer.has_learning_rate and optimizer.batched]
# Their steps are long or raise the loss by design, whatever the learning rate: a step to the estimated minimum of a
# surface whose minimum is not 0 (Polyak, MoMo), and a step from a difference of gradients.
NOT_MONOTONE = {"polyak_step_size", "momo", "barzilai_borwein", "ftrl"}


def scaled(surface: Surface, factor: float) -> Surface:
    def function(x: Any, y: Any) -> Any:
        loss, (grad_x, grad_y) = surface.function(x, y)
        return factor * loss, (factor * grad_x, factor * grad_y)

    return replace(surface, function=function)


def losses_at_the_safe_rate(optimizer: str, surface: Surface, steps: int) -> np.ndarray:
    rate = safe_learning_rate(Run(optimizer), surface, surface.start)
    return trace(optimizer, surface, surface.start, steps, lr=rate).losses


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "signsgd", "adam", "rmsprop", "adagrad", "lion"])
def test_loss_descends_on_every_surface(optimizer: str) -> None:
    for surface in SURFACES.values():
        losses = losses_at_the_safe_rate(optimizer, surface, 200)
        assert np.isfinite(losses).all(), surface.id
        assert losses[-1] < losses[0], surface.id
        assert losses.max() <= losses[0] + 0.1 * (losses[0] - losses.min()), surface.id


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [name for name in RATE_BASED if name not in NOT_MONOTONE])
def test_every_optimizer_descends_on_every_surface(optimizer: str) -> None:
    for surface in SURFACES.values():
        losses = losses_at_the_safe_rate(optimizer, surface, 200)
        assert np.isfinite(losses).all(), surface.id
        assert losses[-1] < losses[0], surface.id


def test_rate_follows_the_scale_of_the_loss_unless_the_step_does_not() -> None:
    """Steps of gradient descent are proportional to the gradient; those of Adam and of signs are not."""
    steep = scaled(ROSENBROCK, 1e6)
    for optimizer, ratio in (("sgd", 1e-6), ("momentum", 1e-6), ("adam", 1.0), ("signsgd", 1.0)):
        rates = [safe_learning_rate(Run(optimizer), surface, (-0.5, 2.5)) for surface in (ROSENBROCK, steep)]
        assert rates[1] / rates[0] == pytest.approx(ratio), optimizer


def test_rate_is_below_the_stability_limit_of_a_quadratic() -> None:
    """The largest curvature of the bowl is 2, so that gradient descent is stable below 2/2."""
    assert 0.1 < safe_learning_rate(Run("sgd"), BOWL, (-7.0, 2.0)) <= 0.5
    decayed = Run("sgd", {"weight_decay": 18.0})
    assert safe_learning_rate(decayed, BOWL, (-7.0, 2.0)) <= 2 / 20


@pytest.mark.parametrize("optimizer", ["newton", "damped_newton", "levenberg_marquardt"])
def test_default_is_kept_where_it_is_good(optimizer: str) -> None:
    assert safe_learning_rate(Run(optimizer), BOWL, (-7.0, 2.0)) == OPTIMIZERS[optimizer].spec("lr").default


def test_default_is_used_where_no_rate_descends() -> None:
    assert safe_learning_rate(Run("sgd"), BOWL, (0.0, 0.0)) == OPTIMIZERS["sgd"].spec("lr").default


def test_unscaled_data_get_a_rate_and_a_slider_that_includes_it() -> None:
    x = np.linspace(1000, 5000, 30)
    experiment = Experiment("linear_regression", None, (Run("sgd"),)).with_data(x, 3 * x + 7)
    assert experiment.start is not None
    rate = safe_learning_rate(experiment.runs[0], experiment.surface, experiment.start)
    assert rate < 1e-6
    spec = learning_rate_spec(experiment.runs[0], experiment.surface, experiment.start)
    assert spec.slider_min <= rate / 100
    assert spec.from_slider(spec.to_slider(rate)) == pytest.approx(rate, rel=0.01)
    losses = trace("sgd", experiment.surface, experiment.start, 100, lr=rate).losses
    assert losses[-1] < 0.1 * losses[0]
    usual = learning_rate_spec(Run("sgd"), BOWL, (-7.0, 2.0))
    assert (usual.slider_min, usual.slider_max) == (1e-6, 10.0)


def test_only_rates_that_the_user_has_not_set_are_replaced() -> None:
    experiment = Experiment("rosenbrock", None, (Run("sgd"), Run("adam").with_hyperparameter("lr", 0.7), Run("bfgs")))
    adapted = with_safe_rates(experiment.with_surface("sphere"))
    assert adapted.runs[0].hyperparameters["lr"] == safe_learning_rate(Run("sgd"), adapted.surface, (-4.0, 3.0)) == 0.01
    assert adapted.runs[1].hyperparameters["lr"] == 0.7
    assert adapted.runs[2] == experiment.runs[2]
    back = with_safe_rates(adapted.with_surface("rosenbrock"))
    assert back.runs[0].hyperparameters["lr"] < 0.002, "a rate that the program has set is replaced again"


def test_a_shared_rate_is_the_lowest_of_the_safe_rates() -> None:
    runs = (Run("sgd", {"lr": 0.01}), Run("adam", {"lr": 0.01}))
    adapted = with_safe_rates(Experiment("rosenbrock", None, runs, comparison=ComparisonMode("rate")))
    rates = {run.hyperparameters["lr"] for run in adapted.runs}
    assert rates == {safe_learning_rate(Run("sgd"), ROSENBROCK, ROSENBROCK.start)}
    assert adapted.comparison.mode == "rate"


def test_paths_that_rise_jump_or_leave_do_not_descend() -> None:
    losses = np.array([[10.0] * 5, [8.0, 8.0, np.nan, 8.0, 12.0], [5.0, 9.5, 5.0, 5.0, 5.0]])
    positions = np.zeros((3, 2, 5))
    positions[1:, 0, 3] = 6.0  # more than a quarter of the diagonal in one step
    assert descends(positions, losses, ((-5.0, 5.0), (-5.0, 5.0))).tolist() == [True, False, False, False, False]
