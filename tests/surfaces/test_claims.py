"""Numbers and comparisons in the texts on surfaces, computed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from optimizers import trace
from surfaces import SURFACES, Surface, linear_regression


def says(id: str, *phrases: str) -> None:
    """Assert that the text on a surface contains the phrases."""
    text = f"{SURFACES[id].summary} {SURFACES[id].what_to_try}"
    for phrase in phrases:
        assert phrase in text, f"{id}: {phrase}"


def end(optimizer: str, surface: str, start: Any, steps: int, **hyperparameters: float) -> tuple[np.ndarray, float]:
    """Return the last position and its loss."""
    with np.errstate(all="ignore"):
        path = trace(optimizer, SURFACES[surface], start, steps, **hyperparameters)
    return path.positions[-1], float(path.losses[-1])


def neighbors(loss: np.ndarray) -> list[np.ndarray]:
    """Return the eight arrays of the values next to each value of a padded array."""
    rows, columns = loss.shape
    return [
        loss[1 + i : rows - 1 + i, 1 + j : columns - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)
    ]


def grid_loss(surface: Surface, count: int) -> np.ndarray:
    (left, right), (bottom, top) = surface.bounds
    loss: np.ndarray = surface(*np.meshgrid(np.linspace(left, right, count), np.linspace(bottom, top, count)))[0]
    return loss


def count_minima(loss: np.ndarray) -> int:
    """Return the number of local minima inside a grid, without its edges."""
    return int(np.logical_and.reduce([loss[1:-1, 1:-1] < other for other in neighbors(loss)]).sum())


@pytest.mark.parametrize(
    ("id", "phrase", "grid", "count"),
    [
        ("rastrigin", "121 steep local minima", 401, 121),
        pytest.param("levy13", "more than a thousand", 2001, 1121, marks=pytest.mark.slow),
        ("six_hump_camel", "Six local minima", 301, 6),
        ("three_hump_camel", "Three basins", 301, 3),
        ("styblinski_tang", "Four basins", 301, 4),
        ("egg_crate", "Nine round basins", 301, 9),
        ("muller_brown", "three basins", 401, 3),
        ("peaks", "three minima", 301, 3),
        ("himmelblau", "Four global minima", 301, 4),
    ],
)
def test_the_number_of_local_minima(id: str, phrase: str, grid: int, count: int) -> None:
    says(id, phrase)
    assert count_minima(grid_loss(SURFACES[id], grid)) == count


def test_peaks_has_three_maxima() -> None:
    says("peaks", "Three maxima")
    assert count_minima(-grid_loss(SURFACES["peaks"], 301)) == 3


@pytest.mark.slow
def test_the_often_quoted_number_of_minima_of_shubert_counts_those_on_the_edges() -> None:
    says("shubert", "722 local minima inside", "18 of them global", "760 also counts 38 on the edges")
    loss = grid_loss(SURFACES["shubert"], 2001)
    inside = count_minima(loss)
    padded = np.pad(loss, 1, constant_values=np.inf)
    minima = np.logical_and.reduce([loss < other for other in neighbors(padded)])
    minima[np.ix_((0, -1), (0, -1))] = False  # corners
    assert (inside, int(minima.sum()) - inside) == (722, 38)
    assert len(SURFACES["shubert"].minima) == 18


@pytest.mark.parametrize(
    ("id", "phrase", "expected"),
    [
        ("elongated_bowl", "Twenty times", 20),
        ("booth", "condition number 9", 9),
        ("matyas", "condition number 25", 25),
        ("rosenbrock", "about 2,500", 2508),
        ("sphere", "the same in every direction", 1),
    ],
)
def test_condition_numbers(id: str, phrase: str, expected: float) -> None:
    says(id, phrase)
    surface = SURFACES[id]
    low, high = np.linalg.eigvalsh(surface.hessian(*surface.minima[0]))
    assert high / low == pytest.approx(expected, rel=1e-3)


def test_sgd_on_the_sphere_alternates_at_a_learning_rate_of_1() -> None:
    path = trace("sgd", SURFACES["sphere"], (-4.0, 3.0), 101, lr=1.0).positions
    np.testing.assert_array_equal(np.abs(path), np.abs(path[[0]]).repeat(102, axis=0))
    assert (path[-1] == [4.0, -3.0]).all()
    assert end("sgd", "sphere", (-4.0, 3.0), 101, lr=1.01)[1] > 25


def test_zakharov_tolerates_far_smaller_rates_at_a_distance() -> None:
    says("zakharov", "Start at (6, 6)", "0.002", "0.005", "0.4 is stable")
    surface = SURFACES["zakharov"]
    assert 2 / np.linalg.eigvalsh(surface.hessian(0.0, 0.0)).max() > 0.4
    assert end("sgd", "zakharov", (6.0, 6.0), 3000, lr=0.002)[1] < 1e-6
    assert not end("sgd", "zakharov", (6.0, 6.0), 3000, lr=0.005)[1] < 1e300
    assert end("sgd", "zakharov", (0.5, 0.0), 300, lr=0.4)[1] < 1e-6


def test_beale_needs_a_small_rate_near_a_corner() -> None:
    surface = SURFACES["beale"]
    assert np.hypot(*surface(4.0, 4.0)[1]) > 1e3 * np.hypot(*surface(*surface.start)[1])
    assert math.isnan(end("sgd", "beale", (4.0, 4.0), 500, lr=1e-3)[1])
    assert end("sgd", "beale", (4.0, 4.0), 3000, lr=0.01, clip_norm=1.0)[1] < 0.01


def test_the_wrong_valley_of_freudenstein_and_roth() -> None:
    says("freudenstein_roth", "48.98")
    losses = [end("bfgs", "freudenstein_roth", start, 80)[1] for start in ((0.5, -2.0), (6.0, 5.0))]
    assert {f"{loss:.2f}" for loss in losses} == {"48.98", "0.00"}


def test_the_sign_of_y_decides_on_dixon_price() -> None:
    ends = [end("sgd", "dixon_price", (-2.0, y), 4000, lr=0.01)[0][1] for y in (0.1, -0.1, 0.0)]
    np.testing.assert_allclose(ends, [math.sqrt(0.5), -math.sqrt(0.5), 0], atol=1e-6)
    for id in ("sgd", "momentum", "adam", "bfgs"):
        np.testing.assert_allclose(end(id, "dixon_price", (-2.0, 0.0), 4000)[0][1], 0, atol=1e-12)


def test_a_tiny_change_of_the_start_decides_on_himmelblau() -> None:
    ends = [end("sgd", "himmelblau", (-0.27 - shift, -0.92), 500, lr=0.01)[0] for shift in (0.0, 0.01)]
    assert np.hypot(*(ends[0] - ends[1])) > 3


def test_momentum_leaves_outer_basins() -> None:
    says("three_hump_camel", "0.01", "momentum 0.7", "with 0.8", "0.1, momentum 0.9")
    for momentum, lr, x in ((0.7, 0.01, -1.75), (0.8, 0.01, 0.0), (0.9, 0.1, 1.75)):
        place = end("momentum", "three_hump_camel", (-2.0, -1.5), 2000, lr=lr, momentum=momentum)[0]
        assert place[0] == pytest.approx(x, abs=0.01)
    says("styblinski_tang", "(4, 4)", "0.01", "momentum 0.9 stay", "momentum 0.95", "three different depths")
    for momentum, x in ((0.0, 2.75), (0.9, 2.75), (0.95, -2.9)):
        place = end("momentum", "styblinski_tang", (4.0, 4.0), 2000, lr=0.01, momentum=momentum)[0]
        np.testing.assert_allclose(place, [x, x], atol=0.01)
    bottoms = {round(end("sgd", "styblinski_tang", (x, y), 500, lr=0.01)[1], 6) for x in (-3, 3) for y in (-3, 3)}
    assert len(bottoms) == 3
    assert max(bottoms) == pytest.approx(end("sgd", "styblinski_tang", (4.0, 4.0), 500, lr=0.01)[1])
    says("egg_crate", "0.003", "0.98 it stays", "with 0.99", "with 0.995")
    for momentum, x in ((0.98, 3.02), (0.99, 0.0), (0.995, -3.02)):
        place = end("momentum", "egg_crate", (4.0, -3.5), 5000, lr=0.003, momentum=momentum)[0]
        np.testing.assert_allclose(place, [x, -3.02], atol=0.02)


def test_larger_steps_reach_a_deeper_basin_of_six_hump_camel() -> None:
    losses = [end("momentum", "six_hump_camel", (1.6, 0.9), 2000, lr=lr)[1] for lr in (0.001, 0.01)]
    assert losses[1] < losses[0] - 2


def test_mccormick_has_deeper_basins_outside_the_plotted_range() -> None:
    assert end("momentum", "mccormick", (0.0, 2.0), 1000, lr=0.01)[1] == pytest.approx(-1.9132, abs=1e-4)
    assert end("momentum", "mccormick", (0.0, 2.0), 1000, lr=0.05)[1] < -5


def test_the_minima_of_branin_differ_only_in_width() -> None:
    surface = SURFACES["branin"]
    assert len({round(float(surface(*map(float, minimum))[0]), 9) for minimum in surface.minima}) == 1
    widths = [np.linalg.eigvalsh(surface.hessian(*minimum))[0] for minimum in surface.minima]
    assert max(widths) > 1.5 * min(widths)


def test_the_range_of_goldstein_price() -> None:
    says("goldstein_price", "from 3 to about a million")
    loss = grid_loss(SURFACES["goldstein_price"], 401)
    assert loss.min() == pytest.approx(3)
    assert loss.max() == pytest.approx(1e6, rel=0.05)
    assert math.isnan(end("sgd", "goldstein_price", (-1.5, 1.0), 1000, lr=1e-5)[1])


def test_neighboring_starts_on_peaks_separate() -> None:
    assert np.hypot(*(end("sgd", "peaks", (0.0, 1.5), 2000)[0] - end("sgd", "peaks", (0.0, 1.7), 2000)[0])) > 3
    for id in ("sgd", "adam"):  # 2,000 more steps at the pace of the learning rate would be 20
        path = trace(id, SURFACES["peaks"], (0.0, 1.6), 4000, lr=0.01).positions
        assert np.hypot(*(path[4000] - path[2000])) < 1


def test_newton_goes_to_a_pass_of_muller_brown() -> None:
    newton, saddle_free = (end(id, "muller_brown", (-0.8, 0.6), 100)[0] for id in ("newton", "saddle_free_newton"))
    for place, sign in ((newton, -1), (saddle_free, 1)):
        eigenvalues = np.linalg.eigvalsh(SURFACES["muller_brown"].hessian(*place))
        assert np.sign(eigenvalues[0]) == sign
        assert eigenvalues[1] > 0
        assert np.hypot(*SURFACES["muller_brown"](*map(float, place))[1]) < 1e-6


def test_noise_carries_a_run_out_of_the_shallow_basin_of_bird() -> None:
    assert end("sgd", "bird", (0.0, 0.0), 2000, lr=0.01)[1] == pytest.approx(1.487, abs=0.001)
    noisy = [end("sgd", "bird", (0.0, 0.0), 2000, lr=0.01, noise=20.0, noise_seed=seed)[1] for seed in (0, 1)]
    assert max(noisy) < -50
    assert abs(noisy[0] - noisy[1]) > 1


@pytest.mark.slow
def test_populations_look_over_walls() -> None:
    for seed in range(3):
        assert end("cma_es", "rastrigin", (3.3, -2.2), 80, lr=2.0, population=50, seed=seed)[1] < 1e-6
        near = end("cma_es", "drop_wave", (2.0, 2.5), 60, lr=2.0, population=50, seed=seed)[1]
        assert near < end("sgd", "drop_wave", (2.0, 2.5), 1000, lr=0.001)[1] - 0.5
    assert min(end("cma_es", "egg_crate", (4.0, -3.5), 60, lr=2.0, seed=seed)[1] for seed in range(4)) < 1e-6


def test_ripples_trap_small_rates() -> None:
    small, large = (
        end("adam", "bohachevsky1", (-1.7, 1.3), 300, **values)[1]
        for values in ({"lr": 0.01}, {"lr": 0.3, "cosine_steps": 300.0})
    )
    assert large < 1e-6 < 1 < small
    place = end("adam", "levy", (-7.0, 5.0), 2000, lr=1.0)[0]
    assert abs(place[1] - 1) < 1e-3 < 5 < abs(place[0] - 1)
    losses = [end("sgd", "levy13", (-6.0, 4.0), 1000, lr=lr)[1] for lr in (1e-4, 0.03)]
    assert losses[1] < losses[0] / 10


def test_griewank_minima_are_almost_equally_deep() -> None:
    ends = [end("sgd", "griewank", start, 1500, lr=0.3) for start in ((-7.0, 6.0), (5.0, 5.0), (1.0, 1.0))]
    assert max(loss for _, loss in ends) < 0.04
    assert np.hypot(*(ends[0][0] - ends[2][0])) > 5


def test_a_fixed_rate_does_not_settle_at_the_tip_of_ackley() -> None:
    fixed, fading = (
        end("adam", "ackley", (0.5, 0.3), 300, **values)[1]
        for values in ({"lr": 0.1}, {"lr": 0.1, "cosine_steps": 300.0})
    )
    assert fading < 1e-5 < 1e-3 < fixed


def test_outer_ripples_of_schaffer2_need_smaller_steps() -> None:
    for start, falls in (((1.0, 0.7), True), ((9.0, 8.0), False)):
        losses = trace("sgd", SURFACES["schaffer2"], start, 500, lr=0.05).losses
        assert (np.diff(losses) <= 0).all() == falls


def test_small_changes_of_the_start_matter_on_schaffer4() -> None:
    says("schaffer4", "Adam with a learning rate of 0.5", "0.05 or 0.1")
    ends = [end("adam", "schaffer4", (3.0 + shift, 1.0), 1000, lr=0.5)[0] for shift in (0.0, 0.05, 0.1)]
    assert min(np.hypot(*(ends[i] - ends[j])) for i, j in ((0, 1), (0, 2), (1, 2))) > 0.5


def test_deeper_minima_lie_outside_the_domains_of_schwefel_and_eggholder() -> None:
    assert SURFACES["schwefel"](720.0, 720.0)[0] < -500
    place, loss = end("sgd", "eggholder", (511.0, 404.0), 1000, lr=0.01)
    assert place[0] > 512
    minimum = SURFACES["eggholder"].minimum_loss
    assert minimum is not None
    assert loss < minimum - 1


def test_easom_is_flat_for_adam_from_about_five_units_on() -> None:
    says("easom", "three units away", "about five units", "in the corner (-1, -1), the gradient is 5e-15")
    assert f"{np.hypot(*SURFACES['easom'](-1.0, -1.0)[1]):.0e}" == "5e-15"
    for distance, sgd, adam in ((3.0, (0, 1e-3), (0.3, 1)), (4.5, (0, 1e-3), (0.8, 3)), (5.0, (0, 1e-3), (0, 0.05))):
        start = (math.pi - distance / math.sqrt(2),) * 2
        for id, (least, most) in (("sgd", sgd), ("adam", adam)):
            moved = math.dist(start, end(id, "easom", start, 100, lr=0.01)[0])
            assert least <= moved <= most, (distance, id, moved)
    for id in ("signsgd", "normalized_gradient"):
        assert -1e-3 < end(id, "easom", (-1.0, -1.0), 2000, lr=0.01)[1] < -1e-5


def test_michalewicz_is_flat_around_the_origin() -> None:
    says("michalewicz", "drops to 1e-80", "13% of the plotted range")
    x, y = np.meshgrid(*[np.linspace(0, math.pi, 801)] * 2)
    below_epsilon = np.hypot(*SURFACES["michalewicz"](x, y)[1]) < 1e-8
    assert f"{below_epsilon.mean():.0%}" == "13%"
    assert below_epsilon[x + y < 0.7].all()
    assert np.hypot(*SURFACES["michalewicz"](0.01, 0.01)[1]) < 1e-80
    assert math.dist((0.3, 0.3), end("adam", "michalewicz", (0.3, 0.3), 100, lr=0.01)[0]) < 1e-6
    assert math.dist((0.3, 0.3), end("signsgd", "michalewicz", (0.3, 0.3), 100, lr=0.01)[0]) > 1


def test_large_steps_jump_over_creases() -> None:
    small, large = (end("adam", "holder_table", (2.0, 2.0), 1000, lr=lr)[0] for lr in (0.01, 2.0))
    assert math.pi / 2 < small[1] < 3 * math.pi / 2 < large[1]
    (small, small_loss), (large, large_loss) = (
        end("adam", "cross_in_tray", (3.0, 4.0), 1000, lr=lr) for lr in (0.01, 2.0)
    )
    assert 0 < small[0] < math.pi
    assert large[0] < 0
    assert abs(small_loss - large_loss) < 0.2


def test_nelder_mead_stays_at_the_crease_of_bukin6() -> None:
    nelder_mead = end("nelder_mead", "bukin6", (-13.0, -2.0), 1000)[1]
    assert all(
        nelder_mead < 0.1 < end(id, "bukin6", (-13.0, -2.0), 1000, lr=0.01)[1]
        for id in ("sgd", "adam", "normalized_gradient")
    )


def test_newton_stays_at_the_saddle_point() -> None:
    says("saddle", "0.001 away from the ridge")
    assert SURFACES["saddle"].start[1] == 0.001
    np.testing.assert_allclose(end("newton", "saddle", (1.5, 0.001), 50)[0], 0, atol=1e-9)
    assert end("saddle_free_newton", "saddle", (1.5, 0.001), 20)[1] < -1
    assert (SURFACES["monkey_saddle"].hessian(0.0, 0.0) == 0).all()
    for id in ("sgd", "momentum", "adam", "newton"):
        assert (end(id, "monkey_saddle", (0.0, 0.0), 20)[0] == 0).all()


def test_scalings_of_linear_regression() -> None:
    def limit(surface: Surface) -> float:
        return float(2 / np.linalg.eigvalsh(surface.hessian(0.0, 0.0)).max())

    x, y = SURFACES["linear_regression"].data or (np.zeros(0), np.zeros(0))
    limits = {id: limit(SURFACES[f"linear_regression{id}"]) for id in ("", "_mean", "_sum", "_half_sum")}
    assert limits[""] / limits["_mean"] == pytest.approx(2)
    assert limits[""] / limits["_half_sum"] == pytest.approx(len(x))
    doubled = np.tile(x, 2), np.tile(y, 2)
    assert limit(linear_regression(*doubled, scaling="sum")) == pytest.approx(limits["_sum"] / 2)
    assert limit(linear_regression(*doubled)) == pytest.approx(limits[""])
    paths = [
        trace(id, SURFACES[surface], (-20.0, -20.0), 50, lr=lr).positions
        for id, surface, lr in (("sgd", "linear_regression", 0.01), ("sgd", "linear_regression_mean", 0.005))
    ]
    np.testing.assert_allclose(*paths, rtol=1e-12)
    conditions = [np.linalg.cond(linear_regression(x - x.mean() + mean, y).hessian(0.0, 0.0)) for mean in (0, 2, 4, 8)]
    assert conditions == sorted(conditions)
    curvatures = np.linalg.eigvalsh(linear_regression((x - x.mean()) / x.std(), y).hessian(0.0, 0.0))
    np.testing.assert_allclose(curvatures, 1)
    assert linear_regression(x - x.mean(), y).hessian(0.0, 0.0)[0, 1] == pytest.approx(0, abs=1e-9)


def test_the_gradient_of_half_the_sum_of_squares_has_error_times_x_for_the_slope_only() -> None:
    says("linear_regression_half_sum", "error × x for the slope, error for the intercept")
    x, y = SURFACES["linear_regression_half_sum"].data or (np.zeros(0), np.zeros(0))
    errors = 3.0 * x + 2.0 - y
    gradient = SURFACES["linear_regression_half_sum"](3.0, 2.0)[1]
    np.testing.assert_allclose(gradient, [(errors * x).sum(), errors.sum()])


def test_plain_newton_jumps_far_away_on_logistic_regression() -> None:
    path = trace("newton", SURFACES["logistic_regression"], (-3.0, 4.0), 1).positions
    assert math.dist(*path) > 100
    surface = SURFACES["logistic_regression"]
    assert surface.distance_to_minimum(*end("damped_newton", surface.id, (-3.0, 4.0), 20)[0]) < 1e-6


def test_the_plateau_of_the_neuron() -> None:
    sgd, adam = (end(id, "tanh_neuron", (-5.0, 2.0), 400, lr=lr)[1] for id, lr in (("sgd", 0.5), ("adam", 0.1)))
    assert adam < 0.05 < 1 < sgd
    assert end("levenberg_marquardt", "tanh_neuron", (-5.0, 2.0), 50)[1] < 0.0231


def test_the_mirror_image_solutions_of_the_two_weight_network() -> None:
    ends = [end("sgd", "two_weight_network", start, 600, lr=0.1)[0] for start in ((0.01, 0.02), (-0.01, -0.02))]
    np.testing.assert_allclose(ends[0], -ends[1], rtol=1e-6)
    losses = trace("sgd", SURFACES["two_weight_network"], (0.01, 0.02), 600, lr=0.1).losses
    assert losses[0] - losses[5] < 0.01 * (losses[0] - losses[-1])
