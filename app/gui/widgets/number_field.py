"""A field for one number: typed, stepped by keys and wheel; what is wrong is told in words."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QLineEdit

from app.gui.widgets.step_input import UPRIGHT, Nudges
from app.model.number_parsing import Entered, entered, refusal
from app.model.number_stepping import stepped
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter

WIDEST = "-0.00000000"  # what a field has room for

GIVEN = "given_back_by"  # an attribute of a window: the field that gave the keys back to the race last


class NumberField(QLineEdit):
    """A line for one number. A good entry is ``committed``; a wrong one is ``refused`` in words, and the last good stays known.

    Arrows, page keys and the wheel step it: ``turned(value)``, between ``seized`` and ``let_go``.
    """

    committed = pyqtSignal(float)
    refused = pyqtSignal(str)
    turned = pyqtSignal(float)
    seized = pyqtSignal()
    let_go = pyqtSignal()

    def __init__(self, declared: Hyperparameter) -> None:
        super().__init__()
        self.value = 0.0
        self.words, self.passing = "", False  # what is said of the entry, and whether it is not worth saying elsewhere
        self.declare(declared)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.nudges = Nudges(self, UPRIGHT)
        self.nudges.taken.connect(self._step)
        self.nudges.seized.connect(self.seized)
        self.nudges.let_go.connect(self.let_go)
        self.editingFinished.connect(self._finish)
        self.returnPressed.connect(self._leave)
        self.textEdited.connect(lambda: self._mark(""))

    def declare(self, declared: Hyperparameter) -> None:
        """Say what may be entered."""
        self.declared, self.name = declared, tr(declared.label)
        self.setAccessibleName(self.name)

    def show_value(self, value: float) -> None:
        """Show a value from outside; what is being typed is left alone unless the value differs from the last one."""
        if value != self.value or not (self.isModified() or self.text() == self.written(value)):
            self.value = value
            self.restore()

    def written(self, value: float) -> str:
        """A value in as many digits as there is room for, ten at most; its exponent is always seen."""
        wide = self.fontMetrics().horizontalAdvance
        texts = (f"{value:.{digits}g}" for digits in range(10, 0, -1))
        return next((text for text in texts if wide(text) <= wide(WIDEST)), f"{value:.0e}")

    def restore(self) -> None:
        """Show the last good value, and forget what is typed and what was said of it."""
        self.setText(self.written(self.value))
        self.setCursorPosition(0)
        self._mark("")

    def _mark(self, words: str, wrong: bool = False, passing: bool = False) -> None:
        if wrong != bool(self.property("wrong")):
            self.setProperty("wrong", wrong)
            style = self.style()
            if style is not None:
                style.unpolish(self)
                style.polish(self)
            self.update()  # the frame, too, where the field has the focus
        self.words, self.passing = words, passing
        self.setToolTip(f"<p>{escape(words)}</p>" if words else "")
        self.setAccessibleDescription(words)
        self.refused.emit(words)

    def _read(self) -> Entered | None:
        """What is typed, where it is a good entry; nothing typed is the last good one."""
        if not self.isModified() or not self.text().strip():
            return Entered(self.value)
        try:
            return entered(self.declared, self.text(), self.name)
        except ExperimentError as error:
            self._mark(str(error), wrong=True)
            return None

    def _finish(self) -> None:
        if not self.isModified():
            return
        empty, entry = not self.text().strip(), self._read()
        if entry is not None:
            self.value = entry.value
            self.restore()
            if entry.note:
                self._mark(entry.note)
            if not empty:
                self.committed.emit(entry.value)

    def _step(self, count: int, coarse: bool) -> None:
        """From what is typed, if that is good; at the bound it says what is allowed."""
        entry = self._read()
        if entry is None:
            return
        value = stepped(self.declared, entry.value, count, coarse)
        changed = value != self.value
        self.value = value
        self.restore()
        self.selectAll()
        if changed:
            self.turned.emit(value)
        if entry.note:
            self._mark(entry.note)
        elif not changed and value in (self.declared.least, self.declared.most):
            self._mark(refusal(self.declared, self.name), passing=True)

    def _leave(self) -> None:
        """After Enter the keys belong to the race again, unless the entry is wrong."""
        self._finish()  # Qt says that Enter was pressed before it says that editing is finished
        if not self.property("wrong"):
            self.give_back()

    def give_back(self) -> None:
        """Give the focus to the window: where nobody has it, Qt hands it to the first control when the window is next active."""
        window = self.window()
        assert window is not None
        setattr(window, GIVEN, self)  # Tab goes on from here; Qt would keep a pointer to what may be gone
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
            self.give_back()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        if not self.property("wrong"):
            self._mark("")  # whoever comes back has read how the entry was understood
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        if self.passing:
            self._mark("")
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(WIDEST) + 12, super().sizeHint().height())
