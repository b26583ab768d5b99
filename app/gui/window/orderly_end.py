"""The application object: what happens when a signal or the desktop asks the program to end."""

from __future__ import annotations

import os
import signal
import socket
from threading import Thread

from PyQt6.QtCore import QEvent, pyqtSignal
from PyQt6.QtWidgets import QApplication, QWidget

END_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
FORCED_END_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Application(QApplication):
    """Emits ``end_requested`` at the first signal that asks the program to end.

    A thread waits for the signals, because the main thread may hang: a second SIGINT or SIGTERM ends the process.
    """

    end_requested = pyqtSignal()

    def watch_signals(self) -> None:
        """Handle the signals that end a program, except those that are ignored, as by nohup."""
        self._signal_receiver, self._signal_sender = socket.socketpair()  # Windows takes no pipes
        self._signal_sender.setblocking(False)
        signal.set_wakeup_fd(self._signal_sender.fileno())
        for name in END_SIGNALS:
            if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
                signal.signal(getattr(signal, name), lambda *_: None)
        Thread(target=self._wait_for_signals, daemon=True).start()

    def _wait_for_signals(self) -> None:
        receiver = self._signal_receiver
        if receiver.recv(1):  # nothing is received when the program ends without a signal
            self.end_requested.emit()
        while received := receiver.recv(1):
            if received[0] in FORCED_END_SIGNALS:
                os._exit(128 + received[0])

    def event(self, event: QEvent | None) -> bool:
        """Close the main window first if the desktop asks to quit: floating docks do not close before it."""
        if event is not None and event.type() == QEvent.Type.Quit:
            for window in self.topLevelWidgets():
                if is_main_window(window) and not window.close():
                    event.ignore()
                    return True
        return super().event(event)


def is_main_window(widget: QWidget) -> bool:
    """Return whether a widget is a visible window that no other window owns."""
    return widget.isVisible() and widget.parentWidget() is None
