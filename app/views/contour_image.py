"""The filled levels of a contour as one image: what is shown while its window moves, in a tenth of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist

from app.analysis.height_map import HeightMap
from app.plotting.colormap import surface_colormap

if TYPE_CHECKING:
    from app.views.contour_view import ContourView

GRID_SIZE = 121  # heights along each side; between them colors are interpolated


def resample(values: np.ndarray, axis: int, count: int) -> np.ndarray:
    """A grid with ``count`` values along an axis, interpolated linearly between those it has, at the middles of as many pixels."""
    sample_positions = (np.arange(count) + 0.5) / count * (values.shape[axis] - 1)
    low = np.minimum(sample_positions.astype(np.intp), values.shape[axis] - 2)
    fraction = (sample_positions - low).astype(np.float32)
    fraction = fraction[:, None] if axis == 0 else fraction
    return values.take(low, axis) * (1 - fraction) + values.take(low + 1, axis) * fraction


class ContourImage(Artist):
    """Paints the levels of what is visible over the axes."""

    def __init__(self, view: ContourView, level_count: int) -> None:
        super().__init__()
        self.view, self.level_count = view, level_count
        self.set_visible(False)
        self.set_zorder(0)

    def draw(self, renderer: Any) -> None:
        view = self.view
        if view.scene is None or not self.get_visible():
            return
        height_map = HeightMap(view.scene.race.surface, view.visible_bounds)
        (x0, y0), (x1, y1) = np.round(view.axes.bbox.min).astype(int), np.round(view.axes.bbox.max).astype(int)
        normalized_heights = (
            np.nan_to_num(height_map.normalized_height(height_map.heights(*height_map.grid(GRID_SIZE))), nan=1.0)
            .clip(0.0, 1.0)
            .astype(np.float32)
        )
        normalized_heights = resample(resample(normalized_heights, 0, max(y1 - y0, 1)), 1, max(x1 - x0, 1))
        colors = (
            (surface_colormap(view.scene.theme)((np.arange(self.level_count) + 0.5) / self.level_count) * 255)
            .round()
            .astype(np.uint8)
        )
        image = colors[np.minimum((normalized_heights * self.level_count).astype(np.intp), self.level_count - 1)]
        renderer.draw_image(renderer.new_gc(), x0, y0, image)
