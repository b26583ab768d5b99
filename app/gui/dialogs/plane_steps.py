"""Dialog that asks for three steps of the selected run; the plane through them shows the problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QLayout, QLineEdit, QWidget

from app.gui.dialogs.form_widgets import make_label
from app.gui.widgets.inline_message import InlineMessage
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError

FIELD_WIDTH = 260  # pixels


class PlaneStepsDialog(QDialog):
    """A field for three steps; ``apply`` is called with them and may raise ExperimentError, which is shown."""

    def __init__(self, parent: QWidget, name: str, last_step: int, apply: Callable[[Sequence[int]], None]) -> None:
        super().__init__(parent)
        self.last_step, self.apply = last_step, apply
        self.setWindowTitle(tr("Plane Through Three Steps"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit(f"0, {last_step // 2}, {last_step}")
        self.field.setFixedWidth(FIELD_WIDTH)
        self.field.setWhatsThis(tr("Type three steps, separated by commas, and press Enter."))
        self.field.selectAll()
        self.error_label = InlineMessage()
        self.error_label.setFixedWidth(FIELD_WIDTH)
        self.field.textEdited.connect(lambda: self.error_label.show_message(""))
        note = QLabel(tr("{name}: computed steps 0 to {last:,}", name=name, last=last_step), objectName="quiet")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        show_button = buttons.addButton(tr("S&how"), QDialogButtonBox.ButtonRole.AcceptRole)
        cancel_button = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert show_button is not None
        assert cancel_button is not None
        cancel_button.setText(tr("&Cancel"))
        show_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        grid = QGridLayout(self)
        grid.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # the dialog grows with the message
        grid.addWidget(make_label(tr("&Steps"), self.field), 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(note, 1, 1)
        grid.addWidget(self.error_label, 2, 1)
        grid.addWidget(buttons, 3, 0, 1, 2)

    def accept(self) -> None:
        """Show the plane through the steps; if that is not possible, say why and stay open."""
        try:
            self.apply(self._read_steps())
        except ExperimentError as error:
            self.error_label.show_message(to_sentence(str(error)))
            self.field.selectAll()
            return
        super().accept()

    def _read_steps(self) -> list[int]:
        parts = self.field.text().replace(";", ",").split(",")
        if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
            raise ExperimentError(tr("enter three different steps from 0 to {last:,}", last=self.last_step))
        return [int(part) for part in parts]
