"""The surface in three dimensions, shaded, with the paths on it: what the surface hides is drawn thin and pale."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from app.views import strokes
from app.views.camera import TALL, Camera, Sight
from app.views.scene import Scene
from app.views.view import BLOCK, View

LINES, CELLS, SLIT = 20, 4, 0.10  # grid lines across; cells between two; how wide a line is, in cells
FIELD = 257  # nodes of the even grid that sight lines are tested against
FLAT = 72  # degrees; looked at from above that, the labels of the heights would stand on top of each other
LIGHT_FROM = np.array([-0.45, -0.35, 0.82])


def nodes() -> np.ndarray:
    """Grid nodes in -1..1: CELLS even cells, then a narrow one that is drawn as a grid line, and so on; 101 in all."""
    wide = (2.0 / LINES - SLIT * 2.0 / (LINES * CELLS)) / CELLS
    cells = np.tile([wide] * CELLS + [SLIT * 2.0 / (LINES * CELLS)], LINES)
    return np.concatenate([[-1.0], -1.0 + np.cumsum(cells)])


class Mesh(Artist):
    """The height field as quads, painted from far to near; with a frame and its labels unless the scene is being turned."""

    def __init__(self, view: Relief) -> None:
        super().__init__()
        self.view = view
        self.brush: strokes.Brush | None = None

    def draw(self, renderer: Any) -> None:
        view = self.view
        if view.scene is None:
            return
        if self.brush is None or self.brush.renderer is not renderer:
            self.brush = strokes.Brush(renderer)
        brush = self.brush
        self.frame(brush, near=False)
        x, y, _, colors = view.mesh
        points = view.pixels(view.nodes)
        gc = renderer.new_gc()
        gc.set_clip_rectangle(view.area)
        gc.set_linewidth(0.5)  # an edge in the color of its cell closes the seams between antialiased neighbors
        for rows, row_cells in view.camera.order(y, 1):
            for columns, column_cells in view.camera.order(x, 0):
                part = points[rows, columns]
                height, width = part.shape[0] - 1, part.shape[1] - 1
                if height > 0 and width > 0:
                    faces = colors[row_cells, column_cells].reshape(-1, 4)
                    renderer.draw_quad_mesh(gc, strokes.IDENTITY, width, height, np.ascontiguousarray(part), np.zeros((1, 2)),
                                            strokes.IDENTITY, faces, not view.turning,
                                            np.empty((0, 4)) if view.turning else faces)
        gc.restore()
        self.frame(brush, near=True)

    def frame(self, brush: strokes.Brush, near: bool) -> None:
        """The edges of the box and their labels: those behind the surface before it, those in front of it after."""
        view = self.view
        assert view.scene is not None
        theme = view.scene.theme
        sx, sy = (1.0 if view.camera.place[k] > 0 else -1.0 for k in (0, 1))
        if not near:
            floor = np.array([[-sx, sy, -TALL], [-sx, -sy, -TALL], [sx, -sy, -TALL]])
            back = np.array([[-sx, sy, TALL], [-sx, -sy, TALL], [sx, -sy, TALL], [np.nan] * 3, [-sx, -sy, -TALL], [-sx, -sy, TALL],
                             [np.nan] * 3, [-sx, sy, -TALL], [-sx, sy, TALL], [np.nan] * 3, [sx, -sy, -TALL], [sx, -sy, TALL]])
            for edges in (floor, back):
                brush.line(view.pixels(edges), theme.line, 1.0, view.area)
            return
        brush.line(view.pixels(np.array([[-sx, sy, -TALL], [sx, sy, -TALL], [sx, -sy, -TALL]])), theme.line, 1.0, view.area)
        if view.turning:
            return
        scenery = view.scene.scenery
        names = view.scene.race.surface.axes
        for axis, (side, name) in enumerate(zip((sy, sx), names, strict=True)):
            low, high = scenery.box[axis]
            for value in MaxNLocator(4).tick_values(low, high):
                if low + 0.04 * (high - low) <= value <= high - 0.04 * (high - low):  # the corners belong to both axes
                    self.label(brush, axis, side, (value - low) / (high - low) * 2 - 1, f"{value:g}", 1.13)
            self.label(brush, axis, side, 0.0, name.split()[0], 1.36)
        if view.scene.race.surface.levels == "log":
            self.text(brush, np.array([view.axes.bbox.x0, view.axes.bbox.y1 - brush.renderer.points_to_pixels(4)]),
                      "height: log scale", "left")
        if view.camera.elevation > FLAT:
            return
        corner = view.pixels(np.array([[sx, -sy, 0.0], [-sx, sy, 0.0]]))
        end = (sx, -sy) if corner[0, 0] < corner[1, 0] else (-sx, sy)
        for height in scenery.round_heights(3):
            z = (float(scenery.relief(height)) * 2 - 1) * TALL
            if -TALL <= z <= TALL:
                self.text(brush, view.pixels(np.array([end[0] * 1.06, end[1] * 1.06, z])), f"{height:g}", "right")

    def label(self, brush: strokes.Brush, axis: int, side: float, along: float, words: str, out: float) -> None:
        """Words beside the floor's front edge that runs along an axis."""
        point = np.array([along, side * out, -TALL]) if axis == 0 else np.array([side * out, along, -TALL])
        self.text(brush, self.view.pixels(point), words, "center")

    def text(self, brush: strokes.Brush, place: np.ndarray, words: str, align: str) -> None:
        assert self.view.scene is not None
        text = Text(*place, words, fontsize=8, color=self.view.scene.theme.muted, ha=align, va="center")
        text.set_figure(self.view.figure)
        text.set_clip_box(self.view.area)
        text.set_clip_on(True)
        text.draw(brush.renderer)


