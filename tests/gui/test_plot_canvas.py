"""The canvas of a view: frames result in the same pixels as a full draw, and do not cause one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from app.gui.canvas import plot_canvas
from app.gui.window.main_window import MainWindow
from app.model.branch import Branch
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.views import VIEWS, path_view
from app.views.base_view import PATH_BLOCK
from tests.qt_fixtures import process_events

WITH_REPLICAS = Experiment(
    "rosenbrock", (-0.5, 2.5), (Run("adam", {"lr": 0.05, "noise": 30.0}, replicas=9), Run("sgd", {"lr": 1e-3}))
)


def pixels(window: MainWindow) -> dict[str, np.ndarray]:
    """Return the pixels of the visible views."""
    return {
        name: np.asarray(canvas.buffer_rgba()).copy() for name, canvas in window.canvases.items() if canvas.isVisible()
    }


@pytest.mark.slow
@pytest.mark.parametrize("per_frame", [1, 7, 200])
def test_frames_have_the_pixels_of_a_full_draw(open_window: Callable[..., MainWindow], per_frame: int) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    while window.session.race.step < 3 * PATH_BLOCK + 5:
        window.session.advance(per_frame)
        for canvas in window.canvases.values():
            if canvas.needs_full_draw and canvas.isVisible():
                canvas.draw()
    before = pixels(window)
    for canvas in window.canvases.values():
        if canvas.isVisible():
            canvas.draw()
    for name, image in pixels(window).items():
        np.testing.assert_array_equal(image, before[name], err_msg=name)
    assert set(before) == {"contour", "relief", "loss"}


WITH_SEARCH_STATES = Experiment("himmelblau", (-1.0, -1.0), tuple(map(Run, ("nelder_mead", "cma_es", "bfgs", "sgd"))))


@pytest.mark.slow
def test_search_states_are_drawn_at_every_step_and_can_be_hidden(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(WITH_SEARCH_STATES)
    canvas, images = window.canvases["contour"], []
    before = canvas.full_draw_count
    for step in range(1, 8):
        window.session.advance(1)
        images.append(pixels(window)["contour"])
        if step > 1:
            assert (images[-1] != images[-2]).any()
    assert canvas.full_draw_count == before, "a search state caused a full draw"
    for step in (6, 3, 7):
        window.session.race.shown_until = 0  # no ghosts
        window.session.show_step(step)
        np.testing.assert_array_equal(pixels(window)["contour"], images[step - 1])
    canvas.draw()
    np.testing.assert_array_equal(pixels(window)["contour"], images[-1])
    window.action_registry["trials"].trigger()
    canvas.draw()
    assert (pixels(window)["contour"] != images[-1]).any(axis=2).sum() > 100


@pytest.mark.slow
def test_long_race_looks_the_same_after_a_full_draw(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    while window.session.race.step < 12_000:
        window.session.advance(161)
        for canvas in window.canvases.values():
            if canvas.needs_full_draw and canvas.isVisible():
                canvas.draw()
    before = pixels(window)
    for name, canvas in window.canvases.items():
        if canvas.isVisible():
            canvas.draw()
            changed = np.abs(pixels(window)[name].astype(int) - before[name]).max(axis=2) > 40
            assert changed.mean() < 0.01, name


@pytest.mark.slow
def test_branch_causes_no_full_draw_and_is_not_drawn_in_frames(
    open_window: Callable[..., MainWindow], application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    window.session.advance(90)
    process_events(application)
    before = {name: canvas.full_draw_count for name, canvas in window.canvases.items()}
    branch = Branch((Run("sgd", {"lr": 0.002}, slot=0),), (-1.2, 2.0), 80)
    images = {
        name: np.asarray(canvas.buffer_rgba()).copy() for name, canvas in window.canvases.items() if canvas.isVisible()
    }
    window.session.store.set(replace(window.session.experiment, branches=(branch,)))
    process_events(application)
    for name, image in images.items():
        assert (np.asarray(window.canvases[name].buffer_rgba()) != image).any(), name
    assert {name: canvas.full_draw_count for name, canvas in window.canvases.items()} == before
    for view in VIEWS.values():
        monkeypatch.setattr(
            view, "draw_background_paths", lambda *_: pytest.fail("background paths are drawn in a frame")
        )
    window.session.advance(5)
    window.session.show_step(40)
    monkeypatch.undo()
    window.session.store.undo()
    window.session.race.shown_until = 0  # no ghosts
    window.session.show_step(90)
    for name, image in images.items():
        np.testing.assert_array_equal(np.asarray(window.canvases[name].buffer_rgba()), image, err_msg=name)


@pytest.mark.slow
def test_replicas_are_added_to_the_background_as_they_advance(
    open_window: Callable[..., MainWindow], application: QApplication
) -> None:
    window = open_window(WITH_REPLICAS)
    window.session.advance(100)
    contour, race = window.canvases["contour"], window.session.race

    def advance_replicas() -> None:
        race.compute_pending()
        window.view_area.refresh_background()

    advance_replicas()
    process_events(application)
    before, first_steps = contour.full_draw_count, dict(contour.drawn_steps)
    window.session.advance(20)
    advance_replicas()
    assert contour.full_draw_count == before
    assert {replica: contour.drawn_steps[replica] - step for replica, step in first_steps.items()} == dict.fromkeys(
        first_steps, 20
    )
    incremental = np.asarray(contour.buffer_rgba()).astype(int)
    contour.redraw_background()
    changed = np.abs(np.asarray(contour.buffer_rgba()).astype(int) - incremental).max(axis=2) > 60
    assert changed.mean() < 0.005, "differs from drawing at once by more than the order of the paths"


@pytest.mark.slow
def test_negative_curve_has_tick_labels(open_window: Callable[..., MainWindow], application: QApplication) -> None:
    window = open_window(Experiment("saddle", runs=(Run("sgd", {"lr": 0.1}),)))
    window.session.advance(90)
    process_events(application)
    window.session.set_start(0.0, -1.1)
    axes = window.canvases["loss"].view.axes
    for steps in (0, 1, 1, 20):
        window.session.advance(steps)
        process_events(application)
        low, high = axes.get_ylim()
        assert sum(low <= tick <= high for tick in axes.get_yticks()) >= 2


def test_many_replicas_are_drawn_in_slices_that_look_like_one_draw(
    open_window: Callable[..., MainWindow], application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path_view, "PATHS_PER_CHECK", 2)
    monkeypatch.setattr(plot_canvas, "BACKGROUND_SECONDS", -1.0)
    window = open_window(WITH_REPLICAS)
    contour, session = window.canvases["contour"], window.session
    session.advance(50)
    session.race.compute_pending()
    window.view_area.refresh_background()
    contour.redraw_background()
    assert len(contour.drawn_steps) == 2
    process_events(application, 100)
    assert len(contour.drawn_steps) == sum(map(len, session.race.replica_trajectories)) > 2
    in_slices = np.asarray(contour.buffer_rgba()).copy()
    monkeypatch.setattr(plot_canvas, "BACKGROUND_SECONDS", math.inf)
    contour.redraw_background()
    np.testing.assert_array_equal(np.asarray(contour.buffer_rgba()), in_slices)
