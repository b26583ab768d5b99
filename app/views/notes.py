"""Words over a view that has nothing to show, or from which a run has gone for good."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

from app.language import tr
from app.views.strokes import Brush

if TYPE_CHECKING:
    from app.theme import Style
    from app.track import Track
    from app.views.view import View

SIZE, MOST = 8.5, 5  # points; and labels of diverged runs, at most
ARROW, INSET, GAP = 11.0, 9.0, 16.0  # points: an arrow, and from the edge to its middle and to its words
LIFTED = 0.14  # of the height, from the foot to what an empty view says
LOOK_BACK = 4096  # steps before its end in which a run is looked for on the map


def empty(brush: Brush, view: View) -> None:
    """What to do where no run is shown."""
    assert view.scene is not None
    words = tr("Every run is hidden: tick one in the side panel") if view.scene.experiment.runs else tr(
        "No runs yet: add one in the side panel")
    box = view.axes.bbox
    write(brush, view, words, np.array([(box.x0 + box.x1) / 2, box.y0 + LIFTED * box.height]), "center", view.scene.theme.muted)


def diverged(brush: Brush, view: View) -> None:
    """For each run that has diverged by now an arrow where it left the map, and when that was."""
    assert view.scene is not None
    now, taken = view.scene.race.step, list[Bbox]()
    gone = [(track, style) for track, style in view.scene.shown if track.diverged_at is not None and now > track.extent]
    for track, style in gone[:MOST]:
        label(brush, view, track, style, taken)


def label(brush: Brush, view: View, track: Track, style: Style, taken: list[Bbox]) -> None:
    """Mark one such run; its words keep clear of what is ``taken`` already, or are left out."""
    assert view.scene is not None
    first, theme, unit = max(track.extent - LOOK_BACK, 0), view.scene.theme, brush.renderer.points_to_pixels(1.0)
    points, box = view.project(track, first, track.extent)[0], view.axes.bbox
    leaving = way_out(points, box)
    if leaving is None:
        return
    place, way = leaving
    if way.any():
        tip = np.clip(place, box.min + INSET * unit, box.max - INSET * unit)[None]
        brush.marker(tip, (3, 0, math.degrees(math.atan2(way[1], way[0])) - 90), ARROW, style.color, theme.halo, 1.6)
    left = place[0] < (box.x0 + box.x1) / 2
    beside = np.clip(place, box.min + GAP * unit, box.max - GAP * unit) + np.array([(GAP if left else -GAP) * unit, 0.0])
    words = tr("{name} diverged at {step:,}", name=track.rule.name, step=track.diverged_at)
    for shift in (0, -1, 1, -2, 2, -3, 3, -4, 4):
        spot = beside + np.array([0.0, shift * 2.2 * SIZE * unit])
        if write(brush, view, words, spot, "left" if left else "right", theme.text, style.color, taken):
            return


def way_out(points: np.ndarray, box: BboxBase) -> tuple[np.ndarray, np.ndarray] | None:
    """Where the line through points (n, 2) is seen in a box for the last time, and which way it goes there: (0, 0) where it ends
    within. None where it is never in it."""
    with np.errstate(all="ignore"):
        way = points[1:] - points[:-1]
        sides = np.sort([(box.min - points[:-1]) / way, (box.max - points[:-1]) / way], axis=0)
        enter, leave = np.fmax.reduce(sides[0], axis=1, initial=0.0), np.fmin.reduce(sides[1], axis=1, initial=1.0)
        crossing = np.flatnonzero((enter < leave) & np.isfinite(way).all(axis=1))
    inside = np.flatnonzero(((points >= box.min) & (points <= box.max)).all(axis=1))
    if inside.size and (not crossing.size or inside[-1] > crossing[-1]):
        return points[inside[-1]], np.zeros(2)
    if not crossing.size:
        return None
    last = int(crossing[-1])
    return points[last] + leave[last] * way[last], way[last]


def write(brush: Brush, view: View, words: str, place: np.ndarray, align: str, color: str, edge: str | None = None,
          taken: list[Bbox] | None = None) -> bool:
    """Words on a slip of the theme's face; whether there was room for them within the axes, beside what is ``taken``."""
    assert view.scene is not None
    theme = view.scene.theme
    text = Text(*place, words, fontsize=SIZE, color=color, ha=align, va="center", parse_math=False)
    text.set_bbox({"boxstyle": "round,pad=0.35", "facecolor": theme.face, "edgecolor": edge or theme.line, "linewidth": 1.0})
    text.set_figure(view.figure)
    box, axes = text.get_window_extent(brush.renderer), view.axes.bbox
    if taken is not None:
        room = box.padded(0.4 * SIZE * brush.renderer.points_to_pixels(1.0))
        if any(room.overlaps(other) for other in taken) or room.y0 < axes.y0 or room.y1 > axes.y1:
            return False
        taken.append(room)
    if box.x0 < axes.x0 or box.x1 > axes.x1:
        return False
    text.draw(brush.renderer)
    return True
