"""Opens the window, after looking whether this system can show one: Qt would end the process without a useful word."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from app.model.experiment import Experiment
from app.system.platform_support import display_fault, library_fault, lost_libraries, qt_fault
from app.utils.validation import ExperimentError


def look_first() -> None:
    """ExperimentError, in one sentence, where no window can be shown."""
    fault = display_fault()
    if not fault and (lost := lost_libraries()):
        fault = library_fault(lost)
    if fault:
        raise ExperimentError(fault)
    try:
        import PyQt6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise ExperimentError(qt_fault(error)) from None


def open_window(experiment: Experiment | None, source: Path | None = None) -> int:
    """Open the window, with an experiment and the file it came from, and stay until it is closed; the exit status."""
    look_first()
    from PyQt6.QtCore import QTimer
    from PyQt6.QtGui import QIcon
    from PyQt6.QtWidgets import QApplication

    from app.gui.window.main_window import MainWindow
    from app.utils.resources import ASSETS

    application = QApplication(["thalweg"])  # by this name the desktop finds the window's entry in its menu
    application.setApplicationName("Thalweg")
    application.setDesktopFileName("thalweg")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(ASSETS / "thalweg.png")))
    window = MainWindow(experiment, source)
    window.reporter.install()

    def end() -> None:
        """The window is closed, and first whatever stands over it; parts that float go with it."""
        while (above := application.activeModalWidget()) is not None and above.close():
            continue
        window.close()

    def leave(*_: object) -> None:
        window.files.origins.waive()  # whoever ends it from outside cannot be asked
        QTimer.singleShot(0, end)  # not in the midst of what is being done

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    awake = QTimer(application, interval=250)  # lets Python see Ctrl+C while Qt waits for events
    awake.timeout.connect(lambda: None)
    awake.start()
    window.show()
    return application.exec()


def try_window() -> int:
    """Load all that the window is made of, open an empty one until it is painted, and print as JSON what Qt found."""
    look_first()
    from PyQt6.QtCore import QTimer
    from PyQt6.QtGui import QFontDatabase, QGuiApplication, QPaintEvent
    from PyQt6.QtWidgets import QApplication, QWidget

    import app.gui.canvas.plot_canvas
    import app.gui.window.main_window  # noqa: F401

    class Sheet(QWidget):
        def paintEvent(self, event: QPaintEvent | None) -> None:
            QTimer.singleShot(0, QApplication.quit)

    application = QApplication(["thalweg"])
    sheet = Sheet()
    sheet.setWindowTitle("Thalweg")
    sheet.resize(160, 90)
    sheet.show()
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
