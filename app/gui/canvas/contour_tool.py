"""Tool of contour plot and curve: goes to the step of a path, sets the start and moves the viewport with the mouse."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import Qt

from app.gui.canvas.contour_viewport import ContourViewport, bounds_size
from app.gui.canvas.plot_canvas import PlotCanvas
from app.gui.canvas.start_proposal import StartProposal
from app.gui.canvas.step_picker import CLICK_TOLERANCE
from app.model.experiment import Experiment
from app.session.session import Session
from app.utils.validation import MAX_COORDINATE
from app.views.viewport_view import ViewportView

GRAB_RADIUS = 12  # pixels around the start marker in which it can be grabbed
ZOOM_PER_NOTCH = 1.25


class ContourTool:
    """Mouse interaction of the contour plot and of the curve, on which a start point has no y.

    A click on a path goes to its step. A click elsewhere proposes a start point, which a second click on it sets; a
    double click sets it at once. Dragging the start marker moves the start point, with live paths; dragging elsewhere
    moves the viewport. The wheel zooms.

    ``pick_step`` goes to the step of the path at a pixel of a canvas and returns whether there is one.
    """

    def __init__(
        self,
        canvas: PlotCanvas,
        session: Session,
        viewport: ContourViewport,
        pick_step: Callable[[PlotCanvas, tuple[float, float]], bool],
    ) -> None:
        self.canvas, self.session, self.viewport, self.pick_step = canvas, session, viewport, pick_step
        self.proposal = StartProposal(canvas)
        self.proposal.confirmed.connect(self.confirm_start)
        session.store.changed.connect(self._on_experiment_changed)
        self.press_position: np.ndarray | None = None  # in pixels, while the button is down
        self.grab_offset: np.ndarray | None = None  # from the press to the start marker, if that was grabbed
        self.dragged = False
        self.moving_by_keys = False
        canvas.idle_timer.timeout.connect(self.end_interaction)
        canvas.mpl_connect("button_press_event", self.press)
        canvas.mpl_connect("motion_notify_event", self.move)
        canvas.mpl_connect("button_release_event", self.release)
        canvas.mpl_connect("scroll_event", self.scroll)

    @property
    def view(self) -> ViewportView:
        """The view of the canvas."""
        assert isinstance(self.canvas.view, ViewportView)
        return self.canvas.view

    def is_on_start_marker(self, event: MouseEvent) -> bool:
        """Return whether the pointer is on the start marker."""
        start = self.view.start_position()[0]
        return (
            self.view.is_inside(start)
            and math.dist(start, (event.x, event.y)) <= GRAB_RADIUS * self.canvas.device_pixel_ratio
        )

    def press(self, event: MouseEvent) -> None:
        """Start a click or a drag; set the proposed start point on a double click."""
        self.end_interaction()
        if self.press_position is not None:  # a dialog that opened during a drag received the release
            self.end_drag()
        if event.button != 1 or self.view.scene is None:
            return
        if event.inaxes is not self.view.axes:
            self.proposal.propose(None)
            return
        if event.dblclick:
            self.confirm_start()
            return
        self.press_position, self.dragged = np.array([event.x, event.y]), False
        if self.is_on_start_marker(event):
            self.grab_offset = self.view.start_position()[0] - self.press_position
            self.session.store.begin_interaction()
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, event: MouseEvent) -> None:
        """Drag the start marker or the viewport; update the cursor if no button is down."""
        if self.press_position is None:
            self.canvas.setCursor(self._hover_cursor(event))
            return
        position = np.array([event.x, event.y])
        self.dragged |= math.dist(position, self.press_position) > CLICK_TOLERANCE * self.canvas.device_pixel_ratio
        if self.dragged and self.grab_offset is not None:
            self.session.set_start(*self.start_at(position + self.grab_offset))
        elif self.dragged:
            self.canvas.setCursor(Qt.CursorShape.SizeAllCursor)
            to_plane = self.view.axes.transData.inverted().transform
            x, y = to_plane(self.press_position) - to_plane(position)
            (left, right), (bottom, top) = self.view.visible_bounds
            self.press_position = position
            self.viewport.set_viewport(((left + x, right + x), (bottom + y, top + y)), dragging=True)

    def _hover_cursor(self, event: MouseEvent) -> Qt.CursorShape:
        if event.inaxes is not self.view.axes or self.view.scene is None:
            return Qt.CursorShape.ArrowCursor
        if self.is_on_start_marker(event):
            return Qt.CursorShape.OpenHandCursor
        is_on_target = self.canvas.highlighted is not None or self.is_on_proposal((event.x, event.y))
        return Qt.CursorShape.PointingHandCursor if is_on_target else Qt.CursorShape.CrossCursor

    def move_start(self, horizontal: float, vertical: float) -> None:
        """Move the start point by fractions of the visible size; key presses without a pause are one undo step."""
        if self.press_position is not None or self.view.scene is None:
            return
        if not self.moving_by_keys:
            self.moving_by_keys = True
            self.session.store.begin_interaction()
        pixels = np.multiply(self.view.axes.bbox.size, (horizontal, vertical))
        self.session.set_start(*self.start_at(self.view.start_position()[0] + pixels))
        self.canvas.idle_timer.start()

    def end_interaction(self) -> None:
        """End a move of the start point by keys."""
        if self.moving_by_keys:
            self.moving_by_keys = False
            self.session.store.end_interaction()

    def pixel_to_plane(self, pixel: np.ndarray) -> tuple[float, float]:
        """Return the coordinates of a pixel clipped to the axes, rounded to one digit more than a pixel resolves."""
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

    def start_at(self, pixel: np.ndarray) -> tuple[float, float]:
        """Return the start point at a pixel; on a line, the y of the pixel has no effect."""
        x, y = self.pixel_to_plane(pixel)
        return (x, 0.0) if self.session.race.surface.dimension == 1 else (x, y)

    def release(self, event: MouseEvent) -> None:
        """Finish a click or a drag."""
        if self.press_position is None or event.button != 1:
            return
        position, is_on_start = self.press_position, self.grab_offset is not None
        self.end_drag()
        if not self.dragged:
            self.click(position, is_on_start)
        self.move(event)

    def click(self, position: np.ndarray, is_on_start: bool) -> None:
        """Set the proposed start point, go to the step of a path, or propose another start point."""
        x, y = position.tolist()
        if self.is_on_proposal((x, y)):
            self.confirm_start()
        elif self.pick_step(self.canvas, (x, y)) or is_on_start:
            self.proposal.propose(None)
        else:
            self.proposal.propose(self.start_at(position))

    def is_on_proposal(self, pixel: tuple[float, float]) -> bool:
        """Return whether a pixel is on the marker of the proposed start point."""
        return self.proposal.is_at(pixel, GRAB_RADIUS * self.canvas.device_pixel_ratio)

    def confirm_start(self) -> None:
        """Set the proposed start point, if any."""
        if self.proposal.start is not None:
            self.session.set_start(*self.proposal.start)
            self.proposal.propose(None)

    def _on_experiment_changed(self, before: Experiment, after: Experiment) -> None:
        """Remove the proposal when the start point or the surface has changed."""
        if not before.same_surface_and_start(after):
            self.proposal.propose(None)

    def end_drag(self) -> None:
        """End the drag, if any, and draw in full."""
        if self.grab_offset is not None:
            self.session.store.end_interaction()
        self.press_position = self.grab_offset = None
        self.viewport.end_interaction()

    def scroll(self, event: MouseEvent) -> None:
        """Zoom about the pointer."""
        if event.inaxes is self.view.axes and self.view.scene is not None:
            assert event.xdata is not None
            assert event.ydata is not None
            self.viewport.zoom(ZOOM_PER_NOTCH**-event.step, (event.xdata, event.ydata))
