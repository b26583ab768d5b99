"""The frame of the relief: the edges of its box, and the numbers beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from app.analysis.height_map import Scenery
from app.plotting.path_renderer import Brush
from app.utils.i18n import tr
from app.utils.number_format import short
from app.views.camera import TALL

if TYPE_CHECKING:
    from app.views.surface_view import Relief

NUMBERS = 8.0  # points
FLAT = 72  # degrees; looked at from above that, the numbers of the heights would stand on top of each other
BESIDE, NAMED = 1.13, 1.36  # where the numbers and the name of an axis stand: the edge is at 1


def axis_numbers(scenery: Scenery, axis: int) -> list[tuple[float, str]]:
    """The ticks of x or y: places in -1..1 and words; none near the corners, which belong to both axes."""
    low, high = scenery.box[axis]
    places = [
        (float((value - low) / (high - low) * 2 - 1), short(value)) for value in MaxNLocator(4).tick_values(low, high)
    ]
    return [(place, words) for place, words in places if abs(place) <= 0.92]


def heights(scenery: Scenery) -> list[tuple[float, str]]:
    """The ticks of the height: z and words."""
    places = [((float(scenery.relief(height)) * 2 - 1) * TALL, short(height)) for height in scenery.round_heights(3)]
    return [(z, words) for z, words in places if -TALL <= z <= TALL]


class Frame:
    """Draws the frame of a relief with a brush. What the surface hides is drawn before it, the rest after it."""

    def __init__(self, view: Relief) -> None:
        self.view = view

    def beside(self) -> float:
        """Inches that the numbers need to the left and to the right of the box."""
        scenery = self.view.scene.scenery  # type: ignore[union-attr]
        renderer, font = self.view.figure.canvas.get_renderer(), FontProperties(size=NUMBERS)  # type: ignore[attr-defined]
        whole = [words for _, words in heights(scenery)]
        half = [words for axis in (0, 1) for _, words in axis_numbers(scenery, axis)]
        wide = [
            renderer.get_text_width_height_descent(words, font, False)[0] / share
            for words_, share in ((whole, 1), (half, 2))
            for words in words_
        ]
        return max(wide, default=0.0) / self.view.figure.dpi

    @property
    def sides(self) -> tuple[float, float]:
        """The sides of x and of y, -1 or 1, that are turned toward the camera; of two that are so alike, the right one."""
        x, y, _ = self.view.camera.place + 1e-6 * self.view.camera.axes[0]
        return 1.0 if x > 0 else -1.0, 1.0 if y > 0 else -1.0

    @property
    def over(self) -> tuple[bool, bool]:
        """Whether the camera stands above the box and between its sides in x, and in y: what lies there is covered."""
        x, y, z = self.view.camera.place
        return bool(z > 0 and abs(x) <= 1), bool(z > 0 and abs(y) <= 1)

    def front(self) -> tuple[np.ndarray, np.ndarray]:
        """The two near edges of the floor, along x and along y."""
        sx, sy = self.sides
        return np.array([[-sx, sy, -TALL], [sx, sy, -TALL]]), np.array([[sx, -sy, -TALL], [sx, sy, -TALL]])

    def draw_behind(self, brush: Brush) -> None:
        sx, sy = self.sides
        over_x, over_y = self.over
        gap = [np.nan] * 3
        floor = np.array([[-sx, sy, -TALL], [-sx, -sy, -TALL], [sx, -sy, -TALL]])
        back = np.array(
            [
                [-sx, sy, TALL],
                [-sx, -sy, TALL],
                [sx, -sy, TALL],
                gap,
                [-sx, -sy, -TALL],
                [-sx, -sy, TALL],
                gap,
                [-sx, sy, -TALL],
                [-sx, sy, TALL],
                gap,
                [sx, -sy, -TALL],
                [sx, -sy, TALL],
            ]
        )
        top = np.array([[-sx, sy, TALL], [sx, sy, TALL], [sx, -sy, TALL]])
        along_x, along_y = self.front()
        for line, drawn in (
            (floor, True),
            (back, True),
            (along_x, over_y),
            (along_y, over_x),
            (top, over_x and over_y),
        ):
            if drawn:
                self.line(brush, line)

    def draw_before(self, brush: Brush, surface: np.ndarray) -> None:
        """``surface``: the pixels of its nodes, (n, 2)."""
        self.view.written.clear()
        over_x, over_y = self.over
        for line, covered in zip(self.front(), (over_y, over_x), strict=True):
            if not covered:
                self.line(brush, line)
        if self.view.turning:
            return
        assert self.view.scene is not None
        if self.view.scene.race.surface.levels == "log":
            box = self.view.axes.bbox
            self.text(
                brush, np.array([box.x0, box.y1 - brush.renderer.points_to_pixels(4)]), tr("height: log scale"), "left"
            )
        if self.view.cramped:
            return
        self.number_axes(brush, surface)
        if self.view.camera.elevation <= FLAT:
            self.number_heights(brush, surface if over_x or over_y else None)

    def number_axes(self, brush: Brush, surface: np.ndarray) -> None:
        """Numbers and names of x and y beside the floor's near edges; from above, beside the box's upper edges."""
        assert self.view.scene is not None
        scenery, names = self.view.scene.scenery, self.view.scene.race.surface.axes
        sx, sy = self.sides
        over_x, over_y = self.over
        z = -TALL
        if over_x and over_y:
            z, middles = (
                TALL,
                self.view.pixels(np.array([[1, 0, TALL], [-1, 0, TALL], [0, 1, TALL], [0, -1, TALL]])).sum(axis=1),
            )
            sx, sy = (1.0 if plus < minus else -1.0 for plus, minus in middles.reshape(2, 2))  # to the left and below
        for axis, (side, covered) in enumerate(((sy, over_y), (sx, over_x))):
            words = [(place, BESIDE, text) for place, text in axis_numbers(scenery, axis)] + [
                (0.0, NAMED, names[axis].split()[0])
            ]
            for along, out, text in words:
                spots = [[along, side * away, z] if axis == 0 else [side * away, along, z] for away in (1.0, out)]
                edge, place = self.view.pixels(np.array(spots))
                across, up = place - edge
                align = "center" if abs(across) < 2 * abs(up) else "left" if across > 0 else "right"
                self.text(brush, place, text, align, surface if covered else None)

    def number_heights(self, brush: Brush, surface: np.ndarray | None) -> None:
        """Beside the upright edge that stands farthest to the left, from the top as far as there is room between them."""
        assert self.view.scene is not None
        sx, sy = self.sides
        corner = self.view.pixels(np.array([[sx, -sy, 0.0], [-sx, sy, 0.0]]))
        x, y = (sx, -sy) if corner[0, 0] < corner[1, 0] else (-sx, sy)
        lowest = math.inf
        for z, words in reversed(heights(self.view.scene.scenery)):
            place = self.view.pixels(np.array([x * 1.06, y * 1.06, z]))
            if lowest - place[1] > brush.renderer.points_to_pixels(0.75 * NUMBERS):
                self.text(brush, place, words, "right", surface)
                lowest = float(place[1])

    def line(self, brush: Brush, points: np.ndarray) -> None:
        assert self.view.scene is not None
        brush.line(self.view.pixels(points), self.view.scene.theme.line, 1.0, self.view.area)

    def text(self, brush: Brush, place: np.ndarray, words: str, align: str, surface: np.ndarray | None = None) -> None:
        """Write words at a place; nothing where they would be cut by the edge of the view, or would lie on the surface."""
        assert self.view.scene is not None
        text = Text(*place, words, fontsize=NUMBERS, color=self.view.scene.theme.muted, ha=align, va="center")
        text.set_figure(self.view.figure)
        box, area = text.get_window_extent(brush.renderer), self.view.area
        if box.x0 < area.x0 or box.y0 < area.y0 or box.x1 > area.x1 or box.y1 > area.y1:
            return
        if surface is not None and ((surface > box.min + 1) & (surface < box.max - 1)).all(axis=1).any():
            return
        text.draw(brush.renderer)
        self.view.written.append(box)
