"""Line edit for a formula: it reports pauses in typing and underlines the place of an error."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QHideEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QLineEdit

from app.gui.widgets.focus_release import release_focus

PAUSE = 350  # milliseconds without a key after which the text is used
WAVE_WIDTH, WAVE_HEIGHT = 2.0, 2.0  # pixels, of half a period
MISSING_WIDTH = 7.0  # pixels; length of the underline where something is missing


class FormulaField(QLineEdit):
    """A line edit whose text replaces the shown formula after each pause in typing.

    ``settled(text)`` is emitted after a pause and on Enter, if the text has changed since the last one, and
    ``restored`` when the typed text has been discarded. F1 emits ``help_requested``.
    """

    settled = pyqtSignal(str)
    restored = pyqtSignal()
    help_requested = pyqtSignal()

    def __init__(self, error_color: str) -> None:
        super().__init__()
        self.error_color = error_color
        self.shown_text = ""  # the formula of the surface
        self.error_range: tuple[int, int] | None = None
        self._settled_text = ""
        self.pause_timer = QTimer(self, singleShot=True, interval=PAUSE)
        self.pause_timer.timeout.connect(self.settle)
        self.textEdited.connect(self._on_edited)
        self.editingFinished.connect(self._on_editing_finished)

    @property
    def edited(self) -> bool:
        """Whether the text is not that of the surface."""
        return self.text() != self.shown_text

    def show_text(self, text: str) -> None:
        """Show the formula of the surface; text that is being typed is replaced only by another formula."""
        if text != self.shown_text:
            self.shown_text = text
            self.restore()

    def restore(self) -> None:
        """Show the formula of the surface again, without an error."""
        self.pause_timer.stop()
        if self.text() != self.shown_text:
            self.setText(self.shown_text)
        self._settled_text = self.shown_text
        self.show_error(None)
        self.restored.emit()

    def show_error(self, place: tuple[int, int] | None) -> None:
        """Underline the characters from a start to an end, or mark the place if it is empty; None removes the mark."""
        self.error_range = place
        self.update()

    def settle(self) -> None:
        """Report the text now, without waiting for a pause."""
        self.pause_timer.stop()
        if self.text() != self._settled_text:
            self._settled_text = self.text()
            self.settled.emit(self.text())

    def _on_editing_finished(self) -> None:
        """Use the text when the focus leaves; an empty field shows the formula of the surface again."""
        if self.text().strip():
            self.settle()
        else:
            self.restore()

    def _on_edited(self) -> None:
        self.show_error(None)
        self.pause_timer.start()

    def event(self, event: QEvent | None) -> bool:
        """Leave undo and redo to the window unless text is being typed; claim Escape and F1."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.HelpContents):
                event.accept()
                return True
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if not self.edited and (event.matches(undo) or event.matches(redo)):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Use the text on Enter, and restore the formula of the surface on Escape."""
        key = event.key() if event is not None else 0
        if event is not None and event.matches(QKeySequence.StandardKey.HelpContents):
            self.help_requested.emit()
            return
        if key == Qt.Key.Key_Escape:
            self.restore()
            release_focus(self)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.settle()
            if self.error_range is None:
                release_focus(self)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Use the text at once when the field is hidden."""
        self.settle()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the text and a wavy underline below an error."""
        super().paintEvent(event)
        if self.error_range is None:
            return
        start, end = self.error_range
        left = self._text_x(start)
        right = max(self._text_x(end), left + MISSING_WIDTH)
        bottom = self.cursorRect().bottom() - WAVE_HEIGHT
        count = max(round((right - left) / WAVE_WIDTH), 2)
        wave = [QPointF(left + k * WAVE_WIDTH, bottom + WAVE_HEIGHT * (k % 2)) for k in range(count + 1)]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(2, 0, -2, 0))
        painter.setPen(QPen(QColor(self.error_color), 1.3))
        painter.drawPolyline(QPolygonF(wave))
        painter.end()

    def _text_x(self, position: int) -> float:
        """Return the horizontal position of a character in pixels."""
        text, metrics = self.text(), self.fontMetrics()
        cursor_x = self.cursorRect().center().x()
        return (
            cursor_x
            - metrics.horizontalAdvance(text[: self.cursorPosition()])
            + metrics.horizontalAdvance(text[:position])
        )
