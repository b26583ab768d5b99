"""The status of runs whose period, growth, cycle or rest point is known in closed form or by brute force."""

from __future__ import annotations

import cmath
import json
import math
from itertools import pairwise

import numpy as np
import pytest

from app.analysis.run_status import RunStatus, run_status
from app.analysis.status.forecast import forecast_positions
from app.analysis.status_rows import status_rows
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.model.run import Run
from surfaces import SURFACES, Surface


def make_surface(function, bounds=((-5, 5), (-4, 4)), minima=(), note="") -> Surface:
    return Surface(
        id="test",
        name="Test",
        family="",
        source="",
        formula="",
        bounds=bounds,
        start=(3.0, 2.0),
        function=function,
        minima=minima,
        nonsmooth_note=note,
    )


def bowl(a: float, b: float) -> Surface:
    return make_surface(lambda x, y: ((a * x * x + b * y * y) / 2, (a * x, b * y)), minima=((0, 0),))


LINE = make_surface(lambda x, y: ((x - y) ** 2 / 2, (x - y, y - x)))
DOUBLE_WELL = make_surface(
    lambda x, y: (x**4 / 4 - x * x / 2 + y * y / 2, (x**3 - x, y)), ((-2, 2), (-2, 2)), ((1, 0), (-1, 0))
)


def trajectory_of(run: str | Run, surface: Surface | str, steps: int, start: tuple[float, float]) -> Trajectory:
    surface = SURFACES[surface] if isinstance(surface, str) else surface
    trajectory = Trajectory(Run.parse(run) if isinstance(run, str) else run, surface, start)
    trajectory.advance(steps)
    return trajectory


def status_of(run: str, surface: Surface | str, step: int, start: tuple[float, float] = (3.0, 2.0)) -> RunStatus:
    return run_status(trajectory_of(run, surface, step, start), step)


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
    assert f"in theory a period of 2 and a factor of {product - 1:.4g} per step" in status.sentence


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


def test_undamped_swings_keep_their_size() -> None:
    status = status_of("momentum lr=0.1 momentum=1", "sphere", 100, (3.0, 1.0))
    assert status.growth == pytest.approx(1, abs=1e-9)
    assert "each swing keeps its size" in status.sentence


def test_growing_swings_diverge_once_they_are_wider_than_the_domain() -> None:
    """The distance is 1e-8 * 1.2^n: within the tolerance until step 65, twice the diagonal wide from step 131 on."""
    trajectory = trajectory_of("sgd lr=1.1", "sphere", 400, (1e-8, 0.0))
    kinds = [run_status(trajectory, step).kind for step in range(14, 400)]
    assert kinds == sorted(kinds, key=["oscillating", "diverging"].index)
    wide = math.ceil(math.log(2 * math.hypot(10, 10) / 2.2e-8) / math.log(1.2)) + 2
    assert abs(14 + kinds.index("diverging") - wide) <= 1
    assert run_status(trajectory, 300).short_text == "diverging"


def test_swings_that_a_schedule_will_calm_do_not_diverge() -> None:
    assert status_of("sgd lr=1.2 step_every=60", "sphere", 50, (3.0, 1.0)).kind == "oscillating"


def test_divergence_names_the_lowest_loss_of_the_whole_run() -> None:
    """1.0004^n: the start is the lowest point, 2,500 swings before the loss leaves the domain."""
    trajectory = trajectory_of("sgd lr=1.002", "sphere", 200_000, (0.01, 0.0))
    diverged_at = trajectory.diverged_at
    assert diverged_at
    status = run_status(trajectory, diverged_at)
    assert "the loss was 0.0001 after step 0" in status.sentence
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
    assert ("doubled its period" in status.sentence) == (period > 2)


@pytest.mark.parametrize("lr", [1.36, 1.4])
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
    assert kinds.count("wandering") >= 0.85 * len(kinds)
    assert "cycling" not in kinds
    assert "without repeating" in statuses[kinds.index("wandering")].sentence


def test_a_few_equal_steps_are_no_cycle() -> None:
    assert status_of("signum lr=0.1", "rosenbrock", 20, (-1.5, 2.0)).kind != "cycling"


# Rest


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
    assert f"weight decay of {strength:g} balances the slope" in status.sentence


def test_a_saddle_that_weight_decay_fills() -> None:
    """x^2 - y^2 with a decay of 3 is 5 x^2 / 2 + y^2 / 2."""
    status = status_of("sgd lr=0.1 weight_decay=3", "saddle", 300, (1.5, 0.5))
    assert status.kind == "converged"
    assert "a saddle that the weight decay of 3 makes a minimum" in status.sentence


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
    assert "the schedule has lowered the learning rate" in status.sentence


