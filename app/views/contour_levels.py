"""The levels of the contour plot: filled bands, lines at round losses, and the labels of the lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.contour import ContourSet
from matplotlib.path import Path

from app.analysis.height_map import HeightMap
from app.model.plot_options import PlotOptions
from app.theming.theme import Theme
from app.utils.number_format import distinct_labels

FILLED_LEVELS, GRID_SIZE = 28, 161
MAX_LABELED_LINES, MAX_LINES = 60, 1000  # pieces of level lines up to which they are labeled, and drawn
LABEL_EDGE = 0.47  # fraction of the axes from their center beyond which a level label would be cut
LINE_WIDTH, ALONE_WIDTH = 0.5, 1.0  # points: lines over filled levels, and lines alone
LABEL_DIGITS = 3


def draw_levels(
    axes: Axes, height_map: HeightMap, options: PlotOptions, theme: Theme, colormap: Colormap, is_vector: bool
) -> list[Artist]:
    """Add the levels of a height map to axes, as the options say; return the artists."""
    x, y = height_map.grid(GRID_SIZE)
    heights = height_map.normalized_height(height_map.heights(x, y))
    heights = np.clip(np.nan_to_num(heights, nan=1.0), 0.0, 1.0)
    artists: list[Artist] = []
    thin_lines: dict[str, Any] = {"colors": theme.text, "linewidths": LINE_WIDTH, "alpha": 0.3}
    if options.basin_map:
        line_style = thin_lines
    elif options.level_style == "filled":
        levels = np.linspace(0, 1, FILLED_LEVELS + 1)
        filled = axes.contourf(x, y, heights, levels=levels, cmap=colormap, zorder=0)
        if is_vector:  # gaps between the levels would be visible
            filled.set(edgecolor="face", linewidth=0.4)
        artists.append(filled)
        line_style = thin_lines
    else:
        line_style = {"cmap": colormap, "vmin": 0.0, "vmax": 1.0, "linewidths": ALONE_WIDTH}
    low, high = heights.min(), heights.max()
    losses = {
        level: loss
        for loss in height_map.round_heights(options.levels)
        if low < (level := float(height_map.normalized_height(loss))) < high
    }
    if not losses:
        return artists
    lines = axes.contour(x, y, heights, levels=sorted(losses), zorder=1, **line_style)
    line_count = sum(np.count_nonzero(path.codes == Path.MOVETO) for path in lines.get_paths())
    if line_count > MAX_LINES and artists:  # lines alone are always drawn
        lines.remove()
        return artists
    artists.append(lines)
    if options.level_labels and line_count < MAX_LABELED_LINES:
        level_labels = dict(zip(losses, distinct_labels(list(losses.values()), LABEL_DIGITS), strict=True))
        artists += _label_levels(axes, lines, level_labels, height_map, theme.text)
    return artists


def _label_levels(
    axes: Axes, lines: ContourSet, level_labels: dict[float, str], height_map: HeightMap, color: str
) -> list[Artist]:
    labels: list[Artist] = []
    for label in axes.clabel(lines, fontsize=7, inline_spacing=2, fmt=level_labels.__getitem__):
        label.set(color=color, alpha=0.8)
        if (np.abs((label.get_position() - height_map.lower_left) / height_map.size - 0.5) > LABEL_EDGE).any():
            label.remove()
        else:
            labels.append(label)
    return labels
