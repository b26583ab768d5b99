"""The fit view: the data from which the loss surface was made, and the curve of each run through them."""

from __future__ import annotations

import math

import numpy as np

from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.plotting import text_fitting
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import tr
from app.views.base_view import PATH_WIDTH, View
from app.views.scene import Scene

CURVE_POINTS = 161  # points per curve
DENSE_DATA_THRESHOLD = 500  # points of data above which they are drawn smaller
X_MARGIN, Y_MARGIN = 0.06, 0.15  # margins around the data as fractions of their range
MAX_DOUBLINGS = 7  # times that a y margin may double to show a curve that is far from the data
TITLE_FONT_SIZE = 9.0  # points


class FitView(View):
    """Data points and the current curve of each run.

    View coordinates are x and y of the surface (n, 2), the two parameters of the model; they are shown as the point in
    the middle of the curve. The view has no paths. Standardized data are shown in their original units.
    """

    id = "fit"
    title = "Fit"

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return whether the surface is made from data."""
        return scene.surface.data is not None

    # Static artists

    def build_static_artists(self, scene: Scene) -> None:
        """Plot the data and set the limits, the title and the grid."""
        axes, theme, experiment = self.axes, scene.theme, scene.race.experiment
        if scene.surface.data is None:
            axes.set_axis_off()
            return
        x, y = scene.surface.data if experiment.data is None else map(np.array, experiment.data)
        is_dense = x.size > DENSE_DATA_THRESHOLD
        axes.plot(
            x,
            y,
            "o",
            markersize=2.5 if is_dense else 4.5,
            markerfacecolor=theme.blend(theme.muted_text, 0.15, theme.text),
            markeredgecolor=theme.figure_background,
            markeredgewidth=0.0 if is_dense else 0.6,
        )
        self.set_data_range(x, y)
        x_name, y_name = experiment.data_names or ("x", "y")
        axes.set_xlabel(x_name, parse_math=False)
        axes.set_ylabel(y_name, parse_math=False)
        self.set_y_limits(self.required_doublings(scene.race))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(UniformFormatter())
        if experiment.standardized:
            long_title = tr("{size:,} data points and the curve of each run, fitted to standardized data", size=x.size)
            self.title_texts = (long_title, tr("{size:,} points, fit standardized", size=x.size))
        else:
            long_title = tr("{size:,} data points and the fitted curve of each run", size=x.size)
            self.title_texts = (long_title, tr("{size:,} points", size=x.size))
        self.title_text = text_fitting.annotate_above(axes, self.title_texts[0], "left", TITLE_FONT_SIZE, theme.text)
        axes.grid(True, color=theme.grid_color, linewidth=0.6)
        axes.set_axisbelow(True)

    def set_data_range(self, x: np.ndarray, y: np.ndarray) -> None:
        """Set the x limits, and the range and the margin of y; constant data get a margin as well."""
        left, right = float(x.min()), float(x.max())
        x_margin = X_MARGIN * (right - left) or 1.0
        self.axes.set_xlim(left - x_margin, right + x_margin)
        self.curve_x = np.linspace(*self.axes.get_xlim(), CURVE_POINTS)
        self.data_min, self.data_max = float(y.min()), float(y.max())
        max_magnitude = max(abs(self.data_min), abs(self.data_max))
        data_range = self.data_max - self.data_min
        self.margin = Y_MARGIN * (data_range if data_range > 1e-9 * max_magnitude else max_magnitude or 1.0)

    def required_doublings(self, race: Race) -> tuple[int, int]:
        """Return how often the margins below and above the data must double to show a part of each visible curve.

        A curve that would need more than ``MAX_DOUBLINGS`` does not count.
        """
        assert self.scene is not None
        doublings = [0, 0]
        for trajectory, _ in self.scene.visible_runs:
            step = min(race.step, trajectory.last_step)
            a, b, _ = trajectory.values_between(step, step)
            with np.errstate(all="ignore"):
                curve = self.predict(a, b, self.curve_x[::8])
            curve = curve[np.isfinite(curve)]
            if curve.size:
                for side, distance in enumerate((self.data_min - curve.max(), curve.min() - self.data_max)):
                    count = math.ceil(math.log2(max(float(distance) / (0.9 * self.margin), 1.0)))
                    doublings[side] = max(doublings[side], count if count <= MAX_DOUBLINGS else 0)
        return doublings[0], doublings[1]

    def set_y_limits(self, doublings: tuple[int, int]) -> None:
        """Set the y limits to the data with margins that are doubled so often below and above."""
        self.margin_doublings = doublings
        self.axes.set_ylim(
            self.data_min - self.margin * 2 ** doublings[0], self.data_max + self.margin * 2 ** doublings[1]
        )

    def update_scene(self, scene: Scene) -> bool:
        """Switch to the scene of another race; return whether its curves need other limits."""
        same_race = self.scene is not None and self.scene.race is scene.race
        super().update_scene(scene)
        if same_race or scene.surface.data is None:
            return False
        old_doublings, doublings = self.margin_doublings, self.required_doublings(scene.race)
        self.set_y_limits(doublings)
        return doublings != old_doublings

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        """Expand the y limits if a curve has left them; return whether they have changed."""
        if race.surface.data is None:
            return False
        doublings = self.required_doublings(race)
        expanded = max(self.margin_doublings[0], doublings[0]), max(self.margin_doublings[1], doublings[1])
        if expanded == self.margin_doublings:
            return False
        self.set_y_limits(expanded)
        return True

    def fit_labels(self) -> None:
        """Choose the longest title that fits above the axes; shrink the shortest one if none does."""
        super().fit_labels()
        if self.axes.axison:
            max_width = self.cell_bbox.x1 - self.axes.bbox.x0
            for text in self.title_texts:
                self.title_text.set(text=text, fontsize=TITLE_FONT_SIZE, visible=True)
                if self.title_text.get_window_extent().width <= max_width:
                    break
            text_fitting.shrink_to_fit(self.title_text, TITLE_FONT_SIZE, max_width)

    # Curves

    def predict(self, a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the output of the model with parameters ``a`` and ``b`` at x, in the units of the data."""
        assert self.scene is not None
        predict = self.scene.surface.predict
        assert predict is not None
        return np.asarray(self.scene.race.experiment.scaling.predict(predict, a, b, x))

    def curve_pixels(self, a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the pixels (n, 2) of the model with parameters ``a`` and ``b``, (n,) or (1,), at ``x`` (n,)."""
        with np.errstate(all="ignore"):
            return self.axes.transData.transform(np.column_stack([x, self.predict(a, b, x)]))

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return the parameters (n, 2) of a run after each of ``steps`` (n,)."""
        return np.column_stack(trajectory.values_at(steps)[:2])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """Return the pixel in the middle of the curve for each pair of parameters (n, 2)."""
        center = np.full(len(points), sum(self.axes.get_xlim()) / 2)
        return self.curve_pixels(points[:, 0], points[:, 1], center), None

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw the current curve of each run with its marker on it."""
        assert self.scene is not None
        if self.scene.surface.data is None:
            return
        for trajectory, style in self.scene.visible_runs:
            step = min(self.scene.race.step, trajectory.last_step)
            a, b, _ = trajectory.values_between(step, step)
            renderer.draw_line(
                self.curve_pixels(a, b, self.curve_x), style.color, PATH_WIDTH, self.axes.bbox, dash=style.dash
            )
        super().draw_current_markers(renderer)

    def draw_step_ring(self, renderer: PathRenderer, index: int, step: int) -> None:
        """Draw the curve of a run after a step in the color of the text."""
        assert self.scene is not None
        trajectory, theme = self.scene.race.trajectories[index], self.scene.theme
        if self.scene.surface.data is not None:
            a, b, _ = trajectory.values_between(step, step)
            for color, width in ((theme.outline_color, PATH_WIDTH), (theme.text, PATH_WIDTH / 2)):
                renderer.draw_line(self.curve_pixels(a, b, self.curve_x), color, width, self.axes.bbox)
