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

from app.analysis.path_decimation import FULL_PATH_THRESHOLD, LOW_QUALITY_THRESHOLD, decimate_path
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.plotting import text_fitting
from app.plotting.axes_layout import AxesLayout
from app.plotting.path_renderer import PathRenderer
from app.plotting.projected_path import ProjectedPath, distances_along, makes_progress
from app.theming.theme import Style
from app.views import annotations
from app.views.hit_testing import HitTester
from app.views.scene import Scene
from surfaces.surface import Bounds

PATH_WIDTH, OUTLINE_WIDTH = 2.3, 4.6  # points
BRANCH_WIDTH, THIN_WIDTH = 1.6, 0.6  # points: the path of a branch, and of one replica of many
PATH_BLOCK = (
    128  # updates drawn as one polyline; Agg's cost grows faster than the number of points where a line crosses itself
)
OVERLAP_POINTS = 4  # points before a block whose color is drawn again, since the block's halo may cover them
LOW_QUALITY_CELLS = 40  # cells across that a path is thinned to where it is drawn in haste, or is one of many
LOW_QUALITY_REPLICAS = 6  # replicas that are drawn in haste, about
RING_SIZE = 16.0  # points across, of what is drawn around a head or a step


class View(AxesLayout, ABC):
    """One picture of the race. Subclasses set the class attributes and fill in ``compose``, ``coordinates`` and ``to_screen``.

    ``hasty``: trails are drawn anew many times a second, since something is dragged. Then they are thinned more, have no halo
    and are drawn in longer pieces. ``moving``: so is all the rest, and words keep the room that they have.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    has_outline: ClassVar[bool] = True
    interacting: bool = False
    shows_hints: bool = False  # whether an empty view says what to do
    tight_limits: bool = False  # whether axes end where the paths do, since nothing will be added
    detail_scale: float = (
        1.0  # more in a vector file, whose pixels are coarse and which is looked at with so many dots to each
    )

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.scene: Scene | None = None
        self.low_quality = False
        self.text_bounds: list[Bbox] = []  # where words lie within the axes that nothing may cover
        self.hit_tester: HitTester | None = (
            None  # the trails that are on the screen, once somebody has asked what is near
        )
        self.dash_phases: dict[
            Trajectory, tuple[int, float]
        ] = {}  # up to which step dashes stay, and how many pixels on
        self.divergence_labels: tuple[list[Any], list[annotations.Label]] | None = (
            None  # the runs that have left for good, and what is said of them
        )

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Whether there is anything to show for this surface."""
        return True

    def show_scene(self, scene: Scene) -> None:
        """Make the static part for a scene, in its theme."""
        self.scene = scene
        theme = scene.theme
        self.figure.set_facecolor(theme.figure_background)
        self.axes.clear()
        self.axes.set_facecolor(theme.figure_background)
        self.axes.tick_params(
            color=theme.divider, labelcolor=theme.muted_text, labelsize=8.5, length=3, width=THIN_WIDTH
        )
        self.axes.tick_params(which="minor", color=theme.divider, length=2, width=THIN_WIDTH)
        for spine in self.axes.spines.values():
            spine.set(color=theme.divider, linewidth=THIN_WIDTH)
        self.build_static_artists(scene)
        for label in (self.axes.xaxis.label, self.axes.yaxis.label):
            label.set(color=theme.muted_text, fontsize=text_fitting.LABEL_FONT_SIZE)

    def update_scene(self, scene: Scene) -> bool:
        """Take a scene of another race on the same ground; whether the static part must be drawn anew all the same."""
        self.scene = scene
        return False

    def add_deferred_artists(self) -> bool:
        """Add what is slow to make and may follow the first paint; whether that calls for another draw."""
        return False

    @abstractmethod
    def build_static_artists(self, scene: Scene) -> None:
        """Make the static artists on ``self.axes``."""

    @abstractmethod
    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Where a run is after each of ``steps`` (n,), in the view's own coordinates, (n, k)."""

    @abstractmethod
    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """The pixels (n, 2) of such coordinates (n, k), and which of them are hidden (n,), if any can be."""

    def pixel_positions(self, trajectory: Trajectory, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """The pixels (n, 2) of a run after each of ``steps`` (n,), and which of them are hidden (n,)."""
        return self.to_screen(self.coordinates(trajectory, steps))

    def pixels_between(
        self, trajectory: Trajectory, first_step: int, last_step: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """The same for the updates ``first`` to ``last``."""
        return self.pixel_positions(trajectory, np.arange(first_step, min(last_step, trajectory.last_step) + 1))

    @property
    def decimation_bounds(self) -> Bounds:
        """The part of the plane that trails are thinned for."""
        assert self.scene is not None
        return self.scene.height_map.bounds

    def decimated_path(
        self, trajectory: Trajectory, last_step: int, low_quality: bool = False
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Steps (n,), pixels (n, 2) and hidden (n,) of a whole trail, thinned to what can be seen; nan breaks the line."""
        axes_size, low_quality = self.detail_scale * max(self.axes.bbox.size), low_quality or self.low_quality
        cells = LOW_QUALITY_CELLS if low_quality else 128 if axes_size < 512 else 256 if axes_size < 1024 else 512
        steps, is_break = decimate_path(trajectory, last_step, self.decimation_bounds, cells, low_quality)
        points, hidden = self.pixel_positions(trajectory, steps)
        gap_indices = np.flatnonzero(is_break)
        if gap_indices.size:
            steps, points = (
                np.insert(steps, gap_indices, steps[gap_indices]),
                np.insert(points, gap_indices, np.nan, axis=0),
            )
            hidden = None if hidden is None else np.insert(hidden, gap_indices, False)
        return steps, points, hidden

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        """Whether the static part must be made anew because the race, or ``faint`` paths, have left its limits; they then grow."""
        return False

    def draw_background_paths(self, renderer: PathRenderer, drawn_steps: dict[Trajectory, int]) -> None:
        """What lies below all that moves: the paths of replicas and of branches, thin and pale. ``laid`` says up to which step
        each of them is there already, and is kept up to date; a few replicas of many where it is drawn in haste."""
        assert self.scene is not None
        paths = [
            (track, track.last_step, color, THIN_WIDTH)
            for trajectories, color in self.scene.replica_trajectories
            for track in trajectories[:: len(trajectories) // LOW_QUALITY_REPLICAS + 1 if self.low_quality else 1]
        ]
        for trajectory, last_step, color, width in paths + [
            (*branch, BRANCH_WIDTH) for branch in self.scene.branch_trajectories
        ]:
            first_step = drawn_steps.get(trajectory)
            if first_step is None or last_step - first_step > LOW_QUALITY_THRESHOLD:
                _, points, _ = self.decimated_path(trajectory, last_step, low_quality=width == THIN_WIDTH)
            else:
                points, _ = self.pixels_between(trajectory, first_step, last_step)
            for start_index in (
                range(0, len(points) - 1, PATH_BLOCK) if width == BRANCH_WIDTH and self.has_outline else ()
            ):
                renderer.draw_line(
                    points[start_index : start_index + PATH_BLOCK + 1],
                    self.scene.theme.outline_color,
                    2 * BRANCH_WIDTH,
                    self.axes.bbox,
                )
            for start_index in range(0, len(points) - 1, PATH_BLOCK):
                renderer.draw_line(points[start_index : start_index + PATH_BLOCK + 1], color, width, self.axes.bbox)
            drawn_steps[trajectory] = last_step

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """Marks that lie below the trails."""

    def draw_path_segments(self, renderer: PathRenderer, first_step: int, last_step: int) -> None:
        """Draw the segments of updates ``first`` + 1 to ``last`` of every visible run, block by block."""
        assert self.scene is not None
        start = max(first_step - OVERLAP_POINTS, 0)
        visible_runs = self.scene.visible_runs
        run_points = [
            self.coordinates(track, np.arange(start, min(last_step, track.last_step) + 1)) for track, _ in visible_runs
        ]
        if not run_points:
            return
        points, hidden = self.to_screen(
            np.concatenate(run_points)
        )  # of all runs at once: a frame has little to do but calls
        splits = np.cumsum([len(piece) for piece in run_points])[:-1]
        run_hidden = [None] * len(run_points) if hidden is None else np.split(hidden, splits)
        paths = []
        for (trajectory, style), path_points, path_hidden in zip(
            visible_runs, np.split(points, splits), run_hidden, strict=True
        ):
            paths.append(
                ProjectedPath.from_points(
                    path_points,
                    path_hidden,
                    self.dash_phase(trajectory, path_points, first_step, last_step)
                    if self.dash_pattern(style)
                    else None,
                )
            )
        for start_index in range(first_step - start, last_step - start, PATH_BLOCK):
            for path, (_, style) in zip(paths, visible_runs, strict=True):
                self.draw_piece(renderer, path, start_index, start_index + PATH_BLOCK + 1, style)

    def dash_phase(self, trajectory: Trajectory, points: np.ndarray, first_step: int, last_step: int) -> np.ndarray:
        """How far each point (n, 2) of a piece of trail is along the whole, where RETOUCH of them lie before the step ``first``."""
        phase_step, phase = self.dash_phases.get(trajectory, (0, 0.0))
        distances, start_index = distances_along(points), min(first_step, OVERLAP_POINTS, len(points) - 1)
        if start_index < 0:  # the run ended before
            return distances
        distances += (phase if phase_step == first_step else 0.0) - distances[start_index]
        if last_step % PATH_BLOCK == 0:  # whole blocks are drawn once and kept
            self.dash_phases[trajectory] = last_step, float(distances[-1])
        return distances

    def redraw(self, renderer: PathRenderer, last_step: int) -> None:
        """Draw all that is not static up to ``last``, but for the heads."""
        self.draw_background_paths(renderer, {})
        self.draw_paths(renderer, last_step)

    def draw_paths(self, renderer: PathRenderer, last_step: int) -> None:
        """Draw the whole trails up to ``last``: thinned, in the blocks and the order in which ``trails`` would have."""
        assert self.scene is not None
        self.draw_underlay(renderer)
        self.dash_phases, self.divergence_labels = {}, None
        pieces: list[tuple[int, int, Any]] = []
        for i, (trajectory, style) in enumerate(self.scene.visible_runs):
            steps, points, hidden = self.decimated_path(trajectory, last_step)
            distances = distances_along(points) if self.dash_pattern(style) else None
            if distances is not None and distances.size:
                self.dash_phases[trajectory] = last_step, float(distances[-1])
            path = ProjectedPath.from_points(points, hidden, distances)
            pieces += [
                (key, i, (path, start_index, stop_index, style))
                for key, start_index, stop_index in self.split_into_pieces(steps)
            ]
        for _, _, piece in sorted(pieces, key=lambda item: item[:2]):
            self.draw_piece(renderer, *piece)

    def dash_pattern(self, style: Style) -> tuple[float, ...]:
        """How a trail is dashed here."""
        return style.dash

    @property
    def piece_length(self) -> int:
        """Points of a piece of a whole trail; more of them where speed counts more than which run lies over which."""
        return 4 * PATH_BLOCK if self.low_quality else PATH_BLOCK

    def split_into_pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """A rank in time and the index range of each piece that a trail through ``steps`` is drawn in.

        A piece ends after ``block`` points, and at the steps where a block of ``trails`` ends; later only at doubled steps.
        """
        last_step = int(steps[-1]) if len(steps) else 0
        step_ends = [*range(0, min(last_step, FULL_PATH_THRESHOLD) + 1, self.piece_length)]
        while step_ends[-1] < last_step:
            step_ends.append(
                min(
                    max(
                        step_ends[-1] + self.piece_length,
                        2 * step_ends[-1] if step_ends[-1] >= FULL_PATH_THRESHOLD else 0,
                    ),
                    last_step,
                )
            )
        index = np.searchsorted(steps, step_ends).tolist()
        return [
            (key, start_index, min(start_index + self.piece_length, stop_index) + 1)
            for key, (first_index, stop_index) in enumerate(pairwise(index))
            for start_index in range(first_index, stop_index, self.piece_length)
        ]

    def draw_piece(
        self, renderer: PathRenderer, path: ProjectedPath, start_index: int, stop_index: int, style: Style
    ) -> None:
        """Draw the points ``low`` to ``high`` of a trail, and again the color of those just before, over the halo's end."""
        assert self.scene is not None
        if start_index >= len(path.visible) - 1:
            return
        clip = self.axes.bbox
        if path.hidden is not None and not np.isnan(path.hidden[start_index:stop_index, 0]).all():
            renderer.draw_line(path.hidden[start_index:stop_index], style.pale_color, PATH_WIDTH * 0.55, clip)
        piece = path.visible[start_index:stop_index]
        if (
            self.has_outline
            and not self.low_quality
            and makes_progress(piece, renderer.backend_renderer.points_to_pixels(OUTLINE_WIDTH))
        ):
            renderer.draw_line(piece, self.scene.theme.outline_color, OUTLINE_WIDTH, clip, capstyle="butt")
        start = max(start_index - OVERLAP_POINTS, 0)
        dash_offset = 0.0 if path.distance_along is None else float(path.distance_along[start])
        renderer.draw_line(
            path.visible[start:stop_index],
            style.color,
            PATH_WIDTH,
            clip,
            dash=self.dash_pattern(style),
            dash_offset=dash_offset,
        )

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw each run's mark where it stands, the chosen run's last and larger; a cross where a diverged one was last seen."""
        assert self.scene is not None
        scene = self.scene
        visible_runs, step, outline_color = scene.visible_runs, scene.race.step, scene.theme.outline_color
        if not visible_runs:
            if self.shows_hints:
                annotations.draw_empty_message(renderer, self)
            return
        points, hidden = self.to_screen(
            np.concatenate(
                [self.coordinates(track, np.array([min(step, track.last_step)])) for track, _ in visible_runs]
            )
        )
        for k in sorted(range(len(visible_runs)), key=lambda k: visible_runs[k][0] is scene.selected_trajectory):
            trajectory, style = visible_runs[k]
            if not self.is_inside(points[k]):
                continue
            position, size = points[k : k + 1], 8.5
            if trajectory is scene.selected_trajectory:
                size = 9.5
                renderer.draw_markers(position, "o", RING_SIZE, "none", outline_color, 3.4)
                renderer.draw_markers(position, "o", RING_SIZE, "none", scene.theme.accent, 1.8)
            color = style.pale_color if hidden is not None and hidden[k] else style.color
            if trajectory.diverged_at is not None and step > trajectory.last_step:
                renderer.draw_markers(position, "x", size, color, style.color, 2.8)
            else:
                renderer.draw_markers(position, style.marker, size, color, outline_color, 1.4)

    def draw_step_ring(self, renderer: PathRenderer, index: int, step: int) -> None:
        """Mark a step of a run."""
        assert self.scene is not None
        point = self.pixel_positions(self.scene.race.trajectories[index], np.array([step]))[0]
        if self.is_inside(point[0]):
            renderer.draw_markers(point, "o", RING_SIZE, "none", self.scene.theme.outline_color, 3.8)
            renderer.draw_markers(point, "o", RING_SIZE, "none", self.scene.theme.text, 1.8)

    def nearest_step(self, pixel: tuple[float, float], max_distance: float) -> tuple[int, int] | None:
        """The index of the run and the step whose trail is nearest to a pixel; None where none is so near."""
        if self.hit_tester is None:
            self.hit_tester = HitTester(self)
        return self.hit_tester.find(pixel, max_distance)

    def is_inside(self, point: np.ndarray) -> bool:
        """Whether a mark at this pixel (2,) lies on the axes, their edge included: it may then overhang."""
        bbox, (x, y) = self.axes.bbox, point
        return bool(bbox.x0 - 1 <= x <= bbox.x1 + 1 and bbox.y0 - 1 <= y <= bbox.y1 + 1)
