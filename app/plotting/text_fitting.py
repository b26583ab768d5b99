"""Words at the axes that are made to fit: smaller, on two lines, or left out where they could not be read."""

from __future__ import annotations

import math
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.ticker import MaxNLocator

SMALLEST = 6.0  # points that can still be read
LABEL = 9.0
MOST, APART = 7, 5.0  # numbers at an axis where they must be taken away, and points between two
ABOVE = 6.0  # points between axes and what is written over them


def over(axes: Axes, words: str, align: str, size: float, color: str) -> Annotation:
    """Words above the axes, "left" or "right". No title: matplotlib lifts all titles out of the picture when one is hidden."""
    return axes.annotate(
        words,
        (0.0 if align == "left" else 1.0, 1.0),
        (0, ABOVE),
        "axes fraction",
        "offset points",
        fontsize=size,
        color=color,
        ha=align,
        va="baseline",
        annotation_clip=False,
    )


def shrink(text: Text, size: float, wide: float, high: float = math.inf) -> bool:
    """Give a text so many points, fewer to fit into ``wide`` x ``high`` pixels; hide it below SMALLEST. Whether it is shown."""
    text.set(fontsize=size, visible=True)
    box = text.get_window_extent()
    share = min(1.0, wide / max(box.width, 1.0), high / max(box.height, 1.0))
    if share < 1.0:
        size *= 0.98 * max(share, 0.0)  # hinting: letters do not shrink evenly
        text.set(fontsize=max(size, 1.0), visible=size >= SMALLEST)
    return size >= SMALLEST


def shrink_upright(text: Text, high: float) -> bool:
    """The same for the label of an upright axis, which is put on two lines first."""
    words = text.get_text().replace("\n", " ")
    text.set(text=words, fontsize=LABEL, visible=True)
    if text.get_window_extent().height > high:
        text.set_text(two_lines(words))
    return shrink(text, LABEL, math.inf, high)


def space(axes: Axes) -> None:
    """Take away numbers at the lower axis until there is room between them: in a small window they are long."""
    low, high = axes.get_xlim()
    for count in range(MOST, 0, -1):
        boxes = [
            text.get_window_extent()
            for place, text in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            if low <= place <= high
        ]
        if all(b.x0 - a.x1 > APART * axes.figure.dpi / 72 for a, b in pairwise(boxes)):
            return
        axes.xaxis.set_major_locator(MaxNLocator(count))
    axes.set_xticks([(low + high) / 2])


def two_lines(words: str) -> str:
    """Broken at the space that is nearest to the middle; as they are where there is none."""
    breaks = [i for i, letter in enumerate(words) if letter == " "]
    if not breaks:
        return words
    middle = min(breaks, key=lambda i: abs(i - len(words) / 2))
    return words[:middle] + "\n" + words[middle + 1 :]
