"""The stability limit and Polyak's optimum, against runs."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis.map_theory import critical_damping, limit_curve, polyak_optimum, settings_theory
from app.engine.settings_map import settings_map
from app.engine.trajectory import Trajectory
from app.model.run import Run
from surfaces import SURFACES

BOWL = SURFACES["elongated_bowl"]  # curvatures 2 and 0.1


def test_the_limit_of_momentum_over_its_values() -> None:
    curve = limit_curve(Run("momentum"), BOWL, (0.0, 0.0), "momentum", (0.0, 0.5, 0.9))
    assert curve is not None
    assert curve.learning_rates == pytest.approx([1.0, 1.5, 1.9])
    assert curve.formula == "2(1 + momentum)/λmax"


def test_no_limit_is_shown_where_none_is_known() -> None:
    assert limit_curve(Run("lion"), BOWL, (0.0, 0.0)) is None
    assert limit_curve(Run("sgd", {"clip_norm": 1.0}), BOWL, (0.0, 0.0)) is None


def test_polyaks_optimum_is_the_fastest_setting_on_a_quadratic() -> None:
    optimum = polyak_optimum(Run("momentum"), BOWL, (0.0, 0.0))
    assert optimum is not None
    result = settings_map(Run("momentum"), BOWL, (-7.0, 2.0), 300, ("lr", "momentum"), 120)
    fastest = result.steps[result.steps > 0].min()
    near = (np.abs(np.log(result.first / optimum[0])) < 0.25)[None] & (np.abs(result.second - optimum[1]) < 0.1)[
        :, None
    ]
    assert result.steps[near & (result.steps > 0)].min() <= 1.3 * fastest


def test_polyaks_optimum_is_only_known_for_momentum_on_quadratics() -> None:
    assert polyak_optimum(Run("momentum"), SURFACES["rosenbrock"], (1.0, 1.0)) is None
    assert polyak_optimum(Run("nesterov"), BOWL, (0.0, 0.0)) is None
    assert polyak_optimum(Run("momentum", {"noise": 1.0}), BOWL, (0.0, 0.0)) is None
    assert polyak_optimum(Run("momentum"), SURFACES["saddle"], (0.0, 0.0)) is None


@pytest.mark.parametrize("run", ["momentum", "momentum_torch", "nesterov", "averaged_momentum dampening=0.5"])
@pytest.mark.parametrize("coordinate", [0, 1])
def test_runs_oscillate_above_critical_damping_and_not_below(run: str, coordinate: int) -> None:
    parsed, start = Run.parse(run), ((-7.0, 0.0), (0.0, 2.0))[coordinate]  # along one eigenvector
    (slow, fast) = critical_damping(parsed, BOWL, (0.0, 0.0), "momentum", (0.3, 0.7))
    for k, momentum in enumerate((0.3, 0.7)):
        rate = float((slow, fast)[coordinate][k])
        for factor, oscillates in ((0.8, False), (1.3, True)):
            settings = parsed.with_hyperparameter("momentum", momentum).with_hyperparameter("lr", factor * rate)
            trajectory = Trajectory(settings, BOWL, start)
            trajectory.advance(80)
            values = trajectory.values_between(0, 80)[coordinate]
            assert (np.diff(np.sign(values[np.abs(values) > 1e-12])) != 0).any() == oscillates


def test_critical_damping_of_the_flattest_direction_leads_to_polyaks_optimum() -> None:
    optimum = polyak_optimum(Run("momentum"), BOWL, (0.0, 0.0))
    assert optimum is not None
    slow, fast = critical_damping(Run("momentum"), BOWL, (0.0, 0.0), "momentum", (optimum[1],))
    assert slow == pytest.approx([optimum[0]])
    assert fast == pytest.approx([optimum[0] * ((1 - optimum[1] ** 0.5) / (1 + optimum[1] ** 0.5)) ** 2])


def test_critical_damping_is_unknown_elsewhere() -> None:
    for run, surface_id in (("adam", "elongated_bowl"), ("momentum", "rosenbrock"), ("momentum clip_norm=1", "sphere")):
        assert critical_damping(Run.parse(run), SURFACES[surface_id], (0.0, 0.0), "momentum", (0.5,)) == ()
    assert len(critical_damping(Run("momentum"), SURFACES["sphere"], (0.0, 0.0), "momentum", (0.5,))) == 1


def test_settings_map_has_the_damping_of_both_directions() -> None:
    result = settings_map(Run("momentum"), BOWL, (-7.0, 2.0), 20, ("lr", "momentum"), 8)
    assert len(settings_theory(Run("momentum"), BOWL, result).damping) == 2
