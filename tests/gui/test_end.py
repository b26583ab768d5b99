"""How the process of the window ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import cast

import pytest

from app.gui.window.orderly_end import Application
from tests.processes import ROOT

pytestmark = pytest.mark.slow
PATIENCE = 60.0  # seconds
PROGRAM = """
import os, signal, sys
from PyQt6.QtCore import QSemaphore, QTimer
from PyQt6.QtWidgets import QApplication
from app.gui.window import application, main_window

class Window(main_window.MainWindow):
    def build_views(self):
        super().build_views()
        for dock in self.dock_layout.docks.values():
            dock.setFloating(True)
        QTimer.singleShot(0, lambda: end(self))

def end(window):
    {end}

main_window.MainWindow = Window
sys.exit(application.open_window(None))
"""


def start(end: str) -> subprocess.Popen[str]:
    """Start a window whose docks all float, and which then runs ``end``."""
    code = PROGRAM.format(end=end)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    "end",
    [
        "window.close()",
        "window.action_registry['quit'].trigger()",
        "QApplication.quit()",
        "os.kill(os.getpid(), signal.SIGTERM)",
    ],
)
def test_floating_docks_do_not_keep_the_program_running(end: str) -> None:
    with start(end) as program:
        try:
            assert program.wait(PATIENCE) == 0
        finally:
            program.kill()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_program_that_hangs(second: signal.Signals) -> None:
    with start("print('hanging', flush=True); QSemaphore(0).acquire()") as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "hanging\n"
            program.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                program.wait(0.5)
            program.send_signal(second)
            assert program.wait(PATIENCE) == 128 + second
        finally:
            program.kill()


def test_waiting_for_signals_ends_with_the_program() -> None:
    receiver, sender = socket.socketpair()
    sender.close()
    requests: list[bool] = []
    application = SimpleNamespace(
        _signal_receiver=receiver, end_requested=SimpleNamespace(emit=lambda: requests.append(True))
    )
    Application._wait_for_signals(cast(Application, application))
    receiver.close()
    assert not requests
