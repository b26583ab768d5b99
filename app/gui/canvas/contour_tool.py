"""What the mouse does in the views: set and drag the start and move the window in the contour, turn the relief."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt

from app.gui.canvas.contour_viewport import ContourViewport, bounds_size
from app.gui.canvas.plot_canvas import PlotCanvas
from app.model.experiment import Experiment
from app.session.session import Session
from app.utils.validation import MAX_COORDINATE
from app.views.contour_view import ContourView

GRAB_RADIUS = 12  # pixels around the start's mark in which it is taken
CLICK_TOLERANCE = 2  # pixels a click may wander
ZOOM_PER_NOTCH = 1.25  # how much more or less a notch of the wheel shows
MAX_CLICK_EDITS = 3  # changes that a click makes, at most

CURSOR_SHAPE = Qt.CursorShape


class ContourTool:
    """A click sets the start, and the race starts anew. Dragging the start's mark drags it, and the paths with it; dragging
    anywhere else moves the window. The wheel shows more or less; a double click shows all, and sets no start.
    """

    def __init__(self, canvas: PlotCanvas, session: Session, viewport: ContourViewport) -> None:
        self.canvas, self.session, self.viewport = canvas, session, viewport
        self.press_position: np.ndarray | None = None  # where, in pixels
        self.grab_offset: np.ndarray | None = None  # from there to the start's mark, where that was taken
        self.dragged = False
        self.state_at_press: tuple[Experiment, int] = session.experiment, 0  # what a click has changed
        self.moving_by_keys = False  # whether keys have moved the start just now
        canvas.idle_timer.timeout.connect(self.end_interaction)
        for event_name, handler in (
            ("button_press_event", self.press),
            ("motion_notify_event", self.move),
            ("button_release_event", self.release),
            ("scroll_event", self.scroll),
        ):
            canvas.mpl_connect(event_name, handler)

    @property
    def view(self) -> ContourView:
        assert isinstance(self.canvas.view, ContourView)
        return self.canvas.view

    def is_on_start_marker(self, event: Any) -> bool:
        """Whether the pointer is on the start's mark."""
        start = self.view.start_position()[0]
        return (
            self.view.is_inside(start)
            and math.dist(start, (event.x, event.y)) <= GRAB_RADIUS * self.canvas.device_pixel_ratio
        )

    def press(self, event: Any) -> None:
        self.end_interaction()
        if self.press_position is not None:  # a release that was lost, to a dialog that opened
            self.end_drag()
        if event.button != 1 or event.inaxes is not self.view.axes or self.view.scene is None:
            return
        if event.dblclick:
            self.undo_click()
            self.viewport.set_viewport(None)
            return
        self.press_position, self.dragged = np.array([event.x, event.y]), False
        self.state_at_press = self.session.experiment, self.session.race.step
        if self.is_on_start_marker(event):
            self.grab_offset = self.view.start_position()[0] - self.press_position
            self.session.store.begin_interaction()
            self.canvas.setCursor(CURSOR_SHAPE.ClosedHandCursor)

    def move(self, event: Any) -> None:
        if self.press_position is None:
            inside = event.inaxes is self.view.axes and self.view.scene is not None
            self.canvas.setCursor(
                CURSOR_SHAPE.ArrowCursor
                if not inside
                else CURSOR_SHAPE.OpenHandCursor
                if self.is_on_start_marker(event)
                else CURSOR_SHAPE.CrossCursor
            )
            return
        position = np.array([event.x, event.y])
        self.dragged |= math.dist(position, self.press_position) > CLICK_TOLERANCE * self.canvas.device_pixel_ratio
        if self.dragged and self.grab_offset is not None:
            self.session.set_start(*self.pixel_to_plane(position + self.grab_offset))
        elif self.dragged:
            self.canvas.setCursor(CURSOR_SHAPE.SizeAllCursor)
            to_plane = self.view.axes.transData.inverted().transform
            (x, y), (left, right), (bottom, top) = (
                to_plane(self.press_position) - to_plane(position),
                *self.view.visible_bounds,
            )
            self.press_position = position
            self.viewport.set_viewport(((left + x, right + x), (bottom + y, top + y)), dragging=True)

    def move_start(self, horizontal: float, vertical: float) -> None:
        """Move the start by shares of what is shown; what keys move without a pause is one undo step, as a drag is."""
        if self.press_position is not None or self.view.scene is None:
            return
        if not self.moving_by_keys:
            self.moving_by_keys = True
            self.session.store.begin_interaction()
        pixels = self.view.axes.bbox.size * (horizontal, vertical)
        self.session.set_start(*self.pixel_to_plane(self.view.start_position()[0] + pixels))
        self.canvas.idle_timer.start()

    def end_interaction(self) -> None:
        """No key has moved the start for a moment."""
        if self.moving_by_keys:
            self.moving_by_keys = False
            self.session.store.end_interaction()

    def pixel_to_plane(self, pixel: np.ndarray) -> tuple[float, float]:
        """The place on the plane of a pixel, or of the nearest on the axes, in one digit more than a pixel tells apart."""
        bbox = self.view.axes.bbox
        position = self.view.axes.transData.inverted().transform(np.clip(pixel, bbox.min, bbox.max))
        pixel_sizes = [
            length / pixels for length, pixels in zip(bounds_size(self.view.visible_bounds), bbox.size, strict=True)
        ]
        x, y = (
            round(min(max(float(value), -MAX_COORDINATE), MAX_COORDINATE), 1 - math.floor(math.log10(pixel_size))) + 0.0
            for value, pixel_size in zip(position, pixel_sizes, strict=True)
        )
        return x, y

    def release(self, event: Any) -> None:
        if self.press_position is None or event.button != 1:
            return
        if not self.dragged and self.grab_offset is None:
            self.session.store.begin_interaction()
            self.session.set_start(*self.pixel_to_plane(self.press_position))
            self.session.restart()
            self.session.store.end_interaction()
        self.end_drag()
        self.move(event)

    def end_drag(self) -> None:
        """The mouse button is up."""
        if self.grab_offset is not None:
            self.session.store.end_interaction()
        self.press_position = self.grab_offset = None
        self.viewport.end_interaction()

    def undo_click(self) -> None:
        """Put back what the first click of a double click has changed."""
        experiment, step = self.state_at_press
        for _ in range(MAX_CLICK_EDITS):
            if self.session.experiment is not experiment:
                self.session.store.undo()
        if self.session.race.step != step:
            self.session.show_step(step)

    def scroll(self, event: Any) -> None:
        if event.inaxes is self.view.axes and self.view.scene is not None:
            self.viewport.zoom(ZOOM_PER_NOTCH**-event.step, (event.xdata, event.ydata))
