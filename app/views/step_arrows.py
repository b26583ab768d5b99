"""The arrows of a step over the contour plot and the 3D surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from app.analysis.search_shapes import UNIT_CIRCLE
from app.analysis.step_arrows import DESCENT, StepArrows, step_arrows
from app.plotting.arrow_renderer import ArrowStyle, draw_arrow
from app.plotting.path_renderer import PathRenderer
from app.plotting.text_sprites import TextSprites
from app.theming.theme import Style
from app.views.arrow_styles import (
    AXIS_SCALES,
    PALE,
    PREVIEW,
    STEEPEST,
    arrow_style,
    point_marker,
    split_point_name,
)
from app.views.scene import Scene
from app.views.step_arrow_labels import StepArrowLabels
from surfaces.surface import Bounds

FONT_SIZE = 8.5  # points
DESCENT_LENGTHS = 30.0, 0.2  # points at least, fraction of the smaller side of the axes at most
DESCENT_RATIO = 0.8  # of the longest arrow
POINT_SIZE, POINT_WIDTH, POINT_OUTLINE = 4.5, 1.3, 3.0  # points
PARABOLA_SAMPLES = 65
HIDDEN_WIDTH_FACTOR = 0.5


@dataclass(frozen=True)
class ArrowEmphasis:
    """What is emphasized: the name of an arrow or a point, "" for none, and where a changed step would end."""

    highlighted: str = ""
    previewed_after: tuple[float, float] | None = None


class PlaneView(Protocol):
    """What the arrows need of a view."""

    scene: Scene | None
    figure: Figure
    line_samples: int

    @property
    def axes(self) -> Axes:
        """The axes of the view."""

    @property
    def visible_bounds(self) -> Bounds:
        """The part of the plane that is shown."""

    def plane_to_screen(
        self, points: np.ndarray, losses: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the pixels (n, 2) of x and y (n, 2), and which of them are hidden (n,), None if none can be."""


class DrawnArrow(NamedTuple):
    """An arrow in pixels: its names, its points and which of them are hidden, and how it is drawn."""

    names: tuple[str, ...]
    points: np.ndarray
    hidden: np.ndarray | None
    style: ArrowStyle


