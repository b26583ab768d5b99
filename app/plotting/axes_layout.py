"""Place axes in a cell of a figure, with margins that fit their labels."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from app.plotting import text_fitting

EDGE_MARGIN = 0.05  # inches between the labels of the axes and the edge of the cell
SMALL_HEIGHT = 1.5  # inches; in a lower cell the x axis has no label
TICK_LABEL_HEIGHT = 0.28  # inches; the bottom margin there


class AxesLayout:
    """Axes in a cell of a figure.

    Attributes
    ----------
    cell
        Left, bottom, width and height as fractions of the figure.
    margins
        Minimum distances between axes and cell in inches: left, bottom, right, top.
    heading_height
        Minimum top margin in inches while ``has_heading`` is set, which means that there is a text above the axes.
    """

    margins: ClassVar[tuple[float, float, float, float]] = (0.58, 0.46, 0.14, 0.14)
    heading_height: ClassVar[float] = 0.34
    has_heading: bool = True

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.cell = (0.0, 0.0, 1.0, 1.0)

    @cached_property
    def axes(self) -> Axes:
        """The axes, which are created when they are first used: a hidden view needs none."""
        return self.figure.add_axes((0.1, 0.1, 0.8, 0.8))

    def set_bounds(self, cell: tuple[float, float, float, float] | None = None) -> None:
        """Place the axes in a cell, the current one by default, inside the minimum margins."""
        self.cell = cell or self.cell
        self._apply_margins(*self.effective_margins())

    @property
    def is_small(self) -> bool:
        """Whether the cell is too low for all labels."""
        return bool(self.cell_bbox.height < SMALL_HEIGHT * self.figure.dpi)

    def effective_margins(self) -> tuple[float, float, float, float]:
        """Return the minimum margins for the height of the cell."""
        left, bottom, right, top = self.margins
        return (
            left,
            min(bottom, TICK_LABEL_HEIGHT) if self.is_small else bottom,
            right,
            max(top, self.heading_height) if self.has_heading else top,
        )

    def fit_labels(self) -> None:
        """Fit the labels of the axes and widen the margins for them; call this before each full draw."""
        self.set_bounds()
        axes, cell_bbox, dpi = self.axes, self.cell_bbox, self.figure.dpi
        if not axes.axison:
            return
        axes.xaxis.label.set_visible(not self.is_small)
        axes.apply_aspect()
        center_y = (axes.bbox.y0 + axes.bbox.y1) / 2
        text_fitting.fit_vertical_label(
            axes.yaxis.label, 2 * (min(center_y - cell_bbox.y0, cell_bbox.y1 - center_y) - EDGE_MARGIN * dpi)
        )
        backend_renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        y_axis_bbox, x_axis_bbox = (
            axes.yaxis.get_tightbbox(backend_renderer),
            axes.xaxis.get_tightbbox(backend_renderer),
        )
        left, bottom, right, top = self.effective_margins()
        if y_axis_bbox is not None and x_axis_bbox is not None:
            left = max(left, (axes.bbox.x0 - min(y_axis_bbox.x0, x_axis_bbox.x0)) / dpi + EDGE_MARGIN)
            right = max(right, (x_axis_bbox.x1 - axes.bbox.x1) / dpi + EDGE_MARGIN)
        self._apply_margins(left, bottom, right, top)

    def _apply_margins(self, left: float, bottom: float, right: float, top: float) -> None:
        width, height = self.figure.get_size_inches()
        cell_width, cell_height = self.cell[2] * width, self.cell[3] * height
        self.axes.set_position(
            (
                self.cell[0] + left / width,
                self.cell[1] + bottom / height,
                max(cell_width - left - right, 0.05) / width,
                max(cell_height - bottom - top, 0.05) / height,
            )
        )

    @property
    def cell_bbox(self) -> Bbox:
        """The cell in pixels."""
        left, bottom, width, height = self.cell
        bbox = self.figure.bbox
        return Bbox.from_bounds(left * bbox.width, bottom * bbox.height, width * bbox.width, height * bbox.height)
