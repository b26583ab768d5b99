"""What the mouse does in the views: set and drag the start in the contour, turn the relief."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import Qt, QTimer

from app.canvas import Canvas
from app.checks import FARTHEST
from app.session import Session
from app.views.camera import Camera
from app.views.contour import Contour
from app.views.relief import Relief

GRAB = 12  # pixels around the start's mark in which it is taken, not moved
STILL = 2  # pixels a click may wander
DEGREES = 0.45  # a pixel


class StartGesture:
    """Press in the contour: the start goes there and the race starts anew. Drag: the start follows, and the paths with it.

    A press on the start's own mark takes it without moving it. Outside the axes: nothing.
    """

    def __init__(self, canvas: Canvas, session: Session) -> None:
        self.canvas, self.session = canvas, session
        self.offset: np.ndarray | None = None
        self.pressed, self.grabbed, self.dragged = np.zeros(2), False, False
        canvas.mpl_connect("button_press_event", self.press)
        canvas.mpl_connect("motion_notify_event", self.move)
        canvas.mpl_connect("button_release_event", self.release)

    @property
    def view(self) -> Contour:
        assert isinstance(self.canvas.view, Contour)
        return self.canvas.view

    def reach(self, event: Any) -> np.ndarray:
        """From the pointer to the start's mark, in pixels."""
        return self.view.start_pixels()[0] - (event.x, event.y)

    def press(self, event: Any) -> None:
        if self.offset is not None:  # a release that was lost, to a dialog that opened
            self.offset = None
            self.session.store.release()
        if event.button != 1 or event.inaxes is not self.view.axes or self.view.scene is None:
            return
        away = self.reach(event)
        self.session.store.hold()
        self.pressed, self.dragged = np.array([event.x, event.y]), False
        self.grabbed = bool(np.hypot(*away) <= GRAB * self.canvas.device_pixel_ratio)
        self.offset = away if self.grabbed else np.zeros(2)
        self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.move(event)

    def move(self, event: Any) -> None:
        if self.offset is None:
            inside = event.inaxes is self.view.axes and self.view.scene is not None
            near = inside and np.hypot(*self.reach(event)) <= GRAB * self.canvas.device_pixel_ratio
            self.canvas.setCursor(Qt.CursorShape.OpenHandCursor if near else
                                  Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)
            return
        box = self.view.axes.bbox
        x, y = np.array([event.x, event.y]) + self.offset
        place = self.view.axes.transData.inverted().transform((np.clip(x, box.x0, box.x1), np.clip(y, box.y0, box.y1)))
        self.dragged |= bool(np.hypot(*self.pressed - (event.x, event.y)) > STILL * self.canvas.device_pixel_ratio)
        if not self.grabbed or self.dragged:
            self.session.set_start(*(float(f"{value:.4g}") for value in np.clip(place, -FARTHEST, FARTHEST)))

    def release(self, event: Any) -> None:
        if self.offset is not None and event.button == 1:
            clicked = not self.grabbed and not self.dragged
            self.offset = None
            if clicked:
                self.session.restart()
            self.session.store.release()
            self.canvas.setCursor(Qt.CursorShape.CrossCursor)


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
        self.settle = QTimer(canvas, singleShot=True, interval=180)
        self.settle.timeout.connect(self.rest)

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
        camera = self.view.camera
        self.view.turning = True
        self.look_from(Camera(camera.azimuth, camera.elevation, min(4.0, max(0.5, camera.zoom * 1.1**event.step))))
        self.settle.start()

    def rest(self) -> None:
        """Draw in full, with labels."""
        if self.view.turning:
            self.view.turning = False
            self.canvas.draw_idle()

    def look_from(self, camera: Camera) -> None:
        self.view.camera = camera
        self.canvas.draw_idle()
