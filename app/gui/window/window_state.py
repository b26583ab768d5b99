"""What a window remembers from one start to the next: where it stood, how fast it raced, what its pictures showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QByteArray, QSize
from PyQt6.QtGui import QGuiApplication

from app.gui.window.dock_layout import reachable
from app.session.settings import Settings

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

OPTIONS = {"equal": False, "trials": True}  # what the View menu switches in the pictures, and how it is at first
SIZE, FRAME = (
    QSize(1600, 940),
    QSize(8, 40),
)  # pixels of a window at most, at first; and of what the desktop puts around it
SPEED = 60.0  # updates a second, at first


def options(settings: Settings) -> dict[str, Any]:
    """OPTIONS as they were left."""
    return {name: settings.flag(name, on) for name, on in OPTIONS.items()}


def recall(window: MainWindow) -> None:
    """Where the window was, or a good size for this screen."""
    window.session.clock.set_speed(window.settings.number("speed", SPEED))
    window.transport.speed.show_value(window.session.clock.speed)
    screen = QGuiApplication.primaryScreen()
    window.resize(
        SIZE.boundedTo((screen.availableGeometry().size() if screen is not None else QSize(1280, 720)) - FRAME)
    )
    geometry = window.settings.state("layout/geometry")
    if geometry is not None:
        window.restoreGeometry(geometry)
        if not reachable(window):
            window.move(0, 0)
    window.layout_.restore(window.foot.fitting())


def remember(window: MainWindow, geometry: QByteArray) -> None:
    """``geometry``: where it stood when it was a window, and not a presentation."""
    window.layout_.keep()
    window.settings.keep("layout/geometry", geometry)
    window.settings.keep("speed", window.session.clock.speed)
    for name in OPTIONS:
        window.settings.keep(name, window.options[name])
