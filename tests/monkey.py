"""Monkey test: trigger actions, keys and controls of the window in random order and check it after each one.

``python -m tests.monkey --seed 7 --minutes 5`` runs for five minutes; the same seed gives the same input. The first
failure ends it and prints the seed and the last inputs. Time advances with the inputs and with the steps that are
computed, so that the speed of the machine changes nothing.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6 import sip
from PyQt6.QtCore import (
    QEvent,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PyQt6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QColorDialog,
    QComboBox,
    QDialog,
    QDockWidget,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabBar,
    QWidget,
)

from app.gui.dialogs.export_form import ExportForm
from app.gui.window.main_window import MainWindow
from app.io import experiment_files
from app.model.experiment import DEFAULT_EXPERIMENT
from app.system.memory import return_freed_memory
from tests.counted_time import counted_time
from tests.gui.agreement import assert_window_consistent, run_pending_timers

LOG_LENGTH = 30  # inputs that are printed after a failure
FRAME = 0.016  # seconds of playback per input
INITIAL_SIZE = 900, 600
RESET_INTERVAL = 300  # inputs between two checks for leaks
MAX_JOB_ROUNDS = 4000  # rounds of the event loop that an export may take
WARM_UP_CHECKS, MAX_GROWTH = 3, 150  # checks until caches are about full, and MB that may be added afterwards
OBJECT_TOLERANCE = 60  # objects that come and go: rows of opened menus, modifiers of runs
EXCLUDED_ACTIONS = {"quit"}
OFFSCREEN_WARNINGS = "propagateSizeHints", "This plugin does not support"  # of the platform without a screen
KEYS = [
    Qt.Key(key)
    for key in (
        *range(Qt.Key.Key_A, Qt.Key.Key_Z + 1),
        *range(Qt.Key.Key_0, Qt.Key.Key_9 + 1),
        *range(Qt.Key.Key_F1, Qt.Key.Key_F12 + 1),
        Qt.Key.Key_Space,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Plus,
        Qt.Key.Key_Minus,
        Qt.Key.Key_Question,
        Qt.Key.Key_Menu,
    )
]
NO_MODIFIER, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
MODIFIERS = (NO_MODIFIER, NO_MODIFIER, NO_MODIFIER, SHIFT, CONTROL, CONTROL, ALT, CONTROL | SHIFT)
TYPED_TEXTS = (
    "0",
    "-1",
    "1e-3",
    "1e999",
    "-1e308",
    "1,5",
    "nan",
    "inf",
    "",
    " ",
    "١٢",
    "0x10",
    "1" * 400,
    "1e",
    "--",
    "0.1.2",
    "1e-320",
    "12345678901234567890",
    "½",
    "\u202e7",
    "<b>9</b>",
    "42",
    "0.05",
    "3",
)
INVALID_FILES = {
    "empty.json": b"",
    "half.json": b'{"surface": "rosenbrock", "runs": [',
    "list.json": b"[[[[]]]]",
    "null.json": b"null",
    "odd.json": b'{"surface": "rosenbrock", "start": [1e400, "x"], "runs": [{"optimizer": 7}]}',
    "bytes.json": bytes(range(256)),
    "deep.json": b"[" * 5000,
    "bad.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "bad.svg": b"<svg><metadata>{</metadata>",
    "two.csv": b"x,y\n1,2\n2,3\n3,5\n",
    "one.csv": b"1,2\n",
    "same.csv": b"1,1\n1,1\n1,1\n",
    "huge.csv": b"1e300,1e300\n-1e300,2\n0,0\n",
    "words.csv": b"a,b\nc,d\n",
    "gaps.csv": b"1,\n,2\n3,4\n",
    "nan.csv": b"nan,1\n2,inf\n",
    "none": b"",
}


@dataclass(frozen=True)
class ResourceCounts:
    """What must not grow: objects and timers of the window, top-level widgets, threads, and memory in MB."""

    objects: int
    timers: int
    top_level_widgets: int
    threads: int
    memory: float


class MonkeyError(AssertionError):
    """A failure after an input, with what is needed to reproduce it."""


class Monkey:
    """Opens a window and sends random input; files are read from and written to ``folder``."""

    def __init__(self, application: QApplication, seed: int, folder: Path) -> None:
        self.application, self.seed, self.folder = application, seed, folder
        self.log: deque[str] = deque(maxlen=LOG_LENGTH)
        self.count = 0
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
                self.check_for_leaks()
        except Exception as error:
            raise MonkeyError(self.report(error)) from error
        finally:
            self.busy = False

    def report(self, error: BaseException) -> str:
        summary = f"seed {self.seed}, input {self.count}: {type(error).__name__}: {error} at {_location(error)}"
        return "\n".join([summary, "the last inputs:", *self.log])

    def note(self, details: str) -> None:
        """Add details of the current input to the log."""
        self.log[-1] += f" {details}"

    def process_events(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            self.application.processEvents()
            self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def close_blocking_dialog(self) -> None:
        """Use and close a dialog or menu that waits for input inside an action."""
        if self.busy:
            QTimer.singleShot(0, self.close_blocking_dialog)
            overlay = self.overlay
            if overlay is not None:
                self.use(overlay)
                self.leave(overlay)

    @property
    def overlay(self) -> QWidget | None:
        """The popup or modal dialog over the window, which takes its keys."""
        return self.application.activePopupWidget() or self.application.activeModalWidget()

    def use(self, widget: QWidget) -> None:
        self.note(f"[{describe_widget(widget)}]")
        if isinstance(widget, QDialog) and widget.findChildren(ExportForm):
            set_small_size(widget.findChildren(ExportForm)[0], self.random)
        for _ in range(self.random.randrange(4)):
            key = self.random.choice(KEYS)
            if not widget.isVisible():
                return
            self.note(f"{key.name}")
            QTest.keyClick(widget.focusWidget() or widget, key)
        inside = [child for child in controls(widget) if not isinstance(widget, (QMenu, QMessageBox, QColorDialog))]
        if inside and widget.isVisible() and self.random.random() < 0.5:
            self.click_on(self.random.choice(inside))

    def leave(self, widget: QWidget) -> None:
        accepts = self.random.random() < 0.5 and not isinstance(widget, QMessageBox)
        if accepts and isinstance(widget, QDialog) and widget.isVisible():
            widget.accept()
        if widget.isVisible():
            widget.close()

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

    # The kinds of input

    def trigger(self) -> None:
        name = self.random.choice(
            [name for name in self.window.action_registry.actions if name not in EXCLUDED_ACTIONS]
        )
        self.note(name)
        self.window.action_registry[name].trigger()

    def type_key(self) -> None:
        key, modifier = self.random.choice(KEYS), self.random.choice(MODIFIERS)
        target = self.window.focusWidget() or self.window
        self.note(f"{modifier.name} {key.name} on {describe_widget(target)}")
        if (key, modifier) not in ((Qt.Key.Key_Q, CONTROL), (Qt.Key.Key_F4, ALT)):
            QTest.keyClick(target, key, modifier)
        if self.random.random() < 0.1:
            self.trigger()  # while a burst of steps may last

    def click(self) -> None:
        inside = controls(self.window)
        if inside:
            self.click_on(self.random.choice(inside))

    def click_on(self, widget: QWidget) -> None:
        position = self.random_position(widget)
        self.note(f"{describe_widget(widget)} at {position.x()}, {position.y()}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, position)
        if self.random.random() < 0.1 and not is_gone(widget):
            self.note("double click")
            QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, position)
            if not is_gone(widget):
                QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, position)

    def drag(self) -> None:
        inside = [
            w for w in controls(self.window) if isinstance(w, QAbstractSlider) or w in self.window.canvases.values()
        ]
        if not inside:
            return
        widget = self.random.choice(inside)
        self.note(describe_widget(widget))
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, self.random_position(widget))
        for _ in range(self.random.randrange(1, 5)):
            QTest.mouseMove(widget, self.random_position(widget))
            self.process_events(1)
        if self.random.random() < 0.2:
            self.trigger()  # with the button down
        if not sip.isdeleted(widget):  # Qt sends the release to the pressed widget even if it is hidden by now
            QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, self.random_position(widget))

    def scroll(self) -> None:
        inside = controls(self.window)
        if inside:
            widget, angle = self.random.choice(inside), self.random.choice((-1200, -120, 120, 1200))
            self.note(f"{describe_widget(widget)} by {angle}")
            position = QPointF(self.random_position(widget))
            self.application.sendEvent(
                widget,
                QWheelEvent(
                    position,
                    widget.mapToGlobal(position),
                    QPoint(),
                    QPoint(0, angle),
                    Qt.MouseButton.NoButton,
                    NO_MODIFIER,
                    Qt.ScrollPhase.NoScrollPhase,
                    False,
                ),
            )

    def type_text(self) -> None:
        inside = [w for w in controls(self.window) if isinstance(w, QLineEdit)]
        if inside:
            line, text = self.random.choice(inside), self.random.choice(TYPED_TEXTS)
            self.note(f"{text[:20]!r} in {describe_widget(line)}")
            line.setFocus()
            line.selectAll()
            line.insert(text)
            QTest.keyClick(
                line, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_5])
            )

    def select_entry(self) -> None:
        """Select an entry of a list, table, combo box or tab bar."""
        inside = [w for w in controls(self.window) if isinstance(w, (QComboBox, QAbstractItemView, QTabBar))]
        if not inside:
            return
        widget = self.random.choice(inside)
        self.note(describe_widget(widget))
        if isinstance(widget, QComboBox) and hasattr(widget, "entries"):
            widget.selected.emit(self.random.choice(list(widget.entries)))  # type: ignore[attr-defined]
        elif isinstance(widget, QComboBox) and widget.count():
            widget.setCurrentIndex(self.random.randrange(widget.count()))
            widget.activated.emit(widget.currentIndex())
        elif isinstance(widget, QTabBar) and widget.count():
            widget.setCurrentIndex(self.random.randrange(widget.count()))
        elif isinstance(widget, QAbstractItemView):
            model = widget.model()
            if model is not None and model.rowCount():
                widget.setCurrentIndex(model.index(self.random.randrange(model.rowCount()), 0))

    def play(self) -> None:
        clock, frames = self.window.session.clock, self.random.randrange(1, 30)
        self.note(f"{frames} frames")
        clock.play()
        for _ in range(frames):
            if clock.running:
                clock.advance_time(FRAME)
        if self.random.random() < 0.8:
            clock.pause()

    def resize(self) -> None:
        width, height = self.random.choice(
            [
                (1, 1),
                (1280, 720),
                (400, 3000),
                (3000, 200),
                (self.random.randrange(1, 1600), self.random.randrange(1, 1000)),
            ]
        )
        self.note(f"{width} x {height}")
        self.window.resize(width, height)

    def open_file(self) -> None:
        examples = [path for _, path in experiment_files.examples().values()]
        path = self.random.choice([*examples, *sorted(self.folder.iterdir())])
        self.note(path.name)
        self.window.run_guarded(lambda: self.window.documents.open_path(path))

    def drop(self) -> None:
        """Drag files onto a control or the window, and drop them if they are accepted."""
        paths = self.random.sample(sorted(self.folder.iterdir()), self.random.choice((1, 1, 2)))
        widget = self.random.choice([self.window, *controls(self.window)])
        self.note(f"{', '.join(path.name for path in paths)} on {describe_widget(widget)}")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        position, action, button = self.random_position(widget), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(position, action, data, button, NO_MODIFIER)
        self.application.sendEvent(widget, enter)
        end = (
            QDropEvent(QPointF(position), action, data, button, NO_MODIFIER)
            if enter.isAccepted()
            else QDragLeaveEvent()
        )
        self.application.sendEvent(widget, end)

    def open_menu(self) -> None:
        if self.random.random() < 0.5:
            menu = self.random.choice(list(self.window.action_registry.menus.values()))
            self.note(menu.title())
            menu.popup(self.window.mapToGlobal(QPoint(10, 10)))
            return
        inside = controls(self.window)
        if inside:
            widget = self.random.choice(inside)
            self.note(describe_widget(widget))
            position = self.random_position(widget)
            self.application.sendEvent(
                widget, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, position, widget.mapToGlobal(position))
            )

    def change_theme(self) -> None:
        theme = self.random.choice(("system", "light", "dark", "contrast"))
        self.note(theme)
        self.window.set_theme(theme)

    def reopen(self) -> None:
        """Close the window, unless it refuses, and open another one."""
        if self.window.close():
            self.window.deleteLater()
            self.process_events()
            self.open()

    def random_position(self, widget: QWidget) -> QPoint:
        return QPoint(self.random.randrange(max(widget.width(), 1)), self.random.randrange(max(widget.height(), 1)))

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

    def check_for_leaks(self) -> None:
        """Return to the initial state and compare resources with the first check."""
        window = self.window
        window.session.clock.pause()
        window.action_registry["reset_layout"].trigger()
        window.showNormal()
        window.resize(*INITIAL_SIZE)
        window.session.load_experiment(DEFAULT_EXPERIMENT)
        window.session.store.undo_stack, window.session.store.redo_stack = [], []
        window.session.set_edit_from_start(False)
        window.side_panel.run_list.list.setCurrentRow(0)  # the number of controls depends on the selected optimizer
        window.results_tabs.results_page.refresh()  # pages are built when they are first shown
        run_pending_timers(window)
        for _ in range(3):
            self.process_events(8)
            gc.collect()
        return_freed_memory()
        size = ResourceCounts(
            len(window.findChildren(QObject)),
            len(window.findChildren(QTimer)),
            len(self.application.topLevelWidgets()),
            threading.active_count(),
            memory(),
        )
        self.sizes.append(size)
        first = self.sizes[0]
        assert size.objects <= first.objects + OBJECT_TOLERANCE, f"objects accumulate: {self.sizes}"
        assert size.top_level_widgets <= first.top_level_widgets + OBJECT_TOLERANCE, (
            f"top-level widgets accumulate: {self.sizes}"
        )
        assert (size.timers, size.threads) == (first.timers, first.threads), (
            f"timers or threads accumulate: {self.sizes}"
        )
        if len(self.sizes) > WARM_UP_CHECKS:
            assert size.memory <= max(each.memory for each in self.sizes[:WARM_UP_CHECKS]) + MAX_GROWTH, (
                f"memory grows: {self.sizes}"
            )


def controls(root: QWidget) -> list[QWidget]:
    """Return the usable controls of a window in the order of their creation."""
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)
    return [
        w
        for w in root.findChildren(QWidget)
        if w.isVisible()
        and w.isEnabled()
        and w.width() > 0
        and w.height() > 0
        and (isinstance(w, kinds) or hasattr(w, "mpl_connect"))
        and (w.window() is root or isinstance(w.window(), QDockWidget))
    ]


def describe_widget(widget: QWidget) -> str:
    text = widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName() or widget.windowTitle()
    return f"{type(widget).__name__} {text!r}"


def is_gone(widget: QWidget) -> bool:
    """Return whether a widget is hidden or deleted."""
    try:
        return not widget.isVisible()
    except RuntimeError:
        return True


def set_small_size(form: ExportForm, random: Random) -> None:
    """Set options with which an image or animation is exported quickly."""
    form.unit_combo.setCurrentIndex(0)
    form.unit_combo.activated.emit(0)
    form.dpi_field.setValue(random.choice((30, 72)))
    form.width_field.setValue(random.randrange(200, 400))
    form.height_field.setValue(random.randrange(200, 400))
    form.duration_field.setValue(0.3)


def memory() -> float:
    """Return the resident memory in MB; 0 where it cannot be read."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--inputs", type=int, default=0, help="end after this many inputs instead")
    parser.add_argument("--log", default=os.devnull, help="write every input to this file")
    args = parser.parse_args()
    warnings.simplefilter("error")
    application = QApplication([])
    application.setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder, open(args.log, "w", encoding="utf-8") as log:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, f"{folder}/config")
        (Path(folder) / "files").mkdir()
        end = time.monotonic() + 60 * args.minutes
        try:
            with run_monkey(application, args.seed, Path(folder) / "files") as monkey:
                while monkey.count < args.inputs if args.inputs else time.monotonic() < end:
                    monkey.send_input()
                    print(monkey.log[-1], file=log, flush=True)
        except MonkeyError as failure:
            print(failure)
            return 1
        print(f"seed {args.seed}: {monkey.count} inputs")
        for size in monkey.sizes:
            print(size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
