"""The loss view: a curve per run of the loss, or another quantity, against steps, evaluations or compute time."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, NullFormatter

from app.analysis.metric_series import metric_series
from app.analysis.problem_metrics import EVALUATION_INTERVAL, EXACT_STEPS, metric_names
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import PROBLEM_QUANTITIES, QUANTITIES, X_QUANTITIES
from app.plotting import text_fitting
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import FittingLocator, format_power, format_thousands
from app.theming.theme import Style
from app.utils.i18n import gettext_noop, tr
from app.views import recorded_path
from app.views.loss_axis_limits import LossAxisLimits
from app.views.loss_coordinates import LossCoordinates
from app.views.path_view import BRANCH_WIDTH, PathView
from app.views.scene import ReplicaTrajectories, Scene

PIECE_POINTS = 16  # points per piece of a decimated curve, of which a column of pixels has four
BAND_ALPHA, MEDIAN_WIDTH = 0.45, 1.4  # opacity of the band of replicas, and the width in points of the median in it
BAND_QUANTILES = 0.1, 0.5, 0.9
SOLID_THRESHOLD = 0.5  # pixels per step up to which curves are solid
NOTE_FONT_SIZE = 8.0  # points
ESTIMATED_QUANTITIES = {  # instead of those of QUANTITIES, if the minima are the lowest points that a search found
    "above": gettext_noop("loss − lowest found"),
    "distance": gettext_noop("distance to nearest minimum found"),
}


class LossView(PathView):
    """Curves of a quantity. View coordinates are those of :class:`LossCoordinates`, before the scales of the axes."""

    id = "loss"
    title = "Loss"
    has_outline = False
    thins_steps = False
    margins = (0.6, 0.46, 0.2, 0.14)
    heading_height = 0.28
    note_text: Text | None = None

    # Static artists

    def build_static_artists(self, scene: Scene) -> None:
        """Set scales, limits, ticks, labels and the grid of the axes."""
        axes, loss_plot = self.axes, scene.experiment.loss_plot
        self.plot_coordinates = LossCoordinates(loss_plot.quantity, loss_plot.x_quantity)
        axes.set_xscale(loss_plot.x_scale)
        if loss_plot.x_scale == "linear":
            axes.xaxis.set_major_locator(FittingLocator(integer=loss_plot.x_quantity != "time"))
        axes.xaxis.set_major_formatter(
            FuncFormatter(format_thousands if loss_plot.x_scale == "linear" else format_power)
        )
        axes.xaxis.set_minor_formatter(NullFormatter())
        self.axis_limits = LossAxisLimits(axes, self.plot_coordinates, self.tight_limits)
        self.axis_limits.reset(scene, scene.race.step)
        names = QUANTITIES | ESTIMATED_QUANTITIES if scene.surface.minima_estimated else QUANTITIES
        axes.set(xlabel=tr(X_QUANTITIES[loss_plot.x_quantity]), ylabel=tr(names[loss_plot.quantity]))
        axes.grid(True, color=scene.theme.grid_color, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        self.note_text, self.note_message, self.has_heading = None, "", False
        self.update_note(scene)

    def update_note(self, scene: Scene) -> bool:
        """Show which curves are missing and why; return whether the note has changed."""
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
        """Shrink the note so that it fits above the axes."""
        super().fit_labels()
        if self.note_text is not None:
            text_fitting.shrink_to_fit(self.note_text, NOTE_FONT_SIZE, self.cell_bbox.x1 - self.axes.bbox.x0)

    def update_scene(self, scene: Scene) -> bool:
        """Switch to the scene of another race; return whether limits or note have changed."""
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
        return self.axis_limits.update(scene, scene.race.step) or note_changed

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        """Expand the limits if the curves have left them; return whether they have changed."""
        assert self.scene is not None
        return self.axis_limits.expand_if_needed(self.scene, race.step, include_background)

    # Coordinates

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return x and y (n, 2) of a run after each of ``steps`` (n,), which must be ascending."""
        x, y = self.plot_coordinates.x_values(trajectory, steps), self.plot_coordinates.y_values(trajectory, steps)
        return np.column_stack([x, y])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """Return the pixels (n, 2) of x and y (n, 2); nan where y is not finite."""
        with np.errstate(all="ignore"):
            pixels = self.axes.transData.transform(points)
        pixels[~np.isfinite(points[:, 1])] = np.nan
        return pixels, None

    # Curves

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """Draw the losses of recorded runs below the curves."""
        assert self.scene is not None
        recorded_path.draw_losses(renderer, self.scene, lambda points: self.to_screen(points)[0], self.axes.bbox)

    def column_steps(self, trajectory: Trajectory, last_step: int) -> np.ndarray:
        """Return the first step in each column of pixels, up to ``last_step``; all steps if they are few."""
        bbox = self.axes.bbox
        column_count = int(bbox.width * self.detail_scale) // (3 if self.low_quality else 1)
        if last_step <= 4 * column_count:
            return np.arange(last_step + 1)
        pixels = np.linspace(bbox.x0, bbox.x1, column_count + 2)
        x = self.axes.transData.inverted().transform(np.column_stack([pixels, np.full(len(pixels), bbox.y0)]))[:, 0]
        steps = self.plot_coordinates.steps_at(trajectory, x, last_step)
        return np.unique(np.append(0, steps.clip(0, last_step)))

    def decimated_path(
        self, trajectory: Trajectory, last_step: int, low_quality: bool = False
    ) -> tuple[np.ndarray, np.ndarray, None]:
        """Return steps (n,) and pixels (n, 2): of each column of pixels the first, lowest, highest and last step."""
        last_step = min(last_step, trajectory.last_step)
        steps = self.column_steps(trajectory, last_step)
        if len(steps) <= last_step:
            steps = metric_series(trajectory, self.plot_coordinates.quantity).column_extrema(steps, last_step)
        return steps, self.pixel_positions(trajectory, steps)[0], None

    def dash_pattern(self, style: Style) -> tuple[float, ...]:
        """Return the dashes; none if several steps share a column of pixels, where an oscillation would become dots."""
        assert self.scene is not None
        x_per_step = self.plot_coordinates.x_per_step(self.scene.visible_runs[0][0])
        return style.dash if x_per_step * self.axes.bbox.width > SOLID_THRESHOLD * self.axis_limits.x_length else ()

    def split_into_pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """Return the pieces of a curve; decimated curves alternate after a few columns of pixels."""
        if len(steps) and steps[-1] + 1 == len(steps):
            return super().split_into_pieces(steps)
        piece_points = 16 * PIECE_POINTS if self.low_quality else PIECE_POINTS
        return [
            (start, start, min(start + piece_points, len(steps) - 1) + 1)
            for start in range(0, len(steps) - 1, piece_points)
        ]

    # Replicas and branches

    def draw_background_paths(
        self, renderer: PathRenderer, drawn_steps: dict[Trajectory, int], deadline: float = math.inf
    ) -> bool:
        """Draw the band of the replicas of each run, and the curves of branches, all at once.

        ``drawn_steps`` is ignored, since nothing can be added to a band.
        """
        assert self.scene is not None
        for replicas in self.scene.replica_trajectories:
            self.draw_replica_band(renderer, replicas)
        for trajectory, last_step, color in self.scene.branch_trajectories:
            _, points, _ = self.decimated_path(trajectory, last_step)
            renderer.draw_line(points, color, BRANCH_WIDTH, self.axes.bbox)
        return True

    def draw_replica_band(self, renderer: PathRenderer, replicas: ReplicaTrajectories) -> None:
        """Fill the band between the outer quantiles and draw the median, up to the step that all have reached."""
        assert self.scene is not None
        trajectories, color = replicas
        last_step = min(map(self.last_replica_step, trajectories))
        steps = self.column_steps(trajectories[0], last_step)
        values = np.array([self.plot_coordinates.y_values(trajectory, steps) for trajectory in trajectories])
        if self.axes.get_yscale() == "log":  # a band that reaches 0 is filled down to the axis
            values = np.maximum(values, self.axis_limits.y_limits[0] * 1e-3)
        x = self.plot_coordinates.x_values(trajectories[0], steps)
        low, median, high = (
            self.to_screen(np.column_stack([x, quantile]))[0]
            for quantile in np.quantile(values, BAND_QUANTILES, axis=0)
        )
        renderer.fill_polygon(np.concatenate([low, high[::-1]]), color, BAND_ALPHA, self.axes.bbox)
        theme = self.scene.theme
        renderer.draw_line(
            median, theme.blend(color, 0.4, theme.text), MEDIAN_WIDTH, self.axes.bbox, capstyle="butt", dash=(4.0, 2.0)
        )


def missing_reason(scene: Scene) -> tuple[str, bool]:
    """Return why some runs have no curve, empty if all have one, and whether there is no curve at all."""
    quantity = scene.experiment.loss_plot.quantity
    metrics = metric_names(scene.surface)
    if quantity in ("above", "distance") and not scene.surface.minima and quantity not in metrics:
        return tr("not available: this surface has no known minimum"), True
    if quantity in PROBLEM_QUANTITIES and quantity not in metrics:
        return tr("not available: only built-in networks have test data and accuracy"), True
    if quantity in metrics or (quantity in ("gradient", "step") and scene.experiment.problem is not None):
        return tr("after step {exact}: evaluated every {n} steps", exact=EXACT_STEPS, n=EVALUATION_INTERVAL), False
    names_without = [
        trajectory.method.name for trajectory, _ in scene.visible_runs if not trajectory.method.has_learning_rate
    ]
    if quantity != "rate" or not names_without:
        return "", False
    if len(names_without) == len(scene.visible_runs):
        return tr("not available: no run uses a learning rate"), True
    if len(set(names_without)) == 1:
        return tr("{name}: no learning rate", name=names_without[0]), False
    return tr("{n} runs have no learning rate", n=len(names_without)), False
