"""Numbers and comparisons in the texts on optimizers and modifiers, computed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from optimizers import MODIFIERS, OPTIMIZERS, trace
from surfaces import SURFACES

BOWL, ROSENBROCK, SPHERE = SURFACES["elongated_bowl"], SURFACES["rosenbrock"], SURFACES["sphere"]
BOWL_START = (-7.0, 2.0)


def constant_slope(x: Any, y: Any) -> Any:
    """Return loss and gradient of a slope of 3 in x and 0.5 in y."""
    return 3 * x + 0.5 * y, (3.0 + 0 * x, 0.5 + 0 * y)


def says(id: str, *phrases: str) -> None:
    """Assert that the text on an optimizer or modifier contains the phrases."""
    declared = OPTIMIZERS.get(id) or MODIFIERS[id]
    for phrase in phrases:
        assert phrase in f"{declared.summary} {declared.description}", f"{id}: {phrase}"


def step_sizes(optimizer: str, steps: int, **hyperparameters: float) -> np.ndarray:
    """Return the steps in x on a constant slope in units of the learning rate."""
    path = trace(optimizer, constant_slope, (1.0, 1.0), steps, lr=1e-3, **hyperparameters).positions
    return np.abs(np.diff(path[:, 0])) / 1e-3


def final_loss(optimizer: str, surface: Any, start: Any, steps: int, **hyperparameters: float) -> float:
    with np.errstate(all="ignore"):
        return float(trace(optimizer, surface, start, steps, **hyperparameters).losses[-1])


def converges(optimizer: str, lr: float, **hyperparameters: float) -> bool:
    return final_loss(optimizer, BOWL, BOWL_START, 1000, lr=lr, **hyperparameters) < 1e-6


def largest_stable_rate(optimizer: str, **hyperparameters: float) -> float:
    """Return the largest stable learning rate on the bowl x^2 / 2."""
    low, high = 0.0, 50.0
    bowl = lambda x, y: (x * x / 2, (x, 0 * y))  # noqa: E731
    for _ in range(20):
        middle = (low + high) / 2
        stable = final_loss(optimizer, bowl, (1.0, 0.0), 1000, lr=middle, **hyperparameters) < 1
        low, high = (middle, high) if stable else (low, middle)
    return low


def same_path(one: str, other: str, one_values: dict, other_values: dict, rtol: float = 1e-9) -> None:
    paths = [
        trace(id, ROSENBROCK, (-0.5, 0.8), 60, **values).positions
        for id, values in ((one, one_values), (other, other_values))
    ]
    assert np.abs(paths[0][-1] - paths[0][0]).max() > 1e-4
    np.testing.assert_allclose(paths[0], paths[1], rtol=rtol)


@pytest.mark.parametrize(
    ("one", "other", "one_values", "other_values"),
    [
        ("momentum", "sgd", {"momentum": 0, "lr": 1e-3}, {"lr": 1e-3}),
        ("averaged_momentum", "momentum_torch", {"dampening": 0, "lr": 1e-3}, {"lr": 1e-3}),
        ("momentum_torch", "momentum", {"lr": 1e-3}, {"lr": 1e-3}),
        ("nesterov_keras", "nesterov", {"lr": 1e-3}, {"lr": 1e-3}),
        ("optimistic_gradient", "sgd", {"beta": 0, "lr": 1e-3}, {"lr": 1e-3}),
        ("qhm", "sgd", {"nu": 0, "lr": 1e-3}, {"lr": 1e-3}),
        ("signum", "signsgd", {"beta": 0}, {}),
        ("lion", "signum", {"beta1": 0.8, "beta2": 0.8, "lr": 0.01}, {"beta": 0.8, "lr": 0.01}),
        ("proximal_adagrad", "adagrad", {"initial_sum": 0.1}, {"initial_sum": 0.1, "eps": 0, "lr": 0.1}),
        ("adamw", "adam", {"weight_decay": 0}, {}),
        ("ademamix", "adam", {"alpha": 0}, {}),
        ("qhadam", "adam", {"nu1": 1, "nu2": 1}, {"beta1": 0.995}),
        ("optimistic_adam", "adam", {"beta": 0}, {}),
        ("adam_optax", "adam", {}, {}),
        ("adagrad_keras", "adagrad", {"initial_sum": 0, "eps": 0}, {"eps": 0, "lr": 0.001}),
        ("rmsprop_keras", "rmsprop", {"eps": 0, "rho": 0.9}, {"eps": 0, "rho": 0.9, "lr": 0.001}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_another_optimizer_for_special_values(one: str, other: str, one_values: dict, other_values: dict) -> None:
    same_path(one, other, one_values, other_values)


def test_sgd_is_stable_up_to_2_divided_by_the_largest_curvature() -> None:
    says("sgd", "below 2 divided by the largest curvature")
    assert largest_stable_rate("sgd") == pytest.approx(2, rel=1e-3)


def test_steps_on_a_constant_slope() -> None:
    says("momentum", "1 / (1 - momentum)", "ten times at 0.9")
    assert step_sizes("momentum", 300)[-1] / 3 == pytest.approx(10, rel=1e-6)
    assert step_sizes("momentum", 3000, momentum=0.99)[-1] / 3 == pytest.approx(100, rel=1e-6)
    says("averaged_momentum", "undamped steps grow to ten times the length")
    assert step_sizes("averaged_momentum", 300)[-1] / 3 == pytest.approx(1)
    assert step_sizes("averaged_momentum", 300, dampening=0)[-1] / 3 == pytest.approx(10)
    says("novograd", "steps grow to ten times the learning rate")
    path = trace("novograd", constant_slope, (1.0, 1.0), 300, lr=1e-3).positions
    assert np.hypot(*np.diff(path, axis=0)[-1]) == pytest.approx(0.01, rel=1e-5)
    for id in ("adam", "signsgd", "lion", "signum"):
        np.testing.assert_allclose(step_sizes(id, 50), 1, rtol=1e-6)
    path = trace("normalized_gradient", constant_slope, (1.0, 1.0), 50, lr=1e-3).positions
    np.testing.assert_allclose(np.hypot(*np.diff(path, axis=0).T), 1e-3)
    says("adabelief", "steps grow beyond the learning rate")
    assert step_sizes("adabelief", 300)[-1] > 2


def test_the_first_steps_without_bias_correction() -> None:
    says("adam", "the first step is 3.2 times as long and the twelfth 6.6 times")
    sizes = step_sizes("adam", 100, bias_correction=0)
    assert [f"{sizes[0]:.1f}", f"{sizes[11]:.1f}"] == ["3.2", "6.6"]
    assert sizes.argmax() == 11
    says("nadam", "the first step is 18 times as long")
    assert step_sizes("nadam", 1, bias_correction=0)[0] / step_sizes("nadam", 1)[0] == pytest.approx(18, abs=0.5)
    says("rmsprop", "ten learning rates at rho = 0.99")
    assert step_sizes("rmsprop", 1)[0] == pytest.approx(10)
    np.testing.assert_allclose(step_sizes("rmsprop", 50, bias_correction=1), 1)
    says("rmsprop_optax", "3.2 learning rates")
    assert f"{step_sizes('rmsprop_optax', 1)[0]:.1f}" == "3.2"
    np.testing.assert_allclose(step_sizes("rmsprop_optax", 50, bias_correction=1), 1, rtol=1e-6)


def test_nesterovs_largest_stable_rate_depends_on_its_momentum() -> None:
    says("nesterov", "at momentum 0.9", "two-thirds", "at 0.5 three-quarters", "at 0 the same")
    for momentum, fraction in ((0.9, 0.68), (0.5, 0.75), (0.0, 1.0)):
        assert largest_stable_rate("nesterov", momentum=momentum) / 2 == pytest.approx(fraction, abs=0.005)


def test_a_larger_beta_of_optimistic_gradient_lowers_the_largest_stable_rate() -> None:
    limits = [largest_stable_rate("optimistic_gradient", beta=beta) for beta in (0.0, 0.5, 1.0, 2.0)]
    assert limits == sorted(limits, reverse=True)


def test_overshoot_of_momentum() -> None:
    """With 0.99 the run passes the minimum along the valley and comes back; Nesterov passes it by less."""
    reach = {
        (id, momentum): trace(id, BOWL, BOWL_START, 1500, lr=0.1, momentum=momentum).positions[:, 0].max()
        for id in ("momentum", "nesterov")
        for momentum in (0.9, 0.99)
    }
    assert reach["momentum", 0.99] > 4
    assert reach["momentum", 0.9] > reach["nesterov", 0.9] > 0
    assert reach["momentum", 0.99] > reach["nesterov", 0.99]


def test_the_step_of_polyak_is_exact_for_the_right_minimum_only() -> None:
    trid = SURFACES["trid"]
    assert final_loss("polyak_step_size", trid, trid.start, 1000, f_min=0.0) == pytest.approx(0, abs=0.01)
    assert final_loss("polyak_step_size", trid, trid.start, 1000, f_min=-2.0) == pytest.approx(-2, abs=1e-6)
    assert final_loss("polyak_step_size", trid, trid.start, 1000, f_min=-3.0) > -1.99


def test_sm3_averages_the_steps_of_adagrad() -> None:
    gradients = np.array([[3.0, 0.5]] * 40)
    steps = gradients / np.sqrt(np.cumsum(gradients**2, axis=0))
    mean, expected = 0.0, []
    for step in steps[:, 0]:
        mean = 0.9 * mean + 0.1 * step
        expected.append(mean)
    np.testing.assert_allclose(step_sizes("sm3", 40, eps=0), expected)


def test_ftrl_shrinks_the_start_and_then_takes_the_steps_of_adagrad() -> None:
    says("ftrl", "√(n₀ / (n₀ + g²))")
    for slope in (0.01, 0.1, 3.0):
        surface = lambda x, y, slope=slope: (slope * x, (slope + 0 * x, 0.0 * y))  # noqa: E731
        path = trace("ftrl", surface, (5.0, 5.0), 30, lr=0.1).positions[:, 0]
        steps = 0.1 * slope / np.sqrt(0.1 + slope**2 * np.arange(1, 31))
        assert 5.0 - path[1] - steps[0] == pytest.approx(5.0 * math.sqrt(0.1 / (0.1 + slope**2)))
        np.testing.assert_allclose(-np.diff(path)[1:], steps[1:])


def test_adamax_never_moves_a_coordinate_by_much_more_than_the_learning_rate() -> None:
    says("adamax", "1.01 learning rates")
    surface_steps = []
    for decay in (0.9, 0.99, 0.999, 1.0):
        gradients = iter([decay**t for t in range(401) for _ in range(1)])
        surface = lambda x, y, gradients=gradients: (0.0, (next(gradients), 0.0))  # noqa: E731
        surface_steps.append(np.abs(np.diff(trace("adamax", surface, (0.0, 0.0), 400, lr=1.0).positions[:, 0])).max())
    assert 1.005 < max(surface_steps) < 1.01


def test_the_first_five_steps_of_radam_are_momentum() -> None:
    says("radam", "first five steps")
    says("radam_optax", "one step earlier")
    for id, values, count in (("radam", {}, 5), ("radam_optax", {}, 5), ("radam_optax", {"threshold": 4.0}, 4)):
        sizes = step_sizes(id, 8, **values)
        np.testing.assert_allclose(sizes[:count], 3)
        assert (sizes[count:] < 1).all()


def test_epsilon_of_keras_has_32_times_the_effect_in_the_first_step() -> None:
    for id, ours in (("adam_keras", "adam"), ("adamw_keras", "adamw"), ("amsgrad_keras", "amsgrad")):
        says(id, "about 32 times as much in the first")
        decay = {"weight_decay": 0.0} if id.startswith("adamw") else {}
        eps = 1e-3
        first = step_sizes(id, 1, eps=eps, **decay)[0]
        assert first == pytest.approx(step_sizes(ours, 1, eps=eps * math.sqrt(1000), **decay)[0], rel=1e-9)
    assert f"{math.sqrt(1000):.0f}" == "32"


def test_amsgrad_of_optax_is_slower_from_a_steep_start() -> None:
    x = {id: trace(id, ROSENBROCK, (-1.5, 2.0), 300, lr=0.01).positions for id in ("amsgrad", "amsgrad_optax")}
    lengths = {id: np.hypot(*np.diff(path, axis=0).T).sum() for id, path in x.items()}
    assert lengths["amsgrad_optax"] < lengths["amsgrad"]


def test_the_momentum_of_nadam_builds_up_250_times_as_fast_in_keras() -> None:
    says("nadam_keras", "94% of its full weight after 50 steps", "about 12,500", "250 times as fast")
    says("nadam", "starts at half of beta1")
    assert f"{1 - 0.5 * 0.96**50:.0%}" == "94%"
    decay = OPTIMIZERS["nadam"].defaults["momentum_decay"]
    assert (50 / decay, 1 / decay) == pytest.approx((12_500, 250))
    assert 1 - 0.5 * 0.96**decay == pytest.approx(0.5, abs=1e-3)


def test_adan_weighs_the_change_11_and_a_half_times_as_much_as_optax() -> None:
    says("adan_optax", "weight 0.08", "0.92", "11.5 times")
    beta2 = OPTIMIZERS["adan"].defaults["beta2"]
    assert OPTIMIZERS["adan_optax"].defaults["beta2"] == beta2 == 0.92
    assert beta2 / (1 - beta2) == pytest.approx(11.5)
    assert OPTIMIZERS["adan_optax"].variant_of == "adan"


def test_clipping_of_adopt_starts_at_1() -> None:
    spiky = iter([1.0, 100.0, 100.0, 100.0, 100.0])
    surface = lambda x, y: (0.0, (next(spiky), 0.0))  # noqa: E731
    path = trace("adopt", surface, (0.0, 0.0), 2, lr=1.0, beta1=0.0).positions[:, 0]
    np.testing.assert_allclose(path, [0, 0, -1])


def test_steps_that_are_a_fraction_of_the_distance_from_the_origin() -> None:
    for id, fraction in (("lamb", 0.01), ("fromage", 0.01)):
        path = trace(id, SPHERE, (-4.0, 3.0), 1).positions
        assert np.hypot(*(path[1] - path[0])) == pytest.approx(5 * fraction, rel=0.02)
    path = trace("lars", SPHERE, (-4.0, 3.0), 1).positions
    assert np.hypot(*(path[1] - path[0])) == pytest.approx(5 * 1.0 * 0.001)


def test_cocob_hardly_depends_on_the_learning_rate() -> None:
    paths = [trace("cocob", SPHERE, (-4.0, 3.0), 100, lr=lr).positions for lr in (0.01, 1.0, 100.0)]
    np.testing.assert_allclose(paths[0], paths[1], rtol=1e-3)
    np.testing.assert_allclose(paths[2], paths[1], rtol=1e-3)


def test_a_far_too_large_rate_does_momo_no_harm() -> None:
    losses = [final_loss("momo", BOWL, BOWL_START, 200, lr=lr) for lr in (100.0, 1e6)]
    assert losses[0] == losses[1] < 1e-3


@pytest.mark.parametrize("id", ["newton", "damped_newton", "trust_region"])
def test_newton_reaches_the_minimum_of_a_quadratic_bowl_in_one_step(id: str) -> None:
    for name in ("elongated_bowl", "booth", "matyas", "trid"):
        surface = SURFACES[name]
        x, y = trace(id, surface, surface.start, 1, **({"lr": 100.0} if id == "trust_region" else {})).positions[1]
        assert surface.distance_to_minimum(x, y) < 1e-9


@pytest.mark.parametrize("id", ["conjugate_gradient_fr", "conjugate_gradient_pr"])
def test_conjugate_gradients_need_about_two_line_searches(id: str) -> None:
    for name in ("elongated_bowl", "booth", "matyas", "trid"):
        surface = SURFACES[name]
        positions = trace(id, surface, surface.start, 4, c2=0.01).positions
        assert surface.distance_to_minimum(*positions.T)[-1] < 0.01, name


def test_bfgs_follows_the_valley_of_rosenbrock_in_a_few_dozen_steps() -> None:
    says("bfgs", "few dozen steps")
    for id in ("bfgs", "lbfgs"):
        losses = trace(id, ROSENBROCK, ROSENBROCK.start, 100).losses
        assert 12 < int(np.argmax(losses < 1e-8)) < 60


def test_decoupled_weight_decay_of_sgd_is_the_l2_penalty() -> None:
    same_path("sgd", "sgd", {"lr": 1e-3, "decoupled_weight_decay": 0.5}, {"lr": 1e-3, "weight_decay": 0.5})


def test_the_rates_of_an_exponential_decay_add_up_to_a_limit() -> None:
    path = trace("normalized_gradient", constant_slope, (0.0, 0.0), 5000, lr=1.0, exponential_gamma=0.99).positions
    assert np.hypot(*path[-1]) == pytest.approx(1 / (1 - 0.99))


def test_one_cycle_starts_at_a_25th_and_ends_at_almost_0() -> None:
    says("one_cycle", "1/25")
    steps = -np.diff(trace("signsgd", constant_slope, (0.0, 0.0), 300, lr=1.0, one_cycle=300).positions[:, 0])
    assert steps[0] == pytest.approx(1 / 25)
    assert steps.max() == pytest.approx(1)
    assert steps[-1] < 1e-4


def test_lookahead_helps_sgd_but_not_always_momentum() -> None:
    says("lookahead", "tolerates larger learning rates", "Momentum does not always")
    assert not converges("sgd", 1.1)
    assert converges("sgd", 1.1, lookahead=5)
    for lr in (1.4, 1.8, 1.85):
        assert converges("momentum", lr)
        assert not converges("momentum", lr, lookahead=5)


def test_a_radius_of_sam_as_large_as_a_basin_ends_higher() -> None:
    says("sam", "0.05", "0.5")
    rastrigin = SURFACES["rastrigin"]
    for id, lr in (("sgd", 0.0005), ("momentum", 0.0005), ("adam", 0.05)):
        small, large = (final_loss(id, rastrigin, rastrigin.start, 1000, lr=lr, sam=radius) for radius in (0.05, 0.5))
        assert large > 4 * small


def test_rmsprop_and_adagrad() -> None:
    """RMSprop keeps its pace and never settles; AdaGrad slows down."""
    for id, ratio in (("rmsprop", 1.0), ("adagrad", 0.05)):
        assert step_sizes(id, 400)[-1] == pytest.approx(ratio, rel=0.02)
    distances = np.hypot(*trace("rmsprop", BOWL, BOWL_START, 5000, lr=0.05).positions[-100:].T)
    assert distances.max() > 0.01
