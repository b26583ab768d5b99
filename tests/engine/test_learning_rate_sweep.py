"""Learning-rate sweep: compared with known optima and with runs at the best rate."""

from __future__ import annotations

import math
from collections.abc import Generator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from app.engine.learning_rate_sweep import STEPS_PER_SLICE, LearningRateSweep, sweep_learning_rates
from app.model.run import Run
from optimizers import trace
from surfaces import SURFACES

BOWL, SPHERE, ROSENBROCK = SURFACES["elongated_bowl"], SURFACES["sphere"], SURFACES["rosenbrock"]


def run_sweep(generator: Generator[float, None, LearningRateSweep]) -> tuple[LearningRateSweep, list[float]]:
    """Run a sweep to its end and return its result and the fractions it reported."""
    fractions = []
    while True:
        try:
            fractions.append(next(generator))
        except StopIteration as end:
            return end.value, fractions


def sweep(
    run: str, surface: Any = BOWL, start: tuple[float, float] = (-7.0, 2.0), steps: int = 100, **options: int
) -> LearningRateSweep:
    return run_sweep(sweep_learning_rates(Run.parse(run), surface, start, steps, **options))[0]


@pytest.mark.parametrize("steps", [20, 100, 1000])
def test_best_rate_of_a_quadratic_is_the_closed_form(steps: int) -> None:
    """For curvatures 0.1 and 2, gradient descent is fastest at the rate 2 / (0.1 + 2).

    The loss after n steps has a closed form.
    """
    result = sweep("sgd", steps=steps, max_count=1000)
    with np.errstate(all="ignore"):
        closed_form = (7 * (1 - 0.1 * result.learning_rates) ** steps) ** 2 / 20 + (
            2 * (1 - 2 * result.learning_rates) ** steps
        ) ** 2
    assert result.best_learning_rate == result.learning_rates[np.argmin(closed_form)]
    if steps >= 100:
        assert result.best_learning_rate == pytest.approx(2 / 2.1, rel=0.02)
    below = result.learning_rates < 1
    np.testing.assert_allclose(result.losses[below], closed_form[below], rtol=1e-9)
    assert np.isnan(sweep("sgd", steps=3000).losses[-1]), "rates above 1 diverge"


def test_rates_are_those_of_the_slider() -> None:
    result = sweep("adam", steps=5)
    assert (result.learning_rates.size, result.losses.size, result.steps) == (60, 60, 5)
    assert (result.learning_rates[0], result.learning_rates[-1]) == (1e-6, 10.0)
    ratios = result.learning_rates[1:] / result.learning_rates[:-1]
    np.testing.assert_allclose(ratios, 1e7 ** (1 / 59), rtol=0.01)
    assert result.criterion.startswith("lowest loss after 5 steps among 60 values of learning rate")


@pytest.mark.parametrize(
    "run",
    [
        "adam",
        "momentum momentum=0.99",
        "adam noise=0.5 noise_seed=3 clip_norm=1",
        "momo",
        "prodigy",
        "sgd cosine_steps=120 weight_decay=0.1 lookahead=4",
        "bfgs",
        "nelder_mead",
        "newton lookahead=3",
    ],
)
def test_loss_of_the_best_rate_equals_that_of_a_run(run: str) -> None:
    """Exactly; the other losses within floating-point precision, with all modifiers."""
    parsed, start = Run.parse(run), (-0.5, 2.5)
    result = sweep(run, ROSENBROCK, start, 150, max_count=24)

    def final_loss(rate: float) -> float:
        return float(
            trace(parsed.optimizer, ROSENBROCK, start, 150, **{**parsed.hyperparameters, "lr": rate}).losses[-1]
        )

    best = int(np.flatnonzero(result.learning_rates == result.best_learning_rate)[0])
    assert result.losses[best] == final_loss(result.best_learning_rate)
    assert result.losses[best] <= np.nanmin(result.losses) + 1e-12
    for k in range(0, result.learning_rates.size, 5):
        np.testing.assert_allclose(result.losses[k], final_loss(float(result.learning_rates[k])), rtol=1e-6)


@pytest.mark.parametrize(
    ("run", "steps"), [("momentum", 300), ("adam", 300), ("nesterov momentum=0.99", 3000), ("sgd", 3000)]
)
def test_best_loss_is_exact_if_a_batch_rounds_differently(run: str, steps: int) -> None:
    """On a mean over points, a batch and a single run differ in the last digits."""
    neuron, parsed = SURFACES["tanh_neuron"], Run.parse(run)
    result = sweep(run, neuron, neuron.start, steps)
    single = trace(
        parsed.optimizer, neuron, neuron.start, steps, **{**parsed.hyperparameters, "lr": result.best_learning_rate}
    ).losses[-1]
    assert result.losses[result.learning_rates == result.best_learning_rate] == single


def test_modifiers_change_the_result() -> None:
    assert sweep("sgd", steps=10).best_learning_rate > 0.5
    assert (
        sweep("sgd step_every=1 step_gamma=0.5", steps=10).best_learning_rate
        > 1.2 * sweep("sgd", steps=10).best_learning_rate
    )
    plain, decayed = sweep("sgd", steps=300), sweep("sgd weight_decay=0.5", steps=300)
    assert np.nanmin(plain.losses) < 1e-20
    assert decayed.best_learning_rate < 2 / (2 + 0.5)
    neuron = SURFACES["tanh_neuron"]
    full_batch, mini_batch = (sweep(run, neuron, neuron.start, 60) for run in ("sgd", "sgd minibatch=5"))
    assert not np.allclose(full_batch.losses, mini_batch.losses)


