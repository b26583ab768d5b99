"""Lines and marks drawn straight through a renderer, in pixels: a tenth of the cost of a Line2D, on every backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, BboxBase, IdentityTransform

FAR = 1e7  # pixels; Agg cannot clip what lies much farther out
LOST = 1e15  # pixels; farther out two numbers that follow each other are more than a pixel apart
STAMPS = 32  # that are kept
IDENTITY = IdentityTransform()

Dash = tuple[float, ...]


def tame(points: np.ndarray) -> np.ndarray:
    """A polyline (n, 2) without what lies far outside: where there is any, its segments are cut off there and stand apart."""
    if not (np.abs(points) > FAR).any():
        return points
    near, away = points[:-1].copy(), points[1:].copy()
    with np.errstate(all="ignore"):
        turned = np.abs(near).max(axis=1) > np.abs(away).max(axis=1)  # seen from the nearer end a cut is exact
        near[turned], away[turned] = points[1:][turned], points[:-1][turned]
        way = away - near
        sides = np.sort([(-FAR - near) / way, (FAR - near) / way], axis=0)
        enter, leave = np.fmax.reduce(sides[0], axis=1, initial=0.0), np.fmin.reduce(sides[1], axis=1, initial=1.0)
        kept = (enter < leave) & (np.abs(near).max(axis=1) < LOST) & np.isfinite(way).all(axis=1)
        cut = [near + way * enter[:, None], np.where(leave[:, None] < 1.0, near + way * leave[:, None], away)]
    return np.stack([*cut, np.full_like(near, np.nan)], axis=1)[kept].reshape(-1, 2)


class Brush:
    """Draws with a renderer. The graphics contexts it needs are made once and kept: making one costs as much as a line."""

    def __init__(self, renderer: Any) -> None:
        self.renderer = renderer
        self._contexts: dict[tuple[Any, ...], Any] = {}
        self._marks: dict[tuple[Any, float], tuple[Path, Any, bool]] = {}
        self._stamps: dict[Any, Any] = {}

    def _context(self, color: str, width: float, cap: str, clip: BboxBase | None, dash: Dash = ()) -> Any:
        key = color, width, cap, clip and clip.bounds, dash
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

    def line(
        self,
        points: np.ndarray,
        color: str,
        width: float,
        clip: BboxBase | None,
        cap: str = "round",
        dash: Dash = (),
        along: float = 0.0,
    ) -> None:
        """A polyline; points (n, 2) in pixels, nan breaks it; width in points, dashes and gaps in widths. ``along``: how many
        pixels of the line were drawn before, so that its dashes go on where they ended."""
        points = tame(points)
        if len(points) < 2:
            return
        gc = self._context(color, width, "butt" if dash else cap, clip, dash)
        if dash:
            parts = [width * part for part in dash]
            gc.set_dashes(along / self.renderer.points_to_pixels(1.0) % sum(parts), parts)
        self.renderer.draw_path(gc, Path(points), IDENTITY)

    def fill(self, points: np.ndarray, color: str, share: float, clip: BboxBase | None) -> None:
        """A closed area in a color that covers a ``share`` of what lies below; points (n, 2) in pixels, left out where nan."""
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) > 2:
            path = Path(np.clip(points, -FAR, FAR))
            self.renderer.draw_path(self._context(color, 0.0, "butt", clip), path, IDENTITY, to_rgba(color, share))

    def stamp(self, key: Any, box: Bbox, draw: Callable[[], None]) -> None:
        """Draw something that covers a box of whole pixels, and the next time, by its key, copy what it looked like."""
        copying = hasattr(self.renderer, "copy_from_bbox")  # a bitmap, and no file of lines
        if key in self._stamps:
            self.renderer.restore_region(self._stamps[key])
            return
        draw()
        if copying:
            if len(self._stamps) >= STAMPS:
                self._stamps.clear()
            self._stamps[key] = self.renderer.copy_from_bbox(box)

    def marker(self, points: np.ndarray, mark: Any, size: float, face: str, edge: str, width: float) -> None:
        """The same mark of matplotlib's at each of points (n, 2); its size and the width of its edge in points."""
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return
        if (mark, size) not in self._marks:
            style = MarkerStyle(mark)
            scale = Affine2D().scale(self.renderer.points_to_pixels(size))
            self._marks[mark, size] = style.get_path(), (style.get_transform() + scale).frozen(), style.is_filled()
        path, transform, filled = self._marks[mark, size]
        self.renderer.draw_markers(
            self._context(edge, width, "round", None),
            path,
            transform,
            Path(points),
            IDENTITY,
            to_rgba(face) if filled else None,
        )
