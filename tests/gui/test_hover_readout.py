"""The hovered step or surface position: its label, its highlight in every view, no full draw."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backend_bases import LocationEvent, MouseEvent
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QApplication

from app.gui.canvas.hover_readout import POINTER_CLEARANCE, corner_rects, to_widget_rect
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.theming.theme import THEMES
from app.utils.number_format import format_value, format_with_resolution
from app.views import hit_testing
from app.views.path_view import PathView
from optimizers import OPTIMIZERS
from surfaces import SURFACES
from tests.gui.test_plot_canvas import pixels
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
VIEWED = ("contour", "relief", "loss")


def hover(window: MainWindow, name: str, pixel: np.ndarray) -> None:
    """Move the pointer to a pixel of the figure of a view."""
    canvas = window.canvases[name]
    canvas.callbacks.process("motion_notify_event", MouseEvent("motion_notify_event", canvas, *pixel))


def leave(window: MainWindow, name: str) -> None:
    canvas = window.canvases[name]
    canvas.callbacks.process("figure_leave_event", LocationEvent("figure_leave_event", canvas, 0, 0))


def pixel_of_step(window: MainWindow, name: str, index: int, step: int) -> np.ndarray:
    """Return the pixel position of a step of a run in a view."""
    return window.canvases[name].view.pixel_positions(window.session.race.trajectories[index], np.array([step]))[0][0]


def label_text(window: MainWindow) -> str:
    """Return the text of the hover label without markup."""
    label = window.view_area.hover_readout.hover_label
    return re.sub(r"\s+", " ", re.sub("<[^>]*>|&nbsp;", " ", label.text())) if label.isVisible() else ""


def draw_counts(window: MainWindow) -> dict[str, int]:
    return {name: canvas.full_draw_count for name, canvas in window.canvases.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWED)
def test_a_step_is_found_at_its_position(open_window: Open, name: str) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    window.session.race.advance(60)
    window.view_area.show_scene()
    view = window.canvases[name].view
    for index in range(3):
        for step in range(0, 61, 4):
            there = pixel_of_step(window, name, index, step)
            hit = view.nearest_step(tuple(there), 8)
            if np.isfinite(there).all():
                assert hit is not None
                assert np.hypot(*(pixel_of_step(window, name, *hit) - there)) <= 2 * hit_testing.DISTANCE_TOLERANCE
    axes_bbox = view.axes.bbox
    assert view.nearest_step((axes_bbox.x1 - 3, axes_bbox.y1 - 3), 8) is None


@pytest.mark.slow
def test_the_nearer_of_two_steps_is_found_and_hidden_runs_never(open_window: Open) -> None:
    window = open_window(Experiment("sphere", runs=(Run("sgd", {"lr": 0.2}), Run("adam", {"lr": 0.5}))))
    window.session.advance(5)
    view, a, b = window.canvases["contour"].view, *(pixel_of_step(window, "contour", 0, step) for step in (0, 1))
    assert np.hypot(*(b - a)) > 40
    assert view.nearest_step(tuple(a + 0.4 * (b - a)), 8) == (0, 0)
    assert view.nearest_step(tuple(a + 0.6 * (b - a)), 8) == (0, 1)
    window.session.change(lambda e: e.with_run(0, replace(e.runs[0], visible=False)))
    hit = view.nearest_step(tuple(a + 0.6 * (b - a)), 8)
    assert hit is None or hit[0] == 1
    assert view.nearest_step(tuple(pixel_of_step(window, "contour", 1, 3)), 8) == (1, 3)


def test_a_step_left_out_by_decimation_is_found(open_window: Open) -> None:
    window = open_window(Experiment("elongated_bowl", runs=(Run("sgd", {"lr": 1e-3}),)))
    window.session.race.advance(20_000)
    window.view_area.show_scene()
    view, trajectory = window.canvases["contour"].view, window.session.race.trajectories[0]
    drawn_steps = set(view.decimated_path(trajectory, 20_000)[0].tolist())
    for step in (777, 1501, 3333):
        assert step not in drawn_steps
        hit = view.nearest_step(tuple(pixel_of_step(window, "contour", 0, step)), 8)
        assert hit is not None
        assert (
            np.hypot(*(pixel_of_step(window, "contour", *hit) - pixel_of_step(window, "contour", 0, step)))
            <= 2 * hit_testing.DISTANCE_TOLERANCE
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWED)
def test_a_hovered_step_is_highlighted_in_all_views_without_a_full_draw(
    open_window: Open, application: QApplication, name: str
) -> None:
    window = open_window()
    before, counted = pixels(window), draw_counts(window)
    hover(window, name, pixel_of_step(window, name, 2, 30))
    assert window.view_area.hover_readout.highlighted is not None
    for view, image in pixels(window).items():
        assert (image != before[view]).any(axis=2).sum() > 40, view
    leave(window, name)
    process_events(application)
    for view, image in pixels(window).items():
        np.testing.assert_array_equal(image, before[view], err_msg=view)
    assert draw_counts(window) == counted
    assert label_text(window) == ""


@pytest.mark.slow
def test_paths_are_searched_again_only_when_they_have_changed(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, searched_views = open_window(), []
    original_init = hit_testing.HitTester.__init__
    monkeypatch.setattr(
        hit_testing.HitTester,
        "__init__",
        lambda self, paths, to_pixels: (
            searched_views.append(to_pixels.__self__.id) or original_init(self, paths, to_pixels)
        ),
    )
    for step in (10, 20, 30, 40):
        hover(window, "contour", pixel_of_step(window, "contour", 0, step))
    assert searched_views == ["contour"]
    window.session.advance(1)
    hover(window, "contour", pixel_of_step(window, "contour", 0, 61))
    assert searched_views == ["contour"] * 2
    window.session.show_step(20)
    assert window.canvases["contour"].view.nearest_step(tuple(pixel_of_step(window, "contour", 0, 40)), 3) != (0, 40)


@pytest.mark.slow
def test_no_step_is_searched_for_while_playing(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    window.session.clock.play()
    monkeypatch.setattr(PathView, "nearest_step", lambda *_: pytest.fail("looked for"))
    hover(window, "contour", pixel_of_step(window, "contour", 0, 30))
    assert "loss" in label_text(window)
    assert window.view_area.hover_readout.highlighted is None
    window.session.clock.pause()


@pytest.mark.slow
def test_the_label_describes_the_surface_under_the_pointer(open_window: Open) -> None:
    window = open_window(Experiment("rosenbrock", (-1.0, 2.0)))
    window.session.store.set(replace(window.session.experiment, runs=()))
    axes = window.canvases["contour"].view.axes
    hover(window, "contour", axes.transData.transform((0.5, 1.5)))
    x, y, loss = (float(number) for number in re.findall(r"[\d.]+", label_text(window))[:3])
    assert (x, y) == pytest.approx((0.5, 1.5), abs=0.01)
    assert loss == pytest.approx(float(SURFACES["rosenbrock"](0.5, 1.5)[0]), rel=0.05)
    hover(window, "contour", np.array([3.0, 3.0]))
    assert label_text(window) == "", "there is no label outside the axes"


@pytest.mark.slow
@pytest.mark.parametrize("optimizer_id", ["adam", "bfgs", "cma_es", "lbfgs", "nelder_mead", "lion", "momo"])
def test_the_label_shows_the_whole_state_of_the_optimizer(
    open_window: Open, application: QApplication, optimizer_id: str
) -> None:
    window = open_window(Experiment("rosenbrock", (-0.5, 2.5), (Run(optimizer_id),)))
    window.session.advance(8)
    process_events(application)
    for step in (0, 5, 8):
        hover(window, "loss", pixel_of_step(window, "loss", 0, step))
        text, point = label_text(window), window.session.race.trajectories[0].point_at(step)
        assert f"step {step}" in text
        assert OPTIMIZERS[optimizer_id].name in text
        for name in OPTIMIZERS[optimizer_id].state:
            assert f" {name} " in text
        if optimizer_id == "adam" and step:
            assert f"m {format_value((point.x[1], point.y[1]))} v {format_value((point.x[2], point.y[2]))}" in text


def test_numbers_are_shown_in_short_form() -> None:
    assert format_value((1.23456789, -2e-9)) == "1.2346, −2e−9"
    assert format_value(None) == format_value((None, None)) == "–"
    assert format_value(np.float64(0.25)) == "0.25"
    assert format_value(np.eye(2)) == "1, 0; 0, 1"
    assert format_value(np.zeros((9, 2))) == "9 points"
    assert format_value(np.zeros(10)) == "10 numbers"
    assert format_value(np.array([np.inf, np.nan])) == "inf, nan"
    assert format_with_resolution(-1.23456, 0.01) == "−1.235"
    assert format_with_resolution(1.0000000000012, 1e-12) == "1.0000000000012"
    assert format_with_resolution(123456.0, 500.0) == "123456"


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1024, 700), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("optimizer_id", ["adam", "cma_es"])
def test_the_label_is_complete_and_covers_neither_the_pointer_nor_axis_text(
    open_window: Open, application: QApplication, size: tuple[int, int], optimizer_id: str
) -> None:
    window = open_window(
        Experiment("himmelblau", (-1.0, -1.0), (Run(optimizer_id), Run("sgd", {"lr": 0.01}))), size=size
    )
    window.session.advance(40)
    process_events(application)
    label_count = 0
    for name in VIEWED:
        canvas = window.canvases[name]
        for index in (0, 1):
            for step in range(0, 41, 8):
                pixel = pixel_of_step(window, name, index, step)
                if not np.isfinite(pixel).all():
                    continue
                hover(window, name, pixel)
                hover_label = window.view_area.hover_readout.hover_label
                if hover_label.isHidden():
                    continue
                label_count += 1
                host, label_rect = hover_label.parent(), hover_label.geometry()
                room = to_widget_rect(host, host.view.axes.bbox)  # type: ignore[union-attr]
                assert room.contains(label_rect)
                assert label_rect.width() >= hover_label.sizeHint().width()
                assert label_rect.height() >= hover_label.sizeHint().height()
                others = [other for other in window.canvases.values() if other is not canvas and other.isVisible()]
                if any(corner_rects(other, hover_label.rect()) for other in others):
                    assert not any(
                        label_rect.intersects(to_widget_rect(host, text_bbox)) for text_bbox in host.view.text_bounds
                    )  # type: ignore[union-attr,arg-type]
                if host is canvas:
                    pointer = QPoint(round(pixel[0]), round(canvas.height() - pixel[1]))
                    assert not label_rect.intersects(
                        QRect(pointer, pointer).adjusted(
                            1 - POINTER_CLEARANCE, 1 - POINTER_CLEARANCE, POINTER_CLEARANCE - 1, POINTER_CLEARANCE - 1
                        )
                    )
    assert label_count > 12


@pytest.mark.slow
def test_any_position_on_a_surface_of_any_family_can_be_hovered(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("sphere", runs=(Run("adam", {"lr": 0.1}),)))
    for name in {surface.family: name for name, surface in SURFACES.items()}.values():
        window.session.change(lambda e, name=name: e.with_surface(name))
        process_events(application, 2)
        for view, canvas in window.canvases.items():
            if canvas.isVisible():
                for share in ((0.0, 0.0), (0.5, 0.5), (0.02, 0.9)):
                    hover(window, view, canvas.view.axes.transAxes.transform(share))


@pytest.mark.slow
def test_a_highlighted_run_may_be_removed(open_window: Open, application: QApplication) -> None:
    window = open_window()
    hover(window, "contour", pixel_of_step(window, "contour", 2, 30))
    assert window.view_area.hover_readout.highlighted is not None
    window.session.change(lambda e: e.without_run(2))
    process_events(application)
    assert window.view_area.hover_readout.highlighted is None
    assert label_text(window) == ""
    hover(window, "contour", pixel_of_step(window, "contour", 1, 30))
    window.session.change(lambda e: e.with_surface("beale"))
    process_events(application)
    for canvas in window.canvases.values():
        assert canvas.highlighted is None


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_the_label_follows_the_theme(open_window: Open, theme: str) -> None:
    window = open_window()
    window.set_theme(theme)
    window.canvases["contour"].draw()
    hover(window, "contour", pixel_of_step(window, "contour", 2, 30))
    assert THEMES[theme].input_background in window.view_area.hover_readout.hover_label.styleSheet()


@pytest.mark.slow
def test_the_selected_run_is_emphasized_without_a_full_draw(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.view_area.selected_run = lambda: None
    window.view_area.show_scene()
    before, plain = draw_counts(window), pixels(window)
    images = []
    for index in (0, 1):
        window.view_area.selected_run = lambda index=index: index
        window.view_area.show_scene()
        process_events(application)
        images.append(pixels(window))
        for name, image in images[-1].items():
            assert (image != plain[name]).any(axis=2).sum() > 30, name
    assert any((images[0][name] != images[1][name]).any() for name in plain)
    assert draw_counts(window) == before
    window.view_area.selected_run = lambda: 99
    window.view_area.show_scene()
    for name, image in pixels(window).items():
        np.testing.assert_array_equal(image, plain[name], err_msg=name)
