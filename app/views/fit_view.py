"""The data a loss surface was made from, and each run's curve through them as it moves."""

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

CURVE_POINTS = 161  # along a curve
DENSE_DATA_THRESHOLD = 500  # points of data that stand so close that they are drawn smaller
DATA_MARGIN = 0.15  # of the data's height, left free above and below them
MAX_DOUBLINGS = 7  # times that room is doubled, at most, so that a curve far from the data is seen
TITLE_FONT_SIZE = 9.0  # points


class FitView(View):
    id = "fit"
    title = "Fit"

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        return scene.race.surface.data is not None

    def build_static_artists(self, scene: Scene) -> None:
        data, axes, theme = scene.race.surface.data, self.axes, scene.theme
        if data is None:
            axes.set_axis_off()
            return
        x, y = data
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
        left, right = float(x.min()), float(x.max())
        x_margin = 0.06 * (right - left) or 1.0
        self.data_min, self.data_max = float(y.min()), float(y.max())
        max_magnitude = max(abs(self.data_min), abs(self.data_max))
        data_range = self.data_max - self.data_min
        self.margin = DATA_MARGIN * (data_range if data_range > 1e-9 * max_magnitude else max_magnitude or 1.0)
        axes.set(xlim=(left - x_margin, right + x_margin), xlabel="x", ylabel="y")
        self.curve_x = np.linspace(*axes.get_xlim(), CURVE_POINTS)
        self.set_y_limits(self.required_doublings(scene.race))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(UniformFormatter())
        self.title_texts = tr("{size:,} points and each run's curve", size=x.size), tr("{size:,} points", size=x.size)
        self.title_text = text_fitting.annotate_above(axes, self.title_texts[0], "left", TITLE_FONT_SIZE, theme.text)
        axes.grid(True, color=theme.grid_color, linewidth=0.6)
        axes.set_axisbelow(True)

    def required_doublings(self, race: Race) -> tuple[int, int]:
        """How many times the room below and above the data is doubled, so that some of every run's curve is seen."""
        assert self.scene is not None
        predict, doublings = self.scene.race.surface.predict, [0, 0]
        assert predict is not None
        for trajectory, _ in self.scene.visible_runs:
            step = min(race.step, trajectory.last_step)
            a, b, _ = trajectory.values_between(step, step)
            with np.errstate(all="ignore"):
                curve = predict(a, b, self.curve_x[::8])
            curve = curve[np.isfinite(curve)]
            if curve.size:
                for side, distance in enumerate((self.data_min - curve.max(), curve.min() - self.data_max)):
                    count = math.ceil(math.log2(max(float(distance) / (0.9 * self.margin), 1.0)))
                    doublings[side] = max(doublings[side], count if count <= MAX_DOUBLINGS else 0)
        return doublings[0], doublings[1]

    def set_y_limits(self, doublings: tuple[int, int]) -> None:
        self.margin_doublings = doublings
        self.axes.set_ylim(
            self.data_min - self.margin * 2 ** doublings[0], self.data_max + self.margin * 2 ** doublings[1]
        )

    def update_scene(self, scene: Scene) -> bool:
        same_race = self.scene is not None and self.scene.race is scene.race
        super().update_scene(scene)
        if same_race or scene.race.surface.data is None:
            return False
        old_doublings, doublings = self.margin_doublings, self.required_doublings(scene.race)
        self.set_y_limits(doublings)
        return doublings != old_doublings

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        if race.surface.data is None:
            return False
        doublings = self.required_doublings(race)
        expanded = max(self.margin_doublings[0], doublings[0]), max(self.margin_doublings[1], doublings[1])
        if expanded == self.margin_doublings:
            return False
        self.set_y_limits(expanded)
        return True

    def fit_labels(self) -> None:
        """Above the axes, as many words as there is room for."""
        super().fit_labels()
        if self.axes.axison:
            max_width = self.cell_bbox.x1 - self.axes.bbox.x0
            for text in self.title_texts:
                self.title_text.set(text=text, fontsize=TITLE_FONT_SIZE, visible=True)
                if self.title_text.get_window_extent().width <= max_width:
                    break
            text_fitting.shrink_to_fit(self.title_text, TITLE_FONT_SIZE, max_width)

    def draw_path_segments(self, renderer: PathRenderer, first_step: int, last_step: int) -> None:
        """A curve leaves no trail: what it was is in the loss."""

    def draw_background_paths(self, renderer: PathRenderer, drawn_steps: dict[Trajectory, int]) -> None:
        """As ``trails``."""

    def draw_paths(self, renderer: PathRenderer, last_step: int) -> None:
        """As ``trails``."""

    def curve_pixels(self, a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Pixels (n, 2) of the model's values for the parameters a and b at x; all of one shape (n,), or a and b single."""
        assert self.scene is not None
        predict = self.scene.race.surface.predict
        assert predict is not None
        with np.errstate(all="ignore"):
            return self.axes.transData.transform(np.column_stack([x, predict(a, b, x)]))

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        return np.column_stack(trajectory.values_at(steps)[:2])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """The middle of each curve: x and y are its parameters."""
        return self.curve_pixels(*points.T, np.full(len(points), sum(self.axes.get_xlim()) / 2)), None

    def nearest_step(self, pixel: tuple[float, float], max_distance: float) -> None:
        """There is no trail."""

    def draw_step_ring(self, renderer: PathRenderer, index: int, step: int) -> None:
        """The curve as it was after that step."""
        assert self.scene is not None
        trajectory, theme = self.scene.race.trajectories[index], self.scene.theme
        if self.scene.race.surface.data is not None:
            a, b, _ = trajectory.values_between(step, step)
            for color, width in ((theme.outline_color, PATH_WIDTH), (theme.text, PATH_WIDTH / 2)):
                renderer.draw_line(self.curve_pixels(a, b, self.curve_x), color, width, self.axes.bbox)

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Each run's curve as it stands, with the run's mark on it."""
        assert self.scene is not None
        if self.scene.race.surface.data is None:
            return
        for trajectory, style in self.scene.visible_runs:
            step = min(self.scene.race.step, trajectory.last_step)
            a, b, _ = trajectory.values_between(step, step)
            renderer.draw_line(
                self.curve_pixels(a, b, self.curve_x), style.color, PATH_WIDTH, self.axes.bbox, dash=style.dash
            )
        super().draw_current_markers(renderer)
