"""What the mouse does in the views: set and drag the start and move the window in the contour, turn the relief."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt

from app.gui.canvas.contour_viewport import Zoom, size
from app.gui.canvas.plot_canvas import Canvas
from app.model.experiment import Experiment
from app.session.session import Session
from app.utils.validation import FARTHEST
from app.views.contour_view import Contour

GRAB = 12  # pixels around the start's mark in which it is taken
STILL = 2  # pixels a click may wander
NOTCH = 1.25  # how much more or less a notch of the wheel shows
UNDONE = 3  # changes that a click makes, at most

SHAPE = Qt.CursorShape


class ContourGesture:
    """A click sets the start, and the race starts anew. Dragging the start's mark drags it, and the paths with it; dragging
    anywhere else moves the window. The wheel shows more or less; a double click shows all, and sets no start.
    """

    def __init__(self, canvas: Canvas, session: Session, zoom: Zoom) -> None:
        self.canvas, self.session, self.zoom = canvas, session, zoom
        self.pressed: np.ndarray | None = None  # where, in pixels
        self.offset: np.ndarray | None = None  # from there to the start's mark, where that was taken
        self.dragged = False
        self.before: tuple[Experiment, int] = session.experiment, 0  # what a click has changed
        self.nudging = False  # whether keys have moved the start just now
        canvas.settle.timeout.connect(self.rest)
        for name, what in (
            ("button_press_event", self.press),
            ("motion_notify_event", self.move),
            ("button_release_event", self.release),
            ("scroll_event", self.scroll),
        ):
            canvas.mpl_connect(name, what)

    @property
    def view(self) -> Contour:
        assert isinstance(self.canvas.view, Contour)
        return self.canvas.view

    def near(self, event: Any) -> bool:
        """Whether the pointer is on the start's mark."""
        start = self.view.start_pixels()[0]
        return self.view.inside(start) and math.dist(start, (event.x, event.y)) <= GRAB * self.canvas.device_pixel_ratio

    def press(self, event: Any) -> None:
        self.rest()
        if self.pressed is not None:  # a release that was lost, to a dialog that opened
            self.end()
        if event.button != 1 or event.inaxes is not self.view.axes or self.view.scene is None:
            return
        if event.dblclick:
            self.undo_click()
            self.zoom.look(None)
            return
        self.pressed, self.dragged = np.array([event.x, event.y]), False
        self.before = self.session.experiment, self.session.race.step
        if self.near(event):
            self.offset = self.view.start_pixels()[0] - self.pressed
            self.session.store.hold()
            self.canvas.setCursor(SHAPE.ClosedHandCursor)

    def move(self, event: Any) -> None:
        if self.pressed is None:
            inside = event.inaxes is self.view.axes and self.view.scene is not None
            self.canvas.setCursor(
                SHAPE.ArrowCursor if not inside else SHAPE.OpenHandCursor if self.near(event) else SHAPE.CrossCursor
            )
            return
        here = np.array([event.x, event.y])
        self.dragged |= math.dist(here, self.pressed) > STILL * self.canvas.device_pixel_ratio
        if self.dragged and self.offset is not None:
            self.session.set_start(*self.place(here + self.offset))
        elif self.dragged:
            self.canvas.setCursor(SHAPE.SizeAllCursor)
            to_plane = self.view.axes.transData.inverted().transform
            (x, y), (left, right), (bottom, top) = to_plane(self.pressed) - to_plane(here), *self.view.visible
            self.pressed = here
            self.zoom.look(((left + x, right + x), (bottom + y, top + y)), held=True)

    def nudge(self, across: float, up: float) -> None:
        """Move the start by shares of what is shown; what keys move without a pause is one undo step, as a drag is."""
        if self.pressed is not None or self.view.scene is None:
            return
        if not self.nudging:
            self.nudging = True
            self.session.store.hold()
        pixels = self.view.axes.bbox.size * (across, up)
        self.session.set_start(*self.place(self.view.start_pixels()[0] + pixels))
        self.canvas.settle.start()

    def rest(self) -> None:
        """No key has moved the start for a moment."""
        if self.nudging:
            self.nudging = False
            self.session.store.release()

    def place(self, pixel: np.ndarray) -> tuple[float, float]:
        """The place on the plane of a pixel, or of the nearest on the axes, in one digit more than a pixel tells apart."""
        box = self.view.axes.bbox
        place = self.view.axes.transData.inverted().transform(np.clip(pixel, box.min, box.max))
        steps = [length / pixels for length, pixels in zip(size(self.view.visible), box.size, strict=True)]
        x, y = (
            round(min(max(float(value), -FARTHEST), FARTHEST), 1 - math.floor(math.log10(step))) + 0.0
            for value, step in zip(place, steps, strict=True)
        )
        return x, y

    def release(self, event: Any) -> None:
        if self.pressed is None or event.button != 1:
            return
        if not self.dragged and self.offset is None:
            self.session.store.hold()
            self.session.set_start(*self.place(self.pressed))
            self.session.restart()
            self.session.store.release()
        self.end()
        self.move(event)

    def end(self) -> None:
        """The mouse button is up."""
        if self.offset is not None:
            self.session.store.release()
        self.pressed = self.offset = None
        self.zoom.rest()

    def undo_click(self) -> None:
        """Put back what the first click of a double click has changed."""
        experiment, step = self.before
        for _ in range(UNDONE):
            if self.session.experiment is not experiment:
                self.session.store.undo()
        if self.session.race.step != step:
            self.session.show_step(step)

    def scroll(self, event: Any) -> None:
        if event.inaxes is self.view.axes and self.view.scene is not None:
            self.zoom.zoom(NOTCH**-event.step, (event.xdata, event.ydata))
