"""Draw the search state of an optimizer over the paths: trial points, a simplex, or the ellipse of a distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.transforms import Bbox

from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import Style, Theme

DRAWN_STATES = {"trials", "simplex", "covariance"}
UNIT_CIRCLE = np.array([(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 73)])
ELLIPSE_SIGMAS = 2.0  # standard deviations; 86 % of the samples lie within the ellipse
LINE_WIDTH, OUTLINE_WIDTH, POINT_SIZE = 1.3, 3.0, 4.5  # points


def search_shapes(state: Mapping[str, Any]) -> list[np.ndarray]:
    """Return the closed lines (n, 2), in x and y of the surface, that a state describes."""
    shapes = []
    simplex, covariance, mean = (_state_array(state, name) for name in ("simplex", "covariance", "mean"))
    if simplex.ndim == 2:
        shapes.append(np.array([*simplex, simplex[0]]))
    if covariance.shape == (2, 2) and mean.shape == (2,) and np.isfinite(covariance).all():
        eigenvalues, eigenvectors = np.linalg.eigh(covariance)
        shapes.append(mean + ELLIPSE_SIGMAS * UNIT_CIRCLE * np.sqrt(np.maximum(eigenvalues, 0.0)) @ eigenvectors.T)
    return shapes


def _state_array(state: Mapping[str, Any], name: str) -> np.ndarray:
    """Return an entry of a state as an array, which has no dimensions if the entry is missing or not set yet."""
    return np.asarray(state.get(name))


def draw_search_state(
    renderer: PathRenderer,
    trajectory: Trajectory,
    step: int,
    style: Style,
    theme: Theme,
    to_pixels: Callable[[np.ndarray], np.ndarray],
    clip: Bbox,
) -> None:
    """Draw the search state of a run after ``step``, if its optimizer has any of ``DRAWN_STATES``.

    ``to_pixels`` returns the pixels (n, 2) of x and y (n, 2).
    """
    if DRAWN_STATES.isdisjoint(trajectory.method.state) or trajectory.projected_problem is not None:
        return
    state = trajectory.state_at(step)
    with np.errstate(all="ignore"):
        for shape in search_shapes(state):
            points = to_pixels(shape)
            renderer.draw_line(points, theme.outline_color, OUTLINE_WIDTH, clip)
            renderer.draw_line(points, style.color, LINE_WIDTH, clip)
        trials = _state_array(state, "trials")
        if trials.ndim == 2:
            points = to_pixels(trials)
            points = points[((points > clip.min) & (points < clip.max)).all(axis=1)]
            renderer.draw_markers(points, "o", POINT_SIZE, "none", theme.outline_color, OUTLINE_WIDTH)
            renderer.draw_markers(points, "o", POINT_SIZE, "none", style.color, LINE_WIDTH)
