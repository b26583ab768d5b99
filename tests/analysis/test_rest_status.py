"""Runs at rest: minima, lines of minima, penalties; and runs that are not at rest although they are slow."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.analysis.run_status import run_status
from app.analysis.status.fading_scale import FADING_SCALE
from optimizers import OPTIMIZERS
from tests.analysis.status_runs import make_surface, status_of, trajectory_of

LINE = make_surface(lambda x, y: ((x - y) ** 2 / 2, (x - y, y - x)))


@pytest.mark.parametrize(
    ("run", "strength"),
    [
        ("sgd lr=0.1 weight_decay=0.3 decoupled_weight_decay=0.2", 0.5),
        ("sgd lr=0.1 decoupled_weight_decay=0.4", 0.4),
        ("momentum lr=0.05 weight_decay=0.4", 0.4),
        ("momentum lr=0.05 momentum=0.5 decoupled_weight_decay=0.4", 0.2),
        ("nesterov lr=0.05 momentum=0.5 decoupled_weight_decay=0.4", 0.2),
        ("averaged_momentum lr=0.1 momentum=0.5 dampening=0.2 decoupled_weight_decay=0.4", 0.25),
        ("asgd lr=0.1 lambd=0.3", 0.3),
        ("adam lr=0.1 weight_decay=0.5", 0.5),
    ],
)
def test_the_strength_of_weight_decay_at_a_rest_point(run: str, strength: float) -> None:
    """On 2 (x - 2)^2 / 2 + (y - 1)^2 / 2 the rest point is (4 / (2 + c), 1 / (1 + c))."""
    surface = make_surface(lambda x, y: ((x - 2) ** 2 + (y - 1) ** 2 / 2, (2 * (x - 2), y - 1)), minima=((2.0, 1.0),))
    trajectory = trajectory_of(run, surface, 3000, (3.0, 2.0))
    expected = 4 / (2 + strength), 1 / (1 + strength)
    assert (trajectory.xs[-1], trajectory.ys[-1]) == pytest.approx(expected, abs=1e-3)
    status = run_status(trajectory, 3000)
    assert (status.kind, status.minimum) == ("converged", None)
    assert f"weight decay ({strength:g}) balances the gradient" in status.sentence


def test_the_l1_penalty_of_a_proximal_step() -> None:
    """With l1 = 1 and l2 = 0.5 the slope is 2 (x - 2) = -1 - 0.5 x: x = 1.2; and y - 3 = -1 - 0.5 y: y = 4 / 3."""
    surface = make_surface(lambda x, y: ((x - 2) ** 2 + (y - 3) ** 2 / 2, (2 * (x - 2), y - 3)), minima=((2.0, 3.0),))
    status = status_of("proximal_adagrad lr=2 l1=1 l2=0.5", surface, 3000)
    assert status.kind == "converged"
    assert "at (1.2, 1.3333)" in status.sentence
    assert "weight decay (0.5) with the L1 penalty (1) balances the gradient" in status.sentence


def test_a_saddle_that_weight_decay_fills() -> None:
    """x^2 - y^2 with a decay of 3 is 5 x^2 / 2 + y^2 / 2."""
    status = status_of("sgd lr=0.1 weight_decay=3", "saddle", 300, (1.5, 0.5))
    assert status.kind == "converged"
    assert "a saddle point that weight decay (3) turns into a minimum" in status.sentence


@pytest.mark.parametrize("run", ["sgd lr=0.1", "momentum lr=0.05", "nesterov lr=0.05", "newton", "bfgs"])
def test_a_line_of_minima_is_a_minimum(run: str) -> None:
    """(x - y)^2 / 2 has its minima on x = y and no curvature along it."""
    trajectory = trajectory_of(run, LINE, 700, (3.0, 1.0))
    statuses = [run_status(trajectory, step) for step in range(300, 700, 7)]
    assert {status.kind for status in statuses} == {"converged"}
    assert "on a line of minima, near (2, 2)" in statuses[-1].sentence


def test_a_flat_region_of_minima_is_one_but_a_plateau_is_not() -> None:
    flat = make_surface(lambda x, y: (0.0 * x * y, (0.0 * x, 0.0 * y)))
    assert status_of("sgd lr=0.1", flat, 20).kind == "converged"
    assert status_of("sgd lr=0.1", "easom", 20, (-40.0, -40.0)).kind == "slow"


def test_the_lowest_point_on_a_border_is_no_place_to_rest() -> None:
    """x is lowest at the left border of its domain, and every step goes 0.1 further."""
    slope = make_surface(lambda x, y: (x + y * y, (1.0 + 0 * x, 2 * y)), minima=((-5, 0),))
    trajectory = trajectory_of("sgd lr=1e-6", slope, 400, (-5.0, 0.0))
    assert {run_status(trajectory, step).kind for step in range(1, 400, 9)} <= {"descending", "slow"}


def test_a_rule_that_cannot_rest_is_near_the_minimum_for_now() -> None:
    """At rest v fades by 1 % per step, until lr/sqrt(v) exceeds 2/lambda = 1 and the run is thrown out."""
    trajectory = trajectory_of("rmsprop", "sphere", 3000, (-4.0, 3.0))
    x, y, _ = trajectory.values_between(0, 3000)
    distance = np.hypot(x, y)
    status = run_status(trajectory, 1000)
    assert (status.kind, status.since) == ("converged", 650)
    assert "for now" in status.sentence
    leaves = 650 + int(np.argmax(distance[650:] > 1e-4 * math.hypot(10, 10)))
    burst = run_status(trajectory, leaves - 2)
    assert (burst.kind, burst.relation, burst.bound) == ("oscillating", "exceeds", pytest.approx(1.0))
    assert burst.rate
    assert burst.rate > 1


def test_a_run_that_stands_still_for_now_and_leaves_soon() -> None:
    """NAdam stands within rounding errors of the minimum for hundreds of steps before its scale is too small."""
    trajectory = trajectory_of("nadam lr=0.5", "sphere", 9000, (-4.0, 3.0))
    x, y, _ = trajectory.values_between(0, 9000)
    inside = np.hypot(x, y) <= 1e-4 * math.hypot(10, 10)
    leaves = next(step for step in range(400, 9000) if inside[step - 300 : step].all() and not inside[step])
    still = next(
        step for step in range(leaves - 30, leaves - 300, -1) if np.hypot(x, y)[step - 12 : step].max() < 1e-12
    )
    status = run_status(trajectory, still)
    assert status.kind == "converged"
    assert (f"for now, but leaves it in {leaves - still} steps" in status.sentence) == (leaves - still <= 60)
    assert run_status(trajectory, leaves).kind != "converged"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "surface", "start", "step"),
    [
        ("qhadam lr=0.5", "sphere", (2.0, 1.5), 400),
        ("ademamix lr=0.5", "sphere", (2.0, 1.5), 1000),
        ("schedule_free_adamw lr=0.5", "sphere", (2.0, 1.5), 1000),
        ("prodigy lr=1.171", "himmelblau", (-0.27, -0.92), 600),
        ("acprop lr=0.03", "booth", (2.0, 1.5), 450),
        ("rmsprop lr=0.003386 momentum=0.5 lookahead=5", "drop_wave", (-1.292, 1.1), 250),
    ],
)
def test_a_rule_with_a_fading_scale_leaves_in_the_end(
    run: str, surface: str, start: tuple[float, float], step: int
) -> None:
    """The next steps stay within the tolerance: only the rule shows that the run is not at rest."""
    status = status_of(run, surface, step, start)
    assert status.kind == "converged"
    assert "it is near the minimum for now" in status.sentence
    trajectory = trajectory_of(run, surface, step + 5000, start)
    x, y, _ = trajectory.values_between(step, step + 5000)
    distance = np.hypot(x - status.minimum[0], y - status.minimum[1])
    (left, right), (bottom, top) = trajectory.surface_at(0).bounds
    tolerance = 1e-4 * math.hypot(right - left, top - bottom)
    assert distance.max() > tolerance
    assert distance[:60].max() <= tolerance


def test_every_rule_with_a_fading_scale_exists() -> None:
    assert set(OPTIMIZERS) >= FADING_SCALE


@pytest.mark.parametrize("run", ["amsgrad lr=0.1", "adagrad lr=0.5", "yogi lr=0.1", "adam lr=0.1", "radam lr=0.5"])
def test_a_rule_whose_scale_lasts_or_whose_gradient_is_exactly_0_rests(run: str) -> None:
    """At (1, 3) the gradient of the booth function is exactly 0, and nothing moves Adam any more."""
    status = status_of(run, "booth", 6000, (2.0, 1.5))
    assert status.kind == "converged"
    assert "for now" not in status.sentence


@pytest.mark.parametrize("run", ["sgd lr=0.1", "adam lr=0.05 step_every=100", "sgd lr=0"])
def test_a_run_without_such_a_scale_rests_for_good(run: str) -> None:
    assert "for now" not in status_of(run, "sphere", 2000, (0.5, 0.2)).sentence


def test_a_run_that_has_stopped_on_a_slope_is_resting() -> None:
    """Polyak's step size is 0 where the loss is the lowest one that it was told, here 0 on x^2 = y^2."""
    trajectory = trajectory_of("polyak_step_size", "saddle", 300, (1.5, 0.001))
    assert abs(trajectory.xs[-1]) == pytest.approx(abs(trajectory.ys[-1]), abs=1e-6)
    assert run_status(trajectory, 300).kind == "resting"


