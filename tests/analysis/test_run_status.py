"""Verdicts: what theory says a run must be doing, on surfaces whose curvature, minima and saddles are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.analysis.curvature import curvature_at, find_stationary_point, stability_limit
from app.analysis.motion import Motion
from app.analysis.run_snapshot import TOLERANCE
from app.analysis.run_status import RunStatus, run_status
from app.engine.trajectory import Trajectory
from app.model.run import Run
from optimizers import OPTIMIZERS
from surfaces import SURFACES, Surface

KINDS = {
    "start",
    "descending",
    "crawling",
    "oscillating",
    "cycling",
    "converged",
    "saddle",
    "climbing",
    "diverged",
    "wandering",
}
BOX = 10.0, 8.0  # of a bowl
TOL = TOLERANCE * math.hypot(*BOX)


def bowl(along_x: float, along_y: float, at: tuple[float, float] = (0.0, 0.0)) -> Surface:
    """A quadratic with these curvatures, and its only stationary point where it is told."""
    a, b = at

    def function(x, y):
        return (along_x * (x - a) ** 2 + along_y * (y - b) ** 2) / 2, (along_x * (x - a), along_y * (y - b))

    return Surface(
        id="bowl",
        name="Bowl",
        family="",
        source="",
        formula="",
        bounds=((-5, 5), (-4, 4)),
        start=(3.0, 2.0),
        function=function,
        minima=(at,) if min(along_x, along_y) > 0 else (),
    )


def drive(run: str | Run, surface: Surface | str, steps: int, start: tuple[float, float] | None = None) -> Trajectory:
    land = SURFACES[surface] if isinstance(surface, str) else surface
    track = Trajectory(Run.parse(run) if isinstance(run, str) else run, land, start or land.start)
    track.advance(steps)
    return track


def judged(run: str | Run, surface: Surface | str, step: int, start: tuple[float, float] | None = None) -> RunStatus:
    return run_status(drive(run, surface, step, start), step)


# -- the learning rate against the curvature, on quadratics


@pytest.mark.parametrize(
    ("share", "kind", "says"),
    [
        (0.3, "descending", "fallen"),
        (0.99, "oscillating", "is below 2/λmax = 0.5"),
        (1.0, "cycling", "is exactly 2/λmax"),
        (1.01, "oscillating", "exceeds 2/λmax = 0.5"),
    ],
)
def test_descent_below_at_and_above_two_over_the_curvature(share: float, kind: str, says: str) -> None:
    """Across the steeper direction a step multiplies by 1 - lr lambda: here by 0.4, -0.98, -1 and -1.02."""
    lr = share * 2 / 4
    found = judged(f"sgd lr={lr}", bowl(0.5, 4.0), 12 if kind == "descending" else 60)
    assert found.kind == kind
    assert says in found.text
    assert found.period == (None if kind == "descending" else pytest.approx(2.0))
    if kind == "oscillating":
        assert f"2 % {'narrower' if share < 1 else 'wider'} than the one before" in found.text
        assert "across the valley" in found.text
        assert found.short_text == "oscillating, period 2"


@pytest.mark.parametrize("share", [0.9999, 1.0001])
def test_digits_tell_a_learning_rate_from_its_bound(share: float) -> None:
    found = judged(f"sgd lr={share * 2 / 4}", bowl(0.5, 4.0), 50)
    assert found.kind == "oscillating"
    assert (
        "0.49995 is below 2/λmax = 0.50000" if share < 1 else "0.50005 exceeds 2/λmax = 0.50000"
    ) in found.text.replace("= 0.5 ", "= 0.50000 ")


@pytest.mark.parametrize(
    ("lr", "beta"), [(0.01, 0.9), (0.1, 0.9), (0.5, 0.9), (1.5, 0.8), (0.001, 0.99), (0.1, 0.99), (1e-4, 0.999)]
)
@pytest.mark.parametrize("rule", ["momentum", "momentum_torch"])
def test_the_period_of_the_heavy_ball(rule: str, lr: float, beta: float) -> None:
    """The roots of z^2 - (1 + beta - lr lambda) z + beta are sqrt(beta) exp(+-i omega), so a swing lasts 2 pi / omega steps."""
    curved = 2.0
    omega = math.acos((1 + beta - lr * curved) / (2 * math.sqrt(beta)))
    period = 2 * math.pi / omega
    found = judged(f"{rule} lr={lr} momentum={beta}", bowl(curved, curved), max(30, round(3.3 * period)))
    assert found.kind == "oscillating"
    assert found.period == pytest.approx(period, rel=0.02)
    each = beta ** (period / 4)  # of half a period
    narrower = float(found.text.split("each swing is ")[1].split(" %")[0])
    assert narrower == pytest.approx(100 * (1 - each), rel=0.15)


def test_two_frequencies_each_have_their_time() -> None:
    """The swing that is seen is the one that moves the run more."""
    periods = [2 * math.pi / math.acos((1 + 0.97 - 0.02 * curved) / (2 * math.sqrt(0.97))) for curved in (8.0, 0.2)]
    for start, period in zip([(1.0, 2.0), (3.0, 0.01)], periods, strict=True):
        found = judged("momentum lr=0.02 momentum=0.97", bowl(0.2, 8.0), 350, start)
        assert found.period == pytest.approx(period, rel=0.03)


def test_signs_hop_about_a_minimum_at_the_length_of_a_step() -> None:
    found = judged("signsgd lr=0.05", bowl(1.0, 3.0), 200, (1.02, 0.53))
    assert (found.kind, found.period, found.minimum) == ("cycling", 2.0, None)
    assert "about the minimum (0, 0)" in found.text
    assert f"{0.05 * math.sqrt(2):.3g} apart" in found.text


def test_zigzag_down_a_valley() -> None:
    """On Rosenbrock's valley the curvature across is near 1000: at a rate near 2/1000 plain descent flips from side to side."""
    track = drive("sgd lr=0.0015", "rosenbrock", 50)
    flips = np.diff(np.asarray(track.xs[30:]))
    assert (flips[:-1] * flips[1:] < 0).all()
    found = run_status(track, 50)
    assert (found.kind, round(found.period or 0, 1)) == ("oscillating", 2.0)
    assert "across the valley" in found.text


