"""The surface from above: filled levels, the global minima, the start, the paths."""

from __future__ import annotations

import numpy as np
from matplotlib.path import Path
from matplotlib.text import Annotation

from app.views import labels
from app.views.scene import Scene
from app.views.sketch import sketch
from app.views.strokes import Brush
from app.views.ticks import Even, short
from app.views.view import View

FILLED, LABELED, GRID = 28, 10, 161
FORMULA, KEY = 10.0, 8.5  # points
CROWDED, TANGLED = 60, 1000  # level lines: with more of them there is no room for their numbers, or for the lines


class Contour(View):
    id = "contour"
    title = "Contour"
    key: Annotation | None = None
    formula: Annotation | None = None

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
        names = {float(scenery.relief(h)): short(h) for h in round_heights}
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
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(Even())
        axes.set_aspect("equal" if scene.options.get("equal") else "auto")
        key = "○ start   ☆ minimum" if scene.race.surface.minima else "○ start"
        self.key, self.formula = labels.over(axes, key, "right", KEY, theme.muted), None

    def finish(self) -> bool:
        """The formula: mathtext loads a parser and fonts, which takes longer than all the rest."""
        assert self.scene is not None
        words = f"${self.scene.race.surface.formula}$"
        self.formula = labels.over(self.axes, words, "left", FORMULA, self.scene.theme.text)
        return True

    def arrange(self) -> None:
        """The formula as small as it must be to stand beside the key; none where that cannot be read."""
        super().arrange()
        if self.key is None:
            return
        self.axes.apply_aspect()
        box, inch = self.axes.bbox, self.figure.dpi
        room = box.width
        if labels.shrink(self.key, KEY, room):
            room -= self.key.get_window_extent().width + 0.12 * inch
        if self.formula is not None:
            labels.shrink(self.formula, FORMULA, room, self.area.y1 - box.y1 - labels.ABOVE / 72 * inch)

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
