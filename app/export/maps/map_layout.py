"""Layout of the figure of a map: a title and a caption above, axes on the left, a key on the right."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from app.export.options import Options
from app.plotting.text_fitting import LABEL_FONT_SIZE, shrink_to_fit
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

MAP_SIZE = (9.6, 6.6)  # inches
MIN_MAP_SIZE = (6.0, 4.0)
# Inches
MARGIN, LEFT, BOTTOM, TOP, TOP_WITHOUT_TITLE, KEY_WIDTH, GAP = 0.18, 0.72, 0.6, 0.8, 0.22, 2.55, 0.22
ROW_HEIGHT, SWATCH_WIDTH, SWATCH_HEIGHT, HEADING_HEIGHT = 0.235, 0.3, 0.155, 0.29
TITLE_FONT_SIZE, CAPTION_FONT_SIZE, KEY_FONT_SIZE = 14.0, 10.0, 9.0  # points


def check_map_size(options: Options) -> None:
    """Raise ExperimentError if the size of a figure is too small for a map and its key."""
    if any(side < minimum for side, minimum in zip(options.size, MIN_MAP_SIZE, strict=True)):
        raise ExperimentError(
            tr(
                "the figure of a map must be at least {width:g} x {height:g} inches",
                width=MIN_MAP_SIZE[0],
                height=MIN_MAP_SIZE[1],
            )
        )


class MapLayout:
    """The figure of a map.

    Attributes
    ----------
    figure : Figure
        With title and caption, if the options include a title.
    key : Key
        The column to the right of the axes.
    """

    def __init__(self, options: Options, title: str, caption: str) -> None:
        check_map_size(options)
        width, height = options.size
        self.theme, self.width, self.height = options.theme, width, height
        self.figure = Figure(figsize=options.size, dpi=options.dpi, facecolor=self.theme.figure_background)
        FigureCanvasAgg(self.figure)
        self.top = TOP if options.title else TOP_WITHOUT_TITLE
        if options.title:
            available = (width - 2 * MARGIN) * options.dpi
            for text, offset, size, color, weight in (
                (title, 0.28, TITLE_FONT_SIZE, self.theme.text, "bold"),
                (caption, 0.56, CAPTION_FONT_SIZE, self.theme.muted_text, "normal"),
            ):
                artist = self.figure.text(MARGIN / width, 1 - offset / height, text, va="center", parse_math=False)
                artist.set(fontsize=size, color=color, fontweight=weight)
                shrink_to_fit(artist, size, available)
        self.key = Key(self.figure, self.theme, width - KEY_WIDTH, height - self.top)

    def add_axes(self, first: float = 0.0, last: float = 1.0) -> Axes:
        """Add axes, from a fraction of the available height to another one, the uppermost at 0."""
        body = self.height - self.top - BOTTOM
        bottom = BOTTOM + (1 - last) * body
        axes = self.figure.add_axes(
            (
                LEFT / self.width,
                bottom / self.height,
                (self.width - LEFT - KEY_WIDTH - GAP) / self.width,
                (last - first) * body / self.height,
            )
        )
        theme = self.theme
        axes.set_facecolor(theme.figure_background)
        axes.tick_params(which="both", color=theme.divider, labelcolor=theme.muted_text, labelsize=8.5, length=3)
        for spine in axes.spines.values():
            spine.set(color=theme.control_border, linewidth=0.8)
        return axes

    def label_axes(self, axes: Axes, x_label: str, y_label: str) -> None:
        """Set the labels of the axes."""
        style: dict[str, Any] = {"color": self.theme.muted_text, "fontsize": LABEL_FONT_SIZE}
        axes.set_xlabel(x_label, **style)
        axes.set_ylabel(y_label, **style)
        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        bbox = axes.yaxis.get_tightbbox(renderer)
        missing = 0.0 if bbox is None else MARGIN / 2 / self.width - bbox.x0 / self.figure.bbox.width
        if missing > 0:  # wide tick labels
            left, bottom, width, height = axes.get_position().bounds
            axes.set_position((left + missing, bottom, width - missing, height))


class Key:
    """The explanation of colors and marks, written from the top down; coordinates are inches."""

    def __init__(self, figure: Figure, theme: Theme, left: float, top: float) -> None:
        self.theme, (width, height) = theme, figure.get_size_inches()
        self.left, self.y, self.right = 0.0, top, KEY_WIDTH - MARGIN
        self.axes = figure.add_axes((left / width, 0.0, KEY_WIDTH / width, 1.0))
        self.axes.set(xlim=(0, KEY_WIDTH), ylim=(0, height))
        self.axes.axis("off")

    @property
    def rows_left(self) -> int:
        """The number of rows for which there is space."""
        return int((self.y - MARGIN) / ROW_HEIGHT)

    def heading(self, text: str) -> None:
        """Write a heading."""
        self.y -= HEADING_HEIGHT
        artist = self._text(self.left, text, "left", fontweight="bold", color=self.theme.text)
        shrink_to_fit(artist, KEY_FONT_SIZE, self._pixels(self.right))

    def row(self, text: str, value: str = "", **swatch: Any) -> None:
        """Write a row with a swatch, drawn with arguments of Rectangle, a text and a value at the right edge."""
        self.y -= ROW_HEIGHT
        style = {"linewidth": 0.7, "edgecolor": self.theme.control_border, **swatch}
        self.axes.add_patch(Rectangle((self.left, self.y - SWATCH_HEIGHT / 2), SWATCH_WIDTH, SWATCH_HEIGHT, **style))
        self._row_text(text, value)

    def mark_row(self, text: str, value: str = "", **line: Any) -> None:
        """Write a row with a line or a marker, drawn with arguments of ``Axes.plot``."""
        self.y -= ROW_HEIGHT
        xs = [self.left, self.left + SWATCH_WIDTH / 2, self.left + SWATCH_WIDTH]
        self.axes.plot(xs, [self.y] * len(xs), **line, markevery=[1])
        self._row_text(text, value)

    def note(self, text: str) -> None:
        """Write a line below the text of a row."""
        self.y -= ROW_HEIGHT
        left = self.left + SWATCH_WIDTH + 0.1
        shrink_to_fit(self._text(left, text, "left"), KEY_FONT_SIZE, self._pixels(self.right - left))

    def bar(self, colors: np.ndarray, labels: dict[float, str]) -> None:
        """Draw a bar of colors (n, 3) with labels below at fractions of its width."""
        self.y -= ROW_HEIGHT
        width = self.right - 0.1
        extent = (self.left, self.left + width, self.y - SWATCH_HEIGHT / 2, self.y + SWATCH_HEIGHT / 2)
        self.axes.imshow(colors[None], extent=extent, aspect="auto", interpolation="bilinear", zorder=1)
        self.axes.set(xlim=(0, KEY_WIDTH))
        self.y -= ROW_HEIGHT * 0.8
        for fraction, label in labels.items():
            align = "left" if fraction == 0 else "right" if fraction == 1 else "center"
            self._text(self.left + fraction * width, label, align)

    def _row_text(self, text: str, value: str) -> None:
        left, width = self.left + SWATCH_WIDTH + 0.1, 0.0
        if value:
            width = self._text(self.right, value, "right").get_window_extent().width + self._pixels(0.08)
        artist = self._text(left, text, "left", color=self.theme.text)
        shrink_to_fit(artist, KEY_FONT_SIZE, self._pixels(self.right - left) - width)

    def _text(self, x: float, text: str, align: Any, **style: Any) -> Any:
        style = {"color": self.theme.muted_text, "fontsize": KEY_FONT_SIZE, **style}
        return self.axes.text(x, self.y, text, ha=align, va="center", parse_math=False, **style)

    def _pixels(self, inches: float) -> float:
        return inches * self.axes.figure.dpi
