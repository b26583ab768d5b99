"""Tool that rotates and zooms the 3D surface with the mouse."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import Qt

from app.gui.canvas.plot_canvas import PlotCanvas
from app.views.camera import Camera
from app.views.surface_view import SurfaceView

DEGREES_PER_PIXEL = 0.45
MIN_ZOOM, MAX_ZOOM = 0.5, 4.0
ZOOM_PER_NOTCH = 1.1


class CameraTool:
    """Rotate by dragging, zoom with the wheel, reset with a double click.

    While the camera moves, the view is drawn without labels; afterwards it is drawn in full.
    """

    def __init__(self, canvas: PlotCanvas) -> None:
        self.canvas = canvas
        self.last_position: tuple[float, float] | None = None  # of the pointer while dragging, in pixels
        canvas.mpl_connect("button_press_event", self.press)
        canvas.mpl_connect("motion_notify_event", self.move)
        canvas.mpl_connect("button_release_event", self.release)
        canvas.mpl_connect("scroll_event", self.scroll)
        canvas.idle_cursor = Qt.CursorShape.OpenHandCursor
        canvas.setCursor(canvas.idle_cursor)
        canvas.idle_timer.timeout.connect(self.end_interaction)

    @property
    def view(self) -> SurfaceView:
        """The view of the canvas."""
        assert isinstance(self.canvas.view, SurfaceView)
        return self.canvas.view

    def press(self, event: MouseEvent) -> None:
        """Start dragging, or reset the camera on a double click."""
        if event.dblclick:
            self.set_camera(None)
        elif event.button == 1:
            self.last_position = (event.x, event.y)
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, event: MouseEvent) -> None:
        """Rotate while dragging."""
        if self.last_position is None:
            return
        dx, dy = event.x - self.last_position[0], event.y - self.last_position[1]
        self.last_position = (event.x, event.y)
        scale = DEGREES_PER_PIXEL / self.canvas.device_pixel_ratio
        self.view.rotating = True
        self.set_camera(self.view.camera.rotated(-dx * scale, -dy * scale))

    def release(self, event: MouseEvent) -> None:
        """Stop dragging."""
        self.last_position = None
        self.canvas.setCursor(self.canvas.idle_cursor)
        self.end_interaction()

    def scroll(self, event: MouseEvent) -> None:
        """Zoom by the notches of the wheel."""
        self.move_camera(zoom=ZOOM_PER_NOTCH**event.step)

    def move_camera(self, azimuth: float = 0.0, elevation: float = 0.0, zoom: float = 1.0) -> None:
        """Rotate by degrees and zoom by a factor; the full draw follows when the canvas is idle."""
        camera = self.view.camera.rotated(azimuth, elevation)
        self.view.rotating = True
        self.set_camera(replace(camera, zoom=min(MAX_ZOOM, max(MIN_ZOOM, camera.zoom * zoom))))
        self.canvas.idle_timer.start()

    def end_interaction(self) -> None:
        """Draw in full, with labels, after a rotation."""
        if self.view.rotating:
            self.view.rotating = False
            self.canvas.draw_idle()

    def set_camera(self, camera: Camera | None) -> None:
        """Show the surface from a camera; None for the default one."""
        if camera is not None:
            self.view.camera = camera
        elif self.view.scene is not None:
            self.view.reset_camera()
        self.canvas.draw_idle()
