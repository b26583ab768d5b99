"""What basin maps and settings maps have in common: cells colored by their outcome, and borders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from app.analysis.basin_coloring import assign_hues, step_ranks
from app.engine.rest_classification import CYCLE, DIVERGED, HELD, ON_ITS_WAY, SADDLE
from app.theming.basin_colors import basin_colors
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from app.utils.number_format import format_significant

NAMES = {
    ON_ITS_WAY: gettext_noop("Still moving"),
    DIVERGED: gettext_noop("Diverged"),
    CYCLE: gettext_noop("In a cycle"),
    SADDLE: gettext_noop("Saddle point or maximum"),
    HELD: gettext_noop("At rest elsewhere"),
}
# The fraction of the text color in the face, and the hatching
NEUTRAL_STYLES = {
    ON_ITS_WAY: (0.0, ""),
    DIVERGED: (0.28, ""),
    CYCLE: (0.08, "...."),
    SADDLE: (0.08, "xxxx"),
    HELD: (0.08, "////"),
}
Extent = tuple[float, float, float, float]  # left, right, bottom, top

DETAILED_BORDER = 4000  # edges from which on borders are thin


@dataclass(frozen=True)
class OutcomeImage:
    """The outcome and the steps of each cell (rows, columns), and the number of minima."""

    outcome: np.ndarray
    steps: np.ndarray
    minimum_count: int

    def share_of(self, outcome: int) -> float:
        """Return the share of cells with an outcome."""
        return float((self.outcome == outcome).mean())

    @cached_property
    def minimum_shares(self) -> np.ndarray:
        """The share of cells of each minimum."""
        shares: np.ndarray = (
            np.bincount(self.outcome[self.outcome >= 0], minlength=self.minimum_count) / self.outcome.size
        )
        return shares

    @cached_property
    def hues(self) -> np.ndarray:
        """The index of the hue of each minimum."""
        return assign_hues(self.outcome, self.minimum_count)

    def colors(self, theme: Theme) -> np.ndarray:
        """Return the colors of all cells, (rows, columns, 3)."""
        arrived = self.outcome >= 0
        image = np.empty((*self.outcome.shape, 3))
        for outcome in NEUTRAL_STYLES:
            image[self.outcome == outcome] = to_rgb(neutral_color(outcome, theme))
        if arrived.any():
            image[arrived] = basin_colors(
                self.hues[self.outcome[arrived]], step_ranks(self.outcome, self.steps)[arrived]
            )
        return image

    def draw(self, axes: Axes, extent: Extent, theme: Theme) -> None:
        """Draw the cells, whose outer centers are at the extent (left, right, bottom, top), hatching and borders."""
        rows, columns = self.outcome.shape
        edges, dx, dy = cell_edges((rows, columns), extent)
        axes.imshow(self.colors(theme), origin="lower", extent=edges, aspect="auto", interpolation="nearest", zorder=0)
        left, _, bottom, _ = extent
        x, y = left + dx * np.arange(-1, columns + 1), bottom + dy * np.arange(-1, rows + 1)
        for outcome, (_, hatch) in NEUTRAL_STYLES.items():
            mask = self.outcome == outcome
            if hatch and mask.any():
                with rc_context({"hatch.color": theme.muted_text, "hatch.linewidth": 0.6}):
                    axes.contourf(x, y, np.pad(mask, 1, mode="edge"), levels=[0.5, 1.5], colors="none", hatches=[hatch])
        below, beside = self._border_edges()
        low_x, low_y = edges[0] + dx * below[:, 1], edges[2] + dy * below[:, 0]
        side_x, side_y = edges[0] + dx * beside[:, 1], edges[2] + dy * beside[:, 0]
        segments = np.concatenate(
            [
                np.stack([low_x, low_y, low_x + dx, low_y], axis=1),
                np.stack([side_x, side_y, side_x, side_y + dy], axis=1),
            ]
        ).reshape(-1, 2, 2)
        width = 0.8 if len(segments) < DETAILED_BORDER else 0.35
        axes.add_collection(LineCollection(list(segments), colors=theme.text, linewidths=width, capstyle="projecting"))
        axes.set(xlim=edges[:2], ylim=edges[2:])

    def _border_edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (row, column) of the cells with another outcome below, and of those with another one to the left."""
        below = np.argwhere(self.outcome[1:] != self.outcome[:-1])
        beside = np.argwhere(self.outcome[:, 1:] != self.outcome[:, :-1])
        below[:, 0] += 1
        beside[:, 1] += 1
        return below, beside


def cell_edges(shape: tuple[int, int], extent: Extent) -> tuple[Extent, float, float]:
    """Return the edges of the outer cells, whose centers are at the extent, and the width and height of a cell."""
    (rows, columns), (left, right, bottom, top) = shape, extent
    dx, dy = (right - left) / max(columns - 1, 1), (top - bottom) / max(rows - 1, 1)
    return (left - dx / 2, right + dx / 2, bottom - dy / 2, top + dy / 2), dx, dy


def outcome_text(outcome: int, steps: int, minima: np.ndarray) -> str:
    """Return an outcome in words."""
    if outcome < 0:
        return tr(NAMES[outcome])
    x, y = (format_significant(float(value), 3) for value in minima[outcome])
    return tr("Minimum {number} ({x}, {y}) in {steps:,} steps", number=outcome + 1, x=x, y=y, steps=steps)


def neutral_color(outcome: int, theme: Theme) -> str:
    """Return the face color of an outcome other than a minimum; that of the background if the run is on its way."""
    return theme.blend(theme.figure_background, NEUTRAL_STYLES[outcome][0], theme.text)


def percent(share: float) -> str:
    """Return a share as a percentage that is 0 % or 100 % only if it is exact."""
    text = f"{share:.1%}"
    if text == "0.0%" and share > 0:
        return "<0.1%"
    return ">99.9%" if text == "100.0%" and share < 1 else text
