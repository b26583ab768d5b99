"""The axes of the loss view: their limits, the scale that the values allow, and the ticks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator, SymmetricalLogLocator

from app.analysis.metric_series import metric_series
from app.engine.trajectory import Trajectory
from app.model.experiment import ACCURACIES
from app.plotting.tick_formatters import UniformFormatter, format_power
from app.utils.number_format import format_tick
from app.views.loss_coordinates import INITIAL_LENGTHS, LossCoordinates
from app.views.recorded_path import recorded_losses
from app.views.scene import Scene

# How far above its first value a curve is followed, in units of its initial distance to the minimum.
MAX_RISE = {"linear": 20.0, "log": 1e3, "symlog": 1e3}
MAX_START_VALUE = 1e290  # first values above this would overflow when multiplied by MAX_RISE
POWER_TICK_DECADES = 2  # decades an axis must span to have enough powers of ten as ticks
MIN_DECADES = 0.05  # decades of a logarithmic axis whose values need not approach 0
ROUNDING_FRACTION = 1e-12  # fraction of the range of the losses below which a minimum counts as 0
SCALE_OPTIONS: dict[str, dict[str, Any]] = {"log": {"nonpositive": "mask"}, "symlog": {"linthresh": 1.0}}


class LossAxisLimits:
    """Limits that grow in large steps, so that few full draws are needed.

    Attributes
    ----------
    x_length
        The end of the x axis; doubles when a curve passes it.
    y_limits
        The limits of the y axis.
    """

    def __init__(self, axes: Axes, coordinates: LossCoordinates, tight: bool) -> None:
        self.axes, self.coordinates, self.tight = axes, coordinates, tight
        self.x_length, self.y_limits = 0.0, (0.0, 1.0)
        self._reset_values()

    def _reset_values(self) -> None:
        self.checked_steps: dict[Trajectory, int] = {}  # up to which step each curve is part of the value range
        self.min_value, self.max_value = math.inf, -math.inf

    @property
    def y_scale(self) -> str:
        """The scale of the y axis: "linear", "log", or "symlog" in place of "log" if a value is not positive."""
        return self.axes.get_yscale()

    # Limits

    def reset(self, scene: Scene, step: int) -> None:
        """Set the scale and the limits for a race from its start to ``step``."""
        scale = "linear" if self.coordinates.quantity in ACCURACIES else scene.experiment.loss_plot.y_scale
        self._reset_values()
        if scale == "log" and self._needs_symlog(scene, step, True):
            scale = "symlog"
        if scale != self.y_scale:
            self.axes.set_yscale(scale, **SCALE_OPTIONS.get(scale, {}))
        self._set_limits(scene, step)

    def update(self, scene: Scene, step: int) -> bool:
        """Switch to another race, but keep the limits if they suit it as well; return whether they have changed."""
        x_length, y_limits, y_scale = self.x_length, self.y_limits, self.y_scale
        self.reset(scene, step)
        if x_length != self.x_length or y_scale != self.y_scale or not self._suits(y_limits, scene):
            return True
        self.y_limits = y_limits
        self.axes.set_ylim(*y_limits)
        self._set_y_ticks()
        return False

    def expand_if_needed(self, scene: Scene, step: int, include_background: bool) -> bool:
        """Expand the limits if the curves have left them at ``step``; return whether they have changed."""
        if self.y_scale == "log" and self._needs_symlog(scene, step, include_background):
            self.reset(scene, step)
            return True
        low, high = self._update_value_range(scene, step, include_background)
        inside = low > high or (low >= self.y_limits[0] and high <= self.y_limits[1])
        if inside and self.coordinates.max_x(curves(scene, step, include_background)) <= self.x_length:
            return False
        self._set_limits(scene, step)
        return True

    def _set_limits(self, scene: Scene, step: int) -> None:
        self._set_x_limits(scene, step)
        low, high = self._update_value_range(scene, step, True)
        for points, _ in recorded_losses(scene):  # which is a part of what is drawn, and does not change
            values = points[points[:, 0] <= self.x_length, 1]
            values = values[np.isfinite(values) & (values > (0.0 if self.y_scale == "log" else -math.inf))]
            low, high = min(low, values.min(initial=math.inf)), max(high, values.max(initial=-math.inf))
        self._set_y_limits(low, high, self._lowest_loss(scene))
        self._set_y_ticks()

    def _set_x_limits(self, scene: Scene, step: int) -> None:
        """Set the limits of x; the length doubles until it contains all curves."""
        coordinates, is_log = self.coordinates, scene.experiment.loss_plot.x_scale == "log"
        start = coordinates.log_x_start(trajectory for trajectory, _ in scene.visible_runs) if is_log else 0.0
        min_length = INITIAL_LENGTHS[coordinates.x_quantity]
        max_x = coordinates.max_x(curves(scene, step, include_background=True))
        self.x_length = min_length * 2 ** math.ceil(math.log2(max(max_x, min_length) / min_length))
        if self.tight and max_x > 2 * start:
            self.x_length = max_x
        self.axes.set_xlim(start, self.x_length)

    def _set_y_limits(self, low: float, high: float, lowest: float) -> None:
        """Set the limits of y around a value range; on a logarithmic axis they grow by whole decades.

        ``lowest`` is the result of ``_lowest_loss``.
        """
        if low > high:
            low = high = 1.0
        if self.y_scale == "log" and lowest != 0.0:
            decades = max(math.log10(high) - math.log10(low), MIN_DECADES)
            bottom = max(low, 1e-300) / 10 ** (0.5 * decades)
            if lowest > 0.0:
                bottom = max(bottom, lowest / 10 ** (0.1 * decades))
            self.y_limits = min(bottom, low), min(high, 1e300) * 10 ** (0.2 * decades)
        elif self.y_scale == "log":
            top = math.floor(math.log10(high)) + 1
            self.y_limits = 10.0 ** max(min(lower_power(math.log10(low)), top - 2), -300), 10.0 ** min(top, 300)
        else:
            value_range = max(high - low, abs(high) * 1e-3, 1e-12)
            value_range = 2.0 ** math.ceil(math.log2(value_range))
            self.y_limits = (
                (0.0 if low >= 0 else high - value_range * 1.05),
                max(high, low + value_range * 0.1) + value_range * 0.05,
            )
        self.axes.set_ylim(*self.y_limits)

    def _suits(self, y_limits: tuple[float, float], scene: Scene) -> bool:
        """Return whether earlier limits contain the current ones without being much wider, so that drags keep them."""
        (low, high), (bottom, top) = y_limits, self.y_limits
        if not (low <= bottom and top <= high):
            return False
        if self.y_scale == "log":
            decades, earlier_decades = math.log10(top) - math.log10(bottom), math.log10(high) - math.log10(low)
            return earlier_decades <= (2 * decades if self._lowest_loss(scene) else max(decades + 4, 1.5 * decades))
        return high - low <= 4 * (top - bottom)

    def _set_y_ticks(self) -> None:
        """Set powers of ten as ticks; other numbers where the axis spans few decades."""
        axis, (low, high) = self.axes.yaxis, self.y_limits
        if self.y_scale == "linear":
            axis.set_major_formatter(UniformFormatter())
            return
        axis.set_minor_formatter(NullFormatter())
        max_magnitude, min_magnitude = max(abs(low), abs(high)), min(abs(low), abs(high)) if low * high > 0 else 0.0
        if self.y_scale == "symlog" and max_magnitude >= max(10.0, min_magnitude * 10**POWER_TICK_DECADES):
            axis.set_major_formatter(FuncFormatter(format_power))
            axis.set_major_locator(SymmetricalLogLocator(axis.get_transform()))
        elif self.y_scale == "log" and high >= low * 10**POWER_TICK_DECADES:
            axis.set_major_formatter(FuncFormatter(format_power))
            axis.set_major_locator(LogLocator())
            axis.set_minor_locator(LogLocator(subs="auto"))
        elif self.y_scale == "log" and high >= low * 10:
            axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
            axis.set_minor_locator(LogLocator(subs=range(2, 10)))
            axis.set_major_formatter(FuncFormatter(format_tick))
        else:
            axis.set_major_locator(AutoLocator())
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(UniformFormatter())

    # Values

    def _lowest_loss(self, scene: Scene) -> float:
        """Return the lowest loss of all surfaces if losses are drawn, -inf if it is not known; 0 for other quantities.

        Other quantities approach 0, as losses do whose minimum is 0 apart from rounding.
        """
        if self.coordinates.quantity != "loss":
            return 0.0
        minimum_loss = scene.minimum_loss
        if minimum_loss is None:
            return -math.inf
        return minimum_loss if abs(minimum_loss) > ROUNDING_FRACTION * scene.height_map.height_range else 0.0

    def _needs_symlog(self, scene: Scene, step: int, include_background: bool) -> bool:
        """Return whether losses are drawn that are not positive, or will not be."""
        lowest = self._lowest_loss(scene)
        if lowest == -math.inf:
            return self._new_minimum(scene, step, include_background) <= 0
        return lowest < 0

    def _new_minimum(self, scene: Scene, step: int, include_background: bool) -> float:
        """Return the lowest value that is not part of the value range yet, positive or not; inf if there is none."""
        return min(
            (
                self._new_value_range(trajectory, last_step, -math.inf)[0]
                for trajectory, last_step in curves(scene, step, include_background)
            ),
            default=math.inf,
        )

    def _new_value_range(self, trajectory: Trajectory, last_step: int, lower_bound: float) -> tuple[float, float]:
        """Return the lowest and the highest value of a curve above a bound since the last step that was checked."""
        first_step = min(self.checked_steps.get(trajectory, 0), last_step)
        return metric_series(trajectory, self.coordinates.quantity).value_range(first_step, last_step, lower_bound)

    def _update_value_range(self, scene: Scene, step: int, include_background: bool) -> tuple[float, float]:
        """Return the lowest and the highest value so far within the followed range; inf, -inf if there is none.

        Only steps since the last call are examined.
        """
        lines, lower_bound = curves(scene, step, include_background), 0.0 if self.y_scale == "log" else -math.inf
        for trajectory, last_step in lines:
            low, high = self._new_value_range(trajectory, last_step, lower_bound)
            self.min_value, self.max_value = min(self.min_value, low), max(self.max_value, high)
            self.checked_steps[trajectory] = max(self.checked_steps.get(trajectory, 0), last_step)
        low, high = self.min_value, self.max_value
        if low <= high and lines:
            trajectory, last_step = lines[0]
            first_values = self.coordinates.y_values(trajectory, np.arange(min(last_step, 1) + 1))
            start_value = float(first_values[0] if math.isfinite(first_values[0]) else first_values[-1])
            if abs(start_value) < MAX_START_VALUE:
                bottom, top = self._followed_range(scene, start_value)
                low, high = min(max(low, bottom), top), max(min(high, top), bottom)
        return low, high

    def _followed_range(self, scene: Scene, start_value: float) -> tuple[float, float]:
        """Return the range of values within which a curve that begins at ``start_value`` is followed."""
        quantity, scale = self.coordinates.quantity, self.y_scale
        minimum, span = 0.0, scene.height_map.height_range
        if quantity == "rate":
            return 0.0, math.inf
        if quantity == "step":
            start_value = span = max(start_value, *scene.height_map.size.tolist())
        elif quantity == "loss":
            minimum_loss = scene.minimum_loss
            if minimum_loss is None:
                max_distance = MAX_RISE[scale] * max(abs(start_value), span)
                return 0.0 if scale == "log" else -max_distance, max_distance
            minimum = minimum_loss
        depth = max(start_value - minimum, 0.0) or span
        return 0.0 if scale == "log" else minimum, start_value + MAX_RISE[scale] * depth


def lower_power(exponent: float) -> int:
    """Return an integer up to an exponent of 10, in steps that grow with it: -2, -4, -6, -8, -12, -16, -24, -32."""
    step = 2 ** max(math.floor(math.log2(max(-exponent, 1.0))) - 1, 1)
    return step * math.floor(exponent / step)


def curves(scene: Scene, step: int, include_background: bool) -> list[tuple[Trajectory, int]]:
    """Return each visible run with its last step, with ``include_background`` also branches and replicas."""
    lines = [(trajectory, min(step, trajectory.last_step)) for trajectory, _ in scene.visible_runs]
    if include_background:
        lines += [(trajectory, last_step) for trajectory, last_step, _ in scene.branch_trajectories]
        lines += [
            (trajectory, trajectory.last_step)
            for trajectories, _ in scene.replica_trajectories
            for trajectory in trajectories
        ]
    return lines
