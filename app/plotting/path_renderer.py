"""Draw lines and markers in pixels directly with a matplotlib renderer, at a tenth of the cost of a Line2D."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, BboxBase, IdentityTransform

CLIP_LIMIT = 1e7  # pixels; Agg cannot clip points much farther out
PRECISION_LIMIT = 1e15  # pixels; farther out adjacent floats are more than a pixel apart
MAX_CACHED_BITMAPS = 32
IDENTITY = IdentityTransform()

Dash = tuple[float, ...]


def clip_far_segments(points: np.ndarray) -> np.ndarray:
    """Return a polyline (n, 2) clipped to ``CLIP_LIMIT``, as segments separated by nan if anything is farther out."""
    if not (np.abs(points) > CLIP_LIMIT).any():
        return points
    near, far = points[:-1].copy(), points[1:].copy()
    with np.errstate(all="ignore"):
        is_swapped = np.abs(near).max(axis=1) > np.abs(far).max(axis=1)  # clipping is exact only from the nearer end
        near[is_swapped], far[is_swapped] = points[1:][is_swapped], points[:-1][is_swapped]
        deltas = far - near
        crossings = np.sort([(-CLIP_LIMIT - near) / deltas, (CLIP_LIMIT - near) / deltas], axis=0)
        enter = np.fmax.reduce(crossings[0], axis=1, initial=0.0)
        leave = np.fmin.reduce(crossings[1], axis=1, initial=1.0)
        is_visible = (enter < leave) & (np.abs(near).max(axis=1) < PRECISION_LIMIT) & np.isfinite(deltas).all(axis=1)
        endpoints = [
            near + deltas * enter[:, None],
            np.where(leave[:, None] < 1.0, near + deltas * leave[:, None], far),
        ]
    segments: np.ndarray = np.stack([*endpoints, np.full_like(near, np.nan)], axis=1)[is_visible]
    return segments.reshape(-1, 2)


class PathRenderer:
    """Draws with ``backend_renderer``, the renderer of any matplotlib backend.

    Graphics contexts are cached, because creating one costs as much as drawing a line.
    """

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
        """Draw a polyline through points (n, 2) in pixels, which nan breaks.

        ``width`` is in points, ``dash`` in line widths. ``dash_offset`` is the length in pixels that was drawn before,
        so that the dashes continue.
        """
        points = clip_far_segments(points)
        if len(points) < 2:
            return
        gc = self._context(color, width, "butt" if dash else capstyle, clip, dash)
        if dash:
            pattern = [width * length for length in dash]
            gc.set_dashes(dash_offset / self.backend_renderer.points_to_pixels(1.0) % sum(pattern), pattern)
        self.backend_renderer.draw_path(gc, Path(points), IDENTITY)

    def fill_polygon(self, points: np.ndarray, color: str, alpha: float, clip: BboxBase | None) -> None:
        """Fill the polygon through points (n, 2) in pixels with an opacity; points that are nan are left out."""
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) > 2:
            path = Path(np.clip(points, -CLIP_LIMIT, CLIP_LIMIT))
            self.backend_renderer.draw_path(
                self._context(color, 0.0, "butt", clip), path, IDENTITY, to_rgba(color, alpha)
            )

    def draw_cached(self, key: Any, bbox: Bbox, draw: Callable[[], None]) -> None:
        """Call ``draw``, which must cover a box with integer bounds, and copy the result when the key is used again."""
        can_copy = hasattr(self.backend_renderer, "copy_from_bbox")  # vector backends cannot
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
        """Draw a matplotlib marker at each of points (n, 2) in pixels; size and edge width are in points."""
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
