# mypy: allow-untyped-defs
"""What a matplotlib script draws with. The program only reads this file: it never draws with pyplot itself."""

from __future__ import annotations

import math
import sys

import matplotlib.pyplot as plt
import numpy as np


def relief(heights, low, span, unit):
    """Heights as shares of the picture's range, 0 to 1; with a unit they are logarithmic from about there on."""
    share = (np.nan_to_num(heights, nan=low + span, posinf=low + span) - low) / span
    if unit is not None:
        share = np.log10(np.maximum(share * span / unit, 0) + 1) / math.log10(span / unit + 1)
    return np.clip(share, 0, 1)


def draw(surface, start, paths, losses, styles, *, box, low, span, unit, levels, minima, axes, scales, title):
    """The paths over the surface's contours, and beside them the losses."""
    figure, (ground, curve) = plt.subplots(1, 2, figsize=(12.8, 6.4), layout="constrained", width_ratios=(3, 2))
    (left, right), (bottom, top) = box
    x, y = np.linspace(left, right, 161), np.linspace(bottom, top, 161)
    with np.errstate(all="ignore"):
        heights = surface(*np.meshgrid(x, y))[0]
        shares = relief(heights, low, span, unit)
    ground.contourf(x, y, shares, levels=np.linspace(0, 1, 29), cmap="viridis", alpha=0.7)
    lines = ground.contour(
        x, y, shares, levels=[share for share, _ in levels], colors="black", linewidths=0.5, alpha=0.4
    )
    ground.clabel(lines, fmt={share: f"{height:g}" for share, height in levels}, fontsize=7)
    for place in minima:
        ground.plot(*place, linestyle="none", marker="*", markersize=13, color="white", markeredgecolor="black")
    for name, style in styles.items():
        path, loss = paths[name], losses[name]
        ground.plot(*path.T, color=style["color"], linestyle=style["linestyle"], linewidth=1.6, label=style["label"])
        ground.plot(*path[-1], color=style["color"], marker=style["marker"], markersize=8, markeredgecolor="white")
        curve.plot(range(len(loss)), loss, color=style["color"], linestyle=style["linestyle"], linewidth=1.6)
    ground.plot(*start, linestyle="none", marker="o", markersize=9, markerfacecolor="none", markeredgecolor="black")
    ground.set(xlim=(left, right), ylim=(bottom, top), xlabel=axes[0], ylabel=axes[1])
    curve.set(xscale=scales[0], yscale=scales[1], xlabel="step", ylabel="loss")
    curve.grid(alpha=0.3)
    figure.suptitle(title, parse_math=False)
    if styles:
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def show(figure):
    """In a window, or into the file that the script has been given."""
    if len(sys.argv) > 1:
        figure.savefig(sys.argv[1])
    else:
        plt.show()