# -- the bounds themselves

RULES = [
    "sgd",
    "momentum momentum={}",
    "momentum_torch momentum={}",
    "nesterov momentum={}",
    "nesterov_keras momentum={}",
    "averaged_momentum dampening=0.4 momentum={}",
]


@pytest.mark.parametrize("decay", ["", " weight_decay=0.5"])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("rule", RULES)
def test_below_its_bound_a_rule_settles_and_above_it_does_not(rule: str, beta: float, decay: str) -> None:
    surface, text = bowl(1.0, 3.0), rule.format(beta) + decay
    limit = stability_limit(drive(text, surface, 1), 1)
    assert limit
    assert limit.learning_rate == pytest.approx(limit.factor / (3.5 if decay else 3.0))
    ends = [drive(f"{text} lr={share * limit.learning_rate}", surface, 4000).losses[-1] for share in (0.995, 1.005)]
    assert ends[0] < 1e-9 < 1e3 < ends[1]


def test_bounds_by_their_formulas() -> None:
    track = drive("momentum momentum=0.9 lr=0.1", bowl(1.0, 4.0), 3)
    assert stability_limit(track, 2) == (pytest.approx(3.8 / 4), pytest.approx(3.8), "2(1 + momentum)/λmax")
    track = drive("nesterov momentum=0.9 lr=0.1", bowl(1.0, 4.0), 3)
    assert stability_limit(track, 2) == (
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
def test_no_bound_where_theory_gives_none(run: str) -> None:
    assert stability_limit(drive(run, bowl(1.0, 4.0), 1), 1) is None


def test_no_bound_where_nothing_curves_upwards() -> None:
    assert stability_limit(drive("sgd", bowl(-1.0, -4.0), 1), 1) is None


def test_the_rate_meant_is_the_one_in_force() -> None:
    """A rate of 1 with a fall by 0.1 every 30 updates: beyond the bound of 0.5 first, far below it then."""
    track = drive("sgd lr=1 step_every=30", bowl(1.0, 4.0), 60)
    assert "the learning rate 1 exceeds 2/λmax = 0.5" in run_status(track, 20).text
    assert run_status(track, 50).kind == "descending"
    falling = judged("sgd lr=1 exponential_gamma=0.98", bowl(1.0, 4.0), 20)
    assert f"the learning rate {0.98**19:.3g} exceeds 2/λmax = 0.5" in falling.text


def test_a_turned_rate_is_judged_by_what_came_after() -> None:
    run = Run.parse("sgd lr=0.49")
    turned = run.with_change_at_step(20, {**run.hyperparameters, "lr": 0.1})
    track = drive(turned, bowl(4.0, 4.0), 40)
    assert (run_status(track, 20).kind, run_status(track, 32).kind) == ("oscillating", "descending")
    stopped = drive(run.with_change_at_step(20, {**run.hyperparameters, "lr": 0.0}), bowl(4.0, 4.0), 80)
    assert "the learning rate is 0" in run_status(stopped, 80).text


def test_curvature_of_a_tilted_bowl() -> None:
    """x^2 + 5 y^2 turned by 30 degrees: curvatures 2 and 10, the larger one at 120 degrees."""
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)

    def tilted(x, y):
        u, v = c * x + s * y, c * y - s * x
        return u * u + 5 * v * v, (2 * c * u - 10 * s * v, 2 * s * u + 10 * c * v)

    bend = curvature_at(tilted, 0.3, -0.2)
    assert bend.largest == pytest.approx(10)
    assert bend.smallest == pytest.approx(2)
    assert abs(math.cos(bend.angle - 2 * math.pi / 3)) == pytest.approx(1)
    assert bend.condition_number == pytest.approx(5)
    assert bend.stable_learning_rate == pytest.approx(0.2)
    assert bend.stable_learning_rate_with(0.9) == pytest.approx(0.38)
    assert bend.component_along(complex(c, s)) == pytest.approx(2)


