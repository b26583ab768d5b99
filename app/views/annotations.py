"""Words over a view that has nothing to show, or from which a run has gone for good."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr

if TYPE_CHECKING:
    from app.engine.trajectory import Trajectory
    from app.theming.theme import Style, Theme
    from app.views.base_view import View

FONT_SIZE, MAX_DIVERGENCE_LABELS = 8.5, 5  # points; and labels of diverged runs, at most
ARROW_SIZE, ARROW_INSET, LABEL_INSET = (
    11.0,
    9.0,
    16.0,
)  # points: an arrow, and from the edge to its middle and to its words
MESSAGE_HEIGHT = 0.14  # of the height, from the foot to what an empty view says
LABEL_PADDING = 0.35  # letter heights between words and the edge of their slip
LOOK_BACK_STEPS = 4096  # steps before its end in which a run is looked for on the map


@dataclass(frozen=True)
class Annotation:
    """Words on an opaque slip of whole pixels, laid out once: a frame has no time for letters. ``arrow``: its place (1, 2), its
    mark and its color."""

    text: Text
    label_box: Bbox
    edge_color: str
    arrow: tuple[np.ndarray, Any, str] | None = None

    def draw(self, renderer: PathRenderer, theme: Theme) -> None:
        if self.arrow is not None:
            position, marker, color = self.arrow
            renderer.draw_markers(position, marker, ARROW_SIZE, color, theme.outline_color, 1.6)
        key = self.text.get_text(), self.label_box.bounds, self.edge_color, theme.name
        renderer.draw_cached(key, self.label_box, lambda: self._draw_label(renderer, theme))

    def _draw_label(self, renderer: PathRenderer, theme: Theme) -> None:
        line_width = max(round(renderer.backend_renderer.points_to_pixels(0.8)), 1)
        for bbox, color in (
            (self.label_box, self.edge_color),
            (self.label_box.padded(-line_width), theme.figure_background),
        ):
            renderer.fill_polygon(bbox.corners()[[0, 1, 3, 2]], color, 1.0, None)
        self.text.draw(renderer.backend_renderer)


def draw_empty_message(renderer: PathRenderer, view: View) -> None:
    """What to do where no run is shown."""
    assert view.scene is not None
    theme, bbox = view.scene.theme, view.axes.bbox
    message = (
        tr("Every run is hidden: tick one in the side panel")
        if view.scene.experiment.runs
        else tr("No runs yet: add one in the side panel")
    )
    label = layout_label(
        renderer,
        view,
        message,
        np.array([(bbox.x0 + bbox.x1) / 2, bbox.y0 + MESSAGE_HEIGHT * bbox.height]),
        "center",
        theme.muted_text,
    )
    if label is not None:
        label.draw(renderer, theme)


def draw_divergence_labels(renderer: PathRenderer, view: View) -> None:
    """For each run that has diverged by now an arrow where it left the map, and when that was. They are laid out when another
    one comes, or when the view has changed."""
    assert view.scene is not None
    step = view.scene.race.step
    diverged_runs = [
        (track, style)
        for track, style in view.scene.visible_runs
        if track.diverged_at is not None and step > track.last_step
    ]
    if view.divergence_labels is None or view.divergence_labels[0] != diverged_runs:
        labels: list[Annotation] = []
        for trajectory, style in diverged_runs[:MAX_DIVERGENCE_LABELS]:
            labels += filter(
                None,
                [layout_divergence_label(renderer, view, trajectory, style, [label.label_box for label in labels])],
            )
        view.divergence_labels = diverged_runs, labels
    for label in view.divergence_labels[1]:
        label.draw(renderer, view.scene.theme)


def layout_divergence_label(
    renderer: PathRenderer, view: View, trajectory: Trajectory, style: Style, occupied: list[Bbox]
) -> Annotation | None:
    """Of one such run; its words keep clear of what is ``taken`` already. None where it was never on the map, or has no room."""
    assert view.scene is not None
    first_step, pixels_per_point = (
        max(trajectory.last_step - LOOK_BACK_STEPS, 0),
        renderer.backend_renderer.points_to_pixels(1.0),
    )
    points, bbox = view.pixels_between(trajectory, first_step, trajectory.last_step)[0], view.axes.bbox
    path_exit = exit_point(points, bbox)
    if path_exit is None:
        return None
    position, direction = path_exit
    arrow = None
    if direction.any():
        arrow_position = np.clip(
            position, bbox.min + ARROW_INSET * pixels_per_point, bbox.max - ARROW_INSET * pixels_per_point
        )[None]
        arrow = arrow_position, (3, 0, math.degrees(math.atan2(direction[1], direction[0])) - 90), style.color
    on_left = position[0] < (bbox.x0 + bbox.x1) / 2
    label_position = np.clip(
        position, bbox.min + LABEL_INSET * pixels_per_point, bbox.max - LABEL_INSET * pixels_per_point
    ) + np.array([(LABEL_INSET if on_left else -LABEL_INSET) * pixels_per_point, 0.0])
    message = tr("{name} diverged at {step:,}", name=trajectory.method.name, step=trajectory.diverged_at)
    for line_offset in (0, -1, 1, -2, 2, -3, 3, -4, 4):
        shifted_position = label_position + np.array([0.0, line_offset * 2.2 * FONT_SIZE * pixels_per_point])
        label = layout_label(
            renderer,
            view,
            message,
            shifted_position,
            "left" if on_left else "right",
            view.scene.theme.text,
            style.color,
            arrow,
        )
        if label is not None and not any(
            label.label_box.padded(2 * pixels_per_point).overlaps(other) for other in occupied
        ):
            return label
    return None


def exit_point(points: np.ndarray, bbox: BboxBase) -> tuple[np.ndarray, np.ndarray] | None:
    """Where the line through points (n, 2) is seen in a box for the last time, and which way it goes there: (0, 0) where it ends
    within. None where it is never in it."""
    with np.errstate(all="ignore"):
        deltas = points[1:] - points[:-1]
        crossings = np.sort([(bbox.min - points[:-1]) / deltas, (bbox.max - points[:-1]) / deltas], axis=0)
        enter, leave = (
            np.fmax.reduce(crossings[0], axis=1, initial=0.0),
            np.fmin.reduce(crossings[1], axis=1, initial=1.0),
        )
        crossing = np.flatnonzero((enter < leave) & np.isfinite(deltas).all(axis=1))
    inside = np.flatnonzero(((points >= bbox.min) & (points <= bbox.max)).all(axis=1))
    if inside.size and (not crossing.size or inside[-1] > crossing[-1]):
        return points[inside[-1]], np.zeros(2)
    if not crossing.size:
        return None
    last_segment = int(crossing[-1])
    return points[last_segment] + leave[last_segment] * deltas[last_segment], deltas[last_segment]


def layout_label(
    renderer: PathRenderer,
    view: View,
    message: str,
    position: np.ndarray,
    align: str,
    color: str,
    edge_color: str = "",
    arrow: tuple[np.ndarray, Any, str] | None = None,
) -> Annotation | None:
    """Words on a slip of the theme's face; None where there is no room for them within the axes."""
    assert view.scene is not None
    text = Text(*position, message, fontsize=FONT_SIZE, color=color, ha=align, va="center", parse_math=False)
    text.set_figure(view.figure)
    bbox, axes_bbox = text.get_window_extent(renderer.backend_renderer), view.axes.bbox
    bbox = bbox.padded(LABEL_PADDING * FONT_SIZE * renderer.backend_renderer.points_to_pixels(1.0))
    label_box = Bbox([np.floor(bbox.min), np.ceil(bbox.max)])
    if (label_box.min < axes_bbox.min).any() or (label_box.max > axes_bbox.max).any():
        return None
    return Annotation(text, label_box, edge_color or view.scene.theme.divider, arrow)