@pytest.mark.parametrize("run", ["sgd lr=1e-12", "momentum lr=1e-12"])
def test_a_learning_rate_that_is_too_small_is_the_reason(run: str) -> None:
    status = status_of(run, "sphere", 100, (-4.0, 3.0))
    assert status.kind == "slow"
    assert "the learning rate 1e-12 is far below" in status.sentence


def test_a_schedule_that_ends_a_run_is_the_reason() -> None:
    status = status_of("adam lr=0.1 exponential_gamma=0.9", "sphere", 200, (-4.0, 3.0))
    assert status.kind == "slow"
    assert "the schedule has reduced the learning rate" in status.sentence


def test_a_ball_at_a_turning_point_is_not_slow() -> None:
    """A period of 4,445 steps: at its turning points the ball needs hundreds of steps for a tenth of a unit."""
    trajectory = trajectory_of("momentum lr=1e-6 momentum=0.9999", "sphere", 9000, (3.0, 0.0))
    kinds = {run_status(trajectory, step).kind for step in range(2000, 9000, 50)}
    assert kinds <= {"descending", "climbing", "oscillating"}


@pytest.mark.parametrize(
    ("run", "surface", "start", "steps"),
    [
        ("steepest_descent_armijo lr=0.1792", "styblinski_tang", (0.2, -0.3), range(60, 300, 7)),
        ("cma_es lr=2.677", "six_hump_camel", (0.875, 0.378), range(100, 260, 7)),
    ],
)
def test_irregular_swings_far_inside_the_tolerance_are_rest(
    run: str, surface: str, start: tuple[float, float], steps: range
) -> None:
    """Next to a minimum the losses of a search differ by rounding errors only, and its swings grow by chance."""
    trajectory = trajectory_of(run, surface, steps[-1], start)
    assert {run_status(trajectory, step).kind for step in steps} == {"converged"}


