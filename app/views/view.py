"""What every view is: static artists on axes, trails and heads drawn with a brush.

A view knows figures and renderers, no Qt: the window's canvas and the exported picture use the same one. ``compose``
makes the static part. ``trails`` draws the segments of some updates over what is there; ``heads`` draws what moves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from app.race import Race
from app.theme import Style
from app.track import Track
from app.views import labels, strokes
from app.views.scene import Scene
from app.views.strokes import Brush
from app.visits import FEW, needed

WIDTH, HALO = 2.3, 4.6  # points
BLOCK = 128  # updates drawn as one polyline; Agg's cost grows faster than the number of points where a line crosses itself
TO_AND_FRO = 0.05  # of the way made is gained: less is no travelling
RETOUCH = 4  # points before a block whose color is drawn again, since the block's halo may cover them
EDGE = 0.05  # inches between the axes' words and the edge of the view


class Trail(NamedTuple):
    """A run's path in pixels: ``seen`` (n, 2) with nan where it is hidden; ``behind`` (n, 2), the other way round, or None."""

    seen: np.ndarray
    behind: np.ndarray | None


def travels(points: np.ndarray, least: float) -> bool:
    """Whether a piece of trail (n, 2) goes somewhere. Where it goes to and fro, a halo would only wipe out its own trail."""
    seen = points[~np.isnan(points[:, 0])]
    if len(seen) < 2:
        return False
    gained = np.hypot(*(seen[-1] - seen[0]))
    return bool(gained > least and gained > TO_AND_FRO * np.hypot(*np.diff(seen, axis=0).T).sum())


