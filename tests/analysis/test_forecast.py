"""The continuation of a run under its present hyperparameters."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis.status.forecast import forecast_positions
from app.model.run import Run
from tests.analysis.status_runs import trajectory_of


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
    surface = trajectory.surface_at(0)
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
