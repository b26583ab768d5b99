"""The sweep of learning rates: against optima that are known, and against the race that follows."""

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


def through(work: Generator[float, None, LearningRateSweep]) -> tuple[LearningRateSweep, list[float]]:
    """What the sweep found, and the shares that it reported on its way."""
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return end.value, shares


def found(
    run: str, surface: Any = BOWL, start: tuple[float, float] = (-7.0, 2.0), steps: int = 100, **more: int
) -> LearningRateSweep:
    return through(sweep_learning_rates(Run.parse(run), surface, start, steps, **more))[0]


@pytest.mark.parametrize("steps", [20, 100, 1000])
def test_the_best_rate_of_a_bowl_is_the_textbooks(steps: int) -> None:
    """For curvatures 0.1 and 2 gradient descent is fastest at 2 / (0.1 + 2), and the loss after n steps has a closed form."""
    answer = found("sgd", steps=steps, max_count=1000)
    with np.errstate(all="ignore"):
        closed = (7 * (1 - 0.1 * answer.learning_rates) ** steps) ** 2 / 20 + (
            2 * (1 - 2 * answer.learning_rates) ** steps
        ) ** 2
    assert answer.best_learning_rate == answer.learning_rates[np.argmin(closed)]
    if steps >= 100:
        assert answer.best_learning_rate == pytest.approx(2 / 2.1, rel=0.02)
    below = answer.learning_rates < 1
    np.testing.assert_allclose(answer.losses[below], closed[below], rtol=1e-9)
    assert np.isnan(found("sgd", steps=3000).losses[-1]), "above 1 it diverges"


def test_the_rates_are_those_of_the_slider() -> None:
    answer = found("adam", steps=5)
    assert (answer.learning_rates.size, answer.losses.size, answer.steps) == (60, 60, 5)
    assert (answer.learning_rates[0], answer.learning_rates[-1]) == (1e-6, 10.0)
    ratios = answer.learning_rates[1:] / answer.learning_rates[:-1]
    np.testing.assert_allclose(ratios, 1e7 ** (1 / 59), rtol=0.01)
    assert answer.criterion.startswith("lowest loss after 5 steps, of 60 values of the learning rate")


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
def test_the_best_is_what_a_race_comes_to(run: str) -> None:
    """To the bit; and the others are so to rounding, with all that the run is combined with."""
    parsed, start = Run.parse(run), (-0.5, 2.5)
    answer = found(run, ROSENBROCK, start, 150, max_count=24)

    def race(rate: float) -> float:
        return float(
            trace(parsed.optimizer, ROSENBROCK, start, 150, **{**parsed.hyperparameters, "lr": rate}).losses[-1]
        )

    best = int(np.flatnonzero(answer.learning_rates == answer.best_learning_rate)[0])
    assert answer.losses[best] == race(answer.best_learning_rate)
    assert answer.losses[best] <= np.nanmin(answer.losses) + 1e-12
    for k in range(0, answer.learning_rates.size, 5):
        np.testing.assert_allclose(answer.losses[k], race(float(answer.learning_rates[k])), rtol=1e-6)


@pytest.mark.parametrize(
    ("run", "steps"), [("momentum", 300), ("adam", 300), ("nesterov momentum=0.99", 3000), ("sgd", 3000)]
)
def test_the_best_is_exact_where_a_batch_is_rounded_otherwise(run: str, steps: int) -> None:
    """On a mean over points a batch and a single run differ in the last digits."""
    neuron, parsed = SURFACES["tanh_neuron"], Run.parse(run)
    answer = found(run, neuron, neuron.start, steps)
    single = trace(
        parsed.optimizer, neuron, neuron.start, steps, **{**parsed.hyperparameters, "lr": answer.best_learning_rate}
    ).losses[-1]
    assert answer.losses[answer.learning_rates == answer.best_learning_rate] == single


def test_parts_are_felt() -> None:
    assert found("sgd", steps=10).best_learning_rate > 0.5
    assert (
        found("sgd step_every=1 step_gamma=0.5", steps=10).best_learning_rate
        > 1.2 * found("sgd", steps=10).best_learning_rate
    )
    plain, decayed = found("sgd", steps=300), found("sgd weight_decay=0.5", steps=300)
    assert np.nanmin(plain.losses) < 1e-20
    assert decayed.best_learning_rate < 2 / (2 + 0.5)
    data = SURFACES["tanh_neuron"]
    whole, batch = (found(run, data, data.start, 60) for run in ("sgd", "sgd minibatch=5"))
    assert not np.allclose(whole.losses, batch.losses)


