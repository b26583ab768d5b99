"""A curve for each run against the step: the loss, the distance to the nearest minimum, or the gradient norm."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.ticker import MaxNLocator

from app.experiment import QUANTITIES
from app.race import Race, Track
from app.views.view import Scene, View

FIRST_STEPS = 100
RISE = {"linear": 20.0, "log": 1e3, "symlog": 1e3}  # how far above its first value a curve is followed; then it leaves the plot
FALL = 1e-18  # how far below, where the scale is logarithmic; what lies deeper is rounding


class Loss(View):
    id = "loss"
    title = "Loss"
    halo = False
    margins = (0.72, 0.5, 0.22, 0.3)

    def compose(self, scene: Scene) -> None:
        axes, curve, theme, lowest = self.axes, scene.experiment.curve, scene.theme, scene.race.surface.lowest
        self.offset = 0.0
        name = QUANTITIES[curve.quantity]
        if curve.y_scale == "log" and curve.quantity == "loss" and lowest is None:
            axes.set_yscale("symlog", linthresh=1.0)
        elif curve.y_scale == "log":
            axes.set_yscale("log", nonpositive="mask")
            if curve.quantity == "loss" and lowest:
                self.offset, name = lowest, "loss − minimum"
        axes.set_xscale(curve.x_scale)
        self.limit(scene.race)
        if curve.x_scale == "linear":
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set(xlabel="step", ylabel=name)
        axes.grid(True, color=theme.line, linewidth=0.6, alpha=0.7)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if curve.quantity == "distance" and not scene.race.surface.minima:
            axes.text(0.5, 0.5, "this surface has no minimum", transform=axes.transAxes, ha="center", color=theme.muted, fontsize=9)

    def values(self, track: Track, first: int, last: int) -> np.ndarray:
        """The quantity after updates first..last."""
        assert self.scene is not None
        x, y, loss = track.part(first, last)
        quantity = self.scene.experiment.curve.quantity
        if quantity == "loss":
            return loss - self.offset if self.offset else loss
        if quantity == "distance":
            return self.scene.race.surface.distance(x, y)
        with np.errstate(all="ignore"):
            return np.hypot(*self.scene.race.surface(x, y)[1])

    def reach(self, race: Race, first: int) -> tuple[float, float]:
        """The lowest and the highest value from update ``first`` on, as far as the axis follows; inf, -inf where none."""
        assert self.scene is not None
        scale = self.axes.get_yscale()
        low, high, begin = math.inf, -math.inf, math.nan
        for track, _ in self.scene.shown:
            values = self.values(track, first, race.step)
            values = values[np.isfinite(values) & ((values > 0) | (scale != "log"))]
            if values.size:
                low, high = min(low, float(values.min())), max(high, float(values.max()))
            begin = float(self.values(track, 0, 0)[0])
        if low <= high and abs(begin) < 1e290:
            bottom, top = self.followed(begin, scale)
            low, high = min(max(low, bottom), top), max(min(high, top), bottom)
        return low, high

    def followed(self, begin: float, scale: str) -> tuple[float, float]:
        """Between which values a curve that begins at ``begin`` is followed."""
        assert self.scene is not None
        lowest = 0.0
        if self.scene.experiment.curve.quantity == "loss":
            known = self.scene.race.surface.lowest
            if known is None:
                far = RISE[scale] * max(abs(begin), self.scene.scenery.span)
                return -far, far
            lowest = known - self.offset
        depth = (begin - lowest) or self.scene.scenery.span
        return FALL * depth if scale == "log" else lowest, begin + RISE[scale] * depth

    def limit(self, race: Race) -> None:
        """Limits in big steps, so that they rarely grow: steps double, a logarithmic height gains whole decades."""
        assert self.scene is not None
        end = max(race.step, FIRST_STEPS)
        self.steps = FIRST_STEPS * 2 ** math.ceil(math.log2(end / FIRST_STEPS))
        low, high = self.reach(race, 0)
        if low > high:
            low = high = 1.0
        if self.axes.get_yscale() == "log":
            bottom, top = 2 * math.floor(math.log10(low) / 2), math.floor(math.log10(high)) + 1
            self.bounds = 10.0 ** max(min(bottom, top - 2), -300), 10.0 ** min(top, 300)
        else:
            room = max(high - low, abs(high) * 1e-3, 1e-12)
            room = 2.0 ** math.ceil(math.log2(room))
            self.bounds = (0.0 if low >= 0 else high - room * 1.05), max(high, low + room * 0.1) + room * 0.05
        self.checked = race.step
        self.axes.set_xlim(1 if self.scene.experiment.curve.x_scale == "log" else 0, self.steps)
        self.axes.set_ylim(*self.bounds)

    def adopt(self, scene: Scene) -> bool:
        super().adopt(scene)
        before = self.steps, self.bounds
        self.limit(scene.race)
        return before != (self.steps, self.bounds)

    def outgrown(self, race: Race) -> bool:
        low, high = self.reach(race, min(self.checked, race.step))
        self.checked = race.step
        if race.step <= self.steps and (low > high or (low >= self.bounds[0] and high <= self.bounds[1])):
            return False
        self.limit(race)
        return True

    def project(self, track: Track, first: int, last: int) -> tuple[np.ndarray, None]:
        values = self.values(track, first, last)
        with np.errstate(all="ignore"):
            points = self.axes.transData.transform(np.column_stack([np.arange(first, first + len(values)), values]))
        points[~np.isfinite(values)] = np.nan
        return points, None
