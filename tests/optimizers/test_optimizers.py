"""The contract of optimizers, checked for every optimizer."""

from __future__ import annotations

import warnings
from array import array
from typing import Any

import numpy as np
import pytest

from optimizers import OPTIMIZERS, Optimizer, optimizer, trace
from optimizers.arithmetic import maximum, minimum, ratio, sign, sqrt, where
from optimizers.descent import descend, initial_point
from optimizers.optimizer import Hyperparameter, LearningRate
from surfaces import SURFACES

EACH_OPTIMIZER = pytest.mark.parametrize("method", OPTIMIZERS.values(), ids=OPTIMIZERS)
ROSENBROCK = SURFACES["rosenbrock"]
OPTIMIZER_IDS = """
sgd momentum nesterov averaged_momentum signsgd signum normalized_gradient polyak_step_size optimistic_gradient qhm asgd
rprop schedule_free_sgd adagrad rmsprop adadelta adam adamw amsgrad adamax nadam radam adabelief yogi lion adan ademamix
qhadam novograd adafactor ftrl sm3 lamb lars fromage optimistic_adam schedule_free_adamw prodigy dog dowg cocob momo
acprop steepest_descent_armijo steepest_descent_wolfe barzilai_borwein conjugate_gradient_fr conjugate_gradient_pr
newton damped_newton
saddle_free_newton bfgs lbfgs trust_region levenberg_marquardt nelder_mead cma_es"""
# By their formulas these move at a position where the gradient is zero
MOVES_WITHOUT_GRADIENT = {
    "yogi",
    "adamw",
    "adamw_keras",
    "fromage",
    "ftrl",
    "asgd",
    "cma_es",
    "nelder_mead",
}


def test_the_list_of_optimizers() -> None:
    assert set(OPTIMIZER_IDS.split()) <= set(OPTIMIZERS)


