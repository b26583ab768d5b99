"""The curve of a loss over x: what it shows, its limits and scales, and the tangent."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.plot_options import PlotOptions
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.views import MAIN_VIEWS, VIEWS, Scene
from app.views.curve_view import CurveView
from surfaces import SURFACES
from tests.views.drawing import draw_view

DOUBLE_WELL = "x^4 - 3x^2 + x"


def experiment(formula: str = DOUBLE_WELL, x: float = 2.0, **more: object) -> Experiment:
    return Experiment(formula=formula, start=(x, 0.0), runs=(Run("sgd", {"lr": 0.02}),), **more)  # type: ignore[arg-type]


def curve_view(shown: Experiment, steps: int = 5) -> CurveView:
    view, _ = draw_view("curve", shown, steps)
    assert isinstance(view, CurveView)
    return view


def test_one_main_view_applies_to_every_surface() -> None:
    for shown in (experiment(), Experiment("sphere"), Experiment(formula="x^2 + y^2")):
        scene = Scene(Race(shown))
        applicable = {name for name, view in VIEWS.items() if view.applies_to(scene)}
        assert len(applicable & set(MAIN_VIEWS)) == 1
        assert ("relief" in applicable) == (shown.surface.dimension == 2)


def test_runs_start_and_minima_lie_on_the_curve() -> None:
    view = curve_view(experiment())
    assert view.scene is not None
    trajectory, surface = view.scene.race.trajectories[0], view.scene.race.surface
    steps = np.arange(6)
    xs = np.array(trajectory.xs)[:, None] * [1, 0]
    np.testing.assert_allclose(view.pixel_positions(trajectory, steps)[0], view.surface_pixels(xs), atol=1e-6)
    (x, y), ((minimum_x, minimum_y),) = (
        view.axes.transData.inverted().transform(view.start_position())[0],
        [view.axes.transData.inverted().transform(view.surface_pixels(np.array(surface.minima)))[0]],
    )
    assert (x, y) == pytest.approx((2.0, 6.0))
    assert (minimum_x, minimum_y) == pytest.approx((-1.30084, -3.51391), abs=1e-4)


def test_the_limits_show_the_wells_and_the_start() -> None:
    low, high = curve_view(experiment(x=1.0)).axes.get_ylim()
    assert -6 < low < -3.5
    assert 1 < high < 10
    assert curve_view(experiment(x=4.0)).axes.get_ylim()[1] > 212, "the loss at the start"


def test_a_logarithmic_height_keeps_the_order_and_has_the_losses_at_its_ticks() -> None:
    view = curve_view(experiment("x^2", plot_options=PlotOptions(height_scale="log")))
    ticks = view.axes.get_yticks()
    labels = [label.get_text() for label in view.axes.get_yticklabels()]
    losses = [float(label) for label in labels]
    assert losses == sorted(losses)
    np.testing.assert_allclose(view.loss_scale.to_coordinate(losses), ticks)
    assert "log" in view.axes.get_ylabel()
    below = view.loss_scale.to_coordinate([-1.0, 0.0, 1.0])
    assert below[0] == pytest.approx(-below[2]), "the scale goes on below the lowest loss"


def test_a_pole_breaks_the_curve() -> None:
    y = curve_view(experiment("1/x", 1.0)).curve.get_ydata()
    assert np.isnan(np.asarray(y, float)).any()


@pytest.mark.parametrize(
    "formula", ["x^2", "|x|", "sin(3x) + x^2/5", "5", "log x", "sqrt(x)", "floor(x)", "1/x^2", "e^(x^2)", "1e300 x^2"]
)
def test_any_formula_is_drawn(formula: str) -> None:
    shown = Experiment(formula=formula, runs=(Run("sgd"), Run("nelder_mead"), Run("cma_es"), Run("newton")))
    view = curve_view(shown, 3)
    renderer = PathRenderer(view.figure.canvas.get_renderer())  # type: ignore[attr-defined]
    view.redraw(renderer, 3)
    view.draw_current_markers(renderer)
    low, high = view.axes.get_ylim()
    assert np.isfinite([low, high]).all()
    assert low < high


def test_another_part_is_computed_again() -> None:
    view = curve_view(experiment())
    view.set_viewport(((-1.4, -1.2), (-3.52, -3.4)))
    x = np.asarray(view.curve.get_xdata(), float)
    assert (x.min(), x.max(), x.size > 2000) == (-1.4, -1.2, True)
    view.set_viewport(None)
    assert view.axes.get_xlim() == (-5.0, 5.0)


def test_the_catalog_has_no_curve() -> None:
    assert not any(CurveView.applies_to(Scene(Race(Experiment(name)))) for name in SURFACES)
