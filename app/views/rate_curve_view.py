"""The rate curve: final loss, or steps to a minimum, of each visible run against its learning rate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.analysis.map_theory import rate_limit
from app.engine.displayed_maps import rate_curves_job, rate_runs
from app.engine.map_jobs import RateCurvesJob
from app.engine.nearest_minimum import all_minima
from app.engine.projected_descent import first_point
from app.engine.rest_classification import DIVERGED
from app.engine.settings_map import RateCurve
from app.model.experiment import Experiment
from app.plotting.maps.outcome_image import NAMES
from app.plotting.maps.rate_axes import (
    LANE_HEIGHT,
    LossScale,
    draw_curve,
    limit_line,
    set_loss_axis,
    set_rate_axis,
    set_steps_axis,
    step_values,
)
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.utils.number_format import format_tick
from app.views.base_view import MARKER_SIZE, RING_SIZE, SELECTED_MARKER_SIZE
from app.views.map_view import MapView, no_run_message
from app.views.scene import Scene

HIT_DISTANCE = 14  # pixels from a curve at a dpi of 100


class RateCurveView(MapView):
    """Curves over the learning rate, with a marker at the displayed rate of each run and its stability limit.

    View coordinates are a learning rate and what is plotted (n, 2).
    """

    id = "rates"
    title = "Rate Curve"
    shows_selected_run = False

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return True: the final losses of a problem with many parameters are those in all its dimensions."""
        return True

    @staticmethod
    def make_job(experiment: Experiment, selected_run: int) -> RateCurvesJob | None:
        """Return the job of the curves of the visible runs; None if none of them has a learning rate."""
        return rate_curves_job(experiment)

    def missing_reason(self, experiment: Experiment, selected_run: int) -> str:
        """Return why there is no curve."""
        if not experiment.runs:
            return no_run_message()
        if not any(run.visible for run in experiment.runs):
            return tr("All runs are hidden. Show one in the side panel.")
        return tr("not available: no run uses a learning rate")

    def draw_map(self, scene: Scene, result: list[RateCurve]) -> tuple[list[str], list[str]]:
        """Draw the curves, the rates at which runs diverge, and the stability limits."""
        axes, theme, surface, job = self.axes, scene.theme, scene.race.surface, scene.maps[self.id].job
        runs = rate_runs(scene.experiment)
        self.indices = [scene.experiment.runs.index(run) for run in runs]
        is_problem = surface.projected_problem is not None  # its runs reach no known minimum
        plots_loss = scene.experiment.map_options.rate_quantity == "loss" or is_problem
        start_loss = first_point(runs[0].method, surface, job.start).loss
        scale = LossScale(surface.minimum_loss, start_loss, is_positive=is_problem)
        self.values = [scale.values(curve) if plots_loss else step_values(curve) for curve in result]
        minima = np.zeros((0, 2)) if is_problem else all_minima(surface, surface.bounds)
        minimum = (float(minima[0][0]), float(minima[0][1])) if len(minima) else None
        formulas: dict[str, None] = {}
        for lane, (k, curve, values) in enumerate(zip(self.indices, result, self.values, strict=True)):
            style = scene.styles[k]
            draw_curve(axes, curve, values, style, lane)
            limit = None if is_problem else rate_limit(job.experiment.runs[lane], surface, minimum)
            if limit is not None:
                axes.axvline(limit[0], zorder=0, **limit_line(style))
                formulas[limit[1]] = None
        set_rate_axis(axes, result[0].learning_rates, theme)
        if plots_loss:
            set_loss_axis(axes, scale, np.concatenate(self.values), theme)
        else:
            set_steps_axis(axes, max(int(curve.steps.max()) for curve in result), theme)
        axes.set(xlabel=tr("learning rate"), ylabel=scale.label if plots_loss else tr("steps to a minimum"))
        key = [f"┈ {formula}" for formula in formulas]
        if any((curve.outcome == DIVERGED).any() for curve in result):
            key.append(tr("━ diverges"))
        return [tr("{steps:,} steps", steps=job.steps)], ["   ".join(key)]

    # Settings under the pointer

    def run_at(self, pixel: tuple[float, float]) -> int | None:
        """Return the index of the run whose curve is at a pixel; elsewhere in the axes, that of the selected run."""
        if self.result is None or not self.is_inside(np.array(pixel)):
            return None
        lane = self._lane_at(pixel)
        if lane is not None:
            return self.indices[lane]
        return self.selected_index if self.selected_index in self.indices else None

    def setting_at(self, pixel: tuple[float, float], index: int) -> Mapping[str, float]:
        """Return the computed learning rate that is nearest to a pixel."""
        if self.result is None:
            return {}
        curve = self.result[self.indices.index(index)]
        return {"lr": float(curve.learning_rates[self._rate_index(pixel)])}

    def _rate_index(self, pixel: tuple[float, float]) -> int:
        """Return the index of the learning rate that is nearest to a pixel."""
        rates = self.result[0].learning_rates
        x = self.axes.transData.transform(np.column_stack([rates, np.ones(rates.size)]))[:, 0]
        return int(np.abs(x - pixel[0]).argmin())

    def _lane_at(self, pixel: tuple[float, float]) -> int | None:
        """Return the position in the result of the curve that is nearest to a pixel; None if none is near.

        Of curves that lie on each other it is that of the selected run.
        """
        distances = [np.hypot(*(self.curve_pixels(lane) - pixel).T) for lane in range(len(self.values))]
        nearest = [float(np.nanmin(each)) if np.isfinite(each).any() else np.inf for each in distances]
        lane = int(np.argmin(nearest))
        if self.selected_index in self.indices:
            selected_lane = self.indices.index(self.selected_index)
            lane = selected_lane if nearest[selected_lane] <= nearest[lane] + 2 else lane
        return lane if nearest[lane] <= HIT_DISTANCE * self.figure.dpi / 100 else None

    def curve_pixels(self, lane: int) -> np.ndarray:
        """Return the pixels (n, 2) of a curve; those of diverged rates lie on its line at the upper edge."""
        rates, values = self.result[lane].learning_rates, self.values[lane]
        with np.errstate(all="ignore"):
            pixels: np.ndarray = self.axes.transData.transform(np.column_stack([rates, values]))
        bbox = self.axes.bbox
        pixels[self.result[lane].outcome == DIVERGED, 1] = bbox.y1 - (lane + 0.5) * LANE_HEIGHT * bbox.height
        return pixels

    def readout(self, pixel: tuple[float, float]) -> list[tuple[str, str]]:
        """Return the run, the learning rate and the outcome of the curve at a pixel."""
        if self.result is None or self.scene is None or not self.is_inside(np.array(pixel)):
            return []
        lane = self._lane_at(pixel)
        if lane is None:
            return []
        curve, k = self.result[lane], self._rate_index(pixel)
        outcome, loss = int(curve.outcome[k]), float(curve.loss[k])
        text = tr(NAMES[outcome]) if outcome < 0 else tr("a minimum in {steps:,} steps", steps=int(curve.steps[k]))
        rows = [
            (tr("run"), self.scene.experiment.runs[self.indices[lane]].method.name),
            (tr("learning rate"), f"{curve.learning_rates[k]:g}"),
            (tr("outcome"), text),
        ]
        return [*rows, (tr("final loss"), format_tick(float(f"{loss:.4g}")))] if np.isfinite(loss) else rows

    # Moving parts

    def marker_positions(self) -> dict[int, np.ndarray]:
        """Return the pixel (1, 2) of the displayed learning rate of each run on its curve, by index of the run."""
        assert self.scene is not None
        positions, runs = {}, self.scene.displayed_experiment.runs
        for lane, index in enumerate(self.indices):
            rate, curve = runs[index].hyperparameters.get("lr", np.nan), self.result[lane]
            if curve.learning_rates[0] <= rate <= curve.learning_rates[-1]:
                pixels = self.curve_pixels(lane)
                x = self.axes.transData.transform((rate, 1.0))[0]
                positions[index] = np.array([[x, np.interp(x, pixels[:, 0], pixels[:, 1])]])
        return positions

    def current_readout(self) -> list[tuple[str, str]]:
        """Return the outcome of the selected run at its displayed learning rate."""
        position = self.marker_positions().get(self.selected_index)
        return [] if position is None else self.readout((float(position[0, 0]), float(position[0, 1])))

    def draw_markers(self, renderer: PathRenderer) -> None:
        """Draw the marker of each run at its displayed learning rate, the selected run last."""
        assert self.scene is not None
        theme, selected = self.scene.theme, self.selected_index
        positions = self.marker_positions()
        for index in sorted(positions, key=lambda index: index == selected):
            position, style = positions[index], self.scene.styles[index]
            if not self.is_inside(position[0]):
                continue
            if index == self.scene.selected_run:
                renderer.draw_markers(position, "o", RING_SIZE, "none", theme.outline_color, 3.4)
                renderer.draw_markers(position, "o", RING_SIZE, "none", theme.accent, 1.8)
            size = SELECTED_MARKER_SIZE if index == selected else MARKER_SIZE
            renderer.draw_markers(position, style.marker, size, style.color, theme.outline_color, 1.4)
