"""Where a rule has looked: its trial points, its simplex, the ellipse it draws from. In pixels, over the trails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.transforms import Bbox, Transform

from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import Style, Theme

DRAWN_STATES = {"trials", "simplex", "covariance"}
UNIT_CIRCLE = np.array([(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 73)])
ELLIPSE_SIGMAS = 2.0  # standard deviations from the middle of the ellipse to its edge: 86 in 100 samples lie within
LINE_WIDTH, OUTLINE_WIDTH, POINT_SIZE = 1.3, 3.0, 4.5  # points


def search_shapes(state: Mapping[str, Any]) -> list[np.ndarray]:
    """The closed lines (n, 2) that a state stands for, on the plane of the surface."""
    shapes = []
    simplex, covariance, mean = (state.get(name) for name in ("simplex", "covariance", "mean"))
    if np.shape(simplex) == (3, 2):
        shapes.append(np.array([*simplex, simplex[0]]))
    if np.shape(covariance) == (2, 2) and np.shape(mean) == (2,) and np.isfinite(covariance).all():
        eigenvalues, eigenvectors = np.linalg.eigh(covariance)
        shapes.append(mean + ELLIPSE_SIGMAS * UNIT_CIRCLE * np.sqrt(np.maximum(eigenvalues, 0.0)) @ eigenvectors.T)
    return shapes


def draw_search_state(
    renderer: PathRenderer,
    trajectory: Trajectory,
    step: int,
    style: Style,
    theme: Theme,
    transform: Transform,
    clip: Bbox,
) -> None:
    """Draw what a run's state after ``step`` shows; nothing for a rule that keeps none of DRAWN."""
    if DRAWN_STATES.isdisjoint(trajectory.method.state):
        return
    state = trajectory.state_at(step)
    with np.errstate(all="ignore"):
        for shape in search_shapes(state):
            points = transform.transform(shape)
            renderer.draw_line(points, theme.outline_color, OUTLINE_WIDTH, clip)
            renderer.draw_line(points, style.color, LINE_WIDTH, clip)
        trials = state.get("trials")
        if np.ndim(trials) == 2:
            points = transform.transform(trials)
            points = points[((points > clip.min) & (points < clip.max)).all(axis=1)]
            renderer.draw_markers(points, "o", POINT_SIZE, "none", theme.outline_color, OUTLINE_WIDTH)
            renderer.draw_markers(points, "o", POINT_SIZE, "none", style.color, LINE_WIDTH)
