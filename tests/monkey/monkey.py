"""The random test: a window, its input and the checks after it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from PyQt6.QtCore import QTimer, QtMsgType, qInstallMessageHandler
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QMessageBox

from app.gui.window.main_window import MainWindow
from app.io import experiment_files
from tests.counted_time import counted_time
from tests.gui.agreement import assert_window_consistent
from tests.monkey.input_data import INVALID_FILES
from tests.monkey.inputs import FRAME, RandomInputs
from tests.monkey.resources import INITIAL_SIZE, ResourceCounts, assert_no_growth, count_resources
from tests.monkey.widgets import describe_widget

RESET_INTERVAL = 300  # inputs between two checks for leaks
MAX_JOB_ROUNDS = 4000  # rounds of the event loop that an export may take
OFFSCREEN_WARNINGS = "propagateSizeHints", "This plugin does not support"  # of the platform without a screen


class MonkeyError(AssertionError):
    """A failure after an input, with what is needed to reproduce it."""


class Monkey(RandomInputs):
    """Opens a window and sends random input; files are read from and written to ``folder``."""

    def __init__(self, application: QApplication, seed: int, folder: Path) -> None:
        super().__init__(application, folder)
        self.seed, self.count = seed, 0
        self.random = Random(seed)
        self.failures: list[str] = []
        self.busy = False
        self.sizes: list[ResourceCounts] = []
        for name, content in INVALID_FILES.items():
            (folder / name).write_bytes(content)
        self.weights: dict[Callable[[], None], int] = {
            self.trigger: 30,
            self.type_key: 30,
            self.click: 30,
            self.drag: 8,
            self.scroll: 8,
            self.type_text: 8,
            self.select_entry: 10,
            self.play: 12,
            self.resize: 3,
            self.open_file: 3,
            self.drop: 1,
            self.open_menu: 4,
            self.change_theme: 1,
            self.reopen: 1,
        }
        self.open()

    # The window, and replacements of dialogs that would block

    def open(self) -> None:
        self.window = window = MainWindow()
        window.documents.ask_path = self.answer_path  # type: ignore[method-assign]
        window.documents.ask_about_unsaved = self.answer_unsaved  # type: ignore[method-assign]
        window.error_reporter.handle_exception = self.fail  # type: ignore[method-assign]
        window.session.clock._timer.timeout.disconnect()  # time advances only by advance_time below
        window.resize(*INITIAL_SIZE)
        window.show()
        self.process_events()

    def answer_path(self, title: str, kinds: str, suffix: str | None = None, name: str = "") -> Path | None:
        """Return a random path instead of showing the file dialog."""
        choice, number = self.random.choice, self.random.randrange(4)
        if number == 0:
            return None
        if suffix is None:
            return choice([*sorted(self.folder.iterdir()), *(path for _, path in experiment_files.examples().values())])
        ends = [kind.rstrip(")").strip() for kind in kinds.split("*")[1:]]
        return self.folder / f"out{number}{choice([*ends, '.' + suffix, '.xyz', ''])}"

    def answer_unsaved(self) -> QMessageBox.StandardButton:
        buttons = QMessageBox.StandardButton
        return self.random.choice([buttons.Save, buttons.Discard, buttons.Discard, buttons.Cancel])

    def fail(self, error: BaseException) -> None:
        self.failures.append(f"{type(error).__name__}: {error} at {_location(error)}")

    def on_qt_message(self, kind: QtMsgType, where: Any, text: str | None) -> None:
        """Record warnings of Qt as failures."""
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and not any(
            expected_warning in (text or "") for expected_warning in OFFSCREEN_WARNINGS
        ):
            self.failures.append(f"Qt warning: {text}")

    # One input

    def send_input(self) -> None:
        """Send one input, which depends only on the seed and its number, and check the window."""
        self.count += 1
        self.random = Random(f"{self.seed} {self.count}")
        (send,) = self.random.choices(list(self.weights), list(self.weights.values()))
        self.log.append(f"{self.count} {send.__name__}")
        try:
            self.busy = True
            QTimer.singleShot(0, self.close_blocking_dialog)
            send()
            if self.window.session.clock.running:
                self.window.session.clock.advance_time(FRAME)
            self.process_events()
            self.leave_all()
            self.check()
            if self.count % RESET_INTERVAL == 0:
                self.sizes.append(count_resources(self.application, self.window))
                assert_no_growth(self.sizes)
        except Exception as error:
            raise MonkeyError(self.report(error)) from error
        finally:
            self.busy = False

    def report(self, error: BaseException) -> str:
        summary = f"seed {self.seed}, input {self.count}: {type(error).__name__}: {error} at {_location(error)}"
        return "\n".join([summary, "the last inputs:", *self.log])

    def close_blocking_dialog(self) -> None:
        """Use and close a dialog or menu that waits for input inside an action."""
        if self.busy:
            QTimer.singleShot(0, self.close_blocking_dialog)
            overlay = self.overlay
            if overlay is not None:
                self.use(overlay)
                self.leave(overlay)

    def leave_all(self) -> None:
        """Close all popups and dialogs; fail if one cannot be closed."""
        for _ in range(20):
            overlay = self.overlay
            if overlay is None:
                return
            self.use(overlay)
            self.leave(overlay)
            self.process_events()
        raise AssertionError(f"{describe_widget(self.overlay)} cannot be closed")  # type: ignore[arg-type]

    def reopen(self) -> None:
        """Close the window, unless it refuses, and open another one."""
        if self.window.close():
            self.window.deleteLater()
            self.process_events()
            self.open()

    # Checks

    def check(self) -> None:
        window = self.window
        for _ in range(MAX_JOB_ROUNDS):
            if not window.exporter.jobs:
                break
            self.process_events(1)
        assert not window.exporter.jobs, "an export job does not end"
        self.leave_all()
        assert_window_consistent(window)
        self.process_events()
        assert not self.failures, self.failures
        pressed = [
            describe_widget(button)
            for button in window.findChildren(QAbstractButton)
            if button.isDown() and button.isVisible()
        ]
        pressed += [
            describe_widget(slider)
            for slider in window.findChildren(QAbstractSlider)
            if slider.isSliderDown() and slider.isVisible()
        ]
        assert not pressed, f"{pressed} are stuck"
        assert not window.session.store.interaction_active, "a drag has not ended"
        if window.canvases:
            assert window.view_area.contour_tool.press_position is None
            assert window.view_area.camera_tool.last_position is None


def _location(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"


@contextmanager
def run_monkey(application: QApplication, seed: int, folder: Path) -> Iterator[Monkey]:
    """Yield a monkey that records every exception and Qt warning; close its window afterwards."""
    monkey: list[Monkey] = []
    early_failures: list[str] = []

    def report(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
        (monkey[0].failures if monkey else early_failures).append(
            f"{kind.__name__}: {error} at {_location(error) if error else '?'}"
        )

    before = sys.excepthook, threading.excepthook, application.keyboardInputInterval()
    sys.excepthook, threading.excepthook = (
        report,
        lambda failed: report(failed.exc_type, failed.exc_value, failed.exc_traceback),
    )
    application.setKeyboardInputInterval(-1)  # every letter begins a new search in a list
    previous_handler = qInstallMessageHandler(
        lambda kind, where, text: monkey[0].on_qt_message(kind, where, text) if monkey else None
    )
    try:
        with counted_time():
            monkey.append(Monkey(application, seed, folder))
            monkey[0].failures += early_failures
            yield monkey[0]
            monkey[0].window.documents.document_state.mark_discarded()
            assert monkey[0].window.close()
            monkey[0].window.deleteLater()
            monkey[0].process_events()
    finally:
        sys.excepthook, threading.excepthook = before[:2]
        application.setKeyboardInputInterval(before[2])
        qInstallMessageHandler(previous_handler)
