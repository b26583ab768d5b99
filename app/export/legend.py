"""The legend below the views: every visible run with its mark, optimizer and hyperparameters, whole, however many they are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise, product
from textwrap import wrap

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from app.utils.i18n import tr
from app.views import Scene
from app.views.base_view import PATH_WIDTH

MARGIN = 0.16  # inches that are left free around the picture
FONT_SIZES = (10, 9, 8, 7, 6, 5, 4)  # points
UNWRAPPED_SIZE_COUNT = 3  # of these sizes are tried before a label is broken
MAX_COLUMNS = 5
MAX_HEIGHT_FRACTION = 0.35  # of the picture's height
HANDLE_LENGTH, COLUMN_PADDING = (
    3.6,
    6.6,
)  # letter heights: a piece of line with its mark, and all that a column has beside its words
LINE_HEIGHT = 1.3  # letter heights from a line to the next


def run_labels(scene: Scene) -> list[str]:
    """A run in words, for each that is shown."""
    texts = []
    for trajectory, style, label in zip(
        scene.race.trajectories, scene.styles, scene.experiment.as_of_step(scene.race.step).labels, strict=True
    ):
        diverged_at = trajectory.diverged_at
        if style.visible:
            label = label.replace("_", " ")  # the names of hyperparameters as they are said
            texts.append(
                label
                if diverged_at is None or diverged_at > scene.race.step
                else tr("{label} (diverged at step {gone})", label=label, gone=diverged_at)
            )
    return texts


def branch_legend_entries(scene: Scene) -> list[tuple[str, str]]:
    """The pale color of each branch that is shown, and the branch in words."""
    branches = [branch for branch in scene.experiment.branches if branch.visible]
    return [
        (scene.theme.styles(branch.runs)[0].pale_color, tr("branch: {label}", label=branch.label))
        for branch in branches
    ]


def split_into_columns(items: list, column_count: int) -> list[list]:
    """As a legend deals them out: down the first column, then the next; the first ones may hold one more."""
    base_size, remainder = divmod(len(items), column_count)
    ends = [0, *accumulate(base_size + (k < remainder) for k in range(column_count))]
    return [items[a:b] for a, b in pairwise(ends)]


def candidate_layouts(
    texts: list[str], widths: list[float], max_width: float, max_height: float
) -> Iterator[tuple[int, int, list[str]]]:
    """Letter sizes, numbers of columns and labels that may fit, best first; the last one whether it fits or not.

    Whole labels in as many columns as there is room for; then broken ones, in as few columns as are low enough.
    ``wide``: the labels' widths in letter heights; ``room`` and ``most`` in points.
    """
    counts = range(1, min(MAX_COLUMNS, len(texts)) + 1)
    for size, count in product(FONT_SIZES[:UNWRAPPED_SIZE_COUNT], reversed(counts)):
        if sum(max(column) + COLUMN_PADDING for column in split_into_columns(widths, count)) * size <= max_width:
            yield size, count, texts
    for size, count in product(FONT_SIZES, counts):
        column_width = max(max_width / count / size - COLUMN_PADDING, 1.0)
        labels = [
            each
            if width <= column_width
            else "\n".join(wrap(each, max(int(0.95 * len(each) * column_width / width), 1)))
            for each, width in zip(texts, widths, strict=True)
        ]
        lines = max(
            sum(label.count("\n") + 1 for label in column_labels) for column_labels in split_into_columns(labels, count)
        )
        if lines * LINE_HEIGHT * size <= max_height:
            yield size, count, labels
    yield FONT_SIZES[-1], 1, texts


def add_legend(figure: Figure, scene: Scene) -> float:
    """Put the legend of runs and branches at the foot; the share of the figure's height that it and the edge below it need."""
    branches, pixels_per_point = branch_legend_entries(scene), figure.dpi / 72
    texts = [*run_labels(scene), *(each for _, each in branches)]
    max_width, max_height = figure.bbox.width - 2 * MARGIN * figure.dpi, MAX_HEIGHT_FRACTION * figure.bbox.height
    handles = [
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
    handles += [Line2D([], [], color=pale, linewidth=0.6 * PATH_WIDTH) for pale, _ in branches]
    widths = [
        Text(0, 0, each, fontsize=FONT_SIZES[0], figure=figure).get_window_extent().width
        / pixels_per_point
        / FONT_SIZES[0]
        for each in texts
    ]
    bottom, height, legend = 0.5 * MARGIN * figure.dpi / figure.bbox.height, 0.0, None
    for size, count, labels in (
        candidate_layouts(texts, widths, max_width / pixels_per_point, max_height / pixels_per_point) if texts else ()
    ):
        if legend is not None:
            legend.remove()
        legend = figure.legend(
            handles,
            labels,
            loc="lower center",
            bbox_to_anchor=(0.5, bottom),
            ncols=count,
            frameon=False,
            fontsize=size,
            handlelength=HANDLE_LENGTH,
            labelcolor=scene.theme.text,
            borderaxespad=0.0,
        )
        bounding_box = legend.get_window_extent()
        height = bounding_box.height
        if bounding_box.width <= max_width and height <= max_height:
            break
    return min((height + MARGIN * figure.dpi) / figure.bbox.height, 0.7)
