"""Figure of a difference map: which of two runs needs fewer steps, and where they reach different minima."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from app.engine.difference_map import NEITHER, ONLY_FIRST, ONLY_SECOND, OTHER_MINIMUM, SAME, DifferenceMap
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import MapLayout
from app.export.maps.outcome_image import percent
from app.export.options import Options
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import tr
from surfaces import Surface

FIRST_COLOR, EQUAL_COLOR, SECOND_COLOR = "#0b62a4", "#f4f1ea", "#c1580b"  # blue and orange: safe for color blindness
COLORMAP = LinearSegmentedColormap.from_list("difference", [SECOND_COLOR, EQUAL_COLOR, FIRST_COLOR])
OTHER_COLOR = "#000000"
LIMITS = (1, 2, 3, 5)  # log2 of the largest ratio shown
HATCHES = {ONLY_FIRST: "////", ONLY_SECOND: "\\\\\\\\"}


def draw_difference_map(
    result: DifferenceMap, names: tuple[str, str], surface: Surface, heading: Heading, options: Options
) -> Figure:
    """Return the figure of a difference map of two runs with the given names."""
    layout = MapLayout(options, *heading)
    axes, theme = layout.add_axes(), options.theme
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
    star: dict[str, Any] = {
        "marker": "*",
        "linestyle": "none",
        "color": "#ffffff",
        "markeredgecolor": "#000000",
        "markersize": 11,
    }
    for x, y in inside:
        axes.plot(x, y, **star)
    axes.set(xlim=edges[:2], ylim=edges[2:])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(UniformFormatter())
    layout.label_axes(axes, *map(tr, surface.axis_labels))
    _explain(layout, result, names, limit, bool(inside), star)
    return layout.figure


def color_limit(log_ratio: np.ndarray) -> int:
    """Return the log2 of the ratio at the ends of the color scale: that which 95 % of the cells do not exceed."""
    finite = np.abs(log_ratio[np.isfinite(log_ratio)])
    needed = float(np.quantile(finite, 0.95)) if finite.size else 0.0
    return next((limit for limit in LIMITS if limit >= needed), LIMITS[-1])


def _explain(
    layout: MapLayout,
    result: DifferenceMap,
    names: tuple[str, str],
    limit: int,
    has_minima: bool,
    star: dict[str, Any],
) -> None:
    key, (first, second) = layout.key, names
    key.heading(tr("Ratio of steps to the same minimum"))
    colors = COLORMAP(np.linspace(0, 1, 101))[:, :3]
    key.bar(colors[::-1], {0.0: f"1/{2**limit}", 0.5: "1", 1.0: f"{2**limit}"})
    same = result.kind == SAME
    key.row(
        tr("{name} needs fewer", name=first),
        percent(float((same & (result.log_ratio > 0)).mean())),
        facecolor=FIRST_COLOR,
    )
    key.row(
        tr("{name} needs fewer", name=second),
        percent(float((same & (result.log_ratio < 0)).mean())),
        facecolor=SECOND_COLOR,
    )
    key.heading(tr("Other starts"))
    rows = (
        (OTHER_MINIMUM, tr("different minima"), {"facecolor": OTHER_COLOR}),
        (ONLY_FIRST, tr("only {name} arrives", name=first), {"facecolor": FIRST_COLOR}),
        (ONLY_SECOND, tr("only {name} arrives", name=second), {"facecolor": SECOND_COLOR}),
        (NEITHER, tr("neither arrives"), {"facecolor": layout.theme.figure_background}),
    )
    for kind, text, style in rows:
        share = float((result.kind == kind).mean())
        if share:
            hatch = {"hatch": HATCHES[kind], "edgecolor": "#ffffff"} if kind in HATCHES else {}
            with rc_context({"hatch.linewidth": 0.7}):
                key.row(text, percent(share), **style, **hatch)
    if has_minima:
        key.heading(tr("Marks"))
        key.mark_row(tr("minimum"), **star)
