"""The markers of the start point and of minima, in black and white, which are not colors of a surface."""

from __future__ import annotations

import numpy as np

from app.plotting.path_renderer import PathRenderer

MARKER_EDGE, MARKER_FACE = "#000000", "#ffffff"
START_SIZE, STAR_SIZE, DOT_SIZE = 12.0, 14.0, 3.5  # points


def draw_start_marker(renderer: PathRenderer, points: np.ndarray) -> None:
    """Draw a disc with a ring and a dot at each of points (n, 2) in pixels."""
    renderer.draw_markers(points, "o", START_SIZE, MARKER_FACE, MARKER_FACE, 4.0)
    renderer.draw_markers(points, "o", START_SIZE, MARKER_FACE, MARKER_EDGE, 1.8)
    renderer.draw_markers(points, "o", DOT_SIZE, MARKER_EDGE, MARKER_EDGE, 0.0)


def draw_minimum_marker(renderer: PathRenderer, points: np.ndarray) -> None:
    """Draw a star at each of points (n, 2) in pixels."""
    renderer.draw_markers(points, "*", STAR_SIZE, MARKER_FACE, MARKER_FACE, 3.6)
    renderer.draw_markers(points, "*", STAR_SIZE, MARKER_FACE, MARKER_EDGE, 1.3)
