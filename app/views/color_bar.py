"""The slim color bar next to a plot, with the losses or other values of some colors."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Bbox

from app.analysis.height_map import HeightMap
from app.theming.theme import Theme
from app.utils.number_format import distinct_labels
from app.views.contour_levels import FILLED_LEVELS, LABEL_DIGITS

WIDTH, GAP, TICK_GAP = 0.09, 0.08, 0.05  # inches: the bar, from the axes to the bar, and from there to its labels
MIN_TICK_SPACING = 0.22  # inches between two labels
TICK_FONT_SIZE = 7.5  # points
TICK_COUNT = 5


class ColorBar:
    """The color bar of axes, which moves with them, with ``ticks`` at positions from 0 to 1, ascending.

    Attributes
    ----------
    axes
        The axes of the bar itself.
    space
        Inches on the right of the plot that bar and labels need.
    """

    def __init__(self, parent: Axes, ticks: list[tuple[float, str]], theme: Theme, colormap: Colormap) -> None:
        self.parent = parent
        self.axes = parent.inset_axes((1.0, 0.0, 0.1, 1.0))
        self.axes.set_axes_locator(self._locate)
        levels = np.linspace(0.0, 1.0, FILLED_LEVELS + 1)
        self.axes.pcolormesh(
            [0.0, 1.0], levels, (levels[:-1, None] + levels[1:, None]) / 2, cmap=colormap, vmin=0.0, vmax=1.0
        )
        self.axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0), xticks=[])
        for spine in self.axes.spines.values():
            spine.set(color=theme.divider, linewidth=0.6)
        self.axes.yaxis.tick_right()
        self.axes.tick_params(
            axis="y", length=2, width=0.6, pad=2, color=theme.divider, labelcolor=theme.muted_text,
            labelsize=TICK_FONT_SIZE,
        )  # fmt: skip
        self.ticks = ticks
        self.space = GAP + WIDTH + TICK_GAP + self._label_width()

    def _label_width(self) -> float:
        figure = self.parent.figure
        backend_renderer, font = figure.canvas.get_renderer(), FontProperties(size=TICK_FONT_SIZE)  # type: ignore[attr-defined]
        widths = [backend_renderer.get_text_width_height_descent(label, font, False)[0] for _, label in self.ticks]
        return max(widths, default=0.0) / figure.dpi

    def _locate(self, axes: object, renderer: object) -> Bbox:
        """Return the place of the bar, in fractions of the figure."""
        figure, bbox = self.parent.figure, self.parent.bbox
        left = bbox.x1 + GAP * figure.dpi
        pixels = Bbox.from_extents(left, bbox.y0, left + WIDTH * figure.dpi, bbox.y1)
        return pixels.transformed(figure.transFigure.inverted())

    def fit_ticks(self) -> None:
        """Label as many losses as fit, from the highest one down."""
        height = self.parent.bbox.height / self.parent.figure.dpi
        shown: list[tuple[float, str]] = []
        for position, label in reversed(self.ticks):
            if not shown or (shown[-1][0] - position) * height >= MIN_TICK_SPACING:
                shown.append((position, label))
        self.axes.set_yticks([position for position, _ in shown], [label for _, label in shown])


def bar_ticks(height_map: HeightMap) -> list[tuple[float, str]]:
    """Return positions in 0..1 and labels of round losses, ascending."""
    count = TICK_COUNT if height_map.scale == "linear" else TICK_COUNT - 1
    losses = [loss for loss in height_map.round_heights(count) if 0.0 <= height_map.normalized_height(loss) <= 1.0]
    labels = distinct_labels(losses, LABEL_DIGITS)
    return [(float(height_map.normalized_height(loss)), label) for loss, label in zip(losses, labels, strict=True)]
