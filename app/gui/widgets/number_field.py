"""A field for one number: typed, stepped by keys and wheel; what is wrong is told in words."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QLineEdit

from app.gui.widgets.step_input import VERTICAL_KEYS, StepInput
from app.model.number_parsing import ParsedNumber, parse_number, rejection_message
from app.model.number_stepping import step_value
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

WIDEST_TEXT = "-0.00000000"  # what a field has room for

LAST_FIELD_ATTRIBUTE = "given_back_by"  # an attribute of a window: the field that gave the keys back to the race last


class NumberField(QLineEdit):
    """A line for one number. A good entry is ``committed``; a wrong one is ``refused`` in words, and the last good stays known.

    Arrows, page keys and the wheel step it: ``turned(value)``, between ``seized`` and ``let_go``.
    """

    value_committed = pyqtSignal(float)
    input_rejected = pyqtSignal(str)
    value_changing = pyqtSignal(float)
    interaction_started = pyqtSignal()
    interaction_finished = pyqtSignal()

    def __init__(self, spec: Hyperparameter) -> None:
        super().__init__()
        self.value = 0.0
        self.message, self.message_transient = (
            "",
            False,
        )  # what is said of the entry, and whether it is not worth saying elsewhere
        self.set_spec(spec)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.step_input = StepInput(self, VERTICAL_KEYS)
        self.step_input.stepped.connect(self._step_by)
        self.step_input.interaction_started.connect(self.interaction_started)
        self.step_input.interaction_finished.connect(self.interaction_finished)
        self.editingFinished.connect(self._commit_input)
        self.returnPressed.connect(self._on_return_pressed)
        self.textEdited.connect(lambda: self._set_message(""))

    def set_spec(self, spec: Hyperparameter) -> None:
        """Say what may be entered."""
        self.spec, self.name = spec, tr(spec.label)
        self.setAccessibleName(self.name)

    def show_value(self, value: float) -> None:
        """Show a value from outside; what is being typed is left alone unless the value differs from the last one."""
        if value != self.value or not (self.isModified() or self.text() == self.format_value(value)):
            self.value = value
            self.restore()

    def format_value(self, value: float) -> str:
        """A value in as many digits as there is room for, ten at most; its exponent is always seen."""
        text_width = self.fontMetrics().horizontalAdvance
        texts = (f"{value:.{digits}g}" for digits in range(10, 0, -1))
        return next((text for text in texts if text_width(text) <= text_width(WIDEST_TEXT)), f"{value:.0e}")

    def restore(self) -> None:
        """Show the last good value, and forget what is typed and what was said of it."""
        self.setText(self.format_value(self.value))
        self.setCursorPosition(0)
        self._set_message("")

    def _set_message(self, message: str, is_error: bool = False, transient: bool = False) -> None:
        if is_error != bool(self.property("wrong")):
            self.setProperty("wrong", is_error)
            style = self.style()
            if style is not None:
                style.unpolish(self)
                style.polish(self)
            self.update()  # the frame, too, where the field has the focus
        self.message, self.message_transient = message, transient
        self.setToolTip(f"<p>{escape(message)}</p>" if message else "")
        self.setAccessibleDescription(message)
        self.input_rejected.emit(message)

    def _parse_input(self) -> ParsedNumber | None:
        """What is typed, where it is a good entry; nothing typed is the last good one."""
        if not self.isModified() or not self.text().strip():
            return ParsedNumber(self.value)
        try:
            return parse_number(self.spec, self.text(), self.name)
        except ExperimentError as error:
            self._set_message(str(error), is_error=True)
            return None

    def _commit_input(self) -> None:
        if not self.isModified():
            return
        empty, entry = not self.text().strip(), self._parse_input()
        if entry is not None:
            self.value = entry.value
            self.restore()
            if entry.interpretation_note:
                self._set_message(entry.interpretation_note)
            if not empty:
                self.value_committed.emit(entry.value)

    def _step_by(self, count: int, coarse: bool) -> None:
        """From what is typed, if that is good; at the bound it says what is allowed."""
        entry = self._parse_input()
        if entry is None:
            return
        value = step_value(self.spec, entry.value, count, coarse)
        changed = value != self.value
        self.value = value
        self.restore()
        self.selectAll()
        if changed:
            self.value_changing.emit(value)
        if entry.interpretation_note:
            self._set_message(entry.interpretation_note)
        elif not changed and value in (self.spec.minimum, self.spec.maximum):
            self._set_message(rejection_message(self.spec, self.name), transient=True)

    def _on_return_pressed(self) -> None:
        """After Enter the keys belong to the race again, unless the entry is wrong."""
        self._commit_input()  # Qt says that Enter was pressed before it says that editing is finished
        if not self.property("wrong"):
            self.release_focus()

    def release_focus(self) -> None:
        """Give the focus to the window: where nobody has it, Qt hands it to the first control when the window is next active."""
        window = self.window()
        assert window is not None
        setattr(
            window, LAST_FIELD_ATTRIBUTE, self
        )  # Tab goes on from here; Qt would keep a pointer to what may be gone
        window.setFocus()

    def event(self, event: QEvent | None) -> bool:
        """Undo and redo are the experiment's, unless something is being typed here; Escape is the field's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if not self.isModified() and (
                event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            ):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.restore()
            self.release_focus()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        if not self.property("wrong"):
            self._set_message("")  # whoever comes back has read how the entry was understood
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        if self.message_transient:
            self._set_message("")
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(WIDEST_TEXT) + 12, super().sizeHint().height())
