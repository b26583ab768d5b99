"""The vertical scale of the curve: the loss, or its logarithm above the lowest one, as a coordinate of the axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.analysis.height_map import HeightMap

ROUND_HEIGHTS = 4  # ticks on a logarithmic scale


class LossScale:
    """Converts losses to coordinates and back; the axes themselves are linear, so that moving and zooming is simple.

    On a logarithmic scale, the coordinate is log10(1 + d / t) at a distance d above the lowest loss, and minus that
    below it, where t is the ``linear_threshold`` of the height map.
    """

    def __init__(self, height_map: HeightMap) -> None:
        self.height_map, self.is_log = height_map, height_map.scale == "log"
        self.lowest, self.threshold = height_map.min_height, height_map.linear_threshold

    def to_coordinate(self, losses: Any) -> np.ndarray:
        """Return the coordinates of losses, in the same shape."""
        values = np.asarray(losses, float)
        if not self.is_log:
            return values
        with np.errstate(all="ignore"):
            distance = values - self.lowest
            result: np.ndarray = np.sign(distance) * np.log10(1.0 + np.abs(distance) / self.threshold)
        return result

    def tick_losses(self) -> list[float]:
        """Return the losses of the ticks on a logarithmic scale."""
        return self.height_map.round_heights(ROUND_HEIGHTS)
