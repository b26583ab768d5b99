"""The axes of the loss view: how far they reach, which scale the values allow, and their ticks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator, SymmetricalLogLocator

from app.analysis.metric_series import metric_series
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.plotting.tick_formatters import UniformFormatter, format_power
from app.utils.number_format import format_tick

if TYPE_CHECKING:
    from app.views.loss_view import LossView

INITIAL_LENGTHS = {"steps": 100.0, "evaluations": 100.0, "time": 0.1}  # of the lower axis at first; then it doubles
MAX_RISE = {
    "linear": 20.0,
    "log": 1e3,
    "symlog": 1e3,
}  # how far above its first value a curve is followed; then it leaves the plot
MAX_FALL = 1e-18  # how far below, where the scale is logarithmic; what lies deeper is rounding
POWER_TICK_DECADES = 2  # that an axis must span for powers of ten to be enough
MIN_DECADES = 0.05  # decades, of an axis whose lowest value is not known


class LossAxisLimits:
    """``length`` of the lower axis, ``bounds`` of the height: both grow in big steps, so that they rarely do."""

    def __init__(self, view: LossView) -> None:
        self.view, self.axes = view, view.axes

    @property
    def y_scale(self) -> str:
        return self.axes.get_yscale()

    @property
    def minimum_unknown(self) -> bool:
        """Whether nobody knows how low the curves may go."""
        assert self.view.scene is not None
        return self.view.quantity == "loss" and self.view.scene.race.surface.minimum_loss is None

    def reset_limits(self, race: Race) -> None:
        """Look at a race from its start: the scale that its values allow, then the limits."""
        assert self.view.scene is not None
        scale = self.view.scene.experiment.loss_plot.y_scale
        self.checked_steps: dict[Trajectory, int] = {}
        if scale == "log" and self.minimum_unknown and self.minimum_value(race, include_background=True) <= 0:
            scale = "symlog"
        if scale != self.y_scale:
            self.axes.set_yscale(scale, **{"log": {"nonpositive": "mask"}, "symlog": {"linthresh": 1.0}}.get(scale, {}))
        self.min_value, self.max_value = math.inf, -math.inf
        self.update_limits(race, include_background=True)

    def curves(self, race: Race, include_background: bool) -> list[tuple[Trajectory, int]]:
        """Each curve with its last step: those of the runs, and with ``faint`` those of branches and replicas."""
        scene = self.view.scene
        assert scene is not None
        curves = [(trajectory, min(race.step, trajectory.last_step)) for trajectory, _ in scene.visible_runs]
        if include_background:
            curves += [(track, last_step) for track, last_step, _ in scene.branch_trajectories]
            curves += [
                (track, track.last_step) for trajectories, _ in scene.replica_trajectories for track in trajectories
            ]
        return curves

    def minimum_value(self, race: Race, include_background: bool) -> float:
        """The lowest value that is new, whatever the scale; inf where there is none."""
        return min(
            (
                self._new_value_range(trajectory, last_step, -math.inf)[0]
                for trajectory, last_step in self.curves(race, include_background)
            ),
            default=math.inf,
        )

    def _new_value_range(self, trajectory: Trajectory, last_step: int, lower_bound: float) -> tuple[float, float]:
        offset, first_step = self.view.offset, min(self.checked_steps.get(trajectory, 0), last_step)
        low, high = metric_series(trajectory, self.view.quantity).value_range(
            first_step, last_step, lower_bound + offset
        )
        return low - offset, high - offset

    def update_value_range(self, race: Race, include_background: bool) -> tuple[float, float]:
        """The lowest and the highest value so far, as far as the axis follows; inf, -inf where none.

        Only steps that are new since the last call are looked at.
        """
        curves, lower_bound = self.curves(race, include_background), 0.0 if self.y_scale == "log" else -math.inf
        for trajectory, last_step in curves:
            low, high = self._new_value_range(trajectory, last_step, lower_bound)
            self.min_value, self.max_value = min(self.min_value, low), max(self.max_value, high)
            self.checked_steps[trajectory] = max(self.checked_steps.get(trajectory, 0), last_step)
        low, high = self.min_value, self.max_value
        if low <= high and curves:
            first_values = (
                metric_series(curves[0][0], self.view.quantity).values_up_to(min(curves[0][1], 1)) - self.view.offset
            )
            start_value = float(first_values[0] if math.isfinite(first_values[0]) else first_values[-1])
            if abs(start_value) < 1e290:
                bottom, top = self.followed_range(start_value)
                low, high = min(max(low, bottom), top), max(min(high, top), bottom)
        return low, high

    def followed_range(self, start_value: float) -> tuple[float, float]:
        """Between which values a curve that begins at ``begin`` is followed."""
        scene, quantity, scale = self.view.scene, self.view.quantity, self.y_scale
        assert scene is not None
        minimum, span = 0.0, scene.height_map.height_range
        if quantity == "rate":
            return 0.0, math.inf
        if quantity == "step":
            start_value = span = max(start_value, *scene.height_map.size.tolist())
        elif quantity == "loss":
            minimum_loss = scene.race.surface.minimum_loss
            if minimum_loss is None:
                max_distance = MAX_RISE[scale] * max(abs(start_value), span)
                return MAX_FALL * max_distance if scale == "log" else -max_distance, max_distance
            minimum = minimum_loss - self.view.offset
        depth = max(start_value - minimum, 0.0) or span
        return MAX_FALL * depth if scale == "log" else minimum, start_value + MAX_RISE[scale] * depth

    def update_limits(self, race: Race, include_background: bool) -> None:
        """Limits in big steps: the length doubles, a logarithmic height gains whole decades."""
        assert self.view.scene is not None
        loss_plot = self.view.scene.experiment.loss_plot
        min_length, max_x = (
            INITIAL_LENGTHS[loss_plot.x_quantity],
            self.view.max_x(self.curves(race, include_background)),
        )
        self.x_length = min_length * 2 ** math.ceil(math.log2(max(max_x, min_length) / min_length))
        if self.view.tight_limits and max_x > (2 * self.view.log_x_start if loss_plot.x_scale == "log" else 0):
            self.x_length = max_x
        low, high = self.update_value_range(race, include_background)
        if low > high:
            low = high = 1.0
        if self.y_scale == "log" and self.minimum_unknown:
            decades = max(math.log10(high) - math.log10(low), MIN_DECADES)
            self.y_limits = max(low, 1e-300) / 10 ** (0.5 * decades), min(high, 1e300) * 10 ** (0.2 * decades)
        elif self.y_scale == "log":
            bottom, top = 2 * math.floor(math.log10(low) / 2), math.floor(math.log10(high)) + 1
            self.y_limits = 10.0 ** max(min(bottom, top - 2), -300), 10.0 ** min(top, 300)
        else:
            value_range = max(high - low, abs(high) * 1e-3, 1e-12)
            value_range = 2.0 ** math.ceil(math.log2(value_range))
            self.y_limits = (
                (0.0 if low >= 0 else high - value_range * 1.05),
                max(high, low + value_range * 0.1) + value_range * 0.05,
            )
        self.axes.set_xlim(self.view.log_x_start if loss_plot.x_scale == "log" else 0, self.x_length)
        self.axes.set_ylim(*self.y_limits)
        self.set_y_ticks()

    def set_y_ticks(self) -> None:
        """Ticks of the height: powers of ten; numbers between them where the axis spans few."""
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
            axis.set_minor_locator(LogLocator(subs=np.arange(2, 10)))
            axis.set_major_formatter(FuncFormatter(format_tick))
        else:
            axis.set_major_locator(AutoLocator())
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(UniformFormatter())

    def update_race(self, race: Race) -> bool:
        """Measure another race; keep the limits where they serve it as well. Whether they are others now."""
        x_length, y_limits, y_scale = self.x_length, self.y_limits, self.y_scale
        self.reset_limits(race)
        if x_length != self.x_length or y_scale != self.y_scale or not self.covers(y_limits):
            return True
        self.y_limits = y_limits
        self.axes.set_ylim(*y_limits)
        self.set_y_ticks()
        return False

    def covers(self, y_limits: tuple[float, float]) -> bool:
        """Whether earlier limits hold what the ones of now hold, and are not much wider: a drag must not redraw the axes."""
        (low, high), (bottom, top) = y_limits, self.y_limits
        if self.y_scale == "log":
            decades = math.log10(top / bottom)
            return (
                low <= bottom
                and top <= high
                and math.log10(high / low) <= (2 * decades if self.minimum_unknown else decades + 4)
            )
        return low <= bottom and top <= high and high - low <= 4 * (top - bottom)

    def expand_limits_if_needed(self, race: Race, include_background: bool) -> bool:
        """Whether the curves have left the limits, which are then grown."""
        if self.y_scale == "log" and self.minimum_unknown and self.minimum_value(race, include_background) <= 0:
            self.reset_limits(race)
            return True
        low, high = self.update_value_range(race, include_background)
        inside = low > high or (low >= self.y_limits[0] and high <= self.y_limits[1])
        if inside and self.view.max_x(self.curves(race, include_background)) <= self.x_length:
            return False
        self.update_limits(race, include_background=True)
        return True
