"""Draw the search state of an optimizer over the paths: trial points, a simplex, or the ellipse of a distribution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.transforms import Bbox

from app.analysis.search_shapes import search_shapes, state_array
from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import Style, Theme

DRAWN_STATES = {"trials", "simplex", "covariance"}
LINE_WIDTH, OUTLINE_WIDTH, POINT_SIZE = 1.3, 3.0, 4.5  # points


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
        trials = state_array(state, "trials")
        if trials.ndim == 2:
            points = to_pixels(trials)
            points = points[((points > clip.min) & (points < clip.max)).all(axis=1)]
            renderer.draw_markers(points, "o", POINT_SIZE, "none", theme.outline_color, OUTLINE_WIDTH)
            renderer.draw_markers(points, "o", POINT_SIZE, "none", style.color, LINE_WIDTH)
