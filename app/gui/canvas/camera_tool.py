"""Rotate the 3D surface with the mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import Qt

from app.gui.canvas.plot_canvas import Canvas
from app.views.camera import Camera
from app.views.surface_view import Relief

DEGREES = 0.45  # a pixel


class TurnGesture:
    """Drag turns the relief, upright at all times; the wheel zooms; a double click puts it back.

    While it turns it is drawn without labels, at most once an event loop; on release it is drawn in full.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.last: tuple[float, float] | None = None
        canvas.mpl_connect("button_press_event", self.press)
        canvas.mpl_connect("motion_notify_event", self.move)
        canvas.mpl_connect("button_release_event", self.release)
        canvas.mpl_connect("scroll_event", self.zoom)
        canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        canvas.settle.timeout.connect(self.rest)

    @property
    def view(self) -> Relief:
        assert isinstance(self.canvas.view, Relief)
        return self.canvas.view

    def press(self, event: Any) -> None:
        if event.dblclick:
            self.look_from(Camera())
        elif event.button == 1:
            self.last = (event.x, event.y)
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, event: Any) -> None:
        if self.last is None:
            return
        across, up = event.x - self.last[0], event.y - self.last[1]
        self.last = (event.x, event.y)
        scale = DEGREES / self.canvas.device_pixel_ratio
        self.view.turning = True
        self.look_from(self.view.camera.turned(-across * scale, -up * scale))

    def release(self, event: Any) -> None:
        self.last = None
        self.canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        self.rest()

    def zoom(self, event: Any) -> None:
        self.move_camera(zoom=1.1**event.step)

    def move_camera(self, across: float = 0.0, up: float = 0.0, zoom: float = 1.0) -> None:
        """Turn by degrees and go nearer; a moment later it is drawn in full."""
        camera = self.view.camera.turned(across, up)
        self.view.turning = True
        self.look_from(replace(camera, zoom=min(4.0, max(0.5, camera.zoom * zoom))))
        self.canvas.settle.start()

    def rest(self) -> None:
        """Draw in full, with labels."""
        if self.view.turning:
            self.view.turning = False
            self.canvas.draw_idle()

    def look_from(self, camera: Camera) -> None:
        self.view.camera = camera
        self.canvas.draw_idle()