def test_curvature_without_numbers() -> None:
    flat, hill = curvature_at(bowl(0.0, 0.0), 1.0, 1.0), curvature_at(bowl(-2.0, -1.0), 1.0, 1.0)
    assert math.isnan(flat.condition_number)
    assert flat.stable_learning_rate == hill.stable_learning_rate == hill.stable_learning_rate_with(0.9) == math.inf
    assert curvature_at(bowl(2.0, 0.0), 1.0, 1.0).condition_number == math.inf
    nowhere = curvature_at(lambda x, y: (math.nan, (math.nan, math.nan)), 0.0, 0.0)
    assert math.isnan(nowhere.largest)
    assert math.isnan(nowhere.stable_learning_rate)


@pytest.mark.parametrize(
    ("height", "kind"),
    [
        (lambda x, y: (x**4 + y**4, (4 * x**3, 4 * y**3)), "minimum"),
        (lambda x, y: (-(x**4) - y**4, (-4 * x**3, -4 * y**3)), "maximum"),
        (lambda x, y: (x**4 - y**4, (4 * x**3, -4 * y**3)), "saddle"),
        (lambda x, y: (x * x - y**4, (2 * x, -4 * y**3)), "saddle"),
        (lambda x, y: (x * x + y**4, (2 * x, 4 * y**3)), "minimum"),
        (lambda x, y: (0 * x, (0 * x, 0 * y)), "flat"),
    ],
)
def test_where_the_curvature_decides_nothing_the_heights_around_do(height, kind: str) -> None:
    found = find_stationary_point(height, 0.0, 0.0, 0.01)
    assert found
    assert (found.kind, found.degenerate) == (kind, True)


# -- at rest


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
def test_which_minimum_of_himmelblau(run: str, start: tuple[float, float], minimum: tuple[float, float]) -> None:
    track = drive(run, "himmelblau", 1500, start)
    found = run_status(track, 1500)
    assert (found.kind, found.short_text) == ("converged", "converged")
    assert found.minimum == pytest.approx(minimum, abs=1e-5)
    assert "one of 4 global minima" in found.text


