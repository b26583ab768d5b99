"""The main window without a screen: play, change values, drag, export, undo, themes, unusual input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QFontMetrics, QKeyEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.window.document_controller import DocumentController
from app.gui.window.main_window import INITIAL_STEPS, MainWindow
from app.gui.window.view_controls import VIEW_CONTROLS
from app.io.experiment_files import load
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from app.views.base_view import PATH_BLOCK
from app.views.surface_view import SurfaceView
from optimizers import OPTIMIZERS
from surfaces import SURFACES
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]


def draw_counts(window: MainWindow) -> dict[str, int]:
    return {name: canvas.full_draw_count for name, canvas in window.canvases.items()}


def send_mouse_event(window: MainWindow, view: str, kind: str, x: float, y: float, **more: object) -> None:
    """Send a mouse event at a position in fractions of the axes; values beyond 0..1 lie outside."""
    canvas = window.canvases[view]
    px, py = canvas.view.axes.transAxes.transform((x, y))
    canvas.callbacks.process(kind, MouseEvent(kind, canvas, px, py, button=1, **more))


def press_key(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key)


@pytest.mark.slow
def test_the_window_opens_with_runs_on_a_surface(open_window: Open) -> None:
    window = open_window()
    assert window.session.experiment == DEFAULT_EXPERIMENT
    assert window.session.race.step == INITIAL_STEPS
    assert [name for name, canvas in window.canvases.items() if canvas.isVisible()] == ["contour", "relief", "loss"]
    contour, surface_canvas = window.canvases["contour"], window.canvases["relief"]
    assert contour.width() * contour.height() > 1.8 * surface_canvas.width() * surface_canvas.height()
    assert window.readout_table.runs.rowCount() == 3
    assert window.action_registry["play"].text() == "&Play"


@pytest.mark.slow
def test_playing_and_changing_values_cause_no_full_draw(open_window: Open, application: QApplication) -> None:
    window = open_window()
    before = draw_counts(window)
    for _ in range(5):
        window.session.advance(7)
        process_events(application, 2)
    slider_field = window.side_panel.editor.fields["lr"]
    for stop in range(400, 500, 10):
        slider_field.slider.setValue(stop)
        window.session.advance(1 if window.session.race.step < 100 else 0)
        process_events(application, 2)
    assert window.session.race.step == 100
    assert draw_counts(window) == before
    assert window.session.experiment.runs[0].hyperparameters["lr"] == slider_field.spec.from_slider(0.49)


def test_a_slider_its_number_field_and_the_model_agree(open_shell: Open) -> None:
    window = open_shell()
    slider_field = window.side_panel.editor.fields["lr"]
    for typed, value in (("1e-3", 1e-3), ("0,25", 0.25), ("3.7e-6", 3.7e-6), ("42", 42.0), ("0", 0.0)):
        slider_field.number_field.edit.setText(typed)
        slider_field.number_field.edit.editingFinished.emit()
        assert window.session.experiment.runs[0].hyperparameters["lr"] == value
        assert float(slider_field.number_field.text()) == value
        assert slider_field.slider.value() == round(slider_field.spec.to_slider(value) * 1000)
    assert slider_field.reset_button.isEnabled()
    slider_field.reset_button.click()
    assert window.session.experiment.runs[0].hyperparameters["lr"] == 0.01
    assert not slider_field.reset_button.isEnabled()


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["abc", "nan", "inf", "-1", "1e999", "1..2", "--", "1 000", "0x10", "1/3", "1,000.5"])
def test_invalid_input_is_reported_inline_and_the_last_valid_state_is_kept(open_shell: Open, typed: str) -> None:
    window = open_shell()
    slider_field = window.side_panel.editor.fields["lr"]
    slider_field.number_field.edit.setText(typed)
    slider_field.number_field.edit.editingFinished.emit()
    assert window.session.experiment == DEFAULT_EXPERIMENT
    assert slider_field.error_label.isVisible()
    assert slider_field.error_label.text().startswith(("learning rate must be", "enter learning rate with"))
    QTest.keyClick(slider_field.number_field, Qt.Key.Key_Escape)
    assert slider_field.number_field.text() == "0.001"
    assert not slider_field.error_label.isVisible()


@pytest.mark.slow
def test_every_optimizer_has_a_field_for_every_hyperparameter(open_window: Open) -> None:
    window = open_window()
    editor = window.side_panel.editor
    for name, optimizer in OPTIMIZERS.items():
        if optimizer.variant_of:
            editor.picker.selected.emit(optimizer.variant_of)
            editor.implementation_row.combo.setCurrentIndex(editor.implementation_row.combo.findData(name))
            editor.implementation_row.combo.activated.emit(editor.implementation_row.combo.currentIndex())
        else:
            editor.picker.selected.emit(name)
        assert window.session.experiment.runs[0].optimizer == name
        assert list(editor.fields) == list(optimizer.hyperparameters)
        assert editor.note_label.text() == optimizer.summary
        assert window.session.race.step == INITIAL_STEPS


@pytest.mark.slow
def test_every_surface_can_be_displayed(open_window: Open, application: QApplication) -> None:
    window = open_window()
    for name, surface in SURFACES.items():
        window.side_panel.surface_selector.picker.selected.emit(name)
        process_events(application)
        window.session.advance(5)
        assert window.session.experiment.surface_id == name
        assert window.session.experiment.start == surface.start
        assert window.canvases["fit"].isVisible() == (surface.data is not None)


@pytest.mark.slow
def test_space_plays_and_arrows_step_even_after_a_slider_was_moved(open_window: Open) -> None:
    window = open_window()
    press_key(window, Qt.Key.Key_Right)
    assert window.session.race.step == INITIAL_STEPS + 1
    press_key(window, Qt.Key.Key_Left)
    assert window.session.race.step == INITIAL_STEPS
    press_key(window, Qt.Key.Key_Space)
    assert window.session.clock.running
    assert window.action_registry["play"].text() == "&Pause"
    press_key(window, Qt.Key.Key_Space)
    assert not window.session.clock.running
    press_key(window, Qt.Key.Key_Home)
    assert window.session.race.step == 0


def test_a_slider_keeps_its_arrow_keys_and_leaves_space_to_the_window(
    open_shell: Open, application: QApplication
) -> None:
    window = open_shell()
    slider = window.side_panel.editor.fields["lr"].slider
    slider.setFocus()
    window.activateWindow()
    process_events(application)
    for key, accepted in (
        (Qt.Key.Key_Right, True),
        (Qt.Key.Key_Space, False),
        (Qt.Key.Key_Home, True),
        (Qt.Key.Key_End, True),
    ):
        event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        window.shortcut_override.eventFilter(slider, event)
        assert QApplication.focusWidget() is slider
        assert event.isAccepted() == accepted


def test_after_enter_in_a_field_the_keys_control_the_playback(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    window.activateWindow()
    field = window.side_panel.start_point.fields[0]
    field.setFocus()
    process_events(application)
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.session.experiment.start == (0.5, 2.5)
    assert not field.hasFocus()


def test_a_field_can_be_overtyped_while_values_are_updated(open_shell: Open) -> None:
    window = open_shell()
    field = window.side_panel.editor.fields["lr"].number_field
    field.setFocus()
    field.selectAll()
    for _ in range(3):
        window.session.advance(1)
        window.update_texts()
    assert field.edit.selectedText() == "0.001"
    QTest.keyClicks(field, "0.002")
    window.update_texts()
    assert field.text() == "0.002"


@pytest.mark.slow
def test_two_clicks_set_the_start_and_a_click_outside_the_axes_does_nothing(open_window: Open) -> None:
    window = open_window()
    for x, y in ((-0.05, 0.5), (0.5, -0.1), (1.01, 0.5)):
        send_mouse_event(window, "contour", "button_press_event", x, y)
        send_mouse_event(window, "contour", "button_release_event", x, y)
    assert window.session.experiment == DEFAULT_EXPERIMENT
    for _ in range(2):
        send_mouse_event(window, "contour", "button_press_event", 0.75, 0.75)
        send_mouse_event(window, "contour", "button_release_event", 0.75, 0.75)
    assert window.session.experiment.start == pytest.approx((1.0, 2.0), abs=0.01)
    window.session.store.undo()
    assert window.session.experiment == DEFAULT_EXPERIMENT


@pytest.mark.slow
def test_after_another_start_and_a_restart_undo_brings_the_race_back(open_window: Open) -> None:
    window = open_window()
    for _ in range(2):
        send_mouse_event(window, "contour", "button_press_event", 0.75, 0.75)
        send_mouse_event(window, "contour", "button_release_event", 0.75, 0.75)
    assert window.session.race.step == 60
    window.session.restart()
    window.session.advance(5)
    window.session.store.undo()
    assert (window.session.experiment, window.session.race.step) == (DEFAULT_EXPERIMENT, 60), (
        "the whole race is there again"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    "curve_distance", "curve_gradient", "log_x", "log_y", "equal", "step_markers", "dashes", "level_log", "levels_30",
    "level_fill", "level_labels", "colormap_magma", "color_bar", "height_log",
])  # fmt: skip
def test_changes_of_the_view_menu_are_visible(open_window: Open, application: QApplication, name: str) -> None:
    window = open_window()
    views = [view for view, controls in VIEW_CONTROLS.items() if name in (*controls.options, controls.scale)]
    canvas = window.canvases["contour" if "contour" in views or not views else views[0]]
    was_checked = window.action_registry[name].isChecked()
    before = np.asarray(canvas.buffer_rgba()).copy()
    window.action_registry[name].trigger()
    process_events(application)
    assert (np.asarray(canvas.buffer_rgba()) != before).any()
    assert window.action_registry[name].isChecked() != was_checked
    assert window.documents.document_state.modified, "the options belong to the experiment"


@pytest.mark.slow
def test_options_of_each_view_are_commands_and_scales_follow_the_surface_again(open_window: Open) -> None:
    window = open_window()
    for view, controls in VIEW_CONTROLS.items():
        assert view in window.canvases
        ids = {*controls.options, controls.home, controls.scale} - {""}
        assert ids <= set(window.action_registry)
    for name in ("height", "level"):
        toggle, automatic = window.action_registry[f"{name}_log"], window.action_registry[f"{name}_auto"]
        scale = toggle.isChecked()
        assert automatic.isChecked()
        toggle.trigger()
        assert (toggle.isChecked(), automatic.isChecked()) == (not scale, False)
        automatic.trigger()
        assert (toggle.isChecked(), automatic.isChecked()) == (scale, True)


@pytest.mark.slow
def test_the_selected_run_lies_on_top_once_playback_pauses(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("sphere", runs=(Run("sgd", {"lr": 0.05}), Run("sgd", {"lr": 0.051}))))
    canvas = window.canvases["contour"]
    window.session.clock.play()
    for _ in range(30):
        window.session.advance(10)
    window.session.clock.pause()
    process_events(application)
    drawn = np.asarray(canvas.buffer_rgba()).copy()
    canvas.redraw_trajectories()
    np.testing.assert_array_equal(drawn, np.asarray(canvas.buffer_rgba()))


@pytest.mark.slow
def test_a_diverging_loss_curve_leaves_the_plot_and_another_start_brings_it_back(
    open_window: Open, application: QApplication
) -> None:
    window = open_window(Experiment("elongated_bowl", runs=(Run("sgd", {"lr": 10.0}), Run("adam", {"lr": 0.1}))))
    axes = window.canvases["loss"].view.axes
    for scale in ("log_y", "log_y"):
        window.action_registry[scale].trigger()
        for _ in range(60):
            window.session.advance(10)
            process_events(application, 2)
        assert axes.get_ylim()[1] < 1e6
        assert axes.get_xlim()[1] >= 600
        window.session.set_start(*window.session.experiment.surface.start)
        window.session.set_start(-5.0, 1.0)
        window.session.restart()
        process_events(application)
        assert axes.get_xlim()[1] == 100


@pytest.mark.slow
def test_dragging_the_start_moves_the_paths_without_a_full_draw(open_window: Open, application: QApplication) -> None:
    window = open_window()
    before = draw_counts(window)
    axes = window.canvases["contour"].view.axes
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(DEFAULT_EXPERIMENT.start))
    send_mouse_event(window, "contour", "button_press_event", x + 0.005, y)
    assert window.session.experiment == DEFAULT_EXPERIMENT, "pressing alone moves nothing"
    for k in range(1, 6):
        send_mouse_event(window, "contour", "motion_notify_event", x + 0.005 + 0.01 * k, y)
        assert window.session.race.step == INITIAL_STEPS
    send_mouse_event(window, "contour", "button_release_event", x + 0.055, y)
    process_events(application)
    assert window.session.experiment.start == pytest.approx((-0.5 + 0.05 * 4, 2.5), abs=0.01)
    assert window.session.race.trajectories[0].xs[0] == window.session.experiment.start[0]
    assert {name: draw_counts(window)[name] - before[name] for name in ("contour", "relief")} == {
        "contour": 0,
        "relief": 0,
    }
    assert len(window.session.store.undo_stack) == 1


@pytest.mark.slow
def test_the_3d_surface_rotates_upright_and_back(open_window: Open, application: QApplication) -> None:
    window = open_window()
    view = window.canvases["relief"].view
    assert isinstance(view, SurfaceView)
    first = view.camera
    send_mouse_event(window, "relief", "button_press_event", 0.5, 0.5)
    send_mouse_event(window, "relief", "motion_notify_event", 0.7, 0.9)
    assert view.rotating
    assert view.camera.azimuth != first.azimuth
    send_mouse_event(window, "relief", "motion_notify_event", 0.7, -50.0)
    assert view.camera.elevation == 90.0
    send_mouse_event(window, "relief", "button_release_event", 0.7, 0.9)
    assert not view.rotating
    send_mouse_event(window, "relief", "button_press_event", 0.5, 0.5, dblclick=True)
    send_mouse_event(window, "relief", "button_release_event", 0.5, 0.5)
    process_events(application)
    assert view.camera == first


@pytest.mark.slow
def test_runs_can_be_added_duplicated_hidden_and_all_removed(open_window: Open, application: QApplication) -> None:
    window = open_window()
    runs = window.side_panel.run_list
    runs.add()
    assert window.session.experiment.runs[-1].optimizer not in {"sgd", "momentum", "adam"}
    assert runs.selected_row == 3
    runs.list.setCurrentRow(1)
    runs.duplicate()
    assert window.session.experiment.runs[-1] == replace(DEFAULT_EXPERIMENT.runs[1], slot=4)
    item = runs.list.item(0)
    assert item is not None
    item.setCheckState(Qt.CheckState.Unchecked)
    assert not window.session.experiment.runs[0].visible
    for _ in range(7):
        runs.remove()
        process_events(application)
    assert window.session.experiment.runs == ()
    assert not window.side_panel.editor.isVisible()
    window.session.clock.play()
    window.session.advance(3)
    for _ in range(20):
        window.session.store.undo()
    assert window.session.experiment == DEFAULT_EXPERIMENT
    process_events(application)
    assert runs.list.count() == 3
    assert window.side_panel.editor.isVisible()


def test_a_diverging_run_is_shown_as_diverged(open_shell: Open) -> None:
    window = open_shell(Experiment("sphere", runs=(Run("sgd", {"lr": 9.0}), Run("sgd", {"lr": 0.1}))))
    window.session.advance(600)
    window.update_texts()
    diverged_at = window.session.race.trajectories[0].diverged_at
    item, values = window.side_panel.run_list.list.item(0), window.readout_table.runs
    assert item is not None
    assert f"diverged at step {diverged_at}" in item.text()
    assert f"diverged at {diverged_at}" in values.index(0, 1).data()
    assert values.index(1, 1).data() == "600"


def test_the_values_table_shows_the_state_of_the_runs(open_window: Open) -> None:
    window = open_window()
    window.session.advance(10)
    window.update_texts()
    for row, trajectory in enumerate(window.session.race.trajectories):
        x, y, loss = (float(quantity[0]) for quantity in trajectory.values_between(70, 70))
        gradient_norm = np.hypot(*window.session.race.surface(x, y)[1])
        cells = [window.readout_table.runs.index(row, column) for column in range(1, 6)]
        assert [float(cell.data()) for cell in cells] == pytest.approx(
            [70, x, y, loss, gradient_norm], rel=1e-3, abs=1e-5
        )
    assert window.readout_table.font().pointSize() >= 13


@pytest.mark.slow
def test_every_action_can_be_triggered_and_toggled_back(
    open_window: Open, application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DocumentController, "ask_path", lambda *_, **__: None)
    monkeypatch.setattr(ExportDialog, "exec", lambda self: True)
    window = open_window()
    for name, (row, _) in list(window.action_registry.actions.items()):
        for _ in range(2 if row.checked else 1):
            if name != "quit":
                window.action_registry[name].trigger()
                process_events(application, 2)
    for message_box in window.findChildren(QMessageBox):
        message_box.close()
    process_events(application)


@pytest.mark.slow
def test_no_shortcut_is_assigned_twice(open_window: Open) -> None:
    window = open_window()
    keys = [key for row, _ in window.action_registry.actions.values() for key in row.shortcuts]
    assert len(keys) == len(set(keys))
    for key in ("Space", "Right", "Left", "Home", "?", "Ctrl+Z"):
        assert key in keys


@pytest.mark.slow
def test_export_and_open_work_through_the_dialogs(
    open_window: Open, application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    image, table, saved = tmp_path / "a.png", tmp_path / "a.csv", tmp_path / "a.json"
    monkeypatch.setattr(ExportDialog, "exec", lambda self: self.form.dpi_field.setValue(60) or True)
    monkeypatch.setattr(QFileDialog, "exec", lambda self: True)
    for name, path in (("export_picture", image), ("export_data", table), ("save", saved)):
        monkeypatch.setattr(QFileDialog, "selectedFiles", lambda self, path=path: [str(path)])
        window.action_registry[name].trigger()
        process_events(application)
        assert path.exists()
    assert window.settings.last_folder() == tmp_path
    assert replace(load(image), steps=None) == load(saved) == DEFAULT_EXPERIMENT
    window.session.change(lambda e: e.with_surface("beale"))
    window.action_registry["open"].trigger()
    assert window.session.experiment == DEFAULT_EXPERIMENT


def test_a_failing_file_action_is_reported_in_a_dialog_and_nothing_is_lost(
    open_shell: Open, application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for name, path in (
        ("open", broken),
        ("save", tmp_path / "gone" / "a.json"),
        ("export_data", tmp_path / "gone" / "a.csv"),
    ):
        monkeypatch.setattr(DocumentController, "ask_path", lambda *_, path=path, **__: path)
        window.action_registry[name].trigger()
        process_events(application)
        (message_box,) = (b for b in window.findChildren(QMessageBox) if b.isVisible())
        assert message_box.text().endswith(".")
        message_box.close()
        process_events(application)
    assert window.session.experiment == DEFAULT_EXPERIMENT


@pytest.mark.slow
def test_themes_can_be_changed_while_playing(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.side_panel.run_list.list.setCurrentRow(2)
    faces = []
    for choice in ("dark", "light", "system", "dark"):
        window.set_theme(choice)
        process_events(application)
        window.session.advance(3)
        faces.append(window.canvases["contour"].figure.get_facecolor())
        assert window.side_panel.run_list.selected_row == 2
        assert window.appearance.selected_theme == choice
    assert faces[0] == faces[3] != faces[1] == faces[2]


@pytest.mark.slow
def test_layout_speed_and_theme_are_remembered(open_window: Open, application: QApplication) -> None:
    first = open_window()
    first.toggle_dock("relief")
    first.toggle_dock("results")
    first.set_theme("dark")
    first.playback_bar.speed.number_field.edit.setText("2500")
    first.playback_bar.speed.number_field.edit.editingFinished.emit()
    docks = first.dock_layout.docks
    first.dock_layout.views_window.resizeDocks([docks["contour"], docks["loss"]], [300, 700], Qt.Orientation.Horizontal)
    process_events(application)
    sizes = [docks[name].size() for name in ("contour", "loss")]
    first.close()
    second = open_window()
    assert not second.canvases["relief"].isVisible()
    assert not second.readout_table.isVisible()
    assert second.theme.name == "dark"
    assert second.session.clock.speed == 2500
    assert [second.dock_layout.docks[name].size() for name in ("contour", "loss")] == sizes


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (400, 300), (3000, 200), (1920, 1080)])
def test_the_window_works_at_any_size(open_window: Open, application: QApplication, size: tuple[int, int]) -> None:
    window = open_window()
    window.resize(*size)
    process_events(application)
    window.session.advance(20)
    for canvas in window.canvases.values():
        canvas.resize(1, 1)
        process_events(application, 2)
        window.session.advance(1)
    assert window.session.race.step == INITIAL_STEPS + 20 + len(window.canvases)


@pytest.mark.slow
def test_all_views_can_be_hidden_and_are_up_to_date_when_shown(open_window: Open, application: QApplication) -> None:
    window = open_window()
    for name in ("contour", "relief", "loss", "fit"):
        window.toggle_dock(name)
    before = draw_counts(window)
    for _ in range(30):
        window.session.advance(10)
    process_events(application)
    assert draw_counts(window) == before, "hidden views are not drawn"
    for name in ("contour", "relief", "loss", "fit"):
        window.toggle_dock(name)
    process_events(application)
    assert window.canvases["contour"].drawn_until_step == 360 - 360 % PATH_BLOCK


def test_the_wheel_changes_nothing_without_focus(open_window: Open) -> None:
    window = open_window()
    slider = window.side_panel.editor.fields["lr"].slider
    window.canvases["contour"].setFocus()
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, event)
    assert window.session.experiment == DEFAULT_EXPERIMENT


@pytest.mark.slow
def test_an_uncaught_exception_shows_one_dialog_and_the_program_continues(tmp_path: Path) -> None:
    code = """
