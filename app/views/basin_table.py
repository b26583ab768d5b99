"""The table beside a basin map: the share of the starts that each minimum gets, and the scale of the steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from app.engine.rest_classification import CYCLE, DIVERGED, HELD, ON_ITS_WAY, SADDLE
from app.plotting.maps.outcome_image import NEUTRAL_STYLES, OutcomeImage, neutral_color, percent
from app.plotting.path_renderer import PathRenderer
from app.plotting.text_fitting import MIN_FONT_SIZE
from app.theming.basin_colors import basin_colors
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

GAP, MARGIN = 0.1, 0.02  # inches: from the axes to the table, and from there to the edge
WIDTH, NARROW_WIDTH = 1.12, 0.68  # inches
NARROW_CELL = 4.4  # inches; in a narrower cell the table is narrow, too, and some names have a row of their own
ROW_HEIGHT, SWATCH_WIDTH, SWATCH_HEIGHT = 0.17, 0.17, 0.12  # inches
FONT_SIZE = 7.5  # points
SWATCH_RANK = 0.25  # lightness of a swatch
SCALE_ROWS, SCALE_STEPS = 3, 16  # of the scale of the steps
SHORT_NAMES = {
    ON_ITS_WAY: gettext_noop("moving"),
    DIVERGED: gettext_noop("diverged"),
    CYCLE: gettext_noop("cycle"),
    SADDLE: gettext_noop("saddle"),
    HELD: gettext_noop("at rest"),
}


class BasinTable(Artist):
    """The table to the right of the axes; it covers the background there."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.heading: tuple[str, str] = ("", "")
        self.image: OutcomeImage | None = None
        self.is_valid, self.width = False, WIDTH
        self.set_zorder(3)

    def fit_width(self, cell_width: float) -> float:
        """Set the width for a cell of the figure, and return how much space the table needs, both in inches."""
        self.width = WIDTH if cell_width >= NARROW_CELL else NARROW_WIDTH
        return GAP + self.width + MARGIN

    def set_content(self, heading: tuple[str, str], image: OutcomeImage | None, is_valid: bool) -> None:
        """Set name and steps above the table, and the outcomes; those of other settings are left out."""
        self.heading, self.image, self.is_valid = heading, image, is_valid

    def draw(self, renderer: Any) -> None:
        """Draw as many rows as fit beside the axes."""
        if self.axes is None or not self.get_visible():
            return
        bbox, inch = self.axes.bbox, renderer.points_to_pixels(72.0)
        left, top, bottom = bbox.x1 + GAP * inch, bbox.y1, bbox.y0
        writer = TableWriter(PathRenderer(renderer), self.axes.figure, self.theme, left, top, inch, self.width)
        writer.clear(bottom)
        writer.text(self.heading[0], self.theme.text)
        writer.text(self.heading[1], self.theme.muted_text)
        if self.image is None or not self.is_valid:
            return
        rows_left = int((writer.y - bottom) / (ROW_HEIGHT * inch))
        others = [outcome for outcome in NEUTRAL_STYLES if (self.image.outcome == outcome).any()]
        is_narrow = self.width < WIDTH
        other_rows = len(others) * (1 + is_narrow)
        has_scale = bool((self.image.outcome >= 0).any()) and rows_left > SCALE_ROWS + other_rows + 1
        self._write_minima(writer, rows_left - other_rows - SCALE_ROWS * has_scale)
        for outcome in others:
            share, name = percent(self.image.share_of(outcome)), tr(SHORT_NAMES[outcome])
            if is_narrow:
                writer.text(name, self.theme.text)
            face, hatch = neutral_color(outcome, self.theme), NEUTRAL_STYLES[outcome][1]
            writer.row(face, "" if is_narrow else name, share, hatch)
        if has_scale:
            self._write_scale(writer)

    def _write_minima(self, writer: TableWriter, most: int) -> None:
        """Write the shares of the minima, the largest first."""
        assert self.image is not None
        shares = self.image.minimum_shares
        reached = np.argsort(-shares, kind="stable")[: np.count_nonzero(shares)]
        listed = reached[: most if len(reached) <= most else max(most - 1, 0)].tolist()
        for k in listed:
            color = basin_colors(self.image.hues[[k]], np.array([SWATCH_RANK]))[0]
            writer.row(_hex(color), str(k + 1), percent(float(shares[k])))
        if len(listed) < len(reached) and most > 0:
            rest = float(shares[reached[len(listed) :]].sum())
            if self.width < WIDTH:
                writer.ends("…", percent(rest))
            else:
                writer.row("", tr("others"), percent(rest))

    def _write_scale(self, writer: TableWriter) -> None:
        assert self.image is not None
        steps, outcome = self.image.steps, self.image.outcome
        arrived = outcome >= 0
        largest = int(np.bincount(outcome[arrived]).argmax())
        colors = basin_colors(np.full(SCALE_STEPS, self.image.hues[largest]), np.linspace(0, 1, SCALE_STEPS))
        writer.skip(0.4)
        writer.text(tr("steps"), self.theme.muted_text)
        writer.bar([_hex(color) for color in colors])
        writer.ends(f"{int(steps[arrived].min()):,}", f"{int(steps[arrived].max()):,}")


