"""Words over a view that has nothing to show, or from which a run has gone for good."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

from app.plotting.path_renderer import Brush
from app.utils.i18n import tr

if TYPE_CHECKING:
    from app.engine.trajectory import Track
    from app.theming.theme import Style, Theme
    from app.views.base_view import View

SIZE, MOST = 8.5, 5  # points; and labels of diverged runs, at most
ARROW, INSET, GAP = 11.0, 9.0, 16.0  # points: an arrow, and from the edge to its middle and to its words
LIFTED = 0.14  # of the height, from the foot to what an empty view says
PAD = 0.35  # letter heights between words and the edge of their slip
LOOK_BACK = 4096  # steps before its end in which a run is looked for on the map


@dataclass(frozen=True)
class Label:
    """Words on an opaque slip of whole pixels, laid out once: a frame has no time for letters. ``arrow``: its place (1, 2), its
    mark and its color."""

    text: Text
    slip: Bbox
    edge: str
    arrow: tuple[np.ndarray, Any, str] | None = None

    def draw(self, brush: Brush, theme: Theme) -> None:
        if self.arrow is not None:
            place, mark, color = self.arrow
            brush.marker(place, mark, ARROW, color, theme.halo, 1.6)
        key = self.text.get_text(), self.slip.bounds, self.edge, theme.name
        brush.stamp(key, self.slip, lambda: self._write(brush, theme))

    def _write(self, brush: Brush, theme: Theme) -> None:
        line = max(round(brush.renderer.points_to_pixels(0.8)), 1)
        for box, color in ((self.slip, self.edge), (self.slip.padded(-line), theme.face)):
            brush.fill(box.corners()[[0, 1, 3, 2]], color, 1.0, None)
        self.text.draw(brush.renderer)


def empty(brush: Brush, view: View) -> None:
    """What to do where no run is shown."""
    assert view.scene is not None
    theme, box = view.scene.theme, view.axes.bbox
    words = (
        tr("Every run is hidden: tick one in the side panel")
        if view.scene.experiment.runs
        else tr("No runs yet: add one in the side panel")
    )
    label = laid(
        brush, view, words, np.array([(box.x0 + box.x1) / 2, box.y0 + LIFTED * box.height]), "center", theme.muted
    )
    if label is not None:
        label.draw(brush, theme)


def diverged(brush: Brush, view: View) -> None:
    """For each run that has diverged by now an arrow where it left the map, and when that was. They are laid out when another
    one comes, or when the view has changed."""
    assert view.scene is not None
    now = view.scene.race.step
    gone = [(track, style) for track, style in view.scene.shown if track.diverged_at is not None and now > track.extent]
    if view.told is None or view.told[0] != gone:
        labels: list[Label] = []
        for track, style in gone[:MOST]:
            labels += filter(None, [farewell(brush, view, track, style, [label.slip for label in labels])])
        view.told = gone, labels
    for label in view.told[1]:
        label.draw(brush, view.scene.theme)


def farewell(brush: Brush, view: View, track: Track, style: Style, taken: list[Bbox]) -> Label | None:
    """Of one such run; its words keep clear of what is ``taken`` already. None where it was never on the map, or has no room."""
    assert view.scene is not None
    first, unit = max(track.extent - LOOK_BACK, 0), brush.renderer.points_to_pixels(1.0)
    points, box = view.project(track, first, track.extent)[0], view.axes.bbox
    leaving = way_out(points, box)
    if leaving is None:
        return None
    place, way = leaving
    arrow = None
    if way.any():
        tip = np.clip(place, box.min + INSET * unit, box.max - INSET * unit)[None]
        arrow = tip, (3, 0, math.degrees(math.atan2(way[1], way[0])) - 90), style.color
    left = place[0] < (box.x0 + box.x1) / 2
    beside = np.clip(place, box.min + GAP * unit, box.max - GAP * unit) + np.array(
        [(GAP if left else -GAP) * unit, 0.0]
    )
    words = tr("{name} diverged at {step:,}", name=track.rule.name, step=track.diverged_at)
    for shift in (0, -1, 1, -2, 2, -3, 3, -4, 4):
        spot = beside + np.array([0.0, shift * 2.2 * SIZE * unit])
        label = laid(brush, view, words, spot, "left" if left else "right", view.scene.theme.text, style.color, arrow)
        if label is not None and not any(label.slip.padded(2 * unit).overlaps(other) for other in taken):
            return label
    return None


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


def laid(
    brush: Brush,
    view: View,
    words: str,
    place: np.ndarray,
    align: str,
    color: str,
    edge: str = "",
    arrow: tuple[np.ndarray, Any, str] | None = None,
) -> Label | None:
    """Words on a slip of the theme's face; None where there is no room for them within the axes."""
    assert view.scene is not None
    text = Text(*place, words, fontsize=SIZE, color=color, ha=align, va="center", parse_math=False)
    text.set_figure(view.figure)
    box, axes = text.get_window_extent(brush.renderer), view.axes.bbox
    box = box.padded(PAD * SIZE * brush.renderer.points_to_pixels(1.0))
    slip = Bbox([np.floor(box.min), np.ceil(box.max)])
    if (slip.min < axes.min).any() or (slip.max > axes.max).any():
        return None
    return Label(text, slip, edge or view.scene.theme.line, arrow)
