"""Stems from the path of a run with many parameters, at its true losses, to the plane that shows it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.transforms import BboxBase

from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import Style
from surfaces import Surface

MOST_STEMS = 32  # of a run
STEM_WIDTH, OUTLINE_WIDTH = 0.9, 1.7  # points


def stem_steps(last_step: int) -> np.ndarray:
    """Return the steps with stems: evenly spaced, the same while a run gets longer, and the last one."""
    interval = 1
    while last_step // interval >= MOST_STEMS:
        interval *= 2
    return np.append(np.arange(0, last_step, interval), last_step)


def draw_stems(
    renderer: PathRenderer,
    surface: Surface,
    runs: list[tuple[Trajectory, int, Style]],
    to_pixels: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    clip: BboxBase,
    outline_color: str,
) -> None:
    """Draw a stem at some steps of each run, given with its last step and its style."""
    for trajectory, last_step, style in runs:
        x, y, losses = trajectory.values_at(stem_steps(last_step))
        with np.errstate(all="ignore"):
            feet = to_pixels(x, y, surface(x, y)[0])
        gaps = np.full_like(feet, np.nan)
        stems = np.stack([to_pixels(x, y, losses), feet, gaps], axis=1).reshape(-1, 2)
        renderer.draw_line(stems, outline_color, OUTLINE_WIDTH, clip)
        renderer.draw_line(stems, style.color, STEM_WIDTH, clip)
