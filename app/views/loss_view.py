"""A curve for each run: the loss, or what else is chosen, against the steps, the evaluations or the time they took."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, NullFormatter

from app.analysis.metric_series import series
from app.engine.race import Race
from app.engine.trajectory import Track
from app.model.experiment import AGAINST, QUANTITIES
from app.plotting import text_fitting
from app.plotting.path_renderer import Brush
from app.plotting.tick_formatters import Fitting, power, thousands
from app.theming.theme import Style
from app.utils.i18n import tr
from app.views.base_view import GHOST, View
from app.views.loss_axis_limits import LENGTH, Limits
from app.views.scene import Bundle, Scene

TURN = 16  # points of a thinned curve, four to a column, before the next run has its turn
BAND, MEDIAN = 0.45, 1.4  # how dense the band of the replicas is, and the width of the line in it, in points
DENSE = 0.5  # pixels of an update, below which curves are solid
FEW = 600  # steps up to which evaluations are looked up one by one
NOTE = 8.0  # points


class Loss(View):
    id = "loss"
    title = "Loss"
    halo = False
    margins = (0.6, 0.46, 0.2, 0.14)
    heading = 0.28
    note: Text | None = None

    def compose(self, scene: Scene) -> None:
        axes, curve, theme, lowest = self.axes, scene.experiment.curve, scene.theme, scene.race.surface.lowest
        self.quantity, self.against = curve.quantity, curve.against
        subtracted = curve.quantity == "above" or (curve.quantity == "loss" and curve.y_scale == "log")
        unknown = math.nan if curve.quantity == "above" else 0.0
        self.offset = 0.0 if not subtracted else unknown if lowest is None else lowest
        name = tr(QUANTITIES["above" if self.offset else curve.quantity])
        axes.set_xscale(curve.x_scale)
        if curve.x_scale == "linear":
            axes.xaxis.set_major_locator(Fitting(integer=curve.against != "time"))
        axes.xaxis.set_major_formatter(FuncFormatter(thousands if curve.x_scale == "linear" else power))
        axes.xaxis.set_minor_formatter(NullFormatter())
        self.limits = Limits(self)
        self.limits.measure(scene.race)
        axes.set(xlabel=tr(AGAINST[curve.against]), ylabel=name)
        axes.grid(True, color=theme.grid, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        self.note, self.words, self.headed = None, "", False
        self.say(scene)

    def say(self, scene: Scene) -> bool:
        """Write what is missing; whether that is news."""
        words, alone = missing(scene)
        if words == self.words:
            return False
        if self.note is not None:
            self.note.remove()
        self.words, axes, color = words, self.axes, scene.theme.muted
        self.headed = bool(words) and not alone
        if alone:
            self.note = axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", color=color)
        else:
            self.note = text_fitting.over(axes, words, "right", NOTE, color)
        return True

    def arrange(self) -> None:
        super().arrange()
        if self.note is not None:
            text_fitting.shrink(self.note, NOTE, self.area.x1 - self.axes.bbox.x0)

    def adopt(self, scene: Scene) -> bool:
        old = self.scene
        same = old is not None and old.race is scene.race and old.same_faint(scene) and old.styles == scene.styles
        super().adopt(scene)
        if same and scene.race.step:
            return False
        spoken = self.say(scene)
        return self.limits.adopt(scene.race) or spoken

    def outgrown(self, race: Race, faint: bool = False) -> bool:
        return self.limits.outgrown(race, faint)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value that there is room for."""
        return self.limits.bounds

    # Where things are

    def along(self, track: Track, steps: np.ndarray) -> np.ndarray:
        """What the lower axis shows of ``steps`` (n,), rising."""
        if self.against == "time":
            return steps * self.pace(track)
        if self.against == "steps" or track.totals is None:
            return steps
        if len(steps) <= FEW:
            return np.array([sum(track.spent(step)) for step in steps.tolist()])
        return sum(track.evaluations(int(steps[-1])))[steps]

    def pace(self, track: Track) -> float:
        """Milliseconds of arithmetic in an update."""
        from app.engine.update_timing import microseconds

        return microseconds(track) / 1000

    def end(self, curves: list[tuple[Track, int]]) -> float:
        """How far to the right the curves go."""
        return max((float(self.along(track, np.array([last]))[0]) for track, last in curves), default=0.0)

    @property
    def first(self) -> float:
        """Where a logarithmic lower axis begins: after the first update."""
        assert self.scene is not None
        after = [float(self.along(track, np.array([1]))[0]) for track, _ in self.scene.shown if track.extent]
        return min(after, default=0.0) or LENGTH[self.against] / 100

    def coordinates(self, track: Track, steps: np.ndarray) -> np.ndarray:
        values = series(track, self.quantity).upto(int(steps[-1]) if len(steps) else 0)[steps]
        return np.column_stack([self.along(track, steps), values - self.offset])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        with np.errstate(all="ignore"):
            pixels = self.axes.transData.transform(points)
        pixels[~np.isfinite(points[:, 1])] = np.nan
        return pixels, None

    def columns(self, track: Track, last: int) -> np.ndarray:
        """The first step in each column of pixels, up to ``last``; all steps where they are few."""
        box = self.axes.bbox
        wide = int(box.width * self.fineness) // (3 if self.hasty else 1)
        if last <= 4 * wide:
            return np.arange(last + 1)
        pixels = np.linspace(box.x0, box.x1, wide + 2)
        x = self.axes.transData.inverted().transform(np.column_stack([pixels, np.full(len(pixels), box.y0)]))[:, 0]
        if self.against == "evaluations" and track.totals is not None:
            steps = np.searchsorted(sum(track.evaluations(last)), x)
        else:
            steps = np.ceil(x / (self.pace(track) if self.against == "time" else 1.0)).astype(np.int64)
        return np.unique(np.append(0, steps.clip(0, last)))

    def outline(self, track: Track, last: int, coarsely: bool = False) -> tuple[np.ndarray, np.ndarray, None]:
        """Of the many steps that share a column of pixels: the first, the lowest, the highest and the last."""
        last = min(last, track.extent)
        steps = self.columns(track, last)
        if len(steps) <= last:
            steps = series(track, self.quantity).landmarks(steps, last)
        return steps, self.spots(track, steps)[0], None

    def dash(self, style: Style) -> tuple[float, ...]:
        """Solid where several updates share a column of pixels: of what goes up and down there, dashes would leave dust."""
        assert self.scene is not None
        one = self.pace(self.scene.shown[0][0]) if self.against == "time" else 1.0
        return style.dash if one * self.axes.bbox.width > DENSE * self.limits.length else ()

    def pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """Thinned curves lie over each other in turns of a few columns, as they came to in time."""
        if len(steps) and steps[-1] + 1 == len(steps):
            return super().pieces(steps)
        turn = 16 * TURN if self.hasty else TURN
        return [(low, low, min(low + turn, len(steps) - 1) + 1) for low in range(0, len(steps) - 1, turn)]

    # Replicas

    def ground(self, brush: Brush, laid: dict[Track, int]) -> None:
        """The band and the middle of each run's replicas, and the curves of branches. A band cannot be added to."""
        assert self.scene is not None
        for bundle in self.scene.bundles:
            self.band(brush, bundle)
        for track, last, color in self.scene.ghosts:
            _, points, _ = self.outline(track, last)
            brush.line(points, color, GHOST, self.axes.bbox)

    def band(self, brush: Brush, bundle: Bundle) -> None:
        """Where eight in ten of the replicas are, filled, and their median, as far as all of them have come."""
        assert self.scene is not None
        tracks, color = bundle
        last = min(track.extent for track in tracks)
        steps = self.columns(tracks[0], last)
        values = np.array([series(track, self.quantity).upto(last)[steps] for track in tracks]) - self.offset
        if self.axes.get_yscale() == "log":
            values = np.maximum(
                values, self.bounds[0] * 1e-3
            )  # so that a band that reaches 0 is filled down to the axis
        x = self.along(tracks[0], steps)
        low, middle, high = (
            self.to_screen(np.column_stack([x, part]))[0] for part in np.quantile(values, (0.1, 0.5, 0.9), axis=0)
        )
        brush.fill(np.concatenate([low, high[::-1]]), color, BAND, self.axes.bbox)
        theme = self.scene.theme
        brush.line(middle, theme.blend(color, 0.4, theme.text), MEDIAN, self.axes.bbox, cap="butt", dash=(4.0, 2.0))


def missing(scene: Scene) -> tuple[str, bool]:
    """Why there is no curve at all, or not of every run; nothing where there is."""
    quantity = scene.experiment.curve.quantity
    if quantity in ("above", "distance") and not scene.race.surface.minima:
        return tr("this surface has no minimum"), True
    without = [track.rule.name for track, _ in scene.shown if not track.rule.has_rate]
    if quantity != "rate" or not without:
        return "", False
    if len(without) == len(scene.shown):
        return tr("no run here has a learning rate"), True
    if len(set(without)) == 1:
        return tr("{name} has no learning rate", name=without[0]), False
    return tr("{n} runs have no learning rate", n=len(without)), False
