"""Figure of rate curves: final loss and steps to a minimum against the learning rate, for every run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from app.analysis.map_theory import limit_curve
from app.engine.nearest_minimum import all_minima
from app.engine.settings_map import RateCurve
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import MapLayout
from app.export.options import Options
from app.model.run import Run
from app.theming.theme import Style
from app.utils.i18n import tr
from optimizers.descent import initial_point
from surfaces import Surface

MARKER_SIZE = 8.5
LOSS_FLOOR = 1e-16  # of the loss at the start: a smaller difference from the minimum is a rounding error


def draw_rate_curves(
    curves: list[tuple[Run, RateCurve]],
    surface: Surface,
    start: tuple[float, float],
    heading: Heading,
    options: Options,
) -> Figure:
    """Return the figure of the rate curves of some runs."""
    layout = MapLayout(options, *heading)
    upper, lower = layout.add_axes(0.0, 0.53), layout.add_axes(0.56, 1.0)
    theme, key = options.theme, layout.key
    styles = theme.styles([run for run, _ in curves])
    start_loss = initial_point(curves[0][0].method, surface, start).loss  # nan if undefined
    minimum, minima = surface.minimum_loss, all_minima(surface, surface.bounds)
    minimum_point = (float(minima[0][0]), float(minima[0][1])) if len(minima) else None
    key.heading(tr("Run, current learning rate"))
    limits = []
    for (run, curve), style in zip(curves, styles, strict=True):
        values = curve.loss if minimum is None else np.maximum(curve.loss - minimum, LOSS_FLOOR * abs(start_loss))
        steps = np.where(curve.steps >= 0, curve.steps, np.nan).astype(float)
        for axes, column in ((upper, values), (lower, np.maximum(steps, 1))):
            axes.plot(curve.learning_rates, column, color=style.color, linewidth=1.9, dashes=style.dash or (1, 0))
            _mark_current(axes, run, curve.learning_rates, column, style)
        key.mark_row(
            run.method.name,
            f"{run.hyperparameters['lr']:g}",
            color=style.color,
            marker=style.marker,
            markersize=MARKER_SIZE,
            markeredgecolor=theme.outline_color,
            dashes=style.dash or (1, 0),
            linewidth=1.9,
        )
        limits += [(run, style, limit) for limit in [_limit(run, surface, minimum_point)] if limit is not None]
    _finish_axes(layout, upper, lower, curves, minimum is not None, start_loss - (minimum or 0.0))
    if minimum_point is not None and limits:
        key.heading(tr("Stability limit at ({x:.3g}, {y:.3g})", x=minimum_point[0], y=minimum_point[1]))
    for _, style, (rate, formula) in limits:
        line: dict[str, Any] = {"color": style.color, "linewidth": 1.3, "linestyle": (0, (1, 1.5))}
        for axes in (upper, lower):
            axes.axvline(rate, zorder=0, **line)
        key.mark_row(formula, f"{rate:.3g}", **line)
    return layout.figure


def _limit(run: Run, surface: Surface, minimum: tuple[float, float] | None) -> tuple[float, str] | None:
    curve = None if minimum is None else limit_curve(run, surface, minimum)
    return None if curve is None else (float(curve.learning_rates[0]), curve.formula)


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


def _finish_axes(
    layout: MapLayout,
    upper: Axes,
    lower: Axes,
    curves: list[tuple[Run, RateCurve]],
    above_minimum: bool,
    start_value: float,
) -> None:
    theme = layout.theme
    rates = curves[0][1].learning_rates
    for axes in (upper, lower):
        axes.set(xscale="log", xlim=(rates[0], rates[-1]))
        axes.grid(color=theme.grid_color, linewidth=0.7)
        axes.set_axisbelow(True)
    upper.tick_params(which="both", labelbottom=False)
    if above_minimum and start_value > 0:
        plotted = np.concatenate([np.asarray(line.get_ydata(), float) for line in upper.lines])
        lowest = float(plotted[np.isfinite(plotted)].min(initial=start_value))
        upper.set(yscale="log", ylim=(max(lowest / 3, 1e-18 * start_value), 30 * start_value))
        upper.axhline(start_value, color=theme.muted_text, linewidth=0.8, linestyle=(0, (5, 3)), zorder=0)
        upper.annotate(
            tr("loss at the start"),
            (0.005, start_value),
            xycoords=("axes fraction", "data"),
            xytext=(2, 3),
            textcoords="offset points",
            fontsize=8,
            color=theme.muted_text,
        )
    most_steps = max(int(curve.steps.max()) for _, curve in curves)
    if most_steps < 0:
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": theme.muted_text, "fontsize": 9}
        lower.text(0.5, 0.5, tr("no run reaches a minimum in this number of steps"), transform=lower.transAxes, **style)
    lower.set(yscale="log", ylim=(1, 1.5 * max(most_steps, 10)))
    layout.label_axes(upper, "", tr("final loss − minimum") if above_minimum else tr("final loss"))
    layout.label_axes(lower, tr("learning rate"), tr("steps to a minimum"))
