"""Fit the labels of axes: shrink them, wrap them, or hide those that would be too small to read."""

from __future__ import annotations

import math
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.ticker import MaxNLocator

MIN_FONT_SIZE = 6.0  # points; smaller text cannot be read
LABEL_FONT_SIZE = 9.0  # points
MAX_TICKS, MIN_TICK_GAP = 7, 5.0  # ticks of an axis if its labels are too wide, and points between two labels
HEADING_OFFSET = 6.0  # points between the axes and a text above them


def annotate_above(axes: Axes, text: str, align: str, size: float, color: str) -> Annotation:
    """Add a text above the axes, aligned "left" or "right".

    It is not a title, because matplotlib moves all titles out of the figure when one of them is hidden.
    """
    return axes.annotate(
        text,
        (0.0 if align == "left" else 1.0, 1.0),
        (0, HEADING_OFFSET),
        "axes fraction",
        "offset points",
        fontsize=size,
        color=color,
        ha=align,
        va="baseline",
        annotation_clip=False,
    )


def shrink_to_fit(text: Text, size: float, max_width: float, max_height: float = math.inf) -> bool:
    """Set the font size of a text, reduced to fit a width and height in pixels; return whether it is visible.

    It is hidden if the size would be below ``MIN_FONT_SIZE``.
    """
    text.set(fontsize=size, visible=True)
    bbox = text.get_window_extent()
    scale = min(1.0, max_width / max(bbox.width, 1.0), max_height / max(bbox.height, 1.0))
    if scale < 1.0:
        size *= 0.98 * max(scale, 0.0)  # because of hinting the width is not proportional to the size
        text.set(fontsize=max(size, 1.0), visible=size >= MIN_FONT_SIZE)
    return size >= MIN_FONT_SIZE


def fit_vertical_label(text: Text, max_height: float) -> bool:
    """Fit the label of a vertical axis like ``shrink_to_fit``, but wrap it into two lines first."""
    label = text.get_text().replace("\n", " ")
    text.set(text=label, fontsize=LABEL_FONT_SIZE, visible=True)
    if text.get_window_extent().height > max_height:
        text.set_text(wrap_two_lines(label))
    return shrink_to_fit(text, LABEL_FONT_SIZE, math.inf, max_height)


def thin_ticks(axes: Axes) -> None:
    """Reduce the ticks of the x axis until their labels do not touch: in a small viewport the labels are long."""
    low, high = axes.get_xlim()
    for count in range(MAX_TICKS, 0, -1):
        bboxes = [
            text.get_window_extent()
            for tick, text in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            if low <= tick <= high
        ]
        if all(b.x0 - a.x1 > MIN_TICK_GAP * axes.figure.dpi / 72 for a, b in pairwise(bboxes)):
            return
        axes.xaxis.set_major_locator(MaxNLocator(count))
    axes.set_xticks([(low + high) / 2])


def wrap_two_lines(text: str) -> str:
    """Return a text with a line break in place of the space nearest to its middle, if it has one."""
    spaces = [i for i, character in enumerate(text) if character == " "]
    if not spaces:
        return text
    split_index = min(spaces, key=lambda i: abs(i - len(text) / 2))
    return text[:split_index] + "\n" + text[split_index + 1 :]