@pytest.mark.parametrize("steps", [200, 3000, 70_000])
def test_since_when_it_is_there(steps: int) -> None:
    """Plain descent on a round bowl: the distance shrinks by 0.9 a step, from 3 to the tolerance."""
    found = judged("sgd lr=0.1", bowl(1.0, 1.0), steps, (3.0, 0.0))
    assert (found.kind, found.start_step) == ("converged", math.ceil(math.log(TOL / 3) / math.log(0.9)))


def test_since_is_found_to_the_step_in_a_long_past() -> None:
    for away in (0, 5, 4999, 5000, 123_456, 299_999):
        track = drive("sgd lr=0.5", bowl(1.0, 1.0), 0, (0.0, 0.0))
        track.xs.extend([9.0] * away + [0.0] * (300_000 - away))
        track.ys.extend([0.0] * 300_000)
        track.xs[0] = 9.0 if away else 0.0  # else it has been there from the first
        assert Motion(track.xs, track.ys, 300_000, 0, 4).step_entered_radius(0j, 1.0) == (away + 1 if away else 0)


def test_a_local_minimum_and_how_much_higher_it_is() -> None:
    """Three-hump camel along y = -x/2: 7/4 x^2 - 21/20 x^4 + x^6/6, whose slope is 0 at x^2 = (4.2 + sqrt(4.2^2 - 14)) / 2."""
    x = math.sqrt((4.2 + math.sqrt(4.2**2 - 14)) / 2)
    height = 1.75 * x**2 - 1.05 * x**4 + x**6 / 6
    found = judged("sgd lr=0.05", "three_hump_camel", 500, (-2.0, 0.9))
    assert (found.kind, found.short_text) == ("converged", "converged (local)")
    assert found.minimum == pytest.approx((-x, x / 2), abs=1e-6)
    assert f"{height:.3g} above the global minimum" in found.text


@pytest.mark.parametrize("run", ["sgd", "momentum", "adam", "newton", "signsgd", "trust_region"])
def test_a_start_on_the_minimum_is_there(run: str) -> None:
    track = drive(run, "himmelblau", 20, (3.0, 2.0))
    for step in (1, 2, 5, 20):
        assert (run_status(track, step).kind, run_status(track, step).start_step) == ("converged", 0)
    assert run_status(track, 0).kind == "start"


@pytest.mark.parametrize("steps", [1, 2])
def test_a_ball_that_passes_the_minimum_has_not_converged(steps: int) -> None:
    """The rate is such that the ball lies exactly on the minimum after so many steps: no gradient, but all its speed."""
    beta, curved = 0.9, 2.0
    a = (
        1.0 if steps == 1 else ((2 + beta) - math.sqrt((2 + beta) ** 2 - 4)) / 2
    )  # x1 = (1-a) x0; x2 = ((1-a)^2 - beta a) x0
    track = drive(f"momentum lr={a / curved!r} momentum={beta}", bowl(curved, curved), 60, (4.0, 0.0))
    assert abs(track.xs[steps]) < 1e-12
    assert abs(track.xs[steps + 1]) > 1
    assert run_status(track, steps).kind != "converged"


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
def test_what_has_converged_stays(run: str) -> None:
    """At every step of a swinging ball: neither its turning points, without speed, nor its passages, without gradient, count."""
    track = drive(run, bowl(1.0, 0.5), 6000, (1.0, -2.0))
    x, y, _ = track.values_between(0, 6000)
    ahead = np.maximum.accumulate(np.hypot(x, y)[::-1])[::-1]  # how far it will be at most
    for step in range(1, 5000, 3):
        if run_status(track, step).kind == "converged":
            assert ahead[step] < 3 * TOL
        else:
            assert step < 300 or ahead[step - 300] > TOL / 300


