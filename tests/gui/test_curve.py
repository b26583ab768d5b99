"""The curve in the window: it takes the place of the contour plot, and mouse and keys work as there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from PyQt6.QtWidgets import QApplication

from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.run import Run
from tests.gui.test_formula import selector_of, type_formula
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
CURVE = Experiment(
    formula="x^4 - 3x^2 + x", start=(2.0, 0.0), runs=(Run("sgd", {"lr": 0.02}), Run("adam", {"lr": 0.1}))
)


def send(window: MainWindow, kind: str, pixel: np.ndarray, **more: object) -> None:
    canvas = window.canvases["curve"]
    canvas.callbacks.process(kind, MouseEvent(kind, canvas, *pixel, **more))


def click(window: MainWindow, pixel: np.ndarray, **more: object) -> None:
    for kind in ("button_press_event", "button_release_event"):
        send(window, kind, pixel, button=1, **more)


def pixel_at(window: MainWindow, x: float, loss: float) -> np.ndarray:
    pixel: np.ndarray = window.canvases["curve"].view.axes.transData.transform((x, loss))
    return pixel


def visible_views(window: MainWindow) -> set[str]:
    return {name for name in window.canvases if not window.dock_layout.docks[name].isHidden()}


@pytest.mark.slow
def test_typing_y_switches_between_curve_and_contour(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("sphere", (4.0, 3.0), (Run("sgd", {"lr": 0.05}),)))
    assert visible_views(window) == {"contour", "relief", "loss"}
    for text, views in (("x^2", {"curve", "loss"}), ("x^2 + y^2", {"contour", "relief", "loss"})):
        type_formula(window, text)
        process_events(application)
        is_plane = "contour" in views
        assert visible_views(window) == views
        assert window.side_panel.start_point.fields[1].isHidden() != is_plane
        assert selector_of(window).domain_fields.fields[1][0].isHidden() != is_plane
        assert window.session.experiment.start is not None
        assert (window.session.experiment.start[1] != 0) == is_plane, "the default start of the new surface"
    window.session.store.set(CURVE)
    process_events(application)
    assert visible_views(window) == {"curve", "loss"}
    window.session.store.undo()
    process_events(application)
    assert visible_views(window) == {"contour", "relief", "loss"}


@pytest.mark.slow
def test_clicks_propose_a_start_or_go_to_a_step(open_window: Open, application: QApplication) -> None:
    window = open_window(replace(CURVE, runs=CURVE.runs[:1]))
    window.session.advance(10)
    process_events(application)
    view, tool = window.canvases["curve"].view, window.view_area.contour_tool
    click(window, pixel_at(window, -3.0, 2.0))
    assert tool.proposal.start == (pytest.approx(-3.0, abs=0.05), 0.0)
    click(window, pixel_at(window, 3.5, -1.0), dblclick=False)
    tool.confirm_start()
    start = window.session.experiment.start
    assert start == (pytest.approx(3.5, abs=0.05), 0.0)
    window.session.set_start(2.0, 0.0)
    process_events(application)
    trajectory = window.session.race.trajectories[0]
    click(window, view.pixel_positions(trajectory, np.array([1]))[0][0])
    assert window.session.race.step == 1
    assert tool.proposal.start is None


@pytest.mark.slow
def test_the_start_is_dragged_along_the_curve(open_window: Open, application: QApplication) -> None:
    window = open_window(CURVE)
    process_events(application)
    press = window.canvases["curve"].view.start_position()[0]
    target = press + np.array([-40.0, 5.0])
    send(window, "button_press_event", press, button=1)
    send(window, "motion_notify_event", target)
    x, y = window.session.experiment.start or (0.0, 1.0)
    assert x < 1.8
    assert y == 0
    send(window, "button_release_event", target, button=1)
    window.view_area.contour_tool.move_start(0.1, 0.1)
    assert window.session.experiment.start is not None
    assert window.session.experiment.start[0] > x
    assert window.session.experiment.start[1] == 0


@pytest.mark.slow
def test_zoom_and_reset(open_window: Open, application: QApplication) -> None:
    window = open_window(CURVE)
    process_events(application)
    axes = window.canvases["curve"].view.axes
    full = axes.get_xlim(), axes.get_ylim()
    send(window, "scroll_event", pixel_at(window, 0.0, 0.0), step=2)
    window.view_area.viewport.end_interaction()
    process_events(application)
    assert axes.get_xlim()[0] > full[0][0]
    assert axes.get_ylim()[1] < full[1][1]
    assert window.view_area.is_zoomed
    window.view_area.reset_viewport()
    window.view_area.viewport.end_interaction()
    process_events(application)
    assert (axes.get_xlim(), axes.get_ylim()) == full


@pytest.mark.slow
def test_playback_draws_no_frame_in_full(open_window: Open, application: QApplication) -> None:
    window = open_window(CURVE)
    process_events(application)
    counted = window.canvases["curve"].full_draw_count
    for _ in range(20):
        window.session.advance(1)
        process_events(application)
    assert window.canvases["curve"].full_draw_count == counted


@pytest.mark.slow
def test_a_dragged_parameter_moves_the_curve_at_once(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment(formula="a x^2", start=(2.0, 0.0), runs=(Run("sgd", {"lr": 0.02}),)))
    process_events(application)
    curve = window.canvases["curve"].view.curve
    window.session.store.begin_interaction()
    window.session.store.set(window.session.experiment.with_parameter("a", 2.0), "parameter a")
    process_events(application)
    y = np.asarray(curve.get_ydata(), float)
    assert np.nanmax(y) == pytest.approx(50.0)
    window.session.store.end_interaction()


@pytest.mark.slow
def test_hover_values_and_tables_do_not_speak_of_y(open_window: Open, application: QApplication) -> None:
    window = open_window(CURVE)
    window.session.advance(5)
    process_events(application)
    readout = window.view_area.hover_readout
    send(window, "motion_notify_event", pixel_at(window, -2.0, 4.0))
    text = readout.hover_label.text()
    assert "-2" in text.replace("−", "-")
    assert "x, y" not in text
    step_text = readout.step_text(window.canvases["curve"], 1, 3)
    assert "x, y" not in step_text
    headings = [column.name for column in window.readout_table.model().columns]  # type: ignore[union-attr]
    assert "x" in headings
    assert "y" not in headings
    assert "λmin" not in window.status_line.curvature_text
    assert "f″" in window.status_line.curvature_text


@pytest.mark.slow
def test_the_curve_is_translated(open_window: Open, application: QApplication) -> None:
    window = open_window(CURVE)
    window.appearance.set_language("ko")
    process_events(application)
    assert window.canvases["curve"].view.axes.get_ylabel() == "손실"
