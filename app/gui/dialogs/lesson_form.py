"""The fields of a lesson that a teacher writes: its question, its explanation, and its task."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.analysis.lessons.lesson_check import claim_subject
from app.gui.dialogs.claim_fields import NUMBER_SPEC, ClaimFields, number_in
from app.gui.dialogs.form_widgets import make_combo_box, make_label
from app.gui.widgets.inline_message import InlineMessage
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.experiment import Experiment
from app.model.lesson import Choice, Question, Task
from app.model.lesson_claim import Claim
from app.model.lesson_settings import COORDINATES, setting_value
from app.utils.i18n import gettext_noop, tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError

KINDS = {"choices": gettext_noop("Choices"), "number": gettext_noop("A number")}
LIMITS = {"at_most": gettext_noop("at most"), "at_least": gettext_noop("at least")}
NAME_ROLE = Qt.ItemDataRole.UserRole


class FormPage(QWidget):
    """A page of labeled fields; ``changed`` is emitted when one of them is edited."""

    changed = pyqtSignal()

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.rows = QFormLayout(self)
        self.rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)

    def add_line(self, label: str) -> QLineEdit:
        """Add a field for one line."""
        field = QLineEdit()
        field.textChanged.connect(self.changed)
        self.rows.addRow(make_label(label, field), field)
        return field

    def add_text(self, label: str, line_count: int) -> QPlainTextEdit:
        """Add a field for several lines."""
        field = QPlainTextEdit(tabChangesFocus=True)
        field.setAccessibleDescription(tr("text of several lines"))
        field.setFixedHeight(round((line_count + 0.8) * field.fontMetrics().lineSpacing()) + 8)
        field.textChanged.connect(self.changed)
        self.rows.addRow(make_label(label, field), field)
        return field


class QuestionPage(FormPage):
    """The title and the question, whose answer is one of several choices or a number that is measured."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.title_field = self.add_line(tr("&Title"))
        self.question_field = self.add_text(tr("&Question"), 3)
        self.kind_combo = make_combo_box(KINDS, tr("Kind of answer"))
        self.rows.addRow(make_label(tr("Kind of &answer"), self.kind_combo), self.kind_combo)
        self.choices_field = QPlainTextEdit(tabChangesFocus=True, accessibleName=tr("Choices, one in each line"))
        self.choices_field.setAccessibleDescription(tr("text of several lines"))
        self.choices_field.setFixedHeight(5 * self.choices_field.fontMetrics().lineSpacing() + 8)
        self.right_combo = QComboBox(accessibleName=tr("Right choice"))
        guard_wheel(self.right_combo)
        self.measure_fields = ClaimFields(experiment, tr("Measured answer"))
        self.tolerance_field = QLineEdit("0", accessibleName=tr("Tolerance of the answer"))
        self.answers = QStackedWidget()
        for widgets in (
            (QLabel(tr("Choices, one in each line")), self.choices_field, QLabel(tr("Right choice")), self.right_combo),
            (self.measure_fields, QLabel(tr("Tolerance of the answer")), self.tolerance_field),
        ):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch(1)
            self.answers.addWidget(page)
        self.rows.addRow(self.answers)
        self.choices_field.textChanged.connect(self._update_right_choices)
        self.kind_combo.currentIndexChanged.connect(self.answers.setCurrentIndex)
        for signal in (self.kind_combo.currentIndexChanged, self.right_combo.currentIndexChanged):
            signal.connect(self.changed)
        for changed in (self.measure_fields.changed, self.tolerance_field.textChanged):
            changed.connect(self.changed)

    def _update_right_choices(self) -> None:
        selected = self.right_combo.currentIndex()
        self.right_combo.blockSignals(True)
        self.right_combo.clear()
        self.right_combo.addItems(lines_in(self.choices_field))
        self.right_combo.setCurrentIndex(min(max(selected, 0), self.right_combo.count() - 1))
        self.right_combo.blockSignals(False)
        self.changed.emit()

    def question(self) -> Question:
        """Return the question; ExperimentError if something is missing."""
        text = self.question_field.toPlainText().strip()
        if not text:
            raise ExperimentError(tr("enter a question"))
        if self.kind_combo.currentData() == "number":
            tolerance = number_in(self.tolerance_field, NUMBER_SPEC, tr("Tolerance of the answer"))
            return Question(text, measure=self.measure_fields.claim(), tolerance=tolerance)
        choices = tuple(Choice(line) for line in lines_in(self.choices_field))
        return Question(text, choices, max(self.right_combo.currentIndex(), 0))


