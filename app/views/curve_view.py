"""The curve: the loss over x of a surface of one dimension, with the path of each run on it."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import AutoLocator, FixedFormatter, FixedLocator

from app.analysis.curve_limits import curve_limits
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.plotting import markers, text_fitting
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import tr
from app.utils.number_format import distinct_labels
from app.views.loss_scale import LossScale
from app.views.scene import Scene
from app.views.viewport_view import KEY_FONT_SIZE, ViewportView
from surfaces.line_search import losses_on_line
from surfaces.surface import Bounds, line_bounds

CURVE_POINTS, CURVE_WIDTH = 2001, 1.6  # points of the line, and its width in points
MAX_COORDINATE = 1e3  # ranges of the axes above them up to which the curve is drawn
TANGENT_WIDTH, TANGENT_LENGTH = 1.1, 130.0  # points
TICK_FONT_DIGITS = 3  # significant digits of the losses on a logarithmic scale


class CurveView(ViewportView):
    """The curve f(x), its minima, the start, the path of each run, and the tangent at the selected run.

    View coordinates are x and the loss (n, 2), on the scale of :class:`LossScale`.
    """

    id = "curve"
    title = "Curve"
    full_limits: Bounds
    fitted_start: tuple[float, float] | None = None  # the start for which the limits were found

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return whether the loss depends on x alone."""
        return scene.surface.dimension == 1

    # Limits

    @property
    def full_bounds(self) -> Bounds:
        """The domain, and the coordinates of the losses worth showing."""
        return self.full_limits

    @property
    def decimation_bounds(self) -> Bounds:
        """The part of the plane for which paths are decimated: the visible x, along y = 0."""
        return line_bounds(*self.visible_bounds[0])

    def find_limits(self, scene: Scene) -> Bounds:
        """Return the domain, and the coordinates of the losses worth showing."""
        x_limits = scene.height_map.bounds[0]
        return x_limits, curve_limits(scene.experiment, x_limits, self.loss_scale.to_coordinate)

    @staticmethod
    def start_loss(scene: Scene) -> float:
        """Return the loss at the start; nan where there is none."""
        start = scene.experiment.start
        assert start is not None
        return scene.surface.loss_at(*start)

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        """Expand the limits if the start has left them; return whether a full draw is needed."""
        scene = self.scene
        if scene is None or self.viewport is not None or scene.experiment.start == self.fitted_start:
            return False
        self.fitted_start = scene.experiment.start
        coordinate, (low, high) = float(self.loss_scale.to_coordinate(self.start_loss(scene))), self.full_limits[1]
        if not np.isfinite(coordinate) or low <= coordinate <= high:
            return False
        self.full_limits = self.find_limits(scene)
        self.set_viewport(None)
        return True

    def set_viewport(self, viewport: Bounds | None) -> None:
        """Show another part of the curve."""
        super().set_viewport(viewport)
        self.update_curve()

    # Static artists

    def build_static_artists(self, scene: Scene) -> None:
        """Add the curve, labels, ticks, the grid and the key of the markers."""
        axes, theme, surface = self.axes, scene.theme, scene.surface
        self.loss_scale, self.fitted_start = LossScale(scene.vertical_height_map), scene.experiment.start
        self.full_limits = self.find_limits(scene)
        self.curve = Line2D([], [], color=theme.muted_text, linewidth=CURVE_WIDTH, zorder=1.5)
        axes.add_line(self.curve)
        self.set_viewport(self.viewport)
        axes.set(xlabel=surface.axis_names[0], ylabel=tr("loss (log scale)") if self.loss_scale.is_log else tr("loss"))
        axes.xaxis.set_major_formatter(UniformFormatter())
        self.set_loss_ticks()
        axes.grid(True, color=theme.grid_color, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        key_text = tr("◎ start   ☆ lowest found") if surface.minima else tr("◎ start")
        self.marker_key = text_fitting.annotate_above(axes, key_text, "right", KEY_FONT_SIZE, theme.muted_text)
        self.formula, self.interacting, self.low_quality = None, False, False

    def set_loss_ticks(self) -> None:
        """Set the ticks of the loss, at round losses on either scale."""
        axis = self.axes.yaxis
        if self.loss_scale.is_log:
            losses = self.loss_scale.tick_losses()
            axis.set_major_locator(FixedLocator(self.loss_scale.to_coordinate(losses).tolist()))
            axis.set_major_formatter(FixedFormatter(distinct_labels(losses, TICK_FONT_DIGITS)))
        else:
            axis.set_major_locator(AutoLocator())
            axis.set_major_formatter(UniformFormatter())

    def update_curve(self) -> None:
        """Compute the curve over the visible x; it is broken at poles, where it crosses the whole view."""
        assert self.scene is not None
        (left, right), (low, high) = self.visible_bounds
        x = np.linspace(left, right, CURVE_POINTS)
        y = self.loss_scale.to_coordinate(losses_on_line(self.scene.surface.function, x))
        reach = MAX_COORDINATE * (high - low)
        y = np.where(np.isfinite(y), np.clip(y, low - reach, high + reach), np.nan)
        crosses = ((y[:-1] < low) & (y[1:] > high)) | ((y[:-1] > high) & (y[1:] < low))
        breaks = np.flatnonzero(crosses) + 1
        self.curve.set_data(np.insert(x, breaks, np.nan), np.insert(y, breaks, np.nan))

    def show_surface_quickly(self, scene: Scene) -> bool:
        """Show the curve of another surface within the same limits, until ``show_scene`` fits them."""
        assert self.scene is not None
        if not scene.same_domain(self.scene):
            return False
        self.scene, self.interacting, self.low_quality = scene, True, True
        self.update_curve()
        return True

    def formula_text(self) -> str:
        """Return the formula as a function of x."""
        return f"$f(x) = {super().formula_text()[1:]}"

    def fit_labels(self) -> None:
        """Fit the labels of the axes, and the formula next to the key."""
        super().fit_labels()
        self.fit_heading()

    # Coordinates: x and the loss

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return x and the coordinate of the loss (n, 2) of a run after each of ``steps`` (n,)."""
        assert self.scene is not None
        x, _, loss = self.scene.values_on_surface(trajectory, steps)
        return np.column_stack([x, self.loss_scale.to_coordinate(loss)])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """Return the pixels (n, 2) of x and coordinates of losses (n, 2)."""
        with np.errstate(all="ignore"):
            return self.axes.transData.transform(points), None

    def surface_pixels(self, points: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of the curve at x (n, 2); y has no effect."""
        assert self.scene is not None
        x = np.array(points, float).reshape(-1, 2)[:, 0]
        losses = losses_on_line(self.scene.surface.function, x)
        return self.to_screen(np.column_stack([x, self.loss_scale.to_coordinate(losses)]))[0]

    # Moving parts

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """Draw the markers of the minima and of the start, if they lie inside the axes."""
        assert self.scene is not None
        minima = np.array(self.scene.surface.minima, float).reshape(-1, 2)
        for positions, draw_marker in (
            (self.surface_pixels(minima), markers.draw_minimum_marker),
            (self.start_position(), markers.draw_start_marker),
        ):
            inside = [position for position in positions if self.is_inside(position)]
            draw_marker(renderer, np.array(inside).reshape(-1, 2))

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw the tangent at the selected run, and what every view with a viewport draws."""
        self.draw_tangent(renderer)
        super().draw_current_markers(renderer)

    def draw_tangent(self, renderer: PathRenderer) -> None:
        """Draw the tangent at the current position of the selected run, or of the only one."""
        assert self.scene is not None
        runs, selected = self.scene.visible_runs, self.scene.selected_trajectory
        chosen = [run for run in runs if run[0] is selected] or (runs if len(runs) == 1 else [])
        for trajectory, style in chosen:
            steps = np.array([min(self.scene.race.step, trajectory.last_step)])
            x, _, loss = self.scene.values_on_surface(trajectory, steps)
            with np.errstate(all="ignore"):
                slope = np.ravel(self.scene.surface(x, np.zeros(1))[1][0])
            width = self.visible_bounds[0][1] - self.visible_bounds[0][0]
            across = width / max(self.axes.bbox.width, 1.0) * np.array([-1.0, 0.0, 1.0])  # one pixel to each side
            losses = self.loss_scale.to_coordinate(loss + slope * across)
            pixels = self.to_screen(np.column_stack([x + across, losses]))[0]
            direction = pixels[2] - pixels[0]
            if np.isfinite(pixels).all() and self.is_inside(pixels[1]):
                half = renderer.backend_renderer.points_to_pixels(TANGENT_LENGTH / 2) * direction / np.hypot(*direction)
                renderer.draw_line(
                    np.array([pixels[1] - half, pixels[1] + half]), style.color, TANGENT_WIDTH, self.axes.bbox
                )
