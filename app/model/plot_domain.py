"""The region of the plane over which an experiment is plotted."""

from __future__ import annotations

import math

from app.model.experiment import Experiment
from surfaces.surface import Bounds


def plot_bounds(experiment: Experiment) -> Bounds:
    """Return the bounds of the surface, doubled about their center until the start lies inside."""
    (left, right), (bottom, top) = experiment.surface.bounds
    assert experiment.start is not None
    x, y = experiment.start
    center_x, center_y = (left + right) / 2, (bottom + top) / 2
    scale = max(abs(x - center_x) / (right - left), abs(y - center_y) / (top - bottom)) * 2
    if scale <= 1:
        return (left, right), (bottom, top)
    factor = 2.0 ** math.ceil(math.log2(scale * 1.02))
    half_x, half_y = (right - left) / 2 * factor, (top - bottom) / 2 * factor
    return (center_x - half_x, center_x + half_x), (center_y - half_y, center_y + half_y)
