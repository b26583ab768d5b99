"""Rotate the 3D surface with the mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import Qt

from app.gui.canvas.plot_canvas import PlotCanvas
from app.views.camera import Camera
from app.views.surface_view import SurfaceView

DEGREES_PER_PIXEL = 0.45  # a pixel


class CameraTool:
    """Drag turns the relief, upright at all times; the wheel zooms; a double click puts it back.

    While it turns it is drawn without labels, at most once an event loop; on release it is drawn in full.
    """

    def __init__(self, canvas: PlotCanvas) -> None:
        self.canvas = canvas
        self.last_position: tuple[float, float] | None = None
        canvas.mpl_connect("button_press_event", self.press)
        canvas.mpl_connect("motion_notify_event", self.move)
        canvas.mpl_connect("button_release_event", self.release)
        canvas.mpl_connect("scroll_event", self.scroll)
        canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        canvas.idle_timer.timeout.connect(self.end_interaction)

    @property
    def view(self) -> SurfaceView:
        assert isinstance(self.canvas.view, SurfaceView)
        return self.canvas.view

    def press(self, event: Any) -> None:
        if event.dblclick:
            self.set_camera(Camera())
        elif event.button == 1:
            self.last_position = (event.x, event.y)
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, event: Any) -> None:
        if self.last_position is None:
            return
        dx, dy = event.x - self.last_position[0], event.y - self.last_position[1]
        self.last_position = (event.x, event.y)
        scale = DEGREES_PER_PIXEL / self.canvas.device_pixel_ratio
        self.view.rotating = True
        self.set_camera(self.view.camera.rotated(-dx * scale, -dy * scale))

    def release(self, event: Any) -> None:
        self.last_position = None
        self.canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        self.end_interaction()

    def scroll(self, event: Any) -> None:
        self.move_camera(zoom=1.1**event.step)

    def move_camera(self, azimuth: float = 0.0, elevation: float = 0.0, zoom: float = 1.0) -> None:
        """Turn by degrees and go nearer; a moment later it is drawn in full."""
        camera = self.view.camera.rotated(azimuth, elevation)
        self.view.rotating = True
        self.set_camera(replace(camera, zoom=min(4.0, max(0.5, camera.zoom * zoom))))
        self.canvas.idle_timer.start()

    def end_interaction(self) -> None:
        """Draw in full, with labels."""
        if self.view.rotating:
            self.view.rotating = False
            self.canvas.draw_idle()

    def set_camera(self, camera: Camera) -> None:
        self.view.camera = camera
        self.canvas.draw_idle()
