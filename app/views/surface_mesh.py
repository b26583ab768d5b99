"""The mesh of the 3D surface view: its nodes, the colors of its cells, and how they are drawn."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import Colormap, to_rgba
from matplotlib.transforms import Bbox

from app.analysis.height_map import HeightMap
from app.plotting.path_renderer import IDENTITY
from app.theming.theme import Theme
from app.views.camera import HALF_HEIGHT, Camera

GRID_LINES, CELLS_PER_LINE = 20, 4  # grid lines across, and cells between two of them
LINE_CELL_WIDTH = 0.10  # the width of a grid line, in cells
LIGHT_DIRECTION = np.array([-0.45, -0.35, 0.82])


class SurfaceMesh(NamedTuple):
    """Quads over a square grid; x, y and z in the unit box of :mod:`app.views.camera`.

    ``x`` and ``y`` (n,) are the coordinates of the columns and rows, ``z`` (n, n) the heights of the nodes, ``colors``
    (n - 1, n - 1, 4) the colors of the cells.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    colors: np.ndarray

    @property
    def nodes(self) -> np.ndarray:
        """The nodes (n, n, 3)."""
        return np.stack([*np.meshgrid(self.x, self.y), self.z], axis=-1)


def build_mesh(height_map: HeightMap, color_map: HeightMap, theme: Theme, colormap: Colormap) -> SurfaceMesh:
    """Return the mesh of a height map; ``color_map``, over the same bounds, scales the losses for their colors."""
    x = y = grid_nodes()
    z, levels = sample_heights(height_map, x, y), sample_heights(color_map, x, y)
    return SurfaceMesh(x, y, z, cell_colors(x, y, z, levels, theme, colormap))


def grid_nodes() -> np.ndarray:
    """Return 101 grid nodes from -1 to 1: four equal cells, then a narrow cell that forms a grid line, and so on."""
    line_width = LINE_CELL_WIDTH * 2.0 / (GRID_LINES * CELLS_PER_LINE)
    cell_width = (2.0 / GRID_LINES - line_width) / CELLS_PER_LINE
    cells = np.tile([cell_width] * CELLS_PER_LINE + [line_width], GRID_LINES)
    return np.concatenate([[-1.0], -1.0 + np.cumsum(cells)])


def sample_heights(height_map: HeightMap, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return z (len(y), len(x)) over x and y in -1..1, clipped to the unit box."""
    (left, right), (bottom, top) = height_map.bounds
    losses = height_map.heights(left + (x + 1) / 2 * (right - left), bottom + (y + 1) / 2 * (top - bottom))
    heights = np.nan_to_num(np.clip(height_map.normalized_height(losses), 0.0, 1.0), nan=1.0)
    z: np.ndarray = heights * 2 * HALF_HEIGHT - HALF_HEIGHT
    return z


def to_unit_box(height_map: HeightMap, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> np.ndarray:
    """Return positions and losses, (n,) each, as points (n, 3) of the unit box; nan outside it."""
    points: np.ndarray = np.column_stack([x, y, loss])
    with np.errstate(all="ignore"):
        points[:, :2] = (points[:, :2] - height_map.lower_left) * (2.0 / height_map.size) - 1.0
        points[:, 2] = height_map.normalized_height(points[:, 2]) * (2.0 * HALF_HEIGHT) - HALF_HEIGHT
        points[(np.abs(points[:, :2]).max(axis=1) > 1.0) | (points[:, 2] > HALF_HEIGHT * 1.5)] = np.nan
    return points


def cell_colors(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, levels: np.ndarray, theme: Theme, colormap: Colormap
) -> np.ndarray:
    """Return a color per cell, (rows, columns, 4): by level, lit from one side, darker along the grid lines."""
    cell_levels = (levels[1:, 1:] + levels[:-1, :-1] + levels[1:, :-1] + levels[:-1, 1:]) / 4
    dz_dx = (z[1:, 1:] + z[:-1, 1:] - z[1:, :-1] - z[:-1, :-1]) / (2 * np.diff(x))
    dz_dy = (z[1:, 1:] + z[1:, :-1] - z[:-1, 1:] - z[:-1, :-1]) / (2 * np.diff(y)[:, None])
    light = (-dz_dx * LIGHT_DIRECTION[0] - dz_dy * LIGHT_DIRECTION[1] + LIGHT_DIRECTION[2]) / np.sqrt(
        dz_dx**2 + dz_dy**2 + 1
    )
    colors = np.asarray(colormap((cell_levels / HALF_HEIGHT + 1) / 2))
    colors[..., :3] *= (0.72 + 0.34 * np.clip(light, 0, 1))[..., None]
    line_color = np.array(to_rgba(theme.text))[:3]
    line_cells = slice(CELLS_PER_LINE, None, CELLS_PER_LINE + 1)
    for cells in (np.s_[:, line_cells, :3], np.s_[line_cells, :, :3]):
        colors[cells] = colors[cells] * 0.72 + line_color * 0.28
    clipped: np.ndarray = np.clip(colors, 0.0, 1.0)
    return clipped


def draw_quads(
    backend_renderer: Any, mesh: SurfaceMesh, pixels: np.ndarray, camera: Camera, clip: Bbox, smooth: bool
) -> None:
    """Draw the cells of a mesh from far to near; ``pixels`` (n, n, 2) are those of its nodes.

    With ``smooth`` they are antialiased, with an edge in the color of the cell that closes the seams between neighbors.
    """
    gc = backend_renderer.new_gc()
    gc.set_clip_rectangle(clip)
    gc.set_linewidth(0.5)
    for rows, row_cells in camera.draw_order(mesh.y, 1):
        for columns, column_cells in camera.draw_order(mesh.x, 0):
            block = pixels[rows, columns]
            height, width = block.shape[0] - 1, block.shape[1] - 1
            if height > 0 and width > 0:
                faces = mesh.colors[row_cells, column_cells].reshape(-1, 4)
                backend_renderer.draw_quad_mesh(
                    gc,
                    IDENTITY,
                    width,
                    height,
                    np.ascontiguousarray(block),
                    np.zeros((1, 2)),
                    IDENTITY,
                    faces,
                    smooth,
                    faces if smooth else np.empty((0, 4)),
                )
    gc.restore()
