"""Formula of the surface: a field, the formula as it was understood, and messages about it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.engine.safe_rate import with_safe_rates
from app.gui.panels.setup.formula_picture import FormulaPicture
from app.gui.widgets.buttons import create_help_button
from app.gui.widgets.formula_field import FormulaField
from app.gui.widgets.inline_message import InlineMessage
from app.model.dataset import to_experiment_error
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError
from surfaces.formula.error import FormulaError
from surfaces.formula.formula import Formula, read_formula
from surfaces.formula.tree import format_tree


class FormulaEditor(QWidget):
    """Makes the typed formula the surface after each pause; a formula with an error leaves the surface as it is.

    ``help_requested`` is emitted by the help button and by F1 in the field.
    """

    help_requested = pyqtSignal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.field = FormulaField(theme.warning)
        self.field.setPlaceholderText(tr("Type a formula, e.g. x^2 + a y^2"))
        self.field.setAccessibleName(tr("Formula"))
        self.field.setWhatsThis(
            tr(
                "A loss in x and y, such as (x^2 + y - 11)^2 + a x, or in x alone. It becomes the surface when you "
                "pause typing. Other letters are parameters with sliders. Known functions include sin, exp, log, sqrt, "
                "abs, min, max, where, and sum. Escape restores the last formula."
            )
        )
        self.error_label, self.note_label = InlineMessage(), InlineMessage("quiet")
        self.picture = FormulaPicture(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.help_button = create_help_button(tr("About formulas"))
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.help_button)
        layout.addLayout(row)
        for widget in (self.error_label, self.picture, self.note_label):
            layout.addWidget(widget)
        self.help_button.clicked.connect(self.help_requested)
        self.field.help_requested.connect(self.help_requested)
        self.edit_number = 0  # the texts of one stay in the field are one undo step
        self.field.settled.connect(self._use_text)
        self.field.editingFinished.connect(self._end_edit)
        self.field.textEdited.connect(lambda _: self._show_error(""))
        self.field.restored.connect(lambda: self._show_error(""))
        self.refresh()

    def refresh(self) -> None:
        """Show the formula of the experiment."""
        text = self.session.experiment.formula
        self.field.show_text(text)
        formula = read_formula(text) if text else None
        axes = r"x,\,y" if formula and formula.dimension == 2 else "x"
        self.picture.show_formula(f"f({axes}) = {formula.latex}" if formula else "")
        notes = [to_sentence(tr(note.template)) for note in formula.notes] if formula else []
        if self.note_label.text() != (message := "\n".join(dict.fromkeys(notes))):
            self.note_label.show_message(message)

    def _use_text(self, text: str) -> None:
        current = self.session.experiment.formula
        if not (text.strip() or current):
            return
        try:
            formula = read_formula(text)
            if not current or not _same_formula(formula, read_formula(current)):
                changed = with_safe_rates(self.session.displayed_experiment.with_formula(text))
                self.session.store.set(changed, f"formula, edit {self.edit_number}")
        except FormulaError as error:
            self.field.show_error((error.start, error.end))
            self._show_error(str(to_experiment_error(error)))
        except ExperimentError as error:
            self._show_error(str(error))

    def _end_edit(self) -> None:
        self.edit_number += 1

    def _show_error(self, message: str) -> None:
        self.error_label.show_message(to_sentence(message))
        self.field.setAccessibleDescription(message)


def _same_formula(one: Formula, other: Formula) -> bool:
    return format_tree(one.tree) == format_tree(other.tree)
