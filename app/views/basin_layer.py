"""The basin map under the contour plot: cells, borders, numbers of the minima, and a table beside the axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from app.engine.basin_map import BasinMap
from app.engine.map_job import MapJob, MapState
from app.engine.map_jobs import BasinMapJob
from app.engine.rest_classification import CYCLE, HELD, SADDLE
from app.engine.trajectory import Trajectory
from app.model.run import Run
from app.plotting.maps.basin_marks import number_minima, numbered_minima
from app.plotting.maps.outcome_image import OutcomeImage
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from app.views.basin_table import BasinTable
from app.views.scene import Scene

VIEW_ID = "contour"
NUMBER_DISTANCE = 15.0  # points between two numbers
OVERLAP = 3  # pixels around the axes that the frame covers
PALE = 0.65  # fraction of the background in a map for other settings
PERCENT_STEP = 5  # of the progress that is shown: each change draws the map again
HATCH_PERIOD, BORDER_WIDTH = 6.0, 0.8  # points
OUTCOME_TEXTS = {
    -1: gettext_noop("still moving after {steps:,} steps"),
    -2: gettext_noop("diverges"),
    -3: gettext_noop("ends in a cycle"),
    -4: gettext_noop("ends at a saddle point or maximum"),
    -5: gettext_noop("comes to rest at no minimum"),
}


class BasinLayer:
    """Artists of a basin map, which ``redraw`` draws again over a full draw.

    A map for other settings stays until the new one is computed, pale; one of another part of the plane stays as it is.

    Attributes
    ----------
    result
        The map that is shown; None if there is none yet.
    is_valid
        Whether it is that of the current settings.
    """

    def __init__(self, axes: Axes, scene: Scene, lines: Sequence[Artist], previous: BasinLayer | None = None) -> None:
        self.axes, self.theme, self.lines = axes, scene.theme, lines
        self.result: BasinMap | None = None
        self.is_valid, self.steps = False, 0
        self.job: MapJob | None = None
        self.result_job: MapJob | None = None
        self.content: tuple[Any, ...] = ()
        self.numbers: list[Text] = []
        self.numbers_key: tuple[bytes, bytes] | None = None
        self.overlay: tuple[int, int, np.ndarray] | None = None
        self.overlay_key: tuple[Any, ...] = ()
        self.image = BasinImage(scene.theme)
        self.table = BasinTable(scene.theme)
        for artist in (self.image, self.table):
            axes.add_artist(artist)
        self.table.set_clip_on(False)
        if previous is not None and previous.has_same_runs(scene.maps.get(VIEW_ID)):
            self.result, self.result_job = previous.result, previous.result_job
        self.show(scene)

    def show(self, scene: Scene) -> bool:
        """Show the map of a scene; return whether anything changes."""
        state = scene.maps.get(VIEW_ID)
        result = None if state is None else state.result
        shown, is_valid = (self.result, self.has_same_runs(state)) if result is None else (result, True)
        content = shown, is_valid, self._heading(state, shown)
        if all(a is b or a == b for a, b in zip(content, self.content, strict=False)) and self.content:
            return False
        has_new_result = shown is not self.result
        self.result, self.is_valid, self.content = shown, is_valid, content
        self.result_job = self.result_job if state is None or result is None else state.job
        self.job, self.steps = (None, 0) if state is None else (state.job, state.job.steps)
        image = None if shown is None else OutcomeImage(shown.outcome, shown.steps, len(shown.minima))
        self.image.set_map(shown, image, self.is_valid)
        self.table.set_content(content[2], image, self.is_valid)
        if (has_new_result or self.numbers_key is None) and shown is not None and image is not None:
            self._place_numbers(shown, image)
        return True

    def has_same_runs(self, state: MapState | None) -> bool:
        """Return whether the map that is shown is one of another part of the plane for the current settings."""
        old, new = self.result_job, None if state is None else state.job
        if not isinstance(old, BasinMapJob) or not isinstance(new, BasinMapJob):
            return False
        return replace(old, bounds=new.bounds) == new

    def _heading(self, state: MapState | None, shown: BasinMap | None) -> tuple[str, str]:
        """Return the name of the run, and the number of steps or the progress."""
        if state is None:
            return tr("No run"), ""
        (run,) = state.job.experiment.runs
        text = tr("{steps:,} steps", steps=state.job.steps)
        if state.error:
            text = tr("canceled") if state.canceled else tr("failed")
        elif state.progress is not None and not state.job.is_batched:
            text = tr("computing {percent} %", percent=PERCENT_STEP * round(100 * state.progress / PERCENT_STEP))
        elif state.progress is not None and state.result is None:
            text = tr("computing…")
        return run.method.name, text

    def _place_numbers(self, result: BasinMap, image: OutcomeImage) -> None:
        numbered = numbered_minima(image)
        key = numbered.tobytes(), result.minima[numbered].tobytes()
        if key != self.numbers_key:
            for number in self.numbers:
                number.remove()
            self.numbers, self.numbers_key = number_minima(self.axes, result.minima, numbered), key
            self.hide_overlapping_numbers()

    def hide_overlapping_numbers(self) -> None:
        """Hide each number that would touch one of a larger basin."""
        placed: list[np.ndarray] = []
        for number in self.numbers:
            pixel = self.axes.transData.transform(number.get_position())
            distance = NUMBER_DISTANCE * self.axes.figure.dpi / 72
            is_free = all(np.hypot(*(pixel - other)) > distance for other in placed)
            number.set_visible(is_free)
            placed += [pixel] if is_free else []

    def redraw(self, renderer: Any) -> None:
        """Draw the map and what lies over it with a renderer of Agg."""
        self.image.draw(renderer)
        left, bottom, overlay = self._overlay(renderer)
        renderer.draw_image(renderer.new_gc(), left, bottom, overlay)
        self.table.draw(renderer)

    def _overlay(self, renderer: Any) -> tuple[int, int, np.ndarray]:
        """Return left, bottom and pixels of what lies over the map, from a cache: its texts are slow to draw."""
        limits = self.axes.get_xlim(), self.axes.get_ylim()
        key = self.axes.bbox.bounds, renderer.dpi, renderer.height, limits, self.numbers_key
        if self.overlay is None or key != self.overlay_key:
            blank = RendererAgg(int(renderer.width), int(renderer.height), renderer.dpi)
            for artist in (*self.lines, *self.numbers, *self.axes.spines.values()):
                artist.draw(blank)
            box = self.axes.bbox
            left, right = max(int(box.x0) - OVERLAP, 0), int(box.x1) + OVERLAP
            bottom, top = max(int(box.y0) - OVERLAP, 0), int(box.y1) + OVERLAP
            pixels = np.asarray(blank.buffer_rgba())[::-1][bottom:top, left:right].copy()
            self.overlay, self.overlay_key = (left, bottom, pixels), key
        return self.overlay

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return row and column of the start nearest to a point in a valid map; None outside the map."""
        if self.result is None or not self.is_valid:
            return None
        (i, inside_x), (j, inside_y) = (_nearest(self.result.xs, x), _nearest(self.result.ys, y))
        return (j, i) if inside_x and inside_y else None

    @property
    def run(self) -> Run:
        """The run of the map, without history."""
        assert self.job is not None
        (run,) = self.job.experiment.runs
        return run

    def trajectory_from(self, cell: tuple[int, int]) -> Trajectory:
        """Return the run from a start of the map, without steps."""
        assert self.result is not None
        assert self.job is not None
        row, column = cell
        start = float(self.result.xs[column]), float(self.result.ys[row])
        return Trajectory(self.run, self.job.experiment.surface, start)

    def steps_to_show(self, cell: tuple[int, int]) -> int:
        """Return after how many steps the run from a start of the map has arrived, or how many the map has."""
        assert self.result is not None
        steps = int(self.result.steps[cell])
        return steps if steps >= 0 else self.steps

    def outcome_text(self, cell: tuple[int, int]) -> str:
        """Return what becomes of the run from a start, translated."""
        assert self.result is not None
        outcome, steps = int(self.result.outcome[cell]), int(self.result.steps[cell])
        if outcome >= 0:
            return tr("reaches minimum {number} in {steps:,} steps", number=outcome + 1, steps=steps)
        return tr(OUTCOME_TEXTS[outcome], steps=self.steps)


