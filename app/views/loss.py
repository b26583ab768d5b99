"""A curve for each run against the step: the loss, the distance to the nearest minimum, or the gradient norm."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from app.experiment import QUANTITIES
from app.race import Race, Track
from app.views.view import Scene, View

FIRST_STEPS = 100
MOST_DECADES = 18  # of a logarithmic height; what falls below is rounding


class Loss(View):
    id = "loss"
    title = "Loss"
    halo = False
    margins = (0.72, 0.5, 0.16, 0.3)

    def compose(self, scene: Scene) -> None:
        axes, curve, theme = self.axes, scene.race.experiment.curve, scene.theme
        self.offset = 0.0
        name = QUANTITIES[curve.quantity]
        if curve.y_scale == "log":
            lowest = scene.race.surface.lowest
            if curve.quantity == "loss" and (lowest is None or lowest != 0):
                if lowest is None:
                    axes.set_yscale("symlog", linthresh=1e-2)
                else:
                    self.offset = lowest
                    name = "loss − minimum"
                    axes.set_yscale("log", nonpositive="mask")
            else:
                axes.set_yscale("log", nonpositive="mask")
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
        quantity = self.scene.race.experiment.curve.quantity
        if quantity == "loss":
            return loss - self.offset if self.offset else loss
        if quantity == "distance":
            return self.scene.race.surface.distance(x, y)
        with np.errstate(all="ignore"):
            return np.hypot(*self.scene.race.surface(x, y)[1])

    def reach(self, race: Race, first: int) -> tuple[float, float]:
        """The lowest and the highest value from update ``first`` on that the axis can show; inf, -inf where none."""
        low, high = np.inf, -np.inf
        positive = self.axes.get_yscale() == "log"
        assert self.scene is not None
        for track, _ in self.scene.shown:
            values = self.values(track, first, race.step)
            values = values[np.isfinite(values) & ((values > 0) | (not positive))]
            if values.size:
                low, high = min(low, float(values.min())), max(high, float(values.max()))
        return low, high

    def limit(self, race: Race) -> None:
        """Limits in big steps, so that they rarely grow: steps double, a logarithmic height gains whole decades."""
        curve = race.experiment.curve
        end = max(race.step, FIRST_STEPS)
        self.steps = FIRST_STEPS * 2 ** int(np.ceil(np.log2(end / FIRST_STEPS)))
        self.axes.set_xlim(1 if curve.x_scale == "log" else 0, self.steps)
        low, high = self.reach(race, 0)
        if low > high:
            low, high = 1.0, 1.0
        if self.axes.get_yscale() == "log":
            low, high = 3 * np.floor(np.log10(low) / 3), np.floor(np.log10(high)) + 1
            self.bounds = 10.0 ** max(low, high - MOST_DECADES, -306), 10.0 ** min(high, 307)
        else:
            room = max(high - low, abs(high) * 1e-3, 1e-12)
            room = 2.0 ** np.ceil(np.log2(room))
            self.bounds = (0.0 if low >= 0 else high - room * 1.05), max(high, low + room * 0.1) + room * 0.05
        self.checked = race.step
        self.axes.set_ylim(*self.bounds)

    def adopt(self, scene: Scene) -> None:
        super().adopt(scene)
        self.checked = 0

    def inside(self, low: float) -> bool:
        """Whether a value is not below the axis, or so far below that the axis does not follow it."""
        deep = self.axes.get_yscale() == "log" and self.bounds[1] > self.bounds[0] * 10.0 ** (MOST_DECADES - 1)
        return low >= self.bounds[0] or deep

    def outgrown(self, race: Race) -> bool:
        if race.step < self.checked:
            self.checked = 0
        low, high = self.reach(race, self.checked)
        self.checked = race.step
        if race.step <= self.steps and (low > high or (self.inside(low) and high <= self.bounds[1])):
            return False
        self.limit(race)
        return True

    def project(self, track: Track, first: int, last: int) -> tuple[np.ndarray, None]:
        values = self.values(track, first, last)
        return self.pixels(np.arange(first, first + len(values)), values), None

    def pixels(self, steps: np.ndarray, values: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            points = self.axes.transData.transform(np.column_stack([steps, values]))
        points[~np.isfinite(values)] = np.nan
        return points
