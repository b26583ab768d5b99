"""The kinds of random input."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from random import Random

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QColorDialog,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabBar,
    QWidget,
)

from app.gui.dialogs.export_form import ExportForm
from app.gui.window.main_window import MainWindow
from app.io import experiment_files
from tests.monkey.input_data import ALT, CONTROL, KEYS, MODIFIERS, NO_MODIFIER, TYPED_TEXTS
from tests.monkey.widgets import controls, describe_widget, is_gone, set_small_size

LOG_LENGTH = 30  # inputs that are printed after a failure
FRAME = 0.016  # seconds of playback per input
EXCLUDED_ACTIONS = {"quit"}


class RandomInputs:
    """Sends input of many kinds to ``window``, as ``random`` decides.

    Files are read from ``folder``. The last line of ``log`` describes the current input.
    """

    window: MainWindow
    random: Random

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.application, self.folder = application, folder
        self.log: deque[str] = deque(maxlen=LOG_LENGTH)

    def note(self, details: str) -> None:
        """Add details of the current input to the log."""
        self.log[-1] += f" {details}"

    def process_events(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            self.application.processEvents()
            self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

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

    def random_position(self, widget: QWidget) -> QPoint:
        return QPoint(self.random.randrange(max(widget.width(), 1)), self.random.randrange(max(widget.height(), 1)))
