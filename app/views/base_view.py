"""What every view is: static artists on axes, trails and heads drawn with a brush.

A view knows figures and renderers, no Qt: the window's canvas and the exported picture use the same one. ``compose``
makes the static part. ``ground`` draws the faint paths of branches and replicas over it, ``trails`` the segments of some
updates over what is there; ``heads`` draws what moves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from app.analysis.path_decimation import FEW, HASTY, needed
from app.engine.race import Race
from app.engine.trajectory import Track
from app.plotting import text_fitting
from app.plotting.axes_layout import Room
from app.plotting.path_renderer import Brush
from app.plotting.projected_path import Trail, lengths, travels
from app.theming.theme import Style
from app.views import annotations
from app.views.hit_testing import Near
from app.views.scene import Scene
from surfaces.surface import Box

WIDTH, HALO = 2.3, 4.6  # points
GHOST, THIN = 1.6, 0.6  # points: the path of a branch, and of one replica of many
BLOCK = (
    128  # updates drawn as one polyline; Agg's cost grows faster than the number of points where a line crosses itself
)
RETOUCH = 4  # points before a block whose color is drawn again, since the block's halo may cover them
COARSE = 40  # cells across that a path is thinned to where it is drawn in haste, or is one of many
SAMPLE = 6  # replicas that are drawn in haste, about
RING = 16.0  # points across, of what is drawn around a head or a step


class View(Room, ABC):
    """One picture of the race. Subclasses set the class attributes and fill in ``compose``, ``coordinates`` and ``to_screen``.

    ``hasty``: trails are drawn anew many times a second, since something is dragged. Then they are thinned more, have no halo
    and are drawn in longer pieces. ``moving``: so is all the rest, and words keep the room that they have.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    halo: ClassVar[bool] = True
    moving: bool = False
    hints: bool = False  # whether an empty view says what to do
    tight: bool = False  # whether axes end where the paths do, since nothing will be added
    fineness: float = (
        1.0  # more in a vector file, whose pixels are coarse and which is looked at with so many dots to each
    )

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.scene: Scene | None = None
        self.hasty = False
        self.written: list[Bbox] = []  # where words lie within the axes that nothing may cover
        self.near: Near | None = None  # the trails that are on the screen, once somebody has asked what is near
        self.walked: dict[Track, tuple[int, float]] = {}  # up to which step dashes stay, and how many pixels on
        self.told: tuple[list[Any], list[annotations.Label]] | None = (
            None  # the runs that have left for good, and what is said of them
        )

    @staticmethod
    def applies(scene: Scene) -> bool:
        """Whether there is anything to show for this surface."""
        return True

    def show(self, scene: Scene) -> None:
        """Make the static part for a scene, in its theme."""
        self.scene = scene
        theme = scene.theme
        self.figure.set_facecolor(theme.face)
        self.axes.clear()
        self.axes.set_facecolor(theme.face)
        self.axes.tick_params(color=theme.line, labelcolor=theme.muted, labelsize=8.5, length=3, width=THIN)
        self.axes.tick_params(which="minor", color=theme.line, length=2, width=THIN)
        for spine in self.axes.spines.values():
            spine.set(color=theme.line, linewidth=THIN)
        self.compose(scene)
        for label in (self.axes.xaxis.label, self.axes.yaxis.label):
            label.set(color=theme.muted, fontsize=text_fitting.LABEL)

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
    def coordinates(self, track: Track, steps: np.ndarray) -> np.ndarray:
        """Where a run is after each of ``steps`` (n,), in the view's own coordinates, (n, k)."""

    @abstractmethod
    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """The pixels (n, 2) of such coordinates (n, k), and which of them are hidden (n,), if any can be."""

    def spots(self, track: Track, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """The pixels (n, 2) of a run after each of ``steps`` (n,), and which of them are hidden (n,)."""
        return self.to_screen(self.coordinates(track, steps))

    def project(self, track: Track, first: int, last: int) -> tuple[np.ndarray, np.ndarray | None]:
        """The same for the updates ``first`` to ``last``."""
        return self.spots(track, np.arange(first, min(last, track.extent) + 1))

    @property
    def box(self) -> Box:
        """The part of the plane that trails are thinned for."""
        assert self.scene is not None
        return self.scene.scenery.box

    def outline(
        self, track: Track, last: int, coarsely: bool = False
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Steps (n,), pixels (n, 2) and hidden (n,) of a whole trail, thinned to what can be seen; nan breaks the line."""
        across, coarsely = self.fineness * max(self.axes.bbox.size), coarsely or self.hasty
        cells = COARSE if coarsely else 128 if across < 512 else 256 if across < 1024 else 512
        steps, broken = needed(track, last, self.box, cells, coarsely)
        points, hidden = self.spots(track, steps)
        gaps = np.flatnonzero(broken)
        if gaps.size:
            steps, points = np.insert(steps, gaps, steps[gaps]), np.insert(points, gaps, np.nan, axis=0)
            hidden = None if hidden is None else np.insert(hidden, gaps, False)
        return steps, points, hidden

    def outgrown(self, race: Race, faint: bool = False) -> bool:
        """Whether the static part must be made anew because the race, or ``faint`` paths, have left its limits; they then grow."""
        return False

    def ground(self, brush: Brush, laid: dict[Track, int]) -> None:
        """What lies below all that moves: the paths of replicas and of branches, thin and pale. ``laid`` says up to which step
        each of them is there already, and is kept up to date; a few replicas of many where it is drawn in haste."""
        assert self.scene is not None
        paths = [
            (track, track.extent, color, THIN)
            for tracks, color in self.scene.bundles
            for track in tracks[:: len(tracks) // SAMPLE + 1 if self.hasty else 1]
        ]
        for track, last, color, width in paths + [(*ghost, GHOST) for ghost in self.scene.ghosts]:
            first = laid.get(track)
            if first is None or last - first > HASTY:
                _, points, _ = self.outline(track, last, coarsely=width == THIN)
            else:
                points, _ = self.project(track, first, last)
            for low in range(0, len(points) - 1, BLOCK) if width == GHOST and self.halo else ():
                brush.line(points[low : low + BLOCK + 1], self.scene.theme.halo, 2 * GHOST, self.axes.bbox)
            for low in range(0, len(points) - 1, BLOCK):
                brush.line(points[low : low + BLOCK + 1], color, width, self.axes.bbox)
            laid[track] = last

    def underlay(self, brush: Brush) -> None:
        """Marks that lie below the trails."""

    def trails(self, brush: Brush, first: int, last: int) -> None:
        """Draw the segments of updates ``first`` + 1 to ``last`` of every visible run, block by block."""
        assert self.scene is not None
        begin = max(first - RETOUCH, 0)
        shown = self.scene.shown
        parts = [self.coordinates(track, np.arange(begin, min(last, track.extent) + 1)) for track, _ in shown]
        if not parts:
            return
        points, hidden = self.to_screen(
            np.concatenate(parts)
        )  # of all runs at once: a frame has little to do but calls
        cuts = np.cumsum([len(part) for part in parts])[:-1]
        unseen = [None] * len(parts) if hidden is None else np.split(hidden, cuts)
        trails = []
        for (track, style), place, behind in zip(shown, np.split(points, cuts), unseen, strict=True):
            trails.append(Trail.of(place, behind, self.walk(track, place, first, last) if self.dash(style) else None))
        for low in range(first - begin, last - begin, BLOCK):
            for trail, (_, style) in zip(trails, shown, strict=True):
                self.stroke(brush, trail, low, low + BLOCK + 1, style)

    def walk(self, track: Track, points: np.ndarray, first: int, last: int) -> np.ndarray:
        """How far each point (n, 2) of a piece of trail is along the whole, where RETOUCH of them lie before the step ``first``."""
        step, before = self.walked.get(track, (0, 0.0))
        along, since = lengths(points), min(first, RETOUCH, len(points) - 1)
        if since < 0:  # the run ended before
            return along
        along += (before if step == first else 0.0) - along[since]
        if last % BLOCK == 0:  # whole blocks are drawn once and kept
            self.walked[track] = last, float(along[-1])
        return along

    def redraw(self, brush: Brush, last: int) -> None:
        """Draw all that is not static up to ``last``, but for the heads."""
        self.ground(brush, {})
        self.paths(brush, last)

    def paths(self, brush: Brush, last: int) -> None:
        """Draw the whole trails up to ``last``: thinned, in the blocks and the order in which ``trails`` would have."""
        assert self.scene is not None
        self.underlay(brush)
        self.walked, self.told = {}, None
        parts: list[tuple[int, int, Any]] = []
        for i, (track, style) in enumerate(self.scene.shown):
            steps, points, hidden = self.outline(track, last)
            along = lengths(points) if self.dash(style) else None
            if along is not None and along.size:
                self.walked[track] = last, float(along[-1])
            trail = Trail.of(points, hidden, along)
            parts += [(key, i, (trail, low, high, style)) for key, low, high in self.pieces(steps)]
        for _, _, part in sorted(parts, key=lambda item: item[:2]):
            self.stroke(brush, *part)

    def dash(self, style: Style) -> tuple[float, ...]:
        """How a trail is dashed here."""
        return style.dash

    @property
    def block(self) -> int:
        """Points of a piece of a whole trail; more of them where speed counts more than which run lies over which."""
        return 4 * BLOCK if self.hasty else BLOCK

    def pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """A rank in time and the index range of each piece that a trail through ``steps`` is drawn in.

        A piece ends after ``block`` points, and at the steps where a block of ``trails`` ends; later only at doubled steps.
        """
        last = int(steps[-1]) if len(steps) else 0
        ends = [*range(0, min(last, FEW) + 1, self.block)]
        while ends[-1] < last:
            ends.append(min(max(ends[-1] + self.block, 2 * ends[-1] if ends[-1] >= FEW else 0), last))
        index = np.searchsorted(steps, ends).tolist()
        return [
            (key, low, min(low + self.block, high) + 1)
            for key, (first, high) in enumerate(pairwise(index))
            for low in range(first, high, self.block)
        ]

    def stroke(self, brush: Brush, trail: Trail, low: int, high: int, style: Style) -> None:
        """Draw the points ``low`` to ``high`` of a trail, and again the color of those just before, over the halo's end."""
        assert self.scene is not None
        if low >= len(trail.seen) - 1:
            return
        clip = self.axes.bbox
        if trail.behind is not None and not np.isnan(trail.behind[low:high, 0]).all():
            brush.line(trail.behind[low:high], style.pale, WIDTH * 0.55, clip)
        part = trail.seen[low:high]
        if self.halo and not self.hasty and travels(part, brush.renderer.points_to_pixels(HALO)):
            brush.line(part, self.scene.theme.halo, HALO, clip, cap="butt")
        begin = max(low - RETOUCH, 0)
        along = 0.0 if trail.along is None else float(trail.along[begin])
        brush.line(trail.seen[begin:high], style.color, WIDTH, clip, dash=self.dash(style), along=along)

    def heads(self, brush: Brush) -> None:
        """Draw each run's mark where it stands, the chosen run's last and larger; a cross where a diverged one was last seen."""
        assert self.scene is not None
        scene = self.scene
        shown, now, halo = scene.shown, scene.race.step, scene.theme.halo
        if not shown:
            if self.hints:
                annotations.empty(brush, self)
            return
        points, hidden = self.to_screen(
            np.concatenate([self.coordinates(track, np.array([min(now, track.extent)])) for track, _ in shown])
        )
        for k in sorted(range(len(shown)), key=lambda k: shown[k][0] is scene.chosen_track):
            track, style = shown[k]
            if not self.inside(points[k]):
                continue
            place, size = points[k : k + 1], 8.5
            if track is scene.chosen_track:
                size = 9.5
                brush.marker(place, "o", RING, "none", halo, 3.4)
                brush.marker(place, "o", RING, "none", scene.theme.accent, 1.8)
            color = style.pale if hidden is not None and hidden[k] else style.color
            if track.diverged_at is not None and now > track.extent:
                brush.marker(place, "x", size, color, style.color, 2.8)
            else:
                brush.marker(place, style.marker, size, color, halo, 1.4)

    def ring(self, brush: Brush, index: int, step: int) -> None:
        """Mark a step of a run."""
        assert self.scene is not None
        point = self.spots(self.scene.race.tracks[index], np.array([step]))[0]
        if self.inside(point[0]):
            brush.marker(point, "o", RING, "none", self.scene.theme.halo, 3.8)
            brush.marker(point, "o", RING, "none", self.scene.theme.text, 1.8)

    def nearest(self, pixel: tuple[float, float], within: float) -> tuple[int, int] | None:
        """The index of the run and the step whose trail is nearest to a pixel; None where none is so near."""
        if self.near is None:
            self.near = Near(self)
        return self.near.find(pixel, within)

    def inside(self, point: np.ndarray) -> bool:
        """Whether a mark at this pixel (2,) lies on the axes, their edge included: it may then overhang."""
        box, (x, y) = self.axes.bbox, point
        return bool(box.x0 - 1 <= x <= box.x1 + 1 and box.y0 - 1 <= y <= box.y1 + 1)
