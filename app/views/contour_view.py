"""The surface from above: filled levels, the global minima, the start, the paths. A window of it can be shown larger."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.path import Path
from matplotlib.text import Annotation

from app.analysis.height_map import HeightMap, cached_height_map
from app.engine.trajectory import Trajectory
from app.plotting import markers, text_fitting
from app.plotting.colormap import surface_colormap
from app.plotting.path_renderer import PathRenderer
from app.plotting.search_overlay import draw_search_state
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import tr
from app.utils.number_format import distinct_labels
from app.views import annotations
from app.views.base_view import View
from app.views.contour_image import ContourImage
from app.views.scene import Scene
from surfaces.surface import Bounds

FILLED_LEVELS, LABELED_LEVELS, GRID_SIZE = 28, 10, 161
FORMULA_FONT_SIZE, KEY_FONT_SIZE = 10.0, 8.5  # points
MAX_LABELED_LINES, MAX_LINES = (
    60,
    1000,
)  # level lines: with more of them there is no room for their numbers, or for the lines


class ContourView(View):
    """``window`` is the part of the plane that is shown, None for all of the scene's box.

    ``moving``: it is being moved. Then levels are painted as an image, without lines and numbers, and trails stay thinned
    for where the window was.
    """

    id = "contour"
    title = "Contour"
    marker_key: Annotation | None = None
    formula: Annotation | None = None
    viewport: Bounds | None = None
    _interacting = False

    @property
    def visible_bounds(self) -> Bounds:
        """The part of the plane that is shown."""
        assert self.scene is not None
        return self.viewport or self.scene.height_map.bounds

    @property
    def decimation_bounds(self) -> Bounds:
        return self.height_map.bounds

    @property
    def interacting(self) -> bool:
        return self._interacting

    @interacting.setter
    def interacting(self, moving: bool) -> None:
        self._interacting = self.low_quality = moving
        for artist in self.static_artists:
            artist.set_visible(not moving)
        self.contour_image.set_visible(moving)

    def set_viewport(self, viewport: Bounds | None) -> None:
        """Show another window from the next draw on; with its own levels once it is composed anew."""
        self.viewport = viewport
        (left, right), (bottom, top) = self.visible_bounds
        self.axes.set(xlim=(left, right), ylim=(bottom, top))

    def show_scene(self, scene: Scene) -> None:
        if self.scene is not None and scene.race.surface is not self.scene.race.surface:
            self.viewport = None
        super().show_scene(scene)

    def build_static_artists(self, scene: Scene) -> None:
        axes = self.axes
        self.height_map = cached_height_map(scene.race.surface, self.visible_bounds)
        self.static_artists: list[Artist] = self.draw_contour_levels(self.height_map, scene)
        self.contour_image = ContourImage(self, FILLED_LEVELS)
        axes.add_artist(self.contour_image)
        theme = scene.theme
        self.set_viewport(self.viewport)
        x_label, y_label = scene.race.surface.axis_labels
        axes.set(xlabel=tr(x_label), ylabel=tr(y_label))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(UniformFormatter())
        axes.set_aspect("equal" if scene.options.get("equal") else "auto")
        key_text = tr("◎ start   ☆ minimum") if scene.race.surface.minima else tr("◎ start")
        self.marker_key, self.formula = (
            text_fitting.annotate_above(axes, key_text, "right", KEY_FONT_SIZE, theme.muted_text),
            None,
        )
        self.interacting = False

    def draw_contour_levels(self, height_map: HeightMap, scene: Scene) -> list[Artist]:
        """Filled levels, lines at round heights, and the heights beside them."""
        axes, color = self.axes, scene.theme.text
        x, y = height_map.grid(GRID_SIZE)
        normalized_heights = np.clip(
            np.nan_to_num(height_map.normalized_height(height_map.heights(x, y)), nan=1.0), 0.0, 1.0
        )
        filled = axes.contourf(
            x,
            y,
            normalized_heights,
            levels=np.linspace(0, 1, FILLED_LEVELS + 1),
            cmap=surface_colormap(scene.theme),
            zorder=0,
        )
        if self.detail_scale > 1.0:  # in a vector file the seams between the levels would show
            filled.set(edgecolor="face", linewidth=0.4)
        low, high = normalized_heights.min(), normalized_heights.max()
        heights = {
            fraction: h
            for h in height_map.round_heights(LABELED_LEVELS)
            if low < (fraction := float(height_map.normalized_height(h))) < high
        }
        if not heights:
            return [filled]
        lines = axes.contour(
            x, y, normalized_heights, levels=sorted(heights), colors=color, linewidths=0.5, alpha=0.3, zorder=1
        )
        line_count = sum(
            len(path.codes[path.codes == Path.MOVETO]) for path in lines.get_paths() if path.codes is not None
        )
        if line_count > MAX_LINES:
            lines.remove()
            return [filled]
        level_labels = dict(zip(heights, distinct_labels(list(heights.values())), strict=True))
        labels = []
        for label in (
            axes.clabel(lines, fontsize=7, inline_spacing=2, fmt=level_labels.__getitem__)
            if line_count < MAX_LABELED_LINES
            else ()
        ):
            label.set(color=color, alpha=0.8)
            if (np.abs((label.get_position() - height_map.lower_left) / height_map.size - 0.5) > 0.47).any():
                label.remove()  # it would be cut by the frame
            else:
                labels.append(label)
        return [filled, lines, *labels]

    def add_deferred_artists(self) -> bool:
        """The formula: mathtext loads a parser and fonts, which takes longer than all the rest."""
        assert self.scene is not None
        text = f"${self.scene.race.surface.formula}$"
        self.formula = text_fitting.annotate_above(self.axes, text, "left", FORMULA_FONT_SIZE, self.scene.theme.text)
        return True

    def fit_labels(self) -> None:
        """The formula as small as it must be to stand beside the key; none where that cannot be read."""
        super().fit_labels()
        if self.marker_key is None:
            return
        self.axes.apply_aspect()
        text_fitting.thin_ticks(self.axes)
        bbox, dpi = self.axes.bbox, self.figure.dpi
        available_width = bbox.width
        if text_fitting.shrink_to_fit(self.marker_key, KEY_FONT_SIZE, available_width):
            available_width -= self.marker_key.get_window_extent().width + 0.12 * dpi
        if self.formula is not None:
            text_fitting.shrink_to_fit(
                self.formula,
                FORMULA_FONT_SIZE,
                available_width,
                self.cell_bbox.y1 - bbox.y1 - text_fitting.HEADING_OFFSET / 72 * dpi,
            )

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        return np.column_stack(trajectory.values_at(steps)[:2])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        return self.axes.transData.transform(points), None

    def start_position(self) -> np.ndarray:
        """Where the start is, (1, 2)."""
        assert self.scene is not None
        return self.axes.transData.transform([self.scene.experiment.start])

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """The minima and the start, as far as they lie on the map."""
        assert self.scene is not None
        minima = np.array(self.scene.race.surface.minima, float).reshape(-1, 2)
        for positions, draw_marker in (
            (self.axes.transData.transform(minima), markers.draw_minimum_marker),
            (self.start_position(), markers.draw_start_marker),
        ):
            draw_marker(
                renderer, np.array([position for position in positions if self.is_inside(position)]).reshape(-1, 2)
            )

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """The runs' marks, over what their rules have looked at."""
        assert self.scene is not None
        if self.scene.options.get("trials", True):
            for trajectory, style in self.scene.visible_runs:
                draw_search_state(
                    renderer,
                    trajectory,
                    min(self.scene.race.step, trajectory.last_step),
                    style,
                    self.scene.theme,
                    self.axes.transData,
                    self.axes.bbox,
                )
        annotations.draw_divergence_labels(renderer, self)  # first: no slip may lie over a run that goes on
        super().draw_current_markers(renderer)
