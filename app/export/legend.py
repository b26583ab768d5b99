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
from app.views.base_view import WIDTH

EDGE = 0.16  # inches that are left free around the picture
SIZES = (10, 9, 8, 7, 6, 5, 4)  # points
WHOLE = 3  # of these sizes are tried before a label is broken
COLUMNS = 5
MOST = 0.35  # of the picture's height
SAMPLE, BESIDE = 3.6, 6.6  # letter heights: a piece of line with its mark, and all that a column has beside its words
LINE = 1.3  # letter heights from a line to the next


def described(scene: Scene) -> list[str]:
    """A run in words, for each that is shown."""
    words = []
    for track, style, label in zip(
        scene.race.tracks, scene.styles, scene.experiment.at(scene.race.step).labels, strict=True
    ):
        gone = track.diverged_at
        if style.visible:
            label = label.replace("_", " ")  # the names of hyperparameters as they are said
            words.append(
                label
                if gone is None or gone > scene.race.step
                else tr("{label} (diverged at step {gone})", label=label, gone=gone)
            )
    return words


def left(scene: Scene) -> list[tuple[str, str]]:
    """The pale color of each branch that is shown, and the branch in words."""
    branches = [branch for branch in scene.experiment.branches if branch.visible]
    return [(scene.theme.styles(branch.runs)[0].pale, tr("branch: {label}", label=branch.label)) for branch in branches]


def columns_of(items: list, count: int) -> list[list]:
    """As a legend deals them out: down the first column, then the next; the first ones may hold one more."""
    least, more = divmod(len(items), count)
    ends = [0, *accumulate(least + (k < more) for k in range(count))]
    return [items[a:b] for a, b in pairwise(ends)]


def layouts(words: list[str], wide: list[float], room: float, most: float) -> Iterator[tuple[int, int, list[str]]]:
    """Letter sizes, numbers of columns and labels that may fit, best first; the last one whether it fits or not.

    Whole labels in as many columns as there is room for; then broken ones, in as few columns as are low enough.
    ``wide``: the labels' widths in letter heights; ``room`` and ``most`` in points.
    """
    counts = range(1, min(COLUMNS, len(words)) + 1)
    for size, count in product(SIZES[:WHOLE], reversed(counts)):
        if sum(max(column) + BESIDE for column in columns_of(wide, count)) * size <= room:
            yield size, count, words
    for size, count in product(SIZES, counts):
        column = max(room / count / size - BESIDE, 1.0)
        labels = [
            each if width <= column else "\n".join(wrap(each, max(int(0.95 * len(each) * column / width), 1)))
            for each, width in zip(words, wide, strict=True)
        ]
        lines = max(sum(label.count("\n") + 1 for label in part) for part in columns_of(labels, count))
        if lines * LINE * size <= most:
            yield size, count, labels
    yield SIZES[-1], 1, words


def add_legend(figure: Figure, scene: Scene) -> float:
    """Put the legend of runs and branches at the foot; the share of the figure's height that it and the edge below it need."""
    branches, point = left(scene), figure.dpi / 72
    words = [*described(scene), *(each for _, each in branches)]
    room, most = figure.bbox.width - 2 * EDGE * figure.dpi, MOST * figure.bbox.height
    entries = [
        Line2D(
            [],
            [],
            color=style.color,
            linewidth=WIDTH,
            linestyle=(0, style.dash) if style.dash else "-",
            marker=style.marker,
            markersize=8,
            markeredgecolor=scene.theme.halo,
        )
        for _, style in scene.shown
    ]
    entries += [Line2D([], [], color=pale, linewidth=0.6 * WIDTH) for pale, _ in branches]
    wide = [
        Text(0, 0, each, fontsize=SIZES[0], figure=figure).get_window_extent().width / point / SIZES[0]
        for each in words
    ]
    low, high, made = 0.5 * EDGE * figure.dpi / figure.bbox.height, 0.0, None
    for size, count, labels in layouts(words, wide, room / point, most / point) if words else ():
        if made is not None:
            made.remove()
        made = figure.legend(
            entries,
            labels,
            loc="lower center",
            bbox_to_anchor=(0.5, low),
            ncols=count,
            frameon=False,
            fontsize=size,
            handlelength=SAMPLE,
            labelcolor=scene.theme.text,
            borderaxespad=0.0,
        )
        box = made.get_window_extent()
        high = box.height
        if box.width <= room and high <= most:
            break
    return min((high + EDGE * figure.dpi) / figure.bbox.height, 0.7)
