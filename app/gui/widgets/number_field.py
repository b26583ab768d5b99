"""Spin box for one number, with validation messages."""

from __future__ import annotations

from html import escape

# The stubs of PyQt6 lack pyqtProperty.
from PyQt6.QtCore import QEvent, QSize, Qt, QTimer, pyqtProperty, pyqtSignal  # type: ignore[attr-defined]
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QSizePolicy, QWidget

from app.gui.widgets.focus_release import release_focus
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.number_parsing import ParsedNumber, parse_number, rejection_message
from app.model.number_stepping import step_value
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

WIDEST_TEXT = "-0.00000000"  # determines the width of a field
BUTTON_WIDTH = 16  # as in the style sheet
BURST_TIMEOUT = 700  # milliseconds without a step that end a burst; longer than the delay before a held key repeats


class NumberField(QAbstractSpinBox):
    """A spin box for one number.

    ``value_committed(value)`` is emitted for a valid entry; after an invalid one, ``value`` stays at the last valid
    entry. ``message_changed(message)`` is emitted with an error or a note, and with an empty text when it is cleared.
    ``value_changing(value)`` is emitted for every step by keys, wheel, or buttons. A burst of steps is between
    ``interaction_started`` and ``interaction_finished``; it ends some time after the last step or when the focus moves.
    """

    value_committed = pyqtSignal(float)
    message_changed = pyqtSignal(str)
    value_changing = pyqtSignal(float)
    interaction_started = pyqtSignal()
    interaction_finished = pyqtSignal()

    def __init__(self, spec: Hyperparameter) -> None:
        super().__init__()
        self._value, self._shown_text = 0.0, ""
        self.message = self.hint = ""
        self.message_transient = False  # whether the message is cleared when the field loses the focus
        self.edit = QLineEdit()
        self.setLineEdit(self.edit)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_spec(spec)
        guard_wheel(self)
        self.burst_timer = QTimer(self, singleShot=True, interval=BURST_TIMEOUT)
        self.burst_timer.timeout.connect(self.interaction_finished)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self.end_interaction)
        self.edit.editingFinished.connect(self._commit_input)
        self.edit.returnPressed.connect(self._on_return_pressed)
        self.edit.textEdited.connect(lambda: self._set_message(""))

    def set_spec(self, spec: Hyperparameter) -> None:
        """Set the allowed values and the name."""
        self.spec, self.name = spec, tr(spec.label)
        self.setAccessibleName(self.name)
        self.setProperty("minimum", spec.minimum)  # screen readers read the bounds from these properties
        self.setProperty("maximum", spec.maximum)

    def set_hint(self, html: str) -> None:
        """Set the tool tip that is shown while there is no message."""
        self.hint = html
        if not self.message:
            self.setToolTip(html)

    def _enter_value(self, value: float) -> None:
        self.edit.setText(repr(value))
        self._commit_input()

    # Screen readers read and set the Qt property; setting it is like typing the number.
    value: float = pyqtProperty(float, lambda self: self._value, _enter_value)

    @property
    def edited(self) -> bool:
        """Whether the text was typed and not yet committed."""
        return self.edit.isModified() or self.text() != self._shown_text

    def show_value(self, value: float) -> None:
        """Show a value; text that is being typed is replaced only if the value is a new one."""
        if value != self._value or not (self.edited or self.text() == self.format_value(value)):
            self._value = value
            self.restore()

    def format_value(self, value: float) -> str:
        """Return a value in as many digits as fit, at most ten; the exponent is never cut off."""
        text_width = self.fontMetrics().horizontalAdvance
        texts = (f"{value:.{digits}g}" for digits in range(10, 0, -1))
        return next((text for text in texts if text_width(text) <= text_width(WIDEST_TEXT)), f"{value:.0e}")

    def restore(self) -> None:
        """Show the last valid value, and discard the typed text and its message."""
        self._shown_text = self.format_value(self._value)
        self.edit.setText(self._shown_text)
        self.edit.setCursorPosition(0)
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
        self.setToolTip(f"<p>{escape(message)}</p>" if message else self.hint)
        self.setAccessibleDescription(message)
        self.message_changed.emit(message)

    def _parse_input(self) -> ParsedNumber | None:
        """Return the typed number, the last valid one for an empty field, or None if the entry is invalid."""
        if not self.edited or not self.text().strip():
            return ParsedNumber(self._value)
        try:
            return parse_number(self.spec, self.text(), self.name)
        except ExperimentError as error:
            self._set_message(str(error), is_error=True)
            return None

    def _commit_input(self) -> None:
        if not self.edited:
            return
        empty, entry = not self.text().strip(), self._parse_input()
        if entry is not None:
            self._value = entry.value
            self.restore()
            self._set_message(entry.interpretation_note)
            if not empty:
                self.value_committed.emit(entry.value)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Enable all steps: one that goes too far shows the allowed values."""
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        """Step from the typed value if it is valid; at a bound, show the allowed values."""
        entry = self._parse_input()
        if entry is None or not steps:  # a touchpad scrolls by less than a step
            return
        value = step_with_modifiers(self.spec, entry.value, steps)
        at_bound = value == self._value and value in (self.spec.minimum, self.spec.maximum)
        self.change_value(value)
        self.selectAll()
        if entry.interpretation_note:
            self._set_message(entry.interpretation_note)
        elif at_bound:
            self._set_message(rejection_message(self.spec, self.name), transient=True)

    def change_value(self, value: float) -> None:
        """Show a value as the next one of a burst of steps."""
        changed, self._value = value != self._value, value
        self.restore()
        if changed:
            if not self.burst_timer.isActive():
                self.interaction_started.emit()
            self.burst_timer.start()
            self.value_changing.emit(value)

    def end_interaction(self) -> None:
        """End the current burst of steps."""
        if self.burst_timer.isActive():
            self.burst_timer.stop()
            self.interaction_finished.emit()

    def _on_return_pressed(self) -> None:
        """Commit the entry and release the focus, unless the entry is invalid."""
        self._commit_input()
        if not self.property("wrong"):
            release_focus(self)

    def event(self, event: QEvent | None) -> bool:
        """Leave undo and redo to the window unless text is being typed; claim Escape."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if not self.edited and (
                event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            ):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Restore the last valid value on Escape, and instead of a refused entry on undo."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.restore()
            release_focus(self)
            return
        if event is not None and self.property("wrong") and event.matches(QKeySequence.StandardKey.Undo):
            self.restore()
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
        button_width = 0 if self.buttonSymbols() == QAbstractSpinBox.ButtonSymbols.NoButtons else BUTTON_WIDTH
        text_width = self.fontMetrics().horizontalAdvance(WIDEST_TEXT)
        return QSize(text_width + 12 + button_width, super().sizeHint().height())


def discard_refused_entries(window: QWidget) -> None:
    """Restore the last valid value in all fields of a window that show an error."""
    for field in window.findChildren(NumberField):
        if field.property("wrong"):
            field.restore()


def step_with_modifiers(spec: Hyperparameter, value: float, steps: int) -> float:
    """Return a value after some steps, which are coarse with Shift; Qt counts ten for a page key or with Ctrl."""
    coarse = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
    return step_value(spec, value, steps // 10, True) if steps % 10 == 0 else step_value(spec, value, steps, coarse)
