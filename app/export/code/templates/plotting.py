# mypy: allow-untyped-defs
"""Plotting functions of a matplotlib script. The program reads this file without importing it or pyplot."""

from __future__ import annotations

import math
import sys

import matplotlib.pyplot as plt
import numpy as np


def normalize_heights(heights, min_height, height_range, linear_threshold):
    """Map losses to 0 to 1, on a scale that is logarithmic above ``linear_threshold`` unless that is None."""
    max_height = min_height + height_range
    normalized = (np.nan_to_num(heights, nan=max_height, posinf=max_height) - min_height) / height_range
    if linear_threshold is not None:
        decades = math.log10(height_range / linear_threshold + 1)
        normalized = np.log10(np.maximum(normalized * height_range / linear_threshold, 0) + 1) / decades
    return np.clip(normalized, 0, 1)


def draw_runs(contour_axes, loss_axes, paths, losses, styles):
    """Draw the path of each run with a marker at its end, and its losses."""
    for name, style in styles.items():
        path, loss = paths[name], losses[name]
        contour_axes.plot(
            *path.T, color=style["color"], linestyle=style["linestyle"], linewidth=1.6, label=style["label"]
        )
        contour_axes.plot(
            *path[-1], color=style["color"], marker=style["marker"], markersize=8, markeredgecolor="white"
        )
        loss_axes.plot(range(len(loss)), loss, color=style["color"], linestyle=style["linestyle"], linewidth=1.6)


def draw(
    surface,
    start,
    paths,
    losses,
    styles,
    *,
    height_scale,
    bounds,
    contour_levels,
    minima,
    axes,
    scales,
    title,
    colormap,
    aspect,
):
    """Draw the paths on a contour plot, and the losses next to it."""
    figure, (contour_axes, loss_axes) = plt.subplots(
        1, 2, figsize=(12.8, 6.4), layout="constrained", width_ratios=(3, 2)
    )
    (left, right), (bottom, top) = bounds
    x, y = np.linspace(left, right, 161), np.linspace(bottom, top, 161)
    with np.errstate(all="ignore"):
        heights = surface(*np.meshgrid(x, y))[0]
        normalized = normalize_heights(heights, **height_scale)
    contour_axes.contourf(x, y, normalized, levels=np.linspace(0, 1, 29), cmap=colormap, alpha=0.7)
    lines = contour_axes.contour(
        x, y, normalized, levels=[level for level, _ in contour_levels], colors="black", linewidths=0.5, alpha=0.4
    )
    contour_axes.clabel(lines, fmt={level: f"{height:g}" for level, height in contour_levels}, fontsize=7)
    for minimum in minima:
        contour_axes.plot(*minimum, linestyle="none", marker="*", markersize=13, color="white", markeredgecolor="black")
    draw_runs(contour_axes, loss_axes, paths, losses, styles)
    contour_axes.plot(
        *start, linestyle="none", marker="o", markersize=9, markerfacecolor="none", markeredgecolor="black"
    )
    contour_axes.set(xlim=(left, right), ylim=(bottom, top), xlabel=axes[0], ylabel=axes[1], aspect=aspect)
    loss_axes.set(xscale=scales[0], yscale=scales[1], xlabel="step", ylabel="loss")
    loss_axes.grid(alpha=0.3)
    figure.suptitle(title, parse_math=False)
    if styles:
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def draw_curve(surface, start, paths, losses, styles, *, x_limits, loss_limits, minima, scales, title):
    """Draw the paths on the curve of the loss over x, and the losses next to it."""
    figure, (curve_axes, loss_axes) = plt.subplots(1, 2, figsize=(12.8, 6.4), layout="constrained", width_ratios=(3, 2))

    def curve(x):
        x = np.array(x, float)
        return np.broadcast_to(surface(x, np.zeros_like(x))[0], x.shape)

    x = np.linspace(*x_limits, 2001)
    with np.errstate(all="ignore"):
        curve_axes.plot(x, curve(x), color="0.35", linewidth=1.6)
        curve_axes.plot(
            minima, curve(minima), linestyle="none", marker="*", markersize=13, color="white", markeredgecolor="black"
        )
        curve_paths = {name: np.column_stack([path[:, 0], losses[name]]) for name, path in paths.items()}
        draw_runs(curve_axes, loss_axes, curve_paths, losses, styles)
        curve_axes.plot(
            start[:1],
            curve(start[:1]),
            linestyle="none",
            marker="o",
            markersize=9,
            markerfacecolor="none",
            markeredgecolor="black",
        )
    curve_axes.set(xlim=x_limits, ylim=loss_limits, xlabel="x", ylabel="loss")
    curve_axes.grid(alpha=0.3)
    loss_axes.set(xscale=scales[0], yscale=scales[1], xlabel="step", ylabel="loss")
    loss_axes.grid(alpha=0.3)
    figure.suptitle(title, parse_math=False)
    if styles:
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def show(figure):
    """Show the figure in a window, or save it to the file named on the command line."""
    if len(sys.argv) > 1:
        figure.savefig(sys.argv[1])
    else:
        plt.show()
