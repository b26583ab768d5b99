"""The numbers of the minima in a basin map."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from app.plotting.maps.outcome_image import OutcomeImage

MAX_NUMBERED, ALWAYS_NUMBERED = 40, 4  # minima with a number in the map: at most, and whatever their shares
MIN_NUMBERED_SHARE = 0.003  # of the starts, of a minimum with a number
MANY_NUMBERS = 12  # from which on they are small


def numbered_minima(image: OutcomeImage) -> np.ndarray:
    """Return the indices of the minima that get a number, the most frequent first."""
    by_share = np.argsort(-image.minimum_shares, kind="stable")[:MAX_NUMBERED]
    is_numbered = image.minimum_shares[by_share] >= MIN_NUMBERED_SHARE
    is_numbered[:ALWAYS_NUMBERED] = True
    return by_share[is_numbered]


def number_minima(axes: Axes, minima: np.ndarray, numbered: np.ndarray) -> list[Text]:
    """Add a disc with its number at each minimum inside the axes; return the texts."""
    style: dict[str, Any] = {
        "boxstyle": "circle,pad=0.25",
        "facecolor": "#ffffff",
        "edgecolor": "#000000",
        "linewidth": 0.9,
    }
    size = 8.5 if len(numbered) <= MANY_NUMBERS else 6.5
    texts = []
    for k in numbered.tolist():
        x, y = minima[k].tolist()
        text = axes.text(x, y, str(k + 1), ha="center", va="center", fontsize=size, color="#000000", zorder=5)
        text.set(bbox=style, clip_on=True)
        texts.append(text)
    return texts
