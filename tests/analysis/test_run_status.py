"""The status of runs compared with theory, on surfaces whose curvature, minima and saddle points are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.analysis.curvature import curvature_at
from app.analysis.run_status import RunStatus, run_status
from app.analysis.stability_limit import adaptive_limit, effective_update, stability_limit
from app.analysis.stationary_points import find_stationary_point
from app.analysis.status.motion import Motion
from app.analysis.status.run_snapshot import POSITION_TOLERANCE
from app.analysis.status.status_types import KINDS
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.io.experiment_files import load
from app.model.run import Run
from optimizers import OPTIMIZERS
from surfaces import SURFACES, Surface

BOWL_SIZE = 10.0, 8.0
BOWL_TOLERANCE = POSITION_TOLERANCE * math.hypot(*BOWL_SIZE)


def bowl(curvature_x: float, curvature_y: float, center: tuple[float, float] = (0.0, 0.0)) -> Surface:
    """Return a quadratic with these curvatures and its only stationary point at ``center``."""
    a, b = center

    def function(x, y):
        return (curvature_x * (x - a) ** 2 + curvature_y * (y - b) ** 2) / 2, (
            curvature_x * (x - a),
            curvature_y * (y - b),
        )

    return Surface(
        id="bowl",
        name="Bowl",
        family="",
        source="",
        formula="",
        bounds=((-5, 5), (-4, 4)),
        start=(3.0, 2.0),
        function=function,
        minima=(center,) if min(curvature_x, curvature_y) > 0 else (),
    )


def trajectory_of(
    run: str | Run, surface: Surface | str, steps: int, start: tuple[float, float] | None = None
) -> Trajectory:
    surface = SURFACES[surface] if isinstance(surface, str) else surface
    trajectory = Trajectory(Run.parse(run) if isinstance(run, str) else run, surface, start or surface.start)
    trajectory.advance(steps)
    return trajectory


def status_of(run: str | Run, surface: Surface | str, step: int, start: tuple[float, float] | None = None) -> RunStatus:
    return run_status(trajectory_of(run, surface, step, start), step)


# The learning rate compared with the curvature, on quadratics


@pytest.mark.parametrize(
    ("fraction", "kind", "expected_text"),
    [
        (0.3, "descending", "decreased"),
        (0.99, "oscillating", "is below the stability limit 2/λmax = 0.5"),
        (1.0, "cycling", "equals the stability limit 2/λmax"),
        (1.01, "oscillating", "exceeds the stability limit 2/λmax = 0.5"),
    ],
)
def test_gradient_descent_below_at_and_above_its_stability_limit(
    fraction: float, kind: str, expected_text: str
) -> None:
    """A step multiplies the steeper coordinate by 1 - lr lambda: here by 0.4, -0.98, -1 and -1.02."""
    lr = fraction * 2 / 4
    status = status_of(f"sgd lr={lr}", bowl(0.5, 4.0), 12 if kind == "descending" else 60)
    assert status.kind == kind
    assert expected_text in status.sentence
    assert status.period == (None if kind == "descending" else pytest.approx(2.0))
    if kind == "oscillating":
        assert f"2% {'smaller' if fraction < 1 else 'larger'} than the last" in status.sentence
        assert "across the valley" in status.sentence
        assert status.short_text == ("oscillating, period 2" if fraction < 1 else "oscillating, growing")


def test_the_lesson_about_the_stability_limit_tells_growing_swings_from_others() -> None:
    race = Race(load("stability_limit"))
    race.advance(60)
    for step in (10, 20, 60):
        short_texts = [run_status(trajectory, step).short_text for trajectory in race.trajectories]
        assert short_texts[2:] == ["oscillating, period 2", "oscillating, growing"]


@pytest.mark.parametrize("fraction", [0.9999, 1.0001])
def test_enough_digits_distinguish_a_learning_rate_from_its_limit(fraction: float) -> None:
    status = status_of(f"sgd lr={fraction * 2 / 4}", bowl(0.5, 4.0), 50)
    assert status.kind == "oscillating"
    assert (
        "0.49995 is below the stability limit 2/λmax = 0.50000"
        if fraction < 1
        else ("0.50005 exceeds the stability limit 2/λmax = 0.50000")
    ) in status.sentence.replace("= 0.5;", "= 0.50000;")


@pytest.mark.parametrize(
    ("lr", "beta"), [(0.01, 0.9), (0.1, 0.9), (0.5, 0.9), (1.5, 0.8), (0.001, 0.99), (0.1, 0.99), (1e-4, 0.999)]
)
@pytest.mark.parametrize("optimizer", ["momentum", "momentum_torch"])
def test_the_period_of_the_heavy_ball(optimizer: str, lr: float, beta: float) -> None:
    """The roots of z^2 - (1 + beta - lr lambda) z + beta are sqrt(beta) exp(+-i omega): the period is 2 pi / omega."""
    curvature = 2.0
    omega = math.acos((1 + beta - lr * curvature) / (2 * math.sqrt(beta)))
    period = 2 * math.pi / omega
    status = status_of(f"{optimizer} lr={lr} momentum={beta}", bowl(curvature, curvature), max(30, round(2.6 * period)))
    assert status.kind == "oscillating"
    assert status.period == pytest.approx(period, rel=0.02)
    width_ratio = beta ** (period / 4)  # of one swing, half a period, to the one before
    percent_narrower = float(status.sentence.split("each half-oscillation is ")[1].split("%")[0])
    assert percent_narrower == pytest.approx(100 * (1 - width_ratio), rel=0.15)


def test_of_two_oscillations_the_larger_one_is_reported() -> None:
    """The two coordinates have different periods; the start determines which one moves the run more."""
    periods = [
        2 * math.pi / math.acos((1 + 0.97 - 0.02 * curvature) / (2 * math.sqrt(0.97))) for curvature in (8.0, 0.2)
    ]
    for start, period in zip([(1.0, 2.0), (3.0, 0.01)], periods, strict=True):
        status = status_of("momentum lr=0.02 momentum=0.97", bowl(0.2, 8.0), 350, start)
        assert status.period == pytest.approx(period, rel=0.03)


def test_sign_descent_cycles_around_a_minimum_with_its_step_size() -> None:
    status = status_of("signsgd lr=0.05", bowl(1.0, 3.0), 200, (1.02, 0.53))
    assert (status.kind, status.period, status.minimum) == ("cycling", 2.0, None)
    assert "around the minimum (0, 0)" in status.sentence
    assert f"{0.05 * math.sqrt(2):.3g} apart" in status.sentence


def test_zigzag_along_a_valley_is_an_oscillation() -> None:
    """The curvature across the Rosenbrock valley is near 1000, so near lr = 2/1000 gradient descent zigzags."""
    trajectory = trajectory_of("sgd lr=0.0015", "rosenbrock", 50)
    displacements = np.diff(np.asarray(trajectory.xs[30:]))
    assert (displacements[:-1] * displacements[1:] < 0).all()
    status = run_status(trajectory, 50)
    assert (status.kind, round(status.period or 0, 1)) == ("oscillating", 2.0)
    assert "across the valley" in status.sentence


# Stability limits

OPTIMIZERS_WITH_LIMIT = [
    "sgd",
    "momentum momentum={}",
    "momentum_torch momentum={}",
    "nesterov momentum={}",
    "nesterov_keras momentum={}",
    "averaged_momentum dampening=0.4 momentum={}",
]


@pytest.mark.slow
@pytest.mark.parametrize("decay", ["", " weight_decay=0.5"])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("optimizer", OPTIMIZERS_WITH_LIMIT)
def test_an_optimizer_converges_below_its_limit_and_diverges_above(optimizer: str, beta: float, decay: str) -> None:
    surface, run = bowl(1.0, 3.0), optimizer.format(beta) + decay
    limit = stability_limit(trajectory_of(run, surface, 1), 1)
    assert limit
    assert limit.learning_rate == pytest.approx(limit.factor / (3.5 if decay else 3.0))
    last_losses = [
        trajectory_of(f"{run} lr={fraction * limit.learning_rate}", surface, 4000).losses[-1]
        for fraction in (0.995, 1.005)
    ]
    assert last_losses[0] < 1e-9 < 1e3 < last_losses[1]


def test_the_effective_rate_of_rmsprop_with_bias_correction_is_that_of_adam_without_momentum() -> None:
    def effective_rate(run: str) -> float:
        trajectory = trajectory_of(run, bowl(1.0, 4.0), 7)
        found = adaptive_limit(trajectory, 7, (0.0, 0.0), effective_update(trajectory, 7))
        assert found
        return found[0]

    corrected = effective_rate("rmsprop lr=0.01 rho=0.999 bias_correction=1")
    assert corrected == pytest.approx(effective_rate("adam lr=0.01 beta1=0"))
    assert effective_rate("adam lr=0.01 beta1=0 bias_correction=0") > 3 * corrected


def test_stability_limits_have_their_formulas() -> None:
    trajectory = trajectory_of("momentum momentum=0.9 lr=0.1", bowl(1.0, 4.0), 3)
    assert stability_limit(trajectory, 2) == (pytest.approx(3.8 / 4), pytest.approx(3.8), "2(1 + momentum)/λmax")
    trajectory = trajectory_of("nesterov momentum=0.9 lr=0.1", bowl(1.0, 4.0), 3)
    assert stability_limit(trajectory, 2) == (
        pytest.approx(3.8 / 2.8 / 4),
        pytest.approx(3.8 / 2.8),
        "2(1 + momentum)/((1 + 2 momentum) λmax)",
    )


@pytest.mark.parametrize(
    "run",
    [
        "adam",
        "sgd clip_norm=1",
        "sgd lookahead=5",
        "sgd sam=0.1",
        "momentum decoupled_weight_decay=0.1",
        "averaged_momentum dampening=1",
        "bfgs",
        "rprop",
    ],
)
def test_other_optimizers_and_modifiers_have_no_stability_limit(run: str) -> None:
    assert stability_limit(trajectory_of(run, bowl(1.0, 4.0), 1), 1) is None


def test_without_positive_curvature_there_is_no_stability_limit() -> None:
    assert stability_limit(trajectory_of("sgd", bowl(-1.0, -4.0), 1), 1) is None


def test_the_scheduled_learning_rate_is_compared_with_the_limit() -> None:
    """A learning rate of 1, multiplied by 0.1 every 30 steps: first above the limit of 0.5, then far below."""
    trajectory = trajectory_of("sgd lr=1 step_every=30", bowl(1.0, 4.0), 60)
    assert "the learning rate 1 exceeds the stability limit 2/λmax = 0.5" in run_status(trajectory, 20).sentence
    assert run_status(trajectory, 50).kind == "descending"
    decayed = status_of("sgd lr=1 exponential_gamma=0.98", bowl(1.0, 4.0), 20)
    assert f"the learning rate {0.98**19:.3g} exceeds the stability limit 2/λmax = 0.5" in decayed.sentence


def test_only_steps_after_a_change_of_hyperparameters_count() -> None:
    run = Run.parse("sgd lr=0.49")
    changed = run.with_change_at_step(20, {**run.hyperparameters, "lr": 0.1})
    trajectory = trajectory_of(changed, bowl(4.0, 4.0), 40)
    assert (run_status(trajectory, 20).kind, run_status(trajectory, 32).kind) == ("oscillating", "descending")
    stopped = trajectory_of(run.with_change_at_step(20, {**run.hyperparameters, "lr": 0.0}), bowl(4.0, 4.0), 80)
    assert "the learning rate is 0" in run_status(stopped, 80).sentence


def test_curvature_of_a_rotated_bowl() -> None:
    """x^2 + 5 y^2 rotated by 30 degrees has the curvatures 2 and 10, the larger one at 120 degrees."""
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)

    def rotated_bowl(x, y):
        u, v = c * x + s * y, c * y - s * x
        return u * u + 5 * v * v, (2 * c * u - 10 * s * v, 2 * s * u + 10 * c * v)

    curvature = curvature_at(rotated_bowl, 0.3, -0.2)
    assert curvature.largest == pytest.approx(10)
    assert curvature.smallest == pytest.approx(2)
    assert abs(math.cos(curvature.angle - 2 * math.pi / 3)) == pytest.approx(1)
    assert curvature.condition_number == pytest.approx(5)
    assert curvature.component_along(complex(c, s)) == pytest.approx(2)


def test_curvature_of_flat_concave_and_undefined_surfaces() -> None:
    flat, concave = curvature_at(bowl(0.0, 0.0), 1.0, 1.0), curvature_at(bowl(-2.0, -1.0), 1.0, 1.0)
    assert math.isnan(flat.condition_number)
    assert (concave.largest, concave.smallest) == (pytest.approx(-1), pytest.approx(-2))
    assert curvature_at(bowl(2.0, 0.0), 1.0, 1.0).condition_number == math.inf
    undefined = curvature_at(lambda x, y: (math.nan, (math.nan, math.nan)), 0.0, 0.0)
    assert math.isnan(undefined.largest)


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x, y: (x**4 + y**4, (4 * x**3, 4 * y**3)), "minimum"),
        (lambda x, y: (-(x**4) - y**4, (-4 * x**3, -4 * y**3)), "maximum"),
        (lambda x, y: (x**4 - y**4, (4 * x**3, -4 * y**3)), "saddle"),
        (lambda x, y: (x * x - y**4, (2 * x, -4 * y**3)), "saddle"),
        (lambda x, y: (x * x + y**4, (2 * x, 4 * y**3)), "minimum"),
        (lambda x, y: (0 * x, (0 * x, 0 * y)), "flat"),
    ],
)
def test_a_degenerate_stationary_point_is_classified_by_the_loss_around_it(function, kind: str) -> None:
    stationary_point = find_stationary_point(function, 0.0, 0.0, 0.01)
    assert stationary_point
    assert (stationary_point.kind, stationary_point.degenerate) == (kind, True)


# Converged runs and saddle points


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "minimum"),
    [
        ((2.5, 2.5), (3.0, 2.0)),
        ((-2.5, 3.0), (-2.805118, 3.131313)),
        ((-3.5, -3.0), (-3.779310, -3.283186)),
        ((3.4, -2.0), (3.584428, -1.848127)),
    ],
)
@pytest.mark.parametrize(
    "run", ["sgd lr=0.01", "momentum lr=0.003", "adam lr=0.02", "newton", "bfgs", "nelder_mead lr=0.1"]
)
def test_convergence_to_each_minimum_of_himmelblau(
    run: str, start: tuple[float, float], minimum: tuple[float, float]
) -> None:
    trajectory = trajectory_of(run, "himmelblau", 1500, start)
    status = run_status(trajectory, 1500)
    assert (status.kind, status.short_text) == ("converged", "converged")
    assert status.minimum == pytest.approx(minimum, abs=1e-5)
    assert "one of 4 global minima" in status.sentence


@pytest.mark.parametrize("steps", [200, 3000, 70_000])
def test_the_start_step_of_convergence(steps: int) -> None:
    """Gradient descent on an isotropic bowl: the distance shrinks from 3 to the tolerance by 0.9 per step."""
    status = status_of("sgd lr=0.1", bowl(1.0, 1.0), steps, (3.0, 0.0))
    assert (status.kind, status.since) == ("converged", math.ceil(math.log(BOWL_TOLERANCE / 3) / math.log(0.9)))


def test_the_start_step_is_exact_for_long_runs() -> None:
    for outside_steps in (0, 5, 4999, 5000, 123_456, 299_999):
        trajectory = trajectory_of("sgd lr=0.5", bowl(1.0, 1.0), 0, (0.0, 0.0))
        trajectory.xs.extend([9.0] * outside_steps + [0.0] * (300_000 - outside_steps))
        trajectory.ys.extend([0.0] * 300_000)
        trajectory.xs[0] = 9.0 if outside_steps else 0.0
        assert Motion(trajectory.xs, trajectory.ys, 300_000, 0, 4).step_entered_radius(0j, 1.0) == (
            outside_steps + 1 if outside_steps else 0
        )


def test_a_local_minimum_and_its_loss_above_the_global_one() -> None:
    """Three-hump camel along y = -x/2 is 7/4 x^2 - 21/20 x^4 + x^6/6.

    Its derivative is 0 at x^2 = (4.2 + sqrt(4.2^2 - 14)) / 2.
    """
    x = math.sqrt((4.2 + math.sqrt(4.2**2 - 14)) / 2)
    local_minimum = 1.75 * x**2 - 1.05 * x**4 + x**6 / 6
    status = status_of("sgd lr=0.05", "three_hump_camel", 500, (-2.0, 0.9))
    assert (status.kind, status.short_text) == ("converged", "converged (local)")
    assert status.minimum == pytest.approx((-x, x / 2), abs=1e-6)
    assert f"{local_minimum:.3g} above the global minimum" in status.sentence


@pytest.mark.parametrize("run", ["sgd", "momentum", "adam", "newton", "signsgd", "trust_region"])
def test_a_start_at_the_minimum_has_converged_since_step_0(run: str) -> None:
    trajectory = trajectory_of(run, "himmelblau", 20, (3.0, 2.0))
    for step in (1, 2, 5, 20):
        assert (run_status(trajectory, step).kind, run_status(trajectory, step).since) == ("converged", 0)
    assert run_status(trajectory, 0).kind == "start"


@pytest.mark.parametrize("steps", [1, 2])
def test_momentum_that_passes_the_minimum_has_not_converged(steps: int) -> None:
    """The learning rate puts the run exactly on the minimum after ``steps`` steps, at full speed."""
    beta, curvature = 0.9, 2.0
    # With a = lr lambda, x1 = (1 - a) x0 and x2 = ((1 - a)^2 - beta a) x0.
    a = 1.0 if steps == 1 else ((2 + beta) - math.sqrt((2 + beta) ** 2 - 4)) / 2
    run = f"momentum lr={a / curvature!r} momentum={beta}"
    trajectory = trajectory_of(run, bowl(curvature, curvature), 60, (4.0, 0.0))
    assert abs(trajectory.xs[steps]) < 1e-12
    assert abs(trajectory.xs[steps + 1]) > 1
    assert run_status(trajectory, steps).kind != "converged"


@pytest.mark.slow
@pytest.mark.parametrize(
    "run",
    [
        "momentum lr=0.01 momentum=0.9",
        "momentum lr=1e-4 momentum=0.999",
        "momentum lr=1e-6 momentum=0.9999",
        "nesterov lr=1e-3 momentum=0.99",
        "adam lr=0.1",
        "momentum lr=1e-3 momentum=1",
        "qhm lr=0.1",
    ],
)
def test_a_converged_run_stays_within_the_tolerance(run: str) -> None:
    """Neither turning points, where the speed is 0, nor passages of the minimum, where the gradient is 0, count."""
    trajectory = trajectory_of(run, bowl(1.0, 0.5), 6000, (1.0, -2.0))
    x, y, _ = trajectory.values_between(0, 6000)
    max_later_distance = np.maximum.accumulate(np.hypot(x, y)[::-1])[::-1]
    for step in range(1, 5000, 3):
        if run_status(trajectory, step).kind == "converged":
            assert max_later_distance[step] < 3 * BOWL_TOLERANCE
        else:
            assert step < 300 or max_later_distance[step - 300] > BOWL_TOLERANCE / 300


def test_oscillation_within_the_tolerance_counts_as_converged() -> None:
    """RMSprop oscillates around a minimum with about half its learning rate."""
    wide, narrow = (
        status_of(f"rmsprop lr={lr} rho=0.9", bowl(1.0, 1.0), 4000, (0.5, 0.3)) for lr in (0.05, BOWL_TOLERANCE / 10)
    )
    assert wide.kind in ("cycling", "oscillating")
    assert narrow.kind == "converged"


@pytest.mark.parametrize("start", [(1.5, 0.0), (-0.7, 0.0), (0.0, 0.0)])
def test_a_run_on_the_ridge_ends_at_the_saddle_point(start: tuple[float, float]) -> None:
    status = status_of("sgd lr=0.1", "saddle", 100, start)
    assert (status.kind, status.short_text) == ("saddle", "at saddle point")
    assert "eigenvalues are 2 and -2" in status.sentence
    assert "has been at the saddle point (0, 0)" in status.sentence


def test_a_run_stays_near_a_saddle_point_and_escapes() -> None:
    """A distance of 1e-9 from the ridge grows by a factor of 1.2 per step, to 0.08 after 100 steps."""
    trajectory = trajectory_of("sgd lr=0.1", "saddle", 200, (1.5, 1e-9))
    assert run_status(trajectory, 10).kind == "descending"
    assert run_status(trajectory, 60).kind == "saddle"
    assert "has been near" in run_status(trajectory, 60).sentence
    assert run_status(trajectory, 100).kind == "descending"
    assert run_status(trajectory_of("sgd lr=0.1", "saddle", 60), 25).kind == "descending"


def test_momentum_that_passes_a_saddle_point_is_not_at_it() -> None:
    """Along the ridge the run passes the saddle point at full speed, as it would pass a minimum."""
    trajectory = trajectory_of("momentum lr=0.01 momentum=0.99", "saddle", 60, (1.5, 0.0))
    x = np.asarray(trajectory.xs)
    passing = int(np.flatnonzero(x[:-1] * x[1:] < 0)[0])
    assert {run_status(trajectory, step).kind for step in range(passing - 2, passing + 3)} <= {"descending", "climbing"}


@pytest.mark.parametrize("start", [(0.0, 0.0), (1.0, 0.0)])
def test_a_monkey_saddle_is_a_saddle_point(start: tuple[float, float]) -> None:
    status = status_of("sgd lr=0.3", "monkey_saddle", 6000, start)
    assert (status.kind, status.short_text) == ("saddle", "at saddle point")
    assert "but the loss decreases in some directions" in status.sentence


@pytest.mark.parametrize("run", ["adopt weight_decay=0.1", "nelder_mead lr=5"])
def test_a_first_step_without_motion_is_not_convergence(run: str) -> None:
    """ADOPT does not move in its first step; a direct search may find nothing better at first."""
    for surface, start in (("sphere", (-4.0, 3.0)), ("himmelblau", (-0.27, -0.92))):
        assert status_of(run, surface, 1, start).kind in ("start", "descending")


def test_newton_converges_to_a_maximum() -> None:
    status = status_of("newton", bowl(-1.0, -3.0), 5)
    assert (status.kind, status.short_text) == ("saddle", "at maximum")
    assert "eigenvalues are -1 and -3" in status.sentence


@pytest.mark.parametrize(
    "run",
    [
        "sgd lr=0.1 weight_decay=0.5",
        "sgd lr=0.1 decoupled_weight_decay=0.5",
        "momentum lr=0.05 weight_decay=0.5",
        "newton weight_decay=0.5",
    ],
)
def test_weight_decay_keeps_a_run_away_from_the_minimum(run: str) -> None:
    """2 (x - 2)^2 / 2 + 0.5 x^2 / 2 is lowest at x = 2 * 2 / 2.5, 0.4 from the minimum of the surface."""
    status = status_of(run, bowl(2.0, 1.0, center=(2.0, 0.0)), 1000, (3.0, 2.0))
    assert (status.kind, status.short_text, status.minimum) == ("converged", "converged (weight decay)", None)
    assert "(1.6, 0)" in status.sentence
    assert "weight decay (0.5) balances the gradient; distance to the nearest global minimum: 0.4" in status.sentence


# Slow, diverging and noisy runs


@pytest.mark.parametrize(
    ("run", "surface", "start", "expected_text"),
    [
        ("sgd lr=1e-7", "rosenbrock", (-1.5, 2.0), "the learning rate 1e-07 is far below the stability limit 2/λmax"),
        ("sgd lr=1e-9", "sphere", (-4.0, 3.0), "distance to the nearest global minimum: 5"),
        (
            "adam lr=1e-6",
            "sphere",
            (-4.0, 3.0),
            "is progressing very slowly: 1.4e-06 per step, gradient norm 10; distance to the nearest global minimum: 5",
        ),
        ("sgd lr=0.1", "easom", (-1.0, -1.0), "gradient norm 5.13e-15"),
        ("sgd lr=0.1", "easom", (-40.0, -40.0), "the surface is flat here (zero gradient)"),
        ("sgd lr=0", "sphere", (1.0, 1.0), "the learning rate is 0"),
        ("momentum lr=0", "sphere", (1.0, 1.0), "the learning rate is 0"),
        ("sgd lr=1e-8", "saddle", (1.0, 0.5), "this surface has no known minimum"),
        ("sgd lr=0.01", "michalewicz", (0.3, 0.2), "distance to the nearest global minimum"),
    ],
)
@pytest.mark.parametrize("step", [10, 40, 500])
def test_slow_progress_and_its_reason(
    run: str, surface: str, start: tuple[float, float], expected_text: str, step: int
) -> None:
    status = status_of(run, surface, step, start)
    assert status.kind == "slow"
    assert expected_text in status.sentence


def test_small_steps_near_the_minimum_are_not_slow_progress() -> None:
    """At about three times the tolerance and a tenth of the distance per step, few steps remain."""
    assert status_of("sgd lr=0.1", bowl(1.0, 1.0), 12, (10 * BOWL_TOLERANCE, 0.0)).kind == "descending"


def test_a_pausing_search_is_not_slow_progress() -> None:
    """The best vertex of Nelder-Mead often does not change for a few steps."""
    trajectory = trajectory_of("nelder_mead", "rosenbrock", 80)
    paused_steps = np.flatnonzero(np.diff(trajectory.values_between(0, 80)[0]) == 0)
    assert paused_steps.size > 5
    assert not {run_status(trajectory, int(step) + 1).kind for step in paused_steps} & {"slow", "resting", "converged"}


@pytest.mark.parametrize(
    ("run", "surface", "expected_text"),
    [
        ("sgd lr=0.01", "rosenbrock", "at step 0, the learning rate 0.01 exceeds the stability limit 2/λmax = "),
        ("momentum lr=2", "himmelblau", "exceeds the stability limit 2(1 + momentum)/λmax"),
        ("sgd lr=0.3", "saddle", "is unbounded below"),
        ("optimistic_gradient lr=1", "beale", "overflowed"),
    ],
)
def test_divergence_and_its_reason(run: str, surface: str, expected_text: str) -> None:
    trajectory = trajectory_of(run, surface, 5000)
    diverged_at = trajectory.diverged_at
    assert diverged_at
    status = run_status(trajectory, 5000)
    assert (status.kind, status.short_text, status.since) == (
        "diverged",
        f"diverged at step {diverged_at}",
        diverged_at,
    )
    assert expected_text in status.sentence
    assert run_status(trajectory, diverged_at) == status
    assert run_status(trajectory, diverged_at - 1).kind != "diverged"


def test_divergence_at_the_start() -> None:
    trajectory = trajectory_of("sgd", bowl(1.0, 1.0), 5, (1e200, 0.0))
    assert (trajectory.diverged_at, run_status(trajectory, 0).short_text, run_status(trajectory, 5).kind) == (
        0,
        "diverged at step 0",
        "diverged",
    )


def test_rising_and_falling_loss() -> None:
    """A run with momentum rises beyond the minimum; on the unbounded saddle the loss keeps falling."""
    trajectory = trajectory_of("momentum lr=0.01", bowl(2.0, 2.0), 60, (4.0, 0.0))
    x = np.asarray(trajectory.xs)
    passing = int(np.flatnonzero(x < 0)[0])
    assert run_status(trajectory, passing - 2).kind == "descending"
    assert run_status(trajectory, int(x.argmin()) - 1).kind == "climbing"
    assert status_of("sgd lr=0.1", "saddle", 40, (0.1, 0.1)).kind == "descending"


@pytest.mark.slow
@pytest.mark.parametrize(
    "run", ["sgd lr=0.1 noise=1", "momentum lr=0.02 noise=1", "adam lr=0.05 noise=1", "sgd lr=0.3 noise=2"]
)
def test_gradient_noise_makes_a_run_wander(run: str) -> None:
    trajectory = trajectory_of(run, "sphere", 3000)
    kinds = [run_status(trajectory, step).kind for step in range(300, 3000, 30)]
    assert kinds.count("wandering") > 0.8 * len(kinds)
    assert not {"converged", "cycling", "slow", "saddle", "start"} & set(kinds)
    text = next(
        status.sentence for step in range(300, 3000) if (status := run_status(trajectory, step)).kind == "wandering"
    )
    assert "gradient noise keeps it moving" in text


@pytest.mark.slow
@pytest.mark.parametrize("run", ["sgd lr=0.01", "adam lr=0.05", "signsgd lr=0.02", "normalized_gradient lr=0.05"])
def test_a_run_on_a_nonsmooth_ridge_has_not_converged(run: str) -> None:
    """Bukin 6 has no smooth stationary point: a run that oscillates across its edge has not converged."""
    trajectory = trajectory_of(run, "bukin6", 1500)
    distance = SURFACES["bukin6"].distance_to_minimum(*(np.array(column) for column in (trajectory.xs, trajectory.ys)))
    for step in range(5, 1500, 25):
        assert run_status(trajectory, step).kind != "saddle"
        assert distance[step] < 0.002 or run_status(trajectory, step).kind != "converged"


def test_a_nonsmooth_minimum_is_taken_from_the_list_of_minima() -> None:
    """Ackley has neither gradient nor curvature at its minimum."""
    assert status_of("adam lr=0.01 exponential_gamma=0.99", "ackley", 1500, (0.2, 0.1)).minimum == (0, 0)
    oscillating = status_of("sgd lr=0.01", "ackley", 600, (0.02, 0.0))
    assert oscillating.kind in ("cycling", "oscillating", "wandering")


# All optimizers and surfaces

VARIED_SURFACES = [
    "rosenbrock",
    "himmelblau",
    "saddle",
    "easom",
    "bukin6",
    "ackley",
    "michalewicz",
    "linear_regression",
]


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_has_a_status_that_depends_on_its_past_only(optimizer: str) -> None:
    """On various surfaces, at default and at 100 times larger learning rates, later steps do not change a status."""
    position = list(OPTIMIZERS).index(optimizer)
    for k in range(4):
        run, surface = (
            Run(optimizer, {"lr": OPTIMIZERS[optimizer].defaults["lr"] * (1, 100)[k % 2]}),
            VARIED_SURFACES[(3 * k + position) % len(VARIED_SURFACES)],
        )
        early, late = (trajectory_of(run, surface, steps) for steps in (50, 120))
        for step in (0, 1, 2, 5, 50):
            status = run_status(late, step)
            assert status.kind in KINDS
            assert 0 < len(status.short_text) <= 24
            assert "nan" not in status.sentence
            assert (status.kind == "start") >= (step == 0)
            assert run_status(early, step) == status
        late.advance(380)
        assert run_status(late, 500).kind in KINDS


@pytest.mark.slow
@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_has_a_status(surface: str) -> None:
    for run in (
        "sgd",
        "sgd lr=10",
        "momentum lr=0.1",
        "adam lr=0.5",
        "newton",
        "adam lr=0.05 noise=1 weight_decay=0.1 cosine_steps=300",
    ):
        trajectory = trajectory_of(run, surface, 400)
        for step in (1, 2, 5, 50, 400):
            assert run_status(trajectory, step).kind in KINDS


def test_a_plain_function_serves_as_a_surface() -> None:
    status = status_of("sgd lr=0.1", lambda x, y: (x * x + y * y, (2 * x, 2 * y)), 300, (3.0, 1.0))  # type: ignore[arg-type]
    assert (status.kind, status.minimum) == ("converged", (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9)))


@pytest.mark.slow
@pytest.mark.parametrize("run", ["sgd lr=0.001", "sgd lr=1e-9", "momentum lr=1e-9 momentum=0.999"])
def test_the_status_of_a_long_run_reads_few_positions(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 500,000 steps, tens of thousands are read if the start step of convergence is searched, else hundreds."""
    trajectory, read_count = trajectory_of(run, "rosenbrock", 500_000), 0
    sample_positions = Motion.sample_positions

    def counting_sample_positions(motion: Motion, first_step: int, last_step: int, stride: int = 1) -> np.ndarray:
        nonlocal read_count
        positions = sample_positions(motion, first_step, last_step, stride)
        read_count += len(positions)
        return positions

    monkeypatch.setattr(Motion, "sample_positions", counting_sample_positions)
    status = run_status(trajectory, 500_000)
    assert read_count < (50_000 if status.kind == "converged" else 2_000)
