"""The base class of views that draw the path of each run."""

from __future__ import annotations

import math
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from app.analysis.path_decimation import FULL_PATH_THRESHOLD, LOW_QUALITY_THRESHOLD, decimate_path
from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.plotting.projected_path import ProjectedPath, distances_along, makes_progress
from app.plotting.step_markers import draw_step_markers
from app.plotting.step_thinning import StepThinning, ThinnedSteps
from app.theming.theme import Style
from app.views.base_view import PATH_BLOCK, PATH_WIDTH, View
from app.views.hit_testing import HitTester
from surfaces.surface import Bounds

OUTLINE_WIDTH, BRANCH_WIDTH, GHOST_WIDTH, REPLICA_WIDTH = 4.6, 1.6, 1.0, 0.6  # points
OVERLAP_POINTS = 4  # points before a piece whose color is drawn again, since the outline of the piece may cover them
LOW_QUALITY_CELLS = 40  # cells across to which a path in low quality, or one of many replicas, is decimated
PATHS_PER_CHECK = 100  # pale paths between two looks at the clock
LOW_QUALITY_REPLICAS = 6  # about as many replicas are drawn in low quality


class PathView(View):
    """A view with the path of each run: an outline, the color of the run, its dashes, and markers of its steps.

    Paths are drawn in pieces, in the order of time, so that in each part of the plot the later run lies on top, and of
    pieces of the same time the selected run. Drawing step by step with ``draw_path_segments`` and all at once with
    ``draw_paths`` results in the same pixels, as long as the path is short enough to be drawn whole.
    """

    has_outline: bool = True
    thins_steps: bool = True

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        # By run: the step up to which its dashes are final, and the length of its path up to there in pixels.
        self.dash_phases: dict[Trajectory, tuple[int, float]] = {}
        self.step_thinning: dict[Trajectory, StepThinning] = {}
        self.ghost_tester: HitTester | None = None  # valid as long as hit_tester

    # Decimation

    @property
    def decimation_bounds(self) -> Bounds:
        """The part of the plane for which paths are decimated."""
        assert self.scene is not None
        return self.scene.height_map.bounds

    def decimated_path(
        self, trajectory: Trajectory, last_step: int, low_quality: bool = False
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return steps (n,), pixels (n, 2) and hidden (n,) of a path without invisible detail; nan breaks the line."""
        axes_size, low_quality = self.detail_scale * max(self.axes.bbox.size), low_quality or self.low_quality
        cells = LOW_QUALITY_CELLS if low_quality else 128 if axes_size < 512 else 256 if axes_size < 1024 else 512
        steps, is_break = decimate_path(trajectory, last_step, self.decimation_bounds, cells, low_quality)
        points, hidden = self.pixel_positions(trajectory, steps)
        gap_indices = np.flatnonzero(is_break)
        if gap_indices.size:
            steps = np.insert(steps, gap_indices, steps[gap_indices])
            points = np.insert(points, gap_indices, np.nan, axis=0)
            hidden = None if hidden is None else np.insert(hidden, gap_indices, False)
        return steps, points, hidden

    # Drawing

    def draw_background_paths(
        self, renderer: PathRenderer, drawn_steps: dict[Trajectory, int], deadline: float = math.inf
    ) -> bool:
        """Draw the paths of replicas and branches, thin and pale; in low quality only some of the replicas.

        Return whether all are drawn: after ``deadline``, compared once in ``PATHS_PER_CHECK`` paths, the others wait.
        """
        assert self.scene is not None
        paths = [
            (trajectory, self.last_replica_step(trajectory), color, REPLICA_WIDTH)
            for trajectories, color in self.scene.replica_trajectories
            for trajectory in trajectories[:: len(trajectories) // LOW_QUALITY_REPLICAS + 1 if self.low_quality else 1]
        ]
        paths += [(*branch, BRANCH_WIDTH) for branch in self.scene.branch_trajectories]
        paths = [path for path in paths if drawn_steps.get(path[0]) != path[1]]
        for k, (trajectory, last_step, color, width) in enumerate(paths, 1):
            first_step = drawn_steps.get(trajectory)
            if first_step is None or last_step - first_step > LOW_QUALITY_THRESHOLD:
                _, points, _ = self.decimated_path(trajectory, last_step, low_quality=width == REPLICA_WIDTH)
            else:
                points, _ = self.pixels_between(trajectory, first_step, last_step)
            layers = [(self.scene.theme.outline_color, 2 * BRANCH_WIDTH), (color, width)]
            for layer_color, layer_width in layers if width == BRANCH_WIDTH and self.has_outline else layers[1:]:
                for start in range(0, len(points) - 1, PATH_BLOCK):
                    piece = points[start : start + PATH_BLOCK + 1]
                    renderer.draw_line(piece, layer_color, layer_width, self.axes.bbox)
            drawn_steps[trajectory] = last_step
            if k % PATHS_PER_CHECK == 0 and k < len(paths) and perf_counter() > deadline:
                return False
        return True

    def last_replica_step(self, replica: Trajectory) -> int:
        """Return the step up to which a replica is drawn."""
        assert self.scene is not None
        return min(self.scene.race.step, replica.last_step) if self.truncates_replicas else replica.last_step

    def draw_ghosts(self, renderer: PathRenderer) -> None:
        """Draw the ghosts of the scene as thin pale lines."""
        assert self.scene is not None
        for trajectory, last_step, color in self.scene.ghosts:
            renderer.draw_line(self.decimated_path(trajectory, last_step)[1], color, GHOST_WIDTH, self.axes.bbox)

    def draw_paths(self, renderer: PathRenderer, last_step: int) -> None:
        """Draw whole paths up to ``last_step``, decimated, in the pieces and the order of ``draw_path_segments``."""
        assert self.scene is not None
        self.draw_underlay(renderer)
        self.dash_phases, self.step_thinning = {}, {}
        pieces: list[tuple[tuple[bool | int, ...], Any]] = []
        for i, (trajectory, style) in enumerate(self.scene.visible_runs):
            steps, points, hidden = self.decimated_path(trajectory, last_step)
            thinned = self.thinned_steps(trajectory, steps, points, 0, keep=True)
            distances = distances_along(points) if self.dash_pattern(style) else None
            if distances is not None and distances.size:
                self.dash_phases[trajectory] = last_step, float(distances[-1])
            path = ProjectedPath.from_points(points, hidden, distances, thinned)
            is_selected = trajectory is self.scene.selected_trajectory
            pieces += [
                ((is_selected and self.selected_on_top, rank, is_selected, i), (path, start, stop, style))
                for rank, start, stop in self.split_into_pieces(steps)
            ]
        for _, piece in sorted(pieces, key=lambda item: item[0]):
            self.draw_piece(renderer, *piece)

    def draw_path_segments(self, renderer: PathRenderer, first_step: int, last_step: int) -> None:
        """Draw the segments of steps ``first_step`` + 1 to ``last_step`` of every visible run, block by block."""
        assert self.scene is not None
        start_step = max(first_step - OVERLAP_POINTS, 0)
        selected = self.scene.selected_trajectory
        visible_runs = sorted(self.scene.visible_runs, key=lambda run: run[0] is selected)
        run_points = [
            self.coordinates(trajectory, np.arange(start_step, min(last_step, trajectory.last_step) + 1))
            for trajectory, _ in visible_runs
        ]
        if not run_points:
            return
        # All runs in one call: the cost of a frame is mainly the number of calls.
        points, hidden = self.to_screen(np.concatenate(run_points))
        splits = np.cumsum([len(piece) for piece in run_points])[:-1]
        run_hidden = [None] * len(run_points) if hidden is None else np.split(hidden, splits)
        paths = []
        for (trajectory, style), path_points, path_hidden in zip(
            visible_runs, np.split(points, splits), run_hidden, strict=True
        ):
            is_dashed = self.dash_pattern(style)
            distances = self.dash_distances(trajectory, path_points, first_step, last_step) if is_dashed else None
            steps = np.arange(start_step, start_step + len(path_points))
            keep = last_step % PATH_BLOCK == 0  # full blocks are drawn once and kept
            thinned = self.thinned_steps(trajectory, steps, path_points, first_step, keep)
            paths.append(ProjectedPath.from_points(path_points, path_hidden, distances, thinned))
        for start in range(first_step - start_step, last_step - start_step, PATH_BLOCK):
            for path, (_, style) in zip(paths, visible_runs, strict=True):
                self.draw_piece(renderer, path, start, start + PATH_BLOCK + 1, style)

    def draw_piece(self, renderer: PathRenderer, path: ProjectedPath, start: int, stop: int, style: Style) -> None:
        """Draw the points ``start`` to ``stop`` - 1 of a path, hidden parts thin, outline first, markers last.

        The color and the markers of the ``OVERLAP_POINTS`` before them are drawn again over the end of the outline.
        """
        assert self.scene is not None
        if start >= len(path.visible) - 1:
            return
        clip = self.axes.bbox
        if path.hidden is not None and not np.isnan(path.hidden[start:stop, 0]).all():
            renderer.draw_line(path.with_gaps(path.hidden, start, stop), style.pale_color, PATH_WIDTH * 0.55, clip)
        piece = path.with_gaps(path.visible, start, stop)
        outline_pixels = renderer.backend_renderer.points_to_pixels(OUTLINE_WIDTH)
        if self.has_outline and makes_progress(piece, outline_pixels):
            renderer.draw_line(piece, self.scene.theme.outline_color, OUTLINE_WIDTH, clip, capstyle="butt")
        overlap_start = max(start - OVERLAP_POINTS, 0)
        renderer.draw_line(
            path.with_gaps(path.visible, overlap_start, stop),
            style.color,
            PATH_WIDTH,
            clip,
            dash=self.dash_pattern(style),
            dash_offset=0.0 if path.distance_along is None else float(path.distance_along[overlap_start]),
        )
        if self.marks_steps:
            draw_step_markers(renderer, path, overlap_start, stop, style, self.scene.theme, clip)

    # Steps

    @property
    def marks_steps(self) -> bool:
        """Whether the markers of steps are drawn."""
        assert self.scene is not None
        return self.scene.experiment.plot_options.step_markers and self.has_outline

    def thinned_steps(
        self, trajectory: Trajectory, steps: np.ndarray, points: np.ndarray, first_step: int, keep: bool
    ) -> ThinnedSteps | None:
        """Return which of ``steps`` (n,) at pixels (n, 2) are marked and which lines are left out.

        Those up to ``first_step`` are drawn already; with ``keep``, the others are drawn for good.
        """
        if not self.thins_steps:
            return None
        thinning = self.step_thinning.get(trajectory)
        if thinning is None or (thinning.step != first_step and thinning.step < trajectory.last_step):
            width, height = self.figure.bbox.size
            thinning = self.step_thinning[trajectory] = StepThinning((width, height), self.figure.dpi / 72)
        return thinning.extend(steps, points, keep, self.marks_steps)

    # Pieces and dashes

    @property
    def piece_length(self) -> int:
        """Points per piece of a whole path; more in low quality, where speed matters more than which run is on top."""
        return 4 * PATH_BLOCK if self.low_quality else PATH_BLOCK

    def split_into_pieces(self, steps: np.ndarray) -> list[tuple[int, int, int]]:
        """Return the rank in time and the index range (start, stop) of each piece of a path through ``steps``.

        A piece ends after ``piece_length`` points, and at the steps where a block of ``draw_path_segments`` ends; after
        ``FULL_PATH_THRESHOLD`` steps only where the number of steps has doubled.
        """
        last_step = int(steps[-1]) if len(steps) else 0
        step_ends = [*range(0, min(last_step, FULL_PATH_THRESHOLD) + 1, self.piece_length)]
        while step_ends[-1] < last_step:
            doubled = 2 * step_ends[-1] if step_ends[-1] >= FULL_PATH_THRESHOLD else 0
            step_ends.append(min(max(step_ends[-1] + self.piece_length, doubled), last_step))
        indices = np.searchsorted(steps, step_ends).tolist()
        return [
            (rank, start, min(start + self.piece_length, last) + 1)
            for rank, (first, last) in enumerate(pairwise(indices))
            for start in range(first, last, self.piece_length)
        ]

    def dash_pattern(self, style: Style) -> tuple[float, ...]:
        """Return the dashes and gaps of a path in line widths; empty for a solid line."""
        return style.dash

    def dash_distances(self, trajectory: Trajectory, points: np.ndarray, first_step: int, last_step: int) -> np.ndarray:
        """Return the distance (n,) in pixels of points (n, 2) of a path from its start, where its dashes begin.

        Up to ``OVERLAP_POINTS`` of the points lie before ``first_step``.
        """
        phase_step, phase = self.dash_phases.get(trajectory, (0, 0.0))
        distances, start = distances_along(points), min(first_step, OVERLAP_POINTS, len(points) - 1)
        if start < 0:  # the run ended before
            return distances
        distances += (phase if phase_step == first_step else 0.0) - distances[start]
        if last_step % PATH_BLOCK == 0:  # full blocks are drawn once and kept
            self.dash_phases[trajectory] = last_step, float(distances[-1])
        return distances

    # Hit testing

    def nearest_step(self, pixel: tuple[float, float], max_distance: float) -> tuple[int, int] | None:
        """Return the index of the run and the step whose path is nearest to a pixel, None if none is so near.

        A ghost counts only where there is no path.
        """
        assert self.scene is not None
        race = self.scene.race
        if self.hit_tester is None:
            self.hit_tester, self.ghost_tester = self.make_hit_tester(race.step), None
        nearest = self.hit_tester.find(pixel, max_distance)
        if nearest is None and self.scene.ghosts:
            if self.ghost_tester is None:
                self.ghost_tester = self.make_hit_tester(race.shown_until)
            nearest = self.ghost_tester.find(pixel, max_distance)
        return nearest

    def make_hit_tester(self, last_step: int) -> HitTester:
        """Return a hit tester for the paths of all visible runs up to a step."""
        assert self.scene is not None
        race, visible = self.scene.race, {id(trajectory) for trajectory, _ in self.scene.visible_runs}
        paths = [
            (index, trajectory, *self.decimated_path(trajectory, min(last_step, trajectory.last_step))[:2])
            for index, trajectory in enumerate(race.trajectories)
            if id(trajectory) in visible
        ]
        return HitTester(paths, self.pixel_positions)
