"""What a window remembers from one start to the next: where it stood, how fast it raced, what its pictures showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QByteArray, QSize
from PyQt6.QtGui import QGuiApplication

from app.gui.window.dock_layout import is_reachable
from app.session.settings import Settings

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

DEFAULT_VIEW_OPTIONS = {
    "equal": False,
    "trials": True,
}  # what the View menu switches in the pictures, and how it is at first
MAX_SIZE, FRAME_SIZE = (
    QSize(1600, 940),
    QSize(8, 40),
)  # pixels of a window at most, at first; and of what the desktop puts around it
DEFAULT_SPEED = 60.0  # updates a second, at first


def load_view_options(settings: Settings) -> dict[str, Any]:
    """OPTIONS as they were left."""
    return {name: settings.get_bool(name, default) for name, default in DEFAULT_VIEW_OPTIONS.items()}


def restore_window(window: MainWindow) -> None:
    """Where the window was, or a good size for this screen."""
    window.session.clock.set_speed(window.settings.get_number("speed", DEFAULT_SPEED))
    window.playback_bar.speed.show_value(window.session.clock.speed)
    screen = QGuiApplication.primaryScreen()
    window.resize(
        MAX_SIZE.boundedTo((screen.availableGeometry().size() if screen is not None else QSize(1280, 720)) - FRAME_SIZE)
    )
    geometry = window.settings.get_bytes("layout/geometry")
    if geometry is not None:
        window.restoreGeometry(geometry)
        if not is_reachable(window):
            window.move(0, 0)
    window.dock_layout.restore(window.results_tabs.preferred_height())


def save_window(window: MainWindow, geometry: QByteArray) -> None:
    """``geometry``: where it stood when it was a window, and not a presentation."""
    window.dock_layout.save_state()
    window.settings.set_value("layout/geometry", geometry)
    window.settings.set_value("speed", window.session.clock.speed)
    for name in DEFAULT_VIEW_OPTIONS:
        window.settings.set_value(name, window.view_options[name])