def test_of_rates_that_reach_the_minimum_the_first_there_wins() -> None:
    """After 2000 steps a whole range of rates stands on the lowest height; half a rate of 1 / 2 is there at once."""
    answer, shares = through(sweep_learning_rates(Run("sgd"), SPHERE, (-4.0, 3.0), 2000))
    assert (answer.losses == 0).sum() > 3
    assert len(shares) < 3 * 2000 / STEPS_PER_SLICE, "and it is known without walking all of them one by one"
    assert answer.best_learning_rate == answer.learning_rates[np.argmin(np.abs(answer.learning_rates - 0.5))]
    line = SURFACES["linear_regression"]
    answer = found("momentum momentum=0.5", line, (-20.0, -20.0), 3000)
    level = np.flatnonzero(answer.losses <= np.nanmin(answer.losses) * (1 + 1e-15))
    assert level.size > 3
    paths = trace("momentum", line, (-20.0, -20.0), 3000, momentum=0.5, lr=answer.learning_rates[level]).losses
    arrivals = (paths > line.minimum_loss * (1 + 1e-12)).sum(axis=0)
    assert arrivals[answer.learning_rates[level] == answer.best_learning_rate] <= 1.1 * arrivals.min()
    newton = found("newton", ROSENBROCK, (-0.5, 2.5), 120)
    assert (newton.losses < 1e-15).sum() > 1
    assert newton.best_learning_rate == 1.0, (
        "the whole Newton step climbs on its way and is there long before the others"
    )


@pytest.mark.parametrize("run", ["adam", "adam noise=0.1", "bfgs"])
def test_it_works_in_slices_and_can_be_given_up(run: str) -> None:
    calls = [0]

    def counted(x: Any, y: Any) -> Any:
        calls[0] += 1
        return ROSENBROCK(x, y)

    _, shares = through(sweep_learning_rates(Run.parse(run), counted, (-0.5, 2.5), 400))
    assert len(shares) > 400 / STEPS_PER_SLICE
    assert all(0 <= a <= b < 1 for a, b in pairwise(shares))
    total, calls[0] = calls[0], 0
    work = sweep_learning_rates(Run.parse(run), counted, (-0.5, 2.5), 400)
    for _ in range(3):
        next(work)
    work.close()
    assert 0 < calls[0] < total / 4
    assert next(work, None) is None


def test_a_slice_leaves_the_warnings_of_others_as_they_are() -> None:
    before = np.geterr()
    for share in sweep_learning_rates(Run("adam"), ROSENBROCK, (-0.5, 2.5), 200):
        assert share < 1
        assert np.geterr() == before


def test_a_rule_that_searches_tries_fewer_rates() -> None:
    answer = found("nelder_mead", steps=30)
    assert answer.learning_rates.size == 15
    assert (answer.learning_rates[0], answer.learning_rates[-1]) == (1e-3, 10.0)
    assert "of 15 values of the size of the first simplex" in answer.criterion


@pytest.mark.parametrize("run", ["sgd", "adam sam=0.1", "bfgs"])
def test_where_every_rate_diverges_there_is_no_best(run: str) -> None:
    nowhere = lambda x, y: (x * 0 + math.nan, (x, y))
    with pytest.raises(ValueError, match=r"diverges at each of (60|15) rates"):
        found(run, nowhere)


def test_what_cannot_be_swept_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="at least one step and two rates, not 0 and 60"):
        sweep_learning_rates(Run("sgd"), BOWL, (0.0, 0.0), 0)
    with pytest.raises(ValueError, match="two rates, not 5 and 1"):
        sweep_learning_rates(Run("bfgs"), BOWL, (0.0, 0.0), 5, 4)
    without = Run("sgd")
    object.__setattr__(without, "hyperparameters", {})
    with pytest.raises(ValueError, match="SGD has no learning rate"):
        sweep_learning_rates(without, BOWL, (0.0, 0.0), 5)


def test_a_run_that_leaves_for_infinity_diverges_even_at_a_finite_loss() -> None:
    level = lambda x, y: (-1.0 * np.isfinite(x), (x * 0 - 1e307, y * 0))
    answer = found("sgd", level, (0.0, 0.0), 5)
    np.testing.assert_array_equal(
        answer.losses, np.where(answer.learning_rates < 3.59, -1.0, np.nan), "1.8e308 is the end"
    )


def test_heights_that_are_too_far_apart_to_be_subtracted() -> None:
    cliff = lambda x, y: (
        np.where(x > 0.5, -1.7e308, 1.7e308) if np.ndim(x) else -1.7e308 if x > 0.5 else 1.7e308,
        (x * 0 - 1.0, y * 0),
    )
    assert found("sgd", cliff, (0.0, 0.0), 5).best_learning_rate > 0.1
