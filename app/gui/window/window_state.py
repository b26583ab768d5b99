"""The state of the window that is restored at the next start: geometry, layout, speed and view options."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QByteArray, QSize
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMainWindow

from app.gui.window.floating_docks import is_reachable
from app.session.playback_clock import PlaybackClock
from app.session.settings import Settings

DEFAULT_VIEW_OPTIONS = {"trials": True}
MAX_SIZE = QSize(1600, 940)  # pixels of the window at the first start, at most
FRAME_SIZE = QSize(8, 40)  # pixels that the window manager adds around the window
DEFAULT_SPEED = 60.0  # steps per second


def load_view_options(settings: Settings) -> dict[str, Any]:
    """Return the saved view options."""
    return {name: settings.get_bool(name, default) for name, default in DEFAULT_VIEW_OPTIONS.items()}


def restore_speed(clock: PlaybackClock, settings: Settings) -> None:
    """Restore the saved playback speed."""
    clock.set_speed(settings.get_number("speed", DEFAULT_SPEED))


def restore_geometry(window: QMainWindow, settings: Settings) -> None:
    """Restore the saved position and size, or choose a size that fits the screen."""
    screen = QGuiApplication.primaryScreen()
    window.resize(
        MAX_SIZE.boundedTo((screen.availableGeometry().size() if screen is not None else QSize(1280, 720)) - FRAME_SIZE)
    )
    geometry = settings.get_bytes("layout/geometry")
    if geometry is not None:
        window.restoreGeometry(geometry)
        if not is_reachable(window):
            window.move(0, 0)


def save_window_state(
    settings: Settings, geometry: QByteArray, clock: PlaybackClock, view_options: dict[str, Any]
) -> None:
    """Save the geometry of the window outside presentation mode, the speed and the view options."""
    settings.set_value("layout/geometry", geometry)
    settings.set_value("speed", clock.speed)
    for name in DEFAULT_VIEW_OPTIONS:
        settings.set_value(name, view_options[name])