class ExplanationPage(FormPage):
    """What to observe, the values to show with it, and the explanation."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.claims: list[Claim] = []
        self.observe_field = self.add_text(tr("What to &watch"), 2)
        self.value_fields = ClaimFields(experiment, tr("Value to show"))
        self.value_list = QListWidget(accessibleName=tr("Values to show"))
        self.value_list.setFixedHeight(4 * self.value_list.fontMetrics().lineSpacing())
        self.add_button, self.remove_button = QPushButton(tr("Add &value")), QPushButton(tr("&Remove value"))
        self.rows.addRow(QLabel(tr("Values to show")), self.value_fields)
        self.error_label = InlineMessage()
        for widget in (self.error_label, self.add_button, self.value_list, self.remove_button):
            self.rows.addRow(widget)
        self.explanation_field = self.add_text(tr("&Explanation, one sentence in each line"), 3)
        self.formulas_field = self.add_text(tr("&Formulas in LaTeX, one in each line"), 2)
        self.add_button.clicked.connect(self._add_value)
        self.remove_button.clicked.connect(self._remove_value)

    def _add_value(self) -> None:
        try:
            claim = self.value_fields.claim()
        except ExperimentError as error:
            self.error_label.show_message(to_sentence(str(error)))
            return
        self.error_label.show_message("")
        self.claims.append(claim)
        self.value_list.addItem(claim_subject(claim, self.experiment))
        self.changed.emit()

    def _remove_value(self) -> None:
        row = self.value_list.currentRow()
        if row >= 0:
            self.value_list.takeItem(row)
            del self.claims[row]
            self.changed.emit()


class TaskPage(FormPage):
    """An optional task: its text, the settings that may be changed, and the goal."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.task_box = QCheckBox(tr("The lesson has a &task"))
        self.rows.addRow(self.task_box)
        self.text_field = self.add_text(tr("Task te&xt"), 2)
        self.free_list = QListWidget()
        self.free_list.setMinimumHeight(6 * self.free_list.fontMetrics().lineSpacing())
        self.rows.addRow(make_label(tr("Settings that may be &changed"), self.free_list), self.free_list)
        for name, label in _setting_labels(experiment).items():
            item = QListWidgetItem(label)
            item.setData(NAME_ROLE, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.free_list.addItem(item)
        self.goal_fields = ClaimFields(experiment, tr("Goal"))
        self.rows.addRow(QLabel(tr("Goal")), self.goal_fields)
        self.limit_combo = make_combo_box(LIMITS, tr("Condition of the goal"))
        self.limit_field = QLineEdit(accessibleName=tr("Value of the goal"))
        self.rows.addRow(self.limit_combo)
        self.rows.addRow(self.limit_field)
        for widget in (self.text_field, self.free_list, self.goal_fields, self.limit_combo, self.limit_field):
            widget.setEnabled(False)
            self.task_box.toggled.connect(widget.setEnabled)
        self.task_box.toggled.connect(self.changed)
        self.free_list.itemChanged.connect(self.changed)
        self.limit_combo.currentIndexChanged.connect(self.changed)
        for changed in (self.goal_fields.changed, self.limit_field.textChanged):
            changed.connect(self.changed)

    def task(self) -> Task | None:
        """Return the task, None without one; ExperimentError if something is missing."""
        if not self.task_box.isChecked():
            return None
        text = self.text_field.toPlainText().strip()
        if not text:
            raise ExperimentError(tr("enter a task"))
        items = [self.free_list.item(row) for row in range(self.free_list.count())]
        free = [item.data(NAME_ROLE) for item in items if item and item.checkState() is Qt.CheckState.Checked]
        limit = number_in(self.limit_field, NUMBER_SPEC, tr("Value of the goal"))
        goal = self.goal_fields.claim(**{self.limit_combo.currentData(): limit})
        return Task(text, tuple(free), (goal,))


def lines_in(field: QPlainTextEdit) -> list[str]:
    """Return the lines of a field that are not empty."""
    return [line.strip() for line in field.toPlainText().splitlines() if line.strip()]


def _setting_labels(experiment: Experiment) -> dict[str, str]:
    """Return the settings that a task can leave free, with their names and values."""
    names = {
        f"run{number}.{name}": f"{number}: {run.method.name}, {tr(spec.label)}"
        for number, run in enumerate(experiment.runs, 1)
        for group in (run.method, *run.modifiers)
        for name, spec in group.hyperparameters.items()
    }
    names |= {name: tr("start {axis}", axis=name[-1]) for name in COORDINATES}
    names |= {f"parameter.{name}": tr("parameter {name}", name=name) for name in experiment.parameters}
    return {name: f"{label} = {setting_value(experiment, name):g}" for name, label in names.items()}
