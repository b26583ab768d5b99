"""Text labels over a view: the message of an empty view, and the labels of runs that have diverged."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import Style, Theme
from app.utils.i18n import tr

FONT_SIZE, MAX_DIVERGENCE_LABELS = 8.5, 5
ARROW_SIZE = 11.0  # points
ARROW_INSET, LABEL_INSET = 9.0, 16.0  # points from the edge of the axes to the center of an arrow, and to its label
LINE_SPACING = 2.2  # font sizes by which a label is shifted to avoid another
MESSAGE_HEIGHT = 0.14  # position of the message of an empty view, as a fraction of the height of the axes
LABEL_PADDING = 0.35  # font sizes between a text and the edge of its box
LINE_OFFSETS = 0, -1, 1, -2, 2, -3, 3, -4, 4  # lines by which a label is shifted, in the order in which they are tried
SHORT_SEGMENT = 6.0  # pixels
MAX_SAMPLED_SEGMENTS, SAMPLES_PER_SEGMENT = 512, 48  # of a path that a label should not cover
LOOK_BACK_STEPS = 4096  # steps before the end of a run that are searched for the point where it left the axes

Arrow = tuple[np.ndarray, Any, str]  # position (1, 2), marker, color


@dataclass(frozen=True)
class Annotation:
    """A text in an opaque box with integer pixel bounds, laid out once because text layout is too slow for a frame."""

    text: Text
    label_box: Bbox
    edge_color: str
    arrow: Arrow | None = None

    def draw(self, renderer: PathRenderer, theme: Theme) -> None:
        """Draw the arrow, then the box and the text from a cached bitmap."""
        if self.arrow is not None:
            position, marker, color = self.arrow
            renderer.draw_markers(position, marker, ARROW_SIZE, color, theme.outline_color, 1.6)
        key = self.text.get_text(), self.label_box.bounds, self.edge_color, theme.name
        renderer.draw_cached(key, self.label_box, lambda: self._draw_box(renderer, theme))

    def _draw_box(self, renderer: PathRenderer, theme: Theme) -> None:
        line_width = max(round(renderer.backend_renderer.points_to_pixels(0.8)), 1)
        for bbox, color in (
            (self.label_box, self.edge_color),
            (self.label_box.padded(-line_width), theme.figure_background),
        ):
            renderer.fill_polygon(bbox.corners()[[0, 1, 3, 2]], color, 1.0, None)
        self.text.draw(renderer.backend_renderer)


class DivergenceLabels:
    """Labels that show where and when runs diverged, laid out again only when another run diverges."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Discard the layout, because the axes have changed."""
        self.diverged_runs: list[tuple[Trajectory, Style]] | None = None
        self.labels: list[Annotation] = []

    def draw(
        self,
        renderer: PathRenderer,
        axes: Axes,
        theme: Theme,
        diverged_runs: list[tuple[Trajectory, Style]],
        all_runs: list[Trajectory],
        pixels_between: Callable[[Trajectory, int, int], tuple[np.ndarray, np.ndarray | None]],
    ) -> None:
        """Draw a label for each of the runs that have diverged by now, up to ``MAX_DIVERGENCE_LABELS``.

        ``all_runs`` are those whose paths should not be covered, ``pixels_between`` is the method of the view.
        """
        if self.diverged_runs != diverged_runs:
            self.diverged_runs, self.labels = diverged_runs, []
            runs = all_runs if diverged_runs else []
            # with all computed steps, so that the layout does not depend on the frame in which it is made
            paths = {run: self._last_pixels(run, pixels_between) for run in runs}
            inside = [points_inside(points, axes.bbox) for points in paths.values()]
            obstacles = np.concatenate([np.empty((0, 2)), *inside])
            for trajectory, style in diverged_runs[:MAX_DIVERGENCE_LABELS]:
                points = paths[trajectory]
                occupied = [label.label_box for label in self.labels]
                label = layout_divergence_label(renderer, axes, theme, trajectory, style, points, occupied, obstacles)
                if label is not None:
                    self.labels.append(label)
        for label in self.labels:
            label.draw(renderer, theme)

    @staticmethod
    def _last_pixels(
        trajectory: Trajectory, pixels_between: Callable[[Trajectory, int, int], tuple[np.ndarray, np.ndarray | None]]
    ) -> np.ndarray:
        last_step = trajectory.last_step
        return pixels_between(trajectory, max(last_step - LOOK_BACK_STEPS, 0), last_step)[0]


def draw_empty_message(renderer: PathRenderer, axes: Axes, theme: Theme, has_runs: bool) -> None:
    """Draw the message of a view without visible runs, unless the axes are too small for it."""
    message = (
        tr("All runs are hidden. Show one in the side panel.")
        if has_runs
        else tr("No runs yet. Add one in the side panel.")
    )
    bbox = axes.bbox
    position = np.array([(bbox.x0 + bbox.x1) / 2, bbox.y0 + MESSAGE_HEIGHT * bbox.height])
    for text in (message, message.replace(". ", ".\n")):
        label = layout_label(renderer, axes, text, position, "center", theme.muted_text, theme.divider)
        if label is not None:
            label.draw(renderer, theme)
            break