class StepArrowOverlay:
    """Draws the arrows of one run in a view.

    Attributes
    ----------
    emphasis
        What is emphasized; it takes effect with the next frame.
    label_boxes
        The lower left and the upper right corners (n, 2, 2) of the labels in the last frame, in pixels.
    """

    def __init__(self, view: PlaneView) -> None:
        self.view = view
        self.emphasis = ArrowEmphasis()
        self.sprites = TextSprites(view.figure, FONT_SIZE)
        self.label_boxes = np.empty((0, 2, 2))

    def current(self) -> tuple[StepArrows, Style] | None:
        """Return what is drawn now and the style of its run; None if there are no arrows."""
        scene = self.view.scene
        if scene is None or not scene.experiment.plot_options.step_arrows or scene.arrow_run is None:
            return None
        trajectory, style = scene.arrow_run
        arrows = step_arrows(trajectory, scene.race.step)
        return None if arrows is None else (arrows, style)

    def draw(self, renderer: PathRenderer) -> None:
        """Draw the arrows, the points and their labels, if they are switched on and there is a step."""
        current = self.current()
        self.label_boxes = np.empty((0, 2, 2))
        if current is None:
            return
        with np.errstate(all="ignore"):
            self._draw(renderer, *current)

    def _draw(self, renderer: PathRenderer, arrows: StepArrows, style: Style) -> None:
        scene, clip = self.view.scene, self.view.axes.bbox
        assert scene is not None
        outline = scene.theme.outline_color
        drawn = self.drawn_arrows(arrows)
        lines = self._lines(arrows)
        for points in arrows.outlines:
            self._draw_line(renderer, self.view.plane_to_screen(points), ArrowStyle(style.color, 1.3))
        for name, projected in lines.items():
            self._draw_line(renderer, projected, arrow_style(name, scene.theme))
        for names, points, hidden, arrow in drawn:
            highlighted = self.emphasis.highlighted in names
            if hidden is not None and hidden.any():
                pale = ArrowStyle(
                    scene.theme.blend(arrow.color, PALE, scene.theme.colormap_target),
                    arrow.width * HIDDEN_WIDTH_FACTOR,
                    arrow.dash,
                    arrow.has_filled_head,
                )
                draw_arrow(renderer, points, pale, outline, clip, highlighted)
                if hidden[-1]:
                    continue
                points = np.where(hidden[:, None], np.nan, points)
            draw_arrow(renderer, points, arrow, outline, clip, highlighted)
        positions = self._draw_points(renderer, arrows, style)
        labels = StepArrowLabels(renderer, self.sprites, self.view.axes.bbox, scene.theme)
        labels.avoid([each.points for each in drawn], positions)
        labels.draw_arrows([(each.names[0], each.points, each.style) for each in drawn], arrows.is_next)
        labels.draw_lines(lines)
        labels.draw_points(list(arrows.points), positions, style.color)
        self.label_boxes = labels.placement.boxes

    # Geometry

    def drawn_arrows(self, arrows: StepArrows) -> list[DrawnArrow]:
        """Return the arrows in pixels, in the order in which they are drawn."""
        scene = self.view.scene
        assert scene is not None
        segments: list[tuple[tuple[str, ...], tuple[float, float], tuple[float, float]]] = []
        if arrows.descent is not None:
            offset = self.descent_length(arrows) * np.array(arrows.descent)
            segments.append(((DESCENT,), arrows.before, (arrows.before[0] + offset[0], arrows.before[1] + offset[1])))
        segments += [(each.names, each.tail, each.tip) for each in reversed(arrows.arrows)]
        if self.emphasis.previewed_after is not None:
            segments.append(((PREVIEW,), arrows.before, self.emphasis.previewed_after))
        if not segments:
            return []
        count = self.view.line_samples
        fractions = np.linspace(0.0, 1.0, count)[:, None]
        points, hidden = self.view.plane_to_screen(
            np.concatenate([np.array(tail) * (1 - fractions) + np.array(tip) * fractions for _, tail, tip in segments])
        )
        return [
            DrawnArrow(
                names,
                points[k * count : (k + 1) * count],
                None if hidden is None else hidden[k * count : (k + 1) * count],
                arrow_style(names[0], scene.theme),
            )
            for k, (names, _, _) in enumerate(segments)
        ]

    def descent_length(self, arrows: StepArrows) -> float:
        """Return the length in the plane of the arrow of the negative gradient, which shows only its direction.

        It is a little shorter than the longest of the other arrows, within ``DESCENT_LENGTHS``.
        """
        assert arrows.descent is not None
        size = np.array(self.view.axes.bbox.size)
        pixels_per_unit = size / [high - low for low, high in self.view.visible_bounds]
        lengths = [float(np.hypot(*(np.subtract(each.tip, each.tail) * pixels_per_unit))) for each in arrows.arrows]
        least, most = DESCENT_LENGTHS[0] * self.view.figure.dpi / 72, DESCENT_LENGTHS[1] * float(size.min())
        length = min(max(DESCENT_RATIO * max(lengths, default=0.0), least), max(most, least))
        return length / float(np.hypot(*(np.array(arrows.descent) * pixels_per_unit)))

    def _lines(self, arrows: StepArrows) -> dict[str, tuple[np.ndarray, np.ndarray | None]]:
        """Return the lines that are not arrows, by name: pixels, and which of them are hidden."""
        lines = {}
        if arrows.axis_scales is not None and arrows.descent is not None:
            radius = self.descent_length(arrows)
            ellipse = np.array(arrows.before) + radius * np.array(arrows.axis_scales) * UNIT_CIRCLE
            lines[AXIS_SCALES] = self.view.plane_to_screen(ellipse)
        if arrows.steepest is not None:
            lines[STEEPEST] = self.view.plane_to_screen(*arrows.steepest.points(PARABOLA_SAMPLES))
        return lines

    # Drawing

    def _draw_line(
        self, renderer: PathRenderer, projected: tuple[np.ndarray, np.ndarray | None], style: ArrowStyle
    ) -> None:
        scene = self.view.scene
        assert scene is not None
        points, hidden = projected
        if hidden is not None:
            points = np.where(hidden[:, None], np.nan, points)
        renderer.draw_line(points, scene.theme.outline_color, style.width + 1.8, self.view.axes.bbox)
        renderer.draw_line(points, style.color, style.width, self.view.axes.bbox, dash=style.dash)

    def _draw_points(self, renderer: PathRenderer, arrows: StepArrows, style: Style) -> np.ndarray:
        """Draw the markers of the points; return their pixels (n, 2), nan for those that are not in the axes."""
        scene, bbox = self.view.scene, self.view.axes.bbox
        assert scene is not None
        if not arrows.points:
            return np.empty((0, 2))
        pixels, hidden = self.view.plane_to_screen(np.array(list(arrows.points.values())))
        inside: np.ndarray = np.array(((pixels > bbox.min) & (pixels < bbox.max)).all(axis=1))
        if hidden is not None:
            inside &= ~hidden
        pixels = np.where(inside[:, None], pixels, np.nan)
        bases = [split_point_name(name)[0] for name in arrows.points]
        for marker in dict.fromkeys(map(point_marker, bases)):
            chosen = pixels[[point_marker(base) == marker for base in bases]]
            for color, width in ((scene.theme.outline_color, POINT_OUTLINE), (style.color, POINT_WIDTH)):
                renderer.draw_markers(chosen, marker, POINT_SIZE, "none", color, width)
        if self.emphasis.highlighted in arrows.points:
            chosen = pixels[[name == self.emphasis.highlighted for name in arrows.points]]
            for color, width in ((scene.theme.outline_color, POINT_OUTLINE), (scene.theme.accent, POINT_WIDTH)):
                renderer.draw_markers(chosen, "o", 3 * POINT_SIZE, "none", color, width + 1)
        return pixels
