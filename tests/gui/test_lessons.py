"""The lesson panel: its list, its page at every stage, and what surrounds a lesson in the window."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel

from app.engine.opened_experiment import open_without_questions
from app.gui.dialogs.answers_dialog import AnswersDialog
from app.gui.window.lesson_controller import own_lessons_folder
from app.gui.window.main_window import MainWindow
from app.io.lesson_answers_files import load_answers
from app.io.lesson_files import lesson_paths
from app.model.lesson_claim import Claim
from app.session.lesson_session import Stage
from tests.gui.test_accessibility import assert_all_named
from tests.lesson_sample import CHOICE_LESSON, NUMBER_LESSON, choice_lesson, number_lesson
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]


@pytest.fixture
def window(open_shell: Open) -> MainWindow:
    window = open_shell(size=(1024, 768))
    window.action_registry["lessons"].trigger()
    process_events(QApplication.instance())  # type: ignore[arg-type]
    return window


def texts(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.lessons.panel.findChildren(QLabel) if label.isVisible())


def test_the_panel_is_created_when_it_is_first_shown(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    assert window.lessons.panel is None
    window.action_registry["lessons"].trigger()
    process_events(application)
    panel = window.lessons.panel
    assert panel.isVisible()
    assert len(panel.available) == len(lesson_paths())
    assert QApplication.focusWidget() is panel.list.tree
    window.rebuild_panels()
    process_events(application)
    assert window.lessons.panel is not panel
    assert window.lessons.panel.isVisible()


def test_lessons_of_the_own_folder_are_listed_and_broken_files_are_named(
    open_shell: Open, application: QApplication
) -> None:
    folder = own_lessons_folder()
    folder.mkdir(parents=True)
    (folder / "mine.json").write_text(json.dumps(CHOICE_LESSON))
    (folder / "broken.json").write_text("{")
    window = open_shell()
    window.action_registry["lessons"].trigger()
    process_events(application)
    panel = window.lessons.panel
    assert [lesson.title for lesson in panel.available if lesson.course == "own"] == ["One rate"]
    assert "broken.json" in panel.list.message_label.text()
    tree = panel.list.tree
    own = tree.topLevelItem(tree.topLevelItemCount() - 1).child(0)
    tree.setCurrentItem(own)
    panel.list.begin_button.click()
    assert window.lessons.lesson_session.lesson.name == "mine"


def test_a_lesson_from_the_prediction_to_the_task(window: MainWindow, application: QApplication) -> None:
    lessons, page = window.lessons.lesson_session, window.lessons.panel.page
    own = window.session.experiment
    window.lessons.panel.begin(choice_lesson)
    process_events(application)
    form, play = page.question_form, window.action_registry["play"]
    assert not play.isEnabled()
    assert not form.answer_button.isEnabled()
    assert QApplication.focusWidget() is form.group.button(0)
    QTest.keyClick(form.group.button(0), Qt.Key.Key_Space)
    QTest.keyClick(form.group.button(0), Qt.Key.Key_Down)
    assert form.group.checkedId() == 1
    form.confidence_combo.setCurrentIndex(0)
    form.answer_button.setFocus()
    QTest.keyClick(form.answer_button, Qt.Key.Key_Return)
    process_events(application)
    assert lessons.stage is not Stage.PREDICT
    assert QApplication.focusWidget() is page.next_control
    QTest.keyClick(page.next_control, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.lessons.panel.leave_button  # this lesson has no neighbors
    assert (lessons.prediction, lessons.confidence) == (1.0, "sure")
    assert play.isEnabled()
    assert window.playback_bar.speed.number_field.value == window.session.clock.speed != 60.0
    assert "Watch the loss." not in texts(window)  # what was measured is told at the end
    lessons.reveal()
    process_events(application)
    assert "Watch the loss." in texts(window)
    assert "✓ The lesson says: No." in texts(window)  # its choices have no claims
    assert "x after step 0 (run 1): 3" in texts(window)
    assert "The rate is too small." in texts(window)
    assert "surface" in texts(window)  # which has no slider
    assert "Not reached yet" in texts(window)
    task = page.task_form
    assert list(task.fields) == ["run1.lr", "run1.weight_decay", "start.x"]
    field = task.fields["run1.lr"].number_field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.session.experiment.runs[0].hyperparameters["lr"] == 0.5
    lessons.check_goal()
    assert "Goal reached:" in texts(window)
    task.restore_button.click()
    lessons.check_goal()
    assert "Not reached yet" in texts(window)
    assert task.fields["run1.lr"].number_field.value == 0.01
    task.fields["start.x"].value_committed.emit(0.0)
    lessons.check_goal()
    assert lessons.is_solved
    window.lessons.panel.leave_button.click()
    process_events(application)
    assert window.session.experiment is own
    assert window.playback_bar.speed.number_field.value == 60.0
    assert window.lessons.panel.list.isVisible()
    assert "of" in window.lessons.panel.list.progress_label.text()


def test_a_number_is_typed_and_a_wrong_entry_explained(window: MainWindow, application: QApplication) -> None:
    lessons, page = window.lessons.lesson_session, window.lessons.panel.page
    window.lessons.panel.begin(number_lesson)
    form = page.question_form
    form.field.setText("two")
    form.answer_button.click()
    assert lessons.stage is Stage.PREDICT
    assert form.error_label.text().endswith(".")
    form.field.setText("2,94")
    QTest.keyClick(form.field, Qt.Key.Key_Return)
    assert lessons.prediction == 2.94
    lessons.reveal()
    process_events(application)
    assert "✓ Right. Measured: 2.94" in texts(window)


@pytest.mark.parametrize("close", ["dock", "window"])
def test_closing_the_panel_or_the_window_leaves_the_lesson(
    window: MainWindow, application: QApplication, close: str
) -> None:
    own = window.session.experiment
    window.lessons.panel.begin(choice_lesson)
    if close == "dock":
        window.dock_layout.docks["lesson"].close_action.trigger()
    else:
        window.close()
    process_events(application)
    assert window.lessons.lesson_session.lesson is None
    assert window.session.experiment is own
    assert not window.session.locked


def test_another_panel_in_front_does_not_leave_the_lesson(window: MainWindow, application: QApplication) -> None:
    window.lessons.panel.begin(choice_lesson)
    window.dock_layout.docks["side"].raise_()
    process_events(application)
    assert window.lessons.lesson_session.lesson is choice_lesson
    window.action_registry["lessons"].trigger()
    process_events(application)
    assert window.lessons.panel.isVisible()


def test_opening_a_lesson_file_begins_it_and_an_experiment_leaves_it(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "first.json"
    path.write_text(json.dumps(NUMBER_LESSON))
    own = window.session.experiment
    window.documents.open_path(path)
    assert window.lessons.lesson_session.lesson.name == "first"
    assert window.settings.recent_files() == []
    from app.io.experiment_files import examples, load, save

    save(load(next(iter(examples().values()))[1]), tmp_path / "other.json")
    window.documents.open_path(tmp_path / "other.json")
    assert window.lessons.lesson_session.lesson is None
    assert window.session.store.undo_stack[-1] is own
    assert window.documents.document_state.path == tmp_path / "other.json"
    path.write_text(json.dumps({**NUMBER_LESSON, "title": ""}))
    shown = window.session.experiment
    errors: list[str] = []
    window.show_error = errors.append  # type: ignore[method-assign]
    window.documents.run_guarded(lambda: window.documents.open_path(path))
    assert "first.json" in errors[0]
    assert window.session.experiment is shown


def test_a_lesson_survives_another_theme_and_language(window: MainWindow, application: QApplication) -> None:
    window.lessons.panel.begin(choice_lesson)
    window.lessons.lesson_session.predict(0.0, "sure")
    window.lessons.lesson_session.reveal()
    window.appearance.set_language("ko")
    process_events(application)
    assert "✗ 수업의 답: No." in texts(window)
    window.set_theme("dark")
    process_events(application)
    assert "아직 이루지 못했습니다" in texts(window)
    assert window.lessons.panel.page.task_form is not None


def test_every_stage_has_named_controls(window: MainWindow, application: QApplication) -> None:
    panel, lessons = window.lessons.panel, window.lessons.lesson_session
    assert_all_named(panel)
    for lesson in (choice_lesson, number_lesson):
        panel.begin(lesson)
        assert_all_named(panel)
        lessons.predict(1.0, "sure")
        assert_all_named(panel)
        lessons.reveal()
        assert_all_named(panel)


def test_buttons_open_what_the_lesson_names(window: MainWindow, application: QApplication) -> None:
    window.lessons.panel.begin(choice_lesson)
    window.lessons.open_part("step_panel")
    assert window.dock_layout.is_dock_enabled("step_panel")
    window.lessons.open_part("step_panel")  # not hidden again
    assert window.dock_layout.is_dock_enabled("step_panel")
    window.lessons.open_part("formula")
    assert window.help.help_window.isVisible()
    window.help.help_window.close()


def test_all_parts_that_a_lesson_can_show_have_a_command(open_window: Open, application: QApplication) -> None:
    from app.gui.panels.lesson.lesson_page import SHOWN_PARTS
    from app.gui.window.lesson_controller import PART_ACTIONS
    from app.model.lesson import SHOWN

    window = open_window()
    window.action_registry["lessons"].trigger()
    process_events(application)
    window.lessons.panel.begin(choice_lesson)
    window.action_registry["reset_layout"].trigger()  # closes the panel, and with it the lesson
    process_events(application)
    assert window.lessons.lesson_session.lesson is None
    assert set(SHOWN) == set(SHOWN_PARTS) == set(PART_ACTIONS)
    assert set(PART_ACTIONS.values()) <= set(window.action_registry)


def test_answers_are_saved_in_one_file(
    window: MainWindow, application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, lessons = window.lessons.panel, window.lessons.lesson_session
    own = window.session.experiment
    assert not panel.list.save_button.isEnabled()
    panel.begin(choice_lesson)
    lessons.predict(1.0, "guessing")
    lessons.reveal()
    panel.leave_button.click()
    path = tmp_path / "kim.json"
    monkeypatch.setattr(window.documents, "ask_path", lambda *_: path)
    panel.list.save_button.click()
    [dialog] = window.findChildren(AnswersDialog)
    assert_all_named(dialog)
    dialog.name_field.setText("Kim")
    QTest.keyClick(dialog.name_field, Qt.Key.Key_Return)
    process_events(application)
    answers = load_answers(path)
    assert answers.name == "Kim"
    assert [(each.lesson, each.prediction) for each in answers.answers] == [("one_rate", 1.0)]
    assert answers.experiment == own
    panel.list.save_button.click()
    [dialog] = window.findChildren(AnswersDialog)
    path.unlink()
    path.mkdir()  # cannot be written
    QTest.keyClick(dialog.name_field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.error_label.text().endswith(".")
    dialog.reject()
    process_events(application)


def test_a_lesson_with_a_broken_formula_or_an_impossible_claim_can_be_used(
    window: MainWindow, application: QApplication
) -> None:
    impossible = Claim("loss", instead={"parameter.a": 1.0})
    lesson = replace(choice_lesson, formulas=(r"\frac{1", "x $ y"), claims=(impossible,))
    lessons, messages = window.lessons.lesson_session, []
    window.session.message.connect(messages.append)
    window.lessons.panel.begin(lesson)
    lessons.predict(1.0, "sure")
    lessons.reveal()
    process_events(application)
    assert r"\frac{1" in texts(window)
    assert "✓ The lesson says: No." in texts(window)
    assert messages[-1].endswith(".")
    window.lessons.panel.begin(replace(number_lesson, question=replace(number_lesson.question, measure=impossible)))
    lessons.predict(1.0, "sure")
    lessons.reveal()
    process_events(application)
    assert "Measured: unknown" in texts(window)
    assert "✗ Not what happens" not in texts(window)


def test_the_command_line_opens_a_lesson(tmp_path: Path) -> None:
    path = tmp_path / "lesson.json"
    path.write_text(json.dumps(NUMBER_LESSON))
    assert open_without_questions(path) is None  # so that the window opens the file


def test_the_text_of_a_lesson_is_larger_in_presentation_mode(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.action_registry["lessons"].trigger()
    process_events(application)
    window.lessons.panel.begin(choice_lesson)
    label = window.lessons.panel.page.question_form.findChild(QLabel)
    before = label.fontInfo().pixelSize()
    window.presentation_mode.enter()
    process_events(application)
    assert window.lessons.panel.isVisible()
    assert label.fontInfo().pixelSize() > before
    window.presentation_mode.leave()
    process_events(application)
    assert label.fontInfo().pixelSize() == before


def test_a_lesson_begins_with_the_whole_surface_visible(open_window: Open, application: QApplication) -> None:
    own = replace(choice_lesson.experiment, steps=None)
    window = open_window(own)
    window.action_registry["lessons"].trigger()
    process_events(application)
    window.view_area.zoom(0.5)
    window.view_area.contour_tool.proposal.propose((1.0, 1.0))
    assert window.view_area.is_zoomed
    window.lessons.panel.begin(choice_lesson)
    assert not window.view_area.is_zoomed
    assert window.view_area.contour_tool.proposal.start is None


def test_the_status_of_the_runs_is_hidden_until_the_question_is_answered(window: MainWindow) -> None:
    assert window.status_line.status_label.text()
    window.lessons.show_lessons()
    panel = window.lessons.panel
    panel.begin(choice_lesson)
    limit_label = window.side_panel.editor.form.safe_rate_row.limit_label
    assert (window.status_line.status_label.text(), limit_label.text()) == ("", "")
    window.lessons.lesson_session.predict(None)
    window.update_texts()
    assert window.status_line.status_label.text()
    assert limit_label.text().startswith("stability limit")


def test_what_a_lesson_opens_shows_the_run_of_its_task(window: MainWindow) -> None:
    window.lessons.show_lessons()
    task = replace(choice_lesson.task, free=("run2.lr",))
    runs = (*choice_lesson.experiment.runs, replace(choice_lesson.experiment.runs[0], slot=7))
    lesson = replace(choice_lesson, task=task, experiment=replace(choice_lesson.experiment, runs=runs))
    window.lessons.panel.begin(lesson)
    window.lessons.open_part("step_panel")
    assert window.side_panel.run_list.selected_row == 1
