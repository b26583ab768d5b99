"""A lesson in use: its question, what to watch, what was measured and why, and the task, one below the other."""

from __future__ import annotations

import math
from collections.abc import Callable

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.analysis.lessons.feedback_text import answer_text, measured_line
from app.gui.panels.lesson.question_form import QuestionForm
from app.gui.panels.lesson.task_form import TaskForm
from app.gui.panels.lesson.texts import push_button, text_label
from app.gui.panels.setup.formula_picture import FormulaPicture
from app.model.lesson import Lesson
from app.model.lesson_answers import CONFIDENCES
from app.session.lesson_session import LessonSession, Stage
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

SHOWN_PARTS = {  # by the name in ``Lesson.shows``: the text of the button that opens it
    "step_panel": gettext_noop("Show the equations of each step"),
    "rate_curve": gettext_noop("Show the loss by learning rate"),
    "settings_map": gettext_noop("Show the settings map"),
    "basin_map": gettext_noop("Show the basin map"),
    "formula": gettext_noop("Show the formula of the optimizer"),
    "code": gettext_noop("Export the code"),
}


class LessonPage(QScrollArea):
    """The sections of the lesson, as many as its stage permits.

    ``part_requested(name)`` is emitted by the buttons that open what ``Lesson.shows`` names.
    """

    part_requested = pyqtSignal(str)

    def __init__(self, lessons: LessonSession, theme: Theme) -> None:
        super().__init__()
        self.lessons, self.theme = lessons, theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalScrollBar().setFocusPolicy(self.focusPolicy().NoFocus)  # type: ignore[union-attr]
        self.setFocusPolicy(self.focusPolicy().NoFocus)  # Tab goes to the widgets inside
        self.question_form: QuestionForm | None = None
        self.task_form: TaskForm | None = None
        self.next_control: QWidget | None = None  # which the keyboard focus should go to at this stage
        self.newest: QWidget | None = None  # the section to scroll to

    def show_lesson(self) -> None:
        """Build the sections of the current stage."""
        lesson, stage = self.lessons.lesson, self.lessons.stage
        body = QWidget()
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(4, 0, 8, 8)
        self.column.setSpacing(6)
        self.question_form = self.task_form = self.next_control = None
        if lesson is not None:
            self.column.addWidget(text_label(tr(lesson.title), "lesson_title"))
            sections: dict[Stage, Callable[[Lesson], None]] = {
                Stage.PREDICT: self._add_question,
                Stage.WATCH: self._add_observation,
                Stage.EXPLAIN: self._add_result,
            }
            sections[stage](lesson)
        self.column.addStretch(1)
        previous = self.takeWidget()
        if previous is not None:
            previous.hide()
            previous.deleteLater()  # not at once: one of its controls may have caused this
        self.setWidget(body)
        QTimer.singleShot(0, self._show_newest)

    def _heading(self, text: str) -> None:
        label = text_label(text, "heading")
        self.column.addWidget(label)
        self.newest = label

    def _add_question(self, lesson: Lesson) -> None:
        self._heading(tr("1. Predict"))
        form = self.question_form = QuestionForm(lesson.question)
        form.answered.connect(self.lessons.predict)
        form.skipped.connect(lambda: self.lessons.predict(None))
        self.column.addWidget(form)
        self.next_control = form.first_control

    def _add_observation(self, lesson: Lesson) -> None:
        self._add_answer(lesson)
        self._heading(tr("2. Watch"))
        text = tr("Watch the runs. What to notice is told at their end.")  # it has the measured values
        self.column.addWidget(text_label(text))
        button = push_button(tr("Show the result now"), tr("Shows what was measured without waiting for the runs."))
        button.setAccessibleDescription(text)
        button.clicked.connect(self.lessons.reveal)
        self.column.addWidget(button)
        self.next_control = button

    def _add_answer(self, lesson: Lesson) -> None:
        """Add the question and what was answered."""
        prediction = self.lessons.prediction
        self._heading(tr("1. Predict"))
        self.column.addWidget(text_label(tr(lesson.question.text)))
        text = (
            tr("Your answer: skipped")
            if prediction is None
            else tr(
                "Your answer: {answer} ({confidence})",
                answer=answer_text(lesson.question, prediction),
                confidence=tr(CONFIDENCES[self.lessons.confidence]),
            )
        )
        self.column.addWidget(text_label(text, "quiet"))

    def _add_result(self, lesson: Lesson) -> None:
        self._add_answer(lesson)
        self._heading(tr("2. Watch"))
        watch_heading = self.newest
        if lesson.observe:
            self.column.addWidget(text_label(tr(lesson.observe)))
        lines = [self.result_text(lesson)]
        lines += [measured_line(each, lesson.experiment) for each in self.lessons.observed]
        self.column.addWidget(text_label(lines[0], "reached" if self.lessons.is_right else "answer"))
        if lines[1:]:
            self.column.addWidget(text_label("\n".join(f"• {line}" for line in lines[1:]), "quiet"))
        self._add_explanation(lesson)
        if self.next_control is not None:
            self.next_control.setAccessibleDescription(" ".join([*lines, *map(tr, lesson.explanation)]))
        if lesson.task is not None:
            self._heading(tr("4. Try it"))
            self.task_form = TaskForm(self.lessons, self.theme)
            self.column.addWidget(self.task_form)
            self.next_control = self.next_control or self.task_form.restore_button
        if lesson.references:
            self._heading(tr("References"))
            self.column.addWidget(text_label("\n".join(lesson.references), "quiet"))
        self.newest = watch_heading

    def result_text(self, lesson: Lesson) -> str:
        """Return the right answer, which is measured unless its choice has no claims, and whether it was predicted."""
        answer = answer_text(lesson.question, self.lessons.answer)
        skipped, is_right = self.lessons.prediction is None, self.lessons.is_right
        if not lesson.question.is_measured:
            text = tr("The lesson says: {answer}", answer=answer)
            return text if skipped else f"✓ {text}" if is_right else f"✗ {text}"
        if skipped or math.isnan(self.lessons.answer):  # an answer that cannot be measured makes nothing wrong
            return tr("Measured: {answer}", answer=answer)
        if is_right:
            return tr("✓ Right. Measured: {answer}", answer=answer)
        return tr("✗ Not what happens. Measured: {answer}", answer=answer)

    def _add_explanation(self, lesson: Lesson) -> None:
        self._heading(tr("3. Understand"))
        if lesson.explanation:
            self.column.addWidget(text_label(" ".join(tr(sentence) for sentence in lesson.explanation)))
        from app.plotting.math_text import is_typesettable

        for formula in lesson.formulas:
            if not is_typesettable(formula):  # in a file that somebody else has written
                self.column.addWidget(text_label(formula))
                continue
            picture = FormulaPicture(self.theme)
            picture.setAccessibleName(formula)
            self.column.addWidget(picture)
            picture.show_formula(formula)
        for name in lesson.shows:
            button = push_button(tr(SHOWN_PARTS[name]), tr("Opens what the explanation is about."))
            button.clicked.connect(lambda _, name=name: self.part_requested.emit(name))
            self.column.addWidget(button)
            self.next_control = self.next_control or button

    def _show_newest(self) -> None:
        """Scroll to the newest section."""
        body, bar = self.widget(), self.verticalScrollBar()
        if body is not None and bar is not None and self.newest is not None and self.lessons.stage is not Stage.PREDICT:
            bar.setValue(self.newest.y())
