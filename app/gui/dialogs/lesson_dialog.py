"""Dialog that makes a lesson from the current experiment and checks it while it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.analysis.lessons.lesson_check import check_lesson
from app.gui.dialogs.lesson_form import ExplanationPage, FormPage, QuestionPage, TaskPage, lines_in
from app.model.experiment import Experiment
from app.model.lesson import Lesson
from app.model.lesson_claim import MAX_LESSON_STEPS
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError

SIZE = QSize(600, 640)
CHECK_DELAY = 300  # milliseconds after the last edit
REPORT_LINES = 6


class LessonDialog(QDialog):
    """Pages for the question, the explanation, and the task, above what the program measures and finds wrong.

    ``save(lesson)`` writes the file and returns whether it was written.
    """

    def __init__(self, parent: QWidget, experiment: Experiment, save: Callable[[Lesson], bool]) -> None:
        super().__init__(parent)
        self.experiment, self.save = experiment, save
        self.setWindowTitle(tr("Lesson from This Experiment"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.question_page, self.explanation_page = QuestionPage(experiment), ExplanationPage(experiment)
        self.task_page = TaskPage(experiment)
        self.tabs = QTabWidget()
        self.report = QPlainTextEdit(readOnly=True, tabChangesFocus=True, accessibleName=tr("Check"))
        self.report.setAccessibleDescription(tr("What the program measures, and what is missing or wrong"))
        self.report.setFixedHeight(REPORT_LINES * self.report.fontMetrics().lineSpacing() + 10)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save_button = buttons.addButton(tr("&Save…"), QDialogButtonBox.ButtonRole.AcceptRole)
        cancel_button = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert save_button is not None
        assert cancel_button is not None
        cancel_button.setText(tr("&Cancel"))
        self.save_button = save_button
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for page, title in (
            (self.question_page, tr("Question")),
            (self.explanation_page, tr("Explanation")),
            (self.task_page, tr("Task")),
        ):
            self._add_page(page, title)
        for widget in (self.tabs, QLabel(tr("Check"), objectName="heading"), self.report, buttons):
            column.addWidget(widget, int(widget is self.tabs))
        self.timer = QTimer(self, singleShot=True, interval=CHECK_DELAY)
        self.timer.timeout.connect(self.check)
        self.resize(SIZE)
        self.check()

    def _add_page(self, page: FormPage, title: str) -> None:
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        self.tabs.addTab(area, title)
        page.changed.connect(lambda: self.timer.start())

    def lesson(self) -> Lesson:
        """Return the lesson; ExperimentError with what is missing."""
        question, explanation = self.question_page, self.explanation_page
        title = question.title_field.text().strip()
        if not title:
            raise ExperimentError(tr("enter a title"))
        return Lesson(
            "lesson",
            title,
            self.experiment,
            question.question(),
            observe=explanation.observe_field.toPlainText().strip(),
            claims=tuple(explanation.claims),
            explanation=tuple(lines_in(explanation.explanation_field)),
            formulas=tuple(lines_in(explanation.formulas_field)),
            task=self.task_page.task(),
        )

    def check(self) -> None:
        """Show what is measured, and what is missing or wrong; a lesson with missing parts cannot be saved."""
        self.timer.stop()
        from app.plotting.math_text import is_typesettable

        try:
            lesson = self.lesson()
            findings = check_lesson(lesson)
        except ExperimentError as error:
            self.report.setPlainText(to_sentence(str(error)))
            self.save_button.setEnabled(False)
            return
        lines = [f"{'✓' if finding.holds else '✗'} {finding.text}" for finding in findings]
        lines += [
            f"✗ {tr('cannot be typeset: {formula}', formula=formula)}"
            for formula in lesson.formulas
            if not is_typesettable(formula)
        ]
        self.report.setPlainText("\n".join(lines) or tr("Nothing to measure yet."))
        self.save_button.setEnabled(True)

    def _save(self) -> None:
        try:
            if self.save(self.lesson()):
                self.accept()
        except ExperimentError as error:
            self.report.setPlainText(to_sentence(str(error)))


def lesson_experiment(experiment: Experiment, last_step: int) -> Experiment:
    """Return an experiment as a lesson needs it: at step 0, without branches, with a last step."""
    steps = min(experiment.steps or max(last_step, 1), MAX_LESSON_STEPS)
    return replace(experiment, displayed_step=0, branches=(), steps=steps)
