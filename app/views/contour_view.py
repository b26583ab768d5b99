"""The contour plot: the surface from above with filled levels, minima, the start point and the paths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from app.analysis.height_map import HeightMap, cached_height_map
from app.analysis.landscape_text import plane_text
from app.analysis.plane_gap import differs_from_plane
from app.engine.map_job import shows_basin_map
from app.engine.trajectory import Trajectory
from app.plotting import markers, text_fitting
from app.plotting.colormap import surface_colormap
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import tr
from app.views import recorded_path
from app.views.basin_layer import BasinLayer
from app.views.color_bar import ColorBar, bar_ticks
from app.views.contour_image import ContourImage
from app.views.contour_levels import FILLED_LEVELS, draw_levels
from app.views.scene import Scene
from app.views.step_arrows import StepArrowOverlay
from app.views.viewport_view import KEY_FONT_SIZE, ViewportView
from surfaces.landscape.landscape import Landscape
from surfaces.surface import Bounds

PROBE_WIDTH, PROBE_OUTLINE_WIDTH, PROBE_DOT = 1.3, 3.0, 5.0  # points
MIN_CELL_WITH_BAR = 2.6, 1.7  # inches; in a smaller cell there is no color bar


class ContourView(ViewportView):
    """The contour plot, of the whole scene or of a part of the plane.

    Attributes
    ----------
    interacting
        Whether the viewport is moving. Then levels are drawn as an image, without lines and labels, and paths stay
        decimated for the viewport at the start of the move.
    """

    id = "contour"
    title = "Contour"
    color_bar: ColorBar | None = None
    basins: BasinLayer | None = None
    _interacting = False

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return whether the loss depends on two coordinates."""
        return scene.surface.dimension == 2

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.step_arrows = StepArrowOverlay(self)

    # Viewport

    @property
    def decimation_bounds(self) -> Bounds:
        """The part of the plane for which paths are decimated."""
        return self.height_map.bounds

    @property
    def interacting(self) -> bool:
        """Whether the viewport is moving."""
        return self._interacting

    @interacting.setter
    def interacting(self, interacting: bool) -> None:
        self._interacting = self.low_quality = interacting
        assert self.scene is not None
        options = self.scene.experiment.plot_options
        is_filled = options.level_style == "filled" and self.basins is None  # lines alone are fast, and stay
        for artist in self.static_artists:
            artist.set_visible(not interacting or not is_filled)
        self.contour_image.set_visible(interacting and is_filled)
        if self.color_bar is not None:
            self.color_bar.axes.set_visible(not interacting and self.has_room_for_bar)

    # Static artists

    def show_surface_quickly(self, scene: Scene) -> bool:
        """Show the levels of another surface as an image, until ``show_scene`` builds them."""
        assert self.scene is not None
        if not scene.same_domain(self.scene):
            return False
        self.scene, self.interacting = scene, True
        return True

    def build_static_artists(self, scene: Scene) -> None:
        """Add levels, axis labels and the key of the markers."""
        axes, surface = self.axes, scene.surface
        options = replace(scene.experiment.plot_options, basin_map=shows_basin_map(scene.experiment))
        colormap = surface_colormap(scene.theme, options.colormap)
        self.height_map = cached_height_map(surface, self.visible_bounds, options.level_scale)
        self.static_artists: list[Artist] = draw_levels(
            axes, self.height_map, options, scene.theme, colormap, is_vector=self.detail_scale > 1.0
        )
        self.color_bar = None
        self.basins = BasinLayer(axes, scene, self.static_artists, self.basins) if options.basin_map else None
        if options.color_bar and not options.basin_map:
            self.color_bar = ColorBar(axes, bar_ticks(self.height_map), scene.theme, colormap)
        self.contour_image = ContourImage(self._visible_height_map, colormap, FILLED_LEVELS)
        axes.add_artist(self.contour_image)
        self.set_viewport(self.viewport)
        x_label, y_label = scene.surface.axis_labels
        axes.set(xlabel=tr(x_label), ylabel=tr(y_label))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(UniformFormatter())
        axes.set_aspect("equal" if options.equal_axes else "auto")
        key_text = tr("◎ start")
        if surface.minima:
            key_text = tr("◎ start   ☆ lowest found") if surface.minima_estimated else tr("◎ start   ☆ minimum")
            key_text = tr("◎ start   ① minimum") if options.basin_map else key_text
        if scene.experiment.landscape is not None and scene.experiment.landscape.path:
            key_text += "   " + tr("● recorded   ○ true loss differs")
            recorded_path.add_legend(axes, scene.experiment.landscape.landscape, scene.theme)
        elif scene.experiment.problem is not None:
            key_text += "   " + tr("unfilled: true loss differs")
        self.marker_key = text_fitting.annotate_above(axes, key_text, "right", KEY_FONT_SIZE, scene.theme.muted_text)
        self.formula = None
        self.interacting = False

    def update_scene(self, scene: Scene) -> bool:
        """Switch to the scene of another race or another basin map, which ``draw_changed_artists`` draws."""
        if self.basins is not None and self.basins.show(scene):
            self.has_changed_artists = True
        return super().update_scene(scene)

    def draw_changed_artists(self, renderer: PathRenderer) -> None:
        """Draw the basin map, with the lines over it."""
        self.has_changed_artists = False
        if self.basins is not None:
            self.basins.redraw(renderer.backend_renderer)

    def _visible_height_map(self) -> HeightMap:
        assert self.scene is not None
        options = self.scene.experiment.plot_options
        return HeightMap(self.scene.surface, self.visible_bounds, options.level_scale)

    def formula_text(self) -> str:
        """Return the formula, or what the axes of a landscape mean."""
        assert self.scene is not None
        landscape = self.scene.experiment.landscape
        return super().formula_text() if landscape is None else plane_text(landscape.landscape)

    @property
    def has_room_for_bar(self) -> bool:
        """Whether the cell is large enough for a color bar."""
        width, height = self.cell_bbox.size
        return bool(min(width / MIN_CELL_WITH_BAR[0], height / MIN_CELL_WITH_BAR[1]) >= self.figure.dpi)

    def effective_margins(self) -> tuple[float, float, float, float]:
        """Return the minimum margins, with room for the color bar on the right."""
        left, bottom, right, top = super().effective_margins()
        width = self.cell_bbox.width
        if not self.has_room_for_bar:
            return left, bottom, right, top
        if self.basins is not None:
            return left, bottom, right + self.basins.table.fit_width(width / self.figure.dpi), top
        return left, bottom, right + (self.color_bar.space if self.color_bar is not None else 0.0), top

    def fit_labels(self) -> None:
        """Fit the color bar, and the formula next to the key."""
        super().fit_labels()
        if self.color_bar is not None:
            self.color_bar.axes.set_visible(self.has_room_for_bar)
            self.color_bar.fit_ticks()
        self.fit_heading()
        if self.basins is not None:
            self.basins.table.set_visible(self.has_room_for_bar)
            self.basins.hide_overlapping_numbers()

    # Coordinates: x and y of the surface

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return x and y (n, 2) of a run after each of ``steps`` (n,)."""
        return np.column_stack(trajectory.values_at(steps)[:2])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """Return the pixels (n, 2) of x and y (n, 2)."""
        return self.surface_pixels(points), None

    def surface_pixels(self, points: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of x and y (n, 2)."""
        pixels: np.ndarray = self.axes.transData.transform(points)
        return pixels

    # Moving parts

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """Draw the recorded path, and the markers of the minima and of the start point that lie inside the axes."""
        assert self.scene is not None
        data = self.scene.experiment.landscape
        if data is not None and len(data.path):
            to_pixels = self.axes.transData.transform
            theme, clip = self.scene.theme, self.axes.bbox
            recorded_path.draw_on_plane(renderer, data.landscape, theme, to_pixels, clip, self.is_inside)
        known_minima = () if self.basins is not None else self.scene.surface.minima  # the map has numbers
        minima = np.array(known_minima, float).reshape(-1, 2)
        for positions, draw_marker in (
            (self.axes.transData.transform(minima), markers.draw_minimum_marker),
            (self.start_position(), markers.draw_start_marker),
        ):
            inside = [position for position in positions if self.is_inside(position)]
            draw_marker(renderer, np.array(inside).reshape(-1, 2))

    line_samples = 2

    def plane_to_screen(
        self, points: np.ndarray, losses: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the pixels (n, 2) of x and y (n, 2), of which none is hidden."""
        return self.surface_pixels(points), None

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw the arrows of a step, and where recorded runs were, below the markers of the runs."""
        assert self.scene is not None
        self.step_arrows.draw(renderer)
        recorded_path.draw_current(renderer, self.scene, self._recorded_pixels, self.is_inside)
        super().draw_current_markers(renderer)

    def is_hollow(self, trajectory: Trajectory) -> bool:
        """Return whether the true loss of a run with many parameters differs from that on the plane."""
        assert self.scene is not None
        return differs_from_plane(trajectory, min(self.scene.race.step, trajectory.last_step))

    def _recorded_pixels(self, landscape: Landscape, points: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of points of recorded runs by their indices."""
        pixels: np.ndarray = self.axes.transData.transform(landscape.path[points])
        return pixels

    def draw_probe(self, renderer: PathRenderer, probe: Trajectory) -> None:
        """Draw the path of a run from another start, thin and pale, with a dot at its start."""
        assert self.scene is not None
        theme, start = self.scene.theme, self.pixel_positions(probe, np.array([0]))[0]
        points = self.decimated_path(probe, probe.last_step)[1]
        renderer.draw_line(points, theme.outline_color, PROBE_OUTLINE_WIDTH, self.axes.bbox)
        renderer.draw_line(points, theme.muted_text, PROBE_WIDTH, self.axes.bbox)
        renderer.draw_markers(start, "o", PROBE_DOT, theme.muted_text, theme.outline_color, 1.0)
