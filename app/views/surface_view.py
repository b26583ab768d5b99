"""The surface in three dimensions, shaded, with the paths on it: what the surface hides is drawn thin and pale."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba

from app.engine.trajectory import Trajectory
from app.plotting import markers, path_renderer
from app.plotting.colormap import surface_colormap
from app.views.base_view import View
from app.views.camera import HALF_HEIGHT, Camera, projected_extent
from app.views.occlusion import OcclusionMap
from app.views.scene import Scene
from app.views.surface_axes import SurfaceFrame
from surfaces.surface import Bounds

GRID_LINES, CELLS_PER_LINE, LINE_CELL_WIDTH = (
    20,
    4,
    0.10,
)  # grid lines across; cells between two; how wide a line is, in cells
VIEWPORT_EDGE_POINTS, MIN_VIEWPORT_SIZE = (
    65,
    7.0,
)  # points of each side of a window's edge; how large it is at least, in points
OCCLUSION_GRID_SIZE = 257  # nodes of the even grid that sight lines are tested against
LABEL_CLEARANCE = 1.1  # how much farther out than the floor's corners numbers stand, at most, and half their height
LIGHT_DIRECTION = np.array([-0.45, -0.35, 0.82])


def grid_nodes() -> np.ndarray:
    """Grid nodes in -1..1: CELLS even cells, then a narrow one that is drawn as a grid line, and so on; 101 in all."""
    cell_width = (2.0 / GRID_LINES - LINE_CELL_WIDTH * 2.0 / (GRID_LINES * CELLS_PER_LINE)) / CELLS_PER_LINE
    cells = np.tile([cell_width] * CELLS_PER_LINE + [LINE_CELL_WIDTH * 2.0 / (GRID_LINES * CELLS_PER_LINE)], GRID_LINES)
    return np.concatenate([[-1.0], -1.0 + np.cumsum(cells)])


class SurfaceMesh(Artist):
    """The height field as quads, painted from far to near; with a frame and its labels unless the scene is being turned."""

    def __init__(self, view: SurfaceView) -> None:
        super().__init__()
        self.view = view
        self.renderer: path_renderer.PathRenderer | None = None

    def draw(self, renderer: Any) -> None:
        view = self.view
        if view.scene is None:
            return
        if self.renderer is None or self.renderer.backend_renderer is not renderer:
            self.renderer = path_renderer.PathRenderer(renderer)
        mesh_renderer = self.renderer
        view.frame.draw_back(mesh_renderer)
        renderer.start_rasterizing()  # ten thousand quads: of a vector file they are the bitmap in it
        self.draw_quads(renderer)
        renderer.stop_rasterizing()
        view.frame.draw_front(mesh_renderer, view.project_points(view.mesh_nodes).reshape(-1, 2))

    def draw_quads(self, backend_renderer: Any) -> None:
        view = self.view
        x, y, _, colors = view.mesh
        points = view.project_points(view.mesh_nodes)
        gc = backend_renderer.new_gc()
        gc.set_clip_rectangle(view.cell_bbox)
        gc.set_linewidth(0.5)  # an edge in the color of its cell closes the seams between antialiased neighbors
        for rows, row_cells in view.camera.draw_order(y, 1):
            for columns, column_cells in view.camera.draw_order(x, 0):
                block = points[rows, columns]
                height, width = block.shape[0] - 1, block.shape[1] - 1
                if height > 0 and width > 0:
                    faces = colors[row_cells, column_cells].reshape(-1, 4)
                    backend_renderer.draw_quad_mesh(
                        gc,
                        path_renderer.IDENTITY,
                        width,
                        height,
                        np.ascontiguousarray(block),
                        np.zeros((1, 2)),
                        path_renderer.IDENTITY,
                        faces,
                        not view.rotating,
                        np.empty((0, 4)) if view.rotating else faces,
                    )
        gc.restore()


class SurfaceView(View):
    id = "relief"
    title = "Relief"
    margins = (0.06, 0.06, 0.06, 0.06)
    has_heading = False

    def __init__(self, figure: Any) -> None:
        super().__init__(figure)
        self._camera = Camera()
        self.frame = SurfaceFrame(self)
        self.rotating = False
        self.viewport: Bounds | None = None  # what part of the plane the contour shows, where that is not all of it

    @property
    def rotating(self) -> bool:
        """Whether the mouse turns it right now: labels and edges are left out."""
        return self._rotating

    @rotating.setter
    def rotating(self, turning: bool) -> None:
        self._rotating = self.low_quality = turning

    @property
    def camera(self) -> Camera:
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        self._camera = camera
        if self.scene is not None:
            self.occlusion_map = OcclusionMap(camera, self.height_grid)

    def build_static_artists(self, scene: Scene) -> None:
        height_map = scene.height_map
        self.axes.set_axis_off()
        x = y = grid_nodes()
        (left, right), (bottom, top) = height_map.bounds
        heights = height_map.heights(left + (x + 1) / 2 * (right - left), bottom + (y + 1) / 2 * (top - bottom))
        z = self.height_to_z(height_map.normalized_height(heights))
        self.mesh = x, y, z, self.cell_colors(x, y, z)
        self.mesh_nodes = np.stack([*np.meshgrid(x, y), z], axis=-1)
        grid_points = np.linspace(-1, 1, OCCLUSION_GRID_SIZE)
        self.height_grid = self.height_to_z(
            height_map.normalized_height(
                height_map.heights(
                    left + (grid_points + 1) / 2 * (right - left), bottom + (grid_points + 1) / 2 * (top - bottom)
                )
            )
        )
        self.occlusion_map = OcclusionMap(self.camera, self.height_grid)
        self.label_width = self.frame.label_width()
        self.axes.add_artist(SurfaceMesh(self))

    @staticmethod
    def height_to_z(normalized_heights: np.ndarray) -> np.ndarray:
        """0..1 to z; what rises beyond the box stays within it, since the box shows no more."""
        return np.nan_to_num(np.clip(normalized_heights, 0.0, 1.0), nan=1.0) * 2 * HALF_HEIGHT - HALF_HEIGHT

    def cell_colors(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """A color for each cell, (rows, columns, 4): by height, lit from one side, darker along the grid lines."""
        assert self.scene is not None
        theme = self.scene.theme
        cell_heights = (z[1:, 1:] + z[:-1, :-1] + z[1:, :-1] + z[:-1, 1:]) / 4
        dz_dx = (z[1:, 1:] + z[:-1, 1:] - z[1:, :-1] - z[:-1, :-1]) / (2 * np.diff(x))
        dz_dy = (z[1:, 1:] + z[1:, :-1] - z[:-1, 1:] - z[:-1, :-1]) / (2 * np.diff(y)[:, None])
        light = (-dz_dx * LIGHT_DIRECTION[0] - dz_dy * LIGHT_DIRECTION[1] + LIGHT_DIRECTION[2]) / np.sqrt(
            dz_dx**2 + dz_dy**2 + 1
        )
        colors = surface_colormap(theme)((cell_heights / HALF_HEIGHT + 1) / 2)
        colors[..., :3] *= (0.72 + 0.34 * np.clip(light, 0, 1))[..., None]
        line_color = np.array(to_rgba(theme.text))[:3]
        for line_cells in (
            (np.s_[:, CELLS_PER_LINE :: CELLS_PER_LINE + 1]),
            (np.s_[CELLS_PER_LINE :: CELLS_PER_LINE + 1, :]),
        ):
            colors[(*line_cells, slice(0, 3))] = colors[(*line_cells, slice(0, 3))] * 0.72 + line_color * 0.28
        return np.clip(colors, 0.0, 1.0)

    def project_points(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) of the unit box to pixels of the figure."""
        bbox = self.axes.bbox
        label_margin = 0.0 if self.is_small else 2 * self.label_width * self.figure.dpi
        half_width, bottom, top = projected_extent(self.camera.elevation, 1.0 if self.is_small else LABEL_CLEARANCE)
        scale = max(min((bbox.width - label_margin) / (2 * half_width), bbox.height / (top - bottom)), 1.0)
        center = (bbox.x0 + bbox.x1) / 2, (bbox.y0 + bbox.y1) / 2 - scale * (top + bottom) / 2
        return self.camera.project(points, center, scale)

    def to_unit_box(self, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> np.ndarray:
        """Positions and losses, (n,) each, in the unit box, (n, 3); nan outside it."""
        assert self.scene is not None
        height_map = self.scene.height_map
        points = np.column_stack([x, y, loss])
        with np.errstate(all="ignore"):
            points[:, :2] = (points[:, :2] - height_map.lower_left) * (2.0 / height_map.size) - 1.0
            points[:, 2] = height_map.normalized_height(points[:, 2]) * (2.0 * HALF_HEIGHT) - HALF_HEIGHT
            points[(np.abs(points[:, :2]).max(axis=1) > 1.0) | (points[:, 2] > HALF_HEIGHT * 1.5)] = np.nan
        return points

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        return self.to_unit_box(*trajectory.values_at(steps))

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.project_points(points), self.is_hidden(points)

    def show_scene(self, scene: Scene) -> None:
        if self.scene is not None and scene.race.surface is not self.scene.race.surface:
            self.viewport = None
        super().show_scene(scene)

    def draw_underlay(self, renderer: path_renderer.PathRenderer) -> None:
        """The edge of what the contour shows, the minima and the start; hollow where the surface hides them."""
        assert self.scene is not None
        if self.viewport is not None:
            self.draw_viewport_edge(renderer, self.viewport)
        surface, start = self.scene.race.surface, self.scene.experiment.start
        for positions, draw_marker in (
            (surface.minima, markers.draw_minimum_marker),
            ([start], markers.draw_start_marker),
        ):
            x, y = np.array(positions, float).reshape(-1, 2).T
            with np.errstate(all="ignore"):
                points, hidden = self.to_screen(self.to_unit_box(x, y, surface(x, y)[0]))
            draw_marker(renderer, points[~hidden])
            renderer.draw_markers(
                points[hidden],
                "*" if draw_marker is markers.draw_minimum_marker else "o",
                8.0,
                "none",
                self.scene.theme.muted_text,
                1.0,
            )

    def draw_viewport_edge(self, renderer: path_renderer.PathRenderer, viewport: Bounds) -> None:
        """Draw a window's edge on the surface; a small square where it would be a dot."""
        assert self.scene is not None
        theme, (x, y) = self.scene.theme, (np.linspace(*side, VIEWPORT_EDGE_POINTS) for side in viewport)
        xs = np.concatenate([x, np.full(VIEWPORT_EDGE_POINTS, x[-1]), x[::-1], np.full(VIEWPORT_EDGE_POINTS, x[0])])
        ys = np.concatenate([np.full(VIEWPORT_EDGE_POINTS, y[0]), y, np.full(VIEWPORT_EDGE_POINTS, y[-1]), y[::-1]])
        with np.errstate(all="ignore"):
            points, hidden = self.to_screen(self.to_unit_box(xs, ys, self.scene.race.surface(xs, ys)[0]))
        if np.isfinite(points).all() and np.ptp(points, axis=0).max() < renderer.backend_renderer.points_to_pixels(
            MIN_VIEWPORT_SIZE
        ):
            for color, width in ((theme.outline_color, 3.2), (theme.text, 1.4)):
                renderer.draw_markers(points.mean(axis=0)[None], "s", MIN_VIEWPORT_SIZE, "none", color, width)
            return
        visible = np.where(hidden[:, None], np.nan, points)
        renderer.draw_line(visible, theme.outline_color, 2.6, self.axes.bbox)
        renderer.draw_line(visible, theme.text, 1.3, self.axes.bbox, capstyle="butt", dash=(2.0, 2.0))

    def is_hidden(self, points: np.ndarray) -> np.ndarray:
        """Which of points (n, 3) are hidden; none of those that lie outside the box."""
        inside = ~np.isnan(points[:, 0])
        if inside.all():
            return self.occlusion_map.is_hidden(points)
        hidden = np.zeros(len(points), bool)
        if inside.any():
            hidden[inside] = self.occlusion_map.is_hidden(points[inside])
        return hidden