def test_rest_within_the_tolerance_counts_however_it_jitters() -> None:
    """RMSprop hops about a minimum at half its learning rate; a tenth of that is too little to be seen."""
    seen, unseen = (judged(f"rmsprop lr={lr} rho=0.9", bowl(1.0, 1.0), 4000, (0.5, 0.3)) for lr in (0.05, TOL / 10))
    assert seen.kind in ("cycling", "oscillating")
    assert unseen.kind == "converged"


@pytest.mark.parametrize("start", [(1.5, 0.0), (-0.7, 0.0), (0.0, 0.0)])
def test_on_the_ridge_of_a_saddle(start: tuple[float, float]) -> None:
    found = judged("sgd lr=0.1", "saddle", 100, start)
    assert (found.kind, found.short_text) == ("saddle", "at a saddle")
    assert "eigenvalues 2 and -2" in found.text
    assert "has rested at a saddle (0, 0)" in found.text


def test_a_saddle_holds_for_a_while_and_lets_go() -> None:
    """Beside the ridge by 1e-9 the distance from it grows by 1.2 a step, so after 100 steps it is 0.08."""
    track = drive("sgd lr=0.1", "saddle", 200, (1.5, 1e-9))
    assert run_status(track, 10).kind == "descending"
    assert run_status(track, 60).kind == "saddle"
    assert "lingered" in run_status(track, 60).text
    assert run_status(track, 100).kind == "descending"
    assert run_status(drive("sgd lr=0.1", "saddle", 60), 25).kind == "descending"


def test_a_ball_rolls_over_a_saddle() -> None:
    """Along the ridge it passes the saddle at full speed, like a minimum."""
    track = drive("momentum lr=0.01 momentum=0.99", "saddle", 60, (1.5, 0.0))
    x = np.asarray(track.xs)
    passing = int(np.flatnonzero(x[:-1] * x[1:] < 0)[0])
    assert {run_status(track, step).kind for step in range(passing - 2, passing + 3)} <= {"descending", "climbing"}


@pytest.mark.parametrize("start", [(0.0, 0.0), (1.0, 0.0)])
def test_the_monkey_saddle(start: tuple[float, float]) -> None:
    found = judged("sgd lr=0.3", "monkey_saddle", 6000, start)
    assert (found.kind, found.short_text) == ("saddle", "at a saddle")
    assert "yet the ground falls to some sides" in found.text


@pytest.mark.parametrize("run", ["adopt weight_decay=0.1", "nelder_mead lr=5"])
def test_a_first_update_that_does_not_move_is_no_rest(run: str) -> None:
    """ADOPT only looks at the first gradient; a search may find nothing better at once. On a hill and on a slope alike."""
    for surface, start in (("sphere", (-4.0, 3.0)), ("himmelblau", (-0.27, -0.92))):
        assert judged(run, surface, 1, start).kind in ("start", "descending")


def test_the_top_of_a_hill() -> None:
    found = judged("newton", bowl(-1.0, -3.0), 5)
    assert (found.kind, found.short_text) == ("saddle", "at a maximum")
    assert "eigenvalues -1 and -3" in found.text


@pytest.mark.parametrize(
    "run",
    [
        "sgd lr=0.1 weight_decay=0.5",
        "sgd lr=0.1 decoupled_weight_decay=0.5",
        "momentum lr=0.05 weight_decay=0.5",
        "newton weight_decay=0.5",
    ],
)
def test_weight_decay_holds_it_off_the_minimum(run: str) -> None:
    """2 (x - 2)^2 / 2 + 0.5 x^2 / 2 is lowest at x = 2 * 2 / 2.5, 0.4 from the minimum of the surface; y is 0 anyhow."""
    found = judged(run, bowl(2.0, 1.0, at=(2.0, 0.0)), 1000, (3.0, 2.0))
    assert (found.kind, found.short_text, found.minimum) == ("converged", "converged (decay)", None)
    assert "(1.6, 0)" in found.text
    assert "weight decay of 0.5 balances the slope; the nearest global minimum is 0.4 away" in found.text


# -- slow, level, without end


