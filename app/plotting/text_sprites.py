"""Texts with an outline that are drawn in every frame: laid out once and copied, or drawn as text in a vector file."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from app.plotting.path_renderer import PathRenderer

OUTLINE_WIDTH = 2.6  # points
PADDING = 2.0  # points around a text, for its outline


class TextSprites:
    """The texts of a figure in one font size (points), kept until ``clear``."""

    def __init__(self, figure: Figure, font_size: float) -> None:
        self.figure, self.font_size = figure, font_size
        self._texts: dict[tuple[str, str, str, float], tuple[Text, tuple[int, int], np.ndarray | None]] = {}

    def clear(self) -> None:
        """Discard all texts, because the font or the theme has changed."""
        self._texts.clear()

    def size(self, renderer: PathRenderer, message: str, color: str, outline_color: str) -> tuple[int, int]:
        """Return the width and the height of a text with its padding in pixels."""
        return self._get(renderer, message, color, outline_color)[1]

    def draw(
        self, renderer: PathRenderer, message: str, color: str, outline_color: str, corner: tuple[float, float]
    ) -> None:
        """Draw a text whose box has its lower left corner at a pixel."""
        text, (width, height), image = self._get(renderer, message, color, outline_color)
        x, y = round(corner[0]), round(corner[1])
        backend_renderer = renderer.backend_renderer
        if not hasattr(backend_renderer, "copy_from_bbox"):  # a vector backend
            text.set_position((x + width / 2, y + height / 2))
            text.draw(backend_renderer)
            return
        if image is None:
            image = self._render(text, width, height)
            self._texts[self._key(message, color, outline_color)] = text, (width, height), image
        backend_renderer.draw_image(backend_renderer.new_gc(), x, y, image)

    def _key(self, message: str, color: str, outline_color: str) -> tuple[str, str, str, float]:
        return message, color, outline_color, self.figure.dpi

    def _get(
        self, renderer: PathRenderer, message: str, color: str, outline_color: str
    ) -> tuple[Text, tuple[int, int], np.ndarray | None]:
        key = self._key(message, color, outline_color)
        if key not in self._texts:
            text = Text(0, 0, message, fontsize=self.font_size, color=color, ha="center", va="center", parse_math=False)
            text.set_path_effects([withStroke(linewidth=OUTLINE_WIDTH, foreground=outline_color)])
            text.set_figure(self.figure)
            bbox = text.get_window_extent(renderer.backend_renderer)
            padding = 2 * PADDING * renderer.backend_renderer.points_to_pixels(1.0)
            self._texts[key] = text, (math.ceil(bbox.width + padding), math.ceil(bbox.height + padding)), None
        return self._texts[key]

    def _render(self, text: Text, width: int, height: int) -> np.ndarray:
        renderer = RendererAgg(width, height, self.figure.dpi)
        text.set_position((width / 2, height / 2))
        text.draw(renderer)
        return np.array(renderer.buffer_rgba())[::-1]  # images have their first row at the bottom