def _nearest(values: np.ndarray, value: float) -> tuple[int, bool]:
    """Return the index of the nearest of evenly spaced values, and whether it is within half a spacing."""
    position = (value - values[0]) / (values[-1] - values[0]) * (len(values) - 1)
    return int(np.clip(round(position), 0, len(values) - 1)), -0.5 <= position <= len(values) - 0.5


class BasinImage(Artist):
    """The cells of a basin map in the pixels of the axes, with hatching and borders; starts outside it are blank."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.background = _to_bytes(np.array(to_rgb(theme.figure_background)))
        self.set_zorder(0)
        self.set_map(None, None, False)

    def set_map(self, result: BasinMap | None, image: OutcomeImage | None, is_valid: bool) -> None:
        """Set what is drawn."""
        self.result, self.fade = result, 0.0 if is_valid else PALE
        if image is not None:
            self.cells = self._faded(image.colors(self.theme))

    def _faded(self, colors: np.ndarray) -> np.ndarray:
        return _to_bytes(colors + self.fade * (np.array(to_rgb(self.theme.figure_background)) - colors))

    def draw(self, renderer: Any) -> None:
        """Draw the image."""
        if self.axes is None or not self.get_visible():
            return
        scale, bbox = renderer.get_image_magnification(), self.axes.bbox
        (x0, y0), (x1, y1) = np.round(bbox.min).astype(int), np.round(bbox.max).astype(int)
        size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
        pixels = np.empty((size[1], size[0], 4), np.uint8)
        pixels[..., :3], pixels[..., 3] = self.background, 255
        if self.result is not None:
            self._paint(pixels, renderer.points_to_pixels(1.0) * scale)
        renderer.draw_image(renderer.new_gc(), x0, y0, pixels)

    def _paint(self, pixels: np.ndarray, point: float) -> None:
        """Paint cells, hatching and borders; ``point`` is the size of a point in pixels."""
        assert self.result is not None
        columns, left, right = _cells_of_pixels(self.result.xs, self.axes.get_xlim(), pixels.shape[1])  # type: ignore[union-attr]
        rows, bottom, top = _cells_of_pixels(self.result.ys, self.axes.get_ylim(), pixels.shape[0])  # type: ignore[union-attr]
        inside = pixels[bottom:top, left:right]
        inside[..., :3] = self.cells[rows[:, None], columns]
        outcome = self.result.outcome[rows[:, None], columns]
        muted, dark = (self._faded(np.array(to_rgb(color))) for color in (self.theme.muted_text, self.theme.text))
        if (outcome <= CYCLE).any():
            inside[_hatching(outcome, max(round(HATCH_PERIOD * point), 3)), :3] = muted
        border = np.zeros(outcome.shape, bool)
        border[1:] |= outcome[1:] != outcome[:-1]
        border[:, 1:] |= outcome[:, 1:] != outcome[:, :-1]
        for _ in range(round(BORDER_WIDTH * point) - 1):
            border[:-1] |= border[1:]
            border[:, :-1] |= border[:, 1:]
        inside[border, :3] = dark


def _to_bytes(colors: np.ndarray) -> np.ndarray:
    return (colors * 255).round().astype(np.uint8)


def _cells_of_pixels(centers: np.ndarray, limits: tuple[float, float], count: int) -> tuple[np.ndarray, int, int]:
    """Return the cells of the pixels along an axis that lie on the map, and the first and the last + 1 of these."""
    values = limits[0] + (np.arange(count) + 0.5) / count * (limits[1] - limits[0])
    positions = (values - centers[0]) / (centers[-1] - centers[0]) * (len(centers) - 1)
    first, last = np.searchsorted(positions, (-0.5, len(centers) - 0.5))
    cells = np.clip(np.round(positions[first:last]).astype(np.intp), 0, len(centers) - 1)
    return cells, int(first), int(last)


def _hatching(outcome: np.ndarray, period: int) -> np.ndarray:
    """Return the pixels of the hatching: stripes where a run is held, crosses at saddle points, dots in cycles."""
    y, x = np.ogrid[: outcome.shape[0], : outcome.shape[1]]
    rising, falling = (x - y) % period == 0, (x + y) % period == 0
    dots = (x % period < period / 3) & (y % period < period / 3)
    hatching: np.ndarray = np.select(
        [outcome == HELD, outcome == SADDLE, outcome == CYCLE], [rising, rising | falling, dots], False
    )
    return hatching
