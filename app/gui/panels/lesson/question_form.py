"""The question of a lesson: choices or a number, and how sure the student is."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.panels.lesson.texts import push_button, text_label
from app.gui.widgets.inline_message import InlineMessage
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.lesson import Question
from app.model.lesson_answers import CONFIDENCES
from app.model.number_parsing import parse_number
from app.utils.i18n import gettext_noop, tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

ANSWER_SPEC = Hyperparameter(0.0, 1.0, minimum=-math.inf, label=gettext_noop("the answer"))


class QuestionForm(QWidget):
    """Choices or a field for a number; ``answered(prediction, confidence)`` and ``skipped`` are emitted by buttons."""

    answered = pyqtSignal(float, str)
    skipped = pyqtSignal()

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self.layout_column = QVBoxLayout(self)
        self.layout_column.setContentsMargins(0, 0, 0, 0)
        self.layout_column.setSpacing(4)
        self.layout_column.addWidget(text_label(tr(question.text)))
        self.group = QButtonGroup(self)
        self.field = QLineEdit(accessibleName=tr("Your answer, a number"))
        self.error_label = InlineMessage()
        self.first_control: QWidget = self.field
        if question.measure is None:
            self._add_choices()
        else:
            self._add_field()
        self._add_confidence()
        self._add_buttons()

    def _add_choices(self) -> None:
        """Add a radio button and, beside it, its text, which wraps; a click on either selects the choice."""
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(2)
        for index, choice in enumerate(self.question.choices):
            button, label = QRadioButton(accessibleName=tr(choice.text)), ChoiceLabel(tr(choice.text))
            button.setAccessibleDescription(tr(self.question.text))
            label.setBuddy(button)
            label.clicked.connect(button.click)
            grid.addWidget(button, index, 0)
            grid.addWidget(label, index, 1)
            self.group.addButton(button, index)
        self.layout_column.addLayout(grid)
        self.first_control = self.group.buttons()[0]
        self.group.idToggled.connect(lambda: self.answer_button.setEnabled(True))

    def _add_field(self) -> None:
        self.field.setAccessibleDescription(tr(self.question.text))
        self.field.setPlaceholderText(tr("a number"))
        self.field.textChanged.connect(self._on_text_changed)
        self.field.returnPressed.connect(self._answer)
        self.layout_column.addWidget(self.field)
        self.layout_column.addWidget(self.error_label)

    def _add_confidence(self) -> None:
        row, label = QHBoxLayout(), QLabel(tr("How sure are you?"))
        self.confidence_combo = QComboBox()
        for confidence, text in CONFIDENCES.items():
            if confidence:
                self.confidence_combo.addItem(tr(text), confidence)
        self.confidence_combo.setCurrentIndex(1)
        self.confidence_combo.setWhatsThis(tr("How sure you are of your answer. It is kept with the answer."))
        guard_wheel(self.confidence_combo)
        label.setBuddy(self.confidence_combo)
        row.addWidget(label)
        row.addWidget(self.confidence_combo, 1)
        self.layout_column.addLayout(row)

    def _add_buttons(self) -> None:
        row = QHBoxLayout()
        self.answer_button = push_button(tr("Answer and run"), tr("Keeps your answer and plays the runs."), True)
        self.answer_button.setEnabled(False)
        self.answer_button.clicked.connect(self._answer)
        self.skip_button = push_button(tr("Skip the question"), tr("Plays the runs without an answer."))
        self.skip_button.clicked.connect(self.skipped)
        row.addWidget(self.answer_button, 1)
        row.addWidget(self.skip_button)
        self.layout_column.addLayout(row)

    def _on_text_changed(self, text: str) -> None:
        self.answer_button.setEnabled(bool(text.strip()))
        self.error_label.show_message("")

    def _answer(self) -> None:
        confidence = self.confidence_combo.currentData()
        if self.question.measure is None:
            if self.group.checkedId() >= 0:
                self.answered.emit(float(self.group.checkedId()), confidence)
            return
        try:
            prediction = parse_number(ANSWER_SPEC, self.field.text(), tr(ANSWER_SPEC.label)).value
        except ExperimentError as error:
            self.error_label.show_message(to_sentence(str(error)))
            return
        self.answered.emit(prediction, confidence)


class ChoiceLabel(QLabel):
    """The text of a choice; ``clicked`` is emitted for a click on it."""

    clicked = pyqtSignal()

    def __init__(self, text: str) -> None:
        super().__init__(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Emit ``clicked``."""
        self.clicked.emit()
