"""The data a loss surface was made from, and each run's curve through them as it moves."""

from __future__ import annotations

import numpy as np

from app.views import strokes
from app.views.scene import Scene
from app.views.strokes import Brush
from app.views.view import WIDTH, View

PLACES = 161  # along a curve
MANY = 500  # points of data that stand so close that they are drawn smaller


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
        axes.plot(x, y, "o", markersize=2.5 if many else 4.5, markerfacecolor=theme.blend(theme.accent, 0.35),
                  markeredgecolor=theme.face, markeredgewidth=0.0 if many else 0.6)
        left, right = x.min(), x.max()
        room = 0.06 * (right - left)
        height = 0.15 * max(float(np.ptp(y)), 1e-9)
        axes.set(xlim=(left - room, right + room), ylim=(y.min() - height, y.max() + height), xlabel="x", ylabel="y")
        axes.set_title(f"{x.size:,} points and each run's curve", loc="left", fontsize=9, color=theme.text)
        axes.grid(True, color=theme.line, linewidth=0.6, alpha=0.7)
        axes.set_axisbelow(True)

    def trails(self, brush: Brush, first: int, last: int) -> None:
        """A curve leaves no trail: what it was is in the loss."""

    def redraw(self, brush: Brush, last: int) -> None:
        """As ``trails``."""

    def through(self, a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Pixels (n, 2) of the model's values for the parameters a and b at x; all of one shape (n,), or a and b single."""
        assert self.scene is not None
        predict = self.scene.race.surface.predict
        assert predict is not None
        with np.errstate(all="ignore"):
            return strokes.tame(self.axes.transData.transform(np.column_stack([x, predict(a, b, x)])))

    def locate(self, steps: np.ndarray, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, None]:
        """The middle of each curve: x and y are its parameters."""
        return self.through(x, y, np.full(len(x), sum(self.axes.get_xlim()) / 2)), None

    def heads(self, brush: Brush) -> None:
        """Each run's curve as it stands, with the run's mark on it."""
        assert self.scene is not None
        if self.scene.race.surface.data is None:
            return
        across = np.linspace(*self.axes.get_xlim(), PLACES)
        for track, style in self.scene.shown:
            step = min(self.scene.race.step, track.extent)
            a, b, _ = track.part(step, step)
            brush.line(self.through(a, b, across), style.color, WIDTH, self.axes.bbox)
        super().heads(brush)