class View(ABC):
    """One picture of the race. Subclasses set the class attributes and fill in ``compose`` and ``locate``."""

    id: ClassVar[str]
    title: ClassVar[str]
    margins: ClassVar[tuple[float, float, float, float]] = (0.62, 0.5, 0.16, 0.36)  # inches: left, bottom, right, top
    halo: bool = True
    block = BLOCK  # of a full redraw; larger where speed counts more than which run lies over which

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        self.scene: Scene | None = None
        self.room = (0.0, 0.0, 1.0, 1.0)

    @staticmethod
    def applies(scene: Scene) -> bool:
        """Whether there is anything to show for this surface."""
        return True

    def place(self, room: tuple[float, float, float, float] | None = None) -> None:
        """Fit the axes into their part of the figure (left, bottom, width, height as shares), inside the margins."""
        self.room = room or self.room
        self._inset(*self.margins)

    def arrange(self) -> None:
        """Fit the words at the axes in, and widen the margins to what they need. Before every full draw: only there they change."""
        self.place()
        axes, area, inch = self.axes, self.area, self.figure.dpi
        if not axes.axison:
            return
        axes.apply_aspect()
        middle = (axes.bbox.y0 + axes.bbox.y1) / 2
        labels.shrink_upright(axes.yaxis.label, 2 * (min(middle - area.y0, area.y1 - middle) - EDGE * inch))
        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        beside, below = axes.yaxis.get_tightbbox(renderer), axes.xaxis.get_tightbbox(renderer)
        left, bottom, right, top = self.margins
        if beside is not None and below is not None:
            left = max(left, (axes.bbox.x0 - min(beside.x0, below.x0)) / inch + EDGE)
            right = max(right, (below.x1 - axes.bbox.x1) / inch + EDGE)
        self._inset(left, bottom, right, top)

    def _inset(self, left: float, bottom: float, right: float, top: float) -> None:
        width, height = self.figure.get_size_inches()
        across, up = self.room[2] * width, self.room[3] * height
        self.axes.set_position((self.room[0] + left / width, self.room[1] + bottom / height,
                                max(across - left - right, 0.05) / width, max(up - bottom - top, 0.05) / height))

    @property
    def area(self) -> Bbox:
        """The view's part of the figure, in pixels."""
        left, bottom, width, height = self.room
        box = self.figure.bbox
        return Bbox.from_bounds(left * box.width, bottom * box.height, width * box.width, height * box.height)

    def show(self, scene: Scene) -> None:
        """Make the static part for a scene, in its theme."""
        self.scene = scene
        theme = scene.theme
        self.figure.set_facecolor(theme.face)
        self.axes.clear()
        self.axes.set_facecolor(theme.face)
        self.axes.tick_params(colors=theme.muted, labelsize=8.5, length=3)
        for spine in self.axes.spines.values():
            spine.set_color(theme.line)
        self.compose(scene)
        for label in (self.axes.xaxis.label, self.axes.yaxis.label):
            label.set(color=theme.muted, fontsize=labels.LABEL)

    def adopt(self, scene: Scene) -> bool:
        """Take a scene of another race on the same ground; whether the static part must be drawn anew all the same."""
        self.scene = scene
        return False

    def finish(self) -> bool:
        """Add what is slow to make and may follow the first paint; whether that calls for another draw."""
        return False

    @abstractmethod
    def compose(self, scene: Scene) -> None:
        """Make the static artists on ``self.axes``."""

    @abstractmethod
    def locate(self, steps: np.ndarray, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Pixels (n, 2) of positions and losses after ``steps``, all (n,), and which are hidden (n,), if any can be."""

    def project(self, track: Track, first: int, last: int) -> tuple[np.ndarray, np.ndarray | None]:
        """``locate`` for the updates first..last of a run."""
        x, y, loss = track.part(first, last)
        return self.locate(np.arange(first, first + len(x)), x, y, loss)

    def outline(self, track: Track, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Steps (n,), pixels (n, 2) and hidden (n,) of a whole trail, thinned to what can be seen; nan breaks the line."""
        assert self.scene is not None
        across = max(self.axes.bbox.size)
        cells = 128 if across < 512 else 256 if across < 1024 else 512
        steps, broken = needed(track, last, self.scene.scenery.box, cells)
        points, hidden = self.locate(steps, *track.at(steps))
        gaps = np.flatnonzero(broken)
        if gaps.size:
            steps, points = np.insert(steps, gaps, steps[gaps]), np.insert(points, gaps, np.nan, axis=0)
            hidden = None if hidden is None else np.insert(hidden, gaps, False)
        return steps, points, hidden

    def outgrown(self, race: Race) -> bool:
        """Whether the static part must be made anew because the race has left its limits; the limits are then grown."""
        return False

    def underlay(self, brush: Brush) -> None:  # noqa: B027  (most views have none)
        """Marks that lie below the trails."""

    def trails(self, brush: Brush, first: int, last: int) -> None:
        """Draw the segments of updates ``first`` + 1 to ``last`` of every visible run, block by block."""
        assert self.scene is not None
        begin = max(first - RETOUCH, 0)
        trails = [(self.trail(*self.project(track, begin, last)), style) for track, style in self.scene.shown]
        for low in range(first - begin, last - begin, BLOCK):
            for trail, style in trails:
                self.stroke(brush, trail, low, low + BLOCK + 1, style)

    def redraw(self, brush: Brush, last: int) -> None:
        """Draw the whole trails up to ``last``: thinned, in the blocks and the order in which ``trails`` would have."""
        assert self.scene is not None
        self.underlay(brush)
        parts: list[tuple[int, int, Any]] = []
        for i, (track, style) in enumerate(self.scene.shown):
            steps, points, hidden = self.outline(track, last)
            trail = self.trail(points, hidden)
            parts += [(key, i, (trail, low, high, style)) for key, low, high in self.pieces(steps)]
        for _, _, part in sorted(parts, key=lambda item: item[:2]):
            self.stroke(brush, *part)

    def pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """A rank in time and the index range of each piece that a trail through ``steps`` is drawn in.

        A piece ends after ``block`` points, and at the steps where a block of ``trails`` ends; later only at doubled steps.
        """
        last = int(steps[-1]) if len(steps) else 0
        ends = [*range(0, min(last, FEW) + 1, self.block)]
        while ends[-1] < last:
            ends.append(min(max(ends[-1] + self.block, 2 * ends[-1] if ends[-1] >= FEW else 0), last))
        index = np.searchsorted(steps, ends).tolist()
        return [(key, low, min(low + self.block, high) + 1) for key, (first, high) in enumerate(pairwise(index))
                for low in range(first, high, self.block)]

    @staticmethod
    def trail(points: np.ndarray, hidden: np.ndarray | None) -> Trail:
        """The polyline of points (n, 2) as it is seen, and the part of it that is hidden, if there is one."""
        points = strokes.tame(points)
        if hidden is None or not hidden.any():
            return Trail(points, None)
        beside = hidden.copy()
        beside[1:] |= hidden[:-1]
        beside[:-1] |= hidden[1:]
        return Trail(np.where(hidden[:, None], np.nan, points), np.where(beside[:, None], points, np.nan))

    def stroke(self, brush: Brush, trail: Trail, low: int, high: int, style: Style) -> None:
        """Draw the points ``low`` to ``high`` of a trail, and again the color of those just before, over the halo's end."""
        assert self.scene is not None
        if low >= len(trail.seen) - 1:
            return
        clip = self.axes.bbox
        if trail.behind is not None and not np.isnan(trail.behind[low:high, 0]).all():
            brush.line(trail.behind[low:high], style.pale, WIDTH * 0.55, clip)
        part = trail.seen[low:high]
        if self.halo and travels(part, brush.renderer.points_to_pixels(HALO)):
            brush.line(part, self.scene.theme.halo, HALO, clip, cap="butt")
        brush.line(trail.seen[max(low - RETOUCH, 0): high], style.color, WIDTH, clip)

    def heads(self, brush: Brush) -> None:
        """Draw each run's mark where it stands; a cross where a diverged one was last seen."""
        assert self.scene is not None
        shown, now, halo = self.scene.shown, self.scene.race.step, self.scene.theme.halo
        if not shown:
            return
        steps = np.array([min(now, track.extent) for track, _ in shown])
        here = np.array([(t.xs[step], t.ys[step], t.losses[step]) for (t, _), step in zip(shown, steps, strict=True)])
        points, hidden = self.locate(steps, *here.T)
        for k, (track, style) in enumerate(shown):
            if not self.inside(points[k]):
                continue
            color = style.pale if hidden is not None and hidden[k] else style.color
            if track.diverged_at is not None and now > track.extent:
                brush.marker(points[k: k + 1], "x", 8.0, color, style.color, 2.8)
            else:
                brush.marker(points[k: k + 1], style.marker, 8.5, color, halo, 1.4)

    def inside(self, point: np.ndarray) -> bool:
        """Whether a mark at this pixel (2,) lies on the axes, their edge included: it may then overhang."""
        box, (x, y) = self.axes.bbox, point
        return bool(box.x0 - 1 <= x <= box.x1 + 1 and box.y0 - 1 <= y <= box.y1 + 1)
