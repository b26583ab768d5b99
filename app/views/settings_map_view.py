"""The settings map: what becomes of the selected run for all pairs of values of two hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.analysis.map_theory import SettingsTheory, settings_theory
from app.engine.displayed_maps import settings_map_job
from app.engine.map_jobs import SettingsMapJob
from app.engine.projected_descent import first_point
from app.engine.rest_classification import DIVERGED, ON_ITS_WAY
from app.engine.settings_map import SettingsMap
from app.model.experiment import Experiment
from app.model.map_options import SETTINGS_QUANTITIES
from app.model.run import Run
from app.plotting.colormap import surface_colormap
from app.plotting.maps.outcome_image import OutcomeImage, outcome_text
from app.plotting.maps.settings_axes import MAX_TICKS, draw_theory, set_slider_ticks, slider_extent
from app.plotting.maps.value_image import ValueScale, draw_values
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.utils.number_format import format_tick
from app.views.color_bar import ColorBar
from app.views.map_view import MapView, no_run_message
from app.views.scene import Scene

MINIMUM_QUANTITIES = "minimum", "steps"
CROSS_SIZE = 10.0  # points
TICK_WIDTH, TICK_HEIGHT = 0.55, 0.19  # inches per tick label


def shown_quantity(experiment: Experiment) -> str:
    """Return what the colors show; the loss instead of what depends on minima, of which a network has no known ones."""
    quantity = experiment.map_options.settings_quantity
    return "loss" if experiment.problem is not None and quantity in MINIMUM_QUANTITIES else quantity


class SettingsMapView(MapView):
    """Outcomes over two hyperparameters, on the scales of their sliders, with a cross at the displayed setting.

    View coordinates are the positions of the two sliders (n, 2), from 0 to 1.
    """

    id = "settings"
    title = "Settings Map"
    theory: SettingsTheory = SettingsTheory()

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return True: the losses of a problem with many parameters are those in all its dimensions."""
        return True

    @staticmethod
    def make_job(experiment: Experiment, selected_run: int) -> SettingsMapJob | None:
        """Return the job of the map of the selected run; None if it does not have two hyperparameters."""
        return settings_map_job(experiment, experiment.runs[selected_run]) if experiment.runs else None

    def missing_reason(self, experiment: Experiment, selected_run: int) -> str:
        """Return why there is no map: no run, or a run without a pair of hyperparameters."""
        if not experiment.runs:
            return no_run_message()
        return tr("{name} has no two hyperparameters for a map", name=experiment.runs[selected_run].method.name)

    def draw_map(self, scene: Scene, result: SettingsMap) -> tuple[list[str], list[str]]:
        """Draw cells and theory; return what the colors show, and the names of the theory."""
        run, surface = self._job_run, scene.race.surface
        self._draw_cells(scene, result)
        labels = [tr(spec.text_label(name)) for spec, name in zip(result.specs, result.names, strict=True)]
        self.axes.set(xlabel=labels[0], ylabel=labels[1])
        self.theory = settings_theory(run, surface, result)
        draw_theory(self.axes, result, self.theory, scene.theme)
        quantity = shown_quantity(scene.experiment)
        names = {"name": run.method.name, "steps": scene.maps[self.id].job.steps}
        titles = [tr("{name}, {steps:,} steps", **names), tr("{steps:,} steps", steps=names["steps"])]
        if quantity == "minimum" and (result.outcome >= 0).any():
            titles.insert(0, tr("{name}, {steps:,} steps; lighter: fewer steps", **names))
        elif quantity != "minimum":
            titles.insert(
                0, tr("{name}, {steps:,} steps: {quantity}", quantity=tr(SETTINGS_QUANTITIES[quantity]), **names)
            )
        return titles, self._theory_texts()

    def fit_labels(self) -> None:
        """Label as many values of both hyperparameters as fit, and fit the other texts."""
        if self.result is not None:
            width, height = (length / self.figure.dpi for length in self.axes.bbox.size)
            for axis, spec, min_gap in (
                (self.axes.xaxis, self.result.specs[0], TICK_WIDTH / width),
                (self.axes.yaxis, self.result.specs[1], TICK_HEIGHT / height),
            ):
                set_slider_ticks(axis, spec, int(np.clip(1 / min_gap, 2, MAX_TICKS)), min_gap)
        super().fit_labels()

    @property
    def _job_run(self) -> Run:
        """The run of the map, whose hyperparameters on the axes have default values."""
        assert self.state is not None
        return self.state.job.experiment.runs[0]

    def _theory_texts(self) -> list[str]:
        """Return the names of all lines and marks, and shorter texts without the last ones."""
        texts = []
        if self.theory.limit is not None:
            texts.append(f"╌ {self.theory.limit.formula}")
        if self.theory.optimum is not None:
            texts.append(tr("☆ Polyak’s optimum"))
        if self.theory.damping:
            texts.append(tr("··· critical damping"))
        return ["   ".join(texts[:count]) for count in range(len(texts), 0, -1)] or [""]

    def _draw_cells(self, scene: Scene, result: SettingsMap) -> None:
        quantity, extent, theme = shown_quantity(scene.experiment), slider_extent(result), scene.theme
        if quantity == "minimum":
            OutcomeImage(result.outcome, result.steps, len(result.minima)).draw(self.axes, extent, theme)
            return
        if quantity == "divergence":
            diverged = np.where(result.outcome == DIVERGED, DIVERGED, ON_ITS_WAY)
            OutcomeImage(diverged, result.steps, 0).draw(self.axes, extent, theme)
            return
        if quantity == "steps":
            values = np.where(result.outcome >= 0, np.maximum(result.steps, 1), np.nan).astype(float)
            scale = ValueScale.fitting(values, np.inf, is_log=True)
        else:
            start = first_point(self._job_run.method, scene.race.surface, self._start).loss
            is_positive = scene.experiment.problem is not None  # as the losses of networks are
            minimum = scene.race.surface.minimum_loss
            values = np.where(
                result.outcome == DIVERGED, np.nan, result.lowest_loss if quantity == "lowest" else result.loss
            )
            values = values if minimum is None else np.maximum(values - minimum, 1e-16 * abs(start))
            scale = ValueScale.fitting(values, start - (minimum or 0.0), is_log=minimum is not None or is_positive)
        colormap = surface_colormap(theme, scene.experiment.plot_options.colormap)
        draw_values(self.axes, extent, values, result.outcome, scale, colormap, theme)
        self.color_bar = ColorBar(self.axes, scale.ticks(), theme, colormap)

    @property
    def _start(self) -> tuple[float, float]:
        assert self.state is not None
        return self.state.job.start

    # Settings under the pointer

    def run_at(self, pixel: tuple[float, float]) -> int | None:
        """Return the index of the selected run inside a valid map."""
        return self.selected_index if self.result is not None and self.is_inside(np.array(pixel)) else None

    def setting_at(self, pixel: tuple[float, float], index: int) -> Mapping[str, float]:
        """Return the two hyperparameters of the cell at a pixel, or of the nearest one."""
        if self.result is None:
            return {}
        row, column = self._cell_at(pixel)
        values = float(self.result.first[column]), float(self.result.second[row])
        return dict(zip(self.result.names, values, strict=True))

    def _cell_at(self, pixel: tuple[float, float]) -> tuple[int, int]:
        result = self.result
        x, y = self.axes.transData.inverted().transform(pixel)
        columns = np.array([result.specs[0].to_slider(value) for value in result.first])
        rows = np.array([result.specs[1].to_slider(value) for value in result.second])
        return int(np.abs(rows - y).argmin()), int(np.abs(columns - x).argmin())

    def readout(self, pixel: tuple[float, float]) -> list[tuple[str, str]]:
        """Return both values of the cell at a pixel, its outcome in words, and its loss."""
        if self.run_at(pixel) is None:
            return []
        result, (row, column) = self.result, self._cell_at(pixel)
        values = float(result.first[column]), float(result.second[row])
        outcome, loss = int(result.outcome[row, column]), float(result.loss[row, column])
        rows = [
            (tr(spec.text_label(name)), f"{value:.10g}")
            for spec, name, value in zip(result.specs, result.names, values, strict=True)
        ]
        rows.append((tr("outcome"), outcome_text(outcome, int(result.steps[row, column]), result.minima)))
        losses = (tr("loss"), loss), (tr("lowest loss"), float(result.lowest_loss[row, column]))
        return [*rows, *((name, format_tick(float(f"{value:.4g}"))) for name, value in losses if np.isfinite(value))]

    # Moving parts

    def cross_position(self) -> np.ndarray | None:
        """Return the pixel (1, 2) of the displayed setting of the selected run; None if it is not on the map."""
        assert self.scene is not None
        runs, result = self.scene.displayed_experiment.runs, self.result
        if result is None or not runs:
            return None
        values = [runs[self.selected_index].hyperparameters.get(name, np.nan) for name in result.names]
        if not result.includes(*values):
            return None
        position = [spec.to_slider(value) for spec, value in zip(result.specs, values, strict=True)]
        pixels: np.ndarray = self.axes.transData.transform([position])
        return pixels

    def current_readout(self) -> list[tuple[str, str]]:
        """Return both values, the outcome and the loss of the cell of the displayed setting."""
        position = self.cross_position()
        return [] if position is None else self.readout((float(position[0, 0]), float(position[0, 1])))

    def draw_markers(self, renderer: PathRenderer) -> None:
        """Draw a cross at the displayed setting."""
        position = self.cross_position()
        if position is not None:
            renderer.draw_markers(position, "P", CROSS_SIZE, "#ffffff", "#000000", 1.2)

    def message(self) -> str:
        """Return what is being computed, or that the displayed setting is not on the map."""
        message = super().message()
        is_outside = self.result is not None and self.cross_position() is None
        return message or (tr("the current setting is outside the map") if is_outside else "")
