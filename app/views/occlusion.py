"""Which points of a surface are hidden by the surface itself."""

from __future__ import annotations

import numpy as np

from app.views.camera import HALF_HEIGHT, Camera

SIGHT_LINE_SAMPLES = 32


OCCLUSION_TOLERANCE = 0.02  # heights closer than this count as touching: what a grid cell bends by


class OcclusionMap:
    """What a camera sees of a height field. Each node of the field is looked at once, when it is first asked for.

    ``field`` (rows, columns) holds the heights over an even grid of y and x. A sight line that stays on one side of the
    surface, above it or below it, sees the point; one that changes sides does not.
    """

    def __init__(self, camera: Camera, height_grid: np.ndarray) -> None:
        self.camera, self.shape = camera, height_grid.shape
        self.heights = height_grid.astype(np.float32).ravel()
        self.cached = np.full(self.heights.size, -1, np.int8)

    def is_hidden(self, points: np.ndarray) -> np.ndarray:
        """Which points (n, 3) on the surface, x and y in -1..1, are hidden by it: (n,)."""
        rows, columns = self.shape
        node_indices = ((points[:, 1] + 1.0) * (0.5 * (rows - 1)) + 0.5).astype(np.intp) * columns
        node_indices += ((points[:, 0] + 1.0) * (0.5 * (columns - 1)) + 0.5).astype(np.intp)
        new_nodes = node_indices[self.cached[node_indices] < 0]
        if new_nodes.size:
            new_nodes = np.unique(new_nodes)
            self.cached[new_nodes] = self._compute_hidden(new_nodes)
        return self.cached[node_indices] > 0

    def _compute_hidden(self, nodes: np.ndarray) -> np.ndarray:
        """Whether each of nodes (n,) is hidden: its line of sight is followed until it leaves the box."""
        rows, columns = self.shape
        row, column = (index.astype(np.float32) for index in np.divmod(nodes, columns))
        positions = np.column_stack([column * (2 / (columns - 1)) - 1, row * (2 / (rows - 1)) - 1, self.heights[nodes]])
        directions = (self.camera.position - positions).astype(np.float32)
        with np.errstate(all="ignore"):
            exit_fractions = (np.copysign(np.float32((1.0, 1.0, HALF_HEIGHT)), directions) - positions) / directions
        end = np.clip(np.where(np.isfinite(exit_fractions), exit_fractions, 1.0).min(axis=1), 0.0, 1.0)[:, None]
        fractions = (end * np.linspace(0.0, 1.0, SIGHT_LINE_SAMPLES + 1)[1:]).astype(np.float32)
        row = row[:, None] + fractions * (directions[:, 1, None] * np.float32(0.5 * (rows - 1))) + np.float32(0.5)
        column = (
            column[:, None] + fractions * (directions[:, 0, None] * np.float32(0.5 * (columns - 1))) + np.float32(0.5)
        )
        cell_indices = row.astype(np.int32) * np.int32(columns) + column.astype(np.int32)
        clearance = (
            positions[:, 2, None] + fractions * directions[:, 2, None] - self.heights.take(cell_indices, mode="clip")
        )
        return (clearance.max(axis=1) > OCCLUSION_TOLERANCE) & (clearance.min(axis=1) < -OCCLUSION_TOLERANCE)
