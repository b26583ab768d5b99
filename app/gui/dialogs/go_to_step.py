"""Dialog that goes to a computed step by its number."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QLayout, QLineEdit, QWidget

from app.gui.dialogs.form_widgets import make_label
from app.gui.widgets.inline_message import InlineMessage
from app.model.number_parsing import parse_number
from app.session.session import Session
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

FIELD_WIDTH = 260  # pixels


class GoToStepDialog(QDialog):
    """A field for the step and the computed range; the window stays usable meanwhile, and playback goes on."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(tr("Go to Step"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit(str(session.race.step))
        self.field.setFixedWidth(FIELD_WIDTH)
        self.field.setWhatsThis(tr("Type a step and press Enter."))
        self.field.selectAll()
        self.range_label, self.error_label = QLabel(objectName="quiet"), InlineMessage()
        self.error_label.setFixedWidth(FIELD_WIDTH)
        self.field.textEdited.connect(lambda: self.error_label.show_message(""))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go_button = buttons.addButton(tr("&Go"), QDialogButtonBox.ButtonRole.AcceptRole)
        cancel_button = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert go_button is not None
        assert cancel_button is not None
        cancel_button.setText(tr("&Cancel"))
        go_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        grid = QGridLayout(self)
        grid.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # the dialog grows with the message
        grid.addWidget(make_label(tr("&Step"), self.field), 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self.range_label, 1, 1)
        grid.addWidget(self.error_label, 2, 1)
        grid.addWidget(buttons, 3, 0, 1, 2)
        session.step_changed.connect(self._show_range)
        session.trajectories_changed.connect(self._show_range)
        self._show_range()

    def _show_range(self) -> None:
        self.range_label.setText(tr("Computed steps: 0 to {last:,}", last=self.session.race.last_step))
        if self.error_label.text():  # it has the range, too
            self._check_step()

    def _check_step(self) -> int | None:
        """Return the step in the field; if that is not possible, say why and return None."""
        last_step = self.session.race.last_step
        spec = Hyperparameter(0, max(last_step, 1), "whole", minimum=0, maximum=last_step, label="step")
        try:
            step = int(parse_number(spec, self.field.text(), tr("step")).value)
        except ExperimentError as error:
            message = str(error)
            self.error_label.show_message(to_sentence(message))
            return None
        self.error_label.show_message("")
        return step

    def accept(self) -> None:
        """Pause and go to the step, if it is computed."""
        step = self._check_step()
        if step is None:
            self.field.selectAll()
            return
        self.session.clock.pause()
        self.session.show_step(step)
        super().accept()


def show_go_to_step(window: QWidget, session: Session) -> None:
    """Show the dialog without blocking; if it is open already, activate it."""
    dialog = window.findChild(GoToStepDialog)
    if dialog is None:
        dialog = GoToStepDialog(window, session)
        dialog.show()
    dialog.activateWindow()
    dialog.field.setFocus()
