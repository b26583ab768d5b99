"""Report uncaught exceptions in a dialog; the program keeps running."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QMessageBox, QWidget

from app.utils.i18n import tr
from app.utils.validation import ExperimentError


class ErrorReporter(QObject):
    """Shows each exception once: a timer that fails in every frame must not open a dialog in every frame.

    ``caught`` is emitted first for every exception. An ``ExperimentError`` is no fault of the program: its sentence is
    shown without details.
    """

    caught = pyqtSignal()
    error_reported = pyqtSignal(str, str)
    refusal_reported = pyqtSignal(str)

    def __init__(self, parent: QWidget, show_error: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.window = parent
        self.dialog: QMessageBox | None = None
        self.reported: set[str] = set()
        self.error_reported.connect(self._show_dialog, Qt.ConnectionType.QueuedConnection)
        self.show_error = show_error
        self.refusal_reported.connect(self._show_refusal, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Replace the exception hooks of Python; with the default one, PyQt aborts at an exception in a slot."""
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(args.exc_type, args.exc_value, args.exc_traceback)

    def handle_exception(self, error: BaseException) -> None:
        """Report an exception of a matplotlib callback, which matplotlib would only print."""
        self.report(type(error), error, error.__traceback__)

    def report(
        self, exc_type: type[BaseException], error: BaseException | None, exc_traceback: TracebackType | None
    ) -> None:
        """Print an exception and show it in a dialog; close the window on ``KeyboardInterrupt``."""
        if issubclass(exc_type, KeyboardInterrupt):
            QTimer.singleShot(0, self.window.close)
            return
        self.caught.emit()
        if isinstance(error, ExperimentError):
            self.refusal_reported.emit(str(error))
            return
        details = "".join(traceback.format_exception(exc_type, error, exc_traceback))
        if details not in self.reported:
            self.reported.add(details)
            print(details, end="", file=sys.stderr)
            self.error_reported.emit(f"{exc_type.__name__}: {error}", details)

    def _show_refusal(self, sentence: str) -> None:
        """Show what is not allowed, unless a drag that goes on has shown it already."""
        if QApplication.activeModalWidget() is None:
            self.show_error(sentence)

    def _show_dialog(self, title: str, details: str) -> None:
        if self.dialog is not None:
            return
        dialog = QMessageBox(
            QMessageBox.Icon.Warning,
            "Thalweg",
            tr("An internal error occurred. Your experiment has not been lost."),
            parent=self.window,
        )
        dialog.setInformativeText(title[:300])
        dialog.setDetailedText(details)
        copy_button = dialog.addButton(tr("Copy Details"), QMessageBox.ButtonRole.ActionRole)
        continue_button = dialog.addButton(tr("Continue"), QMessageBox.ButtonRole.AcceptRole)
        dialog.setDefaultButton(continue_button)
        assert copy_button is not None
        copy_button.clicked.connect(lambda: self._copy_details(details))
        dialog.finished.connect(self._on_closed)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = dialog
        dialog.open()

    @staticmethod
    def _copy_details(details: str) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(details)

    def _on_closed(self) -> None:
        self.dialog = None
