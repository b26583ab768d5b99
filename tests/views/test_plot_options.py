"""Options of the contour plot and the 3D surface: scales, levels, colors, numbers at the labels."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

from app.analysis.height_map import MIN_LOG_DECADES, height_map_for, vertical_height_map_for
from app.model.experiment import Experiment
from app.model.plot_options import COLORMAPS, MAX_LEVELS, MIN_LEVELS, PlotOptions
from app.plotting.colormap import surface_colormap
from app.theming.theme import THEMES
from app.views.camera import HALF_HEIGHT
from app.views.color_bar import bar_ticks
from app.views.contour_view import ContourView
from app.views.surface_axes import axis_ticks, height_ticks
from app.views.surface_view import SurfaceView
from surfaces import SURFACES
from tests.views.drawing import draw_view


def with_options(surface: str, **options: Any) -> Experiment:
    return Experiment(surface, plot_options=PlotOptions(**options))


# Scales


@pytest.mark.parametrize("surface", SURFACES)
def test_heights_are_linear_where_losses_span_less_than_three_decades(surface: str) -> None:
    height_map = vertical_height_map_for(Experiment(surface))
    if height_map_for(Experiment(surface)).decades < MIN_LOG_DECADES == 3.0:
        assert height_map.scale == "linear"
    for scale in ("linear", "log"):
        assert vertical_height_map_for(with_options(surface, height_scale=scale)).scale == scale
        assert height_map_for(with_options(surface, level_scale=scale)).scale == scale


def test_some_surfaces_have_linear_and_some_logarithmic_heights() -> None:
    scales = {vertical_height_map_for(Experiment(surface)).scale for surface in ("rosenbrock", "beale")}
    assert scales == {"linear", "log"}


def test_the_3d_surface_has_the_heights_of_the_chosen_scale_and_keeps_its_colors() -> None:
    x, y = np.array([-1.0, 0.0, 1.5]), np.array([0.5, -1.0, 2.0])
    losses = SURFACES["rosenbrock"](x, y)[0]
    views = {}
    for scale in ("linear", "log"):
        view, _ = draw_view("relief", with_options("rosenbrock", height_scale=scale))
        assert isinstance(view, SurfaceView)
        views[scale] = view
        z = (view.height_map.normalized_height(losses) * 2 - 1) * HALF_HEIGHT
        ratios = np.diff(z) / np.diff(losses)
        assert np.allclose(ratios, ratios[0]) == (scale == "linear")
    linear, log = (views[scale].mesh for scale in ("linear", "log"))
    assert (linear.z != log.z).any()
    # Lit differently, but the hue of each cell shows the same loss
    hues = [mesh.colors[..., :3] / mesh.colors[..., :3].sum(axis=2, keepdims=True) for mesh in (linear, log)]
    np.testing.assert_allclose(*hues, atol=0.06)


def test_another_surface_has_its_own_scales_again_but_the_same_colors() -> None:
    experiment = with_options("rosenbrock", height_scale="log", level_scale="linear", colormap="magma", levels=20)
    options = experiment.with_surface("sphere").plot_options
    assert (options.height_scale, options.level_scale) == ("auto", "auto")
    assert (options.colormap, options.levels) == ("magma", 20)


# Levels and colors


def contour_artists(experiment: Experiment) -> list[QuadContourSet]:
    view, _ = draw_view("contour", experiment, size=(6.0, 5.0))
    assert isinstance(view, ContourView)
    return [artist for artist in view.static_artists if isinstance(artist, QuadContourSet)]


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["rosenbrock", "sphere", "styblinski_tang", "branin"])
@pytest.mark.parametrize("count", [MIN_LEVELS, 10, 30, MAX_LEVELS])
def test_the_number_of_lines_is_about_the_chosen_one(surface: str, count: int) -> None:
    *_, lines = contour_artists(with_options(surface, levels=count))
    assert count / 2.5 <= len(lines.levels) <= count * 2


def test_levels_are_filled_or_lines_in_the_colors_of_the_map() -> None:
    filled, lines = contour_artists(with_options("sphere"))
    assert filled.filled
    assert not lines.filled
    (lines,) = contour_artists(with_options("sphere", level_style="lines"))
    assert not lines.filled
    assert len({tuple(color) for color in lines.get_edgecolor()}) > 5


def test_labels_and_color_bar_can_be_left_out() -> None:
    for options, has_labels, has_bar in (({}, True, True), ({"level_labels": False, "color_bar": False}, False, False)):
        view, _ = draw_view("contour", with_options("sphere", **options), size=(6.0, 5.0))
        assert isinstance(view, ContourView)
        assert bool(view.axes.texts[:-1]) == has_labels, "the last text is the key"
        assert (view.color_bar is not None) == has_bar


def test_the_color_bar_stands_beside_the_axes_and_its_colors_are_those_of_the_levels() -> None:
    for equal in (False, True):
        view, _ = draw_view("contour", with_options("elongated_bowl", equal_axes=equal), size=(6.0, 5.0))
        assert isinstance(view, ContourView)
        assert view.color_bar is not None
        view.fit_labels()
        view.figure.canvas.draw()
        bar, axes = view.color_bar.axes.bbox, view.axes.bbox
        assert axes.x1 < bar.x0 < bar.x1 < 600
        assert (bar.y0, bar.y1) == pytest.approx((axes.y0, axes.y1))
        assert bar.width < 0.04 * axes.width
        assert all(text.get_window_extent().x1 <= 600 for text in view.color_bar.axes.get_yticklabels())
        pixels = np.asarray(view.figure.canvas.buffer_rgba())[::-1, :, :3].astype(int)  # type: ignore[attr-defined]
        height_map = view.height_map
        for x, y in ((-7.5, 3.2), (2.0, -3.1), (9.0, 4.4)):
            column, row = view.axes.transData.transform((x, y)).astype(int)
            level = float(height_map.normalized_height(SURFACES["elongated_bowl"](x, y)[0]))
            expected = pixels[int(bar.y0 + level * bar.height), int((bar.x0 + bar.x1) / 2)]
            area = pixels[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3)
            assert np.abs(area - expected).max(axis=1).min() < 25


def test_a_small_contour_plot_has_no_color_bar() -> None:
    view, _ = draw_view("contour", with_options("sphere"), size=(2.4, 2.0))
    assert isinstance(view, ContourView)
    view.fit_labels()
    assert view.color_bar is not None
    assert not view.color_bar.axes.get_visible()


@pytest.mark.parametrize("name", COLORMAPS)
def test_every_colormap_rises_evenly_in_lightness(name: str) -> None:
    for theme in THEMES.values():
        colors = surface_colormap(theme, name)(np.linspace(0, 1, 64))[:, :3]
        linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
        luminance = linear @ (0.2126, 0.7152, 0.0722)
        lightness = np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
        steps = np.diff(lightness)
        assert (steps > 0).all()
        assert steps.max() < 3 * np.median(steps)


# Numbers


def significant_digits(label: str) -> int:
    mantissa = re.sub(r"e.*", "", label.replace("−", "").replace(",", "")).replace(".", "").strip("0")
    return len(mantissa)


@pytest.mark.parametrize("surface", SURFACES)
def test_numbers_at_the_labels_have_at_most_three_digits_and_are_true(surface: str) -> None:
    for scale in ("auto", "linear", "log"):
        experiment = with_options(surface, height_scale=scale, level_scale=scale)
        heights, levels = vertical_height_map_for(experiment), height_map_for(experiment)
        labels = [*height_ticks(heights), *bar_ticks(levels), *axis_ticks(levels, 0), *axis_ticks(levels, 1)]
        assert max(significant_digits(label) for _, label in labels) <= 3
        for position, label in bar_ticks(levels):
            loss = float(label.replace("−", "-"))
            assert float(levels.normalized_height(loss)) == pytest.approx(position, abs=1e-3)
