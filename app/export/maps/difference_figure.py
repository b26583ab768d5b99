"""Figure of a difference map: which of two runs needs fewer steps, and where they reach different minima."""

from __future__ import annotations

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from app.engine.difference_map import NEITHER, ONLY_FIRST, ONLY_SECOND, OTHER_MINIMUM, SAME, DifferenceMap
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import MapLayout
from app.export.options import Options
from app.plotting.maps.difference_image import (
    COLORMAP,
    FIRST_COLOR,
    HATCHES,
    OTHER_COLOR,
    SECOND_COLOR,
    color_limit,
    draw_difference,
)
from app.plotting.maps.map_marks import MINIMUM
from app.plotting.maps.outcome_image import percent
from app.plotting.tick_formatters import UniformFormatter
from app.utils.i18n import tr
from surfaces import Surface


def draw_difference_map(
    result: DifferenceMap, names: tuple[str, str], surface: Surface, heading: Heading, options: Options
) -> Figure:
    """Return the figure of a difference map of two runs with the given names."""
    layout = MapLayout(options, *heading)
    axes = layout.add_axes()
    inside = draw_difference(axes, result, options.theme)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(UniformFormatter())
    layout.label_axes(axes, *map(tr, surface.axis_labels))
    _explain(layout, result, names, bool(inside))
    return layout.figure


def _explain(
    layout: MapLayout,
    result: DifferenceMap,
    names: tuple[str, str],
    has_minima: bool,
) -> None:
    key, (first, second), limit = layout.key, names, color_limit(result.log_ratio)
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
        key.mark_row(tr("minimum"), **MINIMUM)
