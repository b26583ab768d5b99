"""Draw a view on a figure of its own."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.engine.race import Race
from app.model.experiment import Experiment
from app.views import VIEWS, Scene, View


def draw_view(
    name: str, experiment: Experiment, steps: int = 0, size: tuple[float, float] = (4.0, 3.0)
) -> tuple[View, np.ndarray]:
    """Return a view with the static part of a race drawn, and its pixels (height, width, 3)."""
    race = Race(experiment)
    race.advance(steps)
    figure = Figure(figsize=size, dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = VIEWS[name](figure)
    view.set_bounds()
    view.show_scene(Scene(race))
    canvas.draw()
    return view, np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
