"""Legend of an exported figure: every visible run with its marker, optimizer and hyperparameters, and every branch.

Font size, number of columns and line breaks are chosen so that all labels fit.
"""

from __future__ import annotations

import app.plotting  # noqa: F401 (imports matplotlib under our own settings)

# isort: split
from collections.abc import Iterator
from itertools import accumulate, pairwise, product
from textwrap import wrap
from typing import TypeVar

from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text

from app.utils.i18n import tr
from app.views import Scene
from app.views.base_view import PATH_WIDTH

T = TypeVar("T")

MARGIN = 0.16  # inches of empty space around the figure
FONT_SIZES = (10, 9, 8, 7, 6, 5, 4)  # points
UNWRAPPED_SIZE_COUNT = 3  # number of font sizes that are tried before labels are wrapped
MAX_COLUMNS = 5
MAX_HEIGHT_FRACTION = 0.35  # of the height of the figure
# Multiples of the font size
HANDLE_LENGTH = 3.6  # line sample with its marker
COLUMN_PADDING = 6.6  # width of a column without its label
LINE_HEIGHT = 1.3


def run_labels(scene: Scene) -> list[str]:
    """Return the label of each visible run."""
    texts = []
    for trajectory, style, label in zip(
        scene.race.trajectories, scene.styles, scene.experiment.as_of_step(scene.race.step).labels, strict=True
    ):
        diverged_at = trajectory.diverged_at
        if style.visible:
            texts.append(
                label
                if diverged_at is None or diverged_at > scene.race.step
                else tr("{label} (left the mapped area at step {gone})", label=label, gone=diverged_at)
                if scene.surface.is_mapped
                else tr("{label} (diverged at step {gone})", label=label, gone=diverged_at)
            )
    return texts


def branch_legend_entries(scene: Scene) -> list[tuple[str, str]]:
    """Return the color and the label of each visible branch."""
    branches = [branch for branch in scene.experiment.branches if branch.visible]
    return [
        (
            scene.theme.styles(branch.runs)[0].pale_color,
            tr(
                "branch: {label}",
                label=branch.label_beside(
                    scene.experiment.start, scene.experiment.parameter_timeline, scene.surface.dimension
                ),
            ),
        )
        for branch in branches
    ]


def split_into_columns(items: list[T], column_count: int) -> list[list[T]]:
    """Split items as a matplotlib legend does: column by column, the first columns with one item more if needed."""
    base_size, remainder = divmod(len(items), column_count)
    ends = [0, *accumulate(base_size + (k < remainder) for k in range(column_count))]
    return [items[a:b] for a, b in pairwise(ends)]


def _wrap_label(text: str, width: float, column_width: float) -> str:
    if width <= column_width:
        return text
    return "\n".join(wrap(text, max(int(0.95 * len(text) * column_width / width), 1)))


def candidate_layouts(
    texts: list[str], widths: list[float], max_width: float, max_height: float
) -> Iterator[tuple[int, int, list[str]]]:
    """Iterate over layouts that may fit, as (font size, number of columns, labels), best first.

    First come unwrapped labels in as many columns as fit, then wrapped labels in as few columns as fit. The last layout
    is the smallest one, even if it does not fit. ``widths`` are the widths of the labels in multiples of the font size;
    ``max_width`` and ``max_height`` are in points.
    """
    counts = range(1, min(MAX_COLUMNS, len(texts)) + 1)
    for size, count in product(FONT_SIZES[:UNWRAPPED_SIZE_COUNT], reversed(counts)):
        if sum(max(column) + COLUMN_PADDING for column in split_into_columns(widths, count)) * size <= max_width:
            yield size, count, texts
    for size, count in product(FONT_SIZES, counts):
        column_width = max(max_width / count / size - COLUMN_PADDING, 1.0)
        labels = [_wrap_label(text, width, column_width) for text, width in zip(texts, widths, strict=True)]
        columns = split_into_columns(labels, count)
        lines = max(sum(label.count("\n") + 1 for label in column) for column in columns)
        if lines * LINE_HEIGHT * size <= max_height:
            yield size, count, labels
    yield FONT_SIZES[-1], 1, texts


def add_legend(figure: Figure, scene: Scene) -> float:
    """Add the legend of runs and branches at the bottom.

    Returns the height used by the legend and the margin below it, as a fraction of the height of the figure.
    """
    branches = branch_legend_entries(scene)
    texts = [*run_labels(scene), *(label for _, label in branches)]
    max_width, max_height = figure.bbox.width - 2 * MARGIN * figure.dpi, MAX_HEIGHT_FRACTION * figure.bbox.height
    handles = [*_run_handles(scene), *(Line2D([], [], color=c, linewidth=0.6 * PATH_WIDTH) for c, _ in branches)]
    pixels_per_point = figure.dpi / 72
    widths = [_text_width(figure, text) / pixels_per_point / FONT_SIZES[0] for text in texts]
    height, legend = 0.0, None
    for size, count, labels in (
        candidate_layouts(texts, widths, max_width / pixels_per_point, max_height / pixels_per_point) if texts else ()
    ):
        if legend is not None:
            legend.remove()
        legend = _draw_legend(figure, scene, handles, labels, size, count)
        bounding_box = legend.get_window_extent()
        height = bounding_box.height
        if bounding_box.width <= max_width and height <= max_height:
            break
    return min((height + MARGIN * figure.dpi) / figure.bbox.height, 0.7)


def _run_handles(scene: Scene) -> list[Line2D]:
    return [
        Line2D(
            [],
            [],
            color=style.color,
            linewidth=PATH_WIDTH,
            linestyle=(0, style.dash) if style.dash else "-",
            marker=style.marker,
            markersize=8,
            markeredgecolor=scene.theme.outline_color,
        )
        for _, style in scene.visible_runs
    ]


def _text_width(figure: Figure, text: str) -> float:
    """Return the width in pixels of a text in the largest font size."""
    return Text(0, 0, text, fontsize=FONT_SIZES[0], figure=figure).get_window_extent().width


def _draw_legend(
    figure: Figure, scene: Scene, handles: list[Line2D], labels: list[str], font_size: int, column_count: int
) -> Legend:
    return figure.legend(
        handles,
        labels,
        loc="lower center",
        bbox_to_anchor=(0.5, 0.5 * MARGIN * figure.dpi / figure.bbox.height),
        ncols=column_count,
        frameon=False,
        fontsize=font_size,
        handlelength=HANDLE_LENGTH,
        labelcolor=scene.theme.text,
        borderaxespad=0.0,
    )
