"""Draw arrows in pixels: a shaft, which may be curved and partly hidden, and a head at its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.transforms import BboxBase

from app.plotting.path_renderer import CLIP_LIMIT, Dash, PathRenderer

OUTLINE = 1.3  # points on each side
HEAD_LENGTH, HEAD_WIDTH = 3.4, 1.35  # of an arrow, in multiples of its width plus HEAD_BASE
HEAD_BASE = 1.2  # points
MIN_LENGTH = 2.0  # points; a shorter arrow is not drawn
HIGHLIGHT_FACTOR = 2.0  # of the width of a highlighted arrow


@dataclass(frozen=True)
class ArrowStyle:
    """Color, width in points, dashes in line widths, and whether the head is filled or has two open barbs."""

    color: str
    width: float = 2.0
    dash: Dash = ()
    has_filled_head: bool = True


def draw_arrow(
    renderer: PathRenderer,
    points: np.ndarray,
    style: ArrowStyle,
    outline_color: str,
    clip: BboxBase,
    highlighted: bool = False,
) -> None:
    """Draw an arrow along points (n, 2) in pixels, which nan breaks; its tip is the last one.

    Nothing is drawn of an arrow whose ends are closer than ``MIN_LENGTH``. Without a tip on the screen there is no
    head.
    """
    scale = renderer.backend_renderer.points_to_pixels(1.0)
    width = style.width * (HIGHLIGHT_FACTOR if highlighted else 1.0)
    finite = points[np.isfinite(points).all(axis=1)]
    if len(finite) < 2 or _length(finite) < MIN_LENGTH * scale:
        return
    head, shaft = _split_head(points, finite, (width + HEAD_BASE) * scale)
    renderer.draw_line(shaft, outline_color, width + 2 * OUTLINE, clip, capstyle="butt")
    if head is not None:
        closed = np.array([*head, head[0]]) if style.has_filled_head else head
        renderer.draw_line(closed, outline_color, (0.0 if style.has_filled_head else width) + 2 * OUTLINE, clip)
    renderer.draw_line(shaft, style.color, width, clip, capstyle="butt", dash=style.dash)
    if head is not None and style.has_filled_head:
        renderer.fill_polygon(head, style.color, 1.0, clip)
    elif head is not None:
        renderer.draw_line(head, style.color, width, clip)


def _length(points: np.ndarray) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _split_head(points: np.ndarray, finite: np.ndarray, unit: float) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the head (3, 2), barb, tip and barb, and the points of the shaft, which ends inside the head."""
    tip = points[-1]
    if not np.isfinite(tip).all() or np.abs(tip).max() > CLIP_LIMIT:
        return None, points
    length = min(HEAD_LENGTH * unit, 0.75 * _length(finite))
    is_near = np.hypot(*(points - tip).T) < length  # nan is not near
    shaft = points[: len(points) - int(np.argmin(is_near[::-1]))] if not is_near.all() else points[:1]
    last = shaft[-1] if np.isfinite(shaft[-1]).all() else finite[0]
    direction = tip - last
    direction = direction / max(float(np.hypot(*direction)), 1e-9)
    base = tip - length * direction
    normal = np.array([-direction[1], direction[0]]) * length * (HEAD_WIDTH / HEAD_LENGTH)
    return np.array([base + normal, tip, base - normal]), np.array([*shaft, tip - 0.6 * length * direction])
