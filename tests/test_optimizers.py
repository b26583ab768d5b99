"""Every optimizer through one table: what the contract promises, and the paths that the frameworks take."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from optimizers import OPTIMIZERS, Optimizer, optimizer, trace
from optimizers.arithmetic import maximum, sign, sqrt, where
from optimizers.optimizer import Hyperparameter, LearningRate
from surfaces import SURFACES

REFERENCE = json.loads((Path(__file__).parent / "data" / "framework_paths.json").read_text())
ALL = pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
SEPARABLE = [rule for rule in OPTIMIZERS.values() if rule.separable]
ROSENBROCK = SURFACES["rosenbrock"]


@ALL
def test_a_point_a_batch_and_a_grid_of_rates_take_the_same_path(rule: Optimizer) -> None:
    starts = np.array([-1.5, 0.3, 1.2]), np.array([2.0, -0.4, 1.1])
    rates = np.array([1e-4, 1e-3])[:, None]
    grid = trace(rule, ROSENBROCK, starts, 60, lr=rates).positions
    assert grid.shape == (61, 2, 2, 3)
    for i, rate in enumerate(rates[:, 0]):
        for j in range(3):
            single = trace(rule, ROSENBROCK, (starts[0][j], starts[1][j]), 60, lr=rate).positions
            np.testing.assert_allclose(grid[:, :, i, j], single, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("rule", SEPARABLE, ids=[rule.id for rule in SEPARABLE])
def test_a_rule_is_pure(rule: Optimizer) -> None:
    x, grad = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    state = [np.full(2, value) for value in rule.state.values()]
    before = [a.copy() for a in (x, grad, *state)]
    first, second = rule(x, grad, 3, *state), rule(x, grad, 3, *state)
    np.testing.assert_array_equal(first, second)
    for old, now in zip(before, (x, grad, *state), strict=True):
        np.testing.assert_array_equal(old, now)


@ALL
def test_the_declaration_is_whole(rule: Optimizer) -> None:
    assert rule.name
    assert any(c.isdigit() for c in rule.source), "a source has a year"
    assert "lr" in rule.hyperparameters
    for name, declared in rule.hyperparameters.items():
        assert declared.check(name, declared.default) == declared.default
        assert declared.label
    if rule.separable:
        answer = rule(1.0, 2.0, 1, *rule.state.values())
        assert (len(answer) if isinstance(answer, tuple) else 1) == 1 + len(rule.state)


@ALL
def test_it_descends_a_bowl(rule: Optimizer) -> None:
    rate = 1.0 if rule.id == "adadelta" else 0.01
    path = trace(rule, SURFACES["sphere"], (2.0, -1.0), 300, lr=rate)
    assert path.losses[-1] < 0.9 * path.losses[0]


@pytest.mark.parametrize("run", REFERENCE, ids=[f"{r['framework'].split()[0]}-{r['optimizer']}-{r['surface']}" for r in REFERENCE])
def test_it_takes_the_framework_path(run: dict) -> None:
    settings = dict(run["hyperparameters"])
    if run["lr_factor"] != 1.0:
        rate = settings["lr"]
        settings["lr"] = lambda t: rate * run["lr_factor"] ** (t - 1)
    positions = trace(run["optimizer"], SURFACES[run["surface"]], run["start"], run["steps"][-1], **settings).positions
    largest = 0.0
    for step, reference, amplification in zip(run["steps"], run["positions"], run["amplification"], strict=True):
        largest = max(largest, *map(abs, reference))
        if amplification < 1e9:  # beyond, two correct programs differ in the first digit
            tolerance = 50 * 2.2e-16 * max(1.0, amplification) * (1 + largest)
            assert np.abs(positions[step] - reference).max() <= tolerance, f"step {step}"


def test_the_references_are_of_known_optimizers() -> None:
    known = {run["optimizer"] for run in REFERENCE}
    assert known <= set(OPTIMIZERS)
    assert len(known) >= 11


def test_the_thirty_printed_positions_of_sgd_on_the_elongated_bowl() -> None:
    positions = trace("sgd", SURFACES["elongated_bowl"], (-7, 2), 29, lr=0.95).positions.tolist()
    assert positions[:3] == [[-7.0, 2.0], [-6.335, -1.7999999999999998], [-5.733175, 1.6199999999999997]]
    assert positions[27:] == [
        [-0.4727262060886904, -0.11629947400607987],
        [-0.42781721651026483, 0.10466952660547188],
        [-0.3871745809417897, -0.09420257394492468],
    ]


def test_momentum_swings_along_the_rosenbrock_valley() -> None:
    path = trace("momentum", ROSENBROCK, (-5, -5), 5000, lr=1.5e-5, momentum=0.9)
    x, y = path.positions[-1]
    assert (x, y) == pytest.approx((0.9501902605527726, 0.9026561642182237), abs=5e-15)
    assert (x - 1) ** 2 + (y - 1) ** 2 == pytest.approx(0.011957, abs=1e-6)
    assert path.losses[-1] == pytest.approx(0.0024852, abs=1e-7)
    assert path.positions[10, 0] == pytest.approx(3.354, abs=1e-3)
    assert path.positions[20, 0] == pytest.approx(-1.938, abs=1e-3)


def test_a_coupled_rule_gets_whole_points_and_one_that_takes_the_loss_gets_that() -> None:
    try:

        @optimizer("Normalized", source="a test, 2026", separable=False)
        def normalized(x, grad, t, *, lr: LearningRate = 0.1):
            return x - lr * grad / np.sqrt((grad * grad).sum(axis=0))

        @optimizer("Backtracking", source="a test, 2026", separable=False)
        def backtracking(x, loss, t, last=0.0, *, lr: LearningRate = 1.0):
            grad = loss.gradient(x)
            better = np.where(loss.value(x - lr * grad) < loss.value(x), lr, lr / 10)
            return x - better * grad, better

        sphere = SURFACES["sphere"]
        single = trace("normalized", sphere, (3.0, 4.0), 10).positions
        np.testing.assert_allclose(single[10], [2.4, 3.2])
        many = trace("normalized", sphere, (np.array([3.0, -3.0]), 4.0), 10).positions
        np.testing.assert_allclose(many[..., 0], single)
        np.testing.assert_allclose(trace("backtracking", sphere, (1.0, 1.0), 3).positions[1], [0.8, 0.8])
        np.testing.assert_allclose(trace("backtracking", sphere, (np.ones(2), 1.0), 3).positions[3, :, 0], [0.512, 0.512])
    finally:
        for name in ("normalized", "backtracking"):
            OPTIMIZERS.pop(name, None)


def test_a_signature_that_breaks_the_contract_is_refused() -> None:
    with pytest.raises(TypeError, match="must begin with"):
        optimizer("Bad", source="")(lambda position, grad, t: position)
    with pytest.raises(TypeError, match="separable=False"):
        optimizer("Bad", source="")(lambda x, loss, t: x)
    with pytest.raises(TypeError, match="annotation"):
        optimizer("Bad", source="")(lambda x, grad, t, *, lr=0.1: x)
    assert "<lambda>" not in OPTIMIZERS


def test_hyperparameters_are_checked_in_words() -> None:
    adam = OPTIMIZERS["adam"]
    assert adam.check({"lr": 1}) == {"lr": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    for name, value, words in (
        ("lr", "abc", "must be a number"),
        ("lr", float("nan"), "at least 0"),
        ("lr", -1, "at least 0"),
        ("beta1", 1.0, "below 1"),
        ("momentum", 0.9, "has no hyperparameter 'momentum'"),
    ):
        with pytest.raises(ValueError, match=words):
            adam.check({name: value})
    assert OPTIMIZERS["momentum"].check({"momentum": 1})["momentum"] == 1.0


@pytest.mark.parametrize("declared", [Hyperparameter(1e-6, 10, "log"), Hyperparameter(0, 0.99999, "decay"), Hyperparameter(-2, 3)])
def test_a_slider_position_and_its_value_belong_together(declared: Hyperparameter) -> None:
    values = [declared.value(k / 1000) for k in range(1001)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == pytest.approx((declared.low, declared.high))
    for value in values:
        assert declared.value(declared.position(value)) == pytest.approx(value, rel=1e-2)


def test_the_decay_scale_resolves_what_matters() -> None:
    decay = Hyperparameter(0, 0.99999, "decay")
    assert [round(decay.position(value), 6) for value in (0.9, 0.99, 0.999)] == [0.2, 0.4, 0.6]


@pytest.mark.parametrize("value", [-2.5, 0.0, 3.0, float("inf"), float("nan")])
def test_floats_and_arrays_agree(value: float) -> None:
    array = np.array([value])
    np.testing.assert_equal(maximum(value, 1.0), maximum(array, 1.0)[0])
    np.testing.assert_equal(sign(value), sign(array)[0])
    if value == value:
        assert where(value > 0, 1.0, 2.0) == where(array > 0, 1.0, 2.0)[0]
    if value >= 0:
        assert sqrt(value) == sqrt(array)[0]
