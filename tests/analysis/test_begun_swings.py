"""Swings from their first turning point on, and swings of two modes whose amplitude varies."""

from __future__ import annotations

import cmath
import math
from itertools import groupby

import pytest

from app.analysis.run_status import RunStatus, run_status
from surfaces import SURFACES
from tests.analysis.status_runs import bowl, make_surface, trajectory_of


def statuses_of(run: str, surface: str, steps: range, start: tuple[float, float] | None = None) -> list[RunStatus]:
    trajectory = trajectory_of(run, surface, steps[-1], start or SURFACES[surface].start)
    return [run_status(trajectory, step) for step in steps]


def kinds_in_turn(statuses: list[RunStatus]) -> list[str]:
    return [kind for kind, _ in groupby(status.kind for status in statuses)]


@pytest.mark.parametrize(("lr", "beta"), [(0.01, 0.9), (0.05, 0.9), (0.01, 0.95), (0.2, 0.8)])
def test_a_ball_oscillates_from_its_first_turning_point_on(lr: float, beta: float) -> None:
    """The roots r exp(+-i omega) of z^2 - (1 + beta - 2 lr) z + beta give period and growth of every later status."""
    root = (1 + beta - 2 * lr) / 2 + cmath.sqrt((1 + beta - 2 * lr) ** 2 / 4 - beta)
    period = 2 * math.pi / cmath.phase(root)
    statuses = statuses_of(f"momentum lr={lr} momentum={beta}", "sphere", range(1, 400, 3))
    kinds = [kind for kind in kinds_in_turn(statuses) if kind != "climbing"]  # a short climb may end with the turn
    assert kinds == ["descending", "oscillating", "converged"]
    swings = [status for status in statuses if status.kind == "oscillating"]
    assert {round(status.period, 3) for status in swings} == {round(period, 3)}
    assert [status.growth for status in swings] == pytest.approx([beta ** (period / 4)] * len(swings), rel=1e-3)


def test_two_modes_do_not_hide_each_other() -> None:
    """Across the bowl the period is 141 steps; along it, it is 628, and the run drifts for half of that."""
    statuses = statuses_of("momentum lr=0.001 momentum=0.99", "elongated_bowl", range(1, 900, 9))
    assert kinds_in_turn(statuses) == ["descending", "climbing", "oscillating"]


def test_one_mode_that_does_not_swing_is_what_remains() -> None:
    """With lr lambda < (1 - sqrt(beta))^2 the slow coordinate does not swing; in the end the run only descends."""
    trajectory = trajectory_of("momentum lr=0.02 momentum=0.9", bowl(0.1, 2.0), 120, (4.0, 1.0))
    assert run_status(trajectory, 20).kind == "oscillating"
    assert run_status(trajectory, 120).kind == "descending"


def test_a_mode_that_has_died_out_is_not_reported() -> None:
    """Along the bowl the run drifts by 0.1 per step while its swing across it has shrunk to 1e-6."""
    wide = make_surface(lambda x, y: (x * x / 2 + 500 * y * y, (x, 1000 * y)), ((-100, 100), (-10, 10)), ((0, 0),))
    trajectory = trajectory_of("nesterov lr=0.0003 momentum=0.99", wide, 112, (13.379, -5.509))
    assert {run_status(trajectory, step).kind for step in range(40, 113, 4)} == {"descending"}


def test_the_wider_of_two_swinging_modes_is_reported() -> None:
    """The modes have the periods 2.167 and 3.872; the second one is thirty times as wide."""
    trajectory = trajectory_of("momentum lr=3.0836 momentum=0.6", bowl(1.007, 0.5449), 25, (0.2, 6.0))
    assert run_status(trajectory, 25).period == pytest.approx(3.872, rel=1e-3)


def test_swings_of_the_loss_without_a_trend_wander() -> None:
    """The medians differ by a small part of the range of the losses: whichever is lower is chance."""
    statuses = statuses_of("fromage lr=0.1659", "logistic_regression", range(41, 76), (2.15, -0.506))
    assert kinds_in_turn(statuses) == ["wandering"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "surface", "steps"),
    [
        ("momentum lr=0.001 momentum=0.99", "himmelblau", range(120, 800, 3)),
        ("averaged_momentum momentum=0.99", "himmelblau", range(120, 500, 3)),
        ("momentum lr=0.001 momentum=0.99", "styblinski_tang", range(300, 800, 3)),
        ("averaged_momentum momentum=0.99", "rastrigin", range(240, 500, 3)),
        ("averaged_momentum momentum=0.99", "egg_crate", range(240, 500, 3)),
    ],
)
def test_swings_of_two_modes_below_the_limit_never_grow(run: str, surface: str, steps: range) -> None:
    """Both modes decay, although their sum is wider at times: the learning rate is below its limit."""
    statuses = statuses_of(run, surface, steps)
    assert kinds_in_turn(statuses) == ["oscillating"]
    assert not [status.sentence for status in statuses if status.growth is not None and status.growth > 1]
    assert any("with varying amplitude" in status.sentence for status in statuses)


@pytest.mark.parametrize(
    ("run", "surface", "steps"),
    [
        ("sgd lr=0.8", "elongated_bowl", range(20, 90, 10)),
        ("sgd lr=0.6", "elongated_bowl", range(90, 130, 5)),
        ("sgd lr=0.01", "linear_regression_mean", range(3, 100, 8)),
        ("sgd lr=0.05", "branin", range(10, 140, 10)),
    ],
)
def test_a_swing_that_has_died_out_is_not_reported(run: str, surface: str, steps: range) -> None:
    """What is left is the monotone approach along the valley."""
    assert kinds_in_turn(statuses_of(run, surface, steps)) == ["descending"]


def test_the_width_of_varying_swings_is_that_of_the_named_steps() -> None:
    trajectory = trajectory_of("momentum lr=0.001 momentum=0.99", "himmelblau", 600, SURFACES["himmelblau"].start)
    status = next(
        status
        for step in range(300, 600)
        if "the last 48 steps is" in (status := run_status(trajectory, step)).sentence
    )
    step = next(step for step in range(300, 600) if run_status(trajectory, step) == status)
    points = [complex(trajectory.xs[k], trajectory.ys[k]) for k in range(step - 48, step + 1)]
    assert status.width == pytest.approx(max(abs(a - b) for a in points for b in points))
    assert (status.growth, status.period, status.relation) == (None, None, "below")


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["booth", "linear_regression", "styblinski_tang"])
def test_irregular_steps_of_lamb_wander(surface: str) -> None:
    """Its steps have the length of lr |x| whatever the gradient is; the widths of its swings vary without a trend."""
    assert kinds_in_turn(statuses_of("lamb lr=0.05", surface, range(500, 700))) == ["wandering"]
