"""Markers of steps, and the lines that are left out of dense paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from app.model.experiment import Experiment
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.plotting.step_thinning import (
    FIRST_STEPS,
    FULL_MARKER_SPACING,
    MARKER_SIZES,
    MIN_MARKER_SPACING,
    StepThinning,
    ThinnedSteps,
)
from app.theming.theme import LIGHT
from app.views.base_view import PATH_WIDTH
from app.views.path_view import PathView
from tests.views.drawing import draw_view

SIZE, SCALE = (600.0, 450.0), 100 / 72


def make_path(kind: str, count: int = 400) -> np.ndarray:
    """Return a path in pixels (count, 2)."""
    k = np.arange(count)
    if kind == "zigzag":
        return np.column_stack([50 + 0.7 * k, 200 + 90 * (-1.0) ** k])
    if kind == "slow":
        return np.column_stack([20 + 0.5 * k, np.full(count, 80.0)])
    if kind == "spiral":
        return np.column_stack([300 + 0.4 * k * np.cos(k * 0.3), 220 + 0.4 * k * np.sin(k * 0.3)])
    points = np.random.default_rng(4).normal((300, 220), 120, (count, 2))
    points[7], points[300:] = np.nan, points[300:] * 1e9
    return points


def at_once(points: np.ndarray) -> ThinnedSteps:
    return StepThinning(SIZE, SCALE).extend(np.arange(len(points)), points, keep=True)


def test_each_step_has_a_marker_where_steps_are_far_apart_and_none_where_they_are_close() -> None:
    spacing = np.linspace(40.0, 0.2, 80) * SCALE
    points = np.column_stack([10 + np.cumsum(spacing), np.full(80, 100.0)])
    classes = StepThinning((1e5, 300.0), SCALE).extend(np.arange(80), points, keep=True).marker_class
    spacing = np.diff(points[:, 0]) / SCALE
    assert (classes[1:][spacing > FULL_MARKER_SPACING] == len(MARKER_SIZES)).all()
    assert (classes[1:][spacing < MIN_MARKER_SPACING] == 0).all()
    assert (np.diff(classes[1:].astype(int)) <= 0).all(), "markers shrink with the distance"
    assert classes[0] == 0, "the start has its own marker"
    assert min(MARKER_SIZES) > PATH_WIDTH, "the smallest one merges with the line"


@pytest.mark.parametrize("kind", ["zigzag", "slow", "spiral", "noise"])
@settings(deadline=None)
@given(ends=st.lists(st.integers(1, 399), max_size=8).map(sorted))
@pytest.mark.slow
def test_a_path_that_grows_piece_by_piece_is_thinned_as_if_it_were_drawn_at_once(kind: str, ends: list[int]) -> None:
    """Each piece repeats some earlier steps and is computed without being kept before, as in the frames of a canvas."""
    points, expected = make_path(kind), at_once(make_path(kind))
    thinning = StepThinning(SIZE, SCALE)
    first = 0
    for end in [*ends, len(points)]:
        start = max(first - 5, 0)
        for keep in (False, True):
            result = thinning.extend(np.arange(start, end), points[start:end], keep)
            for values, whole in zip(result, expected, strict=True):
                np.testing.assert_array_equal(values, whole[start:end])
        first = end


@pytest.mark.parametrize("kind", ["zigzag", "slow", "spiral", "noise"])
def test_what_is_drawn_does_not_change_when_the_path_goes_on(kind: str) -> None:
    points = make_path(kind)
    whole = at_once(points)
    for count in (2, 50, 173):
        for part, values in zip(at_once(points[:count]), whole, strict=True):
            np.testing.assert_array_equal(part, values[:count])


def test_only_long_steps_that_lie_side_by_side_are_left_out() -> None:
    assert not at_once(make_path("slow")).omitted.any()
    assert 0.3 < at_once(make_path("zigzag")).omitted.mean() < 0.95
    noise = at_once(make_path("noise")).omitted
    assert not noise[: FIRST_STEPS + 1].any(), "few steps can be followed"
    assert noise[FIRST_STEPS:].any()
    far_zigzag = np.column_stack([50 + 30.0 * np.arange(15), 200 + 90 * (-1.0) ** np.arange(15)])
    assert not at_once(far_zigzag).omitted.any()


class CountingRenderer(PathRenderer):
    """A renderer that notes the sizes of the markers of steps."""

    def __init__(self, backend_renderer: Any) -> None:
        super().__init__(backend_renderer)
        self.step_markers: list[tuple[Any, float, int]] = []

    def draw_markers(self, points: np.ndarray, marker: Any, size: float, *args: Any) -> None:
        if size in MARKER_SIZES:
            self.step_markers.append((marker, size, len(points)))
        super().draw_markers(points, marker, size, *args)


ZIGZAG = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.95}),))


def drawn_markers(experiment: Experiment, steps: int, view_id: str = "contour", low_quality: bool = False) -> list[Any]:
    view, _ = draw_view(view_id, experiment, steps, (8.0, 6.0))
    view.low_quality = low_quality
    renderer = CountingRenderer(view.figure.canvas.get_renderer())  # type: ignore[attr-defined]
    view.draw_paths(renderer, steps)
    return renderer.step_markers


@pytest.mark.slow
def test_the_steps_of_the_lesson_are_marked_and_the_option_removes_them() -> None:
    markers = drawn_markers(ZIGZAG, 10)
    assert sum(count for _, _, count in markers) == 10
    assert {marker for marker, _, _ in markers} == {LIGHT.styles(ZIGZAG.runs)[0].marker}
    assert drawn_markers(ZIGZAG, 10, "relief")
    assert not drawn_markers(ZIGZAG, 10, "loss")
    without = replace(ZIGZAG, plot_options=replace(ZIGZAG.plot_options, step_markers=False))
    assert not drawn_markers(without, 10)
    assert drawn_markers(ZIGZAG, 10, low_quality=True), "they stay while the timeline is dragged"


@pytest.mark.slow
@pytest.mark.parametrize(("learning_rate", "steps"), [(0.9999, 5000), (1.0, 1000), (0.9995, 300), (0.9995, 40)])
def test_a_dense_zigzag_is_no_slab(learning_rate: float, steps: int) -> None:
    experiment = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": learning_rate}),))
    view, _ = draw_view("contour", experiment, steps, (8.0, 6.0))
    canvas: Any = view.figure.canvas
    assert isinstance(view, PathView)
    view.draw_paths(PathRenderer(canvas.get_renderer()), steps)
    corners = view.axes.transData.transform([(-6.8, -1.6), (0.0, 1.6)]).astype(int)
    image = np.asarray(canvas.buffer_rgba())[::-1, :, :3].astype(int)
    band = image[corners[0, 1] : corners[1, 1], corners[0, 0] : corners[1, 0]]
    is_run_color = np.abs(band - np.array(to_rgb(LIGHT.run_colors[0])) * 255).max(axis=2) < 40
    assert 0.05 < is_run_color.mean() < 0.6
    assert is_run_color.mean(axis=0)[len(is_run_color[0]) // 2 :].min() < 0.2, "there are gaps near the minimum too"


def test_the_selected_run_is_drawn_last() -> None:
    experiment = Experiment("sphere", runs=(Run("sgd"), Run("adam"), Run("momentum")))
    view, _ = draw_view("contour", experiment, 30)
    assert view.scene is not None
    colors: list[str] = []

    class ColorRenderer(PathRenderer):
        def draw_line(self, points: np.ndarray, color: str, *args: Any, **kwargs: Any) -> None:
            colors.append(color)
            super().draw_line(points, color, *args, **kwargs)

    for selected in (0, 1, 2):
        view.scene = replace(view.scene, selected_run=selected)
        for draw in (view.draw_paths, lambda renderer, step: view.draw_path_segments(renderer, 0, step)):
            colors.clear()
            draw(ColorRenderer(view.figure.canvas.get_renderer()), 30)  # type: ignore[attr-defined]
            assert colors[-1] == view.scene.styles[selected].color
    view.selected_on_top = True
    view.scene.race.advance(300)
    colors.clear()
    view.draw_paths(ColorRenderer(view.figure.canvas.get_renderer()), 300)  # type: ignore[attr-defined]
    is_selected = [color == view.scene.styles[2].color for color in colors]
    others = {style.color for style in view.scene.styles[:2]}
    assert not others & set(colors[is_selected.index(True) :]), "the whole path lies over all others"