def test_a_rule_that_cannot_rest_where_weight_decay_holds_it_leaves() -> None:
    status = status_of("rmsprop lr=0.07224 weight_decay=0.3", "trid", 250, (-3.0, 3.0))
    assert status.kind == "converged"
    assert "weight decay (0.3)" in status.sentence
    assert "for now" in status.sentence
    assert "2/(λmax + weight decay) = 0.606" in status.sentence  # the largest eigenvalue is 3


def test_long_steps_are_not_slow_however_far_the_minimum_is() -> None:
    assert status_of("adadelta lr=14.96", "zakharov", 1165, (3.42, 1.391)).kind != "slow"


@pytest.mark.parametrize("distance", [1e-8, 1e-12, 1e-100, 1e-300])
def test_a_run_that_moves_away_from_a_minimum_has_not_converged(distance: float) -> None:
    """With lr = 1.2 each step is 1.4 times as long as the one before, however short the first one is."""
    trajectory = trajectory_of("sgd lr=1.2", "sphere", 600, (distance, 0.0))
    kinds = [run_status(trajectory, step).kind for step in (5, 20, 100, 600)]
    assert not {"converged", "slow"} & set(kinds), kinds


def test_a_run_that_starts_exactly_at_a_minimum_stays_there() -> None:
    assert status_of("sgd lr=1.2", "sphere", 100, (0.0, 0.0)).kind == "converged"


def test_swings_of_rounding_errors_on_a_slope_are_rest() -> None:
    """With f_min = 0 the step is 0 where the loss is 0, two above the minimum of -2."""
    trajectory = trajectory_of("polyak_step_size lr=0.4481", "trid", 400, (1.833, -0.545))
    assert {run_status(trajectory, step).kind for step in range(200, 401, 9)} == {"resting"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "start"),
    [
        ("lbfgs_optax lr=8", (-12.406, -1.594)),
        ("lbfgs_optax lr=8", (-8.651, 2.208)),
        ("lbfgs", (-11.987, -2.814)),
        ("bfgs", (-8.18, 2.574)),
    ],
)
def test_a_crease_that_falls_is_no_minimum(run: str, start: tuple[float, float]) -> None:
    """Bukin 6 has its only minimum at (-10, 1): everywhere else in the crease y = x^2 / 100 the loss is |x + 10| / 100.

    Beside the crease the gradient is larger than 10^3, and Newton's steps are shorter than any tolerance.
    """
    status = status_of(run, "bukin6", 900, start)
    assert status.kind in ("slow", "resting")


@pytest.mark.parametrize("start", [(-0.633, 1.803), (1.296, -3.71), (4.068, 4.062)])
def test_no_minimum_is_claimed_where_positions_are_too_coarse_for_it(start: tuple[float, float]) -> None:
    """Newton's method jumps to 1e11 and further, where a tolerance of 0.0016 is less than a rounding error."""
    assert status_of("newton lr=3", "logistic_regression", 900, start).kind == "resting"
