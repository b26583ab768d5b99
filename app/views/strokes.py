"""Lines and marks drawn straight through a renderer, in pixels: a tenth of the cost of a Line2D, on every backend."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, BboxBase, IdentityTransform

FAR = 1e7  # pixels; Agg cannot clip what lies much farther out
THIN_ABOVE = 4000
IDENTITY = IdentityTransform()


def tame(points: np.ndarray) -> np.ndarray:
    """Pixels (n, 2) with those far outside moved inward along their direction, where clipping still works."""
    with np.errstate(all="ignore"):
        size = np.abs(points).max(axis=1, initial=0.0)
        out = size > FAR
        if not out.any():
            return points
        moved = points.copy()
        moved[out] *= (FAR / size[out])[:, None]
        moved[~np.isfinite(moved).all(axis=1)] = np.nan
        return moved


def line(renderer: Any, points: np.ndarray, color: str, width: float, clip: BboxBase | None, cap: str = "round") -> None:
    """A polyline; points (n, 2) in pixels, nan breaks it; width in points."""
    if len(points) < 2:
        return
    gc = renderer.new_gc()
    gc.set_foreground(to_rgba(color), isRGBA=True)
    gc.set_linewidth(renderer.points_to_pixels(width))
    gc.set_capstyle(cap)
    gc.set_joinstyle("round")
    gc.set_snap(False)
    if clip is not None:
        gc.set_clip_rectangle(clip)
    renderer.draw_path(gc, Path(points), IDENTITY)
    gc.restore()


def marker(renderer: Any, points: np.ndarray, mark: str, size: float, face: str | None, edge: str, width: float,
           clip: BboxBase | None) -> None:
    """The same mark at each of points (n, 2); size across and width of its edge in points."""
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return
    style = MarkerStyle(mark)
    scale = renderer.points_to_pixels(size)
    gc = renderer.new_gc()
    gc.set_foreground(to_rgba(edge), isRGBA=True)
    gc.set_linewidth(renderer.points_to_pixels(width))
    gc.set_joinstyle("round")
    gc.set_snap(False)
    if clip is not None:
        gc.set_clip_rectangle(clip)
    renderer.draw_markers(gc, style.get_path(), style.get_transform() + Affine2D().scale(scale), Path(points), IDENTITY,
                          to_rgba(face) if face and style.is_filled() else None)
    gc.restore()


def thin(points: np.ndarray, width: int, height: int) -> np.ndarray:
    """Which points (indices, rising) must be drawn so that a long polyline looks the same on width x height pixels.

    Kept are the first and the last visit to every pixel, with the neighbors their segments come from and go to.
    """
    count = len(points)
    if count <= THIN_ABOVE:
        return np.arange(count)
    with np.errstate(all="ignore"):
        column, row = points[:, 0].astype(np.int32), points[:, 1].astype(np.int32)
        inside = (points[:, 0] >= 0) & (points[:, 0] < width) & (points[:, 1] >= 0) & (points[:, 1] < height)
    crossing = np.flatnonzero(inside[1:] != inside[:-1])
    index = np.flatnonzero(inside)
    pixel = row[index] * width + column[index]
    visit = np.full(width * height, -1)
    visit[pixel] = index
    last = visit[visit >= 0]
    visit.fill(-1)
    visit[pixel[::-1]] = index[::-1]
    first = visit[visit >= 0]
    keep = np.zeros(count, bool)
    seen = np.concatenate([first, last, crossing, crossing + 1, [0, count - 1]])
    for shift in (-1, 0, 1):
        keep[np.clip(seen + shift, 0, count - 1)] = True
    return np.flatnonzero(keep)
