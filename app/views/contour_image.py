"""The filled levels of a contour as one image: what is shown while its window moves, in a tenth of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist

from app.analysis.height_map import Scenery
from app.plotting.colormap import surface_colormap

if TYPE_CHECKING:
    from app.views.contour_view import Contour

GRID = 121  # heights along each side; between them colors are interpolated


def stretched(values: np.ndarray, axis: int, count: int) -> np.ndarray:
    """A grid with ``count`` values along an axis, interpolated linearly between those it has, at the middles of as many pixels."""
    places = (np.arange(count) + 0.5) / count * (values.shape[axis] - 1)
    low = np.minimum(places.astype(np.intp), values.shape[axis] - 2)
    share = (places - low).astype(np.float32)
    share = share[:, None] if axis == 0 else share
    return values.take(low, axis) * (1 - share) + values.take(low + 1, axis) * share


class Wash(Artist):
    """Paints the levels of what is visible over the axes."""

    def __init__(self, view: Contour, levels: int) -> None:
        super().__init__()
        self.view, self.levels = view, levels
        self.set_visible(False)
        self.set_zorder(0)

    def draw(self, renderer: Any) -> None:
        view = self.view
        if view.scene is None or not self.get_visible():
            return
        scenery = Scenery(view.scene.race.surface, view.visible)
        (x0, y0), (x1, y1) = np.round(view.axes.bbox.min).astype(int), np.round(view.axes.bbox.max).astype(int)
        relief = (
            np.nan_to_num(scenery.relief(scenery.heights(*scenery.grid(GRID))), nan=1.0)
            .clip(0.0, 1.0)
            .astype(np.float32)
        )
        relief = stretched(stretched(relief, 0, max(y1 - y0, 1)), 1, max(x1 - x0, 1))
        colors = (
            (surface_colormap(view.scene.theme)((np.arange(self.levels) + 0.5) / self.levels) * 255)
            .round()
            .astype(np.uint8)
        )
        picture = colors[np.minimum((relief * self.levels).astype(np.intp), self.levels - 1)]
        renderer.draw_image(renderer.new_gc(), x0, y0, picture)
