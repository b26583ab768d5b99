"""The base class of the views of which a part can be shown: the contour plot and the curve."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from app.plotting import text_fitting
from app.plotting.path_renderer import PathRenderer
from app.plotting.search_overlay import draw_search_state
from app.views.annotations import DivergenceLabels
from app.views.path_view import PathView
from app.views.scene import Scene
from surfaces.surface import Bounds

FORMULA_FONT_SIZE, KEY_FONT_SIZE = 10.0, 8.5  # points


class ViewportView(PathView):
    """A view with two coordinates that can be moved and enlarged, with the formula and a key of its markers above it.

    Attributes
    ----------
    viewport
        The part that is shown, as the limits of both axes; None for all.
    """

    viewport: Bounds | None = None
    marker_key: Annotation | None = None
    formula: Annotation | None = None

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.divergence_labels = DivergenceLabels()

    # Viewport

    @property
    def full_bounds(self) -> Bounds:
        """The limits of both axes without a viewport."""
        assert self.scene is not None
        return self.scene.height_map.bounds

    @property
    def visible_bounds(self) -> Bounds:
        """The limits of both axes."""
        return self.viewport or self.full_bounds

    def set_viewport(self, viewport: Bounds | None) -> None:
        """Show another part from the next draw on; static artists are built for it in ``show_scene``."""
        self.viewport = viewport
        (left, right), (bottom, top) = self.visible_bounds
        self.axes.set(xlim=(left, right), ylim=(bottom, top))

    def show_scene(self, scene: Scene) -> None:
        """Build the static artists for a scene; for another domain, show all of it."""
        if self.scene is not None and not scene.same_domain(self.scene):
            self.viewport = None
        super().show_scene(scene)

    # Heading

    def add_deferred_artists(self) -> bool:
        """Add the formula: loading the parser and the fonts of mathtext takes longer than everything else."""
        assert self.scene is not None
        self.formula = text_fitting.annotate_above(
            self.axes, self.formula_text(), "left", FORMULA_FONT_SIZE, self.scene.theme.text
        )
        return True

    def formula_text(self) -> str:
        """Return the text above the axes on the left."""
        assert self.scene is not None
        return f"${self.scene.surface.formula}$"

    def fit_heading(self) -> None:
        """Shrink the formula so that it fits next to the key; hide it if it were too small to read."""
        if self.marker_key is None:
            return
        self.axes.apply_aspect()
        text_fitting.thin_ticks(self.axes)
        bbox, dpi = self.axes.bbox, self.figure.dpi
        available_width = bbox.width
        if text_fitting.shrink_to_fit(self.marker_key, KEY_FONT_SIZE, available_width):
            available_width -= self.marker_key.get_window_extent().width + 0.12 * dpi
        if self.formula is not None:
            available_height = self.cell_bbox.y1 - bbox.y1 - text_fitting.HEADING_OFFSET / 72 * dpi
            text_fitting.shrink_to_fit(self.formula, FORMULA_FONT_SIZE, available_width, available_height)

    # Coordinates

    @abstractmethod
    def surface_pixels(self, points: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of x and y (n, 2) of the surface."""

    def start_position(self) -> np.ndarray:
        """Return the pixel (1, 2) of the start point."""
        assert self.scene is not None
        return self.surface_pixels(np.array([self.scene.experiment.start], float))

    # Moving parts

    def draw_paths(self, renderer: PathRenderer, last_step: int) -> None:
        """Draw whole paths up to ``last_step``."""
        self.divergence_labels.clear()
        super().draw_paths(renderer, last_step)

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw search states, labels of diverged runs and, over them, the markers of the runs."""
        assert self.scene is not None
        scene, step = self.scene, self.scene.race.step
        if scene.options.get("trials", True):
            for trajectory, style in scene.visible_runs:
                run_step = min(step, trajectory.last_step)
                draw_search_state(
                    renderer, trajectory, run_step, style, scene.theme, self.surface_pixels, self.axes.bbox
                )
        diverged_runs = [
            (trajectory, style)
            for trajectory, style in scene.visible_runs
            if trajectory.diverged_at is not None and step > trajectory.last_step
        ]
        runs = [trajectory for trajectory, _ in scene.visible_runs]
        self.divergence_labels.draw(renderer, self.axes, scene.theme, diverged_runs, runs, self.pixels_between)
        super().draw_current_markers(renderer)
