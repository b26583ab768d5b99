"""Swings and cycles whose period, growth and width are known in closed form or by brute force."""

from __future__ import annotations

import cmath
import math
from itertools import pairwise

import numpy as np
import pytest

from app.analysis.run_status import run_status
from surfaces import SURFACES, from_formula
from tests.analysis.status_runs import bowl, make_surface, status_of, trajectory_of

DOUBLE_WELL = make_surface(
    lambda x, y: (x**4 / 4 - x * x / 2 + y * y / 2, (x**3 - x, y)), ((-2, 2), (-2, 2)), ((1, 0), (-1, 0))
)


def diameter(positions: np.ndarray) -> float:
    return float(np.abs(positions[:, None] - positions[None, :]).max())


# Swings on quadratics


@pytest.mark.parametrize("curvature", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("product", [1.7, 1.9, 1.99, 2.01, 2.2, 3.0])
def test_swings_of_gradient_descent(product: float, curvature: float) -> None:
    """A step multiplies the position by 1 - lr lambda: a swing each step, with that factor as its growth."""
    status = status_of(f"sgd lr={product / curvature}", bowl(curvature, curvature), 14)
    assert status.period == pytest.approx(2, rel=1e-6)
    assert status.growth == pytest.approx(product - 1, rel=1e-6)
    assert status.width == pytest.approx(math.hypot(3, 2) * (product - 1) ** 12 * product, rel=1e-6)
    assert status.rate == pytest.approx(product / curvature)
    assert status.bound == pytest.approx(2 / curvature)
    assert status.relation == ("below" if product < 2 else "exceeds")
    assert f"in theory, period 2 and factor {product - 1:.4g} per step" in status.sentence


@pytest.mark.parametrize(("lr", "beta"), [(0.3, 0.9), (0.7, 0.9), (0.1, 0.99), (0.2, 0.999)])
@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_period_and_growth_of_swings_with_momentum(optimizer: str, lr: float, beta: float) -> None:
    """The roots r exp(+-i omega) of the recurrence give the period 2 pi / omega and the growth r^(period / 2)."""
    curvature = 0.4
    a = lr * curvature
    trace, determinant = (1 + beta - a, beta) if optimizer == "momentum" else ((1 + beta) * (1 - a), beta * (1 - a))
    root = trace / 2 + cmath.sqrt(trace * trace / 4 - determinant)
    period = 2 * math.pi / cmath.phase(root)
    step = max(20, math.ceil(2.6 * period))
    status = status_of(f"{optimizer} lr={lr} momentum={beta}", bowl(curvature, curvature), step, (3.0, 0.0))
    assert status.kind == "oscillating"
    assert status.period == pytest.approx(period, rel=1e-4)
    assert status.growth == pytest.approx(abs(root) ** (period / 2), rel=1e-3)
    assert status.relation == "below"
    assert "underdamped" in status.sentence


def test_the_growth_of_one_of_two_modes() -> None:
    """On curvatures of 0.1 and 2 both modes decay by sqrt(0.999) per step, whatever the other one does meanwhile."""
    trajectory = trajectory_of("momentum lr=0.1 momentum=0.999", bowl(0.1, 2.0), 600, (-7.0, 2.0))
    periods = [2 * math.pi / math.acos((1.999 - 0.1 * each) / (2 * math.sqrt(0.999))) for each in (0.1, 2.0)]
    for step in range(250, 600, 50):
        status = run_status(trajectory, step)
        period = min(periods, key=lambda each: abs(each - status.period))
        assert status.period == pytest.approx(period, rel=1e-3)
        assert status.growth == pytest.approx(0.999 ** (period / 4), rel=1e-4)
        assert f"in theory, period {period:.4g}" in status.sentence


def test_undamped_swings_keep_their_size() -> None:
    status = status_of("momentum lr=0.1 momentum=1", "sphere", 100, (3.0, 1.0))
    assert status.growth == pytest.approx(1, abs=1e-9)
    assert "each half-oscillation has the same amplitude as the last" in status.sentence


@pytest.mark.slow
def test_growing_swings_diverge_once_they_are_wider_than_the_domain() -> None:
    """The distance is 1e-8 * 1.2^n: within the tolerance until step 65, twice the diagonal wide from step 131 on."""
    trajectory = trajectory_of("sgd lr=1.1", "sphere", 400, (1e-8, 0.0))
    kinds = [run_status(trajectory, step).kind for step in range(14, 400)]
    assert kinds == sorted(kinds, key=["oscillating", "diverging"].index)
    wide = math.ceil(math.log(2 * math.hypot(10, 10) / 2.2e-8) / math.log(1.2)) + 2
    assert abs(14 + kinds.index("diverging") - wide) <= 1
    assert run_status(trajectory, 300).short_text == "diverging"


@pytest.mark.slow
@pytest.mark.parametrize("run", ["momentum lr=1.9", "adam lr=50", "signsgd lr=20", "momentum lr=3 clip_norm=10"])
def test_wide_swings_that_stop_growing_do_not_diverge(run: str) -> None:
    trajectory = trajectory_of(run, "sphere", 400, (-4.0, 3.0))
    assert "diverging" not in {run_status(trajectory, step).kind for step in range(1, 400)}


def test_swings_that_a_schedule_will_calm_do_not_diverge() -> None:
    assert status_of("sgd lr=1.2 step_every=60", "sphere", 50, (3.0, 1.0)).kind == "oscillating"


def test_divergence_names_the_lowest_loss_of_the_whole_run() -> None:
    """1.0004^n: the start is the lowest point, 2,500 swings before the loss leaves the domain."""
    trajectory = trajectory_of("sgd lr=1.002", "sphere", 200_000, (0.01, 0.0))
    diverged_at = trajectory.diverged_at
    assert diverged_at
    status = run_status(trajectory, diverged_at)
    assert "the lowest loss was 0.0001, after step 0" in status.sentence
    assert (status.relation, status.bound, status.diverged_at) == ("exceeds", pytest.approx(1.0), diverged_at)


# Cycles


@pytest.mark.parametrize(
    ("run", "surface", "start"),
    [
        ("lion lr=0.05", "sphere", (1.0, 0.5)),
        ("signum lr=0.1", "elongated_bowl", (-7.0, 2.0)),
        ("signum lr=0.1", "himmelblau", (-0.27, -0.92)),
        ("signsgd lr=0.03", "booth", (-7.0, -6.0)),
        ("normalized_gradient lr=0.1", "sphere", (-4.0, 3.0)),
        ("sgd lr=0.02", "himmelblau", (-0.27, -0.92)),
        ("sgd lr=1.3 clip_norm=1", "sphere", (3.1, 0.0)),
    ],
)
def test_period_and_width_of_a_cycle(run: str, surface: str, start: tuple[float, float]) -> None:
    """The smallest lag at which 600 positions repeat, and the largest distance between two of them."""
    trajectory = trajectory_of(run, surface, 2000, start)
    x, y, _ = trajectory.values_between(1000, 2000)
    positions = x + 1j * y
    period = next(lag for lag in range(1, 400) if np.abs(positions[lag:][-600:] - positions[:-lag][-600:]).max() < 1e-9)
    for step in range(1500, 1500 + period, max(1, period // 7)):
        status = run_status(trajectory, step)
        assert (status.kind, status.period) == ("cycling", period)
        assert status.width == pytest.approx(diameter(positions[-period:]))


@pytest.mark.parametrize(("lr", "period"), [(1.1, 2), (1.22, 2), (1.25, 4), (1.29, 8), (1.3, 16)])
def test_period_doubling(lr: float, period: int) -> None:
    """x' = (1 + lr) x - lr x^3 beyond the limit of 2/2 at the minimum: 2, 4, 8, ... places (Feigenbaum 1978)."""
    x = 0.3
    places = [x := (1 + lr) * x - lr * x**3 for _ in range(6000)][-period:]
    status = status_of(f"sgd lr={lr}", DOUBLE_WELL, 3000, (0.3, 0.0))
    assert (status.kind, status.period) == ("cycling", period)
    assert status.width == pytest.approx(max(places) - min(places), rel=1e-6)
    assert (status.bound, status.relation) == (pytest.approx(1.0), "exceeds")
    assert ("period-doubled" in status.sentence) == (period > 2)


@pytest.mark.slow
@pytest.mark.parametrize("lr", [1.36, 1.4, 1.45, 1.5])
def test_chaos_wanders_without_repeating(lr: float) -> None:
    """The Lyapunov exponent of the map is positive, so that nearby paths part."""
    x, exponent = 0.3, 0.0
    for _ in range(20_000):
        exponent += math.log(abs(1 + lr - 3 * lr * x * x)) / 20_000
        x = (1 + lr) * x - lr * x**3
    assert exponent > 0.05
    trajectory = trajectory_of(f"sgd lr={lr}", DOUBLE_WELL, 900, (0.3, 0.0))
    statuses = [run_status(trajectory, step) for step in range(400, 900, 5)]
    kinds = [status.kind for status in statuses]
    assert set(kinds) == {"wandering"}
    assert "without repeating within 340 steps" in statuses[-1].sentence


def test_swings_with_a_period_near_2_whose_turning_points_lie_between_steps() -> None:
    """The roots of z^2 - (1.9 - 3.76) z + 0.9 have the modulus sqrt(0.9) and the period 2 pi / argument, 2.135."""
    trajectory = trajectory_of("momentum lr=1.88 momentum=0.9", "sphere", 183, (-3.1, 2.2))
    period = 2 * math.pi / math.acos(-1.86 / (2 * math.sqrt(0.9)))
    for step in range(11, 184):
        status = run_status(trajectory, step)
        assert status.kind == "oscillating"
        assert status.period == pytest.approx(period, rel=1e-3)
        assert status.growth == pytest.approx(0.9 ** (period / 4), rel=1e-3)


def test_growing_swings_diverge_to_the_last_step() -> None:
    trajectory = trajectory_of("sgd lr=2.227", "two_weight_network", 400, (0.524, 0.183))
    assert trajectory.diverged_at is not None
    for step in range(60, trajectory.diverged_at):
        assert run_status(trajectory, step).kind == "diverging"


def test_a_run_that_has_left_its_swings_does_not_oscillate() -> None:
    trajectory = trajectory_of("qhm lr=0.4889", "zakharov", 11, (0.51, 1.095))
    assert [run_status(trajectory, step).kind for step in (9, 10, 11)] == ["climbing"] * 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "surface", "start", "first_step", "most"),
    [
        ("momentum lr=3.998 momentum=0.9 weight_decay=0.3", "griewank", (5.033, 9.655), 1500, 1),
        ("lion lr=0.02", "himmelblau", (-0.27, -0.92), 500, 0),
        ("adafactor lr=0.01196 sam=0.05", "six_hump_camel", (0.033, -0.207), 1000, 0),
        ("adopt lr=0.0002338 weight_decay=0.3", "beale", (1.0, 1.5), 95, 1),
        ("momentum lr=0.06072 momentum=0.9 exponential_gamma=0.99", "dixon_price", (-0.352, -0.602), 20, 2),
    ],
)
def test_a_barely_regular_motion_keeps_its_kind(
    run: str, surface: str, start: tuple[float, float], first_step: int, most: int
) -> None:
    trajectory = trajectory_of(run, surface, first_step + 60, start)
    kinds = [run_status(trajectory, step).kind for step in range(first_step, first_step + 61)]
    assert sum(a != b for a, b in pairwise(kinds)) <= most, kinds


def test_a_few_equal_steps_are_no_cycle() -> None:
    assert status_of("signum lr=0.1", "rosenbrock", 20, (-1.5, 2.0)).kind != "cycling"


# Changes of mind


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["sphere", "elongated_bowl", "himmelblau", "booth"])
@pytest.mark.parametrize(
    "run", ["signsgd lr=0.1", "signsgd lr=0.013", "signum lr=0.1", "signum lr=0.02", "lion lr=0.05", "rprop"]
)
def test_sign_rules_keep_their_kind_in_the_end(run: str, surface: str) -> None:
    trajectory = trajectory_of(run, surface, 2100, SURFACES[surface].start)
    kinds = [run_status(trajectory, step).kind for step in range(2000, 2100)]
    assert not [pair for pair in pairwise(kinds) if pair[0] != pair[1]]


