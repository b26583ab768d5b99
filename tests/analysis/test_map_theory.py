"""The stability limit and Polyak's optimum, against runs."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis.map_theory import limit_curve, polyak_optimum
from app.engine.settings_map import settings_map
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
