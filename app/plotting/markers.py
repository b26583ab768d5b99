"""Where all runs begin, and where they should end: the same two marks on every map, in black and white, which no map is."""

from __future__ import annotations

import numpy as np

from app.plotting.path_renderer import Brush

INK, PAPER = "#000000", "#ffffff"
START, STAR, DOT = 12.0, 14.0, 3.5  # points


def start(brush: Brush, points: np.ndarray) -> None:
    """A disc with a ring and a dot at each of points (n, 2)."""
    brush.marker(points, "o", START, PAPER, PAPER, 4.0)
    brush.marker(points, "o", START, PAPER, INK, 1.8)
    brush.marker(points, "o", DOT, INK, INK, 0.0)


def minimum(brush: Brush, points: np.ndarray) -> None:
    """A star at each of points (n, 2)."""
    brush.marker(points, "*", STAR, PAPER, PAPER, 3.6)
    brush.marker(points, "*", STAR, PAPER, INK, 1.3)
