"""The perspective camera of the 3D surface view: projection and drawing order.

The unit box that the camera looks at has x and y in -1..1 and z in -HALF_HEIGHT..HALF_HEIGHT. Azimuth and elevation are
in degrees with the meaning that they have in mplot3d: the camera is at ``azimuth`` degrees from the x axis,
counterclockwise, and ``elevation`` degrees above the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

HALF_HEIGHT = 0.62
DISTANCE = 6.0  # from the camera to the center of the box


@dataclass(frozen=True)
class Camera:
    """A position around the unit box; angles in degrees, ``zoom`` as a factor on the size."""

    azimuth: float = -60.0
    elevation: float = 42.0
    zoom: float = 1.0

    def rotated(self, azimuth: float, elevation: float) -> Camera:
        """Return the camera rotated by angles in degrees; the elevation stays in -90..90."""
        return Camera(
            (self.azimuth + azimuth + 180) % 360 - 180, min(90.0, max(-90.0, self.elevation + elevation)), self.zoom
        )

    @cached_property
    def axes(self) -> np.ndarray:
        """Unit vectors (3, 3) as rows: to the right, upward, and toward the camera."""
        a, e = np.radians([self.azimuth, self.elevation])
        return np.array(
            [
                [-np.sin(a), np.cos(a), 0.0],
                [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)],
                [np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)],
            ]
        )

    @property
    def position(self) -> np.ndarray:
        """The position (3,) of the camera."""
        position: np.ndarray = DISTANCE * self.axes[2]
        return position

    @cached_property
    def near_sides(self) -> tuple[float, float]:
        """The signs of the sides of the box in x and in y that face the camera."""
        x, y, _ = self.position + 1e-6 * self.axes[0]  # of two sides at the same distance, the right one
        return 1.0 if x > 0 else -1.0, 1.0 if y > 0 else -1.0

    @property
    def above_sides(self) -> tuple[bool, bool]:
        """Whether the camera is above the box and between its sides in x, and in y."""
        x, y, z = self.position
        return bool(z > 0 and abs(x) <= 1), bool(z > 0 and abs(y) <= 1)

    def project(
        self, points: np.ndarray, center: tuple[float, float] | np.ndarray, scale: float | np.ndarray
    ) -> np.ndarray:
        """Return the pixels (..., 2) of points (..., 3).

        ``center`` is the pixel of the origin, ``scale`` the pixels per unit there, in both directions or in each (2,).
        """
        camera_points = points @ self.axes.T
        camera_points[..., :2] *= (self.zoom * DISTANCE / (DISTANCE - camera_points[..., 2]))[..., None] * scale
        pixels: np.ndarray = camera_points[..., :2] + center
        return pixels

    def draw_order(self, nodes: np.ndarray, axis: int) -> list[tuple[slice, slice]]:
        """Return slices of ascending ``nodes`` along an axis and of the cells between them, ordered from far to near.

        If the camera is outside the range of the nodes, the result is one pair. If it is above a cell, the result is
        the nodes on both sides, each toward that cell, and then the cell itself.
        """
        camera_coordinate = self.position[axis]
        forward, backward = (slice(None), slice(None)), (slice(None, None, -1), slice(None, None, -1))
        if camera_coordinate >= nodes[-1]:
            return [forward]
        if camera_coordinate <= nodes[0]:
            return [backward]
        split_index = int(np.searchsorted(nodes, camera_coordinate))
        return [
            (slice(0, split_index), slice(0, split_index - 1)),
            (slice(None, split_index - 1, -1), slice(None, split_index - 1, -1)),
            (slice(split_index - 1, split_index + 1), slice(split_index - 1, split_index)),
        ]
