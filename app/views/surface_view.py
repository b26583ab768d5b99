"""The surface in three dimensions, shaded, with the paths on it: what the surface hides is drawn thin and pale."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba

from app.engine.trajectory import Track
from app.plotting import markers, path_renderer
from app.plotting.colormap import surface_colormap
from app.views.base_view import View
from app.views.camera import TALL, Camera, reach
from app.views.occlusion import Sight
from app.views.scene import Scene
from app.views.surface_axes import Frame
from surfaces.surface import Box

LINES, CELLS, SLIT = 20, 4, 0.10  # grid lines across; cells between two; how wide a line is, in cells
EDGE, DOT = 65, 7.0  # points of each side of a window's edge; how large it is at least, in points
FIELD = 257  # nodes of the even grid that sight lines are tested against
WIDER = 1.1  # how much farther out than the floor's corners numbers stand, at most, and half their height
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
        self.brush: path_renderer.Brush | None = None

    def draw(self, renderer: Any) -> None:
        view = self.view
        if view.scene is None:
            return
        if self.brush is None or self.brush.renderer is not renderer:
            self.brush = path_renderer.Brush(renderer)
        brush = self.brush
        view.frame.draw_behind(brush)
        renderer.start_rasterizing()  # ten thousand quads: of a vector file they are the bitmap in it
        self.quads(renderer)
        renderer.stop_rasterizing()
        view.frame.draw_before(brush, view.pixels(view.nodes).reshape(-1, 2))

    def quads(self, renderer: Any) -> None:
        view = self.view
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
                    renderer.draw_quad_mesh(
                        gc,
                        path_renderer.IDENTITY,
                        width,
                        height,
                        np.ascontiguousarray(part),
                        np.zeros((1, 2)),
                        path_renderer.IDENTITY,
                        faces,
                        not view.turning,
                        np.empty((0, 4)) if view.turning else faces,
                    )
        gc.restore()


class Relief(View):
    id = "relief"
    title = "Relief"
    margins = (0.06, 0.06, 0.06, 0.06)
    headed = False

    def __init__(self, figure: Any) -> None:
        super().__init__(figure)
        self._camera = Camera()
        self.frame = Frame(self)
        self.turning = False
        self.window: Box | None = None  # what part of the plane the contour shows, where that is not all of it

    @property
    def turning(self) -> bool:
        """Whether the mouse turns it right now: labels and edges are left out."""
        return self._turning

    @turning.setter
    def turning(self, turning: bool) -> None:
        self._turning = self.hasty = turning

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
        self.field = self.upright(
            scenery.relief(
                scenery.heights(left + (even + 1) / 2 * (right - left), bottom + (even + 1) / 2 * (top - bottom))
            )
        )
        self.sight = Sight(self.camera, self.field)
        self.beside = self.frame.beside()
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
        colors = surface_colormap(theme)((middle / TALL + 1) / 2)
        colors[..., :3] *= (0.72 + 0.34 * np.clip(lit, 0, 1))[..., None]
        ink = np.array(to_rgba(theme.text))[:3]
        for narrow in ((np.s_[:, CELLS :: CELLS + 1]), (np.s_[CELLS :: CELLS + 1, :])):
            colors[(*narrow, slice(0, 3))] = colors[(*narrow, slice(0, 3))] * 0.72 + ink * 0.28
        return np.clip(colors, 0.0, 1.0)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) of the unit box to pixels of the figure."""
        box = self.axes.bbox
        beside = 0.0 if self.cramped else 2 * self.beside * self.figure.dpi
        across, down, up = reach(self.camera.elevation, 1.0 if self.cramped else WIDER)
        size = max(min((box.width - beside) / (2 * across), box.height / (up - down)), 1.0)
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2 - size * (up + down) / 2
        return self.camera.project(points, middle, size)

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

    def coordinates(self, track: Track, steps: np.ndarray) -> np.ndarray:
        return self.upon(*track.at(steps))

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.pixels(points), self.hidden(points)

    def show(self, scene: Scene) -> None:
        if self.scene is not None and scene.race.surface is not self.scene.race.surface:
            self.window = None
        super().show(scene)

    def underlay(self, brush: path_renderer.Brush) -> None:
        """The edge of what the contour shows, the minima and the start; hollow where the surface hides them."""
        assert self.scene is not None
        if self.window is not None:
            self.edge(brush, self.window)
        surface, start = self.scene.race.surface, self.scene.experiment.start
        for places, mark in ((surface.minima, markers.minimum), ([start], markers.start)):
            x, y = np.array(places, float).reshape(-1, 2).T
            with np.errstate(all="ignore"):
                points, hidden = self.to_screen(self.upon(x, y, surface(x, y)[0]))
            mark(brush, points[~hidden])
            brush.marker(
                points[hidden], "*" if mark is markers.minimum else "o", 8.0, "none", self.scene.theme.muted, 1.0
            )

    def edge(self, brush: path_renderer.Brush, window: Box) -> None:
        """Draw a window's edge on the surface; a small square where it would be a dot."""
        assert self.scene is not None
        theme, (x, y) = self.scene.theme, (np.linspace(*side, EDGE) for side in window)
        xs = np.concatenate([x, np.full(EDGE, x[-1]), x[::-1], np.full(EDGE, x[0])])
        ys = np.concatenate([np.full(EDGE, y[0]), y, np.full(EDGE, y[-1]), y[::-1]])
        with np.errstate(all="ignore"):
            points, hidden = self.to_screen(self.upon(xs, ys, self.scene.race.surface(xs, ys)[0]))
        if np.isfinite(points).all() and np.ptp(points, axis=0).max() < brush.renderer.points_to_pixels(DOT):
            for color, width in ((theme.halo, 3.2), (theme.text, 1.4)):
                brush.marker(points.mean(axis=0)[None], "s", DOT, "none", color, width)
            return
        seen = np.where(hidden[:, None], np.nan, points)
        brush.line(seen, theme.halo, 2.6, self.axes.bbox)
        brush.line(seen, theme.text, 1.3, self.axes.bbox, cap="butt", dash=(2.0, 2.0))

    def hidden(self, points: np.ndarray) -> np.ndarray:
        """Which of points (n, 3) are hidden; none of those that lie outside the box."""
        inside = ~np.isnan(points[:, 0])
        if inside.all():
            return self.sight.hidden(points)
        hidden = np.zeros(len(points), bool)
        if inside.any():
            hidden[inside] = self.sight.hidden(points[inside])
        return hidden
