"""Tool that goes to the step of a path that is clicked, and selects its run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import Qt

from app.gui.canvas.hover_readout import HIT_RADIUS
from app.gui.canvas.plot_canvas import PlotCanvas
from app.session.session import Session
from app.views import MAIN_VIEWS

CLICK_TOLERANCE = 2  # pixels that the pointer may move during a click


class StepPicker:
    """Clicks on paths in the views other than contour plot and curve, whose own tools call ``pick_step``.

    ``select_run`` selects the run with an index.
    """

    def __init__(
        self, session: Session, canvases: Mapping[str, PlotCanvas], select_run: Callable[[int], object]
    ) -> None:
        self.session, self.select_run = session, select_run
        self.press_position: tuple[float, float] | None = None  # in pixels, while the button is down
        for name, canvas in canvases.items():
            if name not in MAIN_VIEWS:
                canvas.mpl_connect("button_press_event", self.press)
                canvas.mpl_connect("motion_notify_event", self.move)
                canvas.mpl_connect("button_release_event", self.release)

    def press(self, event: MouseEvent) -> None:
        """Start a click."""
        self.press_position = (event.x, event.y) if event.button == 1 and not event.dblclick else None

    def move(self, event: MouseEvent) -> None:
        """Show a pointing hand over a path; a button that is down keeps the cursor."""
        canvas = event.canvas
        assert isinstance(canvas, PlotCanvas)
        if self.press_position is None:
            is_on_path = canvas.highlighted is not None
            canvas.setCursor(Qt.CursorShape.PointingHandCursor if is_on_path else canvas.idle_cursor)

    def release(self, event: MouseEvent) -> None:
        """Finish a click."""
        canvas, position = event.canvas, self.press_position
        assert isinstance(canvas, PlotCanvas)
        if position is not None and event.button == 1:
            self.press_position = None
            if math.dist(position, (event.x, event.y)) <= CLICK_TOLERANCE * canvas.device_pixel_ratio:
                self.pick_step(canvas, position)

    def pick_step(self, canvas: PlotCanvas, pixel: tuple[float, float]) -> bool:
        """Pause, go to the step whose path is at a pixel, and select its run; return whether there is one."""
        if canvas.scene is None:
            return False
        nearest = canvas.view.nearest_step(pixel, HIT_RADIUS * canvas.device_pixel_ratio)
        if nearest is None:
            return False
        index, step = nearest
        self.session.clock.pause()
        self.select_run(index)
        self.session.show_step(step)
        return True
