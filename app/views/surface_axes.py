"""The axes of the 3D surface view: the edges of its box, and the tick labels next to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from app.analysis.height_map import HeightMap
from app.plotting.path_renderer import PathRenderer
from app.utils.number_format import distinct_labels, format_tick
from app.views.camera import HALF_HEIGHT, Camera
from app.views.scene import Scene
from app.views.surface_fit import BoxLabel

TICK_FONT_SIZE = 8.0  # points
MAX_TICK_POSITION = 0.92  # ticks nearer to the corners are left out, since there the labels of x and y would meet


def axis_ticks(height_map: HeightMap, axis: int) -> list[tuple[float, str]]:
    """Return the ticks of x (axis 0) or y (axis 1): positions in -1..1 and labels."""
    low, high = height_map.bounds[axis]
    ticks = [
        (float((value - low) / (high - low) * 2 - 1), format_tick(value))
        for value in MaxNLocator(4).tick_values(low, high)
    ]
    return [(position, label) for position, label in ticks if abs(position) <= MAX_TICK_POSITION]


def height_ticks(height_map: HeightMap) -> list[tuple[float, str]]:
    """Return the ticks of the vertical axis: z and labels."""
    heights = height_map.round_heights(3)
    ticks = [
        ((float(height_map.normalized_height(height)) * 2 - 1) * HALF_HEIGHT, label)
        for height, label in zip(heights, distinct_labels(heights, 3), strict=True)
    ]
    return [(z, label) for z, label in ticks if -HALF_HEIGHT <= z <= HALF_HEIGHT]


class SurfaceAxes:
    """Draws the axes of the 3D surface view for one camera position.

    ``to_pixels`` maps points (..., 3) of the unit box to pixels (..., 2). ``clip`` is the part of the figure in pixels
    that belongs to the view. ``text_bounds`` are the bounding boxes of the texts drawn so far.
    """

    def __init__(
        self, scene: Scene, camera: Camera, to_pixels: Callable[[np.ndarray], np.ndarray], axes: Axes, clip: Bbox
    ) -> None:
        self.scene, self.camera, self.to_pixels, self.axes, self.clip = scene, camera, to_pixels, axes, clip
        self.text_bounds: list[Bbox] = []
        self.near_sides = camera.near_sides
        # Where the camera is above the box, the surface covers the near edges of the floor along the other axis.
        self.above_x, self.above_y = camera.above_sides

    def near_edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the two near edges (2, 3) of the floor, along x and along y."""
        sx, sy = self.near_sides
        return np.array([[-sx, sy, -HALF_HEIGHT], [sx, sy, -HALF_HEIGHT]]), np.array(
            [[sx, -sy, -HALF_HEIGHT], [sx, sy, -HALF_HEIGHT]]
        )

    def draw_far_edges(self, renderer: PathRenderer) -> None:
        """Draw the edges that the surface may cover."""
        sx, sy = self.near_sides
        gap = [np.nan] * 3
        floor = np.array([[-sx, sy, -HALF_HEIGHT], [-sx, -sy, -HALF_HEIGHT], [sx, -sy, -HALF_HEIGHT]])
        back = np.array(
            [
                [-sx, sy, HALF_HEIGHT],
                [-sx, -sy, HALF_HEIGHT],
                [sx, -sy, HALF_HEIGHT],
                gap,
                [-sx, -sy, -HALF_HEIGHT],
                [-sx, -sy, HALF_HEIGHT],
                gap,
                [-sx, sy, -HALF_HEIGHT],
                [-sx, sy, HALF_HEIGHT],
                gap,
                [sx, -sy, -HALF_HEIGHT],
                [sx, -sy, HALF_HEIGHT],
            ]
        )
        top = np.array([[-sx, sy, HALF_HEIGHT], [sx, sy, HALF_HEIGHT], [sx, -sy, HALF_HEIGHT]])
        along_x, along_y = self.near_edges()
        for line, is_drawn in (
            (floor, True),
            (back, True),
            (along_x, self.above_y),
            (along_y, self.above_x),
            (top, self.above_x and self.above_y),
        ):
            if is_drawn:
                self._draw_edge(renderer, line)

    def draw_near_edges(self, renderer: PathRenderer) -> None:
        """Draw the edges of the floor that the surface cannot cover."""
        for line, is_covered in zip(self.near_edges(), (self.above_y, self.above_x), strict=True):
            if not is_covered:
                self._draw_edge(renderer, line)

    def draw_labels(
        self, renderer: PathRenderer, labels: Sequence[BoxLabel], offsets: np.ndarray, surface_pixels: np.ndarray
    ) -> None:
        """Draw labels whose centers are ``offsets`` (n, 2) pixels from their anchors.

        ``surface_pixels`` (n, 2) are the pixels of the nodes of the surface. Labels do not cover them where they could,
        with the camera above the box, and labels of the loss do not cover each other.
        """
        above_any = self.above_x or self.above_y
        covers = {"x": self.above_y, "y": self.above_x, "loss": above_any, "loss name": above_any}
        lowest_y = math.inf
        for label, offset in zip(labels, offsets, strict=True):
            position = self.to_pixels(label.anchor) + offset
            if label.axis == "loss":
                if lowest_y - position[1] <= renderer.backend_renderer.points_to_pixels(0.75 * TICK_FONT_SIZE):
                    continue
                lowest_y = float(position[1])
            self._draw_text(renderer, position, label, surface_pixels if covers[label.axis] else None)

    def _draw_edge(self, renderer: PathRenderer, points: np.ndarray) -> None:
        renderer.draw_line(self.to_pixels(points), self.scene.theme.divider, 1.0, self.clip)

    def _draw_text(
        self, renderer: PathRenderer, center: np.ndarray, label: BoxLabel, surface_pixels: np.ndarray | None
    ) -> None:
        """Draw a text around a pixel (2,), unless the edge of the view would cut it or it would cover the surface."""
        text = Text(
            center[0],
            center[1],
            label.text,
            fontsize=TICK_FONT_SIZE,
            color=self.scene.theme.muted_text,
            ha="center",
            va="center",
            rotation=90 if label.axis == "loss name" else 0,
        )
        text.set_figure(self.axes.figure)
        bbox, clip = text.get_window_extent(renderer.backend_renderer), self.clip
        if bbox.x0 < clip.x0 or bbox.y0 < clip.y0 or bbox.x1 > clip.x1 or bbox.y1 > clip.y1:
            return
        if surface_pixels is not None:
            low, high = np.array(bbox.min) + 1, np.array(bbox.max) - 1
            if ((surface_pixels > low) & (surface_pixels < high)).all(axis=1).any():
                return
        text.draw(renderer.backend_renderer)
        self.text_bounds.append(bbox)