def test_a_ball_at_a_turning_point_is_not_slow() -> None:
    """A period of 4,445 steps: at its turning points the ball needs hundreds of steps for a tenth of a unit."""
    trajectory = trajectory_of("momentum lr=1e-6 momentum=0.9999", "sphere", 9000, (3.0, 0.0))
    kinds = {run_status(trajectory, step).kind for step in range(2000, 9000, 50)}
    assert kinds <= {"descending", "climbing", "oscillating"}


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


# Forecasts


@pytest.mark.parametrize(
    "run", ["momentum lr=0.02", "adam lr=0.1 noise=0.5", "sgd lr=0.3 step_every=10", "nelder_mead"]
)
def test_a_forecast_is_the_exact_continuation(run: str) -> None:
    short, long = (trajectory_of(run, "himmelblau", steps, (-0.27, -0.92)) for steps in (40, 400))
    expected = np.asarray(long.xs[41:141]) + 1j * np.asarray(long.ys[41:141])
    assert (forecast_positions(short, 40, 100) == expected).all()
    assert (forecast_positions(long, 40, 100) == expected).all()
    short.advance(30)
    assert (forecast_positions(short, 70, 100) == np.asarray(long.xs[71:171]) + 1j * np.asarray(long.ys[71:171])).all()


def test_a_forecast_ignores_later_changes_of_hyperparameters() -> None:
    run = Run.parse("sgd lr=0.1")
    changed = run.with_change_at_step(50, {**run.hyperparameters, "lr": 0.7}).with_change_at_step(
        90, run.hyperparameters
    )
    plain, edited = (trajectory_of(each, "sphere", 200, (-4.0, 3.0)) for each in (run, changed))
    for step in (10, 40, 50):
        assert (forecast_positions(edited, step, 60) == forecast_positions(plain, step, 60)).all()
    assert not (forecast_positions(edited, 51, 60) == forecast_positions(plain, 51, 60)).any()
    assert (
        forecast_positions(edited, 95, 60) == np.asarray(edited.xs[96:156]) + 1j * np.asarray(edited.ys[96:156])
    ).all()


def test_a_forecast_ends_where_the_run_overflows() -> None:
    trajectory = trajectory_of("sgd lr=0.01", "rosenbrock", 50, (-1.5, 2.0))
    assert trajectory.diverged_at == 7
    assert len(forecast_positions(trajectory, 4, 50)) == 2


def test_a_forecast_while_playing_simulates_new_steps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 frames of 3 steps, each with a forecast of 200 steps, cost 200 + 300 steps, not 20,000."""
    trajectory, count = trajectory_of("adam lr=0.01", "himmelblau", 10, (-0.27, -0.92)), 0
    surface = trajectory.surface
    function = surface.function

    def counting(x, y):
        nonlocal count
        count += 1
        return function(x, y)

    object.__setattr__(surface, "function", counting)
    try:
        for _ in range(100):
            trajectory.advance(3)
            forecast_positions(trajectory, trajectory.last_step, 200)
    finally:
        object.__setattr__(surface, "function", function)
    assert count <= 300 + 500 + 10


# Rows


def test_status_rows_can_be_written_as_json() -> None:
    runs = (
        Run.parse("sgd lr=0.95"),
        Run.parse("momentum lr=0.01 momentum=0.5 weight_decay=0.5"),
        Run.parse("sgd lr=9"),
    )
    race = Race(Experiment("rosenbrock", start=(-1.5, 2.0), runs=runs))
    rows = json.loads(json.dumps(status_rows(race, [0, 3, 60]), allow_nan=False))
    assert [(row["step"], row["run"]) for row in rows] == [(step, run) for step in (0, 3, 60) for run in (1, 2, 3)]
    start = rows[0]
    assert (start["x"], start["y"], start["loss"]) == (-1.5, 2.0, 12.5)
    assert start["distance"] == pytest.approx(math.hypot(2.5, 1.0))
    assert start["gradient_norm"] == pytest.approx(math.hypot(-155.0, -50.0))
    curvature = start["curvature"]
    assert curvature["bound"] == pytest.approx(2 / curvature["lambda_max"])
    assert curvature["bound_for"] == "sgd"
    decayed = rows[1]
    assert decayed["curvature"]["bound"] == pytest.approx(3 / (curvature["lambda_max"] + 0.5))
    assert rows[-1]["status"]["kind"] == "diverged"
    assert set(rows[-1]["status"]) == {
        *(
            "kind",
            "sentence",
            "period",
            "width",
            "growth",
            "since",
            "minimum",
            "diverged_at",
            "rate",
            "bound",
            "relation",
        )
    }
