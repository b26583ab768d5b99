"""The data a loss surface was made from, and each run's line as it moves."""

from __future__ import annotations

import numpy as np

from app.views import strokes
from app.views.scene import Scene
from app.views.strokes import Brush
from app.views.view import WIDTH, View


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
        axes.plot(x, y, "o", markersize=4.5, markerfacecolor=theme.blend(theme.accent, 0.35), markeredgecolor=theme.face,
                  markeredgewidth=0.6)
        left, right = x.min(), x.max()
        room = 0.06 * (right - left)
        height = 0.15 * max(float(np.ptp(y)), 1e-9)
        axes.set(xlim=(left - room, right + room), ylim=(y.min() - height, y.max() + height), xlabel="x", ylabel="y")
        axes.set_title(f"{x.size} points and each run's line", loc="left", fontsize=9, color=theme.text)
        axes.grid(True, color=theme.line, linewidth=0.6, alpha=0.7)
        axes.set_axisbelow(True)

    def trails(self, brush: Brush, first: int, last: int) -> None:
        """A line leaves no trail: what it was is in the loss."""

    def redraw(self, brush: Brush, last: int) -> None:
        """As ``trails``."""

    def locate(self, steps: np.ndarray, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, None]:
        """The middle of each line: x is its slope, y its intercept."""
        middle = np.full(len(x), sum(self.axes.get_xlim()) / 2)
        with np.errstate(all="ignore"):
            return strokes.tame(self.axes.transData.transform(np.column_stack([middle, x * middle + y]))), None

    def heads(self, brush: Brush) -> None:
        """Each run's line as it stands, with the run's mark on it."""
        assert self.scene is not None
        if self.scene.race.surface.data is None:
            return
        ends = np.array(self.axes.get_xlim())
        for track, style in self.scene.shown:
            step = min(self.scene.race.step, track.extent)
            a, b, _ = track.part(step, step)
            with np.errstate(all="ignore"):
                points = strokes.tame(self.axes.transData.transform(np.column_stack([ends, a * ends + b])))
            brush.line(points, style.color, WIDTH, self.axes.bbox)
        super().heads(brush)
