"""Axes of rate curves: final loss, or steps to a minimum, against the learning rate."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from app.engine.rest_classification import DIVERGED
from app.engine.settings_map import RateCurve
from app.theming.theme import Style, Theme
from app.utils.i18n import tr

LOSS_FLOOR = 1e-16  # of the loss at the start: a smaller difference from the minimum is a rounding error
CURVE_WIDTH, DIVERGED_WIDTH = 1.9, 3.0  # points
MIN_HEIGHT_WITH_LABEL = 1.5  # inches
LANE_HEIGHT = 0.028  # of the axes, between the lines of two runs that show where they diverge


class LossScale(NamedTuple):
    """How losses are plotted: minus the ``minimum`` if it is known; ``start`` is the loss at the start.

    ``is_positive`` is whether all losses are positive though the minimum is unknown, as those of a network.
    """

    minimum: float | None
    start: float
    is_positive: bool = False

    def values(self, curve: RateCurve) -> np.ndarray:
        """Return the plotted losses of a curve (n,), nan where the run has diverged."""
        if self.minimum is None:
            return curve.loss
        return np.maximum(curve.loss - self.minimum, LOSS_FLOOR * abs(self.start))

    @property
    def start_value(self) -> float:
        """The plotted loss at the start."""
        return self.start - (self.minimum or 0.0)

    @property
    def is_log(self) -> bool:
        """Whether the axis is logarithmic."""
        return (self.minimum is not None or self.is_positive) and self.start_value > 0

    @property
    def label(self) -> str:
        """The label of the axis, translated."""
        return tr("final loss") if self.minimum is None else tr("final loss − minimum")


def step_values(curve: RateCurve) -> np.ndarray:
    """Return the steps to a minimum (n,), at least 1, nan where the run does not arrive."""
    return np.maximum(np.where(curve.steps >= 0, curve.steps, np.nan).astype(float), 1)


def curve_line(style: Style) -> dict[str, Any]:
    """Return the style of the curve of a run."""
    return {"color": style.color, "linewidth": CURVE_WIDTH, "dashes": style.dash or (1, 0)}


def limit_line(style: Style) -> dict[str, Any]:
    """Return the style of the stability limit of a run."""
    return {"color": style.color, "linewidth": 1.3, "linestyle": (0, (1, 1.5))}


def draw_curve(axes: Axes, curve: RateCurve, values: np.ndarray, style: Style, lane: int) -> None:
    """Draw a curve, and in its lane at the upper edge of the axes a line over the rates at which the run diverges."""
    axes.plot(curve.learning_rates, values, **curve_line(style))
    diverged = np.where(curve.outcome == DIVERGED, 1 - (lane + 0.5) * LANE_HEIGHT, np.nan)
    if np.isfinite(diverged).any():
        transform = axes.get_xaxis_transform()
        axes.plot(
            curve.learning_rates,
            diverged,
            transform=transform,
            color=style.color,
            linewidth=DIVERGED_WIDTH,
            marker="|",
            markersize=DIVERGED_WIDTH,  # a single rate has no line
            scalex=False,
            scaley=False,
            gid="diverged",
        )


def set_rate_axis(axes: Axes, rates: np.ndarray, theme: Theme) -> None:
    """Set the axis of the learning rates, and a grid."""
    axes.set(xscale="log", xlim=(rates[0], rates[-1]))
    axes.grid(color=theme.grid_color, linewidth=0.7)
    axes.set_axisbelow(True)


def set_loss_axis(axes: Axes, scale: LossScale, plotted: np.ndarray, theme: Theme) -> None:
    """Set the axis of the losses for the plotted ones, and mark the loss at the start."""
    if not scale.is_log:
        return
    start_value = scale.start_value
    lowest = float(plotted[np.isfinite(plotted)].min(initial=start_value))
    axes.set(yscale="log", ylim=(max(lowest / 3, 1e-18 * start_value), 30 * start_value))
    axes.axhline(start_value, color=theme.muted_text, linewidth=0.8, linestyle=(0, (5, 3)), zorder=0)
    if axes.bbox.height < MIN_HEIGHT_WITH_LABEL * axes.figure.dpi:
        return
    axes.annotate(
        tr("loss at the start"),
        (0.005, start_value),
        xycoords=("axes fraction", "data"),
        xytext=(2, 3),
        textcoords="offset points",
        fontsize=8,
        color=theme.muted_text,
    )


def set_steps_axis(axes: Axes, most_steps: int, theme: Theme) -> None:
    """Set the axis of the steps; ``most_steps`` is negative if no run reaches a minimum."""
    if most_steps < 0:
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": theme.muted_text, "fontsize": 9}
        axes.text(0.5, 0.5, tr("no run reaches a minimum in this number of steps"), transform=axes.transAxes, **style)
    axes.set(yscale="log", ylim=(1, 1.5 * max(most_steps, 10)))
