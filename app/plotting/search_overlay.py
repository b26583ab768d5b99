"""Where a rule has looked: its trial points, its simplex, the ellipse it draws from. In pixels, over the trails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.transforms import Bbox, Transform

from app.engine.trajectory import Track
from app.plotting.path_renderer import Brush
from app.theming.theme import Style, Theme

DRAWN = {"trials", "simplex", "covariance"}
CIRCLE = np.array([(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 73)])
SIGMAS = 2.0  # standard deviations from the middle of the ellipse to its edge: 86 in 100 samples lie within
WIDTH, HALO, DOT = 1.3, 3.0, 4.5  # points


def outlines(state: Mapping[str, Any]) -> list[np.ndarray]:
    """The closed lines (n, 2) that a state stands for, on the plane of the surface."""
    lines = []
    simplex, covariance, mean = (state.get(name) for name in ("simplex", "covariance", "mean"))
    if np.shape(simplex) == (3, 2):
        lines.append(np.array([*simplex, simplex[0]]))
    if np.shape(covariance) == (2, 2) and np.shape(mean) == (2,) and np.isfinite(covariance).all():
        squares, axes = np.linalg.eigh(covariance)
        lines.append(mean + SIGMAS * CIRCLE * np.sqrt(np.maximum(squares, 0.0)) @ axes.T)
    return lines


def sketch(brush: Brush, track: Track, step: int, style: Style, theme: Theme, plane: Transform, clip: Bbox) -> None:
    """Draw what a run's state after ``step`` shows; nothing for a rule that keeps none of DRAWN."""
    if DRAWN.isdisjoint(track.rule.state):
        return
    state = track.state_at(step)
    with np.errstate(all="ignore"):
        for outline in outlines(state):
            points = plane.transform(outline)
            brush.line(points, theme.halo, HALO, clip)
            brush.line(points, style.color, WIDTH, clip)
        trials = state.get("trials")
        if np.ndim(trials) == 2:
            points = plane.transform(trials)
            points = points[((points > clip.min) & (points < clip.max)).all(axis=1)]
            brush.marker(points, "o", DOT, "none", theme.halo, HALO)
            brush.marker(points, "o", DOT, "none", style.color, WIDTH)
