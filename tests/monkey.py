"""A monkey at the window: presses every action, key and control in random order, and looks after each press whether all is well.

``python -m tests.monkey --seed 7 --minutes 5`` presses for five minutes; the same seed presses the same. A press that does harm
ends it, and the seed and the last presses are printed. Time that passes for the race is counted in presses, not taken from a clock.
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
from PyQt6.QtGui import QContextMenuEvent, QDropEvent, QWheelEvent
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
from tests.gui.agreement import assert_window_consistent, run_pending_timers

REMEMBERED = 30  # presses that are told of when something breaks
FRAME = 0.016  # seconds that pass for the race with every press
HOME = 300  # presses between two looks at what has piled up
MOST_FRAMES = 4000  # pieces of work that a file may take to be written
WARM, GROWTH = 3, 150  # looks after which caches are full, about, and MB that may be added from then on
SLACK = 60  # objects that differ from one look to another: rows of menus that were opened, parts of runs
NEVER = {"quit"}
OFFSCREEN = "propagateSizeHints", "This plugin does not support"  # what Qt says of a platform without a screen
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
NONE, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
MODIFIERS = (NONE, NONE, NONE, SHIFT, CONTROL, CONTROL, ALT, CONTROL | SHIFT)
TYPED = (
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
GARBAGE = {
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
class Size:
    """What must not grow: objects of the window, widgets without a parent, threads, and memory in MB."""

    objects: int
    timers: int
    tops: int
    threads: int
    memory: float


class HarmError(AssertionError):
    """What a press has done; says how to do it again."""


class Monkey:
    """Opens a window and presses; ``folder`` is where it reads and writes files."""

    def __init__(self, application: QApplication, seed: int, folder: Path) -> None:
        self.application, self.seed, self.folder = application, seed, folder
        self.pressed: deque[str] = deque(maxlen=REMEMBERED)
        self.count = 0
        self.random = Random(seed)
        self.failures: list[str] = []
        self.busy = False
        self.sizes: list[Size] = []
        for name, content in GARBAGE.items():
            (folder / name).write_bytes(content)
        self.presses: dict[Callable[[], None], int] = {
            self.trigger: 30,
            self.type_key: 30,
            self.click: 30,
            self.drag: 8,
            self.roll: 8,
            self.type_odd: 8,
            self.choose: 10,
            self.play: 12,
            self.resize: 3,
            self.open_file: 3,
            self.drop: 1,
            self.ask_for_menu: 4,
            self.change_theme: 1,
            self.reopen: 1,
        }
        self.open()

    # A window, and what would block

    def open(self) -> None:
        self.window = window = MainWindow()
        window.documents.ask_path = self.answer_path  # type: ignore[method-assign]
        window.documents.ask_about_unsaved = self.answer_unsaved  # type: ignore[method-assign]
        window.error_reporter.handle_exception = self.fail  # type: ignore[method-assign]
        window.session.clock._timer.timeout.disconnect()  # time is passed by the monkey
        window.resize(900, 600)
        window.show()
        self.settle()

    def answer_path(self, title: str, kinds: str, suffix: str | None = None, name: str = "") -> Path | None:
        """In place of the file dialog of the system."""
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
        self.failures.append(f"{type(error).__name__}: {error} at {_place(error)}")

    def hear(self, kind: QtMsgType, where: Any, words: str | None) -> None:
        """What Qt complains of."""
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and not any(
            known in (words or "") for known in OFFSCREEN
        ):
            self.failures.append(f"Qt says: {words}")

    # Pressing

    def press(self) -> None:
        """One press, chosen by the seed and the number of the press alone, and a look at what it did."""
        self.count += 1
        self.random = Random(f"{self.seed} {self.count}")
        (what,) = self.random.choices(list(self.presses), list(self.presses.values()))
        self.pressed.append(f"{self.count} {what.__name__}")
        try:
            self.busy = True
            QTimer.singleShot(0, self.rescue)
            what()
            self.busy = False
            if self.window.session.clock.running:
                self.window.session.clock.advance_time(FRAME)
            self.settle()
            self.leave_all()
            self.look()
            if self.count % HOME == 0:
                self.go_home()
        except Exception as error:
            raise HarmError(self.story(error)) from error

    def story(self, error: BaseException) -> str:
        what = f"seed {self.seed}, press {self.count}: {type(error).__name__}: {error} at {_place(error)}"
        return "\n".join([what, "the last presses:", *self.pressed])

    def tell(self, words: str) -> None:
        """What the press was, in detail."""
        self.pressed[-1] += f" {words}"

    def settle(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            self.application.processEvents()
            self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def rescue(self) -> None:
        """A dialog or a menu that waits in the midst of a press: play with it, then leave it."""
        if self.busy:
            QTimer.singleShot(0, self.rescue)
            above = self.above
            if above is not None:
                self.toy_with(above)
                self.leave(above)

    @property
    def above(self) -> QWidget | None:
        """What lies over the window and takes its keys."""
        return self.application.activePopupWidget() or self.application.activeModalWidget()

    def toy_with(self, widget: QWidget) -> None:
        self.tell(f"[{named(widget)}]")
        if isinstance(widget, QDialog) and widget.findChildren(ExportForm):
            small(widget.findChildren(ExportForm)[0], self.random)
        for _ in range(self.random.randrange(4)):
            key = self.random.choice(KEYS)
            if not widget.isVisible():
                return
            self.tell(f"{key.name}")
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
        """Nothing may stay over the window that cannot be left."""
        for _ in range(20):
            above = self.above
            if above is None:
                return
            self.toy_with(above)
            self.leave(above)
            self.settle()
        raise AssertionError(f"{named(self.above)} cannot be left")  # type: ignore[arg-type]

    # The presses

    def trigger(self) -> None:
        name = self.random.choice([name for name in self.window.action_registry.actions if name not in NEVER])
        self.tell(name)
        self.window.action_registry[name].trigger()

    def type_key(self) -> None:
        key, modifier = self.random.choice(KEYS), self.random.choice(MODIFIERS)
        target = self.window.focusWidget() or self.window
        self.tell(f"{modifier.name} {key.name} on {named(target)}")
        if (key, modifier) not in ((Qt.Key.Key_Q, CONTROL), (Qt.Key.Key_F4, ALT)):
            QTest.keyClick(target, key, modifier)

    def click(self) -> None:
        inside = controls(self.window)
        if inside:
            self.click_on(self.random.choice(inside))

    def click_on(self, widget: QWidget) -> None:
        place = self.place_in(widget)
        self.tell(f"{named(widget)} at {place.x()}, {place.y()}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NONE, place)
        if self.random.random() < 0.1 and not gone(widget):
            self.tell("twice")
            QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, NONE, place)
            if not gone(widget):
                QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, NONE, place)

    def drag(self) -> None:
        inside = [
            w for w in controls(self.window) if isinstance(w, QAbstractSlider) or w in self.window.canvases.values()
        ]
        if not inside:
            return
        widget = self.random.choice(inside)
        self.tell(named(widget))
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, NONE, self.place_in(widget))
        for _ in range(self.random.randrange(1, 5)):
            QTest.mouseMove(widget, self.place_in(widget))
            self.settle(1)
        if self.random.random() < 0.2:
            self.trigger()  # with the button down
        if not gone(widget):
            QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, NONE, self.place_in(widget))

    def roll(self) -> None:
        inside = controls(self.window)
        if inside:
            widget, turn = self.random.choice(inside), self.random.choice((-1200, -120, 120, 1200))
            self.tell(f"{named(widget)} by {turn}")
            place = QPointF(self.place_in(widget))
            self.application.sendEvent(
                widget,
                QWheelEvent(
                    place,
                    widget.mapToGlobal(place),
                    QPoint(),
                    QPoint(0, turn),
                    Qt.MouseButton.NoButton,
                    NONE,
                    Qt.ScrollPhase.NoScrollPhase,
                    False,
                ),
            )

    def type_odd(self) -> None:
        inside = [w for w in controls(self.window) if isinstance(w, QLineEdit)]
        if inside:
            line, words = self.random.choice(inside), self.random.choice(TYPED)
            self.tell(f"{words[:20]!r} in {named(line)}")
            line.setFocus()
            line.selectAll()
            line.insert(words)
            QTest.keyClick(
                line, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_5])
            )

    def choose(self) -> None:
        """An entry of a list."""
        inside = [w for w in controls(self.window) if isinstance(w, (QComboBox, QAbstractItemView, QTabBar))]
        if not inside:
            return
        widget = self.random.choice(inside)
        self.tell(named(widget))
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
        self.tell(f"{frames} frames")
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
        self.tell(f"{width} x {height}")
        self.window.resize(width, height)

    def open_file(self) -> None:
        examples = [path for _, path in experiment_files.examples().values()]
        path = self.random.choice([*examples, *sorted(self.folder.iterdir())])
        self.tell(path.name)
        self.window.run_guarded(lambda: self.window.documents.open_path(path))

    def drop(self) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.random.sample(sorted(self.folder.iterdir()), 1)])
        self.application.sendEvent(
            self.window, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
        )

    def ask_for_menu(self) -> None:
        if self.random.random() < 0.5:
            menu = self.random.choice(list(self.window.action_registry.menus.values()))
            self.tell(menu.title())
            menu.popup(self.window.mapToGlobal(QPoint(10, 10)))
            return
        inside = controls(self.window)
        if inside:
            widget = self.random.choice(inside)
            self.tell(named(widget))
            place = self.place_in(widget)
            self.application.sendEvent(
                widget, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, widget.mapToGlobal(place))
            )

    def change_theme(self) -> None:
        theme = self.random.choice(("system", "light", "dark", "contrast"))
        self.tell(theme)
        self.window.set_theme(theme)

    def reopen(self) -> None:
        """Close the window, if it may be closed, and open another one."""
        if self.window.close():
            self.window.deleteLater()
            self.settle()
            self.open()

    def place_in(self, widget: QWidget) -> QPoint:
        return QPoint(self.random.randrange(max(widget.width(), 1)), self.random.randrange(max(widget.height(), 1)))

    # Whether all is well

    def look(self) -> None:
        window = self.window
        for _ in range(MOST_FRAMES):
            if not window.exporter.jobs:
                break
            self.settle(1)
        assert not window.exporter.jobs, "a file is written for ever"
        self.leave_all()
        assert_window_consistent(window)
        self.settle()
        assert not self.failures, self.failures
        down = [
            named(button) for button in window.findChildren(QAbstractButton) if button.isDown() and button.isVisible()
        ]
        down += [
            named(slider)
            for slider in window.findChildren(QAbstractSlider)
            if slider.isSliderDown() and slider.isVisible()
        ]
        assert not down, f"{down} are stuck"
        assert not window.session.store.interaction_active, "a drag has not ended"
        if window.canvases:
            assert window.view_area.contour_tool.press_position is None
            assert window.view_area.camera_tool.last_position is None

    def go_home(self) -> None:
        """Back to how it began, and see what has piled up."""
        window = self.window
        window.session.clock.pause()
        window.session.load_experiment(DEFAULT_EXPERIMENT)
        window.session.store.undo_stack, window.session.store.redo_stack = [], []
        window.session.set_edit_from_start(False)
        window.side_panel.run_list.list.setCurrentRow(
            0
        )  # each optimizer has as many controls as it has hyperparameters
        window.results_tabs.results_page.refresh()  # pages that nobody has seen are made when they are first asked for
        run_pending_timers(window)
        for _ in range(3):
            self.settle(8)
            gc.collect()
        size = Size(
            len(window.findChildren(QObject)),
            len(window.findChildren(QTimer)),
            len(self.application.topLevelWidgets()),
            threading.active_count(),
            memory(),
        )
        self.sizes.append(size)
        first = self.sizes[0]
        assert size.objects <= first.objects + SLACK, f"objects pile up: {self.sizes}"
        assert size.tops <= first.tops + SLACK, f"widgets without a parent pile up: {self.sizes}"
        assert (size.timers, size.threads) == (first.timers, first.threads), f"timers or threads pile up: {self.sizes}"
        if len(self.sizes) > WARM:
            assert size.memory <= max(each.memory for each in self.sizes[:WARM]) + GROWTH, f"memory grows: {self.sizes}"


def controls(root: QWidget) -> list[QWidget]:
    """What can be pressed in a window, in the order in which it was made."""
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


def named(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName() or widget.windowTitle()
    return f"{type(widget).__name__} {words!r}"


def gone(widget: QWidget) -> bool:
    """Whether Qt has deleted it."""
    try:
        return not widget.isVisible()
    except RuntimeError:
        return True


def small(form: ExportForm, random: Random) -> None:
    """A picture or a film that is quickly made."""
    form.unit_combo.setCurrentIndex(0)
    form.unit_combo.activated.emit(0)
    form.dpi_field.setValue(random.choice((30, 72)))
    form.width_field.setValue(random.randrange(200, 400))
    form.height_field.setValue(random.randrange(200, 400))
    form.duration_field.setValue(0.3)


def memory() -> float:
    """What the process holds, in MB; 0 where that cannot be read."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"


