"""Zoom: what part of the plane the contour shows, moved by the wheel, the mouse and the keys; the relief shows where it is."""

from __future__ import annotations

import sys
from collections.abc import Callable

from app.gui.canvas.plot_canvas import Canvas
from app.views.contour_view import Contour
from app.views.surface_view import Relief
from surfaces.surface import Box

LEAST, MOST = 1e-12, 100.0  # of the whole box
DISTINCT = (
    4096 * sys.float_info.epsilon
)  # of the numbers themselves: a pixel must be more than the distance of two of them


def size(box: Box) -> tuple[float, float]:
    return box[0][1] - box[0][0], box[1][1] - box[1][0]


def magnified(box: Box, factor: float, about: tuple[float, float]) -> Box:
    """A box of ``factor`` times the size, in which a point stays where it was."""
    (left, right), (bottom, top) = box
    x, y = about
    return (x - (x - left) * factor, x + (right - x) * factor), (y - (y - bottom) * factor, y + (top - y) * factor)


def least(box: Box, whole: Box) -> tuple[float, float]:
    """The smallest window where a box is, in x and y."""
    return tuple(
        max(LEAST * length, DISTINCT * max(abs(low), abs(high)))  # type: ignore[return-value]
        for length, (low, high) in zip(size(whole), box, strict=True)
    )


class Zoom:
    """Moves the window of the contour. While it moves the view draws in haste; a moment later it is drawn in full."""

    def __init__(self, canvas: Canvas, relief: Canvas, changed: Callable[[], object]) -> None:
        self.canvas, self.relief, self.changed = canvas, relief, changed
        canvas.settle.timeout.connect(self.rest)

    @property
    def view(self) -> Contour:
        assert isinstance(self.canvas.view, Contour)
        return self.canvas.view

    @property
    def whole(self) -> Box:
        assert self.view.scene is not None
        return self.view.scene.scenery.box

    def zoom(self, factor: float, about: tuple[float, float] | None = None) -> None:
        """Show ``factor`` times as much, about a point or the middle, as far as numbers can be told apart."""
        if self.view.scene is None:
            return
        box = self.view.visible
        if about is None:
            about = (box[0][0] + box[0][1]) / 2, (box[1][0] + box[1][1]) / 2
        lowest = max(small / length for small, length in zip(least(box, self.whole), size(box), strict=True))
        highest = min(MOST * large / length for large, length in zip(size(self.whole), size(box), strict=True))
        self.look(magnified(box, min(max(factor, min(lowest, 1.0)), max(highest, 1.0)), about))

    def pan(self, across: float, up: float) -> None:
        """Move by shares of what is shown."""
        if self.view.scene is not None:
            (left, right), (bottom, top) = self.view.visible
            dx, dy = across * (right - left), up * (top - bottom)
            self.look(((left + dx, right + dx), (bottom + dy, top + dy)))

    def look(self, window: Box | None, held: bool = False) -> None:
        """Show a window, None for all; where it lies too far out, stay. ``held``: more moves will follow."""
        if self.view.scene is None or window == self.view.window or (window is not None and not self.within(window)):
            return
        self.view.moving = True
        self.view.look(window)
        self.canvas.draw_idle()
        if held:
            self.canvas.settle.stop()
        else:
            self.canvas.settle.start()
        self.changed()

    def within(self, window: Box) -> bool:
        """Whether a window lies no farther from the whole box than it may be large, where numbers can be told apart."""
        if any(length < 0.99 * small for length, small in zip(size(window), least(window, self.whole), strict=True)):
            return False
        return all(
            abs(low + high - a - b) <= 2 * MOST * (b - a)
            for (low, high), (a, b) in zip(window, self.whole, strict=True)
        )

    def rest(self) -> None:
        """Draw in full."""
        self.canvas.settle.stop()
        if self.view.moving:
            self.view.moving = False
            self.canvas.composed = False
            self.canvas.draw_idle()
            assert isinstance(self.relief.view, Relief)
            self.relief.view.window = self.view.window
            self.relief.retrace()
