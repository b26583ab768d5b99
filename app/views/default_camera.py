"""The default camera of the 3D surface view, which sees the start, the nearest minimum and the way down."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from app.analysis.height_map import HeightMap
from app.views.camera import Camera
from app.views.occlusion import OcclusionMap
from app.views.surface_mesh import sample_heights, to_unit_box
from surfaces import Surface

GRID_SIZE = 257
AZIMUTH_STEP = 15  # degrees between candidates
ELEVATIONS = (0.0, 10.0, 20.0, 30.0, 39.0, 48.0)  # degrees added to that of ``Camera()``
DESCENT_STEPS, DESCENT_STEP = 200, 0.03  # of the way down; the step, a fraction of the bounds, is the longest one
PLENTY, ENOUGH = 0.98, 0.85  # fractions of the way down for which no other azimuth, and no other elevation, is tried


def descent_line(height_map: HeightMap, start: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y (n,) of a way down from a start: steps against the gradient, shorter where the loss would rise."""
    surface, size = height_map.surface, height_map.size
    position, step = np.array(start, float), DESCENT_STEP
    loss, gradient = _evaluate(surface, position)
    line = [position]
    for _ in range(DESCENT_STEPS):
        direction = gradient * size
        norm = float(np.hypot(*direction))
        if not np.isfinite(norm) or norm == 0.0:
            break
        candidate = position - step * size * direction / norm
        new_loss, new_gradient = _evaluate(surface, candidate)
        if new_loss < loss:
            position, loss, gradient = candidate, new_loss, new_gradient
            line.append(position)
            step = min(1.5 * step, DESCENT_STEP)
        else:
            step /= 2
    x, y = np.array(line).T
    return x, y


def _evaluate(surface: Surface, position: np.ndarray) -> tuple[float, np.ndarray]:
    with np.errstate(all="ignore"):
        loss, gradient = surface(position[:1], position[1:])
    return float(np.ravel(loss)[0]), np.array([float(np.ravel(each)[0]) for each in gradient])


def visible_fractions(camera: Camera, height_map: HeightMap, start: tuple[float, float]) -> tuple[bool, bool, float]:
    """Return whether a camera sees the start and the nearest minimum, and the fraction of the rest that it sees.

    The rest is the way down and the other minima. Points outside the bounds do not count.
    """
    grid = np.linspace(-1.0, 1.0, GRID_SIZE)
    return _visible_fractions(camera, sample_heights(height_map, grid, grid), *_targets(height_map, start))


def _targets(height_map: HeightMap, start: tuple[float, float]) -> tuple[np.ndarray, int]:
    """Return points (n, 3) of the unit box: start, minima from near to far, way down; and how many must be seen."""
    minima = np.array(height_map.surface.minima, float).reshape(-1, 2)
    minima = minima[np.argsort(np.hypot(*(((minima - start) / height_map.size).T)))]
    x, y = descent_line(height_map, start)
    positions = np.concatenate([[start], minima, np.column_stack([x, y])])
    with np.errstate(all="ignore"):
        losses = np.asarray(height_map.surface(*positions.T)[0], float)
    return to_unit_box(height_map, positions[:, 0], positions[:, 1], losses), min(1 + len(minima), 2)


def _visible_fractions(
    camera: Camera, height_grid: np.ndarray, points: np.ndarray, required: int
) -> tuple[bool, bool, float]:
    visible = np.isnan(points[:, 0])
    visible[~visible] = ~OcclusionMap(camera, height_grid).is_hidden(points[~visible])
    rest = visible[required:]
    return bool(visible[0]), bool(visible[required - 1]), float(rest.mean()) if rest.size else 1.0


@lru_cache(maxsize=64)
def default_camera(height_map: HeightMap, start: tuple[float, float]) -> Camera:
    """Return the default camera for a surface and a start; of several, the one that needs the least rotation."""
    grid = np.linspace(-1.0, 1.0, GRID_SIZE)
    height_grid, (points, required) = sample_heights(height_map, grid, grid), _targets(height_map, start)
    best, best_score = Camera(), (-1, 0.0)
    for elevation in ELEVATIONS:
        for turn in sorted(range(-180 + AZIMUTH_STEP, 181, AZIMUTH_STEP), key=abs):
            camera = Camera().rotated(turn, elevation)
            sees_start, sees_minimum, fraction = _visible_fractions(camera, height_grid, points, required)
            score = sees_start + sees_minimum, fraction
            if score > best_score:
                best, best_score = camera, score
            if score >= (2, PLENTY):
                return camera
        if best_score >= (2, ENOUGH):
            break
    return best
