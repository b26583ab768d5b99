"""The image of a difference map: which of two runs needs fewer steps, and where they reach different minima."""

from __future__ import annotations

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from app.engine.difference_map import ONLY_FIRST, ONLY_SECOND, OTHER_MINIMUM, SAME, DifferenceMap
from app.plotting.maps.map_marks import MINIMUM
from app.theming.theme import Theme

FIRST_COLOR, EQUAL_COLOR, SECOND_COLOR = "#0b62a4", "#f4f1ea", "#c1580b"  # blue and orange: safe for color blindness
COLORMAP = LinearSegmentedColormap.from_list("difference", [SECOND_COLOR, EQUAL_COLOR, FIRST_COLOR])
OTHER_COLOR = "#000000"
LIMITS = (1, 2, 3, 5)  # log2 of the largest ratio shown
HATCHES = {ONLY_FIRST: "////", ONLY_SECOND: "\\\\\\\\"}


def draw_difference(axes: Axes, result: DifferenceMap, theme: Theme) -> list[tuple[float, float]]:
    """Draw a difference map and its minima over the whole of its grid; return the minima inside."""
    limit = color_limit(result.log_ratio)
    image = np.empty((*result.kind.shape, 3))
    image[:] = to_rgb(theme.figure_background)
    same = result.kind == SAME
    image[same] = COLORMAP(np.clip(result.log_ratio[same] / (2 * limit) + 0.5, 0, 1))[:, :3]
    faces = {ONLY_FIRST: FIRST_COLOR, ONLY_SECOND: SECOND_COLOR, OTHER_MINIMUM: OTHER_COLOR}
    for kind, color in faces.items():
        image[result.kind == kind] = to_rgb(color)
    dx, dy = (values[1] - values[0] for values in (result.xs, result.ys))
    edges = (result.xs[0] - dx / 2, result.xs[-1] + dx / 2, result.ys[0] - dy / 2, result.ys[-1] + dy / 2)
    axes.imshow(image, origin="lower", extent=edges, aspect="auto", interpolation="nearest", zorder=0)
    for kind, hatch in HATCHES.items():
        mask = result.kind == kind
        if mask.any():
            with rc_context({"hatch.color": "#ffffff", "hatch.linewidth": 0.7}):
                axes.contourf(result.xs, result.ys, mask, levels=[0.5, 1.5], colors="none", hatches=[hatch])
    inside = [(x, y) for x, y in result.minima if edges[0] <= x <= edges[1] and edges[2] <= y <= edges[3]]
    for x, y in inside:
        axes.plot(x, y, **MINIMUM)
    axes.set(xlim=edges[:2], ylim=edges[2:])
    return inside


def color_limit(log_ratio: np.ndarray) -> int:
    """Return the log2 of the ratio at the ends of the color scale: that which 95 % of the cells do not exceed."""
    finite = np.abs(log_ratio[np.isfinite(log_ratio)])
    needed = float(np.quantile(finite, 0.95)) if finite.size else 0.0
    return next((limit for limit in LIMITS if limit >= needed), LIMITS[-1])
