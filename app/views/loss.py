"""A curve for each run against the step: the loss, the distance to the nearest minimum, or the gradient norm."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from app.experiment import QUANTITIES
from app.race import Race
from app.track import Track
from app.views.scene import Scene
from app.views.ticks import Even, power, short, thousands
from app.views.view import View

FIRST_STEPS = 100
RISE = {"linear": 20.0, "log": 1e3, "symlog": 1e3}  # how far above its first value a curve is followed; then it leaves the plot
FALL = 1e-18  # how far below, where the scale is logarithmic; what lies deeper is rounding
TURN = 16  # points of a thinned curve, four to a column, before the next run has its turn
DECADES = 2  # that an axis must span for powers of ten to be enough
LEAST = 0.05  # decades, of an axis whose lowest value is not known


class Loss(View):
    id = "loss"
    title = "Loss"
    halo = False
    margins = (0.72, 0.5, 0.22, 0.3)

    def compose(self, scene: Scene) -> None:
        axes, curve, theme, lowest = self.axes, scene.experiment.curve, scene.theme, scene.race.surface.lowest
        self.offset = 0.0
        name = QUANTITIES[curve.quantity]
        if curve.y_scale == "log" and curve.quantity == "loss" and lowest:
            self.offset, name = lowest, "loss − minimum"
        axes.set_xscale(curve.x_scale)
        if curve.x_scale == "linear":
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(thousands if curve.x_scale == "linear" else power))
        axes.xaxis.set_minor_formatter(NullFormatter())
        self.measure(scene.race)
        axes.set(xlabel="step", ylabel=name)
        axes.grid(True, color=theme.line, linewidth=0.6, alpha=0.7)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if curve.quantity == "distance" and not scene.race.surface.minima:
            axes.text(0.5, 0.5, "this surface has no minimum", transform=axes.transAxes, ha="center", color=theme.muted, fontsize=9)

    @property
    def needs_only_loss(self) -> bool:
        return self.scene is not None and self.scene.experiment.curve.quantity == "loss"

    def values(self, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> np.ndarray:
        """The quantity at positions with their losses, (n,) each."""
        assert self.scene is not None
        if self.needs_only_loss:
            return loss - self.offset if self.offset else loss
        if self.scene.experiment.curve.quantity == "distance":
            return self.scene.race.surface.distance(x, y)
        with np.errstate(all="ignore"):
            return np.hypot(*self.scene.race.surface(x, y)[1])

    @property
    def open_below(self) -> bool:
        """Whether nobody knows how low the curves may go."""
        assert self.scene is not None
        return self.needs_only_loss and self.scene.race.surface.lowest is None

    def measure(self, race: Race) -> None:
        """Look at a race from its start: the scale that its values allow, then the limits."""
        assert self.scene is not None
        scale = self.scene.experiment.curve.y_scale
        if scale == "log" and self.open_below and self.least(race, 0) <= 0:
            scale = "symlog"
        if scale != self.axes.get_yscale():
            self.axes.set_yscale(scale, **{"log": {"nonpositive": "mask"}, "symlog": {"linthresh": 1.0}}.get(scale, {}))
        self.low, self.high, self.checked = math.inf, -math.inf, 0
        self.limit(race)

    def least(self, race: Race, first: int) -> float:
        """The lowest value from step ``first`` up to the race's step, whatever the scale; inf where there is none."""
        assert self.scene is not None
        values = [self.values(*track.part(min(first, race.step), race.step)) for track, _ in self.scene.shown]
        return min((float(each.min(initial=math.inf, where=np.isfinite(each))) for each in values), default=math.inf)

    def follow(self, race: Race) -> tuple[float, float]:
        """The lowest and the highest value up to the race's step, as far as the axis follows; inf, -inf where none.

        Only steps that are new since the last call are looked at.
        """
        assert self.scene is not None
        scale = self.axes.get_yscale()
        for track, _ in self.scene.shown:
            values = self.values(*track.part(min(self.checked, race.step), race.step))
            values = values[np.isfinite(values) & ((values > 0) | (scale != "log"))]
            if values.size:
                self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        self.checked = race.step
        low, high = self.low, self.high
        if low <= high and self.scene.shown:
            begin = float(self.values(*self.scene.shown[0][0].part(0, 0))[0])
            if abs(begin) < 1e290:
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
                return FALL * far if scale == "log" else -far, far
            lowest = known - self.offset
        depth = max(begin - lowest, 0.0) or self.scene.scenery.span
        return FALL * depth if scale == "log" else lowest, begin + RISE[scale] * depth

    def limit(self, race: Race) -> None:
        """Limits in big steps, so that they rarely grow: steps double, a logarithmic height gains whole decades."""
        assert self.scene is not None
        end = max(race.step, FIRST_STEPS)
        self.steps = FIRST_STEPS * 2 ** math.ceil(math.log2(end / FIRST_STEPS))
        low, high = self.follow(race)
        if low > high:
            low = high = 1.0
        scale = self.axes.get_yscale()
        if scale == "log" and self.open_below:
            reach = max(math.log10(high) - math.log10(low), LEAST)
            self.bounds = max(low, 1e-300) / 10 ** (0.5 * reach), min(high, 1e300) * 10 ** (0.2 * reach)
        elif scale == "log":
            bottom, top = 2 * math.floor(math.log10(low) / 2), math.floor(math.log10(high)) + 1
            self.bounds = 10.0 ** max(min(bottom, top - 2), -300), 10.0 ** min(top, 300)
        else:
            room = max(high - low, abs(high) * 1e-3, 1e-12)
            room = 2.0 ** math.ceil(math.log2(room))
            self.bounds = (0.0 if low >= 0 else high - room * 1.05), max(high, low + room * 0.1) + room * 0.05
        self.axes.set_xlim(1 if self.scene.experiment.curve.x_scale == "log" else 0, self.steps)
        self.axes.set_ylim(*self.bounds)
        self.mark_height()

    def mark_height(self) -> None:
        """Ticks of the height: powers of ten; numbers between them where the axis spans few."""
        axis, (low, high) = self.axes.yaxis, self.bounds
        if self.axes.get_yscale() == "linear":
            axis.set_major_formatter(Even())
            return
        axis.set_minor_formatter(NullFormatter())
        if self.axes.get_yscale() == "symlog" or high >= low * 10**DECADES:
            axis.set_major_formatter(FuncFormatter(power))
            if self.axes.get_yscale() == "log":
                axis.set_major_locator(LogLocator())
                axis.set_minor_locator(LogLocator(subs="auto"))
        elif high >= low * 10:
            axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
            axis.set_minor_locator(LogLocator(subs=np.arange(2, 10)))
            axis.set_major_formatter(FuncFormatter(short))
        else:
            axis.set_major_locator(AutoLocator())
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(Even())

    def adopt(self, scene: Scene) -> bool:
        old = self.scene
        same = old is not None and old.race is scene.race and [t for t, _ in old.shown] == [t for t, _ in scene.shown]
        super().adopt(scene)
        if same:
            return False
        steps, bounds, scale = self.steps, self.bounds, self.axes.get_yscale()
        self.measure(scene.race)
        if steps != self.steps or scale != self.axes.get_yscale() or not self.serves(bounds):
            return True
        self.bounds = bounds
        self.axes.set_ylim(*bounds)
        self.mark_height()
        return False

    def serves(self, bounds: tuple[float, float]) -> bool:
        """Whether earlier limits hold what the ones of now hold, and are not much wider: a drag must not redraw the axes."""
        (low, high), (bottom, top) = bounds, self.bounds
        if self.axes.get_yscale() == "log":
            decades = math.log10(top / bottom)
            return low <= bottom and top <= high and math.log10(high / low) <= (2 * decades if self.open_below else decades + 4)
        return low <= bottom and top <= high and high - low <= 4 * (top - bottom)

    def outgrown(self, race: Race) -> bool:
        if self.axes.get_yscale() == "log" and self.open_below and self.least(race, self.checked) <= 0:
            self.measure(race)
            return True
        low, high = self.follow(race)
        if race.step <= self.steps and (low > high or (low >= self.bounds[0] and high <= self.bounds[1])):
            return False
        self.limit(race)
        return True

    def locate(self, steps: np.ndarray, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, None]:
        return self.pixels(steps, self.values(x, y, loss)), None

    def pixels(self, steps: np.ndarray, values: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            points = self.axes.transData.transform(np.column_stack([steps, values]))
        points[~np.isfinite(values)] = np.nan
        return points

    def outline(self, track: Track, last: int) -> tuple[np.ndarray, np.ndarray, None]:
        """Of the many steps that share a column of pixels: the first, the lowest, the highest and the last."""
        box = self.axes.bbox
        losses = np.asarray(track.losses[: last + 1])
        values = self.values(losses, losses, losses) if self.needs_only_loss else self.values(*track.part(0, last))
        if len(values) <= 4 * box.width:
            steps = np.arange(len(values))
            return steps, self.pixels(steps, values), None
        columns = np.linspace(box.x0, box.x1, int(box.width) + 2)
        bounds = self.axes.transData.inverted().transform(np.column_stack([columns, np.full(len(columns), box.y0)]))[:, 0]
        low = np.unique(np.append(0, np.ceil(bounds).astype(np.int64).clip(0, len(values) - 1)))
        high = np.append(low[1:], len(values))
        lowest = [a + values[a:b].argmin() for a, b in zip(low, high, strict=True)]
        highest = [a + values[a:b].argmax() for a, b in zip(low, high, strict=True)]
        steps = np.unique(np.concatenate([low, lowest, highest, high - 1]))
        return steps, self.pixels(steps, values[steps]), None

    def pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """Thinned curves lie over each other in turns of a few columns, as they came to in time."""
        if len(steps) and steps[-1] + 1 == len(steps):
            return super().pieces(steps)
        return [(low, low, min(low + TURN, len(steps) - 1) + 1) for low in range(0, len(steps) - 1, TURN)]