def layout_divergence_label(
    renderer: PathRenderer,
    axes: Axes,
    theme: Theme,
    trajectory: Trajectory,
    style: Style,
    points: np.ndarray,
    occupied: list[Bbox],
    obstacles: np.ndarray,
) -> Annotation | None:
    """Return the label of a diverged run with the last pixels ``points`` (n, 2), clear of ``occupied`` boxes.

    It covers as few as possible of ``obstacles`` (k, 2), pixels of paths. None if the run was not inside the axes
    during these steps, or if there is no room for the label.
    """
    pixels_per_point, bbox = renderer.backend_renderer.points_to_pixels(1.0), axes.bbox
    path_exit = exit_point(points, bbox)
    if path_exit is None:
        return None
    position, direction = path_exit
    arrow = None
    if direction.any():
        angle = math.degrees(math.atan2(direction[1], direction[0])) - 90
        arrow = _inset(position, bbox, ARROW_INSET * pixels_per_point)[None], (3, 0, angle), style.color
    center = np.array([bbox.x0 + bbox.x1, bbox.y0 + bbox.y1]) / 2
    on_left, inset = bool(position[0] < center[0]), LABEL_INSET * pixels_per_point
    near = _inset(position, bbox, inset)
    left, right = (near[0] + inset, "left"), (near[0] - inset, "right")
    places = [left, right] if on_left else [right, left]
    places += [(center[0], "center"), (bbox.x0 + inset, "left"), (bbox.x1 - inset, "right")]
    is_mapped = getattr(trajectory.surface_at(trajectory.last_step), "is_mapped", False)
    values = {"name": trajectory.method.name, "step": trajectory.diverged_at}
    if is_mapped:
        message = tr("{name} left the mapped area at step {step:,}", **values)
    else:
        message = tr("{name} diverged at step {step:,}", **values)
    best_label, fewest_covered = None, math.inf
    for line_offset in LINE_OFFSETS:
        y = near[1] + line_offset * LINE_SPACING * FONT_SIZE * pixels_per_point
        for x, align in places:
            label = layout_label(renderer, axes, message, np.array([x, y]), align, theme.text, style.color, arrow)
            if label is None:
                continue
            box = label.label_box.padded(2 * pixels_per_point)
            covered = int(((obstacles > box.min) & (obstacles < box.max)).all(axis=1).sum())
            if covered < fewest_covered and not any(box.overlaps(other) for other in occupied):
                best_label, fewest_covered = label, covered
        if not fewest_covered:
            break
    return best_label


def points_inside(points: np.ndarray, bbox: BboxBase) -> np.ndarray:
    """Return points (k, 2) along the parts of a line through points (n, 2) that lie in a box.

    A short segment has one, and each of the last long ones has several.
    """
    enter, leave, deltas = _crossings(points, bbox)
    inside = np.flatnonzero((enter < leave) & np.isfinite(deltas).all(axis=1))
    is_long = (leave - enter)[inside] * np.hypot(*deltas[inside].T) > SHORT_SEGMENT
    short_segments, long_segments = inside[~is_long], inside[is_long][-MAX_SAMPLED_SEGMENTS:]
    fractions = np.linspace(enter[long_segments], leave[long_segments], SAMPLES_PER_SEGMENT, axis=1)[..., None]
    samples = points[long_segments][:, None] + fractions * deltas[long_segments][:, None]
    return np.concatenate([points[short_segments], samples.reshape(-1, 2)])


def _crossings(points: np.ndarray, bbox: BboxBase) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return at which fractions the segments between points (n, 2) enter and leave a box, and their vectors."""
    low, high = np.array(bbox.min), np.array(bbox.max)
    with np.errstate(all="ignore"):
        deltas = points[1:] - points[:-1]
        crossings = np.sort([(low - points[:-1]) / deltas, (high - points[:-1]) / deltas], axis=0)
        enter = np.fmax.reduce(crossings[0], axis=1, initial=0.0)
        leave = np.fmin.reduce(crossings[1], axis=1, initial=1.0)
    return enter, leave, deltas


def _inset(position: np.ndarray, bbox: BboxBase, distance: float) -> np.ndarray:
    """Return a position (2,) moved to at least a distance from the edges of a box."""
    inset: np.ndarray = np.clip(position, np.array(bbox.min) + distance, np.array(bbox.max) - distance)
    return inset


def exit_point(points: np.ndarray, bbox: BboxBase) -> tuple[np.ndarray, np.ndarray] | None:
    """Return where the line through points (n, 2) leaves a box for the last time, and its direction there.

    The direction is (0, 0) if the line ends inside. None if the line is never inside.
    """
    low, high = np.array(bbox.min), np.array(bbox.max)
    enter, leave, deltas = _crossings(points, bbox)
    crossing = np.flatnonzero((enter < leave) & np.isfinite(deltas).all(axis=1))
    inside = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    if inside.size and (not crossing.size or inside[-1] > crossing[-1]):
        return points[inside[-1]], np.zeros(2)
    if not crossing.size:
        return None
    last_segment = int(crossing[-1])
    return points[last_segment] + leave[last_segment] * deltas[last_segment], deltas[last_segment]


def layout_label(
    renderer: PathRenderer,
    axes: Axes,
    message: str,
    position: np.ndarray,
    align: str,
    color: str,
    edge_color: str,
    arrow: Arrow | None = None,
) -> Annotation | None:
    """Return a text in a box at a pixel (2,), aligned "left", "center" or "right"; None if it exceeds the axes."""
    text = Text(
        position[0], position[1], message, fontsize=FONT_SIZE, color=color, ha=align, va="center", parse_math=False
    )
    text.set_figure(axes.figure)
    bbox, axes_bbox = text.get_window_extent(renderer.backend_renderer), axes.bbox
    bbox = bbox.padded(LABEL_PADDING * FONT_SIZE * renderer.backend_renderer.points_to_pixels(1.0))
    label_box = Bbox([np.floor(bbox.min), np.ceil(bbox.max)])
    low, high = np.array(label_box.min), np.array(label_box.max)
    if (low < axes_bbox.min).any() or (high > axes_bbox.max).any():
        return None
    return Annotation(text, label_box, edge_color, arrow)
