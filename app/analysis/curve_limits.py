"""Which losses the curve of a one-dimensional surface shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.model.experiment import Experiment
from surfaces.line_search import loss_window

MARGIN = 0.07  # below and above the losses that are shown, of their range


def curve_limits(
    experiment: Experiment, x_limits: tuple[float, float], to_coordinate: Callable[[Any], Any] = np.asarray
) -> tuple[float, float]:
    """Return the limits of the vertical axis: they show the extrema within ``x_limits``, the minima and the start.

    ``to_coordinate`` converts losses to coordinates of the axis.
    """
    surface, start = experiment.surface, experiment.start
    assert start is not None
    shown = [*loss_window(surface.function, *x_limits), surface.loss_at(*start)]
    shown += [surface.loss_at(*minimum) for minimum in surface.minima]
    coordinates = to_coordinate([loss for loss in shown if np.isfinite(loss)])
    low, high = float(np.min(coordinates)), float(np.max(coordinates))
    margin = MARGIN * (high - low) or max(abs(high), 1.0)
    return low - margin, high + margin
