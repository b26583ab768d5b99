"""Axes of a settings map: both on the scales of the sliders, with theory where it is known."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from app.analysis.map_theory import SettingsTheory
from app.engine.settings_map import SettingsMap
from app.plotting.maps.map_marks import OPTIMUM, damping_line, limit_line
from app.plotting.maps.outcome_image import Extent
from app.theming.theme import Theme
from app.utils.number_format import SUPERSCRIPTS
from optimizers import Hyperparameter

MAX_TICKS = 9


def slider_extent(result: SettingsMap) -> Extent:
    """Return the slider positions of the outer values (left, right, bottom, top)."""
    (first, second), xs, ys = result.specs, result.first, result.second
    return first.to_slider(xs[0]), first.to_slider(xs[-1]), second.to_slider(ys[0]), second.to_slider(ys[-1])


def set_slider_ticks(axis: Axis, spec: Hyperparameter, max_ticks: int = MAX_TICKS, min_gap: float = 0.0) -> None:
    """Label round values of a hyperparameter at their positions on its slider, at least ``min_gap`` apart there."""
    ticks: list[tuple[float, str]] = []
    for value in reversed(slider_ticks(spec, max_ticks)):
        position = spec.to_slider(value)
        if not ticks or ticks[-1][0] - position >= min_gap:
            ticks.append((position, tick_label(value)))
    axis.set_ticks([position for position, _ in ticks], [label for _, label in ticks])


def tick_label(value: float) -> str:
    """Return a value as text, a small or large power of ten with its exponent raised."""
    text = f"{value:g}"
    return f"10{str(int(text[2:])).translate(SUPERSCRIPTS)}" if text.startswith("1e") else text


def slider_ticks(spec: Hyperparameter, max_ticks: int = MAX_TICKS) -> list[float]:
    """Return round values over a slider, at most ``max_ticks`` where they are evenly spaced."""
    low, high = spec.slider_min, spec.slider_max
    if spec.scale == "log":
        exponents = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        every = math.ceil(len(exponents) / max_ticks)
        return [float(f"1e{exponent}") for exponent in exponents if exponent % every == 0]
    if spec.scale == "decay":
        values = [0.0, 0.5, *(round(1 - float(f"1e{exponent}"), 12) for exponent in range(-1, -9, -1))]
        return [value for value in values if low <= value <= high]
    stride: float = next(
        s for e in range(-9, 9) for s in (10.0**e, 2 * 10.0**e, 5 * 10.0**e) if (high - low) / s <= max_ticks
    )
    stride = max(stride, 1.0) if spec.scalar_only else stride
    return [float(f"{k * stride:.12g}") for k in range(math.ceil(low / stride), math.floor(high / stride + 1e-9) + 1)]


def draw_theory(axes: Axes, result: SettingsMap, theory: SettingsTheory, theme: Theme) -> None:
    """Draw the stability limit, critical damping and Polyak's optimum where they are known."""
    first, second = result.specs
    limits = [] if theory.limit is None else [theory.limit.learning_rates]
    lines = [(rates, limit_line(theme)) for rates in limits] + [
        (rates, damping_line(theme)) for rates in theory.damping
    ]
    for rates, style in lines:
        inside = (first.slider_min < rates) & (rates < first.slider_max)
        x = [first.to_slider(rate) if ok else math.nan for rate, ok in zip(rates, inside, strict=True)]
        axes.plot(x, np.linspace(0, 1, rates.size), zorder=4, **style)
    if theory.optimum is not None:
        axes.plot(first.to_slider(theory.optimum[0]), second.to_slider(theory.optimum[1]), zorder=5, **OPTIMUM)
