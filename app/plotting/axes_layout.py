"""Room: axes in their part of a figure, with as much space around them as the words there need."""

from __future__ import annotations

from typing import ClassVar

from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from app.plotting import text_fitting

EDGE = 0.05  # inches between the axes' words and the edge
LOW, NUMBERS = 2.4, 0.28  # inches: in a view that is lower the lower axis has no name, and its numbers need so much


class Room:
    """``room``: the part of the figure, as shares of it; ``margins``: inches around the axes, at least, ``heading`` above them
    where it is ``headed``, which is when words stand there."""

    margins: ClassVar[tuple[float, float, float, float]] = (0.58, 0.46, 0.14, 0.14)  # left, bottom, right, top
    heading: ClassVar[float] = 0.34
    headed: bool = True

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        self.room = (0.0, 0.0, 1.0, 1.0)

    def place(self, room: tuple[float, float, float, float] | None = None) -> None:
        """Fit the axes into their part of the figure (left, bottom, width, height as shares), inside the margins."""
        self.room = room or self.room
        self._inset(*self.around())

    @property
    def cramped(self) -> bool:
        """Whether there is too little room for all that could be written."""
        return bool(self.area.height < LOW * self.figure.dpi)

    def around(self) -> tuple[float, float, float, float]:
        """The margins that this much room allows."""
        left, bottom, right, top = self.margins
        return (
            left,
            min(bottom, NUMBERS) if self.cramped else bottom,
            right,
            max(top, self.heading) if self.headed else top,
        )

    def arrange(self) -> None:
        """Fit the words at the axes in, and widen the margins to what they need. Before every full draw: only there they change."""
        self.place()
        axes, area, inch = self.axes, self.area, self.figure.dpi
        if not axes.axison:
            return
        axes.xaxis.label.set_visible(not self.cramped)
        axes.apply_aspect()
        middle = (axes.bbox.y0 + axes.bbox.y1) / 2
        text_fitting.shrink_upright(axes.yaxis.label, 2 * (min(middle - area.y0, area.y1 - middle) - EDGE * inch))
        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        beside, below = axes.yaxis.get_tightbbox(renderer), axes.xaxis.get_tightbbox(renderer)
        left, bottom, right, top = self.around()
        if beside is not None and below is not None:
            left = max(left, (axes.bbox.x0 - min(beside.x0, below.x0)) / inch + EDGE)
            right = max(right, (below.x1 - axes.bbox.x1) / inch + EDGE)
        self._inset(left, bottom, right, top)

    def _inset(self, left: float, bottom: float, right: float, top: float) -> None:
        width, height = self.figure.get_size_inches()
        across, up = self.room[2] * width, self.room[3] * height
        self.axes.set_position(
            (
                self.room[0] + left / width,
                self.room[1] + bottom / height,
                max(across - left - right, 0.05) / width,
                max(up - bottom - top, 0.05) / height,
            )
        )

    @property
    def area(self) -> Bbox:
        """The view's part of the figure, in pixels."""
        left, bottom, width, height = self.room
        box = self.figure.bbox
        return Bbox.from_bounds(left * box.width, bottom * box.height, width * box.width, height * box.height)
