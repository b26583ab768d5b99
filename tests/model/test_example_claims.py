"""What the titles of the examples say happens by the step at which they stop."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis.run_status import run_status
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.io.experiment_files import examples, load


def trajectories(name: str) -> list[Trajectory]:
    """Return the trajectories of an example at the step at which it stops."""
    experiment = load(name)
    race = Race(experiment)
    race.advance(experiment.steps or 0)
    return race.trajectories


def positions(trajectory: Trajectory) -> np.ndarray:
    return np.array([trajectory.xs, trajectory.ys]).T


def gradient_norm(trajectory: Trajectory) -> float:
    return float(np.hypot(*trajectory.surface_at(0)(trajectory.xs[-1], trajectory.ys[-1])[1]))


def test_why_momentum() -> None:
    """Momentum is ahead; SGD is slow without a zigzag, or zigzags and is still behind."""
    slow, zigzag, momentum = trajectories("why_momentum")
    assert [run.optimizer for run in load("why_momentum").runs] == ["sgd", "sgd", "momentum"]
    assert momentum.losses[-1] < zigzag.losses[-1] / 1000 < slow.losses[-1] / 1000
    assert all(momentum.losses[step] < min(slow.losses[step], zigzag.losses[step]) for step in (30, 40, 50, 60))
    assert (np.diff(slow.ys) < 0).all()
    assert (np.diff(np.sign(zigzag.ys)) != 0).all()


def test_why_bias_correction() -> None:
    """Without the correction, the first steps are 3 to 6 times as long, and the run ends in the wrong basin."""
    corrected, uncorrected = trajectories("why_bias_correction")
    assert [run.hyperparameters["bias_correction"] for run in load("why_bias_correction").runs] == [1, 0]
    assert load("why_bias_correction").loss_plot.quantity == "step"
    steps = [np.hypot(*np.diff(positions(each), axis=0).T) for each in (corrected, uncorrected)]
    assert (steps[1][:3] > 3 * steps[0][:3]).all()
    ends = [each.surface_at(0).distance_to_minimum(each.xs[-1], each.ys[-1]) for each in (corrected, uncorrected)]
    assert ends[0] < 0.1 < 1.5 < ends[1]


def test_the_stability_limit() -> None:
    """Far below 2/λmax SGD does not oscillate, below it the oscillation fades, at it it stays, above it it grows."""
    runs = trajectories("stability_limit")
    curvature = np.linalg.eigvalsh(runs[0].surface_at(0).hessian(0.0, 0.0)).max()
    rates = [run.hyperparameters["lr"] * curvature / 2 for run in load("stability_limit").runs]
    assert rates == pytest.approx([0.5, 0.9, 1.0, 1.02])
    factors = [np.array(each.ys[1:]) / np.where(np.array(each.ys[:-1]) == 0, 1, each.ys[:-1]) for each in runs]
    for factor, expected in zip(factors, (0.0, -0.8, -1.0, -1.04), strict=True):
        np.testing.assert_allclose(factor, expected, atol=1e-12)
    assert (np.diff(runs[3].losses[-5:]) > 0).all()
    assert "exceeds the stability limit 2/λmax = 1" in run_status(runs[3], 20).sentence
    assert "equals the stability limit 2/λmax" in run_status(runs[2], 20).sentence
    (left, right), (bottom, top) = runs[0].surface_at(0).bounds
    for each in runs:
        assert left <= min(each.xs) < max(each.xs) <= right
        assert bottom <= min(each.ys) < max(each.ys) <= top


def test_sgd_zigzags_on_the_elongated_bowl() -> None:
    (run,) = trajectories("elongated_bowl")
    assert (np.diff(np.sign(run.ys)) != 0).all()


def test_momentum_follows_the_valley_of_rosenbrock() -> None:
    (run,) = trajectories("rosenbrock_momentum")
    x, y = positions(run)[2500:].T
    assert np.abs(y - x * x).max() < 0.1
    assert run.losses[-1] < 0.01


def test_the_line_is_fitted() -> None:
    (run,) = trajectories("linear_regression")
    assert run.surface_at(0).distance_to_minimum(run.xs[-1], run.ys[-1]) < 0.01


def test_one_start_leads_to_different_minima_of_himmelblau() -> None:
    minima = {
        min(each.surface_at(0).minima, key=lambda minimum, each=each: np.hypot(*(minimum - positions(each)[-1])))  # type: ignore[misc]
        for each in trajectories("four_valleys")
    }
    assert len(minima) == 2


def test_one_optimizer_is_first_to_leave_the_saddle() -> None:
    first_steps = [int(np.argmax(np.abs(each.ys) > 1)) for each in trajectories("saddle")]
    assert first_steps[0] == 0 < min(first_steps[1:])
    assert first_steps[2] == min(first_steps[1:])


def test_all_runs_on_rastrigin_are_trapped() -> None:
    for each in trajectories("local_minima"):
        assert gradient_norm(each) < 0.01
        assert each.surface_at(0).distance_to_minimum(each.xs[-1], each.ys[-1]) > 1
        assert (np.linalg.eigvalsh(each.surface_at(0).hessian(each.xs[-1], each.ys[-1])) > 0).all()


def test_three_implementations_of_nadam_take_three_paths() -> None:
    paths = [positions(each) for each in trajectories("three_nadams")]
    assert min(np.abs(paths[i] - paths[j]).max() for i, j in ((0, 1), (0, 2), (1, 2))) > 0.1


def test_newton_is_drawn_to_a_saddle_point() -> None:
    newton, saddle_free, *_ = trajectories("newton_at_a_saddle")
    for each, sign in ((newton, -1), (saddle_free, 1)):
        assert gradient_norm(each) < 1e-6
        assert np.sign(np.linalg.eigvalsh(each.surface_at(0).hessian(each.xs[-1], each.ys[-1])).min()) == sign


def test_runs_with_and_without_gradients_reach_the_minimum() -> None:
    assert max(each.losses[-1] for each in trajectories("with_and_without_gradients")) < 1e-6


def test_the_neuron_is_stuck() -> None:
    sgd, adam, normalized = trajectories("plateau_of_a_neuron")
    assert min(sgd.losses[-1], adam.losses[-1]) > 80 * normalized.losses[-1]


def test_a_schedule_beats_noise() -> None:
    constant, *scheduled = trajectories("noise_and_a_schedule")
    assert constant.losses[-1] > 100 * max(each.losses[-1] for each in scheduled)


def test_momentum_leaves_the_nearer_minimum_of_a_curve() -> None:
    sgd, momentum = trajectories("one_variable")
    (lowest,) = sgd.surface_at(0).minima  # type: ignore[attr-defined]
    assert sgd.xs[-1] == pytest.approx(1.1309, abs=1e-4)
    assert momentum.xs[-1] == pytest.approx(lowest[0], abs=0.01)
    assert sgd.losses[-1] > momentum.losses[-1] + 2
    assert not any((*sgd.ys, *momentum.ys))


def test_every_example_has_its_claim_tested() -> None:
    with open(__file__, encoding="utf-8") as file:
        source = file.read()
    assert not [name for name in examples() if f'"{name}"' not in source]
