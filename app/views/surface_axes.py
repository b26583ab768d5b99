"""The frame of the relief: the edges of its box, and the numbers beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from app.analysis.height_map import HeightMap
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.utils.number_format import format_tick
from app.views.camera import HALF_HEIGHT

if TYPE_CHECKING:
    from app.views.surface_view import SurfaceView

TICK_FONT_SIZE = 8.0  # points
TOP_VIEW_ELEVATION = (
    72  # degrees; looked at from above that, the numbers of the heights would stand on top of each other
)
TICK_LABEL_OFFSET, AXIS_LABEL_OFFSET = 1.13, 1.36  # where the numbers and the name of an axis stand: the edge is at 1


def axis_ticks(height_map: HeightMap, axis: int) -> list[tuple[float, str]]:
    """The ticks of x or y: places in -1..1 and words; none near the corners, which belong to both axes."""
    low, high = height_map.bounds[axis]
    ticks = [
        (float((value - low) / (high - low) * 2 - 1), format_tick(value))
        for value in MaxNLocator(4).tick_values(low, high)
    ]
    return [(position, label) for position, label in ticks if abs(position) <= 0.92]


def height_ticks(height_map: HeightMap) -> list[tuple[float, str]]:
    """The ticks of the height: z and words."""
    ticks = [
        ((float(height_map.normalized_height(height)) * 2 - 1) * HALF_HEIGHT, format_tick(height))
        for height in height_map.round_heights(3)
    ]
    return [(z, label) for z, label in ticks if -HALF_HEIGHT <= z <= HALF_HEIGHT]


class SurfaceFrame:
    """Draws the frame of a relief with a brush. What the surface hides is drawn before it, the rest after it."""

    def __init__(self, view: SurfaceView) -> None:
        self.view = view

    def label_width(self) -> float:
        """Inches that the numbers need to the left and to the right of the box."""
        height_map = self.view.scene.height_map  # type: ignore[union-attr]
        backend_renderer, font = self.view.figure.canvas.get_renderer(), FontProperties(size=TICK_FONT_SIZE)  # type: ignore[attr-defined]
        height_labels = [words for _, words in height_ticks(height_map)]
        axis_labels = [words for axis in (0, 1) for _, words in axis_ticks(height_map, axis)]
        widths = [
            backend_renderer.get_text_width_height_descent(label, font, False)[0] / divisor
            for labels, divisor in ((height_labels, 1), (axis_labels, 2))
            for label in labels
        ]
        return max(widths, default=0.0) / self.view.figure.dpi

    @property
    def near_sides(self) -> tuple[float, float]:
        """The sides of x and of y, -1 or 1, that are turned toward the camera; of two that are so alike, the right one."""
        x, y, _ = self.view.camera.position + 1e-6 * self.view.camera.axes[0]
        return 1.0 if x > 0 else -1.0, 1.0 if y > 0 else -1.0

    @property
    def seen_from_above(self) -> tuple[bool, bool]:
        """Whether the camera stands above the box and between its sides in x, and in y: what lies there is covered."""
        x, y, z = self.view.camera.position
        return bool(z > 0 and abs(x) <= 1), bool(z > 0 and abs(y) <= 1)

    def near_edges(self) -> tuple[np.ndarray, np.ndarray]:
        """The two near edges of the floor, along x and along y."""
        sx, sy = self.near_sides
        return np.array([[-sx, sy, -HALF_HEIGHT], [sx, sy, -HALF_HEIGHT]]), np.array(
            [[sx, -sy, -HALF_HEIGHT], [sx, sy, -HALF_HEIGHT]]
        )

    def draw_back(self, renderer: PathRenderer) -> None:
        sx, sy = self.near_sides
        over_x, over_y = self.seen_from_above
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
            (along_x, over_y),
            (along_y, over_x),
            (top, over_x and over_y),
        ):
            if is_drawn:
                self.draw_edge(renderer, line)

    def draw_front(self, renderer: PathRenderer, surface_pixels: np.ndarray) -> None:
        """``surface``: the pixels of its nodes, (n, 2)."""
        self.view.text_bounds.clear()
        over_x, over_y = self.seen_from_above
        for line, is_covered in zip(self.near_edges(), (over_y, over_x), strict=True):
            if not is_covered:
                self.draw_edge(renderer, line)
        if self.view.rotating:
            return
        assert self.view.scene is not None
        if self.view.scene.race.surface.value_scale == "log":
            bbox = self.view.axes.bbox
            self.draw_text(
                renderer,
                np.array([bbox.x0, bbox.y1 - renderer.backend_renderer.points_to_pixels(4)]),
                tr("height: log scale"),
                "left",
            )
        if self.view.is_small:
            return
        self.draw_axis_labels(renderer, surface_pixels)
        if self.view.camera.elevation <= TOP_VIEW_ELEVATION:
            self.draw_height_labels(renderer, surface_pixels if over_x or over_y else None)

    def draw_axis_labels(self, renderer: PathRenderer, surface_pixels: np.ndarray) -> None:
        """Numbers and names of x and y beside the floor's near edges; from above, beside the box's upper edges."""
        assert self.view.scene is not None
        height_map, axis_names = self.view.scene.height_map, self.view.scene.race.surface.axis_labels
        sx, sy = self.near_sides
        over_x, over_y = self.seen_from_above
        z = -HALF_HEIGHT
        if over_x and over_y:
            z, edge_centers = (
                HALF_HEIGHT,
                self.view.project_points(
                    np.array([[1, 0, HALF_HEIGHT], [-1, 0, HALF_HEIGHT], [0, 1, HALF_HEIGHT], [0, -1, HALF_HEIGHT]])
                ).sum(axis=1),
            )
            sx, sy = (
                1.0 if plus < minus else -1.0 for plus, minus in edge_centers.reshape(2, 2)
            )  # to the left and below
        for axis, (side, is_covered) in enumerate(((sy, over_y), (sx, over_x))):
            labels = [(place, TICK_LABEL_OFFSET, text) for place, text in axis_ticks(height_map, axis)] + [
                (0.0, AXIS_LABEL_OFFSET, axis_names[axis].split()[0])
            ]
            for axis_position, distance, label in labels:
                edge_points = [
                    [axis_position, side * offset, z] if axis == 0 else [side * offset, axis_position, z]
                    for offset in (1.0, distance)
                ]
                edge_position, position = self.view.project_points(np.array(edge_points))
                dx, dy = position - edge_position
                align = "center" if abs(dx) < 2 * abs(dy) else "left" if dx > 0 else "right"
                self.draw_text(renderer, position, label, align, surface_pixels if is_covered else None)

    def draw_height_labels(self, renderer: PathRenderer, surface_pixels: np.ndarray | None) -> None:
        """Beside the upright edge that stands farthest to the left, from the top as far as there is room between them."""
        assert self.view.scene is not None
        sx, sy = self.near_sides
        corners = self.view.project_points(np.array([[sx, -sy, 0.0], [-sx, sy, 0.0]]))
        x, y = (sx, -sy) if corners[0, 0] < corners[1, 0] else (-sx, sy)
        lowest_y = math.inf
        for z, label in reversed(height_ticks(self.view.scene.height_map)):
            position = self.view.project_points(np.array([x * 1.06, y * 1.06, z]))
            if lowest_y - position[1] > renderer.backend_renderer.points_to_pixels(0.75 * TICK_FONT_SIZE):
                self.draw_text(renderer, position, label, "right", surface_pixels)
                lowest_y = float(position[1])

    def draw_edge(self, renderer: PathRenderer, points: np.ndarray) -> None:
        assert self.view.scene is not None
        renderer.draw_line(self.view.project_points(points), self.view.scene.theme.divider, 1.0, self.view.cell_bbox)

    def draw_text(
        self,
        renderer: PathRenderer,
        position: np.ndarray,
        label: str,
        align: str,
        surface_pixels: np.ndarray | None = None,
    ) -> None:
        """Write words at a place; nothing where they would be cut by the edge of the view, or would lie on the surface."""
        assert self.view.scene is not None
        text = Text(
            *position, label, fontsize=TICK_FONT_SIZE, color=self.view.scene.theme.muted_text, ha=align, va="center"
        )
        text.set_figure(self.view.figure)
        bbox, cell_bbox = text.get_window_extent(renderer.backend_renderer), self.view.cell_bbox
        if bbox.x0 < cell_bbox.x0 or bbox.y0 < cell_bbox.y0 or bbox.x1 > cell_bbox.x1 or bbox.y1 > cell_bbox.y1:
            return
        if (
            surface_pixels is not None
            and ((surface_pixels > bbox.min + 1) & (surface_pixels < bbox.max - 1)).all(axis=1).any()
        ):
            return
        text.draw(renderer.backend_renderer)
        self.view.text_bounds.append(bbox)
