"""Find the points of the surface that the surface itself hides from the camera."""

from __future__ import annotations

import numpy as np

from app.views.camera import HALF_HEIGHT, Camera

SIGHT_LINE_SAMPLES = 32
OCCLUSION_TOLERANCE = 0.02  # heights closer than this count as equal; about the sag of the surface within a grid cell


class OcclusionMap:
    """Which nodes of a height grid a camera sees, computed per node on first use.

    ``height_grid`` (rows, columns) contains z over a regular grid of y and x in -1..1. A point is visible if its sight
    line stays on one side of the surface, above or below it.
    """

    def __init__(self, camera: Camera, height_grid: np.ndarray) -> None:
        self.camera, self.shape = camera, height_grid.shape
        self.heights = height_grid.astype(np.float32).ravel()
        self.hidden_cache = np.full(self.heights.size, -1, np.int8)  # 1 hidden, 0 visible, -1 not computed yet

    def is_hidden(self, points: np.ndarray) -> np.ndarray:
        """Return which of points (n, 3) on the surface, x and y in -1..1, have a nearest node that is hidden (n,)."""
        rows, columns = self.shape
        node_indices = ((points[:, 1] + 1.0) * (0.5 * (rows - 1)) + 0.5).astype(np.intp) * columns
        node_indices += ((points[:, 0] + 1.0) * (0.5 * (columns - 1)) + 0.5).astype(np.intp)
        new_nodes = node_indices[self.hidden_cache[node_indices] < 0]
        if new_nodes.size:
            new_nodes = np.unique(new_nodes)
            self.hidden_cache[new_nodes] = self._compute_hidden(new_nodes)
        hidden: np.ndarray = self.hidden_cache[node_indices] > 0
        return hidden

    def _compute_hidden(self, nodes: np.ndarray) -> np.ndarray:
        """Return whether each of nodes (n,) is hidden, by sampling its sight line until it leaves the unit box."""
        rows, columns = self.shape
        row, column = (index.astype(np.float32) for index in np.divmod(nodes, columns))
        positions = np.column_stack([column * (2 / (columns - 1)) - 1, row * (2 / (rows - 1)) - 1, self.heights[nodes]])
        directions = (self.camera.position - positions).astype(np.float32)
        with np.errstate(all="ignore"):
            exit_fractions = (
                np.copysign(np.array((1.0, 1.0, HALF_HEIGHT), np.float32), directions) - positions
            ) / directions
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
        hidden: np.ndarray = (clearance.max(axis=1) > OCCLUSION_TOLERANCE) & (
            clearance.min(axis=1) < -OCCLUSION_TOLERANCE
        )
        return hidden
