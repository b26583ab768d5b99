"""The parts of the key that basin maps and settings maps have in common."""

from __future__ import annotations

import numpy as np
from matplotlib import rc_context

from app.export.maps.map_layout import Key
from app.plotting.maps.outcome_image import NAMES, NEUTRAL_STYLES, OutcomeImage, neutral_color, percent
from app.theming.basin_colors import LEVELS, basin_colors
from app.utils.i18n import tr

QUANTILES = (0.0, 0.5, 1.0)


def explain_others(key: Key, image: OutcomeImage) -> None:
    """Add the outcomes other than minima that occur, with their shares."""
    present = [outcome for outcome in NEUTRAL_STYLES if (image.outcome == outcome).any()]
    if present:
        key.heading(tr("At no minimum"))
    for outcome in present:
        face, hatch = neutral_color(outcome, key.theme), NEUTRAL_STYLES[outcome][1]
        with rc_context({"hatch.linewidth": 0.6}):
            key.row(
                tr(NAMES[outcome]),
                percent(image.share_of(outcome)),
                facecolor=face,
                hatch=hatch,
                edgecolor=key.theme.muted_text,
            )


def explain_steps(key: Key, image: OutcomeImage) -> None:
    """Add the scale of the lightness: quantiles of the steps of the runs that arrived."""
    steps = image.steps[image.outcome >= 0]
    if not steps.size:
        return
    key.heading(tr("Steps to a minimum"))
    largest = int(np.bincount(image.outcome[image.outcome >= 0]).argmax())
    colors = basin_colors(np.full(LEVELS, image.hues[largest]), np.linspace(0, 1, LEVELS))
    key.bar(colors, {q: f"{int(np.quantile(steps, q)):,}" for q in QUANTILES})
