"""Which points of a surface are hidden by the surface itself."""

from __future__ import annotations

import numpy as np

from app.views.camera import TALL, Camera

SAMPLES = 32


TOLERANCE = 0.02  # heights closer than this count as touching: what a grid cell bends by


class Sight:
    """What a camera sees of a height field. Each node of the field is looked at once, when it is first asked for.

    ``field`` (rows, columns) holds the heights over an even grid of y and x. A sight line that stays on one side of the
    surface, above it or below it, sees the point; one that changes sides does not.
    """

    def __init__(self, camera: Camera, field: np.ndarray) -> None:
        self.camera, self.shape = camera, field.shape
        self.heights = field.astype(np.float32).ravel()
        self.known = np.full(self.heights.size, -1, np.int8)

    def hidden(self, points: np.ndarray) -> np.ndarray:
        """Which points (n, 3) on the surface, x and y in -1..1, are hidden by it: (n,)."""
        rows, columns = self.shape
        node = ((points[:, 1] + 1.0) * (0.5 * (rows - 1)) + 0.5).astype(np.intp) * columns
        node += ((points[:, 0] + 1.0) * (0.5 * (columns - 1)) + 0.5).astype(np.intp)
        fresh = node[self.known[node] < 0]
        if fresh.size:
            fresh = np.unique(fresh)
            self.known[fresh] = self._look(fresh)
        return self.known[node] > 0

    def _look(self, nodes: np.ndarray) -> np.ndarray:
        """Whether each of nodes (n,) is hidden: its line of sight is followed until it leaves the box."""
        rows, columns = self.shape
        row, column = (index.astype(np.float32) for index in np.divmod(nodes, columns))
        here = np.column_stack([column * (2 / (columns - 1)) - 1, row * (2 / (rows - 1)) - 1, self.heights[nodes]])
        away = (self.camera.place - here).astype(np.float32)
        with np.errstate(all="ignore"):
            exits = (np.copysign(np.float32((1.0, 1.0, TALL)), away) - here) / away
        end = np.clip(np.where(np.isfinite(exits), exits, 1.0).min(axis=1), 0.0, 1.0)[:, None]
        along = (end * np.linspace(0.0, 1.0, SAMPLES + 1)[1:]).astype(np.float32)
        row = row[:, None] + along * (away[:, 1, None] * np.float32(0.5 * (rows - 1))) + np.float32(0.5)
        column = column[:, None] + along * (away[:, 0, None] * np.float32(0.5 * (columns - 1))) + np.float32(0.5)
        cells = row.astype(np.int32) * np.int32(columns) + column.astype(np.int32)
        above = here[:, 2, None] + along * away[:, 2, None] - self.heights.take(cells, mode="clip")
        return (above.max(axis=1) > TOLERANCE) & (above.min(axis=1) < -TOLERANCE)
