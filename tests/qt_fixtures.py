"""Fixtures that need Qt. The ``conftest.py`` of a folder whose tests use Qt imports them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from PyQt6.QtCore import QEvent, Qt, QTimer, qInstallMessageHandler
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QApplication, QDialog, QMessageBox

from app.gui.dialogs import message_boxes, path_dialog
from app.gui.window import document_controller, export_commands
from app.gui.window.document_controller import DocumentController
from app.gui.window.garbage_collection import collect_due_garbage
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment


@cache
def create_application() -> QApplication:
    """Create the one application of a test process and keep it: every conftest.py has its own copy of the fixture.

    As in the program, garbage is not collected in the middle of a call of Qt, but between tests.
    """
    gc.disable()
    qInstallMessageHandler(lambda kind, where, text: None if "propagateSizeHints" in text else print(text))
    application = QApplication([])
    application.setStyle("Fusion")
    return application


@pytest.fixture(scope="session")
def application() -> QApplication:
    """Return the application."""
    return create_application()


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Fail a test that leaves a window open or a mouse button pressed; remove the theme and the clipboard it leaves."""
    yield
    if isinstance(application := QApplication.instance(), QApplication):
        assert QApplication.mouseButtons() == Qt.MouseButton.NoButton, "the test left a mouse button pressed"
        assert not [widget for widget in application.topLevelWidgets() if widget.isVisible()]
        application.setStyleSheet("")
        application.setPalette(QPalette())
        application.clipboard().clear()
        collect_due_garbage()


@pytest.fixture(autouse=True)
def discard_unsaved_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close windows with unsaved work without the question, which would wait forever for an answer."""
    monkeypatch.setattr(DocumentController, "ask_about_unsaved", lambda self: QMessageBox.StandardButton.Discard)


@pytest.fixture(autouse=True)
def no_blocking_dialogs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Show modal dialogs as on a screen, but reject one that no test answers within a minute, and fail."""
    unanswered: list[str] = []

    def run(dialog: QDialog, unattended_result: int = 0) -> int:
        def reject() -> None:
            unanswered.append(type(dialog).__name__)
            dialog.reject()

        watchdog = QTimer(dialog, singleShot=True, interval=60_000)
        watchdog.timeout.connect(reject)
        watchdog.start()
        result = dialog.exec()
        watchdog.stop()
        return result

    for module in (message_boxes, path_dialog, document_controller, export_commands):
        monkeypatch.setattr(module, "run_modal", run)
    yield
    assert not unanswered


def process_events(application: QApplication, rounds: int = 8) -> None:
    """Process everything that is due: first paints, queued signals, deferred deletes."""
    for _ in range(rounds):
        application.processEvents()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def open_window(application: QApplication) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that opens a painted window; afterwards all are closed, and none may have an active timer."""
    opened: list[MainWindow] = []

    def open_one(experiment: Experiment | None = None, size: tuple[int, int] = (1280, 800)) -> MainWindow:
        window = MainWindow(experiment)
        window.resize(*size)
        window.show()
        process_events(application)
        opened.append(window)
        return window

    yield open_one
    for window in opened:
        window.close()
        active = [timer for timer in window.findChildren(QTimer) if timer.isActive()]
        assert not active, [(timer.parent(), timer.interval()) for timer in active]
        assert not window.session.clock.running
        window.deleteLater()
    process_events(application)


@pytest.fixture
def open_shell(open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch) -> Callable[..., MainWindow]:
    """Return a function that opens a window without its plots and their commands: a third of the time."""
    monkeypatch.setattr(MainWindow, "build_views", lambda window: None)
    return open_window
