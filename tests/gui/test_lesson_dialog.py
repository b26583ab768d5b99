"""The dialog that makes a lesson from the current experiment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from app.gui.dialogs.lesson_dialog import LessonDialog, lesson_experiment
from app.gui.window.lesson_controller import own_lessons_folder
from app.gui.window.main_window import MainWindow
from app.io.lesson_files import lesson_from_json, lesson_to_json, load_lesson
from app.model.experiment import DEFAULT_EXPERIMENT
from app.model.lesson import Lesson
from app.model.lesson_claim import MAX_LESSON_STEPS
from app.utils.validation import ExperimentError
from tests.gui.test_accessibility import assert_all_named
from tests.qt_fixtures import process_events

EXPERIMENT = replace(DEFAULT_EXPERIMENT, steps=40)


@pytest.fixture
def dialog(application: QApplication) -> LessonDialog:
    return LessonDialog(None, EXPERIMENT, lambda lesson: True)  # type: ignore[arg-type]


def fill_choices(dialog: LessonDialog) -> None:
    page = dialog.question_page
    page.title_field.setText("My lesson")
    page.question_field.setPlainText("Which run is first?")
    page.choices_field.setPlainText("SGD\n\nMomentum\nAdam\n")
    page.right_combo.setCurrentIndex(2)


def test_an_empty_form_says_what_is_missing(dialog: LessonDialog) -> None:
    assert not dialog.save_button.isEnabled()
    assert dialog.report.toPlainText() == "Enter a title."
    dialog.question_page.title_field.setText("Rates")
    dialog.check()
    assert dialog.report.toPlainText() == "Enter a question."
    fill_choices(dialog)
    assert dialog.timer.isActive()
    dialog.check()
    assert dialog.save_button.isEnabled()
    dialog.question_page.choices_field.setPlainText("only one")
    dialog.check()
    assert not dialog.save_button.isEnabled()


def test_every_field_is_in_the_lesson_and_survives_its_file(dialog: LessonDialog) -> None:
    fill_choices(dialog)
    explanation, task = dialog.explanation_page, dialog.task_page
    explanation.observe_field.setPlainText("Watch the losses.")
    explanation.value_fields.measure_combo.setCurrentIndex(explanation.value_fields.measure_combo.findData("loss"))
    explanation.value_fields.run_combo.setCurrentIndex(1)
    explanation.value_fields.fields["step"].setText("10")
    explanation.add_button.click()
    explanation.value_fields.fields["step"].setText("ten")
    explanation.add_button.click()
    assert explanation.error_label.text()
    explanation.explanation_field.setPlainText("One.\nTwo.")
    explanation.formulas_field.setPlainText(r"x_t = 2\eta")
    task.task_box.setChecked(True)
    with pytest.raises(ExperimentError):
        dialog.lesson()
    task.text_field.setPlainText("Lower the loss.")
    task.free_list.item(0).setCheckState(Qt.CheckState.Checked)
    task.goal_fields.measure_combo.setCurrentIndex(task.goal_fields.measure_combo.findData("lowest_loss"))
    task.limit_field.setText("0.001")
    dialog.check()
    assert dialog.save_button.isEnabled()
    report = dialog.report.toPlainText()
    assert "loss after step 10 (run 2)" in report
    assert "lowest loss from step 0 to step 40" in report
    lesson = dialog.lesson()
    assert lesson.question.answer == 2
    assert [claim.step for claim in lesson.claims] == [10]
    assert lesson.explanation == ("One.", "Two.")
    assert lesson.task is not None
    assert lesson.task.free == ("run1.lr",)
    assert lesson.task.goal[0].at_most == 0.001
    assert lesson_from_json(lesson_to_json(lesson)) == lesson
    explanation.value_list.setCurrentRow(0)
    explanation.remove_button.click()
    assert not dialog.lesson().claims


def test_a_number_is_measured_and_a_false_number_in_a_text_is_reported(dialog: LessonDialog) -> None:
    page = dialog.question_page
    page.title_field.setText("Loss")
    page.question_field.setPlainText("What is the loss?")
    page.kind_combo.setCurrentIndex(1)
    page.measure_fields.measure_combo.setCurrentIndex(page.measure_fields.measure_combo.findData("loss"))
    page.tolerance_field.setText("0,5")
    dialog.explanation_page.observe_field.setPlainText("The loss ends at 123.")
    dialog.check()
    report = dialog.report.toPlainText().splitlines()
    assert report[0].startswith("✓ loss after step 40 (run 1): ")
    assert any(line.startswith("✗") and "123" in line for line in report)
    assert dialog.lesson().question.tolerance == 0.5
    page.tolerance_field.setText("")
    dialog.check()
    assert not dialog.save_button.isEnabled()


def test_only_the_fields_that_a_measure_needs_are_shown(dialog: LessonDialog) -> None:
    fields = dialog.question_page.measure_fields
    for measure, shown in (
        ("position", {"step"}),
        ("mean_loss", {"first_step", "step"}),
        ("first_beyond", {"bound"}),
        ("steps_within", {"tolerance"}),
    ):
        fields.measure_combo.setCurrentIndex(fields.measure_combo.findData(measure))
        assert {part for part, field in fields.fields.items() if not field.isHidden()} == shown
        assert fields.axis_combo.isHidden() is (measure not in ("position", "first_beyond"))


def test_all_fields_have_names(dialog: LessonDialog) -> None:
    assert_all_named(dialog)


def test_the_experiment_of_a_lesson_has_an_end_and_no_branches() -> None:
    assert lesson_experiment(replace(DEFAULT_EXPERIMENT, displayed_step=7), 60).steps == 60
    assert lesson_experiment(DEFAULT_EXPERIMENT, 0).steps == 1
    assert lesson_experiment(replace(DEFAULT_EXPERIMENT, steps=10**6), 0).steps == MAX_LESSON_STEPS
    assert lesson_experiment(replace(DEFAULT_EXPERIMENT, displayed_step=7), 60).displayed_step == 0


def test_a_saved_lesson_is_listed_and_can_be_used(
    open_shell: Callable[..., MainWindow], application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    window.action_registry["lessons"].trigger()
    process_events(application)
    names: list[str] = []

    def ask_path(title: str, filters: str, suffix: str, name: str) -> Path:
        names.append(name)
        return Path(f"{name}.{suffix}")

    monkeypatch.setattr(window.documents, "ask_path", ask_path)
    window.action_registry["write_lesson"].trigger()
    [dialog] = window.findChildren(LessonDialog)
    fill_choices(dialog)
    dialog.check()
    dialog.save_button.click()
    process_events(application)
    assert names == [str(own_lessons_folder() / "my_lesson")]
    lesson = load_lesson(own_lessons_folder() / "my_lesson.json")
    assert isinstance(lesson, Lesson)
    panel = window.lessons.panel
    assert panel.available[-1] == lesson
    panel.begin(panel.available[-1])
    assert window.session.experiment == replace(DEFAULT_EXPERIMENT, steps=60)