class Relief(View):
    id = "relief"
    title = "Relief"
    margins = (0.1, 0.1, 0.1, 0.1)

    def __init__(self, figure: Any) -> None:
        super().__init__(figure)
        self._camera = Camera()
        self.turning = False

    @property
    def turning(self) -> bool:
        """Whether the mouse turns it right now: labels, edges and halos are left out, trails drawn in longer pieces."""
        return not self.halo

    @turning.setter
    def turning(self, turning: bool) -> None:
        self.block, self.halo = (4 * BLOCK, False) if turning else (BLOCK, True)

    @property
    def camera(self) -> Camera:
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        self._camera = camera
        if self.scene is not None:
            self.sight = Sight(camera, self.field)

    def compose(self, scene: Scene) -> None:
        scenery = scene.scenery
        self.axes.set_axis_off()
        x = y = nodes()
        (left, right), (bottom, top) = scenery.box
        heights = scenery.heights(left + (x + 1) / 2 * (right - left), bottom + (y + 1) / 2 * (top - bottom))
        z = self.upright(scenery.relief(heights))
        self.mesh = x, y, z, self.shades(x, y, z)
        self.nodes = np.stack([*np.meshgrid(x, y), z], axis=-1)
        even = np.linspace(-1, 1, FIELD)
        self.field = self.upright(scenery.relief(scenery.heights(left + (even + 1) / 2 * (right - left),
                                                                 bottom + (even + 1) / 2 * (top - bottom))))
        self.sight = Sight(self.camera, self.field)
        self.axes.add_artist(Mesh(self))

    @staticmethod
    def upright(relief: np.ndarray) -> np.ndarray:
        """0..1 to z; what rises beyond the box stays within it, since the box shows no more."""
        return np.nan_to_num(np.clip(relief, 0.0, 1.0), nan=1.0) * 2 * TALL - TALL

    def shades(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """A color for each cell, (rows, columns, 4): by height, lit from one side, darker along the grid lines."""
        assert self.scene is not None
        theme = self.scene.theme
        middle = (z[1:, 1:] + z[:-1, :-1] + z[1:, :-1] + z[:-1, 1:]) / 4
        dz_dx = (z[1:, 1:] + z[:-1, 1:] - z[1:, :-1] - z[:-1, :-1]) / (2 * np.diff(x))
        dz_dy = (z[1:, 1:] + z[1:, :-1] - z[:-1, 1:] - z[:-1, :-1]) / (2 * np.diff(y)[:, None])
        lit = (-dz_dx * LIGHT_FROM[0] - dz_dy * LIGHT_FROM[1] + LIGHT_FROM[2]) / np.sqrt(dz_dx**2 + dz_dy**2 + 1)
        colors = theme.colormap((middle / TALL + 1) / 2)
        colors[..., :3] *= (0.72 + 0.34 * np.clip(lit, 0, 1))[..., None]
        ink = np.array(to_rgba(theme.text))[:3]
        for narrow in ((np.s_[:, CELLS::CELLS + 1]), (np.s_[CELLS::CELLS + 1, :])):
            colors[(*narrow, slice(0, 3))] = colors[(*narrow, slice(0, 3))] * 0.72 + ink * 0.28
        return np.clip(colors, 0.0, 1.0)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) of the unit box to pixels of the figure."""
        box = self.axes.bbox
        size = min(box.width / 3.9, box.height / 3.1)
        return self.camera.project(points, ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2 + 0.12 * size), size)

    def upon(self, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> np.ndarray:
        """Positions and losses, (n,) each, in the unit box, (n, 3); nan outside it."""
        assert self.scene is not None
        scenery = self.scene.scenery
        points = np.column_stack([x, y, loss])
        with np.errstate(all="ignore"):
            points[:, :2] = (points[:, :2] - scenery.lower) * (2.0 / scenery.size) - 1.0
            points[:, 2] = scenery.relief(points[:, 2]) * (2.0 * TALL) - TALL
            points[(np.abs(points[:, :2]).max(axis=1) > 1.0) | (points[:, 2] > TALL * 1.5)] = np.nan
        return points

    def locate(self, steps: np.ndarray, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points = self.upon(x, y, loss)
        return self.pixels(points), self.hidden(points)

    def hidden(self, points: np.ndarray) -> np.ndarray:
        """Which of points (n, 3) are hidden; none of those that lie outside the box."""
        inside = ~np.isnan(points[:, 0])
        if inside.all():
            return self.sight.hidden(points)
        hidden = np.zeros(len(points), bool)
        if inside.any():
            hidden[inside] = self.sight.hidden(points[inside])
        return hidden
