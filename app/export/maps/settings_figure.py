"""Figure of a settings map: both axes on the scales of the sliders, the current setting, and theory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from app.analysis.map_theory import limit_curve, polyak_optimum
from app.engine.settings_map import SettingsMap
from app.export.maps.basin_figure import explain_minima
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import MapLayout
from app.export.maps.outcome_image import OutcomeImage
from app.export.options import Options
from app.model.run import Run
from app.utils.i18n import tr
from optimizers import Hyperparameter
from surfaces import Surface

MAX_TICKS = 9
THEORY_POINTS = 400
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def draw_settings_map(result: SettingsMap, run: Run, surface: Surface, heading: Heading, options: Options) -> Figure:
    """Return the figure of a settings map of a run."""
    layout = MapLayout(options, *heading)
    axes, image = layout.add_axes(), OutcomeImage(result.outcome, result.steps, len(result.minima))
    first, second = result.specs
    image.draw(
        axes,
        (
            first.to_slider(result.first[0]),
            first.to_slider(result.first[-1]),
            second.to_slider(result.second[0]),
            second.to_slider(result.second[-1]),
        ),
        options.theme,
    )
    for axis, spec in ((axes.xaxis, first), (axes.yaxis, second)):
        set_slider_ticks(axis, spec)
    layout.label_axes(axes, *(tr(spec.text_label(name)) for spec, name in zip(result.specs, result.names, strict=True)))
    explain_minima(layout.key, image, result.minima)
    image.explain_others(layout.key)
    image.explain_steps(layout.key)
    layout.key.heading(tr("Marks"))
    _draw_theory(layout, axes, result, run, surface)
    values = [run.hyperparameters[name] for name in result.names]
    cross: dict[str, Any] = {
        "marker": "P",
        "markersize": 9,
        "linestyle": "none",
        "color": "#ffffff",
        "markeredgecolor": "#000000",
    }
    setting_text = tr("current setting ({x:g}, {y:g})", x=values[0], y=values[1])
    if _is_inside(result, *values):
        axes.plot(first.to_slider(values[0]), second.to_slider(values[1]), zorder=6, **cross)
        layout.key.mark_row(setting_text, **cross)
    else:
        layout.key.note(setting_text)
        layout.key.note(tr("(outside the map)"))
    return layout.figure


def _is_inside(result: SettingsMap, x: float, y: float) -> bool:
    return bool(result.first[0] <= x <= result.first[-1] and result.second[0] <= y <= result.second[-1])


def set_slider_ticks(axis: Axis, spec: Hyperparameter) -> None:
    """Label round values of a hyperparameter at their positions on its slider."""
    values = slider_ticks(spec)
    axis.set_ticks([spec.to_slider(value) for value in values], [tick_label(value) for value in values])


def tick_label(value: float) -> str:
    """Return a value as text, a small or large power of ten with its exponent raised."""
    text = f"{value:g}"
    return f"10{int(text[2:])}".translate(SUPERSCRIPTS).replace("¹⁰", "10", 1) if text.startswith("1e") else text


def slider_ticks(spec: Hyperparameter) -> list[float]:
    """Return round values over a slider, at most ``MAX_TICKS``."""
    low, high = spec.slider_min, spec.slider_max
    if spec.scale == "log":
        exponents = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        every = math.ceil(len(exponents) / MAX_TICKS)
        return [float(f"1e{exponent}") for exponent in exponents if exponent % every == 0]
    if spec.scale == "decay":
        values = [0.0, 0.5, *(round(1 - float(f"1e{exponent}"), 12) for exponent in range(-1, -9, -1))]
        return [value for value in values if low <= value <= high]
    stride: float = next(
        s for e in range(-9, 9) for s in (10.0**e, 2 * 10.0**e, 5 * 10.0**e) if (high - low) / s <= MAX_TICKS
    )
    stride = max(stride, 1.0) if spec.scalar_only else stride
    return [float(f"{k * stride:.12g}") for k in range(math.ceil(low / stride), math.floor(high / stride + 1e-9) + 1)]


def _draw_theory(layout: MapLayout, axes: Axes, result: SettingsMap, run: Run, surface: Surface) -> None:
    """Draw the stability limit and Polyak's optimum where they are known, and name them."""
    if result.names[0] != "lr" or not len(result.minima):
        return
    first, second = result.specs
    minimum = float(result.minima[0][0]), float(result.minima[0][1])
    halo = [patheffects.withStroke(linewidth=3.6, foreground=layout.theme.figure_background)]
    line: dict[str, Any] = {
        "color": layout.theme.text,
        "linewidth": 1.6,
        "linestyle": (0, (4, 2)),
        "path_effects": halo,
    }
    positions = np.linspace(0, 1, THEORY_POINTS)
    values = tuple(second.from_slider(position) for position in positions.tolist())
    curve = limit_curve(run, surface, minimum, result.names[1], values)
    if curve is not None:
        inside = (first.slider_min < curve.learning_rates) & (curve.learning_rates < first.slider_max)
        x = [first.to_slider(rate) if ok else math.nan for rate, ok in zip(curve.learning_rates, inside, strict=True)]
        axes.plot(x, [second.to_slider(value) for value in values], zorder=4, **line)
        layout.key.mark_row(tr("stability limit at ({x:.3g}, {y:.3g})", x=minimum[0], y=minimum[1]), **line)
        layout.key.note(curve.formula)
    optimum = polyak_optimum(run, surface, minimum) if result.names[1] == "momentum" else None
    if optimum is not None and _is_inside(result, *optimum):
        star: dict[str, Any] = {
            "marker": "*",
            "markersize": 13,
            "linestyle": "none",
            "color": "#ffffff",
            "markeredgecolor": "#000000",
        }
        axes.plot(first.to_slider(optimum[0]), second.to_slider(optimum[1]), zorder=5, **star)
        layout.key.mark_row(tr("Polyak’s optimum ({x:.3g}, {y:.3g})", x=optimum[0], y=optimum[1]), **star)
