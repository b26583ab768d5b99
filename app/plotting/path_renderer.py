"""Lines and marks drawn straight through a renderer, in pixels: a tenth of the cost of a Line2D, on every backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, BboxBase, IdentityTransform

CLIP_LIMIT = 1e7  # pixels; Agg cannot clip what lies much farther out
PRECISION_LIMIT = 1e15  # pixels; farther out two numbers that follow each other are more than a pixel apart
MAX_CACHED_BITMAPS = 32  # that are kept
IDENTITY = IdentityTransform()

Dash = tuple[float, ...]


def clip_far_segments(points: np.ndarray) -> np.ndarray:
    """A polyline (n, 2) without what lies far outside: where there is any, its segments are cut off there and stand apart."""
    if not (np.abs(points) > CLIP_LIMIT).any():
        return points
    near, far = points[:-1].copy(), points[1:].copy()
    with np.errstate(all="ignore"):
        is_swapped = np.abs(near).max(axis=1) > np.abs(far).max(axis=1)  # seen from the nearer end a cut is exact
        near[is_swapped], far[is_swapped] = points[1:][is_swapped], points[:-1][is_swapped]
        deltas = far - near
        crossings = np.sort([(-CLIP_LIMIT - near) / deltas, (CLIP_LIMIT - near) / deltas], axis=0)
        enter, leave = (
            np.fmax.reduce(crossings[0], axis=1, initial=0.0),
            np.fmin.reduce(crossings[1], axis=1, initial=1.0),
        )
        is_visible = (enter < leave) & (np.abs(near).max(axis=1) < PRECISION_LIMIT) & np.isfinite(deltas).all(axis=1)
        endpoints = [
            near + deltas * enter[:, None],
            np.where(leave[:, None] < 1.0, near + deltas * leave[:, None], far),
        ]
    return np.stack([*endpoints, np.full_like(near, np.nan)], axis=1)[is_visible].reshape(-1, 2)


class PathRenderer:
    """Draws with a renderer. The graphics contexts it needs are made once and kept: making one costs as much as a line."""

    def __init__(self, backend_renderer: Any) -> None:
        self.backend_renderer = backend_renderer
        self._contexts: dict[tuple[Any, ...], Any] = {}
        self._markers: dict[tuple[Any, float], tuple[Path, Any, bool]] = {}
        self._bitmaps: dict[Any, Any] = {}

    def _context(self, color: str, width: float, capstyle: str, clip: BboxBase | None, dash: Dash = ()) -> Any:
        key = color, width, capstyle, clip and clip.bounds, dash
        gc = self._contexts.get(key)
        if gc is None:
            gc = self._contexts[key] = self.backend_renderer.new_gc()
            gc.set_foreground(to_rgba(color), isRGBA=True)
            gc.set_linewidth(width)  # in points: the renderer converts
            gc.set_capstyle(capstyle)
            gc.set_joinstyle("round")
            gc.set_snap(False)
            if clip is not None:
                gc.set_clip_rectangle(clip.frozen())
        return gc

    def draw_line(
        self,
        points: np.ndarray,
        color: str,
        width: float,
        clip: BboxBase | None,
        capstyle: str = "round",
        dash: Dash = (),
        dash_offset: float = 0.0,
    ) -> None:
        """A polyline; points (n, 2) in pixels, nan breaks it; width in points, dashes and gaps in widths. ``along``: how many
        pixels of the line were drawn before, so that its dashes go on where they ended."""
        points = clip_far_segments(points)
        if len(points) < 2:
            return
        gc = self._context(color, width, "butt" if dash else capstyle, clip, dash)
        if dash:
            pattern = [width * length for length in dash]
            gc.set_dashes(dash_offset / self.backend_renderer.points_to_pixels(1.0) % sum(pattern), pattern)
        self.backend_renderer.draw_path(gc, Path(points), IDENTITY)

    def fill_polygon(self, points: np.ndarray, color: str, alpha: float, clip: BboxBase | None) -> None:
        """A closed area in a color that covers a ``share`` of what lies below; points (n, 2) in pixels, left out where nan."""
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) > 2:
            path = Path(np.clip(points, -CLIP_LIMIT, CLIP_LIMIT))
            self.backend_renderer.draw_path(
                self._context(color, 0.0, "butt", clip), path, IDENTITY, to_rgba(color, alpha)
            )

    def draw_cached(self, key: Any, bbox: Bbox, draw: Callable[[], None]) -> None:
        """Draw something that covers a box of whole pixels, and the next time, by its key, copy what it looked like."""
        can_copy = hasattr(self.backend_renderer, "copy_from_bbox")  # a bitmap, and no file of lines
        if key in self._bitmaps:
            self.backend_renderer.restore_region(self._bitmaps[key])
            return
        draw()
        if can_copy:
            if len(self._bitmaps) >= MAX_CACHED_BITMAPS:
                self._bitmaps.clear()
            self._bitmaps[key] = self.backend_renderer.copy_from_bbox(bbox)

    def draw_markers(
        self, points: np.ndarray, marker: Any, size: float, face_color: str, edge_color: str, edge_width: float
    ) -> None:
        """The same mark of matplotlib's at each of points (n, 2); its size and the width of its edge in points."""
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return
        if (marker, size) not in self._markers:
            style = MarkerStyle(marker)
            scale = Affine2D().scale(self.backend_renderer.points_to_pixels(size))
            self._markers[marker, size] = style.get_path(), (style.get_transform() + scale).frozen(), style.is_filled()
        path, transform, filled = self._markers[marker, size]
        self.backend_renderer.draw_markers(
            self._context(edge_color, edge_width, "round", None),
            path,
            transform,
            Path(points),
            IDENTITY,
            to_rgba(face_color) if filled else None,
        )
