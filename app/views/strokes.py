"""Lines and marks drawn straight through a renderer, in pixels: a tenth of the cost of a Line2D, on every backend."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, BboxBase, IdentityTransform

FAR = 1e7  # pixels; Agg cannot clip what lies much farther out
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


class Brush:
    """Draws with a renderer. The graphics contexts it needs are made once and kept: making one costs as much as a line."""

    def __init__(self, renderer: Any) -> None:
        self.renderer = renderer
        self._contexts: dict[tuple[Any, ...], Any] = {}
        self._marks: dict[tuple[str, float], tuple[Path, Any, bool]] = {}

    def _context(self, color: str, width: float, cap: str, clip: BboxBase | None) -> Any:
        key = color, width, cap, clip and clip.bounds
        gc = self._contexts.get(key)
        if gc is None:
            gc = self._contexts[key] = self.renderer.new_gc()
            gc.set_foreground(to_rgba(color), isRGBA=True)
            gc.set_linewidth(width)  # in points: the renderer converts
            gc.set_capstyle(cap)
            gc.set_joinstyle("round")
            gc.set_snap(False)
            if clip is not None:
                gc.set_clip_rectangle(clip.frozen())
        return gc

    def line(self, points: np.ndarray, color: str, width: float, clip: BboxBase | None, cap: str = "round") -> None:
        """A polyline; points (n, 2) in pixels, nan breaks it; width in points."""
        if len(points) > 1:
            self.renderer.draw_path(self._context(color, width, cap, clip), Path(points), IDENTITY)

    def marker(self, points: np.ndarray, mark: str, size: float, face: str, edge: str, width: float) -> None:
        """The same mark at each of points (n, 2); its size and the width of its edge in points."""
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return
        if (mark, size) not in self._marks:
            style = MarkerStyle(mark)
            scale = Affine2D().scale(self.renderer.points_to_pixels(size))
            self._marks[mark, size] = style.get_path(), (style.get_transform() + scale).frozen(), style.is_filled()
        path, transform, filled = self._marks[mark, size]
        self.renderer.draw_markers(self._context(edge, width, "round", None), path, transform, Path(points), IDENTITY,
                                   to_rgba(face) if filled else None)