@pytest.mark.parametrize(
    ("run", "surface", "start", "says"),
    [
        ("sgd lr=1e-7", "rosenbrock", (-1.5, 2.0), "the learning rate 1e-07 is far below 2/λmax"),
        ("sgd lr=1e-9", "sphere", (-4.0, 3.0), "5 away"),
        (
            "adam lr=1e-6",
            "sphere",
            (-4.0, 3.0),
            "crawls: 1.4e-06 a step with gradient norm 10; the nearest global minimum is 5 away",
        ),
        ("sgd lr=0.1", "easom", (-1.0, -1.0), "with gradient norm 5.13e-15"),
        ("sgd lr=0.1", "easom", (-40.0, -40.0), "the ground is level here, without any gradient"),
        ("sgd lr=0", "sphere", (1.0, 1.0), "the learning rate is 0"),
        ("momentum lr=0", "sphere", (1.0, 1.0), "the learning rate is 0"),
        ("sgd lr=1e-8", "saddle", (1.0, 0.5), "no minimum is known"),
        ("sgd lr=0.01", "michalewicz", (0.3, 0.2), "away"),
    ],
)
@pytest.mark.parametrize("step", [10, 40, 500])
def test_crawling(run: str, surface: str, start: tuple[float, float], says: str, step: int) -> None:
    found = judged(run, surface, step, start)
    assert found.kind == "crawling"
    assert says in found.text


def test_slow_near_the_goal_is_not_crawling() -> None:
    """Three times the tolerance from the minimum, at a tenth of the way a step: few steps are left."""
    assert judged("sgd lr=0.1", bowl(1.0, 1.0), 12, (10 * TOL, 0.0)).kind == "descending"


def test_a_search_that_pauses_does_not_crawl() -> None:
    """Nelder & Mead's best corner often stays for a few updates."""
    track = drive("nelder_mead", "rosenbrock", 80)
    still = np.flatnonzero(np.diff(track.values_between(0, 80)[0]) == 0)
    assert still.size > 5
    assert not {run_status(track, int(step) + 1).kind for step in still} & {"crawling", "converged"}


@pytest.mark.parametrize(
    ("run", "surface", "says"),
    [
        ("sgd lr=0.01", "rosenbrock", "at step 0 the learning rate 0.01 exceeds 2/λmax = "),
        ("momentum lr=2", "himmelblau", "exceeds 2(1 + momentum)/λmax"),
        ("sgd lr=0.3", "saddle", "falls without end"),
        ("optimistic_gradient lr=1", "beale", "left the range of numbers"),
    ],
)
def test_diverged(run: str, surface: str, says: str) -> None:
    track = drive(run, surface, 5000)
    gone = track.diverged_at
    assert gone
    found = run_status(track, 5000)
    assert (found.kind, found.short_text, found.start_step) == ("diverged", f"diverged at {gone}", gone)
    assert says in found.text
    assert run_status(track, gone) == found
    assert run_status(track, gone - 1).kind != "diverged"


def test_diverged_before_the_first_step() -> None:
    track = drive("sgd", bowl(1.0, 1.0), 5, (1e200, 0.0))
    assert (track.diverged_at, run_status(track, 0).short_text, run_status(track, 5).kind) == (
        0,
        "diverged at 0",
        "diverged",
    )


def test_climbing_and_descending() -> None:
    """A ball with momentum goes up the other side; the surface falls without end."""
    track = drive("momentum lr=0.01", bowl(2.0, 2.0), 60, (4.0, 0.0))
    x = np.asarray(track.xs)
    over = int(np.flatnonzero(x < 0)[0])
    assert run_status(track, over - 2).kind == "descending"
    assert run_status(track, int(x.argmin()) - 1).kind == "climbing"
    assert judged("sgd lr=0.1", "saddle", 40, (0.1, 0.1)).kind == "descending"


