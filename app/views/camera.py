"""A perspective camera around a height field: projection, drawing order, and what the surface hides.

The field fills x, y in -1..1 and z in -TALL..TALL. Azimuth and elevation are in degrees and mean what they mean in
mplot3d: the camera stands at azimuth degrees from the x axis, counter-clockwise, and elevation degrees above the floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TALL = 0.62
DISTANCE = 6.0
SAMPLES = 40
TOLERANCE = 0.02  # heights closer than this count as touching: what a grid cell bends by


@dataclass(frozen=True)
class Camera:
    azimuth: float = -60.0
    elevation: float = 42.0
    zoom: float = 1.0

    def turned(self, azimuth: float, elevation: float) -> Camera:
        """Turned by so many degrees; the elevation stays between straight below and straight above."""
        return Camera((self.azimuth + azimuth + 180) % 360 - 180, min(90.0, max(-90.0, self.elevation + elevation)), self.zoom)

    @property
    def axes(self) -> np.ndarray:
        """Rows: to the right, upward, and toward the camera; unit vectors."""
        a, e = np.radians([self.azimuth, self.elevation])
        return np.array([[-np.sin(a), np.cos(a), 0.0],
                         [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)],
                         [np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)]])

    @property
    def place(self) -> np.ndarray:
        return DISTANCE * self.axes[2]

    def project(self, points: np.ndarray, middle: tuple[float, float], size: float) -> np.ndarray:
        """Points (..., 3) to pixels (..., 2): ``middle`` is the pixel of the origin, ``size`` the pixels of a unit there."""
        seen = points @ self.axes.T
        scale = size * self.zoom * DISTANCE / (DISTANCE - seen[..., 2])
        return np.stack([middle[0] + seen[..., 0] * scale, middle[1] + seen[..., 1] * scale], axis=-1)

    def order(self, nodes: np.ndarray, axis: int) -> list[slice]:
        """Slices of a rising row of ``nodes`` along an axis such that drawing cell by cell goes from far to near.

        Where the camera stands beside the field that is one slice; where it stands above it, two that come toward the
        cell below it, and that cell last.
        """
        here = self.place[axis]
        if here >= nodes[-1]:
            return [slice(None)]
        if here <= nodes[0]:
            return [slice(None, None, -1)]
        middle = int(np.searchsorted(nodes, here))
        return [slice(0, middle), slice(None, middle - 1, -1), slice(middle - 1, middle + 1)]

    def hidden(self, points: np.ndarray, field: np.ndarray, samples: int = SAMPLES) -> np.ndarray:
        """Which points (n, 3) of the surface are hidden by it: those whose line of sight passes through it.

        ``field`` (rows, columns) holds the heights over an even grid of y and x. A sight line that stays on one side of
        the surface, above it or below it, sees the point; one that changes sides does not.
        """
        i, j = self.cell(points[:, 0], points[:, 1], field)
        points = np.column_stack([points[:, :2], field[i, j]])  # the field is coarser than the truth: start on it
        toward = self.place - points
        with np.errstate(all="ignore"):
            exits = np.where(toward > 0, (1.0 - points) / toward, (-1.0 - points) / toward)
            exits[:, 2] = np.where(toward[:, 2] > 0, (TALL - points[:, 2]) / toward[:, 2], (-TALL - points[:, 2]) / toward[:, 2])
        end = np.clip(np.nanmin(np.where(np.isfinite(exits), exits, np.nan), axis=1, initial=1.0), 0.0, 1.0)
        along = end[:, None] * np.linspace(0.0, 1.0, samples + 1)[1:]
        x, y, z = (points[:, k, None] + along * toward[:, k, None] for k in range(3))
        i, j = self.cell(x, y, field)
        above = z - field[i, j]
        return (above > TOLERANCE).any(axis=1) & (above < -TOLERANCE).any(axis=1)

    @staticmethod
    def cell(x: np.ndarray, y: np.ndarray, field: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of the node of an even grid that is nearest to each place."""
        rows, columns = field.shape
        i = ((y + 1.0) * (0.5 * (rows - 1)) + 0.5).astype(np.intp).clip(0, rows - 1)
        j = ((x + 1.0) * (0.5 * (columns - 1)) + 0.5).astype(np.intp).clip(0, columns - 1)
        return i, j
