"""Labels of the arrows, lines and points of a step: never over each other, and over nothing else if possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.transforms import BboxBase

from app.analysis.step_arrows import STEP
from app.plotting.arrow_renderer import ArrowStyle
from app.plotting.label_placement import LabelPlacement, centers_around, centers_beside
from app.plotting.path_renderer import PathRenderer
from app.plotting.text_sprites import TextSprites
from app.theming.theme import Theme
from app.views.arrow_styles import PREVIEW, arrow_label, arrow_style, point_label, split_point_name

GAP = 3.0  # points between an arrow and its label
MIN_LABELED_LENGTH = 10.0  # points; a shorter arrow has no label
MAX_POINT_LABELS = 12
MANY_POINTS = 4  # of one name, from which only the name is written once
LINE_PLACES = 8  # along a line, at which its label may stand
OBSTACLE_SAMPLES = 9  # per arrow


class StepArrowLabels:
    """Places and draws the labels of one frame; ``placement.boxes`` are those that are drawn."""

    def __init__(self, renderer: PathRenderer, sprites: TextSprites, bbox: BboxBase, theme: Theme) -> None:
        self.renderer, self.sprites, self.bbox, self.theme = renderer, sprites, bbox, theme
        self.scale = renderer.backend_renderer.points_to_pixels(1.0)
        self.placement = LabelPlacement(bbox, np.empty((0, 2)), [])

    def avoid(self, arrows: Sequence[np.ndarray], points: np.ndarray) -> None:
        """Keep labels off arrows, each given by pixels (n, 2), and off points (k, 2) as far as possible."""
        fractions = np.linspace(0.0, 1.0, OBSTACLE_SAMPLES)[:, None]
        samples = [each[0] * (1 - fractions) + each[-1] * fractions for each in arrows]
        self.placement = LabelPlacement(self.bbox, np.concatenate([points, *samples]), [])

    def draw_arrows(self, arrows: Sequence[tuple[str, np.ndarray, ArrowStyle]], is_next: bool) -> None:
        """Draw the names of arrows beside them, that of the step first."""
        for name, points, style in sorted(arrows, key=lambda each: each[0] not in (STEP, PREVIEW)):
            visible = points[np.isfinite(points).all(axis=1)]
            if len(visible) > 1 and np.hypot(*(visible[-1] - visible[0])) >= MIN_LABELED_LENGTH * self.scale:
                message, gap = arrow_label(name, is_next), (GAP + style.width) * self.scale
                self._draw(message, style.color, centers_beside(visible, self._size(message, style.color), gap))

    def draw_lines(self, lines: Mapping[str, tuple[np.ndarray, np.ndarray | None]]) -> None:
        """Draw the names of lines beside one of their points."""
        for name, (points, hidden) in lines.items():
            visible = points if hidden is None else points[~hidden]
            visible = visible[np.isfinite(visible).all(axis=1)][:: max(len(visible) // LINE_PLACES, 1)]
            if len(visible):
                self._draw_around(arrow_label(name), arrow_style(name, self.theme).color, visible)

    def draw_points(self, names: Sequence[str], positions: np.ndarray, color: str) -> None:
        """Draw the names of points (n, 2); the name of many points only once."""
        bases = [split_point_name(name)[0] for name in names]
        counts, labeled = Counter(bases), set()
        for name, base, position in list(zip(names, bases, positions, strict=True))[:MAX_POINT_LABELS]:
            are_many = counts[base] >= MANY_POINTS
            if not np.isfinite(position).all() or (are_many and base in labeled):
                continue
            labeled.add(base)
            number = split_point_name(name)[1]
            text = point_label(base, are_many)
            message = text if number is None or are_many or counts[base] == 1 else f"{text} {number}"
            self._draw_around(message, color, position[None])

    def _size(self, message: str, color: str) -> tuple[int, int]:
        return self.sprites.size(self.renderer, message, color, self.theme.outline_color)

    def _draw_around(self, message: str, color: str, points: np.ndarray) -> None:
        size = self._size(message, color)
        self._draw(message, color, np.concatenate([centers_around(each, size, GAP * self.scale) for each in points]))

    def _draw(self, message: str, color: str, centers: np.ndarray) -> None:
        corner = self.placement.place(centers, self._size(message, color))
        if corner is not None:
            self.sprites.draw(self.renderer, message, color, self.theme.outline_color, corner)
