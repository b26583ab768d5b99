"""The filled contour levels as one image, which is shown while the viewport moves: ten times as fast as polygons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import Colormap

from app.analysis.height_map import HeightMap

GRID_SIZE = 121  # losses along each side; normalized heights are interpolated between them


def resample(values: np.ndarray, axis: int, count: int) -> np.ndarray:
    """Return a grid interpolated linearly along an axis at the centers of ``count`` pixels."""
    sample_positions = (np.arange(count) + 0.5) / count * (values.shape[axis] - 1)
    low = np.minimum(sample_positions.astype(np.intp), values.shape[axis] - 2)
    fraction: np.ndarray = (sample_positions - low).astype(np.float32)
    fraction = fraction[:, None] if axis == 0 else fraction
    resampled: np.ndarray = values.take(low, axis) * (1 - fraction) + values.take(low + 1, axis) * fraction
    return resampled


class ContourImage(Artist):
    """An artist that fills its axes with the levels of a height map.

    ``visible_height_map`` returns the height map of what the axes show when the image is drawn.
    """

    def __init__(self, visible_height_map: Callable[[], HeightMap], colormap: Colormap, level_count: int) -> None:
        super().__init__()
        self.visible_height_map, self.level_count = visible_height_map, level_count
        colors = colormap((np.arange(level_count) + 0.5) / level_count)
        self.colors: np.ndarray = (colors * 255).round().astype(np.uint8)
        self.set_visible(False)
        self.set_zorder(0)

    def draw(self, renderer: Any) -> None:
        """Draw the image in the pixels of the axes."""
        if not self.get_visible() or self.axes is None:
            return
        height_map, bbox = self.visible_height_map(), self.axes.bbox
        (x0, y0), (x1, y1) = np.round(bbox.min).astype(int), np.round(bbox.max).astype(int)
        heights = height_map.normalized_height(height_map.heights(*height_map.grid(GRID_SIZE)))
        heights = np.nan_to_num(heights, nan=1.0).clip(0.0, 1.0).astype(np.float32)
        heights = resample(resample(heights, 0, max(y1 - y0, 1)), 1, max(x1 - x0, 1))
        image = self.colors[np.minimum((heights * self.level_count).astype(np.intp), self.level_count - 1)]
        renderer.draw_image(renderer.new_gc(), x0, y0, image)
