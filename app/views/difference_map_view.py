"""The difference map: from which starts two runs reach different minima, and which one needs fewer steps elsewhere."""

from __future__ import annotations

import math

import numpy as np

from app.engine.difference_map import (
    NEITHER,
    ONLY_FIRST,
    ONLY_SECOND,
    OTHER_MINIMUM,
    DifferenceMap,
)
from app.engine.displayed_maps import compared_run, difference_map_job
from app.engine.map_jobs import DifferenceMapJob
from app.model.experiment import Experiment
from app.plotting.maps.difference_image import COLORMAP, color_limit, draw_difference
from app.plotting.markers import draw_start_marker
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import gettext_noop, tr
from app.utils.number_format import format_with_resolution
from app.views.color_bar import ColorBar
from app.views.map_view import MapView, no_run_message
from app.views.scene import Scene

KIND_TEXTS = {
    OTHER_MINIMUM: gettext_noop("{first} and {second} reach different minima"),
    ONLY_FIRST: gettext_noop("only {first} arrives"),
    ONLY_SECOND: gettext_noop("only {second} arrives"),
    NEITHER: gettext_noop("neither arrives"),
}


class DifferenceMapView(MapView):
    """The comparison of the selected run with another one, over all starts of the domain.

    View coordinates are x and y of the surface (n, 2).
    """

    id = "difference"
    title = "Difference Map"

    @staticmethod
    def make_job(experiment: Experiment, selected_run: int) -> DifferenceMapJob | None:
        """Return the job for the selected run and the one that it is compared with; None if there is none."""
        if not experiment.runs or experiment.surface.dimension == 1:
            return None
        run = experiment.runs[selected_run]
        other = compared_run(experiment, run)
        return None if other is None else difference_map_job(experiment, run, other)

    def missing_reason(self, experiment: Experiment, selected_run: int) -> str:
        """Return why there is no map: fewer than two runs, or a function of one variable."""
        if experiment.surface.dimension == 1:
            return tr("not available for a function of one variable")
        return tr("Add a second run to compare with.") if experiment.runs else no_run_message()

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two runs."""
        assert self.state is not None
        assert isinstance(self.state.job, DifferenceMapJob)
        return self.state.job.names

    def draw_map(self, scene: Scene, result: DifferenceMap) -> tuple[list[str], list[str]]:
        """Draw the cells, with a color bar of the ratio of steps; return what the colors show."""
        axes, (first, second) = self.axes, self.names
        draw_difference(axes, result, scene.theme)
        limit = color_limit(result.log_ratio)
        ticks = [(0.0, f"1/{2**limit}"), (0.5, "1"), (1.0, f"{2**limit}")]
        self.color_bar = ColorBar(axes, ticks, scene.theme, COLORMAP)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(UniformFormatter())
        x_label, y_label = scene.race.surface.axis_labels
        axes.set(xlabel=tr(x_label), ylabel=tr(y_label))
        titles = [
            tr("{first} (blue) vs. {second} (orange)", first=first, second=second),
            tr("{first} vs. {second}", first=first, second=second),
        ]
        keys = (
            (tr("black: different minima"), (OTHER_MINIMUM,)),
            (tr("hatched: only one arrives"), (ONLY_FIRST, ONLY_SECOND)),
            (tr("blank: neither arrives"), (NEITHER,)),
        )
        return titles, ["   ".join(text for text, kinds in keys if np.isin(result.kind, kinds).any())]

    def readout(self, pixel: tuple[float, float]) -> list[tuple[str, str]]:
        """Return the start at a pixel and what the two runs do from there."""
        result = self.result
        if result is None or not self.is_inside(np.array(pixel)):
            return []
        x, y = self.axes.transData.inverted().transform(pixel)
        row, column = int(np.abs(result.ys - y).argmin()), int(np.abs(result.xs - x).argmin())
        resolution = [float(values[1] - values[0]) for values in (result.xs, result.ys)]
        start = ", ".join(
            format_with_resolution(float(value), cell)
            for value, cell in zip((result.xs[column], result.ys[row]), resolution, strict=True)
        )
        return [(tr("start"), start), (tr("outcome"), self._outcome(result, row, column))]

    def _outcome(self, result: DifferenceMap, row: int, column: int) -> str:
        (first, second), kind = self.names, int(result.kind[row, column])
        if kind in KIND_TEXTS:
            return tr(KIND_TEXTS[kind], first=first, second=second)
        log_ratio = float(result.log_ratio[row, column])
        if log_ratio == 0:
            return tr("same minimum, same number of steps")
        name, ratio = (first if log_ratio > 0 else second), math.pow(2, abs(log_ratio))
        return tr("same minimum; {name} needs 1/{ratio:.3g} of the steps", name=name, ratio=ratio)

    def draw_markers(self, renderer: PathRenderer) -> None:
        """Draw the start point."""
        assert self.scene is not None
        experiment_start = self.scene.experiment.start
        assert experiment_start is not None
        start = self.axes.transData.transform([experiment_start])
        if self.is_inside(start[0]):
            draw_start_marker(renderer, start)