def test_a_kink_of_a_formula_has_no_stability_limit() -> None:
    """The curvature beside a kink says nothing about the oscillation around it."""
    for formula in ("|x| + 2|y|", "max(|x|, |y|)"):
        status = status_of("sgd lr=0.3", from_formula(formula), 200, (-3.0, 2.0))
        assert "around the minimum (0, 0)" in status.sentence
        assert "stability limit" not in status.sentence


@pytest.mark.parametrize(
    ("run", "surface", "step", "words"),
    [
        ("sgd lr=0.01", "rastrigin", 500, "; at the minimum (2.9849, -1.9899), the learning rate 0.01 exceeds"),
        ("sgd lr=0.02", "himmelblau", 200, "around the minimum (3.5844, -1.8481); they are 0.83 apart; there, the"),
        ("sgd lr=1.2", "mccormick", 20, "; in the middle of the oscillation, the learning rate 1.2 exceeds"),
        ("rmsprop lr=0.01", "sphere", 3000, "there, the effective learning rate lr/√v = 1.0001 exceeds the"),
    ],
)
def test_the_place_and_the_digits_of_a_cause_are_named(run: str, surface: str, step: int, words: str) -> None:
    assert words in status_of(run, surface, step, SURFACES[surface].start).sentence


def test_the_size_of_a_cycle_is_its_largest_distance() -> None:
    status = status_of("lion lr=0.05", "sphere", 200, (1.0, 0.5))
    assert "repeats the same 4 points" in status.sentence
    assert "they are at most 0.141 apart" in status.sentence


def test_a_schedule_that_ends_at_0_is_named() -> None:
    words = "is not moving because the learning rate is 0"
    for run, reason in (("sgd lr=0.1 cosine_steps=30", " (reduced by the schedule);"), ("sgd lr=0", ";")):
        assert f"{words}{reason}" in status_of(run, "sphere", 200, SURFACES["sphere"].start).sentence
