"""Pan and zoom of the contour plot and of the curve; the 3D surface shows the outline of the visible part."""

from __future__ import annotations

import sys
from collections.abc import Callable

from app.gui.canvas.plot_canvas import PlotCanvas
from app.views.surface_view import SurfaceView
from app.views.viewport_view import ViewportView
from surfaces.surface import Bounds

MIN_RELATIVE_SIZE, MAX_RELATIVE_SIZE = 1e-12, 100.0  # of a window, relative to the full domain
# Of a window, relative to its coordinates: neighboring pixels must be distinct floating-point numbers.
MIN_RELATIVE_SPACING = 4096 * sys.float_info.epsilon


def bounds_size(bounds: Bounds) -> tuple[float, float]:
    """Return width and height."""
    return bounds[0][1] - bounds[0][0], bounds[1][1] - bounds[1][0]


def scaled_bounds(bounds: Bounds, factor: float, fixed_point: tuple[float, float]) -> Bounds:
    """Scale bounds about a fixed point."""
    (left, right), (bottom, top) = bounds
    x, y = fixed_point
    return (x - (x - left) * factor, x + (right - x) * factor), (y - (y - bottom) * factor, y + (top - y) * factor)


def smallest_window(bounds: Bounds, full_bounds: Bounds) -> tuple[float, float]:
    """Return width and height of the smallest window allowed at the position of ``bounds``."""
    width, height = (
        max(MIN_RELATIVE_SIZE * length, MIN_RELATIVE_SPACING * max(abs(low), abs(high)))
        for length, (low, high) in zip(bounds_size(full_bounds), bounds, strict=True)
    )
    return width, height


class ContourViewport:
    """The visible part of a view; drawn in low quality while it changes, and in full when the canvas is idle.

    ``surface_canvas`` shows the 3D surface of the same plane, if there is one. ``on_change`` is called with every
    change, ``on_rest`` after the last one.
    """

    def __init__(
        self,
        canvas: PlotCanvas,
        surface_canvas: PlotCanvas | None,
        on_change: Callable[[], object],
        on_rest: Callable[[], object] = lambda: None,
    ) -> None:
        self.canvas, self.surface_canvas, self.on_change, self.on_rest = canvas, surface_canvas, on_change, on_rest
        canvas.idle_timer.timeout.connect(self.end_interaction)

    @property
    def view(self) -> ViewportView:
        """The view of the canvas."""
        assert isinstance(self.canvas.view, ViewportView)
        return self.canvas.view

    @property
    def full_bounds(self) -> Bounds:
        """The plotted range without zoom."""
        return self.view.full_bounds

    def zoom(self, factor: float, fixed_point: tuple[float, float] | None = None) -> None:
        """Scale the visible range by ``factor`` about a point or the center, within the size limits."""
        if self.view.scene is None:
            return
        bounds = self.view.visible_bounds
        if fixed_point is None:
            fixed_point = (bounds[0][0] + bounds[0][1]) / 2, (bounds[1][0] + bounds[1][1]) / 2
        min_factor = max(
            small / length
            for small, length in zip(smallest_window(bounds, self.full_bounds), bounds_size(bounds), strict=True)
        )
        max_factor = min(
            MAX_RELATIVE_SIZE * large / length
            for large, length in zip(bounds_size(self.full_bounds), bounds_size(bounds), strict=True)
        )
        self.set_viewport(
            scaled_bounds(bounds, min(max(factor, min(min_factor, 1.0)), max(max_factor, 1.0)), fixed_point)
        )

    def pan(self, horizontal: float, vertical: float) -> None:
        """Move by fractions of the visible size."""
        if self.view.scene is not None:
            (left, right), (bottom, top) = self.view.visible_bounds
            dx, dy = horizontal * (right - left), vertical * (top - bottom)
            self.set_viewport(((left + dx, right + dx), (bottom + dy, top + dy)))

    def set_viewport(self, window: Bounds | None, dragging: bool = False) -> None:
        """Show a window, or the full domain for None; invalid windows are ignored.

        ``dragging`` postpones the full draw until ``end_interaction``.
        """
        if (
            self.view.scene is None
            or window == self.view.viewport
            or (window is not None and not self.is_valid_window(window))
        ):
            return
        self.view.interacting = True
        self.view.set_viewport(window)
        self.canvas.draw_idle()
        if dragging:
            self.canvas.idle_timer.stop()
        else:
            self.canvas.idle_timer.start()
        self.on_change()

    def is_valid_window(self, window: Bounds) -> bool:
        """Return whether a window is not too small for floating-point numbers, and not too far from the domain."""
        if any(
            length < 0.99 * small
            for length, small in zip(bounds_size(window), smallest_window(window, self.full_bounds), strict=True)
        ):
            return False
        return all(
            abs(low + high - a - b) <= 2 * MAX_RELATIVE_SIZE * (b - a)
            for (low, high), (a, b) in zip(window, self.full_bounds, strict=True)
        )

    def end_interaction(self) -> None:
        """Draw the view in full, and update the outline on the 3D surface."""
        self.canvas.idle_timer.stop()
        if self.view.interacting:
            self.view.interacting = False
            self.canvas.static_artists_built = False
            self.canvas.draw_idle()
            if self.surface_canvas is not None:
                assert isinstance(self.surface_canvas.view, SurfaceView)
                self.surface_canvas.view.viewport = self.view.viewport
                self.surface_canvas.redraw_trajectories()
            self.on_rest()
