"""Zoom and pan of the contour plot by wheel, mouse and keys, down to the resolution of floats; setting the start."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PyQt6.QtWidgets import QApplication

from app.analysis.height_map import HeightMap
from app.engine.race import Race
from app.gui.canvas.contour_viewport import MAX_RELATIVE_SIZE, MIN_RELATIVE_SIZE, MIN_RELATIVE_SPACING, bounds_size
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.views import Scene
from app.views.contour_image import resample
from app.views.contour_view import ContourView
from app.views.surface_view import SurfaceView
from surfaces import SURFACES
from surfaces.surface import Bounds
from tests.gui.test_plot_canvas import pixels
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]


def send_mouse_event(window: MainWindow, kind: str, x: float, y: float, **more: object) -> None:
    """Send a mouse event at a position given in fractions of the axes of the contour plot."""
    canvas = window.canvases["contour"]
    canvas.callbacks.process(kind, MouseEvent(kind, canvas, *canvas.view.axes.transAxes.transform((x, y)), **more))


def press(window: MainWindow, x: float, y: float, **more: object) -> None:
    send_mouse_event(window, "button_press_event", x, y, button=1, **more)


def drag(window: MainWindow, *positions: tuple[float, float]) -> None:
    press(window, *positions[0])
    for position in positions[1:]:
        send_mouse_event(window, "motion_notify_event", *position)
    send_mouse_event(window, "button_release_event", *positions[-1], button=1)


def click(window: MainWindow, x: float, y: float) -> None:
    drag(window, (x, y))


def visible_bounds(window: MainWindow) -> Bounds:
    axes = window.canvases["contour"].view.axes
    return tuple(axes.get_xlim()), tuple(axes.get_ylim())


def to_axes_fraction(window: MainWindow, point: tuple[float, float]) -> tuple[float, float]:
    axes = window.canvases["contour"].view.axes
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(point))
    return float(x), float(y)


@pytest.mark.slow
def test_the_wheel_zooms_about_the_pointer_and_the_levels_follow(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("himmelblau"))
    view, full_bounds, levels = (
        window.canvases["contour"].view,
        visible_bounds(window),
        window.canvases["contour"].view.height_map,
    )
    for step in (1, 1, 1):
        send_mouse_event(window, "scroll_event", 0.25, 0.75, step=step)
    assert view.interacting
    process_events(application)
    window.view_area.viewport.end_interaction()
    process_events(application)
    assert not view.interacting
    zoomed_bounds = visible_bounds(window)
    assert bounds_size(zoomed_bounds) == pytest.approx(np.array(bounds_size(full_bounds)) / 1.25**3)
    assert (
        zoomed_bounds[0][0] * 0.75 + zoomed_bounds[0][1] * 0.25,
        zoomed_bounds[1][0] * 0.25 + zoomed_bounds[1][1] * 0.75,
    ) == pytest.approx(
        (full_bounds[0][0] * 0.75 + full_bounds[0][1] * 0.25, full_bounds[1][0] * 0.25 + full_bounds[1][1] * 0.75)
    )
    assert view.height_map is not levels
    assert view.height_map.bounds == zoomed_bounds
    assert window.view_area.is_zoomed
    for step in (-1, -1, -1):
        send_mouse_event(window, "scroll_event", 0.25, 0.75, step=step)
    assert np.ravel(visible_bounds(window)) == pytest.approx(np.ravel(full_bounds))
    window.view_area.reset_viewport()
    assert (window.view_area.is_zoomed, visible_bounds(window)) == (False, full_bounds)


@pytest.mark.slow
def test_the_wheel_outside_the_axes_does_nothing(open_window: Open) -> None:
    window = open_window()
    send_mouse_event(window, "scroll_event", 1.02, 0.5, step=1)
    assert not window.view_area.is_zoomed


@pytest.mark.slow
def test_zooming_redraws_only_the_contour_plot_and_paths_stay_in_place(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    counted = {name: canvas.full_draw_count for name, canvas in window.canvases.items()}
    for _ in range(4):
        window.view_area.zoom(0.8)
        process_events(application)
    drawn = {name: canvas.full_draw_count - counted[name] for name, canvas in window.canvases.items()}
    assert drawn["contour"] >= 4
    assert drawn["relief"] == drawn["loss"] == 0
    view, race = window.canvases["contour"].view, window.session.race
    x, y, _ = race.trajectories[1].values_between(0, 60)
    pixel_positions = view.pixels_between(race.trajectories[1], 0, 60)[0]
    np.testing.assert_allclose(
        view.axes.transData.inverted().transform(pixel_positions), np.column_stack([x, y]), atol=1e-12
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "styblinski_tang", "linear_regression"])
def test_zooming_stops_where_floats_can_no_longer_be_told_apart(
    open_window: Open, application: QApplication, name: str
) -> None:
    window = open_window(Experiment(name, runs=(Run("adam", {"lr": 0.05}),)))
    window.session.advance(30)
    full_bounds, about = visible_bounds(window), SURFACES[name].minima[0]
    for factor, rounds in ((0.5, 60), (2.0, 80)):
        for _ in range(rounds):
            window.view_area.viewport.zoom(factor, about)
        window.view_area.viewport.end_interaction()
        process_events(application)
        bounds = visible_bounds(window)
        assert all(low < high for low, high in bounds)
        assert all(low <= at <= high for at, (low, high) in zip(about, bounds, strict=True))
        for length, large, (low, high) in zip(bounds_size(bounds), bounds_size(full_bounds), bounds, strict=True):
            least = max(MIN_RELATIVE_SIZE * large, MIN_RELATIVE_SPACING * max(abs(low), abs(high)))
            assert 0.9 * least <= length <= 1.01 * MAX_RELATIVE_SIZE * large
        shares = np.divide(bounds_size(bounds), bounds_size(full_bounds))
        assert shares[0] == pytest.approx(shares[1], rel=1e-3), "no distortion"
        assert (min(shares) < 1e-10) if factor < 1 else (max(shares) == pytest.approx(MAX_RELATIVE_SIZE, rel=0.01))
        assert len(set(np.linspace(*bounds[0], 161))) == 161


@pytest.mark.slow
@pytest.mark.parametrize("depth", [100.0, 1e-5, 1e-12])
@pytest.mark.parametrize("name", SURFACES)
def test_every_surface_can_be_drawn_at_every_zoom_depth(name: str, depth: float) -> None:
    """Warnings are errors: equal levels, constant heights and overflow must not raise one."""
    surface, race = SURFACES[name], Race(Experiment(name, runs=(Run("adam", {"lr": 0.01}),)))
    race.advance(30)
    x, y = surface.minima[0] if surface.minima else surface.start
    wide, high = (
        max((up - low) * depth, MIN_RELATIVE_SPACING * abs(at)) / 2
        for (low, up), at in zip(surface.bounds, (x, y), strict=True)
    )
    figure = Figure(figsize=(3.0, 2.6), dpi=100)
    canvas, view = FigureCanvasAgg(figure), ContourView(figure)
    view.viewport = (x - wide, x + wide), (y - high, y + high)
    view.show_scene(Scene(race))
    view.fit_labels()
    canvas.draw()
    low, up = view.axes.get_xlim()
    ticks = [
        text.get_window_extent()
        for at, text in zip(view.axes.get_xticks(), view.axes.get_xticklabels(), strict=True)
        if low <= at <= up
    ]
    assert ticks
    assert all(a.x1 < b.x0 for a, b in pairwise(ticks)), "tick labels overlap"
    brush = PathRenderer(canvas.get_renderer())
    view.redraw(brush, race.step)
    view.draw_current_markers(brush)
    view.interacting = True
    canvas.draw()


def test_the_color_scale_covers_the_visible_region() -> None:
    height_map = HeightMap(SURFACES["sphere"], ((3.0, 4.0), (3.0, 4.0)))
    assert (height_map.min_height, height_map.min_height + height_map.height_range) == pytest.approx((18.0, 32.0))
    near = HeightMap(SURFACES["rosenbrock"], ((1 - 1e-8, 1 + 1e-8), (1 - 1e-8, 1 + 1e-8)))
    heights = near.round_heights(10)
    assert near.min_height == 0
    assert len(set(heights)) == len(heights) > 4
    assert all(0 < height <= near.height_range for height in heights)


@pytest.mark.slow
def test_the_draft_image_while_zooming_matches_the_contour_plot(open_window: Open, application: QApplication) -> None:
    """Compare where no contour line or path is drawn: same levels, same colors, same orientation."""
    window = open_window(Experiment("booth", (9.0, 9.0)))
    for _ in range(3):
        window.view_area.viewport.zoom(0.8, (-3.0, 2.0))
    process_events(application)
    moving = pixels(window)["contour"][..., :3].astype(int)
    window.view_area.viewport.end_interaction()
    process_events(application)
    still = pixels(window)["contour"][..., :3].astype(int)
    axes_bbox = window.canvases["contour"].view.axes.bbox
    inside = np.s_[
        int(len(still) - axes_bbox.y1) + 3 : int(len(still) - axes_bbox.y0) - 3,
        int(axes_bbox.x0) + 3 : int(axes_bbox.x1) - 3,
    ]
    different = np.abs(moving - still)[inside].max(axis=2)
    assert np.median(different) <= 6
    assert (different > 60).mean() < 0.06
    quarters = np.array([0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(resample(np.array([[0.0, 1.0], [2.0, 3.0]]), 1, 4), [quarters, quarters + 2])


@pytest.mark.slow
def test_dragging_an_empty_region_pans_and_sets_no_start(open_window: Open, application: QApplication) -> None:
    window = open_window()
    before = visible_bounds(window)
    drag(window, (0.7, 0.3), (0.6, 0.35), (0.5, 0.4))
    process_events(application)
    assert window.session.experiment == DEFAULT_EXPERIMENT
    assert not window.canvases["contour"].view.interacting
    (left, right), (bottom, top) = before
    wide, high = right - left, top - bottom
    assert np.ravel(visible_bounds(window)) == pytest.approx(
        (left + 0.2 * wide, right + 0.2 * wide, bottom - 0.1 * high, top - 0.1 * high), abs=0.02
    )
    window.view_area.pan(-0.2, 0.1)
    assert np.ravel(visible_bounds(window)) == pytest.approx(np.ravel(before), abs=0.02)


@pytest.mark.slow
def test_panning_stops_at_the_limits_of_coordinates(open_window: Open) -> None:
    window = open_window()
    for _ in range(3000):
        window.view_area.pan(0.5, 0.0)
    (left, right), _ = visible_bounds(window)
    assert 50 * 4 < left < right < 101 * 4


@pytest.mark.slow
def test_a_second_click_sets_the_start_on_release(open_window: Open) -> None:
    window = open_window()
    click(window, 0.15, 0.85)
    press(window, 0.15, 0.85)
    assert window.session.experiment == DEFAULT_EXPERIMENT
    send_mouse_event(window, "button_release_event", 0.15, 0.85, button=1)
    assert window.session.experiment.start == pytest.approx((-1.4, 2.4), abs=0.01)
    assert window.session.race.step == 60
    assert not window.view_area.is_zoomed


@pytest.mark.slow
def test_a_double_click_sets_the_start_and_keeps_the_zoom(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.session.advance(7)
    window.view_area.zoom(0.5)
    window.view_area.viewport.end_interaction()
    process_events(application)
    experiment, step = window.session.experiment, window.session.race.step
    click(window, 0.9, 0.8)
    assert window.session.experiment == experiment
    press(window, 0.9, 0.8, dblclick=True)
    send_mouse_event(window, "button_release_event", 0.9, 0.8, button=1)
    process_events(application)
    assert window.session.experiment.start != experiment.start
    assert window.session.race.step == step
    assert window.view_area.is_zoomed
    assert not window.session.store.interaction_active


@pytest.mark.slow
def test_when_zoomed_in_the_start_is_set_with_the_visible_resolution(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    for _ in range(40):
        window.view_area.viewport.zoom(0.5, (1.0, 1.0))
    window.view_area.viewport.end_interaction()
    process_events(application)
    (left, right), (bottom, top) = visible_bounds(window)
    click(window, 0.25, 0.75)
    click(window, 0.25, 0.75)
    x, y = window.session.experiment.start or (0.0, 0.0)
    assert ((x - left) / (right - left), (y - bottom) / (top - bottom)) == pytest.approx((0.25, 0.75), abs=0.02)
    assert window.view_area.is_zoomed, "another start keeps the zoom"


@pytest.mark.slow
def test_the_start_can_be_dragged_within_the_visible_region_only(open_window: Open, application: QApplication) -> None:
    window = open_window()
    for _ in range(3):
        window.view_area.viewport.zoom(0.7, DEFAULT_EXPERIMENT.start)
    window.view_area.viewport.end_interaction()
    process_events(application)
    bounds, at = visible_bounds(window), to_axes_fraction(window, DEFAULT_EXPERIMENT.start or (0.0, 0.0))
    counted = window.canvases["contour"].full_draw_count
    press(window, *at)
    for k in range(1, 5):
        send_mouse_event(window, "motion_notify_event", at[0] + 0.5 * k, at[1])
        process_events(application, 1)
    send_mouse_event(window, "button_release_event", at[0] + 2.0, at[1], button=1)
    process_events(application)
    x, y = window.session.experiment.start or (0.0, 0.0)
    assert x == pytest.approx(bounds[0][1], rel=0.01)
    assert bounds[1][0] <= y <= bounds[1][1]
    assert visible_bounds(window) == bounds
    assert window.canvases["contour"].full_draw_count == counted


@pytest.mark.slow
def test_a_start_outside_the_visible_region_is_not_drawn_and_cannot_be_grabbed(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    for _ in range(8):
        window.view_area.viewport.zoom(0.7, (1.0, 1.0))
    window.view_area.viewport.end_interaction()
    process_events(application)
    drag(window, (0.01, 0.99), (0.2, 0.8))
    assert window.session.experiment == DEFAULT_EXPERIMENT
    canvas, markers = window.canvases["contour"], []

    class Noted(PathRenderer):
        def draw_markers(self, points: np.ndarray, marker: str, *args: object) -> None:
            markers.extend([marker] * len(points))

    canvas.view.draw_underlay(Noted(canvas.get_renderer()))
    assert set(markers) == {"*"}, "the minimum only"


@pytest.mark.slow
def test_other_changes_keep_the_zoom_and_another_surface_resets_it(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    window.view_area.zoom(0.4)
    window.view_area.viewport.end_interaction()
    process_events(application)
    bounds = visible_bounds(window)
    equal, contour = window.action_registry["equal"].trigger, (lambda: window.toggle_dock("contour"))
    for change in (
        lambda: window.set_theme("dark"),
        lambda: window.resize(1024, 700),
        equal,
        equal,
        window.session.restart,
        lambda: window.session.set_start(40.0, 2.0),
        contour,
        contour,
    ):
        change()
        process_events(application)
        assert visible_bounds(window) == bounds
    window.session.change(lambda e: e.with_surface("himmelblau"))
    process_events(application)
    assert not window.view_area.is_zoomed
    assert visible_bounds(window) == SURFACES["himmelblau"].bounds


@pytest.mark.slow
def test_the_3d_surface_shows_the_visible_region(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("rosenbrock", (1.9, 2.9), (Run("sgd", {"lr": 1e-6}),)))
    relief, before = window.canvases["relief"], pixels(window)["relief"]
    counted = relief.full_draw_count
    for about, depth in (((0.3, 0.8), 0.5), ((0.3, 0.8), 1e-4), ((1.9, 2.9), 2.0)):
        window.view_area.reset_viewport()
        window.view_area.viewport.zoom(depth, about)
        window.view_area.viewport.end_interaction()
        process_events(application)
        assert (pixels(window)["relief"] != before).any(axis=2).sum() > 20 or depth > 1
    window.view_area.reset_viewport()
    window.view_area.viewport.end_interaction()
    process_events(application)
    np.testing.assert_array_equal(pixels(window)["relief"], before)
    assert relief.full_draw_count == counted
    assert isinstance(relief.view, SurfaceView)
    window.view_area.zoom(0.5)
    window.view_area.viewport.end_interaction()
    window.session.change(lambda e: e.with_surface("beale"))
    process_events(application)
    assert relief.view.viewport is None


def test_zoom_changes_are_signaled_and_the_zoom_is_not_saved(open_window: Open) -> None:
    window, zoom_changes = open_window(), []
    window.view_area.viewport.on_change = lambda: zoom_changes.append(window.view_area.is_zoomed)
    window.view_area.reset_viewport()
    assert zoom_changes == []
    window.view_area.zoom(0.5)
    window.view_area.reset_viewport()
    assert zoom_changes == [True, False]
    window.view_area.zoom(0.5)
    assert window.canvases["contour"].idle_timer.isActive()
    window.close()
    assert not window.canvases["contour"].idle_timer.isActive()
