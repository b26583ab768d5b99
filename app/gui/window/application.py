"""Start the application. Qt ends the process if no window can be shown, so that is checked before."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

from app.model.experiment import Experiment
from app.system.platform_support import display_error, library_error, missing_qt_libraries, qt_import_error
from app.utils.validation import ExperimentError


def require_display() -> None:
    """Raise ``ExperimentError`` if no window can be shown."""
    problem = display_error()
    if not problem and (missing := missing_qt_libraries()):
        problem = library_error(missing)
    if problem:
        raise ExperimentError(problem)
    try:
        import PyQt6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise ExperimentError(qt_import_error(error)) from None


def create_window(experiment: Experiment | None = None, source: Path | None = None) -> tuple[Any, Any]:
    """Return the application and its window, not yet shown. ``source``: the file of the experiment.

    Garbage is not collected until the window is drawn: the imports create many objects that live as long as the
    program, and collections that find nothing would take a tenth of the time.
    """
    gc.disable()
    from PyQt6.QtGui import QIcon

    from app.gui.window.garbage_collection import GarbageCollector
    from app.gui.window.main_window import MainWindow
    from app.gui.window.orderly_end import Application
    from app.utils.resources import ASSETS

    application = Application(["thalweg"])  # the desktop finds the entry of the program by this name
    application.setApplicationName("Thalweg")
    application.setDesktopFileName("thalweg")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(ASSETS / "thalweg.png")))
    window = MainWindow(experiment, source)
    GarbageCollector(application)
    return application, window


def open_window(experiment: Experiment | None, source: Path | None = None, welcome: bool = False) -> int:
    """Open the window, run until it is closed, and return the exit status.

    ``source`` is the file of the experiment; without an experiment, the window opens the file. ``welcome`` shows the
    start page, unless it is switched off in the settings.
    """
    require_display()
    application, window = create_window(experiment, source if experiment is not None else None)
    from PyQt6 import sip
    from PyQt6.QtCore import QTimer

    window.error_reporter.install()

    def close_all() -> None:
        """Close modal dialogs, then the window."""
        while (modal_widget := application.activeModalWidget()) is not None and modal_widget.close():
            continue
        window.close()

    def quit_on_signal() -> None:
        window.documents.before_replacing()
        window.documents.document_state.mark_discarded()  # the sender of a signal cannot answer a question
        QTimer.singleShot(0, close_all)  # not in the middle of another operation

    application.end_requested.connect(quit_on_signal)
    application.watch_signals()
    window.show()
    if welcome:
        window.start_page.show_at_start()
    if source is not None and experiment is None:
        documents, path = window.documents, source
        QTimer.singleShot(0, lambda: documents.run_guarded(lambda: documents.open_path(path)))
    status: int = application.exec()
    sip.delete(window)  # PyQt deletes what is left at exit while it goes through all objects, and may crash with many
    return status


def probe_window() -> int:
    """Import the window, open an empty one until it is painted, and print what Qt found as JSON; return the status."""
    require_display()
    from PyQt6.QtCore import QTimer
    from PyQt6.QtGui import QFontDatabase, QGuiApplication, QPaintEvent
    from PyQt6.QtWidgets import QApplication, QWidget

    import app.gui.canvas.plot_canvas
    import app.gui.window.main_window  # noqa: F401

    class ProbeWidget(QWidget):
        def paintEvent(self, event: QPaintEvent | None) -> None:
            QTimer.singleShot(0, QApplication.quit)

    application = QApplication(["thalweg"])
    widget = ProbeWidget()
    widget.setWindowTitle("Thalweg")
    widget.resize(160, 90)
    widget.show()
    status = application.exec()
    print(
        json.dumps(
            {
                "platform": QGuiApplication.platformName(),
                "fonts": len(QFontDatabase.families()),
                "Korean": QFontDatabase.families(QFontDatabase.WritingSystem.Korean),
            }
        )
    )
    return status