@pytest.mark.parametrize(
    "run", ["sgd lr=0.1 noise=1", "momentum lr=0.02 noise=1", "adam lr=0.05 noise=1", "sgd lr=0.3 noise=2"]
)
def test_noise_wanders(run: str) -> None:
    track = drive(run, "sphere", 3000)
    kinds = [run_status(track, step).kind for step in range(300, 3000, 30)]
    assert kinds.count("wandering") > 0.8 * len(kinds)
    assert not {"converged", "cycling", "crawling", "saddle", "start"} & set(kinds)
    words = next(found.text for step in range(300, 3000) if (found := run_status(track, step)).kind == "wandering")
    assert "the noise of its gradient keeps it moving" in words


@pytest.mark.parametrize("run", ["sgd lr=0.01", "adam lr=0.05", "signsgd lr=0.02", "normalized_gradient lr=0.05"])
def test_on_a_knife_edge_nothing_has_converged(run: str) -> None:
    """Bukin 6 has no smooth stationary point: whoever hops across its edge is still on the way, however high the walls are."""
    track = drive(run, "bukin6", 1500)
    away = SURFACES["bukin6"].distance_to_minimum(*(np.array(column) for column in (track.xs, track.ys)))
    for step in range(5, 1500, 25):
        assert run_status(track, step).kind != "saddle"
        assert away[step] < 0.002 or run_status(track, step).kind != "converged"


def test_a_cone_has_a_known_tip() -> None:
    """Ackley's minimum has no gradient and no curvature; the list of minima decides there."""
    assert judged("adam lr=0.01 exponential_gamma=0.99", "ackley", 1500, (0.2, 0.1)).minimum == (0, 0)
    hop = judged("sgd lr=0.01", "ackley", 600, (0.02, 0.0))
    assert hop.kind in ("cycling", "oscillating", "wandering")


# -- all of them

SPREAD = ["rosenbrock", "himmelblau", "saddle", "easom", "bukin6", "ackley", "michalewicz", "linear_regression"]


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_every_optimizer_gets_a_verdict_from_its_past_alone(rule: str) -> None:
    """On surfaces of all sorts, at usual and at wild rates; a later step changes no earlier verdict."""
    turn = list(OPTIMIZERS).index(rule)
    for k in range(4):
        run, surface = (
            Run(rule, {"lr": OPTIMIZERS[rule].defaults["lr"] * (1, 100)[k % 2]}),
            SPREAD[(3 * k + turn) % len(SPREAD)],
        )
        early, late = (drive(run, surface, steps) for steps in (50, 120))
        for step in (0, 1, 2, 5, 50):
            found = run_status(late, step)
            assert found.kind in KINDS
            assert 0 < len(found.short_text) <= 24
            assert "nan" not in found.text
            assert (found.kind == "start") >= (step == 0)
            assert run_status(early, step) == found
        late.advance(380)
        assert run_status(late, 500).kind in KINDS


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface(surface: str) -> None:
    for run in (
        "sgd",
        "sgd lr=10",
        "momentum lr=0.1",
        "adam lr=0.5",
        "newton",
        "adam lr=0.05 noise=1 weight_decay=0.1 cosine_steps=300",
    ):
        track = drive(run, surface, 400)
        for step in (1, 2, 5, 50, 400):
            assert run_status(track, step).kind in KINDS


def test_a_plain_function_is_a_surface_too() -> None:
    found = judged("sgd lr=0.1", lambda x, y: (x * x + y * y, (2 * x, 2 * y)), 300, (3.0, 1.0))  # type: ignore[arg-type]
    assert (found.kind, found.minimum) == ("converged", (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9)))


@pytest.mark.parametrize("run", ["sgd lr=0.001", "sgd lr=1e-9", "momentum lr=1e-9 momentum=0.999"])
def test_a_long_past_costs_little(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of half a million steps a verdict looks at some tens of thousands, if it looks for the step since when; else at hundreds."""
    track, looked, points = drive(run, "rosenbrock", 500_000), 0, Motion.sample_positions

    def counted(motion: Motion, first: int, last: int, stride: int = 1) -> np.ndarray:
        nonlocal looked
        found = points(motion, first, last, stride)
        looked += len(found)
        return found

    monkeypatch.setattr(Motion, "sample_positions", counted)
    found = run_status(track, 500_000)
    assert looked < (50_000 if found.kind == "converged" else 2_000)
