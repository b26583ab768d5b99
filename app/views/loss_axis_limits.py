"""The axes of the loss view: how far they reach, which scale the values allow, and their ticks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator, SymmetricalLogLocator

from app.analysis.metric_series import series
from app.engine.race import Race
from app.engine.trajectory import Track
from app.plotting.tick_formatters import Even, power
from app.utils.number_format import short

if TYPE_CHECKING:
    from app.views.loss_view import Loss

LENGTH = {"steps": 100.0, "evaluations": 100.0, "time": 0.1}  # of the lower axis at first; then it doubles
RISE = {
    "linear": 20.0,
    "log": 1e3,
    "symlog": 1e3,
}  # how far above its first value a curve is followed; then it leaves the plot
FALL = 1e-18  # how far below, where the scale is logarithmic; what lies deeper is rounding
DECADES = 2  # that an axis must span for powers of ten to be enough
LEAST = 0.05  # decades, of an axis whose lowest value is not known


class Limits:
    """``length`` of the lower axis, ``bounds`` of the height: both grow in big steps, so that they rarely do."""

    def __init__(self, view: Loss) -> None:
        self.view, self.axes = view, view.axes

    @property
    def scale(self) -> str:
        return self.axes.get_yscale()

    @property
    def open_below(self) -> bool:
        """Whether nobody knows how low the curves may go."""
        assert self.view.scene is not None
        return self.view.quantity == "loss" and self.view.scene.race.surface.lowest is None

    def measure(self, race: Race) -> None:
        """Look at a race from its start: the scale that its values allow, then the limits."""
        assert self.view.scene is not None
        scale = self.view.scene.experiment.curve.y_scale
        self.checked: dict[Track, int] = {}
        if scale == "log" and self.open_below and self.least(race, faint=True) <= 0:
            scale = "symlog"
        if scale != self.scale:
            self.axes.set_yscale(scale, **{"log": {"nonpositive": "mask"}, "symlog": {"linthresh": 1.0}}.get(scale, {}))
        self.low, self.high = math.inf, -math.inf
        self.fit(race, faint=True)

    def curves(self, race: Race, faint: bool) -> list[tuple[Track, int]]:
        """Each curve with its last step: those of the runs, and with ``faint`` those of branches and replicas."""
        scene = self.view.scene
        assert scene is not None
        shown = [(track, min(race.step, track.extent)) for track, _ in scene.shown]
        if faint:
            shown += [(track, last) for track, last, _ in scene.ghosts]
            shown += [(track, track.extent) for tracks, _ in scene.bundles for track in tracks]
        return shown

    def least(self, race: Race, faint: bool) -> float:
        """The lowest value that is new, whatever the scale; inf where there is none."""
        return min(
            (self._reach(track, last, -math.inf)[0] for track, last in self.curves(race, faint)), default=math.inf
        )

    def _reach(self, track: Track, last: int, above: float) -> tuple[float, float]:
        offset, first = self.view.offset, min(self.checked.get(track, 0), last)
        low, high = series(track, self.view.quantity).reach(first, last, above + offset)
        return low - offset, high - offset

    def follow(self, race: Race, faint: bool) -> tuple[float, float]:
        """The lowest and the highest value so far, as far as the axis follows; inf, -inf where none.

        Only steps that are new since the last call are looked at.
        """
        curves, above = self.curves(race, faint), 0.0 if self.scale == "log" else -math.inf
        for track, last in curves:
            low, high = self._reach(track, last, above)
            self.low, self.high = min(self.low, low), max(self.high, high)
            self.checked[track] = max(self.checked.get(track, 0), last)
        low, high = self.low, self.high
        if low <= high and curves:
            first = series(curves[0][0], self.view.quantity).upto(min(curves[0][1], 1)) - self.view.offset
            begin = float(first[0] if math.isfinite(first[0]) else first[-1])
            if abs(begin) < 1e290:
                bottom, top = self.followed(begin)
                low, high = min(max(low, bottom), top), max(min(high, top), bottom)
        return low, high

    def followed(self, begin: float) -> tuple[float, float]:
        """Between which values a curve that begins at ``begin`` is followed."""
        scene, quantity, scale = self.view.scene, self.view.quantity, self.scale
        assert scene is not None
        lowest, span = 0.0, scene.scenery.span
        if quantity == "rate":
            return 0.0, math.inf
        if quantity == "step":
            begin = span = max(begin, *scene.scenery.size.tolist())
        elif quantity == "loss":
            known = scene.race.surface.lowest
            if known is None:
                far = RISE[scale] * max(abs(begin), span)
                return FALL * far if scale == "log" else -far, far
            lowest = known - self.view.offset
        depth = max(begin - lowest, 0.0) or span
        return FALL * depth if scale == "log" else lowest, begin + RISE[scale] * depth

    def fit(self, race: Race, faint: bool) -> None:
        """Limits in big steps: the length doubles, a logarithmic height gains whole decades."""
        assert self.view.scene is not None
        curve = self.view.scene.experiment.curve
        least, end = LENGTH[curve.against], self.view.end(self.curves(race, faint))
        self.length = least * 2 ** math.ceil(math.log2(max(end, least) / least))
        if self.view.tight and end > (2 * self.view.first if curve.x_scale == "log" else 0):
            self.length = end
        low, high = self.follow(race, faint)
        if low > high:
            low = high = 1.0
        if self.scale == "log" and self.open_below:
            reach = max(math.log10(high) - math.log10(low), LEAST)
            self.bounds = max(low, 1e-300) / 10 ** (0.5 * reach), min(high, 1e300) * 10 ** (0.2 * reach)
        elif self.scale == "log":
            bottom, top = 2 * math.floor(math.log10(low) / 2), math.floor(math.log10(high)) + 1
            self.bounds = 10.0 ** max(min(bottom, top - 2), -300), 10.0 ** min(top, 300)
        else:
            room = max(high - low, abs(high) * 1e-3, 1e-12)
            room = 2.0 ** math.ceil(math.log2(room))
            self.bounds = (0.0 if low >= 0 else high - room * 1.05), max(high, low + room * 0.1) + room * 0.05
        self.axes.set_xlim(self.view.first if curve.x_scale == "log" else 0, self.length)
        self.axes.set_ylim(*self.bounds)
        self.mark_height()

    def mark_height(self) -> None:
        """Ticks of the height: powers of ten; numbers between them where the axis spans few."""
        axis, (low, high) = self.axes.yaxis, self.bounds
        if self.scale == "linear":
            axis.set_major_formatter(Even())
            return
        axis.set_minor_formatter(NullFormatter())
        wide, near = max(abs(low), abs(high)), min(abs(low), abs(high)) if low * high > 0 else 0.0
        if self.scale == "symlog" and wide >= max(10.0, near * 10**DECADES):
            axis.set_major_formatter(FuncFormatter(power))
            axis.set_major_locator(SymmetricalLogLocator(axis.get_transform()))
        elif self.scale == "log" and high >= low * 10**DECADES:
            axis.set_major_formatter(FuncFormatter(power))
            axis.set_major_locator(LogLocator())
            axis.set_minor_locator(LogLocator(subs="auto"))
        elif self.scale == "log" and high >= low * 10:
            axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
            axis.set_minor_locator(LogLocator(subs=np.arange(2, 10)))
            axis.set_major_formatter(FuncFormatter(short))
        else:
            axis.set_major_locator(AutoLocator())
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(Even())

    def adopt(self, race: Race) -> bool:
        """Measure another race; keep the limits where they serve it as well. Whether they are others now."""
        length, bounds, scale = self.length, self.bounds, self.scale
        self.measure(race)
        if length != self.length or scale != self.scale or not self.serve(bounds):
            return True
        self.bounds = bounds
        self.axes.set_ylim(*bounds)
        self.mark_height()
        return False

    def serve(self, bounds: tuple[float, float]) -> bool:
        """Whether earlier limits hold what the ones of now hold, and are not much wider: a drag must not redraw the axes."""
        (low, high), (bottom, top) = bounds, self.bounds
        if self.scale == "log":
            decades = math.log10(top / bottom)
            return (
                low <= bottom
                and top <= high
                and math.log10(high / low) <= (2 * decades if self.open_below else decades + 4)
            )
        return low <= bottom and top <= high and high - low <= 4 * (top - bottom)

    def outgrown(self, race: Race, faint: bool) -> bool:
        """Whether the curves have left the limits, which are then grown."""
        if self.scale == "log" and self.open_below and self.least(race, faint) <= 0:
            self.measure(race)
            return True
        low, high = self.follow(race, faint)
        inside = low > high or (low >= self.bounds[0] and high <= self.bounds[1])
        if inside and self.view.end(self.curves(race, faint)) <= self.length:
            return False
        self.fit(race, faint=True)
        return True
