"""Figure of a basin map: basins in four hues, light where few steps suffice, with numbered minima and shares."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from app.engine.basin_map import BasinMap
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import Key, MapLayout
from app.export.maps.outcome_key import explain_others, explain_steps
from app.export.options import Options
from app.plotting.maps.basin_marks import number_minima, numbered_minima
from app.plotting.maps.outcome_image import OutcomeImage, percent
from app.plotting.tick_formatters import UniformFormatter
from app.theming.basin_colors import basin_colors
from app.utils.i18n import tr
from app.utils.number_format import format_significant
from surfaces import Surface

KEY_ROWS_BELOW = 9  # of the key, below the minima
SWATCH_RANK = 0.25  # lightness of a swatch


def draw_basin_map(result: BasinMap, surface: Surface, heading: Heading, options: Options) -> Figure:
    """Return the figure of a basin map."""
    layout = MapLayout(options, *heading)
    axes, image = layout.add_axes(), OutcomeImage(result.outcome, result.steps, len(result.minima))
    image.draw(axes, (result.xs[0], result.xs[-1], result.ys[0], result.ys[-1]), options.theme)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(UniformFormatter())
    layout.label_axes(axes, *map(tr, surface.axis_labels))
    number_minima(axes, result.minima, numbered_minima(image))
    explain_minima(layout.key, image, result.minima)
    explain_others(layout.key, image)
    explain_steps(layout.key, image)
    return layout.figure


def explain_minima(key: Key, image: OutcomeImage, minima: np.ndarray) -> None:
    """Add the minima that runs reach, the most frequent first, with their shares."""
    shares = image.minimum_shares.tolist()
    reached = sorted((k for k in range(len(minima)) if shares[k]), key=lambda k: -shares[k])
    if not reached:
        return
    key.heading(tr("Minimum, share of all runs"))
    listed = reached[: max(3, key.rows_left - KEY_ROWS_BELOW)]
    for k in listed:
        x, y = (format_significant(float(value), 3) for value in minima[k])
        color = basin_colors(image.hues[[k]], np.array([SWATCH_RANK]))[0]
        key.row(f"{k + 1}   ({x}, {y})", percent(shares[k]), facecolor=tuple(color))
    others = reached[len(listed) :]
    if others:
        key.note(
            tr("and {count} others, {share} together", count=len(others), share=percent(sum(shares[k] for k in others)))
        )
