"""The path of a recorded training on its landscape: where it is on the plane, and at which loss it really was."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.transforms import BboxBase

from app.analysis.landscape_text import differs
from app.plotting.path_renderer import PathRenderer
from surfaces.landscape.landscape import Landscape

LINE_COLOR, OUTLINE_COLOR = "#000000", "#ffffff"
LINE_WIDTH, OUTLINE_WIDTH, STEM_WIDTH, DOT_SIZE = 1.4, 3.6, 0.8, 5.0  # points
DASH = (1.0, 1.8)  # line widths
MOST_STEMS = 40


def draw_on_plane(
    renderer: PathRenderer,
    landscape: Landscape,
    to_pixels: Callable[[np.ndarray], np.ndarray],
    clip: BboxBase,
    is_inside: Callable[[np.ndarray], bool],
) -> None:
    """Draw the path on the plane; points are hollow where the loss there differs from the true one."""
    pixels = to_pixels(landscape.path)
    _draw_line(renderer, pixels, clip)
    shown = np.array([k for k in _spread(len(pixels)) if is_inside(pixels[k])], int)
    hollow = differs(landscape)[shown]
    _draw_dots(renderer, pixels[shown[hollow]], OUTLINE_COLOR)
    _draw_dots(renderer, pixels[shown[~hollow]], LINE_COLOR)


def draw_at_true_loss(
    renderer: PathRenderer,
    landscape: Landscape,
    to_pixels: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    clip: BboxBase,
) -> None:
    """Draw the path at its true losses, with stems to the surface below or above it."""
    x, y = landscape.path.T
    path, feet = to_pixels(x, y, landscape.path_losses), to_pixels(x, y, landscape.path_heights)
    for k in _spread(len(path)):
        renderer.draw_line(np.array([path[k], feet[k]]), OUTLINE_COLOR, STEM_WIDTH + 1.2, clip)
        renderer.draw_line(np.array([path[k], feet[k]]), LINE_COLOR, STEM_WIDTH, clip)
    _draw_line(renderer, path, clip)


def _spread(count: int) -> list[int]:
    """Return the indices of at most ``MOST_STEMS`` points, evenly spaced, with the first and the last one."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_STEMS)).round().astype(int)).tolist()


def _draw_line(renderer: PathRenderer, points: np.ndarray, clip: BboxBase) -> None:
    renderer.draw_line(points, OUTLINE_COLOR, OUTLINE_WIDTH, clip)
    renderer.draw_line(points, LINE_COLOR, LINE_WIDTH, clip, dash=DASH)


def _draw_dots(renderer: PathRenderer, points: np.ndarray, color: str) -> None:
    renderer.draw_markers(points, "o", DOT_SIZE, color, OUTLINE_COLOR, 1.8)
    renderer.draw_markers(points, "o", DOT_SIZE, color, LINE_COLOR, 0.9)
