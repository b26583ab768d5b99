"""The data a loss surface was made from, and each run's curve through them as it moves."""

from __future__ import annotations

import math

import numpy as np

from app.engine.race import Race
from app.engine.trajectory import Track
from app.plotting import text_fitting
from app.plotting.path_renderer import Brush
from app.plotting.tick_formatters import Even
from app.utils.i18n import tr
from app.views.base_view import WIDTH, View
from app.views.scene import Scene

PLACES = 161  # along a curve
MANY = 500  # points of data that stand so close that they are drawn smaller
ROOM = 0.15  # of the data's height, left free above and below them
DOUBLED = 7  # times that room is doubled, at most, so that a curve far from the data is seen
TITLE = 9.0  # points


class Fit(View):
    id = "fit"
    title = "Fit"

    @staticmethod
    def applies(scene: Scene) -> bool:
        return scene.race.surface.data is not None

    def compose(self, scene: Scene) -> None:
        data, axes, theme = scene.race.surface.data, self.axes, scene.theme
        if data is None:
            axes.set_axis_off()
            return
        x, y = data
        many = x.size > MANY
        axes.plot(
            x,
            y,
            "o",
            markersize=2.5 if many else 4.5,
            markerfacecolor=theme.blend(theme.muted, 0.15, theme.text),
            markeredgecolor=theme.face,
            markeredgewidth=0.0 if many else 0.6,
        )
        left, right = float(x.min()), float(x.max())
        across = 0.06 * (right - left) or 1.0
        self.low, self.high = float(y.min()), float(y.max())
        largest = max(abs(self.low), abs(self.high))
        tall = self.high - self.low
        self.unit = ROOM * (tall if tall > 1e-9 * largest else largest or 1.0)
        axes.set(xlim=(left - across, right + across), xlabel="x", ylabel="y")
        self.places = np.linspace(*axes.get_xlim(), PLACES)
        self.limit(self.rooms_for(scene.race))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(Even())
        self.words = tr("{size:,} points and each run's curve", size=x.size), tr("{size:,} points", size=x.size)
        self.name = text_fitting.over(axes, self.words[0], "left", TITLE, theme.text)
        axes.grid(True, color=theme.grid, linewidth=0.6)
        axes.set_axisbelow(True)

    def rooms_for(self, race: Race) -> tuple[int, int]:
        """How many times the room below and above the data is doubled, so that some of every run's curve is seen."""
        assert self.scene is not None
        predict, rooms = self.scene.race.surface.predict, [0, 0]
        assert predict is not None
        for track, _ in self.scene.shown:
            step = min(race.step, track.extent)
            a, b, _ = track.part(step, step)
            with np.errstate(all="ignore"):
                curve = predict(a, b, self.places[::8])
            curve = curve[np.isfinite(curve)]
            if curve.size:
                for side, away in enumerate((self.low - curve.max(), curve.min() - self.high)):
                    doubled = math.ceil(math.log2(max(float(away) / (0.9 * self.unit), 1.0)))
                    rooms[side] = max(rooms[side], doubled if doubled <= DOUBLED else 0)
        return rooms[0], rooms[1]

    def limit(self, rooms: tuple[int, int]) -> None:
        self.rooms = rooms
        self.axes.set_ylim(self.low - self.unit * 2 ** rooms[0], self.high + self.unit * 2 ** rooms[1])

    def adopt(self, scene: Scene) -> bool:
        same = self.scene is not None and self.scene.race is scene.race
        super().adopt(scene)
        if same or scene.race.surface.data is None:
            return False
        before, rooms = self.rooms, self.rooms_for(scene.race)
        self.limit(rooms)
        return rooms != before

    def outgrown(self, race: Race, faint: bool = False) -> bool:
        if race.surface.data is None:
            return False
        rooms = self.rooms_for(race)
        grown = max(self.rooms[0], rooms[0]), max(self.rooms[1], rooms[1])
        if grown == self.rooms:
            return False
        self.limit(grown)
        return True

    def arrange(self) -> None:
        """Above the axes, as many words as there is room for."""
        super().arrange()
        if self.axes.axison:
            wide = self.area.x1 - self.axes.bbox.x0
            for words in self.words:
                self.name.set(text=words, fontsize=TITLE, visible=True)
                if self.name.get_window_extent().width <= wide:
                    break
            text_fitting.shrink(self.name, TITLE, wide)

    def trails(self, brush: Brush, first: int, last: int) -> None:
        """A curve leaves no trail: what it was is in the loss."""

    def ground(self, brush: Brush, laid: dict[Track, int]) -> None:
        """As ``trails``."""

    def paths(self, brush: Brush, last: int) -> None:
        """As ``trails``."""

    def through(self, a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Pixels (n, 2) of the model's values for the parameters a and b at x; all of one shape (n,), or a and b single."""
        assert self.scene is not None
        predict = self.scene.race.surface.predict
        assert predict is not None
        with np.errstate(all="ignore"):
            return self.axes.transData.transform(np.column_stack([x, predict(a, b, x)]))

    def coordinates(self, track: Track, steps: np.ndarray) -> np.ndarray:
        return np.column_stack(track.at(steps)[:2])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """The middle of each curve: x and y are its parameters."""
        return self.through(*points.T, np.full(len(points), sum(self.axes.get_xlim()) / 2)), None

    def nearest(self, pixel: tuple[float, float], within: float) -> None:
        """There is no trail."""

    def ring(self, brush: Brush, index: int, step: int) -> None:
        """The curve as it was after that step."""
        assert self.scene is not None
        track, theme = self.scene.race.tracks[index], self.scene.theme
        if self.scene.race.surface.data is not None:
            a, b, _ = track.part(step, step)
            for color, width in ((theme.halo, WIDTH), (theme.text, WIDTH / 2)):
                brush.line(self.through(a, b, self.places), color, width, self.axes.bbox)

    def heads(self, brush: Brush) -> None:
        """Each run's curve as it stands, with the run's mark on it."""
        assert self.scene is not None
        if self.scene.race.surface.data is None:
            return
        for track, style in self.scene.shown:
            step = min(self.scene.race.step, track.extent)
            a, b, _ = track.part(step, step)
            brush.line(self.through(a, b, self.places), style.color, WIDTH, self.axes.bbox, dash=style.dash)
        super().heads(brush)