@contextmanager
def let_loose(application: QApplication, seed: int, folder: Path) -> Iterator[Monkey]:
    """A monkey that hears of every failure; afterwards its window is closed."""
    monkey: list[Monkey] = []
    early: list[str] = []

    def report(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
        (monkey[0].failures if monkey else early).append(
            f"{kind.__name__}: {error} at {_place(error) if error else '?'}"
        )

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = (
        report,
        lambda args: report(args.exc_type, args.exc_value, args.exc_traceback),
    )
    heard = qInstallMessageHandler(lambda kind, where, words: monkey[0].hear(kind, where, words) if monkey else None)
    try:
        monkey.append(Monkey(application, seed, folder))
        monkey[0].failures += early
        yield monkey[0]
        monkey[0].window.documents.document_state.mark_discarded()
        assert monkey[0].window.close()
        monkey[0].window.deleteLater()
        monkey[0].settle()
    finally:
        sys.excepthook, threading.excepthook = before
        qInstallMessageHandler(heard)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5.0)
    wishes = parser.parse_args()
    warnings.simplefilter("error")
    application = QApplication([])
    application.setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, f"{folder}/config")
        (Path(folder) / "files").mkdir()
        end = time.monotonic() + 60 * wishes.minutes
        try:
            with let_loose(application, wishes.seed, Path(folder) / "files") as monkey:
                while time.monotonic() < end:
                    monkey.press()
        except HarmError as harm:
            print(harm)
            return 1
        print(f"seed {wishes.seed}: {monkey.count} presses")
        for size in monkey.sizes:
            print(size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