import threading
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox, QPushButton
from app.gui.window.main_window import MainWindow
a = QApplication([])
w = MainWindow()
w.error_reporter.install()
w.show()
for _ in range(9): a.processEvents()
def bad(*_): raise RuntimeError("boom")
timer = QTimer(interval=1); timer.timeout.connect(bad); timer.start()
canvas = w.canvases["contour"]
canvas.mpl_connect("figure_leave_event", bad); canvas.callbacks.process("figure_leave_event", None)
thread = threading.Thread(target=bad); thread.start(); thread.join()
def boxes(): return [b for b in w.findChildren(QMessageBox) if b.isVisible()]
seen = 0
for _ in range(300):
    a.processEvents(); seen = max(seen, len(boxes()))
box, = boxes()
next(b for b in box.buttons() if b.text() == "Copy Details").click()
assert "boom" in a.clipboard().text() and "Traceback" in a.clipboard().text()
timer.stop()
for _ in range(9): [b.close() for b in boxes()]; a.processEvents()
w.session.advance(5)
print("dialogs", seen, "step", w.session.race.step)
w.close()
w.deleteLater()
del w, box, canvas, timer
for _ in range(9): a.processEvents()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "dialogs 1 step 65"
    assert "RuntimeError: boom" in result.stderr


def test_what_is_not_allowed_is_said_once_and_ends_the_drag(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.session.store.begin_interaction()
    for _ in range(3):
        window.error_reporter.handle_exception(ExperimentError("steps must be an integer"))
    process_events(application)
    boxes = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    assert [box.text() for box in boxes] == ["Steps must be an integer."]
    assert not window.session.store.interaction_active
    boxes[0].close()


def test_an_impossible_change_raises_and_keeps_the_state() -> None:
    with pytest.raises(ExperimentError):
        replace(DEFAULT_EXPERIMENT, surface_id="nowhere")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1024, 700), (1280, 720), (1920, 1080)])
def test_the_rows_of_the_values_table_fit_their_numbers(
    open_window: Open, application: QApplication, size: tuple[int, int]
) -> None:
    window = open_window(size=size)
    window.side_panel.run_list.add()
    process_events(application)
    for row in range(4):
        assert window.readout_table.rowHeight(row) >= QFontMetrics(window.readout_table.font()).height() + 4
    assert window.readout_table.rowHeight(0) * 4 <= window.readout_table.viewport().height()


def test_another_run_does_not_change_the_branches(open_shell: Open) -> None:
    window = open_shell()
    window.session.keep_branch()
    branches = window.session.experiment.branches
    window.side_panel.run_list.add()
    assert window.session.experiment.branches == branches != ()


@pytest.mark.slow
def test_undoing_the_addition_of_the_selected_run_selects_another_everywhere(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    window.side_panel.run_list.add()
    window.session.store.undo()
    process_events(application)
    last = len(window.session.experiment.runs) - 1
    assert window.side_panel.run_list.selected_row == last
    assert window.canvases["contour"].scene.selected_run == last
    window.update_texts()
    assert window.session.experiment.runs[last].method.name in window.status_line.status_label.text()
