"""What is known about a landscape, in sentences: how the plane was chosen, and how far it can be trusted."""

from __future__ import annotations

import numpy as np

from app.utils.i18n import gettext_noop, tr
from surfaces.landscape.landscape import Landscape
from surfaces.landscape.planes import SNAPSHOT_FACTS, cosine_contents, random_walk_shares

TOLERANCE = 0.1  # relative difference between two losses, above which the plane does not show the true one
MOST_COSINE = 0.9  # of both coordinates of a path, above which it looks like a random walk
MOST_SNAPSHOTS = 100_000  # for which the shares of a random walk are computed
PLANES = {
    "ends": gettext_noop("plane through the start, the end, and the point of the path farthest from their line"),
    "pca": gettext_noop("plane of the first two principal components of the path"),
    "joint": gettext_noop("plane of the first two principal components of several paths"),
    "random": gettext_noop("plane of two random directions, normalized by filters"),
    "snapshots": gettext_noop("plane through three recorded parameter vectors"),
    "": gettext_noop("plane of unknown origin"),
}


def plane_text(landscape: Landscape) -> str:
    """Return how the plane was chosen, and the number of parameters if that is known."""
    text, count = tr(PLANES[landscape.kind]), landscape.facts.get("parameters")
    return tr("{plane}, {count:,} parameters", plane=text, count=count) if isinstance(count, int) else text


def differs(landscape: Landscape) -> np.ndarray:
    """Return for each point of the path whether its true loss differs from that on the plane by more than 10 %."""
    return losses_differ(landscape.path_losses, landscape.path_heights)


def losses_differ(true: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Return whether losses differ by more than 10 % of the larger ones; not where one is nan."""
    result: np.ndarray = np.abs(true - shown) > TOLERANCE * np.maximum(np.abs(true), np.abs(shown))
    return result


def landscape_sentences(landscape: Landscape) -> list[str]:
    """Return what a reader has to know about a landscape, most important first."""
    return [
        sentence
        for sentence in (_height_sentence(landscape), _distance_sentence(landscape), *_share_sentences(landscape))
        if sentence
    ]


def _height_sentence(landscape: Landscape) -> str:
    count, total = int(differs(landscape).sum()), len(landscape.path)
    if not total:
        return ""
    if not count:
        return tr("At every recorded point the loss on the plane is within 10 % of the true loss.")
    gaps = np.abs(landscape.path_losses - landscape.path_heights)
    k = int(np.nanargmax(np.where(differs(landscape), gaps, np.nan)))
    return tr(
        "At {count} of {total} recorded points the loss on the plane differs from the true loss by more than 10 %; "
        "at step {step:,} it is {shown:.4g} instead of {true:.4g}.",
        count=count,
        total=total,
        step=int(landscape.path_steps[k]),
        shown=float(landscape.path_heights[k]),
        true=float(landscape.path_losses[k]),
    )


def _distance_sentence(landscape: Landscape) -> str:
    if len(landscape.path) < 2 or not np.isfinite(landscape.path_off_plane).all():
        return ""
    k = int(landscape.path_off_plane.argmax())
    run = next(run for _, run in landscape.runs if k < run.stop)
    way = np.hypot(*(landscape.path[run.stop - 1] - landscape.path[run.start]))
    distance, step = float(landscape.path_off_plane[k]), int(landscape.path_steps[k])
    if not way > 0:
        return tr("The path is at most {distance:.3g} off the plane, at step {step:,}.", distance=distance, step=step)
    return tr(
        "The path is at most {distance:.3g} off the plane, at step {step:,}: {share:.0%} of the distance on the plane "
        "between start and end.",
        distance=distance,
        step=step,
        share=distance / way,
    )


def _share_sentences(landscape: Landscape) -> list[str]:
    if len(landscape.shares) < 2:
        return []
    if len(landscape.runs) > 1 or landscape.kind == "joint":
        first, second = landscape.shares[:2].tolist()
        return [
            tr("The plane has {first:.1%} + {second:.1%} of the variance of the paths.", first=first, second=second)
        ]
    count, contents = _snapshots(landscape)
    if count < 3:
        return []
    expected = random_walk_shares(count)
    sentences = [
        tr(
            "The plane has {first:.1%} + {second:.1%} of the variance of the path; a random walk of this length has "
            "{walk_first:.1%} + {walk_second:.1%}.",
            first=float(landscape.shares[0]),
            second=float(landscape.shares[1]),
            walk_first=expected[0],
            walk_second=expected[1],
        )
    ]
    if min(contents) > MOST_COSINE:
        sentences.append(tr("Both coordinates look like those of a random walk: the shape of the path says nothing."))
    return sentences


def _snapshots(landscape: Landscape) -> tuple[int, tuple[float, float]]:
    """Return the number of points that the plane was made of and their cosine contents; 0 if they are not known."""
    if len(landscape.path):
        return len(landscape.path), cosine_contents(landscape.path)
    count, first, second = (landscape.facts.get(name) for name in SNAPSHOT_FACTS)
    if not isinstance(count, int) or not isinstance(first, float) or not isinstance(second, float):
        return 0, (0.0, 0.0)
    return min(count, MOST_SNAPSHOTS), (first, second)
