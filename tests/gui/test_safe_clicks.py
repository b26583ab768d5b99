"""Clicks that do not destroy: steps of paths, a proposed start point, ghosts of later steps, names of undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.gui.dialogs.go_to_step import GoToStepDialog
from app.gui.panels.timeline import round_steps
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.i18n import ENGLISH, load_language, set_language
from tests.gui.test_contour_viewport import click, press, send_mouse_event, to_axes_fraction
from tests.gui.test_hover_readout import draw_counts, hover, pixel_of_step
from tests.gui.test_plot_canvas import pixels
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
FAR_APART = Experiment("sphere", (4.0, 3.0), (Run("sgd", {"lr": 0.05}), Run("adam", {"lr": 0.5})))


def click_pixel(window: MainWindow, name: str, pixel: np.ndarray, **more: object) -> None:
    """Click at a pixel of the figure of a view."""
    canvas = window.canvases[name]
    for kind in ("button_press_event", "button_release_event"):
        canvas.callbacks.process(kind, MouseEvent(kind, canvas, *pixel, button=1, **more))


def proposal(window: MainWindow) -> tuple[float, float] | None:
    return window.view_area.contour_tool.proposal.start


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contour", "relief", "loss"])
def test_a_click_on_a_path_goes_to_its_step_and_selects_the_run(
    open_window: Open, application: QApplication, name: str
) -> None:
    window = open_window(FAR_APART)
    window.session.advance(60)
    process_events(application)
    window.session.clock.play()
    before, counts = window.session.experiment, draw_counts(window)
    click_pixel(window, name, pixel_of_step(window, name, 1, 4))
    assert abs(window.session.race.step - 4) <= 1
    assert (window.session.race.last_step, window.session.experiment) == (60, before)
    assert window.side_panel.run_list.selected_row == 1
    assert not window.session.clock.running
    assert proposal(window) is None
    if name != "relief":  # where the steps are too close to each other
        click_pixel(window, name, pixel_of_step(window, name, 0, 18))
        assert abs(window.session.race.step - 18) <= 1, "a click on a ghost goes to a later step"
        assert window.side_panel.run_list.selected_row == 0
    assert draw_counts(window) == counts


def test_a_drag_over_a_path_goes_nowhere(open_window: Open) -> None:
    window = open_window(FAR_APART)
    window.session.advance(60)
    for name in ("relief", "loss"):
        canvas, pixel = window.canvases[name], pixel_of_step(window, name, 0, 20)
        for kind, shift in (("button_press_event", 0), ("motion_notify_event", 30), ("button_release_event", 30)):
            event = MouseEvent(kind, canvas, *(pixel + shift), button=1)
            canvas.callbacks.process(kind, event)
    assert window.session.race.step == 60


@pytest.mark.slow
def test_a_click_proposes_a_start_and_a_second_one_sets_it(open_window: Open, application: QApplication) -> None:
    window = open_window()
    draws = draw_counts(window)
    click(window, 0.75, 0.6)
    assert proposal(window) == pytest.approx((1.0, 1.4), abs=0.01)
    click(window, 0.8, 0.9)
    assert proposal(window) == pytest.approx((1.2, 2.6), abs=0.01), "a click elsewhere moves it"
    assert window.session.experiment == DEFAULT_EXPERIMENT
    process_events(application)
    assert draw_counts(window) == draws
    button = window.view_area.contour_tool.proposal.button
    assert button.isVisible()
    assert window.canvases["contour"].rect().contains(button.geometry())
    click(window, 0.8, 0.9)
    assert window.session.experiment.start == pytest.approx((1.2, 2.6), abs=0.01)
    assert (window.session.race.step, proposal(window), button.isVisible()) == (60, None, False)
    assert [trajectory.last_step for trajectory in window.session.race.trajectories] == [60] * 3
    window.session.store.undo()
    assert (window.session.experiment, window.session.race.step) == (DEFAULT_EXPERIMENT, 60)


@pytest.mark.slow
def test_a_double_click_sets_the_start_at_once(open_window: Open) -> None:
    window = open_window()
    click(window, 0.8, 0.9)
    press(window, 0.8, 0.9, dblclick=True)
    send_mouse_event(window, "button_release_event", 0.8, 0.9, button=1)
    assert window.session.experiment.start == pytest.approx((1.2, 2.6), abs=0.01)
    assert (window.session.race.step, len(window.session.store.undo_stack)) == (60, 1)
    click(window, *to_axes_fraction(window, window.session.experiment.start))
    press(window, 0.8, 0.9, dblclick=True)
    assert (proposal(window), len(window.session.store.undo_stack)) == (None, 1), "the start is there already"


@pytest.mark.slow
def test_enter_sets_the_proposed_start_and_escape_removes_it(open_window: Open, application: QApplication) -> None:
    window = open_window()
    canvas = window.canvases["contour"]
    window.action_registry["present"].trigger()
    process_events(application)
    click(window, 0.8, 0.9)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert proposal(window) is None
    assert window.presentation_mode.active, "Escape is for the proposal first"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not window.presentation_mode.active
    process_events(application)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(canvas, key)
        before = window.session.experiment
        click(window, 0.8 if key == Qt.Key.Key_Return else 0.9, 0.9)
        QTest.keyClick(canvas, key)
        assert window.session.experiment.start != before.start
        assert window.session.race.step == 60


@pytest.mark.slow
def test_a_proposal_ends_when_the_focus_leaves_but_not_for_a_menu(open_window: Open) -> None:
    window = open_window()
    canvas = window.canvases["contour"]
    window.activateWindow()
    canvas.setFocus()
    click(window, 0.8, 0.9)
    window.action_registry.menus["Edit"].popup(QPoint(50, 50))
    window.action_registry.menus["Edit"].close()
    assert proposal(window) is not None
    window.canvases["loss"].setFocus()
    assert proposal(window) is None


@pytest.mark.slow
def test_a_proposal_follows_the_viewport_and_ends_with_the_surface(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    tool = window.view_area.contour_tool
    click(window, 0.75, 0.75)
    positions = [tool.proposal.marker.pos()]
    for act in (
        lambda: window.view_area.zoom(0.8),
        lambda: window.resize(1024, 700),
        lambda: window.appearance.set_language("ko"),
    ):
        act()
        window.view_area.viewport.end_interaction()
        process_events(application)
        positions.append(tool.proposal.marker.pos())
        fraction = to_axes_fraction(window, tool.proposal.start or (0.0, 0.0))
        assert tool.is_on_proposal(tuple(window.canvases["contour"].view.axes.transAxes.transform(fraction)))
    assert len(set(map(str, positions))) >= 3
    assert tool.proposal.button.text() == load_language("ko").texts["Set start here"]
    window.view_area.viewport.zoom(0.01, (-1.0, 1.0))
    process_events(application)
    assert not tool.proposal.button.isVisible(), "outside the axes"
    window.view_area.reset_viewport()
    process_events(application)
    assert tool.proposal.button.isVisible()
    window.session.change(lambda e: e.with_surface("beale"))
    assert proposal(window) is None
    window.appearance.set_language("en")


def test_steps_after_the_displayed_one_stay_visible_as_ghosts(open_window: Open, application: QApplication) -> None:
    window = open_window(FAR_APART)
    window.session.advance(60)
    process_events(application)
    at_end, counts = pixels(window), draw_counts(window)
    canvas = window.canvases["contour"]
    for step in (9, 0, 6):
        window.session.show_step(step)
        process_events(application)
        with_ghosts = pixels(window)
        window.session.race.shown_until = 0
        window.session.show_step(step)
        without = pixels(window)
        window.session.race.shown_until = 60
        window.session.show_step(step)
        for name in ("contour", "relief", "loss"):
            changed = (with_ghosts[name] != without[name]).any(axis=2)
            assert 20 < changed.sum() < 4000, name
        x, y = np.round(pixel_of_step(window, "contour", 1, 14)).astype(int)
        changed = (with_ghosts["contour"] != without["contour"]).any(axis=2)[::-1]
        assert changed[y - 2 : y + 3, x - 2 : x + 3].any()
    window.session.show_step(60)
    for name, image in pixels(window).items():
        np.testing.assert_array_equal(image, at_end[name], err_msg=name)
    window.session.show_step(20)
    window.session.restart()
    assert not canvas.scene.ghosts, "a restart clears the paths"
    assert draw_counts(window) == counts


@pytest.mark.slow
def test_ghosts_are_drawn_once_and_not_in_every_frame(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    window, drawn = open_window(FAR_APART), []
    window.session.advance(60)
    view = type(window.canvases["contour"].view)
    draw_ghosts = view.draw_ghosts
    monkeypatch.setattr(view, "draw_ghosts", lambda self, renderer: (drawn.append(1), draw_ghosts(self, renderer)))
    window.view_area.set_scrubbing(True)
    for step in (50, 10, 30, 20, 5):
        window.session.show_step(step)
    assert len(drawn) == 1
    window.view_area.set_scrubbing(False)
    assert len(drawn) == 2, "in full quality"
    window.session.advance(3)
    hover(window, "contour", pixel_of_step(window, "contour", 0, 12))
    assert window.view_area.hover_readout.highlighted is not None
    assert len(drawn) == 2


def test_ghosts_end_where_the_timeline_ends(open_window: Open) -> None:
    window = open_window(FAR_APART)
    window.session.advance(60)
    window.session.show_step(20)
    assert len(window.canvases["contour"].scene.ghosts) == 2
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.3)))
    assert window.session.race.last_step == 20
    assert not window.canvases["contour"].scene.ghosts, "the old path is a branch now"
    window.session.store.undo()
    assert [last_step for _, last_step, _ in window.canvases["contour"].scene.ghosts] == [60, 60]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contour", "loss"])
def test_replicas_end_at_the_displayed_step(open_window: Open, application: QApplication, name: str) -> None:
    runs = (Run("sgd", {"lr": 0.05, "noise": 1.0}, replicas=20),)
    window = open_window(Experiment("sphere", (4.0, 3.0), runs))
    window.session.advance(60)
    window.session.race.compute_pending()
    window.view_area.refresh_background()
    process_events(application)
    canvas, race = window.canvases[name], window.session.race
    counts, images, computed = draw_counts(window), {}, race.replica_trajectories[0][:]
    for step in (60, 10, 60, 3, 10):
        window.session.show_step(step)
        process_events(application)
        images.setdefault(step, []).append(pixels(window)[name])
    window.view_area.set_scrubbing(True)
    for step in (20, 10):
        window.session.show_step(step)
    window.view_area.set_scrubbing(False)
    np.testing.assert_array_equal(pixels(window)[name], images[10][0], "all replicas are back")
    race.replica_trajectories[0][:] = [replica.copy_until(10) for replica in computed]
    window.view_area.show_scene()
    canvas.redraw_background()
    for first, second in (images[10], images[60], (images[10][1], pixels(window)[name])):
        difference = np.abs(first.astype(int) - second).max(axis=2) > 60
        assert difference.mean() < 1e-4, "differs by more than the order of the paths"
    assert (images[10][0] != images[60][0]).any(axis=2).mean() > 1e-3
    race.replica_trajectories[0][:] = computed
    window.view_area.show_scene()
    assert draw_counts(window) == counts


@pytest.mark.slow
def test_outlines_stay_while_the_timeline_is_dragged(open_window: Open) -> None:
    window = open_window(replace(FAR_APART, runs=FAR_APART.runs[:1]))
    window.session.advance(60)
    window.session.show_step(30)
    before = pixels(window)
    window.view_area.set_scrubbing(True)
    window.session.show_step(31)
    window.session.show_step(30)
    for name, image in pixels(window).items():
        np.testing.assert_array_equal(image, before[name], err_msg=name)
    window.view_area.set_scrubbing(False)


@pytest.mark.parametrize(
    ("code", "undo", "redo"),
    [("en", "&Undo Set Start", "&Redo Add Run"), ("ko", "출발점 설정 되돌리기(&U)", "실행 추가 다시 하기(&R)")],
)
def test_the_edit_menu_says_what_undo_and_redo_will_do(open_shell: Open, code: str, undo: str, redo: str) -> None:
    window = open_shell()
    try:
        set_language(load_language(code))
        window.action_registry.retranslate()
        window.update_texts()
        plain = [window.action_registry[name].text() for name in ("undo", "redo")]
        window.session.set_start(0.0, 0.0)
        window.action_registry["add"].trigger()
        window.action_registry["undo"].trigger()
        assert [window.action_registry[name].text() for name in ("undo", "redo")] == [undo, redo]
        window.action_registry["undo"].trigger()
        window.action_registry["redo"].trigger()
        assert [window.action_registry[name].text() for name in ("undo", "redo")] == [undo, redo]
        window.session.load_experiment(DEFAULT_EXPERIMENT)
        while window.session.store.undo_stack:
            window.action_registry["undo"].trigger()
        assert window.action_registry["undo"].text() == plain[0]
        assert window.action_registry["undo"].iconText() in plain[0].replace("&", "")
    finally:
        set_language(ENGLISH)


def test_go_to_step_validates_says_the_range_and_never_blocks(open_shell: Open, application: QApplication) -> None:
    window = open_shell(FAR_APART)
    assert not window.action_registry["go_to_step"].isEnabled()
    window.session.advance(160)
    window.update_texts()
    QTest.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    window.action_registry["go_to_step"].trigger()
    (dialog,) = window.findChildren(GoToStepDialog)
    assert not dialog.isModal()
    for text in ("161", "-1", "2.5", "x", "", "1e99", "1,000"):
        dialog.field.setText(text)
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        assert dialog.error_label.text().startswith(("Step must be an integer from 0 to 160", "Enter step without")), (
            text
        )
        assert window.session.race.step == 160
    QTest.keyClicks(dialog.field, "4")
    assert not dialog.error_label.isVisible(), "typing clears the message"
    window.session.clock.play()
    window.session.advance(20)
    assert "180" in dialog.range_label.text(), "playback goes on"
    dialog.field.setText("200")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    window.session.advance(10)
    assert "0 to 190," in dialog.error_label.text(), "the message has the same range as the label"
    window.session.advance(10)
    assert not dialog.error_label.isVisible(), "the step is computed now"
    dialog.field.setText("170")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    process_events(application)
    assert (window.session.race.step, window.session.clock.running) == (170, False)
    assert not window.findChildren(GoToStepDialog)
    window.action_registry["go_to_step"].trigger()
    (dialog,) = window.findChildren(GoToStepDialog)
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    process_events(application)
    assert not window.findChildren(GoToStepDialog)


@pytest.mark.parametrize("maximum", [100, 200, 400, 12_800, 104_857_600])
@pytest.mark.parametrize("count", [0, 1, 3, 7, 40, 1000])
def test_the_numbers_of_the_timeline_are_round_and_not_too_many(maximum: int, count: int) -> None:
    steps = round_steps(maximum, count)
    assert steps[0] == 0
    assert steps[-1] <= maximum
    assert len(steps) <= max(count, 1) + 1
    assert str(steps.step).rstrip("0") in ("1", "2", "5")


def test_a_click_on_a_number_of_the_timeline_goes_to_this_step(open_shell: Open) -> None:
    window = open_shell(FAR_APART)
    window.session.advance(160)
    window.update_texts()
    line = window.timeline_bar.timeline
    for step in (100, 0, 20):
        position = QPoint(round(line.x_of_step(step)), line.height() - 2)
        QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=position)
        assert abs(window.session.race.step - step) <= 1
