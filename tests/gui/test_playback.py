"""Playback, timeline, branches and comparison modes in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, Qt, qInstallMessageHandler
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

from app.gui.panels.timeline import INITIAL_RANGE
from app.gui.window.main_window import MainWindow
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.session.session import Session
from app.session.tuning_task import TuningTask
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.1}), Run("adam", {"lr": 0.2})))


def test_keys_move_by_one_step_by_ten_and_to_the_ends(open_window: Open) -> None:
    window = open_window(BOWL)
    step = window.session.race
    window.canvases["contour"].setFocus()
    assert not step.step
    shift = Qt.KeyboardModifier.ShiftModifier
    for key, modifier, where in (
        (Qt.Key.Key_Right, None, 1),
        (Qt.Key.Key_Right, shift, 11),
        (Qt.Key.Key_Right, shift, 21),
        (Qt.Key.Key_Left, None, 20),
        (Qt.Key.Key_Left, shift, 10),
        (Qt.Key.Key_End, None, 21),
        (Qt.Key.Key_Home, None, 0),
        (Qt.Key.Key_Left, shift, 0),
        (Qt.Key.Key_End, None, 21),
    ):
        QTest.keyClick(window, key, modifier or Qt.KeyboardModifier.NoModifier)
        assert window.session.race.step == where


def test_the_timeline_moves_to_the_clicked_step_but_not_beyond_computed_steps(
    open_shell: Open, application: QApplication
) -> None:
    window = open_shell(BOWL)
    window.session.advance(160)
    window.update_texts()
    line = window.timeline_bar.timeline
    assert (line.value(), line.last_computed_step, line.maximum()) == (160, 160, 2 * INITIAL_RANGE)
    window.session.clock.play()
    for step in (40, 120):
        position = QPoint(round(line.x_of_step(step)), line.height() // 2)
        QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=position)
        assert not window.session.clock.running
        assert abs(window.session.race.step - step) <= 1
        QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=position)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() - 1, 5))
    assert window.session.race.step == line.value() == 160
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert window.session.race.step == 0


def test_the_timeline_marks_changes_and_branch_points(open_shell: Open) -> None:
    window = open_shell(BOWL)
    window.session.advance(50)
    window.session.change(lambda e: e.with_run(1, e.runs[1].with_hyperparameter("lr", 0.3)))
    window.session.advance(30)
    window.session.show_step(20)
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.3)))
    window.update_texts()
    assert set(window.timeline_bar.timeline.change_colors) == {50, 20}
    assert window.timeline_bar.timeline.branch_steps == [20]
    window.session.change_branch(0, visible=False)
    window.update_texts()
    assert window.timeline_bar.timeline.branch_steps == []


def test_the_stop_step_can_be_set_and_invalid_steps_are_reported(open_shell: Open) -> None:
    window = open_shell(BOWL)
    bar = window.timeline_bar
    bar.stop_checkbox.click()
    assert window.session.experiment.steps == 1000
    bar.stop_field.edit.setText("25")
    bar.stop_field.edit.editingFinished.emit()
    assert window.session.experiment.steps == 25
    for wrong in ("0", "2.5", "x", "1e99"):
        bar.stop_field.edit.setText(wrong)
        bar.stop_field.edit.editingFinished.emit()
        assert window.session.experiment.steps == 25
        assert "stop at step must be" in bar.error_label.text()
    window.session.clock.play()
    window.session.advance(100)
    assert (window.session.race.step, window.session.clock.running) == (25, False)
    bar.stop_checkbox.click()
    assert window.session.experiment.steps is None


def test_play_at_the_stop_step_plays_again_and_the_tool_tip_says_so(open_shell: Open) -> None:
    window = open_shell(replace(BOWL, steps=25))
    session, play = window.session, window.action_registry["play"]
    play.trigger()
    assert session.clock.running
    session.advance(100)
    window.update_texts()
    assert (session.race.step, session.clock.running) == (25, False)
    assert "again from step 0 (Space)" in play.toolTip()
    play.trigger()
    assert (session.race.step, session.race.last_step, session.clock.running) == (0, 25, True)
    window.update_texts()
    assert play.toolTip() == "Pause (Space)"
    session.advance(10)
    play.trigger()
    window.update_texts()
    assert (session.race.step, session.clock.running) == (10, False)
    assert play.toolTip() == "Play (Space)"
    play.trigger()
    assert session.race.step == 10, "before the stop step, Play continues"
    session.advance(100)
    window.action_registry["step"].trigger()
    assert session.race.step == 26, "Step Forward goes past the stop step"
    play.trigger()
    session.advance(10)
    assert session.race.step == 36
    session.clock.pause()


def test_maximum_speed_makes_more_steps_the_faster_frames_are(application: QApplication) -> None:
    session, step_counts = Session(BOWL), []
    session.clock.steps_due.connect(step_counts.append)
    session.clock.unlimited = True
    for seconds in (0.01, 0.01, 0.01, 0.2, 0.2):
        session.clock.advance_time(seconds)
    assert step_counts[0] < step_counts[1] < step_counts[2] > step_counts[3] > step_counts[4] > 0
    assert session.race.step == sum(step_counts)


def test_the_branch_list_renames_hides_deletes_and_switches(open_shell: Open, application: QApplication) -> None:
    window = open_shell(BOWL)
    window.results_tabs.setCurrentIndex(2)
    panel = window.results_tabs.branch_list
    assert panel.empty_label.isVisible()
    assert not panel.buttons["Delete"].isEnabled()
    window.session.advance(40)
    window.update_texts()
    panel.buttons["Save as Branch"].click()
    window.session.show_step(10)
    window.side_panel.editor.fields["lr"].slider.setValue(900)
    process_events(application)
    window.update_texts()
    assert panel.list.count() == 2
    assert window.results_tabs.tab_bar.tabText(2) == "Branches (2)"
    item = panel.list.item(1)
    assert item is not None
    assert "branched at step 10" in item.text()
    start = window.session.experiment.start
    window.session.set_start(0.5, 0.5)
    window.update_texts()
    assert f"start ({start[0]:.4g}, {start[1]:.4g})" in item.text(), "a branch with another start did not branch here"
    window.session.store.undo()
    window.update_texts()
    assert "branched at step 10" in item.text()
    item.setText("  too slow ")
    assert window.session.experiment.branches[1].name == "too slow"
    assert item.text() == "too slow"
    item.setCheckState(Qt.CheckState.Unchecked)
    assert not window.session.experiment.branches[1].visible
    panel.list.setCurrentRow(1)
    panel.buttons["Switch To"].click()
    assert window.session.experiment.runs[0] == BOWL.runs[0]
    panel.list.setCurrentRow(0)
    panel.buttons["Delete"].click()
    assert len(window.session.experiment.branches) == 1
    window.action_registry["undo"].trigger()
    assert panel.list.count() == len(window.session.experiment.branches) == 2


def test_renaming_a_branch_that_is_being_renamed_keeps_the_editor_open(
    open_shell: Open, application: QApplication
) -> None:
    window = open_shell(BOWL)
    window.results_tabs.setCurrentIndex(2)
    window.session.advance(40)
    panel = window.results_tabs.branch_list
    window.update_texts()
    panel.buttons["Save as Branch"].click()
    process_events(application)
    messages: list[str | None] = []
    previous_handler = qInstallMessageHandler(lambda kind, where, text: messages.append(text))
    try:
        panel.buttons["Rename"].click()
        (editor,) = panel.list.findChildren(QLineEdit)
        editor.setText("slow")
        panel.buttons["Rename"].click()
    finally:
        qInstallMessageHandler(previous_handler)
    assert [text for text in messages if text and "editing failed" in text] == []
    assert panel.list.findChildren(QLineEdit) == [editor]
    assert (editor.hasFocus(), editor.text()) == (True, "slow")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    process_events(application)  # Qt commits the text in a queued call
    assert window.session.experiment.branches[0].name == "slow"
    panel.buttons["Rename"].click()
    (editor,) = panel.list.findChildren(QLineEdit)
    assert editor.text() == "slow"


def test_a_row_of_the_results_selects_its_run(open_shell: Open) -> None:
    window = open_shell(BOWL)
    window.results_tabs.setCurrentIndex(1)
    window.results_tabs.results_page.run_selected.emit(1)
    assert window.side_panel.run_list.selected_row == 1
    run = window.side_panel.editor.selected_run
    assert run is not None
    assert run.optimizer == "adam"


def run_to_end(tuner: TuningTask) -> None:
    while tuner.running:
        tuner.timer.timeout.emit()


def test_tuning_finds_a_learning_rate_for_each_run_and_can_be_undone(open_shell: Open) -> None:
    window = open_shell(BOWL)
    window.session.advance(30)
    panel = window.side_panel.comparison_panel
    panel.mode_combo.setCurrentIndex(panel.mode_combo.findData("tuned"))
    panel.mode_combo.activated.emit(panel.mode_combo.currentIndex())
    assert window.session.experiment == BOWL, "nothing changes before tuning is finished"
    assert panel.progress_bar.isVisible()
    run_to_end(panel.tuning_task)
    tuned = window.session.experiment
    assert (tuned.comparison.mode, tuned.comparison.budget) == ("tuned", 30), "for the displayed number of steps"
    assert 0.4 < tuned.runs[0].hyperparameters["lr"] < 1.0, "the optimum for curvatures 0.1 and 2 is 2 / 2.1"
    assert not panel.progress_bar.isVisible()
    assert window.session.race.step == 30
    window.action_registry["undo"].trigger()
    assert window.session.experiment == BOWL
    assert panel.mode_combo.currentData() == ""


def test_tuning_is_canceled_by_the_button_and_by_another_surface(open_shell: Open) -> None:
    window = open_shell(BOWL)
    panel = window.side_panel.comparison_panel
    for cancel in (panel.cancel_button.click, lambda: window.session.change(lambda e: e.with_surface("beale"))):
        panel._select_mode("tuned")
        panel.tuning_task.timer.timeout.emit()
        cancel()
        window.update_texts()
        assert not panel.tuning_task.running
        assert window.session.experiment.comparison == ComparisonMode()
        assert window.session.experiment.runs == BOWL.runs


def test_a_run_that_cannot_be_tuned_is_named(open_shell: Open) -> None:
    window = open_shell(
        replace(BOWL, surface_id="sphere", start=(1e6, 1e6), runs=(Run.parse("sgd weight_decay=1e300"),))
    )
    panel = window.side_panel.comparison_panel
    panel._select_mode("tuned")
    run_to_end(panel.tuning_task)
    assert "SGD" in panel.error_label.text()
    assert window.session.experiment.comparison == ComparisonMode()


@pytest.mark.parametrize("mode", ["rate", "evaluations"])
def test_a_comparison_mode_is_stored_in_the_experiment_at_once(open_shell: Open, mode: str) -> None:
    window = open_shell(DEFAULT_EXPERIMENT)
    panel = window.side_panel.comparison_panel
    panel._select_mode(mode)
    assert window.session.experiment.comparison.mode == mode
    assert len({run.hyperparameters["lr"] for run in window.session.experiment.runs}) == (1 if mode == "rate" else 3)
    if mode == "evaluations":
        panel.budget_field.value_committed.emit(20.0)
        window.session.advance(50)
        assert [trajectory.last_step for trajectory in window.session.race.trajectories] == [20] * 3
        assert "evaluations" in window.session.experiment.comparison.text
    panel._select_mode("")
    assert window.session.experiment.comparison == ComparisonMode()


def test_replicas_are_offered_where_something_is_random(open_shell: Open) -> None:
    window = open_shell(BOWL)
    assert not window.side_panel.editor.replica_field.isVisible()
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("noise", 0.5)))
    assert window.side_panel.editor.replica_field.isVisible()
    window.side_panel.editor.replica_field.slider_field.value_committed.emit(4.0)
    assert window.session.experiment.runs[0].replicas == 4
    assert len(window.session.race.replica_trajectories[0]) == 4


def test_a_modifier_can_be_applied_to_every_run(open_shell: Open) -> None:
    window = open_shell(BOWL)
    window.session.change(lambda e: e.with_run(0, Run.parse("sgd lr=0.1 noise=0.7 noise_seed=3")))
    window.side_panel.editor.form.apply_to_all_runs.emit(window.side_panel.editor.selected_run.modifiers[0])  # type: ignore[union-attr]
    given = [
        (run.hyperparameters["noise"], run.hyperparameters["noise_seed"]) for run in window.session.experiment.runs
    ]
    assert given == [(0.7, 3)] * 2


@pytest.mark.slow
def test_temporary_and_long_messages_do_not_move_the_layout(open_window: Open, application: QApplication) -> None:
    window = open_window(DEFAULT_EXPERIMENT, size=(1280, 720))
    heights = set()
    for step in (60, 61, 80, 3, 0, 45):
        window.session.show_step(min(step, window.session.race.last_step))
        window.session.advance(2)
        window.update_texts()
        process_events(application)
        heights.add(window.dock_layout.views_window.height())
        window.show_message("Saved a file.")
        process_events(application)
        heights.add(window.dock_layout.views_window.height())
        window.show_message("")
    assert len(heights) == 1


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1016, 660), (1280, 720)])
def test_the_window_opens_at_the_requested_size(open_window: Open, size: tuple[int, int]) -> None:
    window = open_window(size=size)
    assert (window.width(), window.height()) == size
