"""Dialog that saves the answers of a student in one file, to hand in."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.gui.dialogs.form_widgets import make_label
from app.gui.widgets.inline_message import InlineMessage
from app.model.lesson_answers import MAX_NAME_LENGTH
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError

WIDTH = 380  # pixels


class AnswersDialog(QDialog):
    """A field for the name, and whether the student's own experiment is included.

    ``save(name, with_experiment)`` writes the file and returns whether it was written; the ``ExperimentError`` that it
    may raise is shown in the dialog.
    """

    def __init__(self, parent: QWidget, save: Callable[[str, bool], bool]) -> None:
        super().__init__(parent)
        self.save = save
        self.setWindowTitle(tr("Save Answers"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name_field = QLineEdit(maxLength=MAX_NAME_LENGTH)
        self.name_field.setWhatsThis(tr("The name under which the answers are handed in. It may be empty."))
        self.experiment_box = QCheckBox(tr("Include my &experiment"), checked=True)
        self.experiment_box.setWhatsThis(tr("Whether the file also contains the experiment outside the lessons."))
        self.error_label = InlineMessage()
        text = tr(
            "The file contains the name that you type, your answers to the questions, and your attempts at the tasks. "
            "Nothing else in it says who you are."
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save_button = buttons.addButton(tr("&Save…"), QDialogButtonBox.ButtonRole.AcceptRole)
        cancel_button = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert save_button is not None
        assert cancel_button is not None
        cancel_button.setText(tr("&Cancel"))
        save_button.setDefault(True)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        text_label = QLabel(text, wordWrap=True)
        text_label.setFixedWidth(WIDTH)
        label = make_label(tr("&Name"), self.name_field)
        for widget in (text_label, label, self.name_field, self.experiment_box, self.error_label, buttons):
            column.addWidget(widget)

    def _save(self) -> None:
        try:
            if self.save(self.name_field.text().strip(), self.experiment_box.isChecked()):
                self.accept()
        except ExperimentError as error:
            self.error_label.show_message(to_sentence(str(error)))
