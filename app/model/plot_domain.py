"""The part of the plane that an experiment is plotted over."""

from __future__ import annotations

import math

from app.model.experiment import Experiment
from surfaces.surface import Box


def box_of(experiment: Experiment) -> Box:
    """The surface's own box, doubled about its middle until the start lies inside with a little room."""
    (left, right), (bottom, top) = experiment.land.box
    assert experiment.start is not None
    x, y = experiment.start
    across, up = (left + right) / 2, (bottom + top) / 2
    reach = max(abs(x - across) / (right - left), abs(y - up) / (top - bottom)) * 2
    if reach <= 1:
        return (left, right), (bottom, top)
    factor = 2.0 ** math.ceil(math.log2(reach * 1.02))
    half_x, half_y = (right - left) / 2 * factor, (top - bottom) / 2 * factor
    return (across - half_x, across + half_x), (up - half_y, up + half_y)