@EACH_OPTIMIZER
def test_a_single_run_a_batch_and_a_grid_of_learning_rates_give_the_same_path(method: Optimizer) -> None:
    starts = np.array([-1.5, 0.3, 1.2]), np.array([2.0, -0.4, 1.1])
    learning_rates = np.array([1e-4, 1e-3])[:, None]
    grid = trace(method, ROSENBROCK, starts, 25, lr=learning_rates)
    assert grid.positions.shape == (26, 2, 2, 3)
    for i, learning_rate in enumerate(learning_rates[:, 0]):
        for j in range(3):
            single = trace(method, ROSENBROCK, (starts[0][j], starts[1][j]), 25, lr=learning_rate)
            np.testing.assert_allclose(grid.positions[:, :, i, j], single.positions, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(grid.losses[:, i, j], single.losses, rtol=1e-10, atol=1e-12)


@EACH_OPTIMIZER
def test_every_hyperparameter_may_be_an_array_or_a_function_of_t(method: Optimizer) -> None:
    start = (-0.5, 1.0)
    for name, spec in method.hyperparameters.items():
        values = [spec.default, spec.from_slider(0.4)]
        if not spec.scalar_only or not method.batched:
            batch = trace(method, ROSENBROCK, start, 8, **{name: np.array(values)}).positions
            for k, value in enumerate(values):
                single = trace(method, ROSENBROCK, start, 8, **{name: value}).positions
                np.testing.assert_allclose(batch[..., k], single, rtol=1e-12, atol=1e-12, err_msg=f"{name} = {value}")
        constant = trace(method, ROSENBROCK, start, 8, **{name: values[1]}).positions
        function = trace(method, ROSENBROCK, start, 8, **{name: lambda t, value=values[1]: value}).positions
        np.testing.assert_array_equal(function, constant, err_msg=name)


def test_a_switch_cannot_be_an_array() -> None:
    with pytest.raises(ValueError, match="centered must be one number for all runs"):
        trace("rmsprop", ROSENBROCK, (0, 0), 3, centered=np.array([0.0, 1.0]))


@EACH_OPTIMIZER
def test_an_optimizer_is_pure(method: Optimizer) -> None:
    """Continuing from the middle of a path gives the same path: no hidden state, nothing modified in place."""
    settings = {"lr": 0.01}
    columns = [array("d"), array("d"), array("d")]
    start_point = initial_point(method, ROSENBROCK, (-0.5, 1.0))
    middle = descend(method, ROSENBROCK, start_point, settings, 7, *columns)
    descend(method, ROSENBROCK, middle, settings, 8, *columns)
    replayed = [array("d"), array("d"), array("d")]
    descend(method, ROSENBROCK, middle, settings, 8, *replayed)
    assert [column[7:] for column in columns] == replayed
    descend(method, ROSENBROCK, start_point, settings, 15, *(complete := [array("d"), array("d"), array("d")]))
    assert complete == columns


def test_every_declaration_is_complete() -> None:
    for id, method in OPTIMIZERS.items():
        assert method.name, id
        assert method.family, id
        assert len(method.summary) > 20, f"{id}: a summary states when the method works well and when it fails"
        assert any(c.isdigit() for c in method.source) or method.variant_of or "torch" in method.source, (
            f"{id}: a source has a year"
        )
        assert "lr" in method.hyperparameters, id
        for name, spec in method.hyperparameters.items():
            assert spec.check(name, spec.default) == spec.default, f"{id}: {name}"
            assert spec.label, f"{id}: {name}"
        if method.variant_of:
            assert not OPTIMIZERS[method.variant_of].variant_of, id
            assert OPTIMIZERS[method.variant_of].family == method.family, id


@EACH_OPTIMIZER
def test_it_descends_a_bowl(method: Optimizer) -> None:
    learning_rate = {
        "adadelta": 1.0,
        "cocob": 1.0,
        "prodigy": 1.0,
        "dog": 1.0,
        "dowg": 1.0,
        "lars": 1.0,
        "nelder_mead": 0.5,
        "cma_es": 0.5,
    }
    path = trace(method, SURFACES["sphere"], (2.0, -1.0), 300, lr=learning_rate.get(method.id, 0.01))
    assert path.losses[-1] < 0.9 * path.losses[0]


@pytest.mark.slow
@EACH_OPTIMIZER
@pytest.mark.parametrize(
    ("start", "settings"),
    [
        ((1e6, 1e6), {"lr": 1e300}),
        ((1e150, 1e150), {"lr": 0.1}),
        ((-0.5, 1.0), {"lr": -0.01}),
        ((-0.5, 1.0), {"lr": -1e5}),
        ((-0.5, 1.0), {"lr": 0.0}),
        ((float("nan"), 0.0), {}),
        ((float("inf"), 0.0), {}),
        ((-0.5, 1.0), {"lr": float("nan")}),
    ],
)
def test_single_runs_and_batches_agree_for_extreme_values(method: Optimizer, start: tuple, settings: dict) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        single = trace(method, ROSENBROCK, start, 12, **settings).positions
        batch = trace(method, ROSENBROCK, (np.full(2, start[0]), np.full(2, start[1])), 12, **settings).positions
    np.testing.assert_array_equal(np.isfinite(batch[..., 1]), np.isfinite(single))
    np.testing.assert_allclose(batch[..., 1], single, rtol=1e-12, atol=1e-12)
    if settings.get("lr") == 0.0 and method.id != "rprop":  # Rprop has a minimum step size
        np.testing.assert_allclose(single, np.tile(start, (13, 1)), atol=1e-12)


@EACH_OPTIMIZER
def test_single_runs_and_batches_agree_for_decay_zero_and_one(method: Optimizer) -> None:
    for name, spec in method.hyperparameters.items():
        if spec.scale == "decay":
            for value in (0.0, 1.0):
                single = trace(method, ROSENBROCK, (-0.5, 1.0), 10, **{name: value}).positions
                batch = trace(method, ROSENBROCK, (np.full(1, -0.5), np.full(1, 1.0)), 10, **{name: value}).positions[
                    ..., 0
                ]
                np.testing.assert_allclose(batch, single, rtol=1e-12, err_msg=f"{name} = {value}")
                grid = trace(method, ROSENBROCK, (-0.5, 1.0), 10, **{name: np.array([value, 0.5])}).positions[..., 0]
                np.testing.assert_allclose(grid, single, rtol=1e-12, err_msg=f"{name} = [{value}, 0.5]")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # 0 / 0
def test_single_runs_and_batches_agree_for_epsilon_zero_without_a_gradient() -> None:
    """Both stay at the position or both end with nan, at the same step."""
    different = []
    for method in OPTIMIZERS.values():
        zeros = {name: 0.0 for name, spec in method.hyperparameters.items() if name.startswith("eps")}
        for x, y in ((0.0, 0.0), (0.0, 1.0)):
            single = trace(method, SURFACES["sphere"], (x, y), 12, **zeros).positions
            starts = np.array([x, 0.3]), np.array([y, 0.2])
            batch = trace(method, SURFACES["sphere"], starts, 12, **zeros).positions[..., 0]
            if not np.allclose(single, batch, rtol=1e-12, atol=1e-12, equal_nan=True):
                different.append((method.id, x, y))
    assert not different


@EACH_OPTIMIZER
def test_a_run_stays_where_the_gradient_is_zero(method: Optimizer) -> None:
    def flat(x: Any, y: Any) -> Any:
        return x * 0 + 1.0, (x * 0, y * 0)

    for surface, start in ((flat, (0.3, -0.2)), (ROSENBROCK, (1.0, 1.0)), (SURFACES["sphere"], (0.0, 0.0))):
        path = trace(method, surface, start, 10, lr=0.01).positions
        assert np.isfinite(path).all()
        if method.id not in MOVES_WITHOUT_GRADIENT:
            np.testing.assert_allclose(path, np.tile(start, (11, 1)), atol=1e-12)


def test_the_thirty_printed_positions_of_sgd_on_the_elongated_bowl() -> None:
    positions = trace("sgd", SURFACES["elongated_bowl"], (-7, 2), 29, lr=0.95).positions.tolist()
    assert positions[:3] == [[-7.0, 2.0], [-6.335, -1.7999999999999998], [-5.733175, 1.6199999999999997]]
    assert positions[27:] == [
        [-0.4727262060886904, -0.11629947400607987],
        [-0.42781721651026483, 0.10466952660547188],
        [-0.3871745809417897, -0.09420257394492468],
    ]


def test_momentum_oscillates_along_the_rosenbrock_valley() -> None:
    path = trace("momentum", ROSENBROCK, (-5, -5), 5000, lr=1.5e-5, momentum=0.9)
    x, y = path.positions[-1]
    assert (x, y) == pytest.approx((0.9501902605527726, 0.9026561642182237), abs=5e-15)
    assert (x - 1) ** 2 + (y - 1) ** 2 == pytest.approx(0.011957, abs=1e-6)
    assert path.losses[-1] == pytest.approx(0.0024852, abs=1e-7)
    assert path.positions[10, 0] == pytest.approx(3.354, abs=1e-3)
    assert path.positions[20, 0] == pytest.approx(-1.938, abs=1e-3)


def test_a_coupled_optimizer_gets_whole_positions_or_the_loss() -> None:
    try:

        @optimizer("Normalized", source="a test, 2026", scope="whole")
        def normalized(x, grad, t, *, lr: LearningRate = 0.1):
            return x - lr * grad / np.sqrt((grad * grad).sum(axis=0))

        @optimizer("Backtracking", source="a test, 2026", scope="whole")
        def backtracking(x, loss, t, last=0.0, *, lr: LearningRate = 1.0):
            grad = loss.gradient(x)
            better = np.where(loss.value(x - lr * grad) < loss.value(x), lr, lr / 10)
            return x - better * grad, better

        sphere = SURFACES["sphere"]
        single = trace("normalized", sphere, (3.0, 4.0), 10).positions
        np.testing.assert_allclose(single[10], [2.4, 3.2])
        batch = trace("normalized", sphere, (np.array([3.0, -3.0]), 4.0), 10).positions
        np.testing.assert_allclose(batch[..., 0], single)
        np.testing.assert_allclose(trace("backtracking", sphere, (1.0, 1.0), 3).positions[1], [0.8, 0.8])
        np.testing.assert_allclose(
            trace("backtracking", sphere, (np.ones(2), 1.0), 3).positions[3, :, 0], [0.512, 0.512]
        )
    finally:
        for name in ("normalized", "backtracking"):
            OPTIMIZERS.pop(name, None)


def test_a_signature_that_breaks_the_contract_is_rejected() -> None:
    with pytest.raises(TypeError, match="must begin with"):
        optimizer("Bad", source="")(lambda position, grad, t: position)
    for scope in ("element", "layer"):
        with pytest.raises(TypeError, match='scope="whole"'):
            optimizer("Bad", source="", scope=scope)(lambda x, loss, t: x)
        with pytest.raises(TypeError, match='scope="whole"'):
            optimizer("Bad", source="", scope=scope, batched=False)(lambda x, grad, t: x)
    with pytest.raises(TypeError, match="element, layer, whole"):
        optimizer("Bad", source="", scope="vector")(lambda x, grad, t: x)
    with pytest.raises(TypeError, match="annotation"):
        optimizer("Bad", source="")(lambda x, grad, t, *, lr=0.1: x)
    assert "<lambda>" not in OPTIMIZERS


def test_invalid_hyperparameters_raise_an_error_with_a_message() -> None:
    adam = OPTIMIZERS["adam"]
    assert adam.check({"lr": 1}) == {"lr": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "bias_correction": 1.0}
    assert adam.check({"clip_norm": 2})["clip_norm"] == 2.0
    for name, value, message in (
        ("lr", "abc", "must be a number"),
        ("lr", float("nan"), "≥ 0"),
        ("lr", -1, "≥ 0"),
        ("beta1", 1.0, "< 1"),
        ("momentum", 0.9, "has no hyperparameter 'momentum'"),
    ):
        with pytest.raises(ValueError, match=message):
            adam.check({name: value})
    assert OPTIMIZERS["momentum"].check({"momentum": 1})["momentum"] == 1.0


def test_the_average_of_schedule_free_sgd_is_a_state() -> None:
    method, bowl = OPTIMIZERS["schedule_free_sgd"], SURFACES["elongated_bowl"]
    settings = {"lr": 0.5, "beta": 0.9}
    end = descend(
        method, bowl, initial_point(method, bowl, (-7.0, 2.0)), settings, 40, array("d"), array("d"), array("d")
    )
    state = dict(zip(method.state, end.y[1:], strict=True))
    assert end.y[0] == pytest.approx(0.9 * state["mean"] + 0.1 * state["z"], rel=1e-12)


def test_a_slider_with_default_zero_can_return_to_zero() -> None:
    decay = OPTIMIZERS["lion"].hyperparameters["weight_decay"]
    assert decay.from_slider(0.0) == decay.default == 0.0
    assert decay.from_slider(0.001) > 0


def test_integers_and_switches() -> None:
    count, switch = Hyperparameter(1, 20, "whole", minimum=1), Hyperparameter(0, 1, "switch", maximum=1)
    assert [count.from_slider(k / 10) for k in range(11)] == [round(1 + 1.9 * k) for k in range(11)]
    assert switch.check("s", True) == 1.0
    for spec, value, message in (
        (count, 2.5, "an integer"),
        (count, 0, "≥ 1"),
        (switch, 0.5, "on"),
        (switch, 2, "off"),
    ):
        with pytest.raises(ValueError, match=message):
            spec.check("n", value)


@pytest.mark.parametrize(
    "spec", [Hyperparameter(1e-6, 10, "log"), Hyperparameter(0, 0.99999, "decay"), Hyperparameter(-2, 3)]
)
def test_slider_positions_and_values_are_inverse(spec: Hyperparameter) -> None:
    values = [spec.from_slider(k / 1000) for k in range(1001)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == pytest.approx((spec.slider_min, spec.slider_max))
    for value in values:
        assert spec.from_slider(spec.to_slider(value)) == pytest.approx(value, rel=1e-2)


def test_the_decay_scale_resolves_values_near_one() -> None:
    decay = Hyperparameter(0, 0.99999, "decay")
    assert [round(decay.to_slider(value), 6) for value in (0.9, 0.99, 0.999)] == [0.2, 0.4, 0.6]


@pytest.mark.parametrize("value", [-2.5, 0.0, 3.0, float("inf"), float("nan")])
def test_arithmetic_agrees_on_floats_and_arrays(value: float) -> None:
    array = np.array([value])
    np.testing.assert_equal(maximum(value, 1.0), maximum(array, 1.0)[0])
    np.testing.assert_equal(minimum(value, 1.0), minimum(array, 1.0)[0])
    np.testing.assert_equal(ratio(value, 2.0), ratio(array, np.array([2.0]))[0])
    assert ratio(value, 0.0, 7.0) == ratio(array, np.array([0.0]), 7.0)[0] == 7.0
    np.testing.assert_equal(sign(value), sign(array)[0])
    if value == value:
        assert where(value > 0, 1.0, 2.0) == where(array > 0, 1.0, 2.0)[0]
    if value >= 0:
        assert sqrt(value) == sqrt(array)[0]
