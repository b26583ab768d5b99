"""The surface from above: filled levels, the global minima, the start, the paths."""

from __future__ import annotations

import numpy as np
from matplotlib.path import Path
from matplotlib.text import Text

from app.views.scene import Scene
from app.views.sketch import sketch
from app.views.strokes import Brush
from app.views.view import View

FILLED, LABELED, GRID = 28, 10, 161
FORMULA, SMALLEST = 10.0, 6.0  # points
CROWDED, TANGLED = 60, 1000  # level lines: with more of them there is no room for their numbers, or for the lines


class Contour(View):
    id = "contour"
    title = "Contour"
    key: Text | None = None
    formula: Text | None = None

    def compose(self, scene: Scene) -> None:
        scenery, theme, axes = scene.scenery, scene.theme, self.axes
        x, y = scenery.grid(GRID)
        heights = scenery.heights(x, y)
        relief = np.clip(np.nan_to_num(scenery.relief(heights), nan=1.0), 0.0, 1.0)
        axes.contourf(x, y, relief, levels=np.linspace(0, 1, FILLED + 1), cmap=theme.colormap, zorder=0)
        round_heights = scenery.round_heights(LABELED)
        lines = axes.contour(x, y, relief, levels=[float(scenery.relief(h)) for h in round_heights], colors=theme.text,
                             linewidths=0.5, alpha=0.3, zorder=1)
        rings = sum(len(path.codes[path.codes == Path.MOVETO]) for path in lines.get_paths() if path.codes is not None)
        if rings > TANGLED:
            lines.remove()
        names = {float(scenery.relief(h)): f"{h:g}" for h in round_heights}
        for label in axes.clabel(lines, fontsize=7, inline_spacing=2, fmt=lambda share: names[share]) if rings < CROWDED else ():
            label.set(color=theme.text, alpha=0.8)
            if (np.abs((label.get_position() - scenery.lower) / scenery.size - 0.5) > 0.47).any():
                label.remove()  # it would be cut by the frame
        if scene.race.surface.minima:
            axes.plot(*np.array(scene.race.surface.minima).T, linestyle="none", marker="*", markersize=13, zorder=2,
                      markerfacecolor=theme.face, markeredgecolor=theme.text, markeredgewidth=0.9)
        (left, right), (bottom, top) = scenery.box
        across, up = scene.race.surface.axes
        axes.set(xlim=(left, right), ylim=(bottom, top), xlabel=across, ylabel=up)
        axes.set_aspect("equal" if scene.options.get("equal") else "auto")
        key = "○ start   ☆ minimum" if scene.race.surface.minima else "○ start"
        self.key = axes.set_title(key, loc="right", fontsize=8.5, color=theme.muted)
        self.formula = None

    def finish(self) -> bool:
        """The formula: mathtext loads a parser and fonts, which takes longer than all the rest."""
        assert self.scene is not None
        self.formula = self.axes.set_title(f"${self.scene.race.surface.formula}$", loc="left", fontsize=FORMULA,
                                           color=self.scene.theme.text)
        self.fit_formula()
        return True

    def fit_formula(self) -> None:
        """Make the formula as small as it must be to stand beside the key; leave it out where that cannot be read."""
        if self.formula is None or self.key is None:
            return
        self.formula.set(fontsize=FORMULA, visible=True)
        wide, room = self.formula.get_window_extent().width, self.axes.bbox.width - self.key.get_window_extent().width - 12
        size = FORMULA * min(1.0, room / max(wide, 1.0))
        self.formula.set(fontsize=max(size, 1.0), visible=size >= SMALLEST)

    def place(self, room: tuple[float, float, float, float] | None = None) -> None:
        super().place(room)
        self.fit_formula()

    def locate(self, steps: np.ndarray, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, None]:
        return self.axes.transData.transform(np.column_stack([x, y])), None

    def start_pixels(self) -> np.ndarray:
        """Where the start is, (1, 2)."""
        assert self.scene is not None
        return self.axes.transData.transform([self.scene.experiment.start])

    def underlay(self, brush: Brush) -> None:
        assert self.scene is not None
        theme = self.scene.theme
        brush.marker(self.start_pixels(), "o", 13.0, theme.face, theme.text, 1.8)

    def heads(self, brush: Brush) -> None:
        """The runs' marks, over what their rules have looked at."""
        assert self.scene is not None
        if self.scene.options.get("trials", True):
            for track, style in self.scene.shown:
                sketch(brush, track, min(self.scene.race.step, track.extent), style, self.scene.theme, self.axes.transData,
                       self.axes.bbox)
        super().heads(brush)
