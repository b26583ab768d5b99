"""The contract of all views."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.plotting import text_fitting
from app.plotting.axes_layout import AxesLayout
from app.plotting.path_renderer import PathRenderer
from app.views.annotations import draw_empty_message
from app.views.hit_testing import HitTester
from app.views.scene import Scene

PATH_WIDTH = 2.3  # points
PATH_BLOCK = 128  # steps per polyline; the cost of Agg grows faster than linearly where a line crosses itself
AXIS_LINE_WIDTH = 0.6  # points
MARKER_SIZE, SELECTED_MARKER_SIZE = 8.5, 9.5  # points
HOLLOW_EDGE = 2.2  # points; the edge of a hollow marker
RING_SIZE = 16.0  # points; the diameter of the ring around a marker or a highlighted step


class View(AxesLayout, ABC):
    """Base class of all views.

    A view draws a scene on the axes of a figure. It uses no Qt, so the canvas of the window and the figure export
    share it. Static artists (axes, surface, labels) belong to matplotlib and are drawn with the figure. Everything that
    moves is drawn over them through a :class:`PathRenderer`.

    Subclasses set ``id`` and ``title`` and implement ``build_static_artists``, ``coordinates`` and ``to_screen``. Views
    that draw the path of each run derive from :class:`~app.views.path_view.PathView`.

    Parameters
    ----------
    figure
        The figure; the view adds its axes to it.

    Attributes
    ----------
    id, title
        Key in ``VIEWS``, and the name in the window (a translatable text).
    shown_initially
        Whether the window shows the view at the first start, and a figure of all views includes it.
    scene
        What is shown; None before the first ``show_scene``.
    low_quality
        Whether paths are redrawn many times per second, for example during a drag. Then they are decimated more and
        drawn in longer pieces.
    interacting
        Whether the static part is redrawn many times per second as well. Then the margins stay as they are.
    has_changed_artists
        Whether ``update_scene`` has changed static artists that ``draw_changed_artists`` can draw without a full draw.
    shows_hints
        Whether a view without visible runs shows a message.
    tight_limits
        Whether axes end where the paths end. Set this before ``show_scene``, for figures to which no steps are added.
    truncates_replicas
        Whether replicas end at the displayed step, as in the window; figures get a race whose replicas end there.
    detail_scale
        Factor on the resolution to which paths are decimated; above 1 in vector files, whose pixels are coarse.
    text_bounds
        Bounding boxes (pixels) of the texts inside the axes that a hover label must not cover.
    selected_on_top
        Whether whole paths are drawn with the selected run over all others, instead of in the order of time.
    hit_tester
        Cache of ``nearest_step``. Set it to None when the paths on the screen have changed.

    Notes
    -----
    The caller calls the methods in this order:

    1. ``show_scene`` for a new surface, theme or option; for another race on the same surface ``update_scene``, whose
       result tells whether a full draw is needed.
    2. ``add_deferred_artists`` after the first paint.
    3. ``expand_limits_if_needed`` and ``fit_labels`` before each full draw of the figure.
    4. ``draw_background_paths``, ``draw_paths`` up to some step, and ``draw_path_segments`` for the steps after it. The
       canvas keeps bitmaps of the first two; blocks of ``PATH_BLOCK`` steps are added to the second when they are full.
    5. ``draw_current_markers`` and ``draw_step_ring`` in each frame.

    There are three coordinate systems: x and y of the surface; the coordinates of the view, (n, k), which
    ``coordinates`` returns; and pixels, (n, 2), from the lower left corner of the figure, which ``to_screen`` returns.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    shown_initially: ClassVar[bool] = True
    interacting: bool = False
    has_changed_artists: bool = False
    shows_hints: bool = False
    tight_limits: bool = False
    truncates_replicas: bool = False
    detail_scale: float = 1.0

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.scene: Scene | None = None
        self.low_quality = False
        self.text_bounds: list[Bbox] = []
        self.hit_tester: HitTester | None = None
        self.selected_on_top = False

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return whether the view has anything to show for the surface of a scene."""
        return True

    # Static artists

    def show_scene(self, scene: Scene) -> None:
        """Clear the axes and build the static artists for a scene, in its theme."""
        self.scene = scene
        theme = scene.theme
        self.figure.set_facecolor(theme.figure_background)
        self.axes.clear()
        self.axes.set_facecolor(theme.figure_background)
        self.axes.tick_params(
            color=theme.divider, labelcolor=theme.muted_text, labelsize=8.5, length=3, width=AXIS_LINE_WIDTH
        )
        self.axes.tick_params(which="minor", color=theme.divider, length=2, width=AXIS_LINE_WIDTH)
        for spine in self.axes.spines.values():
            spine.set(color=theme.divider, linewidth=AXIS_LINE_WIDTH)
        self.build_static_artists(scene)
        for label in (self.axes.xaxis.label, self.axes.yaxis.label):
            label.set(color=theme.muted_text, fontsize=text_fitting.LABEL_FONT_SIZE)

    def update_scene(self, scene: Scene) -> bool:
        """Switch to the scene of another race on the same surface; return whether a full draw is still needed."""
        self.scene = scene
        return False

    def show_surface_quickly(self, scene: Scene) -> bool:
        """Switch to another surface over the same bounds in low quality; return whether the view can do that."""
        return False

    def add_deferred_artists(self) -> bool:
        """Add the artists that are slow to make and can follow the first paint; return whether there are any."""
        return False

    @abstractmethod
    def build_static_artists(self, scene: Scene) -> None:
        """Add the static artists to ``self.axes``, which are empty; ``show_scene`` calls this."""

    def expand_limits_if_needed(self, race: Race, include_background: bool = False) -> bool:
        """Expand the axis limits if the runs have left them; return whether a full draw is needed.

        With ``include_background`` the paths of branches and replicas count as well.
        """
        return False

    def draw_changed_artists(self, renderer: PathRenderer) -> None:
        """Draw static artists over what they showed before ``has_changed_artists`` was set, and clear that."""

    # Coordinates

    @abstractmethod
    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return the view coordinates (n, k) of a run after each of ``steps`` (n,)."""

    @abstractmethod
    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the pixels (n, 2) of view coordinates (n, k), and which are hidden (n,), None if none can be."""

    def pixel_positions(self, trajectory: Trajectory, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the pixels (n, 2) of a run after each of ``steps`` (n,), and which of them are hidden (n,)."""
        return self.to_screen(self.coordinates(trajectory, steps))

    def pixels_between(
        self, trajectory: Trajectory, first_step: int, last_step: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return ``pixel_positions`` for the steps ``first_step`` to ``last_step``, both included."""
        return self.pixel_positions(trajectory, np.arange(first_step, min(last_step, trajectory.last_step) + 1))

    def is_inside(self, point: np.ndarray) -> bool:
        """Return whether a pixel (2,) lies on the axes; on their edge too, so that a marker there is drawn whole."""
        bbox, (x, y) = self.axes.bbox, point
        return bool(bbox.x0 - 1 <= x <= bbox.x1 + 1 and bbox.y0 - 1 <= y <= bbox.y1 + 1)

    # Moving parts, from bottom to top

    def draw_background_paths(
        self, renderer: PathRenderer, drawn_steps: dict[Trajectory, int], deadline: float = math.inf
    ) -> bool:
        """Draw the pale paths of replicas and branches; return whether all are drawn.

        ``drawn_steps`` maps each of them to the step up to which it is drawn already, and is updated. After
        ``deadline``, a time of ``perf_counter``, a view may leave the others for another call.
        """
        return True

    def draw_ghosts(self, renderer: PathRenderer) -> None:
        """Draw the ghosts of the scene, which the paths cover up to the displayed step."""

    def draw_underlay(self, renderer: PathRenderer) -> None:
        """Draw the markers that lie below the paths; ``draw_paths`` calls this."""

    def draw_paths(self, renderer: PathRenderer, last_step: int) -> None:
        """Draw the whole path of every visible run up to ``last_step``."""

    def draw_path_segments(self, renderer: PathRenderer, first_step: int, last_step: int) -> None:
        """Draw the segments of steps ``first_step`` + 1 to ``last_step`` of every visible run."""

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw the marker of each run at its current position, the selected run last; a cross if it has diverged."""
        assert self.scene is not None
        scene = self.scene
        visible_runs, step, outline_color = scene.visible_runs, scene.race.step, scene.theme.outline_color
        if not visible_runs:
            if self.shows_hints:
                draw_empty_message(renderer, self.axes, scene.theme, has_runs=bool(scene.experiment.runs))
            return
        points, hidden = self.to_screen(
            np.concatenate(
                [
                    self.coordinates(trajectory, np.array([min(step, trajectory.last_step)]))
                    for trajectory, _ in visible_runs
                ]
            )
        )
        for k in sorted(range(len(visible_runs)), key=lambda k: visible_runs[k][0] is scene.selected_trajectory):
            trajectory, style = visible_runs[k]
            if not self.is_inside(points[k]):
                continue
            position, size = points[k : k + 1], MARKER_SIZE
            if trajectory is scene.selected_trajectory:
                size = SELECTED_MARKER_SIZE
                renderer.draw_markers(position, "o", RING_SIZE, "none", outline_color, 3.4)
                renderer.draw_markers(position, "o", RING_SIZE, "none", scene.theme.accent, 1.8)
            color = style.pale_color if hidden is not None and hidden[k] else style.color
            if trajectory.diverged_at is not None and step > trajectory.last_step:
                renderer.draw_markers(position, "x", size, color, style.color, 2.8)
            elif self.is_hollow(trajectory):
                renderer.draw_markers(position, style.marker, size, outline_color, outline_color, HOLLOW_EDGE + 2.0)
                renderer.draw_markers(position, style.marker, size, outline_color, color, HOLLOW_EDGE)
            else:
                renderer.draw_markers(position, style.marker, size, color, outline_color, 1.4)

    def is_hollow(self, trajectory: Trajectory) -> bool:
        """Return whether the current marker of a run is hollow, because its loss is not that of the plot there."""
        return False

    def draw_probe(self, renderer: PathRenderer, probe: Trajectory) -> None:
        """Draw the path of a run that does not belong to the experiment."""

    def draw_step_ring(self, renderer: PathRenderer, index: int, step: int) -> None:
        """Highlight a step of the run with this index."""
        assert self.scene is not None
        point = self.pixel_positions(self.scene.race.trajectories[index], np.array([step]))[0]
        if self.is_inside(point[0]):
            renderer.draw_markers(point, "o", RING_SIZE, "none", self.scene.theme.outline_color, 3.8)
            renderer.draw_markers(point, "o", RING_SIZE, "none", self.scene.theme.text, 1.8)

    def redraw(self, renderer: PathRenderer, last_step: int) -> None:
        """Draw all moving parts up to ``last_step`` except the current markers."""
        self.draw_background_paths(renderer, {})
        self.draw_paths(renderer, last_step)

    def nearest_step(self, pixel: tuple[float, float], max_distance: float) -> tuple[int, int] | None:
        """Return the index of the run and the step whose path is nearest to a pixel, None if none is so near."""
        return None

    def summary(self) -> str:
        """Return in words, translated, what the view shows besides the paths; empty for the paths alone."""
        return ""

    def readout(self, pixel: tuple[float, float]) -> list[tuple[str, str]]:
        """Return names and values, translated, of what is at a pixel where there is no path."""
        return []
