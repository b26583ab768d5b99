"""The markers of the steps of a path."""

from __future__ import annotations

import numpy as np
from matplotlib.transforms import BboxBase

from app.plotting.path_renderer import PathRenderer
from app.plotting.projected_path import ProjectedPath
from app.plotting.step_thinning import MARKER_SIZES
from app.theming.theme import Style, Theme

EDGE_WIDTH = 0.9  # points; the outline of a marker


def draw_step_markers(
    renderer: PathRenderer, path: ProjectedPath, start: int, stop: int, style: Style, theme: Theme, clip: BboxBase
) -> None:
    """Draw the markers of the points ``start`` to ``stop`` - 1 of a path that lie in a box, the small ones first."""
    if path.steps is None or not path.steps.marker_class[start:stop].any():
        return
    classes, points = path.steps.marker_class[start:stop], path.visible[start:stop]
    with np.errstate(invalid="ignore"):
        inside = ((points >= clip.min) & (points <= clip.max)).all(axis=1)
    for index in np.unique(classes[inside & (classes > 0)]).tolist():
        marked = points[inside & (classes == index)]
        renderer.draw_markers(
            marked, style.marker, MARKER_SIZES[index - 1], style.color, theme.outline_color, EDGE_WIDTH
        )
