"""Paths of recorded trainings on their landscape: where they are on the plane, and at which loss they really were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import BboxBase

from app.analysis.landscape_text import differs
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import Theme
from app.views.scene import Scene
from surfaces.landscape.landscape import Landscape

LINE_COLOR, OUTLINE_COLOR = "#000000", "#ffffff"
LINE_WIDTH, OUTLINE_WIDTH, STEM_WIDTH, DOT_SIZE = 1.4, 3.6, 0.8, 5.0  # points
DASH = (1.0, 1.8)  # line widths
MOST_STEMS = 40  # of all paths together
MARKER_SIZE, LEGEND_FONT_SIZE = 9.0, 8.0  # points
LEGEND_CORNERS: dict[tuple[int, int], Any] = {  # of matplotlib, by the share of the width and height at which they are
    (0, 0): "lower left",
    (1, 0): "lower right",
    (0, 1): "upper left",
    (1, 1): "upper right",
}


def run_styles(landscape: Landscape, theme: Theme) -> list[tuple[str, str]]:
    """Return line and outline color of each recorded run; several have the colors that live runs use last."""
    if len(landscape.runs) < 2:
        return [(LINE_COLOR, OUTLINE_COLOR)] * len(landscape.runs)
    colors = theme.run_colors[:0:-1]
    return [(colors[k % len(colors)], theme.outline_color) for k in range(len(landscape.runs))]


def draw_on_plane(
    renderer: PathRenderer,
    landscape: Landscape,
    theme: Theme,
    to_pixels: Callable[[np.ndarray], np.ndarray],
    clip: BboxBase,
    is_inside: Callable[[np.ndarray], bool],
) -> None:
    """Draw the paths on the plane; points are hollow where the loss there differs from the true one."""
    pixels, is_different = to_pixels(landscape.path), differs(landscape)
    for run, (color, outline) in _runs(landscape, theme):
        _draw_line(renderer, pixels[run], color, outline, clip)
        shown = np.array([k for k in _spread(landscape, run) if is_inside(pixels[k])], int)
        hollow = is_different[shown]
        _draw_dots(renderer, pixels[shown[hollow]], outline, color, outline)
        _draw_dots(renderer, pixels[shown[~hollow]], color, color, outline)


def draw_at_true_loss(
    renderer: PathRenderer,
    landscape: Landscape,
    theme: Theme,
    to_pixels: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    clip: BboxBase,
) -> None:
    """Draw the paths at their true losses, with stems to the surface below or above them."""
    x, y = landscape.path.T
    path, feet = to_pixels(x, y, landscape.path_losses), to_pixels(x, y, landscape.path_heights)
    for run, (color, outline) in _runs(landscape, theme):
        for k in _spread(landscape, run):
            renderer.draw_line(np.array([path[k], feet[k]]), outline, STEM_WIDTH + 1.2, clip)
            renderer.draw_line(np.array([path[k], feet[k]]), color, STEM_WIDTH, clip)
        _draw_line(renderer, path[run], color, outline, clip)


def draw_current(
    renderer: PathRenderer,
    scene: Scene,
    to_pixels: Callable[[Landscape, np.ndarray], np.ndarray],
    is_inside: Callable[[np.ndarray], bool],
) -> None:
    """Draw where each of several recorded runs was at the displayed step; ``to_pixels`` takes indices of points."""
    if scene.experiment.landscape is None or len(scene.experiment.landscape.runs) < 2:
        return
    landscape = scene.experiment.landscape.landscape
    for run, (color, outline) in _runs(landscape, scene.theme):
        rank = int(np.searchsorted(landscape.path_steps[run], scene.race.step, "right")) - 1
        position = to_pixels(landscape, np.array([run.start + max(rank, 0)]))
        if is_inside(position[0]):
            renderer.draw_markers(position, "D", MARKER_SIZE, outline, outline, 2.6)
            renderer.draw_markers(position, "D", MARKER_SIZE - 2, outline, color, 2.0)


def recorded_losses(scene: Scene) -> list[tuple[np.ndarray, tuple[str, str]]]:
    """Return steps and true losses (n, 2) of each recorded run, with its colors, if losses are plotted over steps."""
    data, plot = scene.experiment.landscape, scene.experiment.loss_plot
    if data is None or not data.path or (plot.quantity, plot.x_quantity) != ("loss", "steps"):
        return []
    points = np.column_stack([data.landscape.path_steps, data.landscape.path_losses]).astype(float)
    return [(points[run], style) for run, style in _runs(data.landscape, scene.theme)]


def draw_losses(
    renderer: PathRenderer, scene: Scene, to_pixels: Callable[[np.ndarray], np.ndarray], clip: BboxBase
) -> None:
    """Draw the true losses of recorded runs over their steps."""
    for points, (color, outline) in recorded_losses(scene):
        _draw_line(renderer, to_pixels(points), color, outline, clip)


def add_legend(axes: Axes, landscape: Landscape, theme: Theme) -> None:
    """Add the names of several recorded runs in the corner that the fewest points of their paths are near."""
    if len(landscape.runs) < 2:
        return
    handles = [
        Line2D([], [], color=color, linewidth=LINE_WIDTH, linestyle=(0, DASH), label=name)
        for (name, _), (color, _) in zip(landscape.runs, run_styles(landscape, theme), strict=True)
    ]
    positions = axes.transAxes.inverted().transform(axes.transData.transform(landscape.path))
    corner = min(LEGEND_CORNERS, key=lambda corner: int((np.abs(positions - corner).max(axis=1) < 0.4).sum()))
    legend = axes.legend(
        handles=handles,
        loc=LEGEND_CORNERS[corner],
        fontsize=LEGEND_FONT_SIZE,
        labelcolor=theme.text,
        facecolor=theme.figure_background,
        edgecolor=theme.divider,
        framealpha=0.85,
    )
    legend.set_in_layout(False)


def _runs(landscape: Landscape, theme: Theme) -> Iterator[tuple[slice, tuple[str, str]]]:
    styles = run_styles(landscape, theme)
    return ((run, style) for (_, run), style in zip(landscape.runs, styles, strict=True))


def _spread(landscape: Landscape, run: slice) -> list[int]:
    """Return the indices of some points of a run, evenly spaced, with the first and the last one."""
    count = min(run.stop - run.start, max(MOST_STEMS // len(landscape.runs), 2))
    return np.unique(np.linspace(run.start, run.stop - 1, count).round().astype(int)).tolist()


def _draw_line(renderer: PathRenderer, points: np.ndarray, color: str, outline: str, clip: BboxBase) -> None:
    renderer.draw_line(points, outline, OUTLINE_WIDTH, clip)
    renderer.draw_line(points, color, LINE_WIDTH, clip, dash=DASH)


def _draw_dots(renderer: PathRenderer, points: np.ndarray, fill: str, color: str, outline: str) -> None:
    renderer.draw_markers(points, "o", DOT_SIZE, fill, outline, 1.8)
    renderer.draw_markers(points, "o", DOT_SIZE, fill, color, 0.9)
