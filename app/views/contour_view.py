"""The surface from above: filled levels, the global minima, the start, the paths. A window of it can be shown larger."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.path import Path
from matplotlib.text import Annotation

from app.analysis.height_map import Scenery, scenery_over
from app.engine.trajectory import Track
from app.plotting import markers, text_fitting
from app.plotting.colormap import surface_colormap
from app.plotting.path_renderer import Brush
from app.plotting.search_overlay import sketch
from app.plotting.tick_formatters import Even
from app.utils.i18n import tr
from app.utils.number_format import unlike
from app.views import annotations
from app.views.base_view import View
from app.views.contour_image import Wash
from app.views.scene import Scene
from surfaces.surface import Box

FILLED, LABELED, GRID = 28, 10, 161
FORMULA, KEY = 10.0, 8.5  # points
CROWDED, TANGLED = 60, 1000  # level lines: with more of them there is no room for their numbers, or for the lines


class Contour(View):
    """``window`` is the part of the plane that is shown, None for all of the scene's box.

    ``moving``: it is being moved. Then levels are painted as an image, without lines and numbers, and trails stay thinned
    for where the window was.
    """

    id = "contour"
    title = "Contour"
    key: Annotation | None = None
    formula: Annotation | None = None
    window: Box | None = None
    _moving = False

    @property
    def visible(self) -> Box:
        """The part of the plane that is shown."""
        assert self.scene is not None
        return self.window or self.scene.scenery.box

    @property
    def box(self) -> Box:
        return self.scenery.box

    @property
    def moving(self) -> bool:
        return self._moving

    @moving.setter
    def moving(self, moving: bool) -> None:
        self._moving = self.hasty = moving
        for artist in self.still:
            artist.set_visible(not moving)
        self.wash.set_visible(moving)

    def look(self, window: Box | None) -> None:
        """Show another window from the next draw on; with its own levels once it is composed anew."""
        self.window = window
        (left, right), (bottom, top) = self.visible
        self.axes.set(xlim=(left, right), ylim=(bottom, top))

    def show(self, scene: Scene) -> None:
        if self.scene is not None and scene.race.surface is not self.scene.race.surface:
            self.window = None
        super().show(scene)

    def compose(self, scene: Scene) -> None:
        axes = self.axes
        self.scenery = scenery_over(scene.race.surface, self.visible)
        self.still: list[Artist] = self.levels(self.scenery, scene)
        self.wash = Wash(self, FILLED)
        axes.add_artist(self.wash)
        theme = scene.theme
        self.look(self.window)
        across, up = scene.race.surface.axes
        axes.set(xlabel=tr(across), ylabel=tr(up))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(Even())
        axes.set_aspect("equal" if scene.options.get("equal") else "auto")
        key = tr("◎ start   ☆ minimum") if scene.race.surface.minima else tr("◎ start")
        self.key, self.formula = text_fitting.over(axes, key, "right", KEY, theme.muted), None
        self.moving = False

    def levels(self, scenery: Scenery, scene: Scene) -> list[Artist]:
        """Filled levels, lines at round heights, and the heights beside them."""
        axes, color = self.axes, scene.theme.text
        x, y = scenery.grid(GRID)
        relief = np.clip(np.nan_to_num(scenery.relief(scenery.heights(x, y)), nan=1.0), 0.0, 1.0)
        filled = axes.contourf(
            x, y, relief, levels=np.linspace(0, 1, FILLED + 1), cmap=surface_colormap(scene.theme), zorder=0
        )
        if self.fineness > 1.0:  # in a vector file the seams between the levels would show
            filled.set(edgecolor="face", linewidth=0.4)
        low, high = relief.min(), relief.max()
        heights = {share: h for h in scenery.round_heights(LABELED) if low < (share := float(scenery.relief(h))) < high}
        if not heights:
            return [filled]
        lines = axes.contour(x, y, relief, levels=sorted(heights), colors=color, linewidths=0.5, alpha=0.3, zorder=1)
        rings = sum(len(path.codes[path.codes == Path.MOVETO]) for path in lines.get_paths() if path.codes is not None)
        if rings > TANGLED:
            lines.remove()
            return [filled]
        names = dict(zip(heights, unlike(list(heights.values())), strict=True))
        written = []
        for label in axes.clabel(lines, fontsize=7, inline_spacing=2, fmt=names.__getitem__) if rings < CROWDED else ():
            label.set(color=color, alpha=0.8)
            if (np.abs((label.get_position() - scenery.lower) / scenery.size - 0.5) > 0.47).any():
                label.remove()  # it would be cut by the frame
            else:
                written.append(label)
        return [filled, lines, *written]

    def finish(self) -> bool:
        """The formula: mathtext loads a parser and fonts, which takes longer than all the rest."""
        assert self.scene is not None
        words = f"${self.scene.race.surface.formula}$"
        self.formula = text_fitting.over(self.axes, words, "left", FORMULA, self.scene.theme.text)
        return True

    def arrange(self) -> None:
        """The formula as small as it must be to stand beside the key; none where that cannot be read."""
        super().arrange()
        if self.key is None:
            return
        self.axes.apply_aspect()
        text_fitting.space(self.axes)
        box, inch = self.axes.bbox, self.figure.dpi
        room = box.width
        if text_fitting.shrink(self.key, KEY, room):
            room -= self.key.get_window_extent().width + 0.12 * inch
        if self.formula is not None:
            text_fitting.shrink(self.formula, FORMULA, room, self.area.y1 - box.y1 - text_fitting.ABOVE / 72 * inch)

    def coordinates(self, track: Track, steps: np.ndarray) -> np.ndarray:
        return np.column_stack(track.at(steps)[:2])

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        return self.axes.transData.transform(points), None

    def start_pixels(self) -> np.ndarray:
        """Where the start is, (1, 2)."""
        assert self.scene is not None
        return self.axes.transData.transform([self.scene.experiment.start])

    def underlay(self, brush: Brush) -> None:
        """The minima and the start, as far as they lie on the map."""
        assert self.scene is not None
        minima = np.array(self.scene.race.surface.minima, float).reshape(-1, 2)
        for places, mark in (
            (self.axes.transData.transform(minima), markers.minimum),
            (self.start_pixels(), markers.start),
        ):
            mark(brush, np.array([place for place in places if self.inside(place)]).reshape(-1, 2))

    def heads(self, brush: Brush) -> None:
        """The runs' marks, over what their rules have looked at."""
        assert self.scene is not None
        if self.scene.options.get("trials", True):
            for track, style in self.scene.shown:
                sketch(
                    brush,
                    track,
                    min(self.scene.race.step, track.extent),
                    style,
                    self.scene.theme,
                    self.axes.transData,
                    self.axes.bbox,
                )
        annotations.diverged(brush, self)  # first: no slip may lie over a run that goes on
        super().heads(brush)
