"""A curve for each run: the loss, or what else is chosen, against the steps, the evaluations or the time they took."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, NullFormatter

from app.analysis.metric_series import metric_series
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import QUANTITIES, X_QUANTITIES
from app.plotting import text_fitting
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import FittingLocator, format_power, format_thousands
from app.theming.theme import Style
from app.utils.i18n import tr
from app.views.base_view import BRANCH_WIDTH, View
from app.views.loss_axis_limits import INITIAL_LENGTHS, LossAxisLimits
from app.views.scene import ReplicaTrajectories, Scene

PIECE_POINTS = 16  # points of a thinned curve, four to a column, before the next run has its turn
BAND_ALPHA, MEDIAN_WIDTH = (
    0.45,
    1.4,
)  # how dense the band of the replicas is, and the width of the line in it, in points
SOLID_THRESHOLD = 0.5  # pixels of an update, below which curves are solid
LOOKUP_THRESHOLD = 600  # steps up to which evaluations are looked up one by one
NOTE_FONT_SIZE = 8.0  # points


class LossView(View):
    id = "loss"
    title = "Loss"
    has_outline = False
    margins = (0.6, 0.46, 0.2, 0.14)
    heading_height = 0.28
    note_text: Text | None = None

    def build_static_artists(self, scene: Scene) -> None:
        axes, loss_plot, theme, minimum_loss = (
            self.axes,
            scene.experiment.loss_plot,
            scene.theme,
            scene.race.surface.minimum_loss,
        )
        self.quantity, self.x_quantity = loss_plot.quantity, loss_plot.x_quantity
        subtracted = loss_plot.quantity == "above" or (loss_plot.quantity == "loss" and loss_plot.y_scale == "log")
        unknown_offset = math.nan if loss_plot.quantity == "above" else 0.0
        self.offset = 0.0 if not subtracted else unknown_offset if minimum_loss is None else minimum_loss
        y_label = tr(QUANTITIES["above" if self.offset else loss_plot.quantity])
        axes.set_xscale(loss_plot.x_scale)
        if loss_plot.x_scale == "linear":
            axes.xaxis.set_major_locator(FittingLocator(integer=loss_plot.x_quantity != "time"))
        axes.xaxis.set_major_formatter(
            FuncFormatter(format_thousands if loss_plot.x_scale == "linear" else format_power)
        )
        axes.xaxis.set_minor_formatter(NullFormatter())
        self.axis_limits = LossAxisLimits(self)
        self.axis_limits.reset_limits(scene.race)
        axes.set(xlabel=tr(X_QUANTITIES[loss_plot.x_quantity]), ylabel=y_label)
        axes.grid(True, color=theme.grid_color, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        self.note_text, self.note_message, self.has_heading = None, "", False
        self.update_note(scene)

    def update_note(self, scene: Scene) -> bool:
        """Write what is missing; whether that is news."""
        message, no_curves = missing_reason(scene)
        if message == self.note_message:
            return False
        if self.note_text is not None:
            self.note_text.remove()
        self.note_message, axes, color = message, self.axes, scene.theme.muted_text
        self.has_heading = bool(message) and not no_curves
        if no_curves:
            self.note_text = axes.text(0.5, 0.5, message, transform=axes.transAxes, ha="center", color=color)
        else:
            self.note_text = text_fitting.annotate_above(axes, message, "right", NOTE_FONT_SIZE, color)
        return True

    def fit_labels(self) -> None:
        super().fit_labels()
        if self.note_text is not None:
            text_fitting.shrink_to_fit(self.note_text, NOTE_FONT_SIZE, self.cell_bbox.x1 - self.axes.bbox.x0)

    def update_scene(self, scene: Scene) -> bool:
        old_scene = self.scene
        unchanged = (
            old_scene is not None
            and old_scene.race is scene.race
            and old_scene.same_background_paths(scene)
            and old_scene.styles == scene.styles
        )
        super().update_scene(scene)
        if unchanged and scene.race.step:
            return False
        note_changed = self.update_note(scene)
        return self.axis_limits.update_race(scene.race) or note_changed

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        return self.axis_limits.expand_limits_if_needed(race, include_background)

    @property
    def y_limits(self) -> tuple[float, float]:
        """The lowest and the highest value that there is room for."""
        return self.axis_limits.y_limits

    # Where things are

    def x_values(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """What the lower axis shows of ``steps`` (n,), rising."""
        if self.x_quantity == "time":
            return steps * self.time_per_update(trajectory)
        if self.x_quantity == "steps" or trajectory.cumulative_evaluations is None:
            return steps
        if len(steps) <= LOOKUP_THRESHOLD:
            return np.array([sum(trajectory.evaluation_counts(step)) for step in steps.tolist()])
        return sum(trajectory.evaluation_arrays(int(steps[-1])))[steps]

    def time_per_update(self, trajectory: Trajectory) -> float:
        """Milliseconds of arithmetic in an update."""
        from app.engine.update_timing import measure_update_time

        return measure_update_time(trajectory) / 1000

    def max_x(self, curves: list[tuple[Trajectory, int]]) -> float:
        """How far to the right the curves go."""
        return max(
            (float(self.x_values(trajectory, np.array([last_step]))[0]) for trajectory, last_step in curves),
            default=0.0,
        )

    @property
    def log_x_start(self) -> float:
        """Where a logarithmic lower axis begins: after the first update."""
        assert self.scene is not None
        first_values = [
            float(self.x_values(trajectory, np.array([1]))[0])
            for trajectory, _ in self.scene.visible_runs
            if trajectory.last_step
        ]
        return min(first_values, default=0.0) or INITIAL_LENGTHS[self.x_quantity] / 100

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        values = metric_series(trajectory, self.quantity).values_up_to(int(steps[-1]) if len(steps) else 0)[steps]
        return np.column_stack([self.x_values(trajectory, steps), values - self.offset])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        with np.errstate(all="ignore"):
            pixels = self.axes.transData.transform(points)
        pixels[~np.isfinite(points[:, 1])] = np.nan
        return pixels, None

    def column_steps(self, trajectory: Trajectory, last_step: int) -> np.ndarray:
        """The first step in each column of pixels, up to ``last``; all steps where they are few."""
        bbox = self.axes.bbox
        column_count = int(bbox.width * self.detail_scale) // (3 if self.low_quality else 1)
        if last_step <= 4 * column_count:
            return np.arange(last_step + 1)
        pixels = np.linspace(bbox.x0, bbox.x1, column_count + 2)
        x = self.axes.transData.inverted().transform(np.column_stack([pixels, np.full(len(pixels), bbox.y0)]))[:, 0]
        if self.x_quantity == "evaluations" and trajectory.cumulative_evaluations is not None:
            steps = np.searchsorted(sum(trajectory.evaluation_arrays(last_step)), x)
        else:
            steps = np.ceil(x / (self.time_per_update(trajectory) if self.x_quantity == "time" else 1.0)).astype(
                np.int64
            )
        return np.unique(np.append(0, steps.clip(0, last_step)))

    def decimated_path(
        self, trajectory: Trajectory, last_step: int, low_quality: bool = False
    ) -> tuple[np.ndarray, np.ndarray, None]:
        """Of the many steps that share a column of pixels: the first, the lowest, the highest and the last."""
        last_step = min(last_step, trajectory.last_step)
        steps = self.column_steps(trajectory, last_step)
        if len(steps) <= last_step:
            steps = metric_series(trajectory, self.quantity).column_extrema(steps, last_step)
        return steps, self.pixel_positions(trajectory, steps)[0], None

    def dash_pattern(self, style: Style) -> tuple[float, ...]:
        """Solid where several updates share a column of pixels: of what goes up and down there, dashes would leave dust."""
        assert self.scene is not None
        x_per_step = self.time_per_update(self.scene.visible_runs[0][0]) if self.x_quantity == "time" else 1.0
        return style.dash if x_per_step * self.axes.bbox.width > SOLID_THRESHOLD * self.axis_limits.x_length else ()

    def split_into_pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """Thinned curves lie over each other in turns of a few columns, as they came to in time."""
        if len(steps) and steps[-1] + 1 == len(steps):
            return super().split_into_pieces(steps)
        piece_points = 16 * PIECE_POINTS if self.low_quality else PIECE_POINTS
        return [
            (start_index, start_index, min(start_index + piece_points, len(steps) - 1) + 1)
            for start_index in range(0, len(steps) - 1, piece_points)
        ]

    # Replicas

    def draw_background_paths(self, renderer: PathRenderer, drawn_steps: dict[Trajectory, int]) -> None:
        """The band and the middle of each run's replicas, and the curves of branches. A band cannot be added to."""
        assert self.scene is not None
        for replicas in self.scene.replica_trajectories:
            self.draw_replica_band(renderer, replicas)
        for trajectory, last_step, color in self.scene.branch_trajectories:
            _, points, _ = self.decimated_path(trajectory, last_step)
            renderer.draw_line(points, color, BRANCH_WIDTH, self.axes.bbox)

    def draw_replica_band(self, renderer: PathRenderer, replicas: ReplicaTrajectories) -> None:
        """Where eight in ten of the replicas are, filled, and their median, as far as all of them have come."""
        assert self.scene is not None
        trajectories, color = replicas
        last_step = min(trajectory.last_step for trajectory in trajectories)
        steps = self.column_steps(trajectories[0], last_step)
        values = (
            np.array([metric_series(track, self.quantity).values_up_to(last_step)[steps] for track in trajectories])
            - self.offset
        )
        if self.axes.get_yscale() == "log":
            values = np.maximum(
                values, self.y_limits[0] * 1e-3
            )  # so that a band that reaches 0 is filled down to the axis
        x = self.x_values(trajectories[0], steps)
        low, median, high = (
            self.to_screen(np.column_stack([x, quantile]))[0]
            for quantile in np.quantile(values, (0.1, 0.5, 0.9), axis=0)
        )
        renderer.fill_polygon(np.concatenate([low, high[::-1]]), color, BAND_ALPHA, self.axes.bbox)
        theme = self.scene.theme
        renderer.draw_line(
            median, theme.blend(color, 0.4, theme.text), MEDIAN_WIDTH, self.axes.bbox, capstyle="butt", dash=(4.0, 2.0)
        )


def missing_reason(scene: Scene) -> tuple[str, bool]:
    """Why there is no curve at all, or not of every run; nothing where there is."""
    quantity = scene.experiment.loss_plot.quantity
    if quantity in ("above", "distance") and not scene.race.surface.minima:
        return tr("this surface has no minimum"), True
    names_without = [
        trajectory.method.name for trajectory, _ in scene.visible_runs if not trajectory.method.has_learning_rate
    ]
    if quantity != "rate" or not names_without:
        return "", False
    if len(names_without) == len(scene.visible_runs):
        return tr("no run here has a learning rate"), True
    if len(set(names_without)) == 1:
        return tr("{name} has no learning rate", name=names_without[0]), False
    return tr("{n} runs have no learning rate", n=len(names_without)), False
