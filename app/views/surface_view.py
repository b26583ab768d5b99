"""The 3D surface view: the shaded surface with the paths on it; hidden parts of a path are thin and pale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from app.analysis.height_map import HeightMap
from app.engine.trajectory import Trajectory
from app.plotting import markers
from app.plotting.colormap import surface_colormap
from app.plotting.path_renderer import PathRenderer
from app.views import recorded_path
from app.views.camera import Camera
from app.views.default_camera import default_camera
from app.views.occlusion import OcclusionMap
from app.views.path_view import PathView
from app.views.scene import Scene
from app.views.step_arrows import StepArrowOverlay
from app.views.surface_axes import SurfaceAxes
from app.views.surface_fit import BoxLabel, Placement, fit_box, label_offset
from app.views.surface_labels import box_labels, measure_labels
from app.views.surface_mesh import build_mesh, draw_quads, sample_heights, to_unit_box
from app.views.true_losses import draw_stems
from surfaces.landscape.landscape import Landscape
from surfaces.surface import Bounds

VIEWPORT_EDGE_POINTS = 65  # points per side of the viewport of the contour plot
MIN_VIEWPORT_SIZE = 7.0  # points
OCCLUSION_GRID_SIZE = 257  # nodes per side of the grid against which sight lines are tested
MIN_LABELED_SIZE = 1.1, 1.5  # inches; a narrower or lower pane has no labels


class SurfaceArtist(Artist):
    """The artist of the whole static part; it calls a function of the view with a :class:`PathRenderer`."""

    def __init__(self, draw_surface: Callable[[PathRenderer], None]) -> None:
        super().__init__()
        self.draw_surface = draw_surface
        self.path_renderer: PathRenderer | None = None

    def draw(self, renderer: Any) -> None:
        """Draw the surface and its axes."""
        if self.path_renderer is None or self.path_renderer.backend_renderer is not renderer:
            self.path_renderer = PathRenderer(renderer)
        self.draw_surface(self.path_renderer)


class SurfaceView(PathView):
    """The surface in three dimensions.

    View coordinates are points (n, 3) of the unit box of :mod:`app.views.camera`, nan outside it.

    Attributes
    ----------
    camera
        The camera; setting it takes effect with the next full draw. Until it is set, and for another surface again, it
        is the default camera.
    rotating
        Whether the camera is being moved. Then labels and the edges of cells are left out.
    viewport
        The part of the plane that the contour plot shows, outlined on the surface; None for all of it.
    """

    id = "relief"
    title = "3D Surface"
    margins = (0.06, 0.06, 0.06, 0.06)
    has_heading = False

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return whether the loss depends on two coordinates."""
        return scene.surface.dimension == 2

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.step_arrows = StepArrowOverlay(self)
        self._camera = Camera()
        self.seen_height_map: HeightMap | None = None  # for which the default camera was found
        self.camera_is_set = False
        self.placements: dict[tuple[object, ...], Placement] = {}  # the last one, by what it depends on
        self.rotating = False
        self.viewport: Bounds | None = None

    @property
    def rotating(self) -> bool:
        """Whether the camera is being moved."""
        return self._rotating

    @rotating.setter
    def rotating(self, rotating: bool) -> None:
        self._rotating = self.low_quality = rotating
        self.has_outline = not rotating  # the surface is drawn in full with every frame, so paths must be cheap

    @property
    def camera(self) -> Camera:
        """The camera."""
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        self._camera, self.camera_is_set = camera, True
        if self.scene is not None:
            self.occlusion_map = OcclusionMap(camera, self.height_grid)

    def reset_camera(self) -> None:
        """Return to the default camera, for the current start."""
        assert self.scene is not None
        start = self.scene.experiment.start
        assert start is not None
        self.camera = default_camera(self.height_map, start)
        self.camera_is_set = False

    # Static artists

    def show_scene(self, scene: Scene) -> None:
        """Build the static artists for a scene; for another domain, reset the viewport and the camera."""
        if self.scene is not None and not scene.same_domain(self.scene):
            self.viewport, self.camera_is_set = None, False
        elif self.scene is not None and scene.surface is not self.scene.surface:
            self.seen_height_map = scene.vertical_height_map  # other parameters of a formula keep the camera
        super().show_scene(scene)

    def build_static_artists(self, scene: Scene) -> None:
        """Compute the mesh and the grid for occlusion tests, and add the artist that draws them."""
        self.axes.set_axis_off()
        self.height_map = scene.vertical_height_map
        colormap = surface_colormap(scene.theme, scene.experiment.plot_options.colormap)
        self.mesh = build_mesh(self.height_map, scene.height_map, scene.theme, colormap)
        self.mesh_nodes = self.mesh.nodes
        grid_points = np.linspace(-1, 1, OCCLUSION_GRID_SIZE)
        self.height_grid = sample_heights(self.height_map, grid_points, grid_points)
        self.occlusion_map = OcclusionMap(self.camera, self.height_grid)
        if not self.camera_is_set and self.height_map is not self.seen_height_map:
            self.reset_camera()
        self.seen_height_map = self.height_map
        self.label_sizes = measure_labels(scene, self.figure)
        self.placements.clear()
        self.axes.add_artist(SurfaceArtist(self.draw_surface))

    def draw_surface(self, renderer: PathRenderer) -> None:
        """Draw the far edges of the box, the mesh, the near edges and the labels."""
        assert self.scene is not None
        backend_renderer = renderer.backend_renderer
        surface_axes = SurfaceAxes(self.scene, self.camera, self.project_points, self.axes, self.cell_bbox)
        surface_axes.draw_far_edges(renderer)
        backend_renderer.start_rasterizing()  # a vector file contains the ten thousand quads as a bitmap
        # Rasterizing changes the dpi of the figure and with it all pixels, so nothing is projected in advance.
        pixels, clip = self.project_points(self.mesh_nodes), self.cell_bbox
        draw_quads(backend_renderer, self.mesh, pixels, self.camera, clip, smooth=not self.rotating)
        backend_renderer.stop_rasterizing()
        surface_axes.draw_near_edges(renderer)
        if not self.rotating:
            self._draw_labels(renderer, surface_axes)
        self.text_bounds = surface_axes.text_bounds

    def _draw_labels(self, renderer: PathRenderer, surface_axes: SurfaceAxes) -> None:
        labels, scale, dpi = self.labels(), self.placement().scale, self.figure.dpi
        offsets = np.array([label_offset(label, self.camera, scale, dpi) for label in labels])
        surface_pixels = self.project_points(self.mesh_nodes).reshape(-1, 2)
        surface_axes.draw_labels(renderer, labels, offsets, surface_pixels)

    def labels(self) -> list[BoxLabel]:
        """Return the labels of the axes; none in a pane that is too small for them."""
        assert self.scene is not None
        if (self.axes.bbox.size < np.array(MIN_LABELED_SIZE) * self.figure.dpi).any():
            return []
        return box_labels(self.scene, self.camera, self.label_sizes)

    # Coordinates

    def placement(self) -> Placement:
        """Return where the box lies in the pane and how large it is, so that it fills the pane with its labels."""
        bbox, dpi = self.axes.bbox, self.figure.dpi
        key = self.camera.azimuth, self.camera.elevation, bbox.bounds, dpi
        if key not in self.placements:
            pane = np.array([bbox.min, bbox.max])
            self.placements = {key: fit_box(self.camera, self.labels(), pane, dpi)}
        return self.placements[key]

    def project_points(self, points: np.ndarray) -> np.ndarray:
        """Return the pixels (..., 2) of points (..., 3) of the unit box."""
        return self.camera.project(points, *self.placement())

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return the points (n, 3) of a run after each of ``steps`` (n,), also of a run on other surfaces."""
        assert self.scene is not None
        return to_unit_box(self.height_map, *self.scene.values_on_surface(trajectory, steps))

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the pixels (n, 2) of points (n, 3), and which of them are hidden (n,)."""
        return self.project_points(points), self.is_hidden(points)

    def is_hidden(self, points: np.ndarray) -> np.ndarray:
        """Return which of points (n, 3) the surface hides (n,); points outside the box count as visible."""
        inside = ~np.isnan(points[:, 0])
        if inside.all():
            return self.occlusion_map.is_hidden(points)
        hidden = np.zeros(len(points), bool)
        if inside.any():
            hidden[inside] = self.occlusion_map.is_hidden(points[inside])
        return hidden

    # Moving parts

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """Draw the viewport, the minima and the start point; as empty outlines where the surface hides them."""
        assert self.scene is not None
        if self.viewport is not None:
            self.draw_viewport_edge(renderer, self.viewport)
        surface, start = self.scene.surface, self.scene.experiment.start
        data = self.scene.experiment.landscape
        if data is not None and len(data.path):
            theme, clip = self.scene.theme, self.axes.bbox
            recorded_path.draw_at_true_loss(renderer, data.landscape, theme, self._project, clip)
        for positions, draw_marker, hidden_marker in (
            (surface.minima, markers.draw_minimum_marker, "*"),
            ([start], markers.draw_start_marker, "o"),
        ):
            x, y = np.array(positions, float).reshape(-1, 2).T
            with np.errstate(all="ignore"):
                points, hidden = self.to_screen(to_unit_box(self.height_map, x, y, surface(x, y)[0]))
            draw_marker(renderer, points[~hidden])
            renderer.draw_markers(points[hidden], hidden_marker, 8.0, "none", self.scene.theme.muted_text, 1.0)

    def _recorded_pixels(self, landscape: Landscape, points: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of points of recorded runs, at their true losses, by their indices."""
        x, y = landscape.path[points].T
        return self._project(x, y, landscape.path_losses[points])

    def _project(self, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of points with a loss that need not be that of the surface."""
        return self.project_points(to_unit_box(self.height_map, x, y, loss))

    line_samples = 17

    @property
    def visible_bounds(self) -> Bounds:
        """The part of the plane that the surface covers."""
        assert self.scene is not None
        return self.scene.height_map.bounds

    def plane_to_screen(
        self, points: np.ndarray, losses: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the pixels (n, 2) of x and y (n, 2) on the surface or at losses (n,), and which are hidden (n,)."""
        assert self.scene is not None
        x, y = points.T
        with np.errstate(all="ignore"):
            heights = self.scene.surface(x, y)[0] if losses is None else losses
            return self.to_screen(to_unit_box(self.height_map, x, y, np.asarray(heights, float)))

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw arrows of a step, where recorded runs were, and stems to a plane, below the markers of the runs."""
        assert self.scene is not None
        self.step_arrows.draw(renderer)
        recorded_path.draw_current(renderer, self.scene, self._recorded_pixels, self.is_inside)
        if self.scene.experiment.problem is not None:
            step, theme = self.scene.race.step, self.scene.theme
            runs = [(each, min(step, each.last_step), style) for each, style in self.scene.visible_runs]
            draw_stems(renderer, self.scene.surface, runs, self._project, self.axes.bbox, theme.outline_color)
        super().draw_current_markers(renderer)

    def draw_viewport_edge(self, renderer: PathRenderer, viewport: Bounds) -> None:
        """Draw the edge of the viewport on the surface; a small square if it would be smaller than that."""
        assert self.scene is not None
        theme, (x, y) = self.scene.theme, (np.linspace(*side, VIEWPORT_EDGE_POINTS) for side in viewport)
        xs = np.concatenate([x, np.full(VIEWPORT_EDGE_POINTS, x[-1]), x[::-1], np.full(VIEWPORT_EDGE_POINTS, x[0])])
        ys = np.concatenate([np.full(VIEWPORT_EDGE_POINTS, y[0]), y, np.full(VIEWPORT_EDGE_POINTS, y[-1]), y[::-1]])
        with np.errstate(all="ignore"):
            points, hidden = self.to_screen(to_unit_box(self.height_map, xs, ys, self.scene.surface(xs, ys)[0]))
        min_size = renderer.backend_renderer.points_to_pixels(MIN_VIEWPORT_SIZE)
        if np.isfinite(points).all() and np.ptp(points, axis=0).max() < min_size:
            for color, width in ((theme.outline_color, 3.2), (theme.text, 1.4)):
                renderer.draw_markers(points.mean(axis=0)[None], "s", MIN_VIEWPORT_SIZE, "none", color, width)
            return
        visible = np.where(hidden[:, None], np.nan, points)
        renderer.draw_line(visible, theme.outline_color, 2.6, self.axes.bbox)
        renderer.draw_line(visible, theme.text, 1.3, self.axes.bbox, capstyle="butt", dash=(2.0, 2.0))