class TableWriter:
    """Writes rows from the top down; ``y`` is the lower edge of the last one, in pixels."""

    def __init__(
        self,
        renderer: PathRenderer,
        figure: Any,
        theme: Theme,
        left: float,
        top: float,
        inch: float,
        width: float,
    ) -> None:
        self.renderer, self.figure, self.theme = renderer, figure, theme
        self.left, self.right, self.y, self.inch = left, left + width * inch, top, inch

    def clear(self, bottom: float) -> None:
        """Fill the table with the background."""
        box = Bbox.from_extents(self.left, bottom - ROW_HEIGHT * self.inch, self.right, self.y + 0.04 * self.inch)
        self._fill(box, self.theme.figure_background)

    def skip(self, rows: float) -> None:
        """Leave some space."""
        self.y -= rows * ROW_HEIGHT * self.inch

    def text(self, text: str, color: str) -> None:
        """Write a text over the whole width."""
        self.skip(1)
        self._write(text, self.left, "left", color, self.right - self.left)

    def row(self, face: str, name: str, value: str, hatch: str = "") -> None:
        """Write a row with a swatch, a name and a value at the right edge."""
        self.skip(1)
        height, width = SWATCH_HEIGHT * self.inch, SWATCH_WIDTH * self.inch
        center = self.y + ROW_HEIGHT * self.inch / 2
        if face:
            box = Bbox.from_extents(self.left, center - height / 2, self.left + width, center + height / 2)
            self._fill(box.padded(self.inch / 100), self.theme.control_border)
            self._fill(box, face)
            self._hatch(box, hatch)
        value_width = self._write(value, self.right, "right", self.theme.muted_text, self.right - self.left)
        name_left = self.left + width + 0.06 * self.inch
        available = self.right - value_width - name_left - 0.04 * self.inch
        self._write(name, name_left, "left", self.theme.text, available)

    def bar(self, colors: list[str]) -> None:
        """Draw a bar with colors from left to right."""
        self.skip(1)
        center, height = self.y + ROW_HEIGHT * self.inch / 2, SWATCH_HEIGHT * self.inch
        edges = np.linspace(self.left, self.right, len(colors) + 1)
        for first, last, color in zip(edges, edges[1:], colors, strict=False):
            self._fill(Bbox.from_extents(first, center - height / 2, last + 1, center + height / 2), color)

    def ends(self, first: str, last: str) -> None:
        """Write texts at both ends."""
        self.skip(1)
        self._write(first, self.left, "left", self.theme.muted_text, self.right - self.left)
        self._write(last, self.right, "right", self.theme.muted_text, self.right - self.left)

    def _hatch(self, box: Bbox, hatch: str) -> None:
        """Draw stripes, crosses or dots."""
        step, color = box.width / 4, self.theme.muted_text
        for k in range(4):
            x = box.x0 + (k + 0.5) * step
            if hatch.startswith("."):
                self.renderer.draw_markers(np.array([[x, box.y0 + box.height / 2]]), "o", 1.2, color, color, 0.0)
            for slope in {"/": (1,), "x": (1, -1)}.get(hatch[:1], ()):
                ends = np.array([[x - slope * box.height / 2, box.y0], [x + slope * box.height / 2, box.y1]])
                self.renderer.draw_line(ends, color, 0.6, box)

    def _fill(self, box: Bbox, color: str) -> None:
        self.renderer.fill_polygon(box.corners()[[0, 1, 3, 2]], color, 1.0, None)

    def _write(self, text: str, x: float, align: Any, color: str, width: float) -> float:
        """Write a text in the current row, smaller if it is wide, left out if it is too wide; return its width."""
        artist = Text(x, self.y + ROW_HEIGHT * self.inch / 2, text, fontsize=FONT_SIZE, color=color, ha=align)
        artist.set(va="center", parse_math=False, figure=self.figure)
        backend = self.renderer.backend_renderer
        drawn_width = float(artist.get_window_extent(backend).width)
        size = min(FONT_SIZE, FONT_SIZE * width / max(drawn_width, 1.0))
        if size >= MIN_FONT_SIZE:
            artist.set_fontsize(size)
            artist.draw(backend)
        return min(drawn_width, width)


def _hex(color: np.ndarray) -> str:
    return "#" + "".join(f"{round(255 * value):02x}" for value in color.tolist())
