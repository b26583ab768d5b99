"""Line edit for one number, with validation messages and stepping by keys and mouse wheel."""

from __future__ import annotations

from html import escape
from weakref import WeakKeyDictionary

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QLineEdit, QWidget

from app.gui.widgets.step_input import VERTICAL_KEYS, StepInput
from app.model.number_parsing import ParsedNumber, parse_number, rejection_message
from app.model.number_stepping import step_value
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

WIDEST_TEXT = "-0.00000000"  # determines the width of a field
_last_released: WeakKeyDictionary[QWidget, NumberField] = WeakKeyDictionary()  # by window


class NumberField(QLineEdit):
    """A line edit for one number.

    ``value_committed(value)`` is emitted for a valid entry; after an invalid one, ``value`` stays at the last valid
    entry. ``message_changed(message)`` is emitted with an error or a note, and with an empty text when it is cleared.
    Arrow keys, page keys, and the wheel step the value: ``value_changing(value)`` is then emitted, between
    ``interaction_started`` and ``interaction_finished``.
    """

    value_committed = pyqtSignal(float)
    message_changed = pyqtSignal(str)
    value_changing = pyqtSignal(float)
    interaction_started = pyqtSignal()
    interaction_finished = pyqtSignal()

    def __init__(self, spec: Hyperparameter) -> None:
        super().__init__()
        self.value = 0.0
        self.message = ""
        self.message_transient = False  # whether the message is cleared when the field loses the focus
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
        """Set the allowed values and the accessible name."""
        self.spec, self.name = spec, tr(spec.label)
        self.setAccessibleName(self.name)

    def show_value(self, value: float) -> None:
        """Show a value; text that is being typed is replaced only if the value is a new one."""
        if value != self.value or not (self.isModified() or self.text() == self.format_value(value)):
            self.value = value
            self.restore()

    def format_value(self, value: float) -> str:
        """Return a value in as many digits as fit, at most ten; the exponent is never cut off."""
        text_width = self.fontMetrics().horizontalAdvance
        texts = (f"{value:.{digits}g}" for digits in range(10, 0, -1))
        return next((text for text in texts if text_width(text) <= text_width(WIDEST_TEXT)), f"{value:.0e}")

    def restore(self) -> None:
        """Show the last valid value, and discard the typed text and its message."""
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
            self.update()  # polishing does not repaint the frame of a field that has the focus
        self.message, self.message_transient = message, transient
        self.setToolTip(f"<p>{escape(message)}</p>" if message else "")
        self.setAccessibleDescription(message)
        self.message_changed.emit(message)

    def _parse_input(self) -> ParsedNumber | None:
        """Return the typed number, the last valid one for an empty field, or None if the entry is invalid."""
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
        """Step from the typed value if it is valid; at a bound, show the allowed values."""
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
        """Commit the entry and release the focus, unless the entry is invalid."""
        self._commit_input()  # Qt emits returnPressed before editingFinished
        if not self.property("wrong"):
            self.release_focus()

    def release_focus(self) -> None:
        """Give the focus to the window, so that its shortcuts work again.

        Without any focus widget, Qt would focus the first control when the window is next activated.
        """
        window = self.window()
        assert window is not None
        _last_released[window] = self
        window.setFocus()

    def event(self, event: QEvent | None) -> bool:
        """Leave undo and redo to the window unless text is being typed; claim Escape."""
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
        """Restore the last valid value on Escape."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.restore()
            self.release_focus()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Clear an interpretation note, which has been read by now."""
        if not self.property("wrong"):
            self._set_message("")
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Clear a transient message."""
        if self.message_transient:
            self._set_message("")
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        """Return the size that fits WIDEST_TEXT."""
        return QSize(self.fontMetrics().horizontalAdvance(WIDEST_TEXT) + 12, super().sizeHint().height())


def last_released_field(window: QWidget) -> NumberField | None:
    """Return the number field of a window that released the focus last; Tab continues from there."""
    return _last_released.get(window)