def test_of_rates_that_reach_the_minimum_the_first_is_best() -> None:
    """After 2000 steps many rates are at the minimum; a rate of 1/2 reaches it in one step."""
    result, fractions = run_sweep(sweep_learning_rates(Run("sgd"), SPHERE, (-4.0, 3.0), 2000))
    assert (result.losses == 0).sum() > 3
    assert len(fractions) < 3 * 2000 / STEPS_PER_SLICE, "not every rate is run by itself"
    assert result.best_learning_rate == result.learning_rates[np.argmin(np.abs(result.learning_rates - 0.5))]
    regression = SURFACES["linear_regression"]
    result = sweep("momentum momentum=0.5", regression, (-20.0, -20.0), 3000)
    lowest = np.flatnonzero(result.losses <= np.nanmin(result.losses) * (1 + 1e-15))
    assert lowest.size > 3
    paths = trace("momentum", regression, (-20.0, -20.0), 3000, momentum=0.5, lr=result.learning_rates[lowest]).losses
    arrivals = (paths > regression.minimum_loss * (1 + 1e-12)).sum(axis=0)
    assert arrivals[result.learning_rates[lowest] == result.best_learning_rate] <= 1.1 * arrivals.min()
    newton = sweep("newton", ROSENBROCK, (-0.5, 2.5), 120)
    assert (newton.losses < 1e-15).sum() > 1
    assert newton.best_learning_rate == 1.0, (
        "the full Newton step raises the loss on its way and still arrives long before the others"
    )


@pytest.mark.parametrize("run", ["adam", "adam noise=0.1", "bfgs"])
def test_sweep_runs_in_slices_and_can_be_canceled(run: str) -> None:
    calls = [0]

    def counted(x: Any, y: Any) -> Any:
        calls[0] += 1
        return ROSENBROCK(x, y)

    _, fractions = run_sweep(sweep_learning_rates(Run.parse(run), counted, (-0.5, 2.5), 400))
    assert len(fractions) > 400 / STEPS_PER_SLICE
    assert all(0 <= a <= b < 1 for a, b in pairwise(fractions))
    total, calls[0] = calls[0], 0
    generator = sweep_learning_rates(Run.parse(run), counted, (-0.5, 2.5), 400)
    for _ in range(3):
        next(generator)
    generator.close()
    assert 0 < calls[0] < total / 4
    assert next(generator, None) is None


def test_slices_do_not_change_the_numpy_error_state() -> None:
    before = np.geterr()
    for fraction in sweep_learning_rates(Run("adam"), ROSENBROCK, (-0.5, 2.5), 200):
        assert fraction < 1
        assert np.geterr() == before


def test_method_without_batches_tries_fewer_rates() -> None:
    result = sweep("nelder_mead", steps=30)
    assert result.learning_rates.size == 15
    assert (result.learning_rates[0], result.learning_rates[-1]) == (1e-3, 10.0)
    assert "among 15 values of initial simplex size" in result.criterion


@pytest.mark.parametrize("run", ["sgd", "adam sam=0.1", "bfgs"])
def test_sweep_fails_if_every_rate_diverges(run: str) -> None:
    def undefined(x: Any, y: Any) -> Any:
        return x * 0 + math.nan, (x, y)

    with pytest.raises(ValueError, match=r"diverges at all (60|15) learning rates"):
        sweep(run, undefined)


def test_invalid_sweeps_are_rejected() -> None:
    with pytest.raises(ValueError, match="at least one step and two learning rates, not 0 and 60"):
        sweep_learning_rates(Run("sgd"), BOWL, (0.0, 0.0), 0)
    with pytest.raises(ValueError, match="two learning rates, not 5 and 1"):
        sweep_learning_rates(Run("bfgs"), BOWL, (0.0, 0.0), 5, 4)
    without = Run("sgd")
    object.__setattr__(without, "hyperparameters", {})
    with pytest.raises(ValueError, match="SGD has no learning rate to tune"):
        sweep_learning_rates(without, BOWL, (0.0, 0.0), 5)


def test_infinite_position_counts_as_diverged_despite_a_finite_loss() -> None:
    def flat(x: Any, y: Any) -> Any:
        return -1.0 * np.isfinite(x), (x * 0 - 1e307, y * 0)

    result = sweep("sgd", flat, (0.0, 0.0), 5)
    np.testing.assert_array_equal(
        result.losses, np.where(result.learning_rates < 3.59, -1.0, np.nan), "the largest float is 1.8e308"
    )


def test_losses_whose_difference_overflows_are_compared() -> None:
    def cliff(x: Any, y: Any) -> Any:
        loss = np.where(x > 0.5, -1.7e308, 1.7e308) if np.ndim(x) else -1.7e308 if x > 0.5 else 1.7e308
        return loss, (x * 0 - 1.0, y * 0)

    assert sweep("sgd", cliff, (0.0, 0.0), 5).best_learning_rate > 0.1


def test_a_best_rate_at_the_end_of_the_range_is_refused() -> None:
    """On a slope without a minimum, the largest rate is always the best."""

    def slope(x: Any, y: Any) -> Any:
        return x + 0 * y, (x * 0 + 1, y * 0)

    result = sweep("sgd", slope, (0.0, 0.0), 5)
    assert result.best_learning_rate == 10.0
    with pytest.raises(ValueError, match="best learning rate tried, 10, is at the end of the range"):
        result.check()
    sweep("sgd").check()


def test_a_best_rate_that_ends_above_the_start_is_refused() -> None:
    """Signs step to and fro, so that an odd number of steps ends on the other side of the minimum."""
    result = sweep("signsgd", BOWL, (0.0, 1e-9), 501)
    with pytest.raises(ValueError, match="none of the 60 learning rates tried ends below the loss at the start"):
        result.check()
