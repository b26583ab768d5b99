"""A perspective camera around a height field: projection, drawing order, and what the surface hides.

The field fills x, y in -1..1 and z in -TALL..TALL. Azimuth and elevation are in degrees and mean what they mean in
mplot3d: the camera stands at azimuth degrees from the x axis, counter-clockwise, and elevation degrees above the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

HALF_HEIGHT = 0.62
DISTANCE = 6.0


@dataclass(frozen=True)
class Camera:
    azimuth: float = -60.0
    elevation: float = 42.0
    zoom: float = 1.0

    def rotated(self, azimuth: float, elevation: float) -> Camera:
        """Turned by so many degrees; the elevation stays between straight below and straight above."""
        return Camera(
            (self.azimuth + azimuth + 180) % 360 - 180, min(90.0, max(-90.0, self.elevation + elevation)), self.zoom
        )

    @cached_property
    def axes(self) -> np.ndarray:
        """Rows: to the right, upward, and toward the camera; unit vectors."""
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
        return DISTANCE * self.axes[2]

    def project(self, points: np.ndarray, center: tuple[float, float], scale: float) -> np.ndarray:
        """Points (..., 3) to pixels (..., 2): ``middle`` is the pixel of the origin, ``size`` the pixels of a unit there."""
        camera_points = points @ self.axes.T
        camera_points[..., :2] *= (scale * self.zoom * DISTANCE / (DISTANCE - camera_points[..., 2]))[..., None]
        return camera_points[..., :2] + center

    def draw_order(self, nodes: np.ndarray, axis: int) -> list[tuple[slice, slice]]:
        """Slices of a rising row of ``nodes`` along an axis, and of the cells between them, to be drawn from far to near.

        Where the camera stands beside the field that is one pair; where it stands above it, two that come toward the
        cell below it, and that cell last.
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


@lru_cache(maxsize=8)
def projected_extent(elevation: float, floor_scale: float) -> tuple[float, float, float]:
    """How far a box reaches to a side, down and up, in units, seen from an elevation and from whatever azimuth; its floor's sides
    stand ``out`` from the middle. It is asked for with every point that is drawn, and changes only while somebody tilts."""
    azimuths = np.radians(np.arange(0.0, 360.0, 15.0))
    corners = [
        np.column_stack(
            [scale * 2**0.5 * np.cos(azimuths), scale * 2**0.5 * np.sin(azimuths), np.full_like(azimuths, z)]
        )
        for scale, z in ((1.0, HALF_HEIGHT), (floor_scale, -HALF_HEIGHT))
    ]
    points = Camera(0.0, elevation).project(np.concatenate(corners), (0.0, 0.0), 1.0)
    return float(np.abs(points[:, 0]).max()), float(points[:, 1].min()), float(points[:, 1].max())
