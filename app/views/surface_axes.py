"""The axes of the 3D surface view: the edges of its box, and the tick labels next to them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from app.analysis.height_map import HeightMap
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.utils.number_format import distinct_labels, format_tick
from app.views.camera import HALF_HEIGHT, Camera
from app.views.scene import Scene

TICK_FONT_SIZE = 8.0  # points
TOP_VIEW_ELEVATION = 72  # degrees; from higher up the tick labels of the vertical axis would overlap
TICK_LABEL_OFFSET, AXIS_LABEL_OFFSET = 1.13, 1.36  # positions of the labels of x and y; the edge of the box is at 1
HEIGHT_LABEL_OFFSET = 1.06
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


def label_width(height_map: HeightMap, figure: Figure) -> float:
    """Return the width in inches that tick labels need on the left and on the right of the box."""
    backend_renderer, font = figure.canvas.get_renderer(), FontProperties(size=TICK_FONT_SIZE)  # type: ignore[attr-defined]
    height_labels = [label for _, label in height_ticks(height_map)]
    axis_labels = [label for axis in (0, 1) for _, label in axis_ticks(height_map, axis)]
    widths = [
        backend_renderer.get_text_width_height_descent(label, font, False)[0] / divisor
        for labels, divisor in ((height_labels, 1), (axis_labels, 2))  # labels of x and y are about centered
        for label in labels
    ]
    return max(widths, default=0.0) / figure.dpi


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
        x, y, z = camera.position + 1e-6 * camera.axes[0]  # of two sides at the same distance, the right one
        self.near_sides = 1.0 if x > 0 else -1.0, 1.0 if y > 0 else -1.0  # of x and of y, which face the camera
        x, y, z = camera.position
        # Whether the camera is above the box and between its sides in x, and in y: then the surface covers the near
        # edges of the floor along the other axis.
        self.above_x, self.above_y = bool(z > 0 and abs(x) <= 1), bool(z > 0 and abs(y) <= 1)

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

    def draw_labels(self, renderer: PathRenderer, surface_pixels: np.ndarray, scale_only: bool) -> None:
        """Draw the labels; with ``scale_only`` only the note of a logarithmic scale.

        ``surface_pixels`` (n, 2) are the pixels of the nodes of the surface, which labels must not cover.
        """
        if self.scene.vertical_height_map.scale == "log":
            bbox = self.axes.bbox
            position = np.array([bbox.x0, bbox.y1 - renderer.backend_renderer.points_to_pixels(4)])
            self._draw_text(renderer, position, tr("loss: log scale"), "left")
        if scale_only:
            return
        self._draw_axis_labels(renderer, surface_pixels)
        if self.camera.elevation <= TOP_VIEW_ELEVATION:
            self._draw_height_labels(renderer, surface_pixels if self.above_x or self.above_y else None)

    def _draw_axis_labels(self, renderer: PathRenderer, surface_pixels: np.ndarray) -> None:
        """Draw tick labels and names of x and y next to the near edges of the floor; from above, of the top."""
        height_map, axis_names = self.scene.vertical_height_map, self.scene.race.surface.axis_labels
        (sx, sy), z = self.near_sides, -HALF_HEIGHT
        if self.above_x and self.above_y:
            z = HALF_HEIGHT
            edge_centers = self.to_pixels(np.array([[1, 0, z], [-1, 0, z], [0, 1, z], [0, -1, z]])).sum(axis=1)
            # the sides on the left and at the bottom
            sx, sy = (1.0 if plus < minus else -1.0 for plus, minus in edge_centers.reshape(2, 2))
        for axis, (side, is_covered) in enumerate(((sy, self.above_y), (sx, self.above_x))):
            labels = [(position, TICK_LABEL_OFFSET, label) for position, label in axis_ticks(height_map, axis)] + [
                (0.0, AXIS_LABEL_OFFSET, axis_names[axis].split()[0])
            ]
            for axis_position, distance, label in labels:
                edge_points = [
                    [axis_position, side * offset, z] if axis == 0 else [side * offset, axis_position, z]
                    for offset in (1.0, distance)
                ]
                edge_position, position = self.to_pixels(np.array(edge_points))
                dx, dy = position - edge_position
                align = "center" if abs(dx) < 2 * abs(dy) else "left" if dx > 0 else "right"
                self._draw_text(renderer, position, label, align, surface_pixels if is_covered else None)

    def _draw_height_labels(self, renderer: PathRenderer, surface_pixels: np.ndarray | None) -> None:
        """Draw tick labels next to the leftmost vertical edge, from the top, without those that would overlap."""
        sx, sy = self.near_sides
        corners = self.to_pixels(np.array([[sx, -sy, 0.0], [-sx, sy, 0.0]]))
        x, y = (sx, -sy) if corners[0, 0] < corners[1, 0] else (-sx, sy)
        lowest_y = math.inf
        for z, label in reversed(height_ticks(self.scene.vertical_height_map)):
            position = self.to_pixels(np.array([x * HEIGHT_LABEL_OFFSET, y * HEIGHT_LABEL_OFFSET, z]))
            if lowest_y - position[1] > renderer.backend_renderer.points_to_pixels(0.75 * TICK_FONT_SIZE):
                self._draw_text(renderer, position, label, "right", surface_pixels)
                lowest_y = float(position[1])

    def _draw_edge(self, renderer: PathRenderer, points: np.ndarray) -> None:
        renderer.draw_line(self.to_pixels(points), self.scene.theme.divider, 1.0, self.clip)

    def _draw_text(
        self,
        renderer: PathRenderer,
        position: np.ndarray,
        label: str,
        align: str,
        surface_pixels: np.ndarray | None = None,
    ) -> None:
        """Draw a text at a pixel (2,), unless the edge of the view would cut it or it would cover the surface."""
        text = Text(
            position[0],
            position[1],
            label,
            fontsize=TICK_FONT_SIZE,
            color=self.scene.theme.muted_text,
            ha=align,
            va="center",
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
