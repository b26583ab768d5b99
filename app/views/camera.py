"""The perspective camera of the 3D surface view: projection and drawing order.

The unit box that the camera looks at has x and y in -1..1 and z in -HALF_HEIGHT..HALF_HEIGHT. Azimuth and elevation are
in degrees with the meaning that they have in mplot3d: the camera is at ``azimuth`` degrees from the x axis,
counterclockwise, and ``elevation`` degrees above the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

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

    def project(self, points: np.ndarray, center: tuple[float, float], scale: float) -> np.ndarray:
        """Return the pixels (..., 2) of points (..., 3).

        ``center`` is the pixel of the origin, ``scale`` the pixels per unit there.
        """
        camera_points = points @ self.axes.T
        camera_points[..., :2] *= (scale * self.zoom * DISTANCE / (DISTANCE - camera_points[..., 2]))[..., None]
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


@lru_cache(maxsize=8)  # used for every point that is drawn, and depends on the elevation alone
def projected_extent(elevation: float, floor_scale: float) -> tuple[float, float, float]:
    """Return how far the unit box extends sideways (both sides), down and up at an elevation and any azimuth.

    The result is in units at the origin, for a zoom of 1. The corners of the floor are moved outward by the factor
    ``floor_scale``.
    """
    azimuths = np.radians(np.arange(0.0, 360.0, 15.0))
    corners = [
        np.column_stack(
            [scale * 2**0.5 * np.cos(azimuths), scale * 2**0.5 * np.sin(azimuths), np.full_like(azimuths, z)]
        )
        for scale, z in ((1.0, HALF_HEIGHT), (floor_scale, -HALF_HEIGHT))
    ]
    points = Camera(0.0, elevation).project(np.concatenate(corners), (0.0, 0.0), 1.0)
    return float(np.abs(points[:, 0]).max()), float(points[:, 1].min()), float(points[:, 1].max())
