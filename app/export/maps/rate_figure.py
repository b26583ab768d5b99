"""Figure of rate curves: final loss and steps to a minimum against the learning rate, for every run."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from app.analysis.map_theory import rate_limit
from app.engine.nearest_minimum import all_minima
from app.engine.projected_descent import first_point
from app.engine.rest_classification import DIVERGED
from app.engine.settings_map import RateCurve
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import MapLayout
from app.export.options import Options
from app.model.run import Run
from app.plotting.maps.rate_axes import (
    DIVERGED_WIDTH,
    LossScale,
    curve_line,
    draw_curve,
    limit_line,
    set_loss_axis,
    set_rate_axis,
    set_steps_axis,
    step_values,
)
from app.theming.theme import Style
from app.utils.i18n import tr
from surfaces import Surface

MARKER_SIZE = 8.5


def draw_rate_curves(
    curves: list[tuple[Run, RateCurve]],
    surface: Surface,
    start: tuple[float, float],
    heading: Heading,
    options: Options,
) -> Figure:
    """Return the figure of the rate curves of some runs."""
    layout = MapLayout(options, *heading)
    is_problem = surface.projected_problem is not None  # its runs reach no known minimum
    upper = layout.add_axes(0.0, 1.0 if is_problem else 0.53)
    lower = None if is_problem else layout.add_axes(0.56, 1.0)
    theme, key = options.theme, layout.key
    styles = theme.styles([run for run, _ in curves])
    start_loss = first_point(curves[0][0].method, surface, start).loss
    scale = LossScale(surface.minimum_loss, start_loss, is_positive=is_problem)
    minima = np.zeros((0, 2)) if is_problem else all_minima(surface, surface.bounds)
    minimum_point = (float(minima[0][0]), float(minima[0][1])) if len(minima) else None
    key.heading(tr("Run, current learning rate"))
    limits = []
    for lane, ((run, curve), style) in enumerate(zip(curves, styles, strict=True)):
        for axes, column in _columns(upper, lower, curve, scale):
            draw_curve(axes, curve, column, style, lane)
            _mark_current(axes, run, curve.learning_rates, column, style)
        key.mark_row(
            run.method.name,
            f"{run.hyperparameters['lr']:g}",
            **curve_line(style),
            marker=style.marker,
            markersize=MARKER_SIZE,
            markeredgecolor=theme.outline_color,
        )
        limit = None if is_problem else rate_limit(run, surface, minimum_point)
        limits += [] if limit is None else [(style, limit)]
    if any((curve.outcome == DIVERGED).any() for _, curve in curves):
        key.mark_row(tr("run diverges"), color=theme.muted_text, linewidth=DIVERGED_WIDTH)
    _finish_axes(layout, upper, lower, [curve for _, curve in curves], scale)
    if minimum_point is not None and limits:
        key.heading(tr("Stability limit at ({x:.3g}, {y:.3g})", x=minimum_point[0], y=minimum_point[1]))
    for style, (rate, formula) in limits:
        for axes in filter(None, (upper, lower)):
            axes.axvline(rate, zorder=0, **limit_line(style))
        key.mark_row(formula, f"{rate:.3g}", **limit_line(style))
    return layout.figure


def _mark_current(axes: Axes, run: Run, rates: np.ndarray, column: np.ndarray, style: Style) -> None:
    """Draw the marker of a run at the rate of the curve that is nearest to its own, if the curve extends to it."""
    rate = run.hyperparameters["lr"]
    if not rates[0] <= rate <= rates[-1]:
        return
    index = int(np.abs(np.log(rates / rate)).argmin())
    if math.isfinite(column[index]):
        axes.plot(
            rates[index],
            column[index],
            marker=style.marker,
            markersize=MARKER_SIZE,
            color=style.color,
            markeredgecolor=axes.get_facecolor(),
            zorder=5,
        )


def _columns(upper: Axes, lower: Axes | None, curve: RateCurve, scale: LossScale) -> list[tuple[Axes, np.ndarray]]:
    """Return what each of the axes shows of a curve."""
    steps = [] if lower is None else [(lower, step_values(curve))]
    return [(upper, scale.values(curve)), *steps]


def _finish_axes(layout: MapLayout, upper: Axes, lower: Axes | None, curves: list[RateCurve], scale: LossScale) -> None:
    for axes in filter(None, (upper, lower)):
        set_rate_axis(axes, curves[0].learning_rates, layout.theme)
    set_loss_axis(upper, scale, np.concatenate([scale.values(curve) for curve in curves]), layout.theme)
    layout.label_axes(upper, tr("learning rate") if lower is None else "", scale.label)
    if lower is None:
        return
    upper.tick_params(which="both", labelbottom=False)
    set_steps_axis(lower, max(int(curve.steps.max()) for curve in curves), layout.theme)
    layout.label_axes(lower, tr("learning rate"), tr("steps to a minimum"))
